import type { RetryStrategyV2, StandardRetryToken } from '@smithy/types';
import { toInspectorFailure } from './inspector-failure.js';

const BASE_DELAY_MS = 100;
const THROTTLED_BASE_DELAY_MS = 500;
const MAX_DELAY_MS = 20_000;

/** How long to wait before the nth retry (from 1): exponential with full jitter, longer when throttled. */
export function toBackoffMs(retry: number, isThrottled = false): number {
  const base = isThrottled ? THROTTLED_BASE_DELAY_MS : BASE_DELAY_MS;
  return Math.random() * Math.min(MAX_DELAY_MS, base * 2 ** (retry - 1));
}

/**
 * Decides over attempts where the SDK asks for it, by the `canRetry` of the failure and by nothing else: the SDK's own
 * strategies look at status and name only, so that they repeat what AWS says is hopeless and give up on what it says is
 * worth another try. It keeps no quota: whether one run is tried again must not depend on the failures of others.
 */
export function createRetryStrategy(maxAttempts: number): RetryStrategyV2 {
  return {
    acquireInitialRetryToken: async () => toToken(0, 0),
    async refreshRetryTokenForRetry(token, { error }) {
      const failure = toInspectorFailure(error, '');
      const retry = token.getRetryCount() + 1;
      // Whatever is thrown here only ends the attempts: the SDK rejects with the error of the last one.
      if (!failure?.canRetry || retry >= maxAttempts) throw error;
      return toToken(retry, toBackoffMs(retry, failure.code === 'THROTTLED'));
    },
    recordSuccess: () => {},
  };
}

function toToken(retryCount: number, retryDelayMs: number): StandardRetryToken {
  return {
    getRetryCount: () => retryCount,
    getRetryDelay: () => retryDelayMs,
    getRetryCost: () => undefined,
  };
}
