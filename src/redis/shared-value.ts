import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type CacheEntry, toFetchTime } from '../inspector/cache/shared-cache.js';
import type { Entities } from '../inspector/inspector-api.js';

/** Milliseconds since 1970 as text that sorts like the number. */
const TIME_LENGTH = 15;
const PLAIN = 'j';
const DEFLATED = 'd';

/** How far another replica's clock may be ahead. A value from later than that would be fresh for too long. */
const MAX_CLOCK_SKEW_MS = 5000;

/** Telemetry of a usual run has 2 KB, which travels faster than it is deflated; 5,000 rows shrink to a tenth. */
const MIN_DEFLATED_BYTES = 4096;

/** Ten times the largest value, 5,000 rows of 1 MB: a few bytes that are not ours could inflate to gigabytes. */
const MAX_JSON_BYTES = 16 * 2 ** 20;

/** The names of all members of a type that hold dates, at any depth. */
type DateMember<T> = T extends Date
  ? never
  : T extends readonly (infer Item)[]
    ? DateMember<Item>
    : T extends object
      ? { [Name in keyof T]: NonNullable<T[Name]> extends Date ? Name : DateMember<NonNullable<T[Name]>> }[keyof T]
      : never;

/** The members of entities that hold dates, which JSON has as text. */
const DATES: Record<DateMember<Entities[keyof Entities]>, true> = {
  createdAt: true,
  updatedAt: true,
  startedAt: true,
  completedAt: true,
  stateChangedAt: true,
  date: true,
};
const MAY_HOLD_DATES = new RegExp(`"(${Object.keys(DATES).join('|')})":"`);

/** A time as a value begins with it. */
export function toTimeText(fetchedAt: number): string {
  return String(fetchedAt).padStart(TIME_LENGTH, '0');
}

/** A value as bytes: when it was fetched, how its JSON is encoded, and the JSON. */
export function encodeValue({ value, fetchedAt }: Pick<CacheEntry<unknown>, 'value' | 'fetchedAt'>): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  const isDeflated = json.length >= MIN_DEFLATED_BYTES;
  const head = Buffer.from(toTimeText(fetchedAt) + (isDeflated ? DEFLATED : PLAIN));
  return Buffer.concat([head, isDeflated ? deflateRawSync(json, { level: 1 }) : json]);
}

/** Decodes what encodeValue wrote, without a check of its shape. Null for anything else, and for a time in the future. */
export function decodeValue(bytes: Buffer): CacheEntry<unknown> | null {
  const time = bytes.toString('latin1', 0, TIME_LENGTH);
  const encoding = bytes.toString('latin1', TIME_LENGTH, TIME_LENGTH + 1);
  if (!/^\d+$/.test(time) || (encoding !== PLAIN && encoding !== DEFLATED)) return null;
  const now = Date.now();
  if (Number(time) > now + MAX_CLOCK_SKEW_MS) return null;
  try {
    const payload = bytes.subarray(TIME_LENGTH + 1);
    const limit = { maxOutputLength: MAX_JSON_BYTES };
    const json = (encoding === DEFLATED ? inflateRawSync(payload, limit) : payload).toString();
    const value = MAY_HOLD_DATES.test(json) ? JSON.parse(json, revive) : JSON.parse(json);
    if (typeof value !== 'object' || value === null) return null;
    return { value, ...toFetchTime(Number(time)) };
  } catch {
    return null;
  }
}

function revive(name: string, value: unknown): unknown {
  return Object.hasOwn(DATES, name) && typeof value === 'string' ? new Date(value) : value;
}
