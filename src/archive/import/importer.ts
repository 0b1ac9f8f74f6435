import { createDocumentTypes } from '../documents.js';
import { type Database, refreshStatistics } from '../store/database.js';
import { addResult, createSummary, type ImportSummary, type SourceResult } from './import-summary.js';
import { startDryRun, startTransactions } from './import-transactions.js';
import { readSource } from './source-reader.js';
import type { Source } from './sources/sources.js';
import { unpackSource } from './sources/unpack.js';

/** A file of which nothing is kept. */
export interface RefusedFile {
  readonly name: string;
  /** The first problems in the file's order; each names its location and what was expected there. */
  readonly problems: readonly string[];
  /** Whether there is at least one besides: the file is read no further then. */
  readonly hasFurtherProblems: boolean;
}

/** How far an import has come; `bytes` are those of the files as they are stored. */
export interface ImportProgress {
  bytes: number;
  entities: number;
  /** The file that is being read. */
  name: string;
}

/** How to import. */
export interface ImportOptions {
  /** The ARN of the run that telemetry and reports belong to where no record says so. */
  readonly runArn?: string | undefined;
  /** The time zone of times without an offset, which are refused without. */
  readonly timeZone?: string | undefined;
  /** Whether what differs replaces what the archive has where nothing says which one is later. */
  readonly replaces?: boolean | undefined;
  /** Tells what would happen, and leaves the archive as it is. */
  readonly isDryRun?: boolean | undefined;
  /** Where to count; it is right also when the import rejects. */
  readonly summary?: ImportSummary | undefined;
  readonly onProgress?: ((progress: Readonly<ImportProgress>) => void) | undefined;
  /** Told when another import has to end first. */
  readonly onWait?: (() => void) | undefined;
  readonly onRefusedFile?: ((file: RefusedFile) => void) | undefined;
}

/**
 * Imports the sources one after the other, each in a transaction of its own: one with any problem leaves nothing, and the
 * others go on. What belongs to a run that no source has brought yet is tried again at the end. Rejects when the archive
 * fails; what was imported before that is kept.
 */
export async function importSources(
  database: Database,
  sources: readonly Source[],
  {
    runArn,
    timeZone,
    replaces = false,
    isDryRun = false,
    summary = createSummary(),
    onProgress,
    onWait,
    onRefusedFile,
  }: ImportOptions = {},
): Promise<ImportSummary> {
  const progress: ImportProgress = { bytes: 0, entities: 0, name: '' };
  const transactions = await (isDryRun ? startDryRun(database, onWait) : startTransactions(database, onWait));
  const types = createDocumentTypes(timeZone ?? null);

  async function importSource(source: Source, isLastTry: boolean): Promise<SourceResult> {
    progress.name = source.name;
    const { bytes, entities } = progress;
    const result = await transactions.run((transaction) =>
      readSource(transaction, source, {
        runArn,
        engine: database.engine,
        types,
        replaces,
        isLastTry,
        onBytes(read) {
          progress.bytes += read;
          onProgress?.(progress);
        },
        onEntity() {
          progress.entities += 1;
        },
      }),
    );
    if (result.isDeferred) Object.assign(progress, { bytes, entities });
    return result;
  }

  /** Imports the files of a source that are at `positions`, or all; gives the positions of those to try again. */
  async function importFiles(
    source: Source,
    isLastTry: boolean,
    positions?: ReadonlySet<number>,
  ): Promise<Set<number>> {
    const deferred = new Set<number>();
    let position = 0;
    for await (const file of unpackSource(source)) {
      position += 1;
      if (positions?.has(position) === false) continue;
      const result = await importSource(file, isLastTry);
      if (result.isDeferred) {
        deferred.add(position);
        continue;
      }
      addResult(summary, file.name, result);
      const { problems, hasFurtherProblems } = result;
      if (problems.length > 0) onRefusedFile?.({ name: file.name, problems, hasFurtherProblems });
    }
    return deferred;
  }

  try {
    const later: [Source, Set<number>][] = [];
    for (const source of sources) {
      const deferred = await importFiles(source, !source.isRepeatable);
      if (deferred.size > 0) later.push([source, deferred]);
    }
    for (const [source, positions] of later) await importFiles(source, true, positions);
  } finally {
    await transactions.end();
  }
  if (!isDryRun) await refreshStatistics(database);
  return summary;
}
