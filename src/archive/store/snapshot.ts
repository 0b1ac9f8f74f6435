import type { Database } from './database.js';

/** Rows in the order of their ids, a page at a time; `read` gives those behind an id, at most as many as it is told. */
export async function* readPages<Row extends { id: number }>(
  read: (after: number, limit: number) => Promise<Row[]>,
): AsyncGenerator<Row[]> {
  let after = 0;
  for (;;) {
    const rows = await read(after, ROWS_PER_PAGE);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.id;
  }
}

const ROWS_PER_PAGE = 2000;

/** A transaction whose reads all see the archive as it was at the first one, whatever is imported meanwhile. */
export type Snapshot = Awaited<ReturnType<typeof startSnapshot>>;

/** Starts a snapshot, which has to be rolled back. */
export function startSnapshot({ tables }: Database) {
  return tables.startTransaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute();
}
