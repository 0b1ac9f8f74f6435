import type { z } from 'zod';
import { type DocumentTypes, show, UnsafeNumberError } from '../documents.js';
import type { Entity } from '../entities.js';
import { findMember } from '../spelling.js';
import { type Entry, UNDESCRIBED } from '../store/writer.js';
import type { DetectedEntity } from './detect/detection.js';
import { toStep } from './detect/location.js';
import { splitReport } from './reports.js';

/** Finds what an entity belongs to where its document does not say that; rejects when that cannot be told. */
export type ResolveParent = (entity: Pick<Entity, 'parent' | 'operation'>, location: string) => Promise<string>;

/** A detected entity as what is written, or the problem with it. */
export async function toEntry(
  detected: DetectedEntity,
  types: DocumentTypes,
  resolveParent: ResolveParent,
): Promise<Entry | string> {
  const { entity, parent, location } = detected;
  const report = entity.kind === 'assessmentReport' ? splitReport(detected.value) : undefined;
  if (typeof report === 'string') return `${location}: ${report}`;
  const value = report?.description ?? detected.value;
  const parsed = types[entity.kind].safeParse(value);
  if (!parsed.success) return toProblem(parsed.error, value, location);
  const document = parsed.data;
  let text: string;
  try {
    text = JSON.stringify(document);
  } catch (error) {
    if (error instanceof UnsafeNumberError) return `${location}: ${error.message}`;
    throw error;
  }
  const ofParent = entity.parent === undefined ? '' : (parent ?? (await resolveParent(entity, location)));
  const key = entity.toKey(document, ofParent);
  if (entity.parseKey(key) !== null) return { entity, key, document, text, file: report?.file, location };
  return entity.parent === undefined
    ? `${location}: expected it to be of an account and a region of Inspector Classic, but got ${show(key)}`
    : `${location}: expected its input to name the resource that it belongs to, but got ${show(key)}`;
}

/** An ARN that a list has named as what is written, or the problem with it. */
export function toArnEntry(entity: Entity, arn: unknown, location: string, listedFor?: string): Entry | string {
  if (typeof arn === 'string' && entity.parseKey(arn) !== null) {
    return { entity, key: arn, document: { arn }, text: UNDESCRIBED, listedFor, location };
  }
  return `${location}: expected the ARN of ${/^[ae]/.test(entity.noun) ? 'an' : 'a'} ${entity.noun}, but got ${show(arn)}`;
}

/** The first thing that is wrong with a value: its path, what was expected, and what is there. */
function toProblem(error: z.ZodError, value: unknown, location: string): string {
  const [issue] = error.issues;
  const path = (issue?.path ?? []) as (string | number)[];
  const found = path.reduce<unknown>(
    (parent, key) => (typeof parent === 'object' && parent !== null ? findMember(parent, String(key)) : undefined),
    value,
  );
  const where = path.length > 0 && !location.includes('$') ? `${location}: $` : location;
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
