import { beforeAll, describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { createKeysFile } from './helpers/keys.js';
import { hasRedisServer, startRedisServer } from './helpers/redis-server.js';
import { exampleArn } from './helpers/runs.js';

type Gateway = Awaited<ReturnType<typeof startGateway>>;

/** Ten fields; an alias makes it another question, which nothing is kept for. */
const toQuery = (name: string) =>
  `{ ${name}: assessmentRun(arn: "${exampleArn}") { ${Array.from({ length: 9 }, (_, n) => `f${n}: name`).join(' ')} } }`;
/** In an hour none of it comes back. */
const BUDGET = { BUDGET_PER_SECOND: '1', BUDGET_BURST: '30' };

const { path, keys } = createKeysFile({
  ada: { accounts: ['*'] },
  bob: { accounts: ['*'] },
  cleo: { accounts: ['*'] },
});

let asked = 0;
function ask({ post }: Gateway, headers: Record<string, string>, query?: string) {
  asked += 1;
  return post({ query: query ?? toQuery(`q${asked}`) }, headers);
}

const as = (key: string) => ({ authorization: `Bearer ${key}` });

describe('A caller with a budget', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ AUTH: 'keys', API_KEYS_FILE: path, ...BUDGET });
    endAfterAll(gateway.kill);
  });

  test('is refused by 429 and when to ask again once it is used up', async () => {
    for (let times = 0; times < 3; times += 1) expect((await ask(gateway, as(keys.ada))).status).toBe(200);
    const result = await ask(gateway, as(keys.ada));
    expect(result.status).toBe(429);
    const { code, errorCode, canRetry, retryAfterMs } = result.body.errors[0].extensions;
    expect([code, errorCode, canRetry]).toEqual(['RATE_LIMITED', null, true]);
    expect(retryAfterMs).toBeGreaterThan(7000);
    expect(retryAfterMs).toBeLessThanOrEqual(10_000);
    expect(Number(result.headers.get('retry-after'))).toBe(Math.ceil(retryAfterMs / 1000));
    expect(result.headers.get('cache-control')).toBe('no-store');
  });

  test('spends nothing of anybody else, and gets what was kept for nothing', async () => {
    const query = toQuery('kept');
    expect((await ask(gateway, as(keys.bob), query)).status).toBe(200);
    for (let times = 0; times < 10; times += 1) expect((await ask(gateway, as(keys.ada), query)).status).toBe(200);
  });

  test('is not refused for what another one who asks the same may not spend', async () => {
    const query = toQuery('together');
    const answers = await Promise.all([ask(gateway, as(keys.ada), query), ask(gateway, as(keys.cleo), query)]);
    expect(answers.map(({ status }) => status)).toEqual([429, 200]);
  });
});

test('Callers who are not asked who they are have a budget by their address, as trusted proxies tell it', async () => {
  const gateway = await startGateway({ ...BUDGET, TRUSTED_PROXIES: '127.0.0.1' });
  endAfterAll(gateway.kill);
  const from = (address: string) => ({ 'x-forwarded-for': address });
  for (let times = 0; times < 3; times += 1) expect((await ask(gateway, from('192.0.2.1'))).status).toBe(200);
  expect((await ask(gateway, from('192.0.2.1'))).status).toBe(429);
  expect((await ask(gateway, from('192.0.2.2'))).status).toBe(200);
});

(hasRedisServer ? test : test.skip)(
  'Replicas share budgets by Redis, and go on without it (left out without a Redis)',
  async () => {
    const redis = await startRedisServer();
    const settings = { AUTH: 'keys', API_KEYS_FILE: path, REDIS_URL: redis.url, ...BUDGET };
    const [one, other] = await Promise.all([startGateway(settings), startGateway(settings)]);
    for (const { kill } of [one, other]) endAfterAll(kill);
    for (const gateway of [one, other, one]) expect((await ask(gateway, as(keys.ada))).status).toBe(200);
    expect((await ask(other, as(keys.ada))).status).toBe(429);
    expect((await ask(one, as(keys.bob))).status).toBe(200);
    await redis.stop();
    expect((await ask(other, as(keys.ada))).status).toBe(200);
  },
);
