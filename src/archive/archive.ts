import { type ArchiveLocation, toDisplayUrl } from './archive-url.js';
import { type ExampleRun, findExampleRun } from './example-run.js';
import { documentedRunArn } from './sample.js';
import { openSample } from './sample-writer.js';
import { createCheckedReader } from './store/checked-reader.js';
import { type Database, openDatabaseAt } from './store/database.js';
import { createReader, type Reader } from './store/reader.js';

/** An open archive. */
export interface Archive {
  readonly reader: Reader;
  /** Resolves when the archive can be read; rejects with why not. */
  probe(): Promise<void>;
  /** What it is, for people: where it lies, and how many runs it has. */
  readonly description: string;
  /** A run to try it with; null when there is none. */
  readonly exampleRun: ExampleRun | null;
  close(): Promise<void>;
}

/** Opens the archive at a place, or for null the sample, see `openSample`. Rejects with an ArchiveOpenError. */
export async function openArchive(location: ArchiveLocation | null, sampleFile: URL): Promise<Archive> {
  const database = await (location === null ? openSample(sampleFile) : openDatabaseAt(location));
  try {
    const description = location === null ? 'the built-in sample, read-only' : await describe(database, location.url);
    const exampleRun = location === null ? sampleExampleRun : await findExampleRun(database);
    await database.limitReads();
    return {
      ...createCheckedReader(createReader(database), database),
      description,
      exampleRun,
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

const sampleExampleRun: ExampleRun = { arn: documentedRunArn, hasDetails: true, hasTelemetry: true };

async function describe({ tables }: Database, url: string): Promise<string> {
  const counted = await tables
    .selectFrom('assessment_runs')
    .select((builder) => builder.fn.countAll().as('runs'))
    .executeTakeFirstOrThrow();
  const runs = Number(counted.runs);
  return `${runs.toLocaleString('en-US')} assessment run${runs === 1 ? '' : 's'} in ${toDisplayUrl(url)}`;
}
