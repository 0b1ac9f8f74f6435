import { createOffsetReader } from '../domain/time-zone.js';

/*
 * The ways in which clients write a moment: epoch seconds or milliseconds, as numbers or as text; ISO 8601 with `T` or a
 * space; `/Date(ms)/` of .NET; `{"$date": …}` of MongoDB; a DateTime of PowerShell with its parts.
 */

/** The years in which the service lived, in UTC: they tell seconds and milliseconds apart. */
const FIRST_YEAR = 2015;
const LAST_YEAR = 2026;
const EARLIEST = Date.UTC(FIRST_YEAR, 0) / 1000;
const LATEST = Date.UTC(LAST_YEAR + 1, 0) / 1000;

const EXPECTED = `a moment as epoch seconds or milliseconds, or as ISO 8601 text with its offset, between ${FIRST_YEAR} and ${LAST_YEAR}`;
const EXPECTED_OFFSET = `${EXPECTED} (this one has no offset: --timezone UTC, or the name of another time zone, says what it means)`;

/** Why a value is no moment: what was expected instead. */
export interface NoMoment {
  readonly expected: string;
}

/** A value as epoch seconds; times without an offset are those of `timeZone`, or none when it is null. */
export function createTimestampParser(timeZone: string | null): (value: unknown) => number | NoMoment {
  const toUtc = timeZone === null ? null : createZoneConverter(timeZone);

  function parse(value: unknown): number | NoMoment {
    const unwrapped = unwrap(value);
    const number = toNumber(unwrapped);
    if (number !== undefined) return inServiceYears(number) ?? { expected: EXPECTED };
    if (typeof unwrapped !== 'string') return { expected: EXPECTED };
    const milliseconds = NET_DATE.exec(unwrapped)?.[1];
    return milliseconds === undefined ? fromIso(unwrapped) : toMoment(Number(milliseconds) / 1000);
  }

  /** Of the digits after the point none is lost, as they would be by way of a Date. */
  function fromIso(text: string): number | NoMoment {
    const [, date = '', clock = '', second = ':00', fraction = '0', zulu, sign, hours = '0', minutes = '0'] =
      ISO_8601.exec(text) ?? [];
    if (date === '') return { expected: EXPECTED };
    const time = clock + second;
    const utc = new Date(`${date}T${time}Z`);
    // The 30th of February would be another day, and minute 99 of an offset another hour.
    const isReal = !Number.isNaN(utc.getTime()) && utc.toISOString().startsWith(`${date}T${time}`);
    if (!isReal || Number(hours) > 23 || Number(minutes) > 59) return { expected: EXPECTED };
    const seconds = utc.getTime() / 1000;
    if (zulu !== undefined) return toMoment(seconds, fraction);
    if (sign !== undefined) {
      const offset = (sign === '-' ? -60 : 60) * (Number(hours) * 60 + Number(minutes));
      return toMoment(seconds - offset, fraction);
    }
    if (toUtc === null) return { expected: EXPECTED_OFFSET };
    const moments = toUtc(seconds);
    if (moments.length === 1) return toMoment(moments[0] as number, fraction);
    return {
      expected: `a moment that there was once in ${timeZone} (its clocks ${moments.length === 0 ? 'left this one out' : 'had this one twice'})`,
    };
  }

  return parse;
}

/** Whole seconds decide: with nine digits behind it, the last second rounds up to the first one of the next year. */
function toMoment(seconds: number, fraction?: string): number | NoMoment {
  if (seconds < EARLIEST || seconds >= LATEST) return { expected: EXPECTED };
  return fraction === undefined ? seconds : Number(`${seconds}.${fraction}`);
}

/** Java leaves out the seconds where they are 0, and PostgreSQL the minutes of an offset. */
const ISO_8601 =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?:(:\d\d)(?:[.,](\d{1,9}))?)?(?: ?(Z|UTC|GMT)| ?([+-])(\d\d)(?::?(\d\d))?)?$/i;
const NET_DATE = /^\\?\/Date\((-?\d+)(?:[+-]\d{4})?\)\\?\/$/;

function inServiceYears(number: number): number | undefined {
  if (number >= EARLIEST && number < LATEST) return number;
  if (number >= EARLIEST * 1000 && number < LATEST * 1000) return number / 1000;
  return undefined;
}

function toNumber(value: unknown): number | undefined {
  const isNumeric = typeof value === 'string' && /^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value);
  const number = isNumeric ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** `{"$date": …}`, also with `{"$numberLong": …}`, and PowerShell's `{"value": "/Date(…)/", "DateTime": …}`. */
function unwrap(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { $date, $numberLong, value: inner } = value as Record<string, unknown>;
  if ($date !== undefined) return unwrap($date);
  if ($numberLong !== undefined) return $numberLong;
  return 'DateTime' in value && typeof inner === 'string' ? inner : value;
}

const HOUR_S = 3600;

/** The moments, in epoch seconds, at which the clocks of a time zone showed a time, itself given as if it were UTC. */
function createZoneConverter(timeZone: string): (local: number) => number[] {
  const offsetAt = createOffsetReader(timeZone);
  return (local) => {
    // Clocks change at most once within a day.
    const offsets = new Set([offsetAt(local - 24 * HOUR_S), offsetAt(local + 24 * HOUR_S)]);
    return [...offsets].map((offset) => local - offset).filter((moment) => offsetAt(moment) === local - moment);
  };
}
