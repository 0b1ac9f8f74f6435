import type { SelectQueryBuilder } from 'kysely';
import type { Database } from './database.js';

/** The rows of a query in the order of their ids, a page at a time. */
export async function* readPages<Row extends { id: number }>(query: {
  execute(): Promise<Row[]>;
}): AsyncGenerator<Row[]> {
  const ordered = (query as SelectQueryBuilder<{ rows: { id: number } }, 'rows', Row>)
    .orderBy('id')
    .limit(ROWS_PER_PAGE);
  let after = 0;
  for (;;) {
    const rows: Row[] = await ordered.where('id', '>', after).execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.id;
  }
}

const ROWS_PER_PAGE = 2000;

/** A transaction whose reads all see the archive as it was at the first one. */
export type Snapshot = Awaited<ReturnType<typeof startSnapshot>>;

/** Starts a snapshot, which has to be rolled back. */
export function startSnapshot({ tables }: Pick<Database, 'tables'>) {
  return tables.startTransaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute();
}
