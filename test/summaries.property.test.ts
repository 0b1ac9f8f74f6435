import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchArn, toTargetArn, toTemplateArn } from '../src/domain/arn.js';
import { serveArchive } from './helpers/archive-service.js';
import { type Archive, emptyArchive, engines, openEmptyArchive } from './helpers/archives.js';
import { type Exported, parseExport } from './helpers/exported.js';
import { exportText, importFiles } from './helpers/exports.js';
import { createHistory, type Structure, toLines } from './helpers/histories.js';
import { rounds } from './helpers/rounds.js';

const histories = [
  createHistory(1),
  createHistory(2, { account: '999999999999', region: 'eu-west-1' }),
  createHistory(3, { region: 'eu-west-1' }),
];
const TEMPLATES: string[] = histories.flatMap(({ template }) => [template.arn, `${template.arn}Second`]);
const RUNS = TEMPLATES.flatMap((arn) => [`${arn}/run/0-A`, `${arn}/run/0-B`]);
const FINDINGS = RUNS.flatMap((arn) => [`${arn}/finding/0-A`, `${arn}/finding/0-B`, `${arn}/finding/0-C`]);
const PACKAGES: string[] = histories.map(({ rulesPackage }) => rulesPackage.arn);
const ACCOUNTS = ['123456789012', '999999999999', '000000000000'];
const REGIONS = ['us-west-2', 'eu-west-1', 'us-east-1'];
const SEVERITIES = ['High', 'Medium', 'Low', 'Informational', 'Undefined'];
const STATES = ['COMPLETED', 'FAILED', 'CANCELED'];
const RULES = ['CVE-1', 'CVE-2', 'CVE-3'];
const AGENTS = ['i-1', 'i-2', '😀', '\uffee'];
const TYPES = ['Total', 'InspectorUser', 'InspectorGroup', 'A'];
const ZONES = ['UTC', 'America/Los_Angeles', 'Asia/Kathmandu', 'Pacific/Apia', 'America/Sao_Paulo', 'Etc/UTC'];

/** Times in a few weeks, many of them beside the edges of slots, days and months. */
const EDGE = Date.UTC(2018, 1, 18) / 1000;
const time = fc.oneof(
  fc.integer({ min: -20 * 96, max: 20 * 96 }).map((quarters) => EDGE + quarters * 900),
  fc.integer({ min: -40, max: 40 }).map((days) => EDGE + days * 86_400 - 0.125),
  fc.double({ min: EDGE - 1e6, max: EDGE + 1e6, noNaN: true }).map((seconds) => Math.round(seconds * 1000) / 1000),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 4 });
const amount = fc.oneof(fc.nat({ max: 1000 }), fc.constant(Number.MAX_SAFE_INTEGER), fc.maxSafeNat());

const run = fc.record({
  arn: fc.constantFrom(...RUNS),
  name: maybe(fc.constantFrom('One', 'oNe two', 'three%')),
  state: maybe(fc.constantFrom(...STATES, 'UNHEARD_OF')),
  rulesPackageArns: maybe(fc.uniqueArray(fc.constantFrom(...PACKAGES), { maxLength: 3 })),
  durationInSeconds: maybe(fc.constantFrom(3600, 7200)),
  createdAt: maybe(time),
  startedAt: maybe(time),
  stateChangedAt: maybe(time),
});
const finding = fc
  .record({
    arn: fc.constantFrom(...FINDINGS),
    id: maybe(fc.constantFrom(...RULES)),
    severity: maybe(fc.constantFrom(...SEVERITIES, 'Critical')),
    title: maybe(fc.constantFrom('Title one', 'two')),
    agentId: maybe(fc.constantFrom(...AGENTS)),
    rulesPackageArn: maybe(fc.constantFrom(...PACKAGES)),
    createdAt: maybe(time),
    updatedAt: maybe(time),
  })
  .map(({ agentId, rulesPackageArn, ...others }) => ({
    ...others,
    assetAttributes: { agentId },
    serviceAttributes: { rulesPackageArn },
  }));
const rowsOfTelemetry = fc.array(
  fc.record(
    { messageType: fc.constantFrom(...TYPES), count: amount, dataSize: amount },
    { requiredKeys: ['messageType', 'count'] },
  ),
  { maxLength: 4 },
);
const record = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(finding, { minLength: 1, maxLength: 6 }).map((findings) => ({ findings, failedItems: {} })),
  },
  {
    weight: 3,
    arbitrary: fc
      .array(run, { minLength: 1, maxLength: 4 })
      .map((assessmentRuns) => ({ assessmentRuns, failedItems: {} })),
  },
  {
    weight: 3,
    arbitrary: fc.record({ arn: fc.constantFrom(...RUNS), rows: rowsOfTelemetry }).map(({ arn, rows }) => ({
      operation: 'GetTelemetryMetadata',
      input: { assessmentRunArn: arn },
      output: { telemetryMetadata: rows },
    })),
  },
  fc
    .uniqueArray(fc.constantFrom(...RUNS), { minLength: 1, maxLength: 3 })
    .map((assessmentRunArns) => ({ assessmentRunArns })),
  fc
    .record({
      runArn: fc.constantFrom(...RUNS),
      findingArns: fc.uniqueArray(fc.constantFrom(...FINDINGS), { minLength: 1, maxLength: 4 }),
    })
    .map(({ runArn, findingArns }) => ({
      operation: 'ListFindings',
      input: { assessmentRunArns: [runArn] },
      output: { findingArns },
    })),
);
const imports = fc.array(
  fc.record({ records: fc.array(record, { minLength: 1, maxLength: 6 }), replaces: fc.boolean() }),
  { minLength: 1, maxLength: 4 },
);

const someOf = <T>(values: readonly T[]) => fc.array(fc.constantFrom(...values), { maxLength: 3 });
const range = fc.record({ from: time, to: time }, { requiredKeys: [] }).map(({ from, to }) => {
  return from !== undefined && to !== undefined && from > to ? { from: to, to: from } : { from, to };
});
const common = {
  accountIds: someOf(ACCOUNTS),
  regions: someOf(REGIONS),
  assessmentTargetArns: someOf(TEMPLATES.map(toTargetArn)),
  assessmentTemplateArns: someOf(TEMPLATES),
  assessmentRunArns: someOf(RUNS),
  rulesPackageArns: someOf(PACKAGES),
  text: fc.constantFrom('ONE', 'o', '%'),
  createdBetween: range,
};
/** Few criteria at once, so that something is left. */
const filterOf = (members: Record<string, fc.Arbitrary<unknown>>) =>
  fc
    .record({
      all: fc.record(members),
      chosen: fc.uniqueArray(fc.constantFrom(...Object.keys(members)), { maxLength: 2 }),
    })
    .map(({ all, chosen }) => Object.fromEntries(chosen.map((name) => [name, (all as Structure)[name]])) as Structure);
const filters = {
  findings: filterOf({ ...common, severities: someOf(SEVERITIES), ruleNames: someOf(RULES), agentIds: someOf(AGENTS) }),
  runs: filterOf({
    ...common,
    states: someOf(STATES),
    startedBetween: range,
    durationBetween: fc.constant({ from: 4000 }),
    agentIds: someOf(AGENTS),
    hasTelemetry: fc.boolean(),
  }),
};
const queryOf = (filter: fc.Arbitrary<Structure>, dimensions: readonly string[]) =>
  fc.record(
    {
      filter,
      groupBy: fc.uniqueArray(fc.constantFrom(...dimensions), { maxLength: 2 }),
      interval: fc.constantFrom('DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'),
      timeZone: fc.constantFrom(...ZONES),
      top: fc.integer({ min: 1, max: 6 }),
    },
    { requiredKeys: ['groupBy'] },
  );

/** A thing that is counted: once under each combination of keys, and once in the total. */
interface Item {
  readonly keys: Record<string, readonly (string | null)[]>;
  readonly time: number | null;
  readonly amounts: { readonly count: number; readonly dataSize?: number | null; readonly run?: string };
}

const isAny = (wanted: string[] | undefined, value: unknown) => !wanted?.length || wanted.includes(value as string);
const isBetween = (wanted: { from?: number; to?: number } | undefined, value: number | undefined) =>
  (wanted?.from === undefined && wanted?.to === undefined) ||
  (value !== undefined && value >= (wanted.from ?? -Infinity) && value <= (wanted.to ?? Infinity));
const hasText = (text: string | undefined, value: string | undefined) =>
  text === undefined || (value ?? '').toLowerCase().includes(text.toLowerCase());

function fitsFinding(filter: Structure, { arn, runArn, document }: Exported['findings'][number]): boolean {
  const { account, region } = matchArn('finding', arn) as { account: string; region: string };
  return (
    isAny(filter.accountIds, account) &&
    isAny(filter.regions, region) &&
    isAny(filter.assessmentTargetArns, toTargetArn(runArn)) &&
    isAny(filter.assessmentTemplateArns, toTemplateArn(runArn)) &&
    isAny(filter.assessmentRunArns, runArn) &&
    isAny(filter.rulesPackageArns, document.serviceAttributes?.rulesPackageArn) &&
    hasText(filter.text, document.title) &&
    isAny(filter.severities, document.severity) &&
    isAny(filter.ruleNames, document.id) &&
    isAny(filter.agentIds, document.assetAttributes?.agentId) &&
    isBetween(filter.createdBetween, document.createdAt)
  );
}

function fitsRun(
  filter: Structure,
  arn: string,
  document: Structure,
  { findings, telemetry }: Pick<Exported, 'findings' | 'telemetry'>,
): boolean {
  const ofRun = findings.filter(({ runArn }) => runArn === arn);
  const hasTelemetry = telemetry.some(({ runArn, rows }) => runArn === arn && rows.some(({ count }) => count > 0));
  const { account, region } = matchArn('assessmentRun', arn) as { account: string; region: string };
  const packages: string[] = document.rulesPackageArns ?? [];
  return (
    isAny(filter.accountIds, account) &&
    isAny(filter.regions, region) &&
    isAny(filter.assessmentTargetArns, toTargetArn(arn)) &&
    isAny(filter.assessmentTemplateArns, toTemplateArn(arn)) &&
    isAny(filter.assessmentRunArns, arn) &&
    (!filter.rulesPackageArns?.length || packages.some((one) => filter.rulesPackageArns.includes(one))) &&
    hasText(filter.text, document.name) &&
    isAny(filter.states, document.state) &&
    isBetween(filter.durationBetween, document.durationInSeconds) &&
    isBetween(filter.startedBetween, document.startedAt) &&
    (!filter.agentIds?.length || ofRun.some((one) => isAny(filter.agentIds, one.document.assetAttributes?.agentId))) &&
    (filter.hasTelemetry === undefined || filter.hasTelemetry === hasTelemetry) &&
    isBetween(filter.createdBetween, document.createdAt)
  );
}

function toPlaces(kind: 'assessmentRun' | 'finding', arn: string, runArn: string) {
  const { account, region } = matchArn(kind, arn) as { account: string; region: string };
  return { ACCOUNT: [account], REGION: [region], TEMPLATE: [toTemplateArn(runArn)] };
}

const toItems: Record<string, (archive: Exported, filter: Structure) => Item[]> = {
  SummarizeFindings: ({ findings }, filter) =>
    findings
      .filter((one) => fitsFinding(filter, one))
      .map(({ arn, runArn, document }) => ({
        keys: {
          ...toPlaces('finding', arn, runArn),
          SEVERITY: [document.severity ?? null],
          RULES_PACKAGE: [document.serviceAttributes?.rulesPackageArn ?? null],
          RULE: [document.id ?? null],
          HOST: [document.assetAttributes?.agentId ?? null],
        },
        time: document.createdAt ?? null,
        amounts: { count: 1 },
      })),
  SummarizeAssessmentRuns: ({ runs, ...others }, filter) =>
    runs
      .filter(({ arn, document }) => fitsRun(filter, arn, document, others))
      .map(({ arn, document }) => ({
        keys: {
          ...toPlaces('assessmentRun', arn, arn),
          STATE: [document.state ?? null],
          RULES_PACKAGE: document.rulesPackageArns?.length > 0 ? document.rulesPackageArns : [null],
        },
        time: document.createdAt ?? null,
        amounts: { count: 1 },
      })),
  SummarizeTelemetry: ({ runs, telemetry, ...others }, filter) => {
    const documents = new Map(runs.map(({ arn, document }) => [arn, document]));
    return telemetry
      .filter(({ runArn }) => fitsRun(filter, runArn, documents.get(runArn) ?? {}, { telemetry, ...others }))
      .flatMap(({ runArn, rows }) => {
        const others = rows.filter(({ messageType }) => messageType !== 'Total');
        return (others.length > 0 ? others : rows).map(({ messageType, count, dataSize }) => ({
          keys: {
            ...toPlaces('assessmentRun', runArn, runArn),
            MESSAGE_TYPE: [messageType],
            STATE: [documents.get(runArn)?.state ?? null],
          },
          time: documents.get(runArn)?.createdAt ?? null,
          amounts: { count, dataSize: dataSize ?? null, run: runArn },
        }));
      });
  },
};

/** The date that clocks show. */
function toLocalDate(seconds: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(seconds * 1000);
}

const nextDay = (date: string, days: number) =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);

function toStart(date: string, interval: string): string {
  const isFirst: Record<string, (day: string) => boolean> = {
    DAY: () => true,
    WEEK: (day) => new Date(day).getUTCDay() === 1,
    MONTH: (day) => day.endsWith('-01'),
    QUARTER: (day) => /-(01|04|07|10)-01$/.test(day),
    YEAR: (day) => day.endsWith('-01-01'),
  };
  let day = date;
  while (!isFirst[interval]?.(day)) day = nextDay(day, -1);
  return day;
}

function toSums(operation: string, items: readonly Item[]): Structure {
  const sum = items.reduce((total, { amounts }) => total + BigInt(amounts.count), 0n);
  if (operation !== 'SummarizeTelemetry') return { count: String(sum) };
  const sizes = items.map(({ amounts }) => amounts.dataSize ?? null);
  const dataSize = sizes.includes(null) ? null : sizes.reduce((total, size) => total + BigInt(size as number), 0n);
  return {
    count: String(sum),
    dataSize: dataSize === null ? null : String(dataSize),
    assessmentRunCount: String(new Set(items.map(({ amounts }) => amounts.run)).size),
  };
}

const compareKeys = (a: readonly (string | null)[], b: readonly (string | null)[]) => {
  for (const [place, key] of a.entries()) {
    const other = b[place] as string | null;
    if (key === other) continue;
    if (key === null || other === null) return key === null ? 1 : -1;
    const [left, right] = [key, other].map((text) => [...text].map((one) => one.codePointAt(0) as number)) as [
      number[],
      number[],
    ];
    const at = left.findIndex((point, index) => point !== right[index]);
    return at === -1 ? -1 : (left[at] as number) - (right[at] ?? -1);
  }
  return 0;
};

/** What docs/archive-api.md promises, by plain counting. Numbers are text, since they may be larger than JavaScript's. */
function summarize(operation: string, archive: Exported, query: Structure): Structure {
  const { filter = {}, groupBy, interval, timeZone = 'UTC', top = 20 } = query;
  const items = (toItems[operation] as (typeof toItems)[string])(archive, filter);
  const groups = new Map<string, { keys: (string | null)[]; items: Item[] }>();
  if (groupBy.length === 0) groups.set('[]', { keys: [], items: [] });
  for (const item of items) {
    const combinations = groupBy.reduce(
      (all: (string | null)[][], dimension: string) =>
        all.flatMap((keys) => (item.keys[dimension] as (string | null)[]).map((key) => [...keys, key])),
      [[]],
    );
    for (const keys of combinations) {
      const known = groups.get(JSON.stringify(keys)) ?? { keys, items: [] as Item[] };
      groups.set(JSON.stringify(keys), known);
      known.items.push(item);
    }
  }
  const ranked = [...groups.values()].sort((a, b) => {
    const [left, right] = [a, b].map((group) => BigInt(toSums(operation, group.items).count));
    return left === right ? compareKeys(a.keys, b.keys) : (left as bigint) < (right as bigint) ? 1 : -1;
  });
  const startOf = ({ time: at }: Item) => (at === null ? null : toStart(toLocalDate(at, timeZone), interval));
  const { from, to } = filter.createdBetween ?? {};
  const hasRange = from !== undefined && to !== undefined;
  const toBuckets = (own: readonly Item[]) => {
    const known = items
      .map(startOf)
      .filter((start) => start !== null)
      .sort();
    const [first, last] = hasRange
      ? [from, to].map((at) => toStart(toLocalDate(at, timeZone), interval))
      : [known[0], known.at(-1)];
    const starts: (string | null)[] = [];
    for (let day = first; day !== undefined && day <= (last as string); day = nextDay(day, 1)) {
      if (toStart(day, interval) === day) starts.push(day);
    }
    if (items.some(({ time: at }) => at === null)) starts.push(null);
    return starts.map((start) => ({
      start,
      ...toSums(
        operation,
        own.filter((item) => startOf(item) === start),
      ),
    }));
  };
  return {
    groups: ranked.slice(0, top).map(({ keys, items: own }) => ({
      keys,
      total: toSums(operation, own),
      ...(interval !== undefined && { buckets: toBuckets(own) }),
    })),
    groupCount: String(groups.size),
    total: toSums(operation, items),
  };
}

/** Calls an operation and reads whole numbers as text. */
async function ask(url: string, operation: string, query: Structure): Promise<Structure> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'x-amz-target': `InspectorArchive.${operation}` },
    body: JSON.stringify(query),
  });
  const text = await response.text();
  expect([response.status, text]).toEqual([200, expect.any(String)]);
  return JSON.parse(text.replace(/:(\d+)(?=[,}\]])/g, ':"$1"'));
}

async function importAll(archive: Archive, files: { records: object[]; replaces: boolean }[]): Promise<void> {
  // What contradicts the archive is refused, and changes nothing.
  for (const { records, replaces } of files) {
    for (const [place, one] of records.entries())
      await importFiles(archive, { [`${place}.ndjson`]: toLines([one]) }, { replaces });
  }
}

describe.each(engines)('Statistics of $name', (engine) => {
  test.each([
    [
      'SummarizeFindings',
      filters.findings,
      ['SEVERITY', 'RULES_PACKAGE', 'RULE', 'ACCOUNT', 'REGION', 'TEMPLATE', 'HOST'],
    ],
    ['SummarizeTelemetry', filters.runs, ['MESSAGE_TYPE', 'ACCOUNT', 'REGION', 'TEMPLATE', 'STATE']],
    ['SummarizeAssessmentRuns', filters.runs, ['STATE', 'ACCOUNT', 'REGION', 'TEMPLATE', 'RULES_PACKAGE']],
  ] as const)(
    'are those of a plain count over the documents: %s',
    async (operation, filter, dimensions) => {
      const archive = await openEmptyArchive(engine);
      const url = await serveArchive(archive);
      for (const files of fc.sample(imports, rounds(6, 60))) {
        await emptyArchive(archive);
        await importAll(archive, files);
        const exported = parseExport(await exportText(archive));
        await fc.assert(
          fc.asyncProperty(queryOf(filter, dimensions), async (query) => {
            expect(await ask(url, operation, query)).toEqual(summarize(operation, exported, query));
          }),
          { numRuns: 40 },
        );
      }
    },
    120_000,
  );
});
