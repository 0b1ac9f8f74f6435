import { isUtf8 } from 'node:buffer';
import type { Detach, JsonDocument } from './json-document.js';
import { createEncodingError, MAX_DEPTH } from './json-syntax-error.js';
import { toJsonDocuments } from './pruned-value.js';

/** What JSON.parse would round without a word, as far as it does not stand in the middle of text. */
const LONG_NUMBER = /[[:,\s]-?\d(?:\d{15}|[\d.]*[eE])/;
/** A name that `countNames` would miss. */
const SPACED_COLON = /"\s+:/;

/** The documents of a line; null for an empty one, and undefined for one that has to go through the tokenizer. */
export function parseLine(bytes: Uint8Array, line: number, detach: Detach): JsonDocument[] | null | undefined {
  if (!isUtf8(bytes)) throw createEncodingError(line, bytes);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  if (LONG_NUMBER.test(text) || SPACED_COLON.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text.trim() === '' ? null : undefined;
  }
  // JSON.parse takes the last of two members with the same name.
  if (typeof value !== 'object' || value === null || countMembers(value, 0) !== countNames(text)) return undefined;
  return toJsonDocuments(value, line, detach);
}

/** Quotes followed by a colon: as many as there are members, or more where text holds some. */
function countNames(text: string): number {
  let names = 0;
  for (let at = text.indexOf('":'); at !== -1; at = text.indexOf('":', at + 2)) names += 1;
  return names;
}

/** How many members all objects in a value have; not a number where it is too deep, or has a member `__proto__`. */
function countMembers(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= MAX_DEPTH || Object.hasOwn(value, '__proto__')) return Number.NaN;
  const items = Object.values(value);
  return items.reduce<number>(
    (sum, item) => sum + countMembers(item, depth + 1),
    Array.isArray(value) ? 0 : items.length,
  );
}
