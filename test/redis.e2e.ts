import { createHash } from 'node:crypto';
import { describe, expect, jest, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { hasRedisServer, startRedisServer } from './helpers/redis-server.js';
import { freshArn, toRunNumber } from './helpers/runs.js';
import { answerLikeInspector, sendJson, startScriptedUpstream, toWireRun } from './helpers/scripted-upstream.js';

/** Servers and breakers take their time to come back. */
jest.setTimeout(30_000);

type Upstream = Awaited<ReturnType<typeof startScriptedUpstream>>;
type Gateway = Awaited<ReturnType<typeof startGateway>>;

async function startReplica(upstream: Upstream, redisUrl: string, environment: Record<string, string> = {}) {
  const gateway = await startGateway({ INSPECTOR_ENDPOINT: upstream.url, REDIS_URL: redisUrl, ...environment });
  endAfterAll(gateway.kill);
  return gateway;
}

/** An upstream, a Redis, and two replicas that use it already. */
async function startReplicas(answer = answerLikeInspector, environment: Record<string, string> = {}) {
  const upstream = await startScriptedUpstream(answer);
  endAfterAll(upstream.stop);
  const redis = await startRedisServer();
  const replicas = await Promise.all([1, 2].map(() => startReplica(upstream, redis.url, environment)));
  const [one, two] = replicas as [Gateway, Gateway];
  await untilShared(upstream, one, two);
  upstream.calls.length = 0;
  return { upstream, redis, one, two };
}

const telemetryCount = async (gateway: Gateway, arn: string) => {
  const { data, errors } = await gateway.query(`{ assessmentRun(arn: "${arn}") { telemetry { count } } }`);
  return errors ?? data.assessmentRun.telemetry[0].count;
};

/** Waits until a read of one replica costs the other no call. */
async function untilShared(upstream: Upstream, one: Gateway, two: Gateway): Promise<void> {
  for (;;) {
    const arn = freshArn();
    await telemetryCount(one, arn);
    const before = upstream.calls.length;
    await telemetryCount(two, arn);
    if (upstream.calls.length === before) return;
  }
}

(hasRedisServer ? describe : describe.skip)('Replicas that share a Redis', () => {
  test('read a run once, also for concurrent requests to each', async () => {
    const held: (() => void)[] = [];
    const { upstream, one, two } = await startReplicas((call, response) => {
      if (toRunNumber(call.input.assessmentRunArn ?? '') !== 7) return answerLikeInspector(call, response);
      held.push(() => answerLikeInspector(call, response));
    });
    const arn = freshArn().replace(/\d{8}$/, '00000007');
    const asked = [one, two, one, two].map((gateway) => telemetryCount(gateway, arn));
    while (held.length === 0) await telemetryCount(two, freshArn());
    // Time for the other replica to poll several times.
    for (let reads = 0; reads < 20; reads += 1) await telemetryCount(two, freshArn());
    for (const release of held) release();
    expect(await Promise.all(asked)).toEqual([7, 7, 7, 7]);
    expect(upstream.calls.filter(({ input }) => input.assessmentRunArn === arn)).toHaveLength(1);
  });

  test('wait for the replica that reads a run, also for longer than a lock lives', async () => {
    const held: (() => void)[] = [];
    const { upstream, redis, one, two } = await startReplicas((call, response) => {
      if (toRunNumber(call.input.assessmentRunArn ?? '') !== 6) return answerLikeInspector(call, response);
      held.push(() => answerLikeInspector(call, response));
    });
    const arn = freshArn().replace(/\d{8}$/, '00000006');
    const asked = [one, two].map((gateway) => telemetryCount(gateway, arn));
    await redis.ask(async (client) => {
      let remainingMs = Number.POSITIVE_INFINITY;
      // Until the lock has been renewed three times, or has expired so that the other one reads as well.
      for (let renewals = 0; renewals < 3 && held.length < 2; ) {
        const [lock] = await client.keys(`*${arn}*:lock`);
        const nowMs = lock === undefined ? 0 : await client.pTTL(lock);
        if (nowMs > remainingMs) renewals += 1;
        remainingMs = nowMs;
      }
    });
    for (const release of held) release();
    expect(await Promise.all(asked)).toEqual([6, 6]);
    expect(upstream.calls.filter(({ input }) => input.assessmentRunArn === arn)).toHaveLength(1);
  });

  test('share details, in batches, and dates stay dates', async () => {
    const { upstream, one, two } = await startReplicas();
    const arns = Array.from({ length: 12 }, () => freshArn());
    const query = `{ assessmentRunsByArn(arns: ${JSON.stringify(arns)}) { name state createdAt stateChangedAt } }`;
    const read = await one.query(query);
    expect(upstream.callsOf('DescribeAssessmentRuns').map(({ input }) => input.assessmentRunArns.length)).toEqual([
      10, 2,
    ]);
    expect(await two.query(query)).toEqual(read);
    expect(upstream.calls).toHaveLength(2);
    expect(read.data.assessmentRunsByArn[0].createdAt).toBe('2016-03-22T20:56:10.035Z');
  });

  test('go on after one that ends while it reads', async () => {
    let hangs = true;
    const { upstream, one, two } = await startReplicas((call, response) => {
      if (!hangs || call.operation !== 'GetTelemetryMetadata' || toRunNumber(call.input.assessmentRunArn) !== 8)
        return answerLikeInspector(call, response);
      hangs = false;
    });
    const arn = freshArn().replace(/\d{8}$/, '00000008');
    const lost = telemetryCount(one, arn).catch(() => 'lost');
    while (!upstream.calls.some(({ input }) => input.assessmentRunArn === arn)) await telemetryCount(two, freshArn());
    await one.kill();
    expect(await telemetryCount(two, arn)).toBe(8);
    expect(await lost).toBe('lost');
  });

  test('wait for one whose upstream hangs no longer than for the upstream itself', async () => {
    const answerOthers: typeof answerLikeInspector = (call, response) =>
      toRunNumber(call.input.assessmentRunArn ?? '') === 9 ? undefined : answerLikeInspector(call, response);
    const { upstream, one, two } = await startReplicas(answerOthers, { INSPECTOR_DEADLINE_MS: '1000' });
    const arn = freshArn().replace(/\d{8}$/, '00000009');
    const asked = [one, two].map((gateway) => telemetryCount(gateway, arn));
    for (const errors of await Promise.all(asked)) expect(errors[0].extensions.code).toBe('TIMEOUT');
    // The waiting one has timed out, too.
    expect(upstream.calls.filter(({ input }) => input.assessmentRunArn === arn)).toHaveLength(1);
  });

  test('read a run after another one has failed to', async () => {
    const failing = new Set<string>();
    const { upstream, one, two } = await startReplicas((call, response) => {
      const arn = call.input.assessmentRunArn;
      if (!failing.delete(arn)) return answerLikeInspector(call, response);
      sendJson(response, 400, {
        __type: 'AccessDeniedException',
        errorCode: 'ACCESS_DENIED',
        canRetry: false,
        message: '',
      });
    });
    const arn = freshArn();
    failing.add(arn);
    expect((await telemetryCount(one, arn))[0].extensions.code).toBe('ACCESS_DENIED');
    expect(await telemetryCount(two, arn)).toBe(toRunNumber(arn));
    expect(upstream.calls).toHaveLength(2);
  });

  test('go on without it while it is paused, gone, wiped or full of rubbish, and share again afterwards', async () => {
    const { upstream, redis, one, two } = await startReplicas();
    const wrong: unknown[] = [];
    const load = async (times: number) => {
      const arns = Array.from({ length: times }, () => freshArn());
      const asked = arns.flatMap((arn) =>
        [one, two].map(async (gateway) => ({ arn, count: await telemetryCount(gateway, arn) })),
      );
      for (const { arn, count } of await Promise.all(asked)) if (count !== toRunNumber(arn)) wrong.push({ arn, count });
    };

    redis.pause();
    for (let round = 0; round < 5; round += 1) await load(20);
    redis.resume();
    await untilShared(upstream, one, two);

    const underLoad = (async () => {
      for (let round = 0; round < 20; round += 1) await load(20);
    })();
    await redis.stop();
    await underLoad;
    await redis.startAgain();
    await untilShared(upstream, one, two);

    await redis.wipe();
    await load(20);
    await redis.ask(async (client) => {
      for (const key of await client.keys('*:{*')) await client.set(key, 'rubbish');
    });
    await load(20);
    // These compare as newer than any time, and are not valid values.
    const seen = freshArn();
    await telemetryCount(one, seen);
    for (const rubbish of ['\xff\xfe', '~~', '999999999999999jnull', '999999999999999j7']) {
      const arn = freshArn();
      await redis.ask(async (client) => {
        const [known = ''] = await client.keys(`*:{*${seen}*`);
        await client.set(known.replace(seen, arn), Buffer.from(rubbish, 'latin1'));
      });
      expect(await telemetryCount(one, arn)).toBe(toRunNumber(arn));
      expect(await telemetryCount(two, arn)).toBe(toRunNumber(arn));
    }
    await untilShared(upstream, one, two);
    expect(wrong).toEqual([]);

    for (const gateway of [one, two]) {
      const times = (message: RegExp) => gateway.log().filter(({ msg }) => message.test(msg)).length;
      // Once for each outage, and not for each probe of the breaker. A busy machine can make one outage two.
      expect(times(/^redis is back/)).toBeLessThanOrEqual(3);
      expect(times(/^redis is out of reach/)).toBeLessThanOrEqual(3);
      expect(times(/^redis holds something else/)).toBeLessThanOrEqual(1);
    }
  });

  test('use only values from it that they can have written', async () => {
    const { redis, one, two } = await startReplicas();
    const seen = freshArn();
    const query = (arn: string) => `{ assessmentRun(arn: "${arn}") { name createdAt telemetry { count } } }`;
    await one.query(query(seen));
    const names = await redis.ask(async (client) => ({
      telemetry: (await client.keys(`*telemetry:${seen}}`))[0] as string,
      details: (await client.keys(`*assessmentRun:${seen}}`))[0] as string,
    }));
    const details = await redis.ask((client) => client.get(names.details));
    const json = details?.slice(16) as string;
    const toTime = (ms: number) => String(ms).padStart(15, '0');
    const now = () => toTime(Date.now());
    const forged: [keyof typeof names, string][] = [
      ['telemetry', `${now()}j{"constructor":1}`],
      ['telemetry', `${now()}j[{"messageType":"Total"}]`],
      ['telemetry', `${now()}j[{"messageType":"Total","count":-0.5}]`],
      ['telemetry', `${now()}j[7]`],
      ['telemetry', `${toTime(Date.now() + 86_400_000)}j[{"messageType":"Total","count":7}]`],
      ['details', `${now()}j{"constructor":1}`],
      ['details', `${now()}j[]`],
      // The value of another run, and one with members of other types.
      ['details', `${now()}j${json}`],
      ['details', `${now()}j${json.replaceAll(seen, 'ARN').replace(/"createdAt":"[^"]*"/, '"createdAt":7')}`],
      ['details', `${now()}j${json.replaceAll(seen, 'ARN').replace(/"createdAt":"[^"]*"/, '"createdAt":"never"')}`],
      ['details', `${now()}j${json.replaceAll(seen, 'ARN').replace(/"name":"[^"]*"/, '"name":{}')}`],
    ];
    for (const [kind, text] of forged) {
      const arn = freshArn();
      const name = names[kind].replace(seen, arn);
      await redis.ask((client) => client.set(name, text.replaceAll('ARN', arn)));
      for (const gateway of [one, two]) {
        const { data, errors } = await gateway.query(query(arn));
        expect({ text, errors, name: data?.assessmentRun.name, count: data?.assessmentRun.telemetry[0].count }).toEqual(
          {
            text,
            errors: undefined,
            name: `Run ${toRunNumber(arn)}`,
            count: toRunNumber(arn),
          },
        );
      }
      expect(await redis.ask((client) => client.get(name))).not.toBe(text.replaceAll('ARN', arn));
    }
    // Another type of Redis, for which GET fails.
    for (let lists = 0; lists < 10; lists += 1) {
      const arn = freshArn();
      const name = names.telemetry.replace(seen, arn);
      await redis.ask((client) => client.lPush(name, 'rubbish'));
      expect(await telemetryCount(one, arn)).toBe(toRunNumber(arn));
      // The value is written behind the answer.
      let type = 'none';
      while (type === 'none') type = await redis.ask((client) => client.type(name));
      expect(type).toBe('string');
    }
    for (const gateway of [one, two]) {
      const messages = gateway.log().filter(({ msg }) => /redis/.test(msg));
      expect(messages.length).toBeLessThanOrEqual(1);
    }
    expect(one.log().filter(({ msg }) => /something else than gateways keep/.test(msg))).toHaveLength(1);
  });

  test.each([
    ['no lifetime', undefined],
    ['a lifetime longer than locks have', 3_600_000],
  ])('are not held up by a lock with %s', async (_, lifetimeMs) => {
    const { upstream, redis, one, two } = await startReplicas();
    const seen = freshArn();
    await telemetryCount(one, seen);
    const arn = freshArn();
    await redis.ask(async (client) => {
      const [name = ''] = await client.keys(`*telemetry:${seen}}`);
      const lock = `${name.replace(seen, arn)}:lock`;
      await client.set(
        lock,
        'nobody',
        lifetimeMs === undefined ? {} : { expiration: { type: 'PX', value: lifetimeMs } },
      );
    });
    const startedAt = performance.now();
    expect(await Promise.all([one, two].map((gateway) => telemetryCount(gateway, arn)))).toEqual(
      [1, 2].map(() => toRunNumber(arn)),
    );
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(upstream.calls.filter(({ input }) => input.assessmentRunArn === arn)).toHaveLength(1);
  });

  test('start, answer and stop without it, and use it once it is up', async () => {
    const upstream = await startScriptedUpstream();
    endAfterAll(upstream.stop);
    const redis = await startRedisServer();
    await redis.stop();
    const password = redis.url.replace('redis://', 'redis://user:secret-word@');
    const [one, two, three] = (await Promise.all(
      [redis.url, redis.url, password].map((url) => startReplica(upstream, url)),
    )) as [Gateway, Gateway, Gateway];
    for (let reads = 0; reads < 10; reads += 1) {
      const arn = freshArn();
      expect(await telemetryCount(three, arn)).toBe(toRunNumber(arn));
    }
    three.child.kill('SIGTERM');
    const { code, stderr } = await three.exited;
    expect(code).toBe(0);
    expect(stderr).toContain('redis is out of reach');
    expect(stderr).not.toContain('secret-word');
    await redis.startAgain();
    await untilShared(upstream, one, two);
    redis.pause();
    one.child.kill('SIGTERM');
    expect((await one.exited).code).toBe(0);
  });

  test('share nothing when their upstreams differ', async () => {
    const redis = await startRedisServer();
    const upstreams = await Promise.all(
      [1, 2].map((nth) =>
        startScriptedUpstream(({ operation, input }, response) =>
          operation === 'GetTelemetryMetadata'
            ? sendJson(response, 200, { telemetryMetadata: [{ messageType: 'Nth', count: nth }] })
            : sendJson(response, 200, { assessmentRuns: input.assessmentRunArns.map(toWireRun), failedItems: {} }),
        ),
      ),
    );
    for (const upstream of upstreams) endAfterAll(upstream.stop);
    const replicas = await Promise.all(upstreams.map((upstream) => startReplica(upstream, redis.url)));
    const arn = freshArn();
    const counts = [];
    for (const replica of [...replicas, ...replicas]) counts.push(await telemetryCount(replica, arn));
    expect(counts).toEqual([1, 2, 1, 2]);
  });

  test('share persisted queries', async () => {
    const { one, two } = await startReplicas();
    const query = `{ assessmentRun(arn: "${freshArn()}") { arn } }`;
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    expect((await one.post({ extensions })).body.errors[0].extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
    const { body } = await one.post({ query, extensions });
    let shared = await two.post({ extensions });
    // The client that sends a query does not wait for Redis.
    while (shared.body.errors?.[0].extensions.code === 'PERSISTED_QUERY_NOT_FOUND')
      shared = await two.post({ extensions });
    expect(shared.body).toEqual(body);
  });

  test('store a bounded number of persisted queries of bounded size, and none with a wrong hash', async () => {
    const { redis, one, two } = await startReplicas();
    const persist = async (gateway: Gateway, query: string) => {
      const sha256Hash = createHash('sha256').update(query).digest('hex');
      const extensions = { persistedQuery: { version: 1, sha256Hash } };
      const { body } = await gateway.post({ query, extensions });
      return { extensions, sha256Hash, body };
    };
    const long = await persist(one, `{ __typename } #${'x'.repeat(100_000)}`);
    expect(long.body).toEqual({ data: { __typename: 'Query' } });
    for (const gateway of [one, two]) {
      const { body } = await gateway.post({ extensions: long.extensions });
      expect(body.errors[0].extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
    }

    const first = await persist(one, '{ __typename } # 0');
    const names = () => redis.ask((client) => client.keys('*apq*'));
    expect((await names()).filter((name) => name.includes(long.sha256Hash))).toEqual([]);
    const [name = ''] = (await names()).filter((known) => known.includes(first.sha256Hash));
    await redis.ask((client) => client.set(name, '{ anything }'));
    expect((await two.post({ extensions: first.extensions })).body.errors[0].extensions.code).toBe(
      'PERSISTED_QUERY_NOT_FOUND',
    );
    for (const sha256Hash of ['*', 'x'.repeat(1000), { a: 1 }]) {
      const { status } = await two.post({ extensions: { persistedQuery: { version: 1, sha256Hash } } });
      expect(status).toBeLessThan(500);
    }

    // As if clients had sent this many since.
    const index = (await names()).find((known) => !known.includes(first.sha256Hash)) as string;
    await redis.ask(async (client) => {
      for (let number = 0; number < 1000; number += 1) {
        const hash = createHash('sha256').update(String(number)).digest('hex');
        await client.set(name.replace(first.sha256Hash, hash), String(number));
        await client.zAdd(index, { score: Date.now() + number, value: hash });
      }
    });
    await persist(one, '{ __typename } # 1');
    while ((await names()).length > 1001) await persist(one, `{ __typename } # ${Math.random()}`);
    expect(await names()).not.toContain(name);
    expect((await names()).length).toBeGreaterThan(990);
    expect(await redis.ask((client) => client.pTTL(index))).toBeGreaterThan(0);
    for (const known of await names()) expect(known).toMatch(/^inspector-gateway:/);
  });

  test('share a cluster as well', async () => {
    const upstream = await startScriptedUpstream();
    endAfterAll(upstream.stop);
    const redis = await startRedisServer(['--cluster-enabled', 'yes']);
    await redis.ask(async (client) => {
      await client.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383']);
      while (!String(await client.sendCommand(['CLUSTER', 'INFO'])).includes('cluster_state:ok'));
    });
    const urls = `${redis.url},${redis.url}`;
    const [one, two] = (await Promise.all([1, 2].map(() => startReplica(upstream, urls)))) as [Gateway, Gateway];
    await untilShared(upstream, one, two);
  });
});
