import { sql, type Transaction } from 'kysely';
import { addSums, toHigh, toLow } from '../summary.js';
import { type Columns, selectJsonRows, toJson } from './json-rows.js';
import { DAY_S } from './slots.js';
import { sumHigh, sumLow } from './sum-halves.js';
import type { Engine, Tables, TelemetryDaysTable } from './tables.js';

const columns: Columns = {
  day: 'integer',
  message_type: 'integer',
  count_high: 'bigint',
  count_low: 'bigint',
  data_size_high: 'bigint',
  data_size_low: 'bigint',
  lacking: 'bigint',
  runs: 'integer',
};

/** A row of telemetry that is summed up: its run and type are terms. */
export interface TelemetryRow {
  readonly run: number;
  readonly messageType: number;
  readonly count: number;
  readonly dataSize: number | null;
}

const MAX_PENDING = 10_000;
const ROWS_PER_WRITE = 5000;

/** Keeps `telemetry_days` up to date in a transaction; `write` has to come before it ends. */
export function createTelemetryDays(transaction: Transaction<Tables>, engine: Engine) {
  const changes = new Map<string, { readonly key: readonly number[]; readonly sums: number[] }>();

  /** Counts the telemetry of runs in or out, as both are in the archive now. */
  async function count(runs: readonly number[], change: 1 | -1): Promise<void> {
    if (runs.length === 0) return;
    const isOfRuns =
      engine === 'sqlite'
        ? sql`message.run in (select value from json_each(${toJson(runs)}))`
        : sql`message.run = any(${runs})`;
    const { rows } = await sql<TelemetryDaysTable>`
      select coalesce(cast(floor(run.created_at / ${sql.lit(DAY_S)}) as integer), 0) as day, message.message_type,
        ${sumHigh('message.count')} as count_high, ${sumLow('message.count')} as count_low,
        ${sumHigh('message.data_size')} as data_size_high, ${sumLow('message.data_size')} as data_size_low,
        count(*) - count(message.data_size) as lacking, count(distinct message.run) as runs
      from telemetry_facts as message left join run_facts as run on run.run = message.run
      where ${isOfRuns} group by 1, 2`.execute(transaction);
    for (const { day, message_type, ...sums } of rows) {
      const numbers = [
        sums.count_high,
        sums.count_low,
        sums.data_size_high,
        sums.data_size_low,
        sums.lacking,
        sums.runs,
      ];
      const changed = numbers.map((number) => change * Number(number ?? 0));
      addSums(sumsOf(day, message_type), changed);
    }
    if (changes.size > MAX_PENDING) await write();
  }

  /** Counts rows in that are written now; the rows of a run stand together. */
  async function add(rows: readonly TelemetryRow[], days: ReadonlyMap<number, number>): Promise<void> {
    let run: number | undefined;
    const types = new Set<number>();
    for (const row of rows) {
      if (row.run !== run) types.clear();
      run = row.run;
      const sums = sumsOf(days.get(run) ?? 0, row.messageType);
      const dataSize = row.dataSize ?? 0;
      addSums(sums, [
        toHigh(row.count),
        toLow(row.count),
        toHigh(dataSize),
        toLow(dataSize),
        row.dataSize === null ? 1 : 0,
        types.has(row.messageType) ? 0 : 1,
      ]);
      types.add(row.messageType);
    }
    if (changes.size > MAX_PENDING) await write();
  }

  function sumsOf(day: number, messageType: number): number[] {
    const name = `${day} ${messageType}`;
    let known = changes.get(name);
    if (known === undefined) {
      known = { key: [day, messageType], sums: [] };
      changes.set(name, known);
    }
    return known.sums;
  }

  async function write(): Promise<void> {
    const rows = [...changes.values()].filter(({ sums }) => sums.some((sum) => sum !== 0));
    changes.clear();
    const names = Object.keys(columns);
    const added = names.slice(2).map((name) => {
      return sql`${sql.ref(name)} = ${sql.ref(`telemetry_days.${name}`)} + ${sql.ref(`excluded.${name}`)}`;
    });
    for (let start = 0; start < rows.length; start += ROWS_PER_WRITE) {
      const part = rows.slice(start, start + ROWS_PER_WRITE).map(({ key, sums }) => [...key, ...sums]);
      await sql`insert into telemetry_days (${sql.join(names.map((name) => sql.ref(name)))})
        select * from (${selectJsonRows(engine, columns, part)}) as given where true
        on conflict (day, message_type) do update set ${sql.join(added)}`.execute(transaction);
    }
    // What is taken from one day is added to another one, so that few rows are left at 0.
    if (rows.some(({ sums }) => (sums.at(-1) ?? 0) < 0)) {
      await transaction.deleteFrom('telemetry_days').where('runs', '=', 0).execute();
    }
  }

  return { add, count, write };
}
