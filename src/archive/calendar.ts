import { createOffsetReader } from '../domain/time-zone.js';

/** How long a bucket of statistics is. Weeks begin on Monday (ISO 8601). */
export type Interval = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

/** The intervals of a calendar in the order of time, numbered without gaps. */
export interface Calendar {
  /** The interval that a moment is in, given in epoch seconds. */
  intervalAt(seconds: number): number;
  /** Which interval each moment from one to another is in, both inclusive. */
  toSpans(from: number, to: number): Span[];
  /** The first day of an interval: `2024-01-01`. */
  toStart(interval: number): string;
}

/** A time that is all in one interval, up to the next span. An interval has several where clocks go back over midnight. */
export interface Span {
  /** The first moment, in epoch seconds. */
  readonly from: number;
  readonly interval: number;
}

const DAY_S = 86_400;
const DAY_MS = DAY_S * 1000;
/** What a Date can hold, in days on either side of 1970. */
const MAX_DAY = 1e8;

/** Intervals of one length, as days that are numbered from 1970-01-01. */
interface Unit {
  toInterval(day: number): number;
  toFirstDay(interval: number): number;
}

const units: Record<Interval, Unit> = {
  DAY: createDays(1, 0),
  // 1970-01-01 was a Thursday.
  WEEK: createDays(7, 3),
  MONTH: createMonths(1),
  QUARTER: createMonths(3),
  YEAR: createMonths(12),
};

function createDays(length: number, shift: number): Unit {
  return {
    toInterval: (day) => Math.floor((day + shift) / length),
    toFirstDay: (interval) => interval * length - shift,
  };
}

function createMonths(length: number): Unit {
  return {
    toInterval(day) {
      const date = new Date(day * DAY_MS);
      return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / length);
    },
    // Unlike Date.UTC this takes the years up to 99 for what they are.
    toFirstDay: (interval) => new Date(0).setUTCFullYear(0, interval * length, 1) / DAY_MS,
  };
}

/** The calendar of a time zone that node knows: a moment is in the interval of the date that its clocks show then. */
export function createCalendar(interval: Interval, timeZone: string): Calendar {
  const { toInterval, toFirstDay } = units[interval];
  const offsetAt = isUtc(timeZone) ? () => 0 : createOffsetReader(timeZone);

  function intervalAt(seconds: number): number {
    const within = Math.min(Math.max(seconds, -MAX_DAY * DAY_S), MAX_DAY * DAY_S);
    const day = Math.floor((within + offsetAt(within)) / DAY_S);
    return toInterval(Math.min(Math.max(day, -MAX_DAY), MAX_DAY));
  }

  function toSpans(from: number, to: number): Span[] {
    const spans: Span[] = [];
    for (const { from: start, until, offset } of toOffsets(from, to)) {
      for (let at = start, number = intervalAt(at); at < until; ) {
        if (spans.at(-1)?.interval !== number) spans.push({ from: at, interval: number });
        number += 1;
        at = toFirstDay(number) * DAY_S - offset;
      }
    }
    return spans;
  }

  /** Times with the same offset from UTC, up to and including `to`. */
  function toOffsets(from: number, to: number) {
    const first = Math.floor(from);
    const end = Math.floor(to) + 1;
    const offsets = [{ from: first, until: end, offset: offsetAt(first) }];
    if (isUtc(timeZone)) return offsets;
    for (let at = first; at < end - 1; ) {
      const next = Math.min(at + DAY_S, end - 1);
      const last = offsets.at(-1) as (typeof offsets)[number];
      if (offsetAt(next) !== last.offset) {
        const change = findChange(at, next);
        last.until = change;
        offsets.push({ from: change, until: end, offset: offsetAt(change) });
      }
      at = next;
    }
    return offsets;
  }

  /** The first second with another offset than `before`; clocks change at most once within a day. */
  function findChange(before: number, after: number): number {
    let [low, high] = [before, after];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(middle) === offsetAt(before)) low = middle;
      else high = middle;
    }
    return high;
  }

  return {
    intervalAt,
    toSpans,
    toStart: (number) => new Date(toFirstDay(number) * DAY_MS).toISOString().split('T', 1)[0] as string,
  };
}

const isUtc = (timeZone: string) => /^(Etc\/)?UTC$/i.test(timeZone);
