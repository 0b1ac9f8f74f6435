import { request as ask, createServer, type IncomingMessage } from 'node:http';
import { afterEach, expect, jest, test } from '@jest/globals';
import { createRawRequestCache } from '../src/http/raw-request-cache.js';
import { listen } from '../src/process/listening-socket.js';
import { endAfterAll } from './helpers/cleanup.js';

afterEach(() => {
  jest.restoreAllMocks();
});

const LIFETIME_MS = 1000;

/** A server behind a raw-request cache, whose answers expire after a second or `lifetimeMs`, and which counts its requests. */
async function startServer(headers: Record<string, string> = {}, lifetimeMs = LIFETIME_MS) {
  let asked = 0;
  const rawRequestCache = createRawRequestCache({
    path: '/',
    maxBytes: 1_000_000,
    cors: { isAllowed: (origin) => origin === 'https://portal.example' },
    toRequestId: () => 'id',
    onAnswered: () => {},
  });
  const server = createServer(
    rawRequestCache.wrap(async (request, response) => {
      asked += 1;
      for await (const _chunk of request);
      const answer = { status: 200, headers: [], body: 'the same text', isPublic: true };
      rawRequestCache.keep(request, headers, { ...answer, expiresAt: performance.now() + lifetimeMs });
      response.end('the same text');
    }),
  );
  const url = await listen(server, '127.0.0.1', 0, 'PORT');
  endAfterAll(async () => {
    server.close();
    server.closeAllConnections();
  });
  const post = () =>
    new Promise<string>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': 2 };
      ask(url, { method: 'POST', headers }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve(text);
      })
        .on('error', reject)
        .end('{}');
    });
  const get = (ownHeaders: Record<string, string>, path = '/?query=x') =>
    new Promise<IncomingMessage>((resolve, reject) => {
      ask(url + path, { headers: ownHeaders }, (response) => resolve(response.resume()))
        .on('error', reject)
        .end();
    });
  return { post, get, asked: () => asked };
}

test('A cached answer is sent until it expires, and again once the same one is cached again', async () => {
  const { post, asked } = await startServer();
  const startedAt = performance.now();
  const now = jest.spyOn(performance, 'now').mockReturnValue(startedAt);
  const times: number[] = [];
  for (const afterMs of [0, 1, 999, 1000, 1001, 1999, 2000, 2001]) {
    now.mockReturnValue(startedAt + afterMs);
    expect(await post()).toBe('the same text');
    times.push(asked());
  }
  expect(times).toEqual([1, 1, 1, 2, 2, 2, 3, 3]);
});

const SAFE = { 'apollo-require-preflight': '1' };

test('A GET is answered from the cache, with the rest of its max-age, and with 304 to a client that has it', async () => {
  const { get, asked } = await startServer({ etag: '"e"', 'content-type': 'text/plain', 'cache-control': 'stale' });
  const startedAt = performance.now();
  const now = jest.spyOn(performance, 'now').mockReturnValue(startedAt);
  await get(SAFE);
  now.mockReturnValue(startedAt + 1);
  const { statusCode, headers } = await get(SAFE);
  expect([statusCode, headers]).toMatchObject([
    200,
    { etag: '"e"', 'content-type': 'text/plain', 'cache-control': 'public, no-cache', 'x-request-id': 'id' },
  ]);
  const unchanged = await get({ ...SAFE, 'if-none-match': 'W/"e"' });
  expect([unchanged.statusCode, unchanged.headers]).toMatchObject([304, { etag: '"e"', 'x-request-id': 'id' }]);
  expect(unchanged.headers).not.toHaveProperty('content-type');
  expect(unchanged.headers).not.toHaveProperty('content-length');
  expect((await get({ ...SAFE, 'if-none-match': '"other"' })).statusCode).toBe(200);
  expect(asked()).toBe(1);
});

test.each<[string, Record<string, string>, string]>([
  ['another URL', SAFE, '/?query=y'],
  ['another media type', { ...SAFE, accept: 'text/html' }, '/?query=x'],
  ['another encoding', { ...SAFE, 'accept-encoding': 'br' }, '/?query=x'],
  ['another origin', { ...SAFE, origin: 'https://portal.example' }, '/?query=x'],
  ['no header that is safe', {}, '/?query=x'],
  ['an origin that may not ask', { origin: 'https://evil.example' }, '/?query=x'],
  ['a type of body that Apollo Server refuses', { ...SAFE, 'content-type': 'text/plain' }, '/?query=x'],
  ['a body', { ...SAFE, 'transfer-encoding': 'chunked' }, '/?query=x'],
])('A GET with %s is another request', async (_title, headers, path) => {
  const { get, asked } = await startServer();
  await get(SAFE);
  await get(SAFE);
  expect(asked()).toBe(1);
  await get(headers, path);
  expect(asked()).toBe(2);
});

test('A GET from the cache has the rest of its max-age', async () => {
  const { get, asked } = await startServer({ etag: '"e"' }, 60_000);
  // Whole milliseconds, so that sums are exact.
  const startedAt = Math.ceil(performance.now());
  const now = jest.spyOn(performance, 'now').mockReturnValue(startedAt);
  await get(SAFE);
  const told: unknown[] = [];
  for (const afterMs of [0, 1, 10_000, 58_999, 59_001, 59_999]) {
    now.mockReturnValue(startedAt + afterMs);
    told.push((await get(SAFE)).headers['cache-control']);
  }
  const maxAges = [60, 59, 50, 1].map((seconds) => `public, max-age=${seconds}`);
  expect(told).toEqual([...maxAges, 'public, no-cache', 'public, no-cache']);
  expect(asked()).toBe(1);
});
