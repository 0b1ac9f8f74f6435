import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { timestamp } from '../src/archive/documents.js';

const pad = (number: number, width: number) => String(number).padStart(width, '0');

/** A moment as clients write it, with any offset, and the same one as epoch seconds. */
const isoMoment = fc
  .record({
    seconds: fc.integer({ min: Date.UTC(2001, 0, 2) / 1000, max: Date.UTC(2099, 11, 30) / 1000 }),
    fraction: fc.oneof(
      fc.constant(''),
      fc
        .integer({ min: 1, max: 9 })
        .chain((digits) => fc.integer({ min: 0, max: 10 ** digits - 1 }).map((n) => pad(n, digits))),
    ),
    offsetMinutes: fc.integer({ min: -14 * 60, max: 14 * 60 }),
    separator: fc.constantFrom('T', ' '),
    writesZ: fc.boolean(),
    colon: fc.constantFrom(':', ''),
  })
  .map(({ seconds, fraction, offsetMinutes, separator, writesZ, colon }) => {
    const offset = writesZ ? 0 : offsetMinutes;
    const local = new Date((seconds + offset * 60) * 1000).toISOString();
    const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
    const zone = writesZ ? 'Z' : `${offset < 0 ? '-' : '+'}${pad(hours, 2)}${colon}${pad(minutes, 2)}`;
    const clock = `${local.slice(11, 19)}${fraction === '' ? '' : `.${fraction}`}`;
    return {
      text: `${local.slice(0, 10)}${separator}${clock}${zone}`,
      expected: Number(`${seconds}.${fraction || 0}`),
    };
  });

test('A moment is the same epoch seconds in whatever way ISO 8601 writes it', () => {
  fc.assert(
    fc.property(isoMoment, ({ text, expected }) => expect(timestamp.parse(text)).toBe(expected)),
    {
      numRuns: 2000,
    },
  );
});

test('A moment is the same epoch seconds as a number and as its text', () => {
  const milliseconds = fc.integer({ min: Date.UTC(2001, 0), max: Date.UTC(2100, 0) - 1 });
  fc.assert(
    fc.property(milliseconds, (ms) => {
      const seconds = ms / 1000;
      const ways = [seconds, String(seconds), seconds.toExponential(), seconds.toFixed(6), new Date(ms).toISOString()];
      expect(ways.map((way) => timestamp.parse(way))).toEqual(ways.map(() => seconds));
    }),
    { numRuns: 1000 },
  );
});

test.each([
  [0],
  ['0'],
  [''],
  [null],
  [undefined],
  [true],
  [1458680170035],
  ['1458680170035'],
  [2016],
  ['2016'],
  ['2016-03-22'],
  ['2016-03-22T20:56:10'],
  ['2016-03-22 20:56:10.035000'],
  ['2016-02-30T20:56:10Z'],
  ['2017-02-29T20:56:10Z'],
  ['2016-13-01T20:56:10Z'],
  ['2016-03-22T24:00:00Z'],
  ['2016-03-22T20:60:10Z'],
  ['2016-03-22T20:56:60Z'],
  ['2016-03-22T20:56:10+24:00'],
  ['2016-03-22T20:56:10+01:60'],
  ['1970-01-01T00:00:00Z'],
  ['2100-01-01T00:00:00Z'],
  ['Tue, 22 Mar 2016 20:56:10 GMT'],
  ['22/03/2016'],
  [Number.NaN],
  [{}],
])('%p is no moment, rather than one in 1970 or one that is shifted', (value) => {
  expect(timestamp.safeParse(value).error?.issues[0]?.message).toMatch(
    /^expected a moment as epoch seconds, or as ISO 8601/,
  );
});
