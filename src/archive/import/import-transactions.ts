import type { ControlledTransaction } from 'kysely';
import type { Database } from '../store/database.js';
import type { Tables } from '../store/tables.js';
import { acquireWriteLock } from '../store/writer.js';
import type { SourceResult } from './import-summary.js';

/** A transaction that holds the write lock. */
export type ImportTransaction = ControlledTransaction<Tables, string[]>;

/** Keeps what sources bring, or nothing of a source with problems. */
export interface ImportTransactions {
  run(read: (transaction: ImportTransaction) => Promise<SourceResult>): Promise<SourceResult>;
  end(): Promise<void>;
}

const isKept = ({ isDeferred, problems }: SourceResult) => !isDeferred && problems.length === 0;

/** A transaction for each source; `onWait` is told when another import has to end first. */
export function startTransactions({ tables, waitForWriteLock }: Database, onWait?: () => void): ImportTransactions {
  return {
    async run(read) {
      await waitForWriteLock(onWait);
      const transaction = await tables.startTransaction().execute();
      try {
        await acquireWriteLock(transaction);
        const result = await read(transaction as ImportTransaction);
        await (isKept(result) ? transaction.commit() : transaction.rollback()).execute();
        return result;
      } catch (error) {
        await transaction
          .rollback()
          .execute()
          .catch(() => {});
        throw error;
      }
    },
    end: async () => {},
  };
}

/** One transaction for all, with a savepoint for each source, taken back at the end: a source may need those before it. */
export async function startDryRun(
  { tables, waitForWriteLock }: Database,
  onWait?: () => void,
): Promise<ImportTransactions> {
  await waitForWriteLock(onWait);
  const transaction = await tables.startTransaction().execute();
  await acquireWriteLock(transaction);
  return {
    async run(read) {
      const saved = await transaction.savepoint('source').execute();
      const result = await read(saved as unknown as ImportTransaction);
      if (!isKept(result)) await saved.rollbackToSavepoint('source').execute();
      return result;
    },
    end: () => transaction.rollback().execute(),
  };
}
