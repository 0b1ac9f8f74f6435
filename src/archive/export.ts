import { matchArn, toRunArn } from '../domain/arn.js';
import { NO_REGION, type RegionAndAccount } from './arn.js';
import { type Entity, type EntityKind, entities, entityOf, toFirstWord } from './entities.js';
import type { Database } from './store/database.js';
import { readPages, type Snapshot, startSnapshot } from './store/snapshot.js';
import { UNDESCRIBED } from './store/writer.js';

/** What to export; conditions that are given have to hold together. */
export interface ExportFilter {
  /** Any of these; the rules packages that their runs and templates name come along, which are in accounts of AWS. */
  readonly accounts?: readonly string[] | undefined;
  readonly regions?: readonly string[] | undefined;
  /** This run with what belongs to it, and what it refers to. */
  readonly runArn?: string | undefined;
  /** The same for the runs that were created in a time, inclusive, as epoch seconds. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Documents may be large; more of them than this are never in memory. */
const DOCUMENTS_PER_READ = 100;
/** A report comes with its file, of many megabytes maybe. */
const REPORTS_PER_READ = 1;

/** A consistent snapshot as records, `{"operation": …, "input": …, "output": …}`, in an order that imports the same. */
export async function* exportRecords(database: Database, filter: ExportFilter = {}): AsyncGenerator<string> {
  const snapshot = await startSnapshot(database);
  try {
    const selects = await createSelection(snapshot, filter);
    for (const entity of entities) {
      for await (const rows of readPages(selectKeys(snapshot, entity))) {
        const selected = rows.filter(({ key, runArn }) => selects(entity, key, runArn));
        const perRead = entity.kind === 'assessmentReport' ? REPORTS_PER_READ : DOCUMENTS_PER_READ;
        for (let start = 0; start < selected.length; start += perRead) {
          yield* await fetchRecords(snapshot, entity, selected.slice(start, start + perRead));
        }
      }
    }
  } finally {
    await snapshot.rollback().execute();
  }
}

interface KeyRow {
  id: number;
  key: string;
  /** Of a finding, the run that it is listed for: not always its own. */
  runArn?: string;
}

/** From the narrow table of the kind where there is one: `documents` is read for what is exported only. */
function selectKeys(snapshot: Snapshot, { kind, listed }: Entity): { execute(): Promise<KeyRow[]> } {
  if (listed === undefined) return snapshot.selectFrom('documents').select(['id', 'key']).where('kind', '=', kind);
  if (kind !== 'finding') return snapshot.selectFrom(listed.table as 'rules_packages').select(['id', 'arn as key']);
  return snapshot.selectFrom('findings').select(['id', 'arn as key', 'assessment_run_arn as runArn']);
}

async function fetchRecords(snapshot: Snapshot, entity: Entity, rows: readonly KeyRow[]): Promise<string[]> {
  const ids = rows.map(({ id }) => id);
  const documents = await snapshot
    .selectFrom('documents')
    .select(['id', 'key', 'document'])
    .where('id', 'in', ids)
    .orderBy('id')
    .execute();
  const runArns = new Map(rows.map(({ id, runArn }) => [id, runArn]));
  return Promise.all(documents.map((row) => toRecord(snapshot, entity, row, runArns.get(row.id))));
}

async function toRecord(
  snapshot: Snapshot,
  entity: Entity,
  { id, key, document }: KeyRow & { document: string },
  runArn: string | undefined,
): Promise<string> {
  if (document === UNDESCRIBED && entity.arnList !== undefined) {
    const { operation, member } = entity.arnList;
    const input = runArn === undefined || runArn === toRunArn(key) ? {} : { assessmentRunArns: [runArn] };
    return JSON.stringify({ operation, input, output: { [member]: [key] } });
  }
  const text = entity.kind === 'assessmentReport' ? await withContent(snapshot, id, document) : document;
  const input = JSON.stringify(entity.toInput(key));
  return `{"operation":"${entity.operation}","input":${input},"output":${entity.toOutput(text, key)}}`;
}

/** The document of a report with the file itself. */
async function withContent(snapshot: Snapshot, id: number, document: string): Promise<string> {
  const { content } = await snapshot
    .selectFrom('report_files')
    .select('content')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return JSON.stringify({ ...JSON.parse(document), content: Buffer.from(content).toString('base64') });
}

type Selection = (entity: Entity, key: string, runArn?: string) => boolean;

async function createSelection(snapshot: Snapshot, filter: ExportFilter): Promise<Selection> {
  const { accounts = [], regions = [], runArn, from = -Infinity, to = Infinity } = filter;
  const isIncluded = (arn: RegionAndAccount | null) =>
    arn !== null &&
    (accounts.length === 0 || accounts.includes(arn.account)) &&
    (regions.length === 0 || regions.includes(arn.region) || arn.region === NO_REGION);
  const isAnyTime = from === -Infinity && to === Infinity;
  const isEveryRun = runArn === undefined && isAnyTime;
  /** A run that does not say when it was created is of no certain time. */
  const isInTime = (createdAt: number | null) =>
    isAnyTime || (createdAt !== null && from <= createdAt && createdAt <= to);
  if (isEveryRun && accounts.length === 0 && regions.length === 0) return () => true;

  const chosen = {
    runs: new Set<string>(),
    templates: new Set<string>(),
    targets: new Set<string>(),
    resourceGroups: new Set<string>(),
    rulesPackages: new Set<string>(),
    accounts: new Set<string>(),
  };
  await chooseRuns();
  await chooseTemplates();
  if (isEveryRun) return ({ kind, parseKey }, key) => isIncluded(parseKey(key)) || isChosenRulesPackage(kind, key);
  await chooseResourceGroups();
  return isChosen;

  async function chooseRuns(): Promise<void> {
    // Of a run that was never described there may be telemetry all the same.
    if (runArn !== undefined && isAnyTime && isIncluded(matchArn('assessmentRun', runArn))) {
      chosen.runs.add(runArn);
    }
    const query = snapshot
      .selectFrom('assessment_runs')
      .select(['id', 'arn', 'account', 'region', 'assessment_template_arn', 'created_at']);
    for await (const rows of readPages(query)) {
      const runs = rows.filter((run) => isIncluded(run) && run.arn === (runArn ?? run.arn) && isInTime(run.created_at));
      for (const run of runs) {
        chosen.runs.add(run.arn);
        chosen.accounts.add(run.account);
        chosen.templates.add(run.assessment_template_arn);
      }
      await chooseRulesPackages(runs);
    }
  }

  async function chooseTemplates(): Promise<void> {
    const query = snapshot
      .selectFrom('assessment_templates')
      .select(['id', 'arn', 'account', 'region', 'assessment_target_arn']);
    for await (const rows of readPages(query)) {
      const templates = rows.filter((template) =>
        isEveryRun ? isIncluded(template) : chosen.templates.has(template.arn),
      );
      for (const template of templates) chosen.targets.add(template.assessment_target_arn);
      await chooseRulesPackages(templates);
    }
  }

  async function chooseRulesPackages(of: readonly { id: number }[]): Promise<void> {
    if (of.length === 0) return;
    const ids = of.map(({ id }) => id);
    const rows = await snapshot
      .selectFrom('evaluated_rules_packages')
      .select('rules_package_arn')
      .distinct()
      .where('id', 'in', ids)
      .execute();
    for (const { rules_package_arn } of rows) chosen.rulesPackages.add(rules_package_arn);
  }

  async function chooseResourceGroups(): Promise<void> {
    const target = entityOf('assessmentTarget');
    for await (const rows of readPages(selectKeys(snapshot, target))) {
      const ids = rows.filter(({ key }) => chosen.targets.has(key)).map(({ id }) => id);
      if (ids.length === 0) continue;
      const targets = await snapshot.selectFrom('documents').select('document').where('id', 'in', ids).execute();
      // Of a target that only a list has named, it is not known.
      for (const { document } of targets) chosen.resourceGroups.add(JSON.parse(document)?.resourceGroupArn);
    }
  }

  function isChosenRulesPackage(kind: EntityKind, key: string): boolean {
    return kind === 'rulesPackage' && chosen.rulesPackages.has(key);
  }

  function isChosen({ kind, parseKey }: Entity, key: string, runArn = ''): boolean {
    switch (kind) {
      case 'rulesPackage':
        return chosen.rulesPackages.has(key);
      case 'resourceGroup':
        return chosen.resourceGroups.has(key);
      case 'crossAccountAccessRole':
        return chosen.accounts.has(parseKey(key)?.account ?? '');
      case 'assessmentTarget':
      case 'agentPreview':
        return chosen.targets.has(toFirstWord(key));
      case 'assessmentTemplate':
      case 'tags':
      case 'eventSubscription':
      case 'exclusionPreview':
        return chosen.templates.has(toFirstWord(key));
      default:
        return chosen.runs.has(runArn) || chosen.runs.has(toRunArn(toFirstWord(key)));
    }
  }
}
