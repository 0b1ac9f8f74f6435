import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTimestampParser } from '../src/archive/timestamps.js';
import { isTimeZone } from '../src/domain/time-zone.js';

const parseTimestamp = createTimestampParser(null);

const pad = (number: number, width: number) => String(number).padStart(width, '0');

/** The years in which the service lived, in UTC. */
const FIRST_SECOND = Date.UTC(2015, 0) / 1000;
const LAST_SECOND = Date.UTC(2027, 0) / 1000 - 1;
const second = fc.integer({ min: FIRST_SECOND, max: LAST_SECOND });

/** A moment as clients write it, with any offset, and the same one as epoch seconds. */
const isoMoment = fc
  .record({
    seconds: second,
    fraction: fc.oneof(
      fc.constant(''),
      fc
        .integer({ min: 1, max: 9 })
        .chain((digits) => fc.integer({ min: 0, max: 10 ** digits - 1 }).map((n) => pad(n, digits))),
    ),
    offsetMinutes: fc.integer({ min: -14 * 60, max: 14 * 60 }),
    separator: fc.constantFrom('T', ' ', 't'),
    point: fc.constantFrom('.', ','),
    zulu: fc.constantFrom('Z', 'z', ' UTC', 'UTC', null, null, null),
    colon: fc.constantFrom(':', ''),
    space: fc.constantFrom('', ' '),
  })
  .map(({ seconds, fraction, offsetMinutes, separator, point, zulu, colon, space }) => {
    const offset = zulu === null ? offsetMinutes : 0;
    const local = new Date((seconds + offset * 60) * 1000).toISOString();
    const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
    const zone = zulu ?? `${space}${offset < 0 ? '-' : '+'}${pad(hours, 2)}${colon}${pad(minutes, 2)}`;
    const clock = `${local.slice(11, 19)}${fraction === '' ? '' : `${point}${fraction}`}`;
    return {
      text: `${local.slice(0, 10)}${separator}${clock}${zone}`,
      expected: Number(`${seconds}.${fraction || 0}`),
    };
  });

test('A moment is the same epoch seconds in whatever way ISO 8601 writes it, with or without a time zone at hand', () => {
  const parseInZone = createTimestampParser('America/New_York');
  fc.assert(
    fc.property(isoMoment, ({ text, expected }) => {
      expect(parseTimestamp(text)).toBe(expected);
      expect(parseInZone(text)).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

test('A moment is the same epoch seconds in all other ways', () => {
  const milliseconds = fc.integer({ min: FIRST_SECOND * 1000, max: LAST_SECOND * 1000 });
  fc.assert(
    fc.property(milliseconds, (ms) => {
      const seconds = ms / 1000;
      const ways = [
        ...[seconds, String(seconds), seconds.toExponential(), seconds.toFixed(6), new Date(ms).toISOString()],
        ...[ms, String(ms), `/Date(${ms})/`, `\\/Date(${ms})\\/`, `/Date(${ms}+0100)/`],
        ...[{ $date: ms }, { $date: new Date(ms).toISOString() }, { $date: { $numberLong: String(ms) } }],
        { value: `/Date(${ms})/`, DisplayHint: 2, DateTime: 'Tuesday, March 22, 2016 8:56:10 PM' },
      ];
      expect(ways.map((way) => parseTimestamp(way))).toEqual(ways.map(() => seconds));
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ...[0, '0', '', null, undefined, true, Number.NaN, Number.POSITIVE_INFINITY, -1458680170, '-1458680170', {}, []],
  ...[2016, '2016', '2016-03-22', '22/03/2016', 'Tue, 22 Mar 2016 20:56:10 GMT', '2016-03-22T20Z'],
  ...['2016-02-30T20:56:10Z', '2017-02-29T20:56:10Z', '2016-13-01T20:56:10Z', '2016-03-22T24:00:00Z'],
  ...['2016-03-22T20:60:10Z', '2016-03-22T20:56:60Z', '2016-03-22T20:56:10+24:00', '2016-03-22T20:56:10+01:60'],
  ...['1970-01-01T00:00:00Z', '2014-12-31T23:59:59Z', '2027-01-01T00:00:00Z', '2014-12-31T23:59:59.999999Z'],
  ...[FIRST_SECOND - 0.001, LAST_SECOND + 1, FIRST_SECOND * 1000 - 1, (LAST_SECOND + 1) * 1000],
  ...[1458680170035000, '1458680170035000', '/Date(1458680170)/', '/Date(-1)/', '/Date()/', '/Date(1458680170035)'],
  ...[{ $date: null }, { value: 1458680170 }, { DateTime: '2016-03-22T20:56:10Z' }, [1458680170]],
])('%j is no moment, rather than one in 1970 or one that is shifted', (value) => {
  expect(parseTimestamp(value)).toEqual({
    expected: 'a moment as epoch seconds or milliseconds, or as ISO 8601 text with its offset, between 2015 and 2026',
  });
});

test.each([
  ['2016-03-22T20:56Z', 'Java'],
  ['2016-03-22T21:56+01:00', 'Java'],
  ['2016-03-22 20:56:00+00', 'PostgreSQL'],
  ['2016-03-22 20:56:00 UTC', 'Ruby'],
])('%s, as %s writes it, is a moment', (text) => {
  expect(parseTimestamp(text)).toBe(Date.UTC(2016, 2, 22, 20, 56) / 1000);
});

test.each([
  [FIRST_SECOND, '2015-01-01T00:00:00Z', '2014-12-31T19:00:00-05:00'],
  [LAST_SECOND, '2026-12-31T23:59:59Z', '2027-01-01T08:59:59+09:00'],
])('%d is a moment, the first or the last one', (seconds, ...texts) => {
  for (const value of [seconds, seconds * 1000, ...texts]) expect(parseTimestamp(value)).toBe(seconds);
});

test('Nine digits in the last second are a moment, although a double rounds them up to the next one', () => {
  expect(parseTimestamp('2026-12-31T23:59:59.999999999Z')).toBe(LAST_SECOND + 1);
});

const formats = new Map<string, Intl.DateTimeFormat>();

describe('Times without an offset', () => {
  test.each(['2016-03-22T20:56:10', '2016-03-22 20:56:10.035000'])('are refused without a time zone: %s', (text) => {
    expect(parseTimestamp(text)).toEqual({ expected: expect.stringMatching(/has no offset: --timezone UTC/) });
  });

  test.each([
    ['UTC', '2016-03-22T20:56:10.035', 1458680170.035],
    ['America/New_York', '2016-03-22 16:56:10,035', 1458680170.035],
    ['Asia/Kathmandu', '2016-03-23T02:41:10.035', 1458680170.035],
    ['Pacific/Kiritimati', '2016-03-23T10:56:10', 1458680170],
    ['Etc/GMT+12', '2016-03-22T08:56:10', 1458680170],
  ])('are those of %s', (zone, text, seconds) => {
    expect(createTimestampParser(zone)(text)).toBe(seconds);
  });

  test.each([
    ['America/New_York', '2016-03-13T02:30:00', 'left this one out'],
    ['America/New_York', '2016-11-06T01:30:00', 'had this one twice'],
    ['Australia/Lord_Howe', '2016-10-02T02:15:00', 'left this one out'],
    ['Australia/Lord_Howe', '2016-04-03T01:45:00', 'had this one twice'],
  ])('are refused where the clocks of %s leave %s out, or have it twice', (zone, text, reason) => {
    expect(createTimestampParser(zone)(text)).toEqual({
      expected: `a moment that there was once in ${zone} (its clocks ${reason})`,
    });
  });

  /** Among them clocks that change by half an hour or two, and countries that moved. */
  const zones = [
    ...['America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Australia/Sydney', 'Africa/Casablanca'],
    ...['Asia/Tehran', 'America/Caracas', 'Asia/Pyongyang', 'Pacific/Apia', 'Antarctica/Troll', 'Europe/Istanbul'],
    ...['Asia/Kathmandu', 'Pacific/Chatham', 'America/Sao_Paulo', 'Africa/Sao_Tome', 'Europe/Volgograd'],
  ].map((zone) => ({ zone, changes: findChanges(zone), parse: createTimestampParser(zone) }));

  test('are the one moment at which clocks showed them, or none', () => {
    const localTime = fc.constantFrom(...zones).chain(({ zone, changes, parse }) => {
      const nearChange = fc
        .tuple(fc.constantFrom(0, ...changes), fc.integer({ min: -15 * 3600, max: 15 * 3600 }))
        .map(([change, by]) => change + by);
      return fc.record({ zone: fc.constant(zone), parse: fc.constant(parse), local: fc.oneof(second, nearChange) });
    });
    fc.assert(
      fc.property(localTime, ({ zone, parse, local }) => {
        const text = new Date(local * 1000).toISOString().slice(0, 19);
        // Whatever the offset of a zone was in these years, it was a multiple of a quarter of an hour.
        const offsets = Array.from({ length: 2 * 14 * 4 + 1 }, (_, place) => (place - 14 * 4) * 900);
        const moments = offsets.map((offset) => local - offset).filter((moment) => showClock(zone, moment) === text);
        const [moment = 0] = moments;
        const isInTime = moments.length === 1 && moment >= FIRST_SECOND && moment <= LAST_SECOND;
        expect(parse(text)).toEqual(isInTime ? moment : { expected: expect.any(String) });
      }),
      { numRuns: 1000 },
    );
  });
});

/** What clocks of a zone show, as ISO 8601 without an offset. */
function showClock(zone: string, seconds: number): string {
  return toFormat(zone)
    .format(seconds * 1000)
    .replace(' ', 'T');
}

/** Swedes write as ISO 8601 does. */
function toFormat(timeZone: string): Intl.DateTimeFormat {
  const format =
    formats.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  formats.set(timeZone, format);
  return format;
}

/** When the clocks of a zone were changed, to six hours. */
function findChanges(zone: string): number[] {
  const changes: number[] = [];
  const STEP = 6 * 3600;
  const offsetAt = (seconds: number) => Date.parse(`${showClock(zone, seconds)}Z`) / 1000 - seconds;
  for (let seconds = FIRST_SECOND; seconds < LAST_SECOND; seconds += STEP) {
    if (offsetAt(seconds) !== offsetAt(seconds + STEP)) changes.push(seconds + offsetAt(seconds));
  }
  return changes;
}

test('A time zone is known by its name', () => {
  expect(['UTC', 'America/New_York', 'Asia/Calcutta', 'Asia/Kolkata'].map(isTimeZone)).toEqual(Array(4).fill(true));
  expect(['', 'Mars/Olympus', 'New York', 'local'].map(isTimeZone)).toEqual(Array(4).fill(false));
});
