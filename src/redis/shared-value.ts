import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Dated, toReadTime } from '../inspector/cache/shared-cache.js';
import type { Entities } from '../inspector/inspector-api.js';

/** Milliseconds since 1970 as text that sorts like the number. */
const TIME_LENGTH = 15;
const PLAIN = 'j';
const DEFLATED = 'd';

/** Another replica's clock may be ahead by so much; a value that is later would be fresh for longer than it may be. */
const MAX_CLOCK_SKEW_MS = 5000;

/** Telemetry of a usual run is 2 KB, which travels faster than it is packed; a run of 5,000 rows shrinks to a tenth. */
const MIN_DEFLATED_BYTES = 4096;

/** Of 5,000 rows, which are at most 1 MB, some ten times over: a few bytes from elsewhere could unpack to gigabytes. */
const MAX_JSON_BYTES = 16 * 2 ** 20;

/** The names of all members of a type that hold dates, at whatever depth. */
type DateMember<T> = T extends Date
  ? never
  : T extends readonly (infer Item)[]
    ? DateMember<Item>
    : T extends object
      ? { [Name in keyof T]: NonNullable<T[Name]> extends Date ? Name : DateMember<NonNullable<T[Name]>> }[keyof T]
      : never;

/** The members of what is described that hold dates: JSON has them as text. */
const DATES: Record<DateMember<Entities[keyof Entities]>, true> = {
  createdAt: true,
  updatedAt: true,
  startedAt: true,
  completedAt: true,
  stateChangedAt: true,
  date: true,
};
const MAY_HOLD_DATES = new RegExp(`"(${Object.keys(DATES).join('|')})":"`);

/** A time as it stands at the beginning of a value. */
export function toTimeText(readAt: number): string {
  return String(readAt).padStart(TIME_LENGTH, '0');
}

/** A value as bytes: when it was read, how it is packed, and its JSON. */
export function encodeValue({ value, readAt }: Pick<Dated<unknown>, 'value' | 'readAt'>): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  const isDeflated = json.length >= MIN_DEFLATED_BYTES;
  const head = Buffer.from(toTimeText(readAt) + (isDeflated ? DEFLATED : PLAIN));
  return Buffer.concat([head, isDeflated ? deflateRawSync(json, { level: 1 }) : json]);
}

/** What encodeValue wrote, of a shape that is not known yet; null for anything else, and for a time that is still to come. */
export function decodeValue(bytes: Buffer): Dated<unknown> | null {
  const time = bytes.toString('latin1', 0, TIME_LENGTH);
  const packing = bytes.toString('latin1', TIME_LENGTH, TIME_LENGTH + 1);
  if (!/^\d+$/.test(time) || (packing !== PLAIN && packing !== DEFLATED)) return null;
  const now = Date.now();
  if (Number(time) > now + MAX_CLOCK_SKEW_MS) return null;
  try {
    const packed = bytes.subarray(TIME_LENGTH + 1);
    const limit = { maxOutputLength: MAX_JSON_BYTES };
    const json = (packing === DEFLATED ? inflateRawSync(packed, limit) : packed).toString();
    const value = MAY_HOLD_DATES.test(json) ? JSON.parse(json, revive) : JSON.parse(json);
    if (typeof value !== 'object' || value === null) return null;
    return { value, ...toReadTime(Number(time)) };
  } catch {
    return null;
  }
}

function revive(name: string, value: unknown): unknown {
  return Object.hasOwn(DATES, name) && typeof value === 'string' ? new Date(value) : value;
}
