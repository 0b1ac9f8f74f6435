import type { ControlledTransaction } from 'kysely';
import type { z } from 'zod';
import { createDocumentTypes, type DocumentTypes, show, UnsafeNumberError } from '../documents.js';
import { type Entity, type EntityKind, entityOf } from '../entities.js';
import { findMember } from '../spelling.js';
import { type Database, refreshStatistics } from '../store/database.js';
import type { Tables } from '../store/tables.js';
import { createWriter, type Entry, type Kept, lockWriters, type Outcome, UNDESCRIBED } from '../store/writer.js';
import { createDetector, type DetectedEntity, type Detection, toStep } from './detect.js';
import { ContentError, readContent } from './file-content.js';
import { createOwnerFinder, UnknownOwnerError } from './owner.js';
import type { DetectedReport } from './report-file.js';
import { REPORT_OWNER, splitReport, toReport } from './reports.js';
import { type Source, SourceError } from './sources/sources.js';
import { unpackSource } from './sources/unpack.js';

/** How many entities of a kind were new, and so on; the refused ones are those of files of which nothing was kept. */
export type Counts = Record<Outcome | 'refused', number>;

/** What became of what was read. */
export interface ImportSummary {
  files: number;
  readonly counts: Map<EntityKind, Counts>;
  /** ARNs that lists have named: how many, and of how many nothing was known before. */
  readonly arns: Map<EntityKind, { named: number; new: number }>;
  /** Outputs that hold nothing which the archive keeps: how many, by what they are. */
  readonly notKept: Map<string, number>;
  /** Entities that differ from the archive's, which stays: how many, by why. */
  readonly kept: Map<EntityKind, Record<Kept, number>>;
  /** Where entities stood that are not where an operation puts them: how many. */
  readonly wrappers: Map<string, number>;
  /** What stood beside them and is nothing of the service: how many times. */
  readonly passedOver: Map<string, number>;
  /** Documents without anything of the service, beside others that have: in how many files, and the first one. */
  readonly strangers: { number: number; files: number; first: string };
  /** Files with nothing in them, as a failed call leaves them. */
  readonly emptyFiles: string[];
}

/** A file of which nothing is kept. */
export interface RefusedFile {
  readonly name: string;
  /** The first problems in the file's order; each names its place and what was expected there. */
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

const MAX_PROBLEMS = 5;
/** How many kinds of what is not kept the summary names; the others are counted. */
const MAX_KINDS = 50;

/** A summary of nothing yet. */
export function createSummary(): ImportSummary {
  return {
    files: 0,
    counts: new Map(),
    arns: new Map(),
    notKept: new Map(),
    kept: new Map(),
    wrappers: new Map(),
    passedOver: new Map(),
    strangers: { number: 0, files: 0, first: '' },
    emptyFiles: [],
  };
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
  const transactions = isDryRun ? await startDryRun(database, onWait) : startTransactions(database, onWait);
  const types = createDocumentTypes(timeZone ?? null);

  async function importSource(source: Source, isLastTry: boolean): Promise<ReadResult> {
    progress.name = source.name;
    const { bytes, entities } = progress;
    const result = await transactions.run((transaction) =>
      readSource(transaction, source, {
        runArn,
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

  function report({ name }: Source, result: ReadResult): void {
    summary.files += 1;
    if (result.problems.length > 0) {
      for (const [kind, number] of result.seen) toCounts(summary.counts, kind).refused += number;
      onRefusedFile?.({ name, problems: result.problems, hasFurtherProblems: result.hasFurtherProblems });
      return;
    }
    if (result.isEmpty) summary.emptyFiles.push(name);
    if (result.strangers.number > 0) {
      if (summary.strangers.files === 0) summary.strangers.first = `${name}, ${result.strangers.first}`;
      summary.strangers.files += 1;
      summary.strangers.number += result.strangers.number;
    }
    for (const [kind, outcome] of result.outcomes) addCounts(toCounts(summary.counts, kind), outcome);
    for (const [kind, arns] of result.arns) addCounts(entryOf(summary.arns, kind, { named: 0, new: 0 }), arns);
    for (const [kind, kept] of result.kept) addCounts(entryOf(summary.kept, kind, { later: 0, other: 0 }), kept);
    for (const name of ['notKept', 'wrappers', 'passedOver'] as const) {
      for (const [what, number] of result[name]) {
        const isNew = !summary[name].has(what) && summary[name].size >= MAX_KINDS;
        increase(summary[name], isNew ? 'others' : what, number);
      }
    }
  }

  /** Imports the files of a source that are among `places`, or all; gives the places of those that have to be tried again. */
  async function importFiles(source: Source, isLastTry: boolean, places?: ReadonlySet<number>): Promise<Set<number>> {
    const deferred = new Set<number>();
    let place = 0;
    for await (const file of unpackSource(source)) {
      place += 1;
      if (places?.has(place) === false) continue;
      const result = await importSource(file, isLastTry);
      if (result.isDeferred) deferred.add(place);
      else report(file, result);
    }
    return deferred;
  }

  try {
    const later: [Source, Set<number>][] = [];
    for (const source of sources) {
      const deferred = await importFiles(source, !source.isRepeatable);
      if (deferred.size > 0) later.push([source, deferred]);
    }
    for (const [source, places] of later) await importFiles(source, true, places);
  } finally {
    await transactions.end();
  }
  if (!isDryRun) await refreshStatistics(database);
  return summary;
}

type ImportTransaction = ControlledTransaction<Tables, string[]>;

/** What one reading of a source came to. With problems, or deferred, nothing of it may stay. */
interface ReadResult extends Pick<ImportSummary, 'arns' | 'notKept' | 'kept'> {
  /** Whether it has to be tried again when the other sources have been read. */
  isDeferred: boolean;
  /** Whether there was nothing in it at all. */
  isEmpty: boolean;
  /** The first ones: of a large file with another content than was expected there would be no end. */
  readonly problems: string[];
  hasFurtherProblems: boolean;
  readonly seen: Map<EntityKind, number>;
  readonly outcomes: Map<EntityKind, Counts>;
  wrappers: ReadonlyMap<string, number>;
  passedOver: ReadonlyMap<string, number>;
  strangers: { readonly number: number; readonly first: string };
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
  readonly types: DocumentTypes;
  readonly replaces: boolean;
  readonly isLastTry: boolean;
  onBytes(bytes: number): void;
  onEntity(): void;
}

/**
 * Reads a source to its end, or to where it is no JSON any more; after a problem it only looks for further ones, until
 * there are more than are told.
 */
async function readSource(
  transaction: ImportTransaction,
  source: Source,
  { runArn, types, replaces, isLastTry, onBytes, onEntity }: ReadOptions,
): Promise<ReadResult> {
  const result: ReadResult = {
    isDeferred: false,
    isEmpty: false,
    problems: [],
    hasFurtherProblems: false,
    seen: new Map(),
    outcomes: new Map(),
    arns: new Map(),
    notKept: new Map(),
    kept: new Map(),
    wrappers: new Map(),
    passedOver: new Map(),
    strangers: { number: 0, first: '' },
  };
  const findOwner = createOwnerFinder(transaction, source.name, runArn);
  const writer = createWriter(transaction, {
    replaces,
    onOutcome({ entity: { kind }, text }, outcome, kept) {
      if (text === UNDESCRIBED) {
        if (outcome === 'new') entryOf(result.arns, kind, { named: 0, new: 0 }).new += 1;
        return;
      }
      toCounts(result.outcomes, kind)[outcome] += 1;
      if (kept !== null) entryOf(result.kept, kind, { later: 0, other: 0 })[kept] += 1;
    },
    onContradiction({ place, entity, key }) {
      addProblem(
        `${place}: expected the ${entity.plural} of ${key} that the archive has already (--replace takes those of the file)`,
      );
    },
  });

  function addProblem(problem: string): void {
    if (result.problems.length < MAX_PROBLEMS) result.problems.push(problem);
    else result.hasFurtherProblems = true;
  }

  async function write(entry: Entry | string): Promise<void> {
    if (typeof entry === 'string') addProblem(entry);
    else if (result.problems.length === 0) await writer.add(entry);
  }

  async function take(detection: Detection): Promise<void> {
    switch (detection.type) {
      case 'problem':
        addProblem(`${detection.place}: ${detection.message}`);
        return;
      case 'ignored':
        increase(result.notKept, detection.what, 1);
        return;
      case 'arns':
        for (const [number, arn] of detection.arns.entries()) {
          entryOf(result.arns, detection.entity.kind, { named: 0, new: 0 }).named += 1;
          const entry = toArnEntry(detection.entity, arn, `${detection.place}[${number}]`);
          await write(typeof entry === 'string' ? entry : { ...entry, listedFor: detection.listedFor });
        }
        return;
      case 'entity':
        increase(result.seen, detection.entity.kind, 1);
        onEntity();
        await write(await toEntry(detection));
    }
  }

  async function toDetectedReport(report: DetectedReport, content: Uint8Array): Promise<DetectedEntity> {
    const runArn = await findOwnerAt({ owner: REPORT_OWNER, operation: 'GetAssessmentReport' }, 'the report');
    const value = toReport(runArn, report, content);
    return { type: 'entity', entity: entityOf('assessmentReport'), value, place: 'the report' };
  }

  /** The entity as what is written, or the problem with it. */
  async function toEntry(detected: DetectedEntity): Promise<Entry | string> {
    const { entity, owner, place } = detected;
    const report = entity.kind === 'assessmentReport' ? splitReport(detected.value) : undefined;
    if (typeof report === 'string') return `${place}: ${report}`;
    const value = report?.description ?? detected.value;
    const parsed = types[entity.kind].safeParse(value);
    if (!parsed.success) return toProblem(parsed.error, value, place);
    const document = parsed.data;
    const text = toText(document);
    if (text instanceof UnsafeNumberError) return `${place}: ${text.message}`;
    const key = entity.toKey(document, entity.owner === undefined ? '' : (owner ?? (await findOwnerAt(entity, place))));
    if (entity.parseKey(key) !== null) return { entity, key, document, text, file: report?.file, place };
    return entity.owner === undefined
      ? `${place}: expected it to be of an account and a region of Inspector Classic, but got ${show(key)}`
      : `${place}: expected its input to name the resource that it belongs to, but got ${show(key)}`;
  }

  async function findOwnerAt(entity: Pick<Entity, 'owner' | 'operation'>, place: string): Promise<string> {
    try {
      return await findOwner(entity, () => writer.flush());
    } catch (error) {
      if (error instanceof UnknownOwnerError) throw new UnknownOwnerError(`${place}: ${error.message}`);
      throw error;
    }
  }

  let detections: { detection: Detection; line: number }[] = [];
  const detector = createDetector((detection, line) => detections.push({ detection, line }), runArn !== undefined);

  /** In the order of the file; but what has to be told whose it is comes after what may tell it. */
  async function takeDetections(): Promise<void> {
    const taken = detections;
    detections = [];
    taken.sort((a, b) => Number(isUnowned(a.detection)) - Number(isUnowned(b.detection)) || a.line - b.line);
    for (const { detection } of taken) {
      if (result.hasFurtherProblems) return;
      await take(detection);
    }
  }

  try {
    for await (const content of readContent(source, detector.detach, onBytes)) {
      if (content.type === 'report') {
        detector.report(await toDetectedReport(content.report, content.content));
      } else for (const document of content.documents) detector.detect(document);
      await takeDetections();
      if (result.hasFurtherProblems) return result;
    }
    Object.assign(result, detector.end());
    await takeDetections();
    if (result.problems.length === 0) await writer.flush();
  } catch (error) {
    if (error instanceof UnknownOwnerError && !isLastTry) return { ...result, isDeferred: true };
    if (!isProblemOfSource(error)) throw error;
    await takeDetections();
    addProblem(error.message);
  }
  return result;
}

function isUnowned(detection: Detection): boolean {
  return detection.type === 'entity' && detection.entity.owner !== undefined && detection.owner === undefined;
}

function toArnEntry(entity: Entity, arn: unknown, place: string): Entry | string {
  if (typeof arn === 'string' && entity.parseKey(arn) !== null) {
    return { entity, key: arn, document: { arn }, text: UNDESCRIBED, place };
  }
  return `${place}: expected the ARN of ${entity.noun === 'assessment run' || /^[ae]/.test(entity.noun) ? 'an' : 'a'} ${entity.noun}, but got ${show(arn)}`;
}

function toText(document: unknown): string | UnsafeNumberError {
  try {
    return JSON.stringify(document);
  } catch (error) {
    if (error instanceof UnsafeNumberError) return error;
    throw error;
  }
}

function isProblemOfSource(error: unknown): error is Error {
  if ([ContentError, UnknownOwnerError, SourceError].some((type) => error instanceof type)) return true;
  // Of the file system, and of PostgreSQL for a value that it cannot hold.
  const { code, syscall } = error as { code?: string; syscall?: string };
  return /^(22|54)\w{3}$/.test(code ?? '') || syscall === 'read' || syscall === 'open';
}

/** The first thing that is wrong with a value: its path, what was expected, and what is there. */
function toProblem(error: z.ZodError, value: unknown, place: string): string {
  const [issue] = error.issues;
  const path = (issue?.path ?? []) as (string | number)[];
  const found = path.reduce<unknown>(
    (parent, key) => (typeof parent === 'object' && parent !== null ? findMember(parent, String(key)) : undefined),
    value,
  );
  const where = path.length > 0 && !place.includes('$') ? `${place}: $` : place;
  return `${where}${path.map(toStep).join('')}: ${toExpectation(issue as z.core.$ZodIssue, found)}`;
}

/** What people call it that a validator has another word for. */
const NOUNS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'an object',
  record: 'an object',
  boolean: 'true or false',
  string: 'text',
};

function toExpectation(issue: z.core.$ZodIssue, found: unknown): string {
  if (issue.code === 'custom') return issue.message;
  if (issue.code === 'invalid_value') return `expected ${issue.values.join(' or ')}, but got ${show(found)}`;
  if (issue.code !== 'invalid_type') return `expected another value, but got ${show(found)}`;
  // What ConvertTo-Json leaves of what lies deeper than it was told to go.
  const wayOn = /^"?(Amazon\.Inspector\.Model|System\.|@\{)/.test(typeof found === 'string' ? found : '')
    ? ' (ConvertTo-Json -Depth 9 writes all of it)'
    : '';
  return `expected ${NOUNS[issue.expected] ?? issue.expected}, but got ${show(found)}${wayOn}`;
}

function toCounts(counts: Map<EntityKind, Counts>, kind: EntityKind): Counts {
  return entryOf(counts, kind, { new: 0, unchanged: 0, replaced: 0, refused: 0 });
}

/** The value of a key, which is `initial` from now on where there was none. */
function entryOf<K, V>(map: Map<K, V>, key: K, initial: V): V {
  const value = map.get(key) ?? initial;
  map.set(key, value);
  return value;
}

function addCounts<Name extends string>(counts: Record<Name, number>, further: Readonly<Record<Name, number>>): void {
  for (const name of Object.keys(further) as Name[]) counts[name] += further[name];
}

function increase<K>(numbers: Map<K, number>, key: K, by: number): void {
  numbers.set(key, (numbers.get(key) ?? 0) + by);
}
