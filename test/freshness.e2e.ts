import { describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { hasRedisServer, startRedisServer } from './helpers/redis-server.js';
import { freshArn, runArn, toRunNumber } from './helpers/runs.js';
import { answerLikeInspector, sendJson, startScriptedUpstream } from './helpers/scripted-upstream.js';

const ONE = 'query ($arn: ID!) { assessmentRun(arn: $arn) { name telemetry { count } } }';

type Gateway = Awaited<ReturnType<typeof startGateway>>;

async function startReplica(environment: Record<string, string>): Promise<Gateway> {
  const gateway = await startGateway(environment);
  endAfterAll(gateway.kill);
  return gateway;
}

async function get({ url }: Gateway, query: string, variables: object, headers: Record<string, string> = {}) {
  const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const response = await fetch(`${url}/graphql?${search}`, {
    headers: { 'content-type': 'application/json', 'apollo-require-preflight': 'true', ...headers },
  });
  const text = await response.text();
  return { response, body: (text === '' ? null : JSON.parse(text)) as Json };
}

describe('Answers of an archive', () => {
  /** A gateway over a scripted archive, at a revision that may change, whose counts are those of the revision. */
  async function startOverArchive(environment: Record<string, string> = {}) {
    const state = { revision: 1, isSlow: false };
    const held: (() => void)[] = [];
    const upstream = await startScriptedUpstream((call, response) => {
      response.setHeader('x-inspector-archive', '1');
      if (call.operation === 'InspectorArchive.GetArchiveRevision') {
        return sendJson(response, 200, { apiVersion: 1, revision: String(state.revision), lastChangedAt: null });
      }
      const count = state.revision * 1000 + toRunNumber(call.input.assessmentRunArn ?? '');
      const answer = () =>
        call.operation === 'GetTelemetryMetadata'
          ? sendJson(response, 200, { telemetryMetadata: [{ messageType: 'x', count }] })
          : void answerLikeInspector(call, response);
      if (state.isSlow && call.operation === 'GetTelemetryMetadata') held.push(answer);
      else answer();
    });
    endAfterAll(upstream.stop);
    const gateway = await startReplica({ INSPECTOR_ENDPOINT: upstream.url, ...environment });
    const asksForRevision = () => upstream.callsOf('InspectorArchive.GetArchiveRevision').length;
    /** Waits until the revision was asked for again, and its answer was read. */
    const untilAsked = async () => {
      const before = asksForRevision();
      while (asksForRevision() < before + 2) await gateway.query('{ __typename }');
    };
    // Its first response shows that it is an archive.
    await gateway.query(ONE, { arn: freshArn() });
    await untilAsked();
    return { state, held, upstream, gateway, untilAsked };
  }

  test('may be kept by others for 3 s, and have another ETag after a change', async () => {
    const { state, gateway, untilAsked } = await startOverArchive();
    const variables = { arn: runArn(7) };
    const before = await get(gateway, ONE, variables);
    expect(before.response.headers.get('cache-control')).toBe('public, max-age=3');
    const kept = await get(gateway, ONE, variables);
    expect(kept.response.headers.get('cache-control')).toMatch(/^public, max-age=[23]$/);
    const ifNoneMatch = { 'if-none-match': String(before.response.headers.get('etag')) };
    expect((await get(gateway, ONE, variables, ifNoneMatch)).response.status).toBe(304);
    state.revision = 2;
    await untilAsked();
    const after = await get(gateway, ONE, variables, ifNoneMatch);
    expect(after.response.status).toBe(200);
    expect(after.body.data.assessmentRun.telemetry).toEqual([{ count: 2007 }]);
  });

  test('that were made while it changed are kept by nobody', async () => {
    const { state, held, gateway, untilAsked } = await startOverArchive();
    const variables = { arn: runArn(8) };
    state.isSlow = true;
    const inFlight = get(gateway, ONE, variables);
    while (held.length === 0) await gateway.query('{ __typename }');
    state.isSlow = false;
    state.revision = 2;
    await untilAsked();
    for (const answer of held) answer();
    const { response, body } = await inFlight;
    expect(body.data.assessmentRun.telemetry).toEqual([{ count: 1008 }]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect((await get(gateway, ONE, variables)).body.data.assessmentRun.telemetry).toEqual([{ count: 2008 }]);
  });

  (hasRedisServer ? test : test.skip)('are shared by replicas at the same revision, and not at another', async () => {
    const redis = await startRedisServer();
    const { state, upstream, gateway: one, untilAsked } = await startOverArchive({ REDIS_URL: redis.url });
    const readKeys = async () =>
      (await redis.ask((client) => client.keys('*'))).filter((key) => key.includes('telemetry:'));
    const arn = runArn(9);
    const read = async (gateway: Gateway) => (await gateway.query(ONE, { arn })).data.assessmentRun.telemetry[0].count;
    expect(await read(one)).toBe(1009);
    while (!(await readKeys()).some((key) => key.includes(arn))) await one.query('{ __typename }');
    expect((await readKeys()).filter((key) => !/:1:\{telemetry:/.test(key))).toEqual([]);

    const two = await startReplica({ INSPECTOR_ENDPOINT: upstream.url, REDIS_URL: redis.url });
    // It knows the revision after its first call, and reads the run from Redis then.
    await two.query(ONE, { arn: freshArn() });
    await untilAsked();
    upstream.calls.length = 0;
    expect(await read(two)).toBe(1009);
    expect(upstream.callsOf('GetTelemetryMetadata')).toEqual([]);

    state.revision = 2;
    await untilAsked();
    await untilAsked();
    expect([await read(one), await read(two)]).toEqual([2009, 2009]);
    expect(upstream.callsOf('GetTelemetryMetadata')).toHaveLength(1);
    while ((await readKeys()).filter((key) => key.includes(':2:{')).length === 0) await one.query('{ __typename }');
  });
});
