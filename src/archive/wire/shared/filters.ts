import { z } from 'zod';
import type { Condition } from '../../store/list-query.js';
import { NO_CODE_OF_ITS_OWN, text, violation } from './constraints.js';

/*
 * What lists are filtered by: the member of an input with its constraints, and the condition that it is for the reader.
 * Conditions that mean the same are the same, for they are part of a page token's digest.
 */

/** A name in which `*` stands for any text. */
export function namePattern(errorCode: string) {
  return text(errorCode, 'a pattern', 1, 140).nullish();
}

/** The condition of a `namePattern`. */
export function whereMatches(column: string, pattern: string | null | undefined): Condition | null {
  return pattern == null ? null : { type: 'pattern', column, pattern: pattern.replace(/\*+/g, '*') };
}

/** An inclusive range; an end that is null is open. */
interface Range {
  from: number | null;
  to: number | null;
}

/** Of seconds, as a template has them. */
export function durationRange(errorCode: string) {
  const message = violation(errorCode, 'seconds from 180 to 86400');
  return range('minSeconds', 'maxSeconds', z.int().min(180, message).max(86_400, message), errorCode);
}

/** Of times, in epoch seconds. */
export function timeRange(errorCode = NO_CODE_OF_ITS_OWN) {
  return range('beginDate', 'endDate', z.number(), errorCode);
}

function range(fromMember: string, toMember: string, end: z.ZodType<number>, errorCode: string) {
  return z
    .object({ [fromMember]: end.nullish(), [toMember]: end.nullish() })
    .transform((members): Range => ({ from: members[fromMember] ?? null, to: members[toMember] ?? null }))
    .refine(
      ({ from, to }) => from === null || to === null || from <= to,
      violation(errorCode, 'its beginning not to be after its end'),
    )
    .nullish();
}

/** The condition of a `durationRange` or `timeRange`. */
export function whereBetween(column: string, range: Range | null | undefined): Condition | null {
  if (range == null || (range.from === null && range.to === null)) return null;
  return { type: 'range', column, from: range.from, to: range.to };
}

/** The condition of a list of values; an absent one and an empty one let everything pass. */
export function whereIn(column: string, values: readonly string[] | null | undefined): Condition | null {
  return values == null || values.length === 0 ? null : { type: 'in', column, values: toSortedSet(values) };
}

/** The condition of a list of rules packages, any of which a run or template has. */
export function whereEvaluates(arns: readonly string[] | null | undefined): Condition | null {
  return arns == null || arns.length === 0 ? null : { type: 'rulesPackages', values: toSortedSet(arns) };
}

/** Each value once, in an order of its own. */
export function toSortedSet(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
