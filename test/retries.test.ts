import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createCircuitOpenFailure, InspectorFailure } from '../src/inspector/inspector-failure.js';
import { toBackoffMs, withRetries } from '../src/inspector/resilience/retries.js';

const retryable = new InspectorFailure({ code: 'INTERNAL_EXCEPTION', canRetry: true, message: 'again' });
const final = new InspectorFailure({ code: 'INTERNAL_EXCEPTION', canRetry: false, message: 'never' });
const throttled = new InspectorFailure({ code: 'THROTTLED', canRetry: true, message: 'slower' });
const circuitOpen = createCircuitOpenFailure('GetTelemetryMetadata', 5000);
const never = new AbortController().signal;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** An attempt that fails in these ways, one after the other, and then succeeds; with the time of each. */
function createAttempts(...failures: unknown[]) {
  const madeAtMs: number[] = [];
  const attempt = async () => {
    madeAtMs.push(performance.now());
    if (failures.length >= madeAtMs.length) throw failures[madeAtMs.length - 1];
    return 'done';
  };
  return { attempt, madeAtMs };
}

/** The result after all backoffs. */
async function settle(outcome: Promise<unknown>) {
  const settled = outcome.catch((thrown: unknown) => thrown);
  await jest.runAllTimersAsync();
  return settled;
}

describe('A call', () => {
  test('is attempted until it succeeds', async () => {
    const { attempt, madeAtMs } = createAttempts(retryable, throttled);
    expect(await settle(withRetries(3, never, attempt))).toBe('done');
    expect(madeAtMs).toHaveLength(3);
  });

  test('is attempted as often as is allowed, and rejects with the last failure', async () => {
    const { attempt, madeAtMs } = createAttempts(throttled, throttled, retryable, throttled);
    expect(await settle(withRetries(3, never, attempt))).toBe(retryable);
    expect(madeAtMs).toHaveLength(3);
  });

  test('has all its attempts, however many other calls have failed', async () => {
    for (let call = 0; call < 1000; call += 1) {
      expect(await settle(withRetries(2, never, createAttempts(retryable).attempt))).toBe('done');
    }
  });

  test.each([
    ['may not be retried', final],
    ['comes from an open circuit', circuitOpen],
    ['is a bug of ours', new TypeError('x')],
  ])('is attempted once when its failure %s', async (_title, failure) => {
    const { attempt, madeAtMs } = createAttempts(failure);
    expect(await settle(withRetries(3, never, attempt))).toBe(failure);
    expect(madeAtMs).toHaveLength(1);
  });

  test('waits longer when it is throttled', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(1);
    const { attempt, madeAtMs } = createAttempts(retryable, throttled, retryable);
    await settle(withRetries(4, never, attempt));
    expect(madeAtMs.map((ms) => Math.round(ms - (madeAtMs[0] as number)))).toEqual([0, 100, 1100, 1500]);
  });

  test('rejects with the reason of its signal, and leaves no listener and no timer behind', async () => {
    const { attempt, madeAtMs } = createAttempts(throttled, throttled, throttled);
    const end = new AbortController();
    const call = withRetries(5, end.signal, attempt).catch((thrown: unknown) => thrown);
    while (madeAtMs.length < 2) await jest.advanceTimersToNextTimerAsync();
    end.abort(final);
    expect(await call).toBe(final);
    expect(madeAtMs).toHaveLength(2);
    expect(jest.getTimerCount()).toBe(0);
    expect(getEventListeners(end.signal, 'abort')).toEqual([]);
  });

  test('does not wait when its signal is aborted already', async () => {
    const { attempt, madeAtMs } = createAttempts(retryable);
    await expect(withRetries(5, AbortSignal.abort(final), attempt)).rejects.toBe(final);
    expect(madeAtMs).toHaveLength(1);
  });
});

describe('The backoff', () => {
  test('doubles, starts higher when throttled, and never passes 20 s', () => {
    jest.spyOn(Math, 'random').mockReturnValue(1);
    expect([1, 2, 3, 100].map((retry) => toBackoffMs(retry))).toEqual([100, 200, 400, 20_000]);
    expect([1, 2, 3, 100].map((retry) => toBackoffMs(retry, true))).toEqual([500, 1000, 2000, 20_000]);
  });

  test('is jittered over its whole length', () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    expect(toBackoffMs(3)).toBe(0);
  });
});
