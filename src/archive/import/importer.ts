import type { ControlledTransaction } from 'kysely';
import type { z } from 'zod';
import { documents, show } from '../documents.js';
import type { EntityKind } from '../entities.js';
import { type Database, refreshStatistics } from '../store/database.js';
import type { Tables } from '../store/tables.js';
import { createWriter, type Entry, lockWriters, type Outcome } from '../store/writer.js';
import { JsonSyntaxError, readJsonDocuments } from './json-documents.js';
import { createOwnerFinder, UnknownOwnerError } from './owner.js';
import { type Candidate, type Recognition, recognise, toStep, wantedMembers } from './recognise.js';
import { type Source, SourceError } from './sources.js';

/** How many entities of a kind were new, and so on; the refused ones are those of files of which nothing was kept. */
export type Counts = Record<Outcome | 'refused', number>;

/** What became of what was read. */
export interface ImportSummary {
  files: number;
  readonly counts: Map<EntityKind, Counts>;
  /** Outputs that hold nothing which the archive keeps: how many, by operation. */
  readonly notKept: Map<string, number>;
}

/** A file of which nothing is kept. */
export interface RefusedFile {
  readonly name: string;
  /** The first problems in the file's order; each names its place and what was expected there. */
  readonly problems: readonly string[];
  /** How many there are besides. */
  readonly furtherProblems: number;
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
  /** The ARN of the run that telemetry belongs to where no record says so. */
  readonly runArn?: string | undefined;
  /** Tells what would happen, and leaves the archive as it is. */
  readonly isDryRun?: boolean | undefined;
  /** Where to count; it is right also when the import rejects. */
  readonly summary?: ImportSummary | undefined;
  readonly onProgress?: ((progress: Readonly<ImportProgress>) => void) | undefined;
  /** Told when another import has to end first. */
  readonly onWait?: (() => void) | undefined;
  readonly onRefusedFile?: ((file: RefusedFile) => void) | undefined;
}

const MAX_PROBLEMS = 5;

/** A summary of nothing yet. */
export function createSummary(): ImportSummary {
  return { files: 0, counts: new Map(), notKept: new Map() };
}

/**
 * Imports the sources one after the other, each in a transaction of its own: one with any problem leaves nothing, and the
 * others go on. What belongs to a run that no source has brought yet is tried again at the end. Rejects when the archive
 * fails; what was imported before that is kept.
 */
export async function importSources(
  database: Database,
  sources: readonly Source[],
  { runArn, isDryRun = false, summary = createSummary(), onProgress, onWait, onRefusedFile }: ImportOptions = {},
): Promise<ImportSummary> {
  const progress: ImportProgress = { bytes: 0, entities: 0, name: '' };
  const transactions = isDryRun ? await startDryRun(database, onWait) : startTransactions(database, onWait);

  async function importSource(source: Source, isLastTry: boolean): Promise<ReadResult> {
    progress.name = source.name;
    const { bytes, entities } = progress;
    const result = await transactions.run((transaction) =>
      readSource(transaction, source, {
        runArn,
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

  function report(source: Source, { seen, outcomes, notKept, problems, furtherProblems }: ReadResult): void {
    summary.files += 1;
    if (problems.length > 0) {
      for (const [kind, number] of seen) toCounts(summary.counts, kind).refused += number;
      onRefusedFile?.({
        name: source.name,
        problems,
        furtherProblems,
      });
      return;
    }
    for (const [kind, outcome] of outcomes) {
      const counts = toCounts(summary.counts, kind);
      for (const name of OUTCOMES) counts[name] += outcome[name];
    }
    for (const [operation, number] of notKept) increase(summary.notKept, operation, number);
  }

  try {
    const later: Source[] = [];
    for (const source of sources) {
      const result = await importSource(source, !source.isRepeatable);
      if (result.isDeferred) later.push(source);
      else report(source, result);
    }
    for (const source of later) report(source, await importSource(source, true));
  } finally {
    await transactions.end();
  }
  if (!isDryRun) await refreshStatistics(database);
  return summary;
}

type ImportTransaction = ControlledTransaction<Tables, string[]>;

/** What one reading of a source came to. With problems, or deferred, nothing of it may stay. */
interface ReadResult {
  /** Whether it has to be tried again when the other sources have been read. */
  isDeferred: boolean;
  /** The first ones: of a large file with another content than was expected there would be no end. */
  readonly problems: string[];
  furtherProblems: number;
  readonly seen: Map<EntityKind, number>;
  readonly outcomes: Map<EntityKind, Counts>;
  readonly notKept: Map<string, number>;
}

const isKept = ({ isDeferred, problems }: ReadResult) => !isDeferred && problems.length === 0;

/** A transaction for each source. */
function startTransactions({ tables, waitForWriters }: Database, onWait: ImportOptions['onWait']) {
  return {
    async run(read: (transaction: ImportTransaction) => Promise<ReadResult>): Promise<ReadResult> {
      await waitForWriters(onWait);
      const transaction = await tables.startTransaction().execute();
      try {
        await lockWriters(transaction);
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
async function startDryRun({ tables, waitForWriters }: Database, onWait: ImportOptions['onWait']) {
  await waitForWriters(onWait);
  const transaction = await tables.startTransaction().execute();
  await lockWriters(transaction);
  return {
    async run(read: (transaction: ImportTransaction) => Promise<ReadResult>): Promise<ReadResult> {
      const saved = await transaction.savepoint('source').execute();
      const result = await read(saved as unknown as ImportTransaction);
      if (!isKept(result)) await saved.rollbackToSavepoint('source').execute();
      return result;
    },
    end: () => transaction.rollback().execute(),
  };
}

interface ReadOptions {
  readonly runArn: string | undefined;
  readonly isLastTry: boolean;
  onBytes(bytes: number): void;
  onEntity(): void;
}

/** Reads a source to its end, or to where it is no JSON any more; after a problem it only looks for further ones. */
async function readSource(
  transaction: ImportTransaction,
  source: Source,
  { runArn, isLastTry, onBytes, onEntity }: ReadOptions,
): Promise<ReadResult> {
  const result: ReadResult = {
    isDeferred: false,
    problems: [],
    furtherProblems: 0,
    seen: new Map(),
    outcomes: new Map(),
    notKept: new Map(),
  };
  const findOwner = createOwnerFinder(transaction, source.name, runArn);
  const writer = createWriter(transaction, {
    onOutcome(kind, outcome) {
      toCounts(result.outcomes, kind)[outcome] += 1;
    },
    onContradiction({ place, entity, key }) {
      addProblem(`${place}: expected the ${entity.plural} of ${key} that the archive has already`);
    },
  });

  function addProblem(problem: string): void {
    if (result.problems.length < MAX_PROBLEMS) result.problems.push(problem);
    else result.furtherProblems += 1;
  }

  async function take(recognition: Recognition): Promise<void> {
    if (recognition.type === 'problem') {
      addProblem(`${recognition.place}: ${recognition.message}`);
    } else if (recognition.type === 'recognised') {
      increase(result.notKept, recognition.operation, 1);
    } else {
      increase(result.seen, recognition.entity.kind, 1);
      onEntity();
      const entry = await toEntry(recognition);
      if (typeof entry === 'string') addProblem(entry);
      else if (result.problems.length === 0) await writer.add(entry);
    }
  }

  /** The candidate as what is written, or the problem with it. */
  async function toEntry({ entity, value, owner, place }: Candidate): Promise<Entry | string> {
    const parsed = documents[entity.kind].safeParse(value);
    if (!parsed.success) return toProblem(parsed.error, value, place);
    const document = parsed.data;
    const key = entity.toKey?.(document) ?? owner ?? (await findOwnerAt(entity, place));
    if (typeof key === 'string' && entity.parseKey(key) !== null) {
      return { entity, key, document, text: JSON.stringify(document), place };
    }
    return `${place}: expected its input to name the resource that it belongs to, but got ${show(key)}`;
  }

  async function findOwnerAt(entity: Candidate['entity'], place: string): Promise<string> {
    try {
      return await findOwner(entity, () => writer.flush());
    } catch (error) {
      if (error instanceof UnknownOwnerError) throw new UnknownOwnerError(`${place}: ${error.message}`);
      throw error;
    }
  }

  try {
    for await (const piece of readJsonDocuments(source.read(onBytes), wantedMembers)) {
      for (const recognition of recognise(piece)) await take(recognition);
    }
    if (result.problems.length === 0) await writer.flush();
  } catch (error) {
    if (error instanceof UnknownOwnerError && !isLastTry) return { ...result, isDeferred: true };
    if (!isProblemOfSource(error)) throw error;
    addProblem(isGzipError(error) ? `expected gzip data up to its end: ${error.message}` : error.message);
  }
  return result;
}

function isGzipError(error: Error): boolean {
  return /^Z_/.test((error as { code?: string }).code ?? '');
}

function isProblemOfSource(error: unknown): error is Error {
  if ([JsonSyntaxError, UnknownOwnerError, SourceError].some((type) => error instanceof type)) return true;
  // Of zlib for what is no gzip or cut off, of the file system, and of PostgreSQL for a value that it cannot hold.
  const { code, syscall } = error as { code?: string; syscall?: string };
  return /^(Z_|(22|54)\w{3}$)/.test(code ?? '') || syscall === 'read' || syscall === 'open';
}

/** The first thing that is wrong with a value: its path, what was expected, and what is there. */
function toProblem(error: z.ZodError, value: unknown, place: string): string {
  const [issue] = error.issues;
  const path = (issue?.path ?? []) as (string | number)[];
  const found = path.reduce<unknown>((parent, key) => (parent as Record<string | number, unknown>)?.[key], value);
  return `${place}${path.map(toStep).join('')}: ${toExpectation(issue as z.core.$ZodIssue, found)}`;
}

function toExpectation(issue: z.core.$ZodIssue, found: unknown): string {
  if (issue.code === 'custom') return issue.message;
  if (issue.code === 'invalid_value') return `expected ${issue.values.join(' or ')}, but got ${show(found)}`;
  if (issue.code === 'too_big') return `expected at most ${issue.maximum} items`;
  return `expected ${issue.code === 'invalid_type' ? issue.expected : 'another value'}, but got ${show(found)}`;
}

const OUTCOMES = ['new', 'unchanged', 'replaced'] as const;

function toCounts(counts: Map<EntityKind, Counts>, kind: EntityKind): Counts {
  const known = counts.get(kind) ?? { new: 0, unchanged: 0, replaced: 0, refused: 0 };
  counts.set(kind, known);
  return known;
}

function increase<K>(numbers: Map<K, number>, key: K, by: number): void {
  numbers.set(key, (numbers.get(key) ?? 0) + by);
}
