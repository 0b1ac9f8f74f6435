import { readdirSync, readFileSync } from 'node:fs';
import type { Json } from './gateway.js';

/** Where AWS documents an example: a folder of fixtures. */
export type AwsExampleSource = 'sdk' | 'cli-reference' | 'api-reference' | 'every-source';

/** A documented example of an operation, as it is documented. */
export interface AwsExample {
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly output: Record<string, unknown>;
}

const FOLDER = new URL('../fixtures/aws-examples/', import.meta.url);

/** The examples of a source, in the order of their operations. */
export function readAwsExamples(source: AwsExampleSource): AwsExample[] {
  const folder = new URL(`${source}/`, FOLDER);
  return readdirSync(folder)
    .sort()
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
}

/** An output without its page token, which means nothing to another endpoint. */
export function withoutToken({ nextToken, NextToken, ...output }: Json): Json {
  return output;
}

/** The same with each time as epoch seconds, whether it was a number, text of a number, ISO 8601 or a Date. */
export function withTimesAsNumbers(value: Json, name = ''): Json {
  if (name.endsWith('At') && (typeof value === 'string' || value instanceof Date)) return toEpochSeconds(value);
  if (Array.isArray(value)) return value.map((item) => withTimesAsNumbers(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withTimesAsNumbers(member, key)]));
}

function toEpochSeconds(moment: string | Date): number {
  const number = Number(moment);
  if (typeof moment === 'string' && !Number.isNaN(number)) return number;
  return new Date(moment).getTime() / 1000;
}
