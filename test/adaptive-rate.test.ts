import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createAdaptiveRate, toRate } from '../src/inspector/resilience/adaptive-rate.js';

/** Takes every token that the rate allows between two moments; the result is when. */
function takeAll(
  rate: ReturnType<typeof createAdaptiveRate>,
  fromMs: number,
  toMs: number,
  answer = (_atMs: number) => {},
) {
  const takenAtMs: number[] = [];
  for (let nowMs = fromMs; nowMs < toMs; ) {
    const waitMs = rate.take(nowMs);
    if (waitMs > 0) {
      nowMs += waitMs;
      continue;
    }
    if (!rate.isLimited) throw new Error('There is no limit any more.');
    takenAtMs.push(nowMs);
    answer(nowMs);
  }
  return takenAtMs;
}

/** A rate after a burst in which some calls succeeded and then the others were throttled. */
function createThrottledRate(succeeded: number, throttled: number, atMs = 0) {
  const rate = createAdaptiveRate();
  for (let call = 0; call < succeeded; call += 1) rate.succeeded(atMs);
  for (let call = 0; call < throttled; call += 1) rate.throttled(atMs, atMs);
  return rate;
}

const closeTo = (value: number) => expect.closeTo(value);

const mostWithin = (times: number[], spanMs: number) =>
  Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + spanMs).length));

describe('The rate of calls', () => {
  test('has no limit as long as nothing is throttled', () => {
    const rate = createAdaptiveRate();
    for (let nowMs = 0; nowMs < 100; nowMs += 1) {
      rate.succeeded(nowMs);
      expect(rate.isLimited).toBe(false);
      expect(rate.take(nowMs)).toBe(0);
    }
  });

  test('has no limit when few calls are throttled, or all, since no rate can be measured then', () => {
    expect(createThrottledRate(4, 5).isLimited).toBe(false);
    expect(createThrottledRate(0, 100).isLimited).toBe(false);
    expect(createThrottledRate(5, 5).isLimited).toBe(true);
  });

  test('is zero for a second after the first throttled call, and then half of nine tenths of the calls that had succeeded', () => {
    const rate = createThrottledRate(20, 30);
    expect(rate.take(0)).toBe(1000);
    expect(rate.take(999)).toBe(1);
    const taken = takeAll(rate, 0, 1500);
    expect(taken[0]).toBe(1000);
    expect((taken[1] as number) - 1000).toBeCloseTo(1000 / 9);
  });

  test('counts calls that succeed during that second', () => {
    const rate = createThrottledRate(9, 1);
    for (let call = 0; call < 11; call += 1) rate.succeeded(500);
    const taken = takeAll(rate, 0, 1500);
    expect((taken[1] as number) - 1000).toBeCloseTo(1000 / 9);
  });

  test('does not count calls that succeeded longer than a second ago', () => {
    const rate = createAdaptiveRate();
    for (let call = 0; call < 1000; call += 1) rate.succeeded(0);
    for (let call = 0; call < 10; call += 1) rate.succeeded(2500);
    rate.throttled(2500, 2500);
    const taken = takeAll(rate, 2500, 4000);
    expect((taken[1] as number) - (taken[0] as number)).toBeCloseTo(1000 / 4.5);
  });

  test('rises from half of the ceiling, steep at first, to the ceiling after 5 s, and by a twentieth each 12 s then', () => {
    expect([0, 1000, 2500, 5000].map((ms) => toRate(100, ms))).toEqual([50, expect.closeTo(74.4), 93.75, 100]);
    expect([10_000, 20_000, 30_000].map((ms) => toRate(100, ms))).toEqual([105, 110.25, 115.7625].map(closeTo));
    expect(toRate(100, 100_000)).toBeGreaterThan(1000);
    for (let ms = 0; ms < 100_000; ms += 100) expect(toRate(7, ms + 100)).toBeGreaterThanOrEqual(toRate(7, ms));
  });

  test('has no limit again after a long time without throttled calls', () => {
    const rate = createThrottledRate(10, 30);
    rate.take(1000);
    expect(rate.take(200_000)).toBe(0);
    expect(rate.isLimited).toBe(false);
  });

  test('halves with each throttled call, but once for a burst of them', () => {
    const rate = createThrottledRate(500, 10);
    const taken: number[] = [];
    for (let fromMs = 1000; taken.length < 5; fromMs += 1100) {
      const toMs = fromMs + 1100;
      taken.push(takeAll(rate, fromMs, toMs, rate.succeeded).length);
      for (let echo = 0; echo < 10; echo += 1) rate.throttled(toMs - 1, toMs + echo);
      // Sent before the rate was halved, and answered long after.
      rate.throttled(toMs - 1, toMs + 1099);
    }
    expect(taken).toEqual([...taken].sort((a, b) => b - a));
    // Each round has recovered to three quarters of what the one before it ended with.
    for (const [round, count] of taken.entries()) {
      expect(count / (taken[round - 1] ?? 550)).toBeGreaterThan(0.5);
      expect(count / (taken[round - 1] ?? 550)).toBeLessThan(0.9);
    }
  });

  test('is one a second while every call is throttled, and returns to the ceiling from before once one succeeds', () => {
    const rate = createThrottledRate(100, 30);
    takeAll(rate, 0, 1500, rate.succeeded);
    const sentMeanwhile = takeAll(rate, 1500, 20_000, (atMs) => rate.throttled(atMs, atMs)).filter(
      (atMs) => atMs > 5000,
    );
    expect(mostWithin(sentMeanwhile, 1000)).toBeLessThanOrEqual(2);
    const sentAfter = takeAll(rate, 20_000, 28_000, rate.succeeded);
    expect(mostWithin(sentAfter, 1000)).toBeGreaterThan(50);
    expect(mostWithin(sentAfter, 1000)).toBeLessThanOrEqual(60);
  });

  test('doubles each second after an outage that began before any call had succeeded below the ceiling', () => {
    const rate = createThrottledRate(6, 30);
    takeAll(rate, 0, 20_000, (atMs) => rate.throttled(atMs, atMs));
    const ALLOWED = 80;
    const sent: number[] = [];
    const answer = (atMs: number) => {
      sent.push(atMs);
      if (sent.filter((at) => at > atMs - 1000).length > ALLOWED) rate.throttled(atMs, atMs);
      else rate.succeeded(atMs);
    };
    takeAll(rate, 20_000, 22_500, answer);
    expect(mostWithin(sent, 1000)).toBeGreaterThan(8);
    expect(mostWithin(sent, 1000)).toBeLessThan(30);
    expect(rate.take(40_000)).toBe(0);
    expect(rate.isLimited).toBe(false);
  });

  test('stops doubling at the first throttled call, and keeps to what was measured', () => {
    const rate = createThrottledRate(16, 30);
    takeAll(rate, 0, 20_000, (atMs) => rate.throttled(atMs, atMs));
    const ALLOWED = 60;
    const sent: number[] = [];
    const throttledAtMs: number[] = [];
    takeAll(rate, 20_000, 60_000, (atMs) => {
      if (sent.filter((at) => at > atMs - 1000).length < ALLOWED) {
        sent.push(atMs);
        rate.succeeded(atMs);
      } else {
        throttledAtMs.push(atMs);
        rate.throttled(atMs, atMs);
      }
    });
    expect(sent.filter((at) => at > 50_000).length / 10).toBeGreaterThan(0.75 * ALLOWED);
    expect(throttledAtMs.length).toBeLessThan(10);
  });

  test('does not return to a ceiling that was forgotten', () => {
    const rate = createThrottledRate(100, 30);
    takeAll(rate, 0, 5000, (atMs) => rate.throttled(atMs, atMs));
    expect(rate.take(200_000)).toBe(0);
    rate.succeeded(200_001);
    expect(rate.isLimited).toBe(false);
  });

  test.each([
    ['in each second', createWindow(10)],
    ['saved up for a second', createBucket(10)],
  ])(
    'finds 10 calls a second, %s: never more than 11, and nine tenths of the allowed calls succeed',
    (_title, isAllowed) => {
      const rate = createAdaptiveRate();
      for (let call = 0; call < 40; call += 1) {
        if (isAllowed(0)) rate.succeeded(0);
        else rate.throttled(0, 0);
      }
      let succeeded = 0;
      const taken = takeAll(rate, 0, 60_000, (atMs) => {
        if (isAllowed(atMs)) {
          succeeded += 1;
          rate.succeeded(atMs);
        } else rate.throttled(atMs, atMs);
      });
      expect(mostWithin(taken, 1000)).toBeLessThanOrEqual(11);
      expect(succeeded).toBeGreaterThan(0.85 * 10 * 59);
    },
  );
});

test('Tokens come one by one and no faster than the ceiling allows, whenever calls come and however they end', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 200 }),
      fc.array(fc.record({ pauseMs: fc.integer({ min: 0, max: 300 }), isThrottled: fc.boolean() }), { maxLength: 200 }),
      (burst, calls) => {
        const rate = createThrottledRate(burst, 1);
        let nowMs = 1000;
        let lastMs = Number.NEGATIVE_INFINITY;
        for (const { pauseMs, isThrottled } of calls) {
          nowMs += pauseMs;
          // The wait that was returned is long enough, since the rate only rises meanwhile.
          const waitMs = rate.take(nowMs);
          if (waitMs > 0) {
            nowMs += waitMs + 1e-6;
            expect(rate.take(nowMs)).toBe(0);
          }
          if (!rate.isLimited) return;
          // For 77 s the rate is at most six steps above the first ceiling, and no later ceiling is higher.
          if (nowMs < 77_000) expect(nowMs - lastMs).toBeGreaterThanOrEqual(1000 / (1.05 ** 6 * burst) - 1e-3);
          lastMs = nowMs;
          if (isThrottled) rate.throttled(nowMs, nowMs);
          else rate.succeeded(nowMs);
        }
      },
    ),
  );
});

/** Whether an upstream allows a call, with a limit for each second of the clock (a fixed window). */
function createWindow(limit: number) {
  let second = 0;
  let count = 0;
  return (atMs: number) => {
    if (Math.floor(atMs / 1000) !== second) count = 0;
    second = Math.floor(atMs / 1000);
    count += 1;
    return count <= limit;
  };
}

/** Whether an upstream allows a call, with a limit a second, of which one second may be saved up (a token bucket). */
function createBucket(limit: number) {
  let tokens = limit;
  let lastMs = 0;
  return (atMs: number) => {
    tokens = Math.min(limit, tokens + ((atMs - lastMs) / 1000) * limit);
    lastMs = atMs;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
