import type { Signal } from '../../signal.js';
import { toFailure } from '../inspector-failure.js';

// The delays of the AWS SDK: constants of @smithy/util-retry.
const BASE_DELAY_MS = 100;
const THROTTLED_BASE_DELAY_MS = 500;
const MAX_DELAY_MS = 20_000;

/** How long to wait before the nth retry (from 1): exponential with full jitter, longer when throttled. */
export function toBackoffMs(retry: number, isThrottled = false): number {
  const base = isThrottled ? THROTTLED_BASE_DELAY_MS : BASE_DELAY_MS;
  return Math.random() * Math.min(MAX_DELAY_MS, base * 2 ** (retry - 1));
}

/**
 * Attempts a call until it succeeds, fails without `canRetry`, or was attempted `maxAttempts` times. Rejects with the failure
 * of the last attempt, or with the signal's reason when that is aborted during a backoff. There is no retry quota: whether
 * one run is retried must not depend on the failures of others. A failure with `retryAfterMs` is not retried: it
 * is set when the circuit is open or the queue full, and the next attempt would come before that time.
 */
export async function withRetries<T>(maxAttempts: number, signal: Signal, attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (thrown) {
      const { canRetry, retryAfterMs, code } = toFailure(thrown);
      if (!canRetry || retryAfterMs !== null || attempts >= maxAttempts) throw thrown;
      await backOff(toBackoffMs(attempts, code === 'THROTTLED'), signal);
    }
  }
}

/** Waits; rejects with the signal's reason as soon as that is aborted. */
export function backOff(delayMs: number, signal: Signal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, delayMs);
    signal.addEventListener('abort', abort, { once: true });
  });
}
