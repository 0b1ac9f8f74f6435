import { randomBytes } from 'node:crypto';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, jest, test } from '@jest/globals';
import { type Answer, createResponseCache, LARGE_LENGTH } from '../src/http/response-cache.js';

const toAnswer = (body: Answer['body'], answer: Partial<Answer> = {}): Answer => ({
  status: 200,
  headers: [],
  body,
  isPublic: true,
  expiresAt: performance.now() + 60_000,
  ...answer,
});
const stay = () => {};
const LARGE = Buffer.alloc(LARGE_LENGTH);

describe('The response cache', () => {
  test('caches a small answer at once', async () => {
    const cache = createResponseCache(1_000_000);
    const answer = toAnswer('small');
    await cache.make('key', async () => answer, stay);
    expect(cache.find('key')).toBe(answer);
  });

  test('admits a large answer at its second execution', async () => {
    const cache = createResponseCache(1_000_000);
    await cache.make('key', async () => toAnswer(LARGE), stay);
    await cache.make('other', async () => toAnswer(LARGE), stay);
    expect(cache.find('key')).toBeUndefined();
    const answer = toAnswer(LARGE);
    await cache.make('key', async () => answer, stay);
    expect(cache.find('key')).toBe(answer);
    expect(cache.find('other')).toBeUndefined();
  });

  test.each([
    ['is not to be shared', { isPublic: false }],
    ['is over already', { expiresAt: performance.now() - 1 }],
    ['may not be kept at all', { expiresAt: 0 }],
  ])('caches no answer that %s', async (_title, part) => {
    const cache = createResponseCache(1_000_000);
    await cache.make('key', async () => toAnswer('text', part), stay);
    expect(cache.find('key')).toBeUndefined();
  });

  test('drops an answer when it expires', async () => {
    const cache = createResponseCache(1_000_000);
    const { expiresAt } = await cache.make('key', async () => toAnswer('text'), stay);
    const now = jest.spyOn(performance, 'now').mockReturnValue(expiresAt);
    expect(cache.find('key')).toBeUndefined();
    now.mockRestore();
  });

  test('compresses an answer once for all requests', async () => {
    const cache = createResponseCache(1_000_000);
    const answer = await cache.make('key', async () => toAnswer('x'.repeat(2000)), stay);
    const [first, second] = await Promise.all([
      cache.compress('key', answer, 'br'),
      cache.compress('key', answer, 'br'),
    ]);
    expect(second).toBe(first);
    expect(await cache.compress('key', answer, 'br')).toBe(first);
    expect(brotliDecompressSync(first).toString()).toBe(answer.body);
    // With memory of its own, by which unsent bytes are counted.
    expect(first.buffer.byteLength).toBe(first.length);
  });

  test('counts the bytes of compressed bodies', async () => {
    const cache = createResponseCache(100_000);
    const body = randomBytes(10_000).toString('hex').slice(0, 10_000);
    const keys = ['first', 'second', 'third', 'fourth'];
    for (const key of keys) await cache.make(key, async () => toAnswer(body), stay);
    expect(keys.filter((key) => cache.find(key) !== undefined)).toEqual(keys);
    for (const key of keys) {
      const answer = cache.find(key);
      if (answer === undefined) continue;
      await cache.compress(key, answer, 'br');
      await cache.compress(key, answer, 'gzip');
    }
    expect(keys.filter((key) => cache.find(key) !== undefined)).toHaveLength(3);
  });

  test('never holds more bytes than its maximum, with keys and overhead', async () => {
    const cache = createResponseCache(100_000);
    const keys = Array.from({ length: 500 }, (_, number) => `key ${number}`);
    for (const key of keys) await cache.make(key, async () => toAnswer('x'.repeat(1000)), stay);
    const kept = keys.filter((key) => cache.find(key) !== undefined);
    expect(kept.length).toBeGreaterThan(30);
    expect(kept.length).toBeLessThan(100_000 / (2 * 1000));
    // The latest ones.
    expect(kept).toEqual(keys.slice(-kept.length));
  });

  test('caches nothing with 0 bytes, and still coalesces concurrent requests', async () => {
    const cache = createResponseCache(0);
    let made = 0;
    const execute = async () => {
      made += 1;
      return toAnswer('text');
    };
    const answers = await Promise.all([1, 2, 3].map(() => cache.make('key', execute, stay)));
    expect([made, new Set(answers).size]).toEqual([1, 1]);
    expect(cache.find('key')).toBeUndefined();
  });

  test('executes a request for each client when the answer is private', async () => {
    const cache = createResponseCache(1_000_000);
    let made = 0;
    const execute = async () => {
      made += 1;
      return toAnswer(`text ${made}`, { isPublic: false });
    };
    const answers = await Promise.all([1, 2, 3].map(() => cache.make('key', execute, stay)));
    expect(answers.map(({ body }) => body).sort()).toEqual(['text 1', 'text 2', 'text 3']);
  });
});
