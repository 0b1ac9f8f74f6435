import { CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely';
import type { Engine, Tables } from './tables.js';

/** The types of columns that rows are given with. */
export type ColumnType = 'integer' | 'bigint' | 'double precision' | 'text';

/** The columns of rows, in their order. */
export type Columns = Readonly<Record<string, ColumnType>>;

/** Values in the order of their columns. */
export type JsonRow = readonly (string | number | null)[];

/** A select of rows that are given as one parameter, of which the engines take few. */
export function selectJsonRows(engine: Engine, columns: Columns, rows: readonly JsonRow[]): RawBuilder<unknown> {
  const values = Object.entries(columns).map(([name, type], index) =>
    engine === 'sqlite'
      ? sql`value ->> ${sql.lit(index)} as ${sql.ref(name)}`
      : sql`(value ->> ${sql.lit(index)})::${sql.raw(type)} as ${sql.ref(name)}`,
  );
  return engine === 'sqlite'
    ? sql`select ${sql.join(values)} from json_each(${toJson(rows)})`
    : sql`select ${sql.join(values)} from jsonb_array_elements(${toJson(rows)}::jsonb) with ordinality as rows(value, place) order by place`;
}

/** JSON of one parameter has at most so many rows. */
const ROWS_PER_PARAMETER = 5000;
/** Rows of SQLite's statements, of which a few texts are kept prepared: measured, more rows are no faster. */
const ROWS_PER_STATEMENT = [64, 16, 4, 1] as const;

/** Inserts rows, in their order; gives the columns of `returning` of each. */
export async function insertRows<Row>(
  tables: Kysely<Tables>,
  engine: Engine,
  table: string,
  columns: Columns,
  rows: readonly JsonRow[],
  returning?: string,
): Promise<Row[]> {
  const inserted: Row[] = [];
  for (let start = 0; start < rows.length; ) {
    const left = rows.length - start;
    const size = engine === 'postgres' ? ROWS_PER_PARAMETER : (ROWS_PER_STATEMENT.find((size) => size <= left) ?? 1);
    const part = rows.slice(start, start + size);
    const result = await tables.executeQuery<Row>(
      engine === 'postgres'
        ? insertJsonRows(table, columns, part, returning).compile(tables)
        : CompiledQuery.raw(toInsertText(table, columns, size, returning), part.flat()),
    );
    inserted.push(...result.rows);
    start += size;
  }
  return inserted;
}

function insertJsonRows(table: string, columns: Columns, rows: readonly JsonRow[], returning?: string) {
  const names = sql.join(Object.keys(columns).map((name) => sql.ref(name)));
  const returned = returning === undefined ? sql`` : sql`returning ${sql.raw(returning)}`;
  return sql`insert into ${sql.table(table)} (${names}) ${selectJsonRows('postgres', columns, rows)} ${returned}`;
}

const insertTexts = new Map<string, string>();

/** The same text each time, by which SQLite's statement is kept. */
function toInsertText(table: string, columns: Columns, size: number, returning = ''): string {
  const names = Object.keys(columns).join('", "');
  const key = `${table} ${size} ${returning} ${names}`;
  let text = insertTexts.get(key);
  if (text === undefined) {
    const row = `(${Object.keys(columns).fill('?').join()})`;
    text = `insert into "${table}" ("${names}") values ${Array(size).fill(row).join()}${returning && ` returning ${returning}`}`;
    insertTexts.set(key, text);
  }
  return text;
}

/** JSON that PostgreSQL takes: it has no half of a surrogate pair, which becomes U+FFFD as it does in a parameter. */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!json.includes('\\ud')) return json;
  return JSON.stringify(value, (_, member) => (typeof member === 'string' ? toWellFormed(member) : member));
}

/** A text with U+FFFD for every half of a surrogate pair. */
export function toWellFormed(text: string): string {
  if (!SURROGATE.test(text)) return text;
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** Half of a pair, or both: most texts have none. */
const SURROGATE = /[\ud800-\udfff]/;
