import type { Calendar } from './calendar.js';
import { byCodePoint } from './comparison.js';

/** What is summarized. */
export type SummaryKind = 'findings' | 'telemetry' | 'assessmentRuns';

/** What summaries can be grouped by. */
export type Dimension =
  | 'SEVERITY'
  | 'RULES_PACKAGE'
  | 'RULE'
  | 'ACCOUNT'
  | 'REGION'
  | 'TEMPLATE'
  | 'HOST'
  | 'MESSAGE_TYPE'
  | 'STATE';

/**
 * What is added up, each number exact: `count`, and of telemetry `dataSize` and `assessmentRunCount`. Counts of messages and
 * bytes may be more than a number holds, so that they are in two halves; see `toExact`.
 */
export type Sums = readonly number[];

/** Values of the dimensions; null for what lacks the value. */
export type Keys = readonly (string | null)[];

/** What falls into one interval of a group; null for what has no time. */
export interface Cell {
  readonly interval: number | null;
  readonly sums: Sums;
}

/** A group of a summary. */
export interface Group {
  readonly keys: Keys;
  readonly total: Sums;
  /** Where there is anything, in no order; none without a time axis. */
  readonly cells: readonly Cell[];
}

/** The largest groups, the largest first, and what there is of all. */
export interface GroupedSums {
  readonly groups: readonly Group[];
  readonly groupCount: number;
  readonly total: Sums;
  /** The first and the last interval in which there is anything, also of other groups; null for none. */
  readonly first: number | null;
  readonly last: number | null;
  /** Whether anything has no time. */
  readonly hasUndated: boolean;
}

/** The bits of the lower half of a sum. */
export const HALF_BITS = 26;
const HALF = 2 ** HALF_BITS;

/** The halves of a whole number: so many of them can be added up without rounding. */
export const toHigh = (number: number) => Math.floor(number / HALF);
export const toLow = (number: number) => number % HALF;

/** A sum of halves, as whole numbers are written in JSON. */
export function toExact(high: number, low: number): bigint {
  return BigInt(high) * BigInt(HALF) + BigInt(low);
}

/** The number by which groups are compared. */
export function toCount(kind: SummaryKind, [first = 0, second = 0]: Sums): number | bigint {
  return kind === 'telemetry' ? toExact(first, second) : first;
}

/** Adds sums to others, in place. */
export function addSums(sums: number[], others: Sums): void {
  for (const [place, number] of others.entries()) sums[place] = (sums[place] ?? 0) + number;
}

/** Orders groups by size, equal ones by their keys, of which null comes last. */
export function byKeys(a: Keys, b: Keys): number {
  for (const [place, key] of a.entries()) {
    const other = b[place] ?? null;
    if (key === other) continue;
    if (key === null || other === null) return key === null ? 1 : -1;
    return byCodePoint(key, other);
  }
  return 0;
}

/** The intervals of a time axis without gaps; the last one is null where anything has no time. */
export interface Axis {
  readonly first: number;
  /** How many intervals there are. */
  readonly length: number;
  readonly hasUndated: boolean;
}

/** The axis from the first to the last of what was found, or of a range that has both ends. */
export function toAxis(
  { first, last, hasUndated }: GroupedSums,
  calendar: Calendar,
  range: { readonly from: number | null; readonly to: number | null } | null,
): Axis {
  if (range?.from != null && range.to != null) {
    const [from, to] = [calendar.intervalAt(range.from), calendar.intervalAt(range.to)];
    return { first: from, length: to - from + 1, hasUndated };
  }
  return first === null || last === null
    ? { first: 0, length: 0, hasUndated }
    : { first, length: last - first + 1, hasUndated };
}

/** How many buckets a group has. */
export function countBuckets({ length, hasUndated }: Axis): number {
  return length + (hasUndated ? 1 : 0);
}

/** The sums of each interval of the axis in order, those of what has no time last; undefined where there is nothing. */
export function toBuckets({ cells }: Group, axis: Axis): { interval: number | null; sums: Sums | undefined }[] {
  const known = new Map(cells.map(({ interval, sums }) => [interval, sums]));
  const intervals: (number | null)[] = Array.from({ length: axis.length }, (_, place) => axis.first + place);
  if (axis.hasUndated) intervals.push(null);
  return intervals.map((interval) => ({ interval, sums: known.get(interval) }));
}
