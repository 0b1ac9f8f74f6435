import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCalendar, type Interval } from '../src/archive/calendar.js';

const FIRST_SECOND = Date.UTC(2015, 0) / 1000;
const LAST_SECOND = Date.UTC(2027, 0) / 1000 - 1;
const DAY_S = 86_400;
const INTERVALS: readonly Interval[] = ['DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'];

/** With a day that was left out, clocks that go back over midnight, offsets of half and quarter hours. */
const peculiarZones = ['Pacific/Apia', 'America/Sao_Paulo', 'America/Havana', 'Asia/Kathmandu', 'Australia/Lord_Howe'];
const timeZone = fc.constantFrom('UTC', 'Africa/Casablanca', ...peculiarZones, ...Intl.supportedValuesOf('timeZone'));
const interval = fc.constantFrom(...INTERVALS);
const moment = fc.double({ min: FIRST_SECOND, max: LAST_SECOND, noNaN: true });

/** The date that clocks show, as a number of days from 1970 on. */
function toLocalDate(seconds: number, zone: string): Date {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  const parts = Object.fromEntries(
    format.formatToParts(seconds * 1000).map(({ type, value }) => [type, Number(value)]),
  );
  return new Date(Date.UTC(parts.year as number, (parts.month as number) - 1, parts.day));
}

/** The first day of the interval of a date, by going back one day after the other. */
function toStart(date: Date, unit: Interval): string {
  const isFirst: Record<Interval, (day: Date) => boolean> = {
    DAY: () => true,
    WEEK: (day) => day.getUTCDay() === 1,
    MONTH: (day) => day.getUTCDate() === 1,
    QUARTER: (day) => day.getUTCDate() === 1 && [0, 3, 6, 9].includes(day.getUTCMonth()),
    YEAR: (day) => day.getUTCDate() === 1 && day.getUTCMonth() === 0,
  };
  let day = date;
  while (!isFirst[unit](day)) day = new Date(day.getTime() - DAY_S * 1000);
  return day.toISOString().slice(0, 10);
}

describe('The calendar of a time zone', () => {
  test('puts a moment into the interval of the date that its clocks show', () => {
    fc.assert(
      fc.property(interval, timeZone, moment, (unit, zone, seconds) => {
        const calendar = createCalendar(unit, zone);
        expect(calendar.toStart(calendar.intervalAt(seconds))).toBe(toStart(toLocalDate(seconds, zone), unit));
      }),
      { numRuns: 1000 },
    );
  });

  test('numbers the intervals without gaps, and begins each where the one before ends', () => {
    fc.assert(
      fc.property(interval, moment, (unit, seconds) => {
        const calendar = createCalendar(unit, 'UTC');
        const number = calendar.intervalAt(seconds);
        const [start, next] = [number, number + 1].map((one) => Date.parse(calendar.toStart(one)) / 1000);
        expect(calendar.intervalAt(start as number)).toBe(number);
        expect(calendar.intervalAt(next as number)).toBe(number + 1);
        expect(calendar.intervalAt((next as number) - 1)).toBe(number);
      }),
    );
  });

  test('divides the time between two moments into spans that are each in one interval', () => {
    fc.assert(
      fc.property(
        interval,
        timeZone,
        moment,
        fc.double({ min: 0, max: 400 * DAY_S, noNaN: true }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 }),
        (unit, zone, from, length, places) => {
          const calendar = createCalendar(unit, zone);
          const spans = calendar.toSpans(from, from + length);
          expect(spans[0]?.from).toBe(Math.floor(from));
          const edges = spans.slice(1).flatMap((span) => [span.from - 1, span.from]);
          const moments = [from, from + length, ...edges, ...places.map((place) => from + length * place)];
          for (const at of moments.filter((one) => one >= from)) {
            expect(spans.findLast((span) => span.from <= at)?.interval).toBe(calendar.intervalAt(at));
          }
          for (const [place, span] of spans.entries()) {
            expect(span.from).toBeGreaterThan(spans[place - 1]?.from ?? Number.NEGATIVE_INFINITY);
            expect(span.interval).not.toBe(spans[place - 1]?.interval);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('has a day twice whose midnight clocks repeat, and not at all one that they leave out', () => {
    const utc = (text: string) => Date.parse(text) / 1000;
    // Clocks went from 00:00 on February 18 back to 23:00.
    const saoPaulo = createCalendar('DAY', 'America/Sao_Paulo');
    expect(saoPaulo.toStart(saoPaulo.intervalAt(utc('2018-02-18T01:59:59Z')))).toBe('2018-02-17');
    expect(saoPaulo.toStart(saoPaulo.intervalAt(utc('2018-02-18T02:59:59Z')))).toBe('2018-02-17');
    expect(saoPaulo.toStart(saoPaulo.intervalAt(utc('2018-02-18T03:00:00Z')))).toBe('2018-02-18');
    // Samoa had no December 30.
    const apia = createCalendar('DAY', 'Pacific/Apia');
    const spans = apia.toSpans(utc('2011-12-30T09:00:00Z'), utc('2011-12-30T11:00:00Z'));
    expect(spans.map((span) => apia.toStart(span.interval))).toEqual(['2011-12-29', '2011-12-31']);
  });

  test('has years that are far away as well', () => {
    const calendar = createCalendar('YEAR', 'Europe/Berlin');
    const years = [-62_135_510_400, 253_402_387_200, 1e300].map((at) => calendar.toStart(calendar.intervalAt(at)));
    expect(years).toEqual(['0001-01-01', '+010000-01-01', '+275760-01-01']);
  });
});

test('Days have begun at quarters of an hour in UTC since 2015, wherever it was', () => {
  fc.assert(
    fc.property(timeZone, (zone) => {
      const spans = createCalendar('DAY', zone).toSpans(FIRST_SECOND, LAST_SECOND);
      expect(spans.length).toBeGreaterThan(4000);
      expect(spans.filter(({ from }) => from % 900 !== 0)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
