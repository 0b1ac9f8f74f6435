import type { Database } from '../archive/store/database.js';
import { createReader } from '../archive/store/reader.js';
import { EVERYTHING } from '../archive/store/visibility.js';
import { archiveOperations } from '../archive/wire/archive-operations.js';
import { type Operation, runOperation } from '../archive/wire/shared/operation.js';

/**
 * Runs one of the archive's own operations on an open archive, as its endpoint does, and gives the JSON text of its output.
 * Rejects with an ApiError.
 */
export async function runArchiveOperation(database: Database, name: string, input: object): Promise<string> {
  const operation = archiveOperations.get(name) as Operation;
  return runOperation(operation, input, { reader: createReader(database), visibility: EVERYTHING, origin: '' });
}
