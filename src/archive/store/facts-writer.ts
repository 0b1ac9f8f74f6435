import { sql, type Transaction } from 'kysely';
import {
  dimensions,
  type FactKind,
  type FactRow,
  toAgentFacts,
  toFindingFacts,
  toFindingRun,
  toFindingRunArn,
  toRunFacts,
  toRunPackages,
  toTelemetryFacts,
  toTelemetryRun,
  toTermKey,
} from './facts.js';
import { writeHosts } from './hosts.js';
import { type Columns, insertRows, type JsonRow, selectJsonRows, toJson } from './json-rows.js';
import { toAsciiLowerCase } from './patterns.js';
import { SLOTS_PER_DAY, toDay, toSlot } from './slots.js';
import type { Engine, FindingFactsTable, RunFactsTable, Tables, TermDimension } from './tables.js';
import { createTelemetryDays, type TelemetryRow } from './telemetry-days.js';
import { toNameBitmap } from './trigram-bitmap.js';

/** A document whose facts are written, under its id. */
export interface FactSource {
  readonly id: number;
  readonly key: string;
  /** Null where only the key is known. */
  // biome-ignore lint/suspicious/noExplicitAny: it is of its kind
  readonly document: any;
  /** The run for which a list named it. */
  readonly listedFor?: string | undefined;
}

/** The columns of each table, in the order in which rows are written. */
const columns = {
  terms: { id: 'integer', dimension: 'text', key: 'text', value: 'text', signature: 'bigint' },
  run_facts: {
    id: 'integer',
    run: 'integer',
    account: 'integer',
    region: 'integer',
    target: 'integer',
    template: 'integer',
    state: 'integer',
    created_at: 'double precision',
    started_at: 'double precision',
    completed_at: 'double precision',
    duration_in_seconds: 'bigint',
    name: 'text',
    name_key: 'text',
  },
  run_packages: { id: 'integer', package: 'integer' },
  finding_facts: {
    id: 'integer',
    run: 'integer',
    template: 'integer',
    target: 'integer',
    account: 'integer',
    region: 'integer',
    agent: 'integer',
    auto_scaling_group: 'integer',
    hostname: 'integer',
    rule: 'integer',
    package: 'integer',
    severity: 'integer',
    severity_rank: 'integer',
    title: 'integer',
    title_key: 'text',
    created_at: 'double precision',
  },
  telemetry_facts: {
    run: 'integer',
    place: 'integer',
    message_type: 'integer',
    count: 'bigint',
    data_size: 'bigint',
  },
  telemetry_runs: {
    run: 'integer',
    account: 'integer',
    region: 'integer',
    target: 'integer',
    template: 'integer',
    count_high: 'bigint',
    count_low: 'bigint',
    data_size_high: 'bigint',
    data_size_low: 'bigint',
    lacking: 'bigint',
  },
  agent_facts: { run: 'integer', agent: 'integer', account: 'integer', region: 'integer' },
  finding_counts: {
    account: 'integer',
    region: 'integer',
    target: 'integer',
    template: 'integer',
    package: 'integer',
    severity: 'integer',
    count: 'integer',
  },
  finding_slots: {
    slot: 'integer',
    account: 'integer',
    region: 'integer',
    target: 'integer',
    template: 'integer',
    package: 'integer',
    severity: 'integer',
    count: 'integer',
  },
  finding_days: { day: 'integer', package: 'integer', severity: 'integer', count: 'integer' },
  run_counts: {
    account: 'integer',
    region: 'integer',
    target: 'integer',
    template: 'integer',
    state: 'integer',
    count: 'integer',
  },
} satisfies Partial<Record<keyof Tables, Columns>>;

type FactTable = keyof typeof columns;

/** The tables of counts. */
type CountTable = 'finding_counts' | 'finding_slots' | 'finding_days' | 'run_counts';

/** By how much the count of a row changes; the row without its count. */
interface CountChange {
  readonly row: readonly number[];
  change: number;
}

/** So many terms and counts are kept in memory. */
const MAX_KNOWN_TERMS = 10_000;
const MAX_PENDING_COUNTS = 10_000;
/** JSON of one parameter has at most so many rows. */
const ROWS_PER_INSERT = 5000;

/** Writes facts in a transaction that holds the write lock. */
export type FactsWriter = ReturnType<typeof createFactsWriter>;

/** A writer of facts; `end` completes what is derived of them, and has to come before the transaction ends. */
export function createFactsWriter(transaction: Transaction<Tables>, engine: Engine) {
  const termIds = new Map<TermDimension, Map<string, number>>();
  /** Who writes holds the lock, and no term is ever taken out: their ids need no sequence. */
  let lastTermId: number | undefined;
  const telemetryDays = createTelemetryDays(transaction, engine);
  const countChanges: Record<CountTable, Map<string, CountChange>> = {
    finding_counts: new Map(),
    finding_slots: new Map(),
    finding_days: new Map(),
    run_counts: new Map(),
  };
  /** Agents whose hosts may have changed, and pairs that nothing may name any longer. */
  const touchedAgents = new Set<number>();
  const uncertainPairs = new Map<string, JsonRow>();

  /** Writes the facts of documents that have none yet. */
  async function insert(kind: FactKind, sources: readonly FactSource[]): Promise<void> {
    if (sources.length === 0) return;
    switch (kind) {
      case 'assessmentRun': {
        const rows = await toRows(
          'run_facts',
          sources.map(({ id, key, document }) => ({ id, ...toRunFacts(key, document ?? {}) })),
        );
        const runs = rows.map((row) => row[1] as number);
        const withTelemetry = await findRunsWithTelemetry(runs);
        await telemetryDays.count(withTelemetry, -1);
        await insertFacts('run_facts', rows);
        await telemetryDays.count(withTelemetry, 1);
        for (const row of rows) countRun(toFacts('run_facts', row) as unknown as RunFactsTable, 1);
        const packages = sources.flatMap(({ id, document }) =>
          toRunPackages(document ?? {}).map((itsPackage) => ({ id, package: itsPackage })),
        );
        await insertFacts('run_packages', await toRows('run_packages', packages));
        await touchAgentsOf(runs);
        return;
      }
      case 'finding':
        return insertFindings(
          await toRows(
            'finding_facts',
            sources.map(({ id, key, document, listedFor }) => ({
              id,
              ...toFindingFacts(key, document ?? {}, toFindingRunArn(key, listedFor)),
            })),
          ),
        );
      case 'telemetryMetadata': {
        const facts = sources.flatMap(({ key, document }) => toTelemetryFacts(key, document));
        const rows = await toRows('telemetry_facts', facts);
        await insertFacts('telemetry_facts', rows);
        const sums = await toRows(
          'telemetry_runs',
          sources.flatMap(({ key, document }) => toTelemetryRun(key, document) ?? []),
        );
        await insertFacts('telemetry_runs', sums);
        const days = await fetchDays(sums.map(([run]) => run as number));
        return telemetryDays.add(
          rows.map(([run, , messageType, count, dataSize]) => ({ run, messageType, count, dataSize }) as TelemetryRow),
          days,
        );
      }
      case 'assessmentRunAgent': {
        const rows = sources.map(({ key }) => toAgentFacts(key));
        return insertAgents(await toRows('agent_facts', rows));
      }
    }
  }

  /** Takes back what is derived of documents that are to be replaced. */
  async function remove(kind: FactKind, sources: readonly FactSource[]): Promise<void> {
    const ids = sources.map(({ id }) => id);
    switch (kind) {
      case 'assessmentRun': {
        const known = await sql<{ run: number }>`select run from run_facts where ${isAmong('id', ids)}`.execute(
          transaction,
        );
        const runs = known.rows.map(({ run }) => run);
        await telemetryDays.count(runs, -1);
        const { rows } =
          await sql<RunFactsTable>`delete from run_facts where ${isAmong('id', ids)} returning *`.execute(transaction);
        await telemetryDays.count(runs, 1);
        for (const row of rows) countRun(row, -1);
        await sql`delete from run_packages where ${isAmong('id', ids)}`.execute(transaction);
        return;
      }
      case 'finding':
        await removeFindings(ids);
        return;
      case 'telemetryMetadata': {
        const rows = await toRows(
          'telemetry_runs',
          sources.map(({ key }) => ({ run: key })),
        );
        const runs = rows.map(([run]) => run as number);
        await telemetryDays.count(runs, -1);
        await sql`delete from telemetry_facts where ${isAmong('run', runs)}`.execute(transaction);
        await sql`delete from telemetry_runs where ${isAmong('run', runs)}`.execute(transaction);
        return;
      }
      case 'assessmentRunAgent':
        // Its facts follow from its key.
        return;
    }
  }

  /** Has a finding belong to another run. */
  async function moveFinding(id: number, runArn: string): Promise<void> {
    const rows = await removeFindings([id]);
    await insertFindings(
      await toRows(
        'finding_facts',
        rows.map((row) => ({ ...row, ...toFindingRun(runArn) })),
      ),
    );
  }

  async function insertFindings(rows: readonly JsonRow[]): Promise<void> {
    await insertFacts('finding_facts', rows);
    const agents = new Map<string, JsonRow>();
    for (const row of rows) {
      const finding = toFacts('finding_facts', row) as unknown as FindingFactsTable;
      countFinding(finding, 1);
      if (finding.agent === null) continue;
      const pair = [finding.run, finding.agent, finding.account, finding.region];
      agents.set(pair.join(), pair);
    }
    await insertAgents([...agents.values()]);
  }

  async function removeFindings(ids: readonly number[]): Promise<FindingFactsTable[]> {
    const { rows } =
      await sql<FindingFactsTable>`delete from finding_facts where ${isAmong('id', ids)} returning *`.execute(
        transaction,
      );
    for (const finding of rows) {
      countFinding(finding, -1);
      if (finding.agent === null) continue;
      const pair = [finding.run, finding.agent, finding.account, finding.region];
      uncertainPairs.set(pair.join(), pair);
      touchedAgents.add(finding.agent);
    }
    return rows;
  }

  async function insertAgents(rows: readonly JsonRow[]): Promise<void> {
    if (rows.length === 0) return;
    for (const [, agent] of rows) touchedAgents.add(agent as number);
    const given = selectJsonRows(engine, columns.agent_facts, rows);
    await sql`insert into agent_facts (run, agent, account, region) select * from (${given}) as given where true on conflict do nothing`.execute(
      transaction,
    );
  }

  async function findRunsWithTelemetry(runs: readonly number[]): Promise<number[]> {
    const { rows } = await sql<{ run: number }>`select run from telemetry_runs where ${isAmong('run', runs)}`.execute(
      transaction,
    );
    return rows.map(({ run }) => run);
  }

  /** The days of those runs that are in the archive. */
  async function fetchDays(runs: readonly number[]): Promise<Map<number, number>> {
    const { rows } = await sql<Pick<RunFactsTable, 'run' | 'created_at'>>`
      select run, created_at from run_facts where ${isAmong('run', runs)}`.execute(transaction);
    return new Map(rows.map(({ run, created_at }) => [run, toDay(created_at)]));
  }

  async function touchAgentsOf(runs: readonly number[]): Promise<void> {
    const { rows } = await sql<{
      agent: number;
    }>`select distinct agent from agent_facts where ${isAmong('run', runs)}`.execute(transaction);
    for (const { agent } of rows) touchedAgents.add(agent);
  }

  function countRun({ account, region, target, template, state }: RunFactsTable, change: number): void {
    count('run_counts', [account, region, target, template, state ?? 0], change);
  }

  function countFinding(finding: FindingFactsTable, change: number): void {
    const { account, region, target, template } = finding;
    const [itsPackage, severity] = [finding.package ?? 0, finding.severity ?? 0];
    const row = [toSlot(finding.created_at), account, region, target, template, itsPackage, severity];
    count('finding_slots', row, change);
  }

  /** Counts facts in or out. */
  function count(table: CountTable, row: readonly number[], change: number): void {
    const key = row.join();
    const known = countChanges[table].get(key);
    if (known === undefined) countChanges[table].set(key, { row, change });
    else known.change += change;
  }

  async function writeCounts(): Promise<void> {
    // Slots are the finest: the others follow from them.
    for (const { row, change } of countChanges.finding_slots.values()) {
      const [slot = 0, ...others] = row;
      count('finding_counts', others, change);
      count('finding_days', [Math.floor(slot / SLOTS_PER_DAY), ...others.slice(-2)], change);
    }
    for (const table of Object.keys(countChanges) as CountTable[]) {
      const changes = [...countChanges[table].values()].filter(({ change }) => change !== 0);
      countChanges[table].clear();
      const names = columnNames(table).slice(0, -1);
      const keys = sql.join(names.map((name) => sql.ref(name)));
      for (const part of inParts(changes.map(({ row, change }) => [...row, change]))) {
        const given = selectJsonRows(engine, columns[table], part);
        await sql`insert into ${sql.table(table)} (${keys}, count) select * from (${given}) as given where true
          on conflict (${keys}) do update set count = ${sql.table(table)}.count + excluded.count`.execute(transaction);
      }
      const taken = changes.filter(({ change }) => change < 0).map(({ row: [first = 0] }) => first);
      if (taken.length === 0) continue;
      await sql`delete from ${sql.table(table)} where count = 0 and ${isAmong(names[0] as string, taken)}`.execute(
        transaction,
      );
    }
  }

  /** Pairs of which neither a finding nor an agent is left. */
  async function removeUncertainPairs(): Promise<void> {
    if (uncertainPairs.size === 0) return;
    for (const part of inParts([...uncertainPairs.values()])) {
      const given = selectJsonRows(engine, columns.agent_facts, part);
      await sql`delete from agent_facts
        where (run, agent, account, region) in (select run, agent, account, region from (${given}) as given)
          and not exists (select 1 from finding_facts as finding where finding.run = agent_facts.run
            and finding.agent = agent_facts.agent and finding.account = agent_facts.account
            and finding.region = agent_facts.region)
          and not exists (select 1 from documents where documents.kind = 'assessmentRunAgent' and documents.key =
            (select value from terms where id = agent_facts.run) || ' ' || (select value from terms where id = agent_facts.agent))`.execute(
        transaction,
      );
    }
    uncertainPairs.clear();
  }

  /** Completes counts and hosts. */
  async function end(): Promise<void> {
    await writeCounts();
    await telemetryDays.write();
    await removeUncertainPairs();
    await writeHosts(transaction, engine, [...touchedAgents]);
    touchedAgents.clear();
  }

  async function insertFacts(table: FactTable, rows: readonly JsonRow[]): Promise<void> {
    await insertRows(transaction, engine, table, columns[table], rows);
    if (countChanges.finding_slots.size > MAX_PENDING_COUNTS) await writeCounts();
  }

  /** Facts as rows of a table, their terms as ids. */
  async function toRows(table: FactTable, facts: readonly FactRow[]): Promise<JsonRow[]> {
    const named = columnNames(table).map((name) => ({ name, dimension: dimensions[name] }));
    await learnTerms(named, facts);
    return facts.map((row) =>
      named.map(({ name, dimension }) => {
        const fact = row[name] ?? null;
        // What is a number is the id of a term.
        return dimension === undefined || typeof fact !== 'string' ? fact : (idsOf(dimension).get(fact) as number);
      }),
    );
  }

  function idsOf(dimension: TermDimension): Map<string, number> {
    let ids = termIds.get(dimension);
    if (ids === undefined) {
      ids = new Map();
      termIds.set(dimension, ids);
    }
    return ids;
  }

  /** Learns the ids of all terms of facts, each of which is created when the archive does not have it. */
  async function learnTerms(
    named: readonly { name: string; dimension: TermDimension | undefined }[],
    facts: readonly FactRow[],
  ): Promise<void> {
    const known = [...termIds.values()].reduce((sum, { size }) => sum + size, 0);
    if (known > MAX_KNOWN_TERMS) termIds.clear();
    const unknown: JsonRow[] = [];
    for (const { name, dimension } of named) {
      if (dimension === undefined) continue;
      const ids = idsOf(dimension);
      const values = new Set<string>();
      for (const row of facts) {
        const value = row[name];
        if (typeof value === 'string' && !ids.has(value)) values.add(value);
      }
      for (const value of values) {
        const signature = dimension === 'title' ? toNameBitmap(toAsciiLowerCase(value)) : null;
        unknown.push([dimension, toTermKey(value), value, signature]);
      }
    }
    if (unknown.length === 0) return;
    const keys = unknown.map(([dimension = '', key = '']) => [dimension, key]);
    const given = selectJsonRows(engine, { dimension: 'text', key: 'text' }, keys);
    const { rows } = await sql<FoundTerm>`select terms.id, terms.dimension, terms.value from (${given}) as given
      join terms on terms.dimension = given.dimension and terms.key = given.key`.execute(transaction);
    for (const { id, dimension, value } of rows) idsOf(dimension).set(value, id);
    lastTermId ??= await fetchLastTermId();
    const added: JsonRow[] = [];
    for (const term of unknown) {
      const [dimension, , value] = term as [TermDimension, string, string];
      const ids = idsOf(dimension);
      if (ids.has(value)) continue;
      lastTermId += 1;
      ids.set(value, lastTermId);
      added.push([lastTermId, ...term]);
    }
    await insertRows(transaction, engine, 'terms', columns.terms, added);
  }

  async function fetchLastTermId(): Promise<number> {
    const { rows } = await sql<{ last: number | null }>`select max(id) as last from terms`.execute(transaction);
    return rows[0]?.last ?? 0;
  }

  /** Binds all ids as one parameter. */
  function isAmong(column: string, ids: readonly number[]) {
    return engine === 'sqlite'
      ? sql`${sql.ref(column)} in (select value from json_each(${toJson(ids)}))`
      : sql`${sql.ref(column)} = any(${ids})`;
  }

  return { insert, remove, moveFinding, end };
}

const names = Object.fromEntries(Object.entries(columns).map(([table, types]) => [table, Object.keys(types)]));

const columnNames = (table: FactTable) => names[table] as readonly string[];

function toFacts(table: FactTable, row: JsonRow): Readonly<Record<string, unknown>> {
  return Object.fromEntries(columnNames(table).map((name, index) => [name, row[index]]));
}

interface FoundTerm {
  readonly id: number;
  readonly dimension: TermDimension;
  readonly value: string;
}

function* inParts<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) yield rows.slice(start, start + ROWS_PER_INSERT);
}
