import { type ArchiveLocation, toDisplayUrl } from './archive-url.js';
import { importSources } from './import/importer.js';
import type { Source } from './import/sources.js';
import { createSample } from './sample.js';
import { type Database, IN_MEMORY, openDatabase, openDatabaseAt } from './store/database.js';
import { createReader, type Reader } from './store/reader.js';

/** An open archive. */
export interface Archive {
  readonly reader: Reader;
  /** What it is, for people: where it lies, and how many runs it has. */
  readonly description: string;
  close(): Promise<void>;
}

/** Opens the archive at a place, or the sample for null. Rejects with an ArchiveOpenError. */
export async function openArchive(location: ArchiveLocation | null): Promise<Archive> {
  const database = await (location === null ? openDatabase(IN_MEMORY) : openDatabaseAt(location));
  try {
    if (location === null) await importSources(database, [toSource(createSample())]);
    const description = location === null ? 'the built-in sample, read-only' : await describe(database, location.url);
    return { reader: createReader(database), description, close: () => database.close() };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function describe({ tables }: Database, url: string): Promise<string> {
  const { runs } = await tables
    .selectFrom('assessment_runs')
    .select((builder) => builder.fn.countAll().as('runs'))
    .executeTakeFirstOrThrow();
  return `${runs} assessment runs in ${toDisplayUrl(url)}`;
}

function toSource(records: readonly object[]): Source {
  return {
    name: 'the sample',
    sizeBytes: null,
    isRepeatable: true,
    async *read() {
      yield Buffer.from(records.map((record) => JSON.stringify(record)).join('\n'));
    },
  };
}
