import { describe, expect, jest, test } from '@jest/globals';
import type { RetryErrorInfo } from '@smithy/types';
import { createRetryStrategy, toBackoffMs } from '../src/inspector/retry-strategy.js';

const answered = { $metadata: { httpStatusCode: 400 } };
const retryable = info({ name: 'InternalException', canRetry: true, ...answered });

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
    ['canRetry false', info({ name: 'InternalException', canRetry: false, ...answered })],
    ['a quota', info({ name: 'LimitExceededException', ...answered })],
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

describe('The backoff', () => {
  test('doubles, starts higher when throttled, and never passes 20 s', () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(1);
    expect([1, 2, 3, 100].map((retry) => toBackoffMs(retry))).toEqual([100, 200, 400, 20_000]);
    expect([1, 2, 3, 100].map((retry) => toBackoffMs(retry, true))).toEqual([500, 1000, 2000, 20_000]);
    random.mockRestore();
  });

  test('is jittered over its whole length', () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0);
    expect(toBackoffMs(3)).toBe(0);
    random.mockRestore();
  });
});

function info(fields: object): RetryErrorInfo {
  return { error: Object.assign(new Error('scripted'), fields) as never, errorType: 'CLIENT_ERROR' };
}
