import { request as ask, createServer } from 'node:http';
import { afterEach, expect, jest, test } from '@jest/globals';
import { createFirstLook } from '../src/http/first-look.js';
import { listen } from '../src/listen.js';
import { endAfterAll } from './helpers/cleanup.js';

afterEach(() => {
  jest.restoreAllMocks();
});

const LIFETIME_MS = 1000;

/** A server behind a first look, which keeps its answers for a second, and says how often it was asked. */
async function startServer() {
  let asked = 0;
  const firstLook = createFirstLook({
    path: '/',
    maxBytes: 1_000_000,
    cors: { isAllowed: () => false },
    toRequestId: () => 'id',
    onAnswered: () => {},
  });
  const server = createServer(
    firstLook.wrap(async (request, response) => {
      asked += 1;
      for await (const _chunk of request);
      const answer = { status: 200, headers: [], body: 'the same text', isShareable: true };
      firstLook.keep(request, {}, { ...answer, expiresAt: performance.now() + LIFETIME_MS });
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
  return { post, asked: () => asked };
}

test('A first look answers until the answer is over, and again once the same one has been made anew', async () => {
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
