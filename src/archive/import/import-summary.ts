import type { EntityKind } from '../entities.js';
import type { KeptReason, UpsertResult } from '../store/writer.js';

/** How many entities of a kind were new, and so on; the refused ones are those of files of which nothing was kept. */
export type Counts = Record<UpsertResult | 'refused', number>;

/** What became of what was read. */
export interface ImportSummary {
  files: number;
  readonly counts: Map<EntityKind, Counts>;
  /** ARNs that lists have named: how many, and of how many nothing was known before. */
  readonly arns: Map<EntityKind, { named: number; new: number }>;
  /** Outputs that hold nothing which the archive keeps: how many, by what they are. */
  readonly notKept: Map<string, number>;
  /** Entities that differ from the archive's, which stays: how many, by why. */
  readonly kept: Map<EntityKind, Record<KeptReason, number>>;
  /** Where entities stood that are not where an operation puts them: how many. */
  readonly wrappers: Map<string, number>;
  /** What stood beside them and is nothing of the service: how many times. */
  readonly ignoredPaths: Map<string, number>;
  /** Documents without anything of the service, beside others that have: in how many files, and the first one. */
  readonly unrelatedDocuments: { number: number; files: number; first: string };
  /** Files with nothing in them, as a failed call leaves them. */
  readonly emptyFiles: string[];
}

/** A summary of nothing yet. */
export function createSummary(): ImportSummary {
  return {
    files: 0,
    counts: new Map(),
    arns: new Map(),
    notKept: new Map(),
    kept: new Map(),
    wrappers: new Map(),
    ignoredPaths: new Map(),
    unrelatedDocuments: { number: 0, files: 0, first: '' },
    emptyFiles: [],
  };
}

/** What one reading of a source came to. With problems, or deferred, nothing of it may stay. */
export interface SourceResult extends Pick<ImportSummary, 'counts' | 'arns' | 'notKept' | 'kept'> {
  /** Whether it has to be tried again when the other sources have been read. */
  isDeferred: boolean;
  /** Whether there was nothing in it at all. */
  isEmpty: boolean;
  /** The first ones: of a large file with another content than was expected there would be no end. */
  readonly problems: string[];
  hasFurtherProblems: boolean;
  /** Entities that were read, written or not. */
  readonly seen: Map<EntityKind, number>;
  wrappers: ReadonlyMap<string, number>;
  ignoredPaths: ReadonlyMap<string, number>;
  unrelatedDocuments: { readonly number: number; readonly first: string };
}

/** A result of nothing yet. */
export function createSourceResult(): SourceResult {
  const { counts, arns, notKept, kept, wrappers, ignoredPaths, unrelatedDocuments } = createSummary();
  const found = { counts, arns, notKept, kept, wrappers, ignoredPaths, unrelatedDocuments, seen: new Map() };
  return { isDeferred: false, isEmpty: false, problems: [], hasFurtherProblems: false, ...found };
}

/** How many kinds of what is not kept the summary names; the others are counted. */
const MAX_KINDS = 50;

/** Counts a source that is not deferred. */
export function addResult(summary: ImportSummary, name: string, result: SourceResult): void {
  summary.files += 1;
  if (result.problems.length > 0) {
    for (const [kind, number] of result.seen) countsOf(summary.counts, kind, NO_COUNTS).refused += number;
    return;
  }
  if (result.isEmpty) summary.emptyFiles.push(name);
  if (result.unrelatedDocuments.number > 0) {
    if (summary.unrelatedDocuments.files === 0)
      summary.unrelatedDocuments.first = `${name}, ${result.unrelatedDocuments.first}`;
    summary.unrelatedDocuments.files += 1;
    summary.unrelatedDocuments.number += result.unrelatedDocuments.number;
  }
  for (const [kind, counts] of result.counts) addCounts(countsOf(summary.counts, kind, NO_COUNTS), counts);
  for (const [kind, arns] of result.arns) addCounts(countsOf(summary.arns, kind, NO_ARNS), arns);
  for (const [kind, kept] of result.kept) addCounts(countsOf(summary.kept, kind, NO_KEPT), kept);
  for (const key of ['notKept', 'wrappers', 'ignoredPaths'] as const) {
    for (const [what, number] of result[key]) {
      const isNew = !summary[key].has(what) && summary[key].size >= MAX_KINDS;
      increase(summary[key], isNew ? 'others' : what, number);
    }
  }
}

/** What is counted of a kind, before anything is. */
export const NO_COUNTS: Counts = { new: 0, unchanged: 0, replaced: 0, refused: 0 };
export const NO_ARNS = { named: 0, new: 0 };
export const NO_KEPT: Record<KeptReason, number> = { later: 0, other: 0 };

/** The counts of a kind, to be changed. */
export function countsOf<T>(map: Map<EntityKind, T>, kind: EntityKind, initial: T): T {
  const counts = map.get(kind) ?? { ...initial };
  map.set(kind, counts);
  return counts;
}

/** Counts something, which may be new. */
export function increase<K>(numbers: Map<K, number>, key: K, by: number): void {
  numbers.set(key, (numbers.get(key) ?? 0) + by);
}

function addCounts<Name extends string>(counts: Record<Name, number>, further: Readonly<Record<Name, number>>): void {
  for (const name of Object.keys(further) as Name[]) counts[name] += further[name];
}
