import { describe, expect, test } from '@jest/globals';
import type { RetryErrorInfo } from '@smithy/types';
import fc from 'fast-check';
import { createRetryStrategy, toBackoffMs } from '../src/inspector/retry-strategy.js';

const retryable = info({ name: 'InternalException', canRetry: true });

describe('The retry strategy', () => {
  test('gives as many tokens as there are attempts left', async () => {
    const strategy = createRetryStrategy(3);
    let token = await strategy.acquireInitialRetryToken('');
    token = await strategy.refreshRetryTokenForRetry(token, retryable);
    token = await strategy.refreshRetryTokenForRetry(token, retryable);
    expect(token.getRetryCount()).toBe(2);
    await expect(strategy.refreshRetryTokenForRetry(token, retryable)).rejects.toBe(retryable.error);
  });

  test('can be shared: what one call uses up is not missing for another', async () => {
    const strategy = createRetryStrategy(2);
    for (let call = 0; call < 1000; call += 1) {
      const token = await strategy.acquireInitialRetryToken('');
      await expect(strategy.refreshRetryTokenForRetry(token, retryable)).resolves.toBeDefined();
    }
  });

  test.each([
    ['canRetry false', info({ name: 'InternalException', canRetry: false })],
    ['a quota', info({ name: 'LimitExceededException' })],
    ['a bug of ours', info({ name: 'TypeError' })],
  ])('gives none for %s', async (_title, errorInfo) => {
    const strategy = createRetryStrategy(3);
    const token = await strategy.acquireInitialRetryToken('');
    await expect(strategy.refreshRetryTokenForRetry(token, errorInfo)).rejects.toBe(errorInfo.error);
  });

  test.each(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED'])('gives one for %s', async (code) => {
    const strategy = createRetryStrategy(3);
    const token = await strategy.acquireInitialRetryToken('');
    await expect(strategy.refreshRetryTokenForRetry(token, info({ name: 'Error', code }))).resolves.toBeDefined();
  });
});

test('The backoff doubles, is jittered, longer when throttled, and never over 20 s', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.constantFrom('THROTTLED' as const, 'TIMEOUT' as const),
      (retry, code) => {
        const base = code === 'THROTTLED' ? 500 : 100;
        const backoffMs = toBackoffMs(retry, code);
        expect(backoffMs).toBeGreaterThanOrEqual(0);
        expect(backoffMs).toBeLessThanOrEqual(Math.min(20_000, base * 2 ** (retry - 1)));
      },
    ),
  );
  expect(new Set(Array.from({ length: 10 }, () => toBackoffMs(1, 'TIMEOUT'))).size).toBeGreaterThan(1);
});

function info(fields: object): RetryErrorInfo {
  return { error: Object.assign(new Error('scripted'), fields) as never, errorType: 'CLIENT_ERROR' };
}
