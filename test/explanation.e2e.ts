import { beforeAll, describe, expect, test } from '@jest/globals';
import { describeCacheStatus } from '../portal/explorer/answer-facts.js';
import { HANDLINGS } from '../src/http/explanation.js';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { readText } from './helpers/manifests.js';
import { exampleArn } from './helpers/runs.js';

let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  gateway = await startGateway();
  endAfterAll(gateway.kill);
});

const EXPLAINED = { 'x-inspector-explain': '1' };
const toQuery = (name: string) =>
  `query ${name} { assessmentRun(arn: "${exampleArn}") { name telemetryTotal { count } } }`;
const COST = 'runs=1;max=100, entities=0;max=2000, nodes=1;max=10000, fields=4;max=50000, bytes=144;max=8388608';

/** Posts a body, and returns what the answer says of itself. */
async function explain(body: object, headers: Record<string, string> = EXPLAINED) {
  const answer = await gateway.post(body, headers);
  const read = (name: string) => answer.headers.get(name);
  return { status: answer.status, cacheStatus: read('cache-status'), cost: read('x-operation-cost') };
}

test('The docs and the explorer say what each explanation means', () => {
  const rows = [...readText('docs/clients.md').matchAll(/^\| `((?:hit|fwd).*?)` \|/gm)].map(([, handling]) => handling);
  expect(rows).toEqual(HANDLINGS);
  const words = HANDLINGS.map((handling) =>
    describeCacheStatus(`proxy; fwd=miss, inspector-gateway; ${handling}; ttl=299`),
  );
  expect(words).toEqual([
    'a kept answer to the same request',
    'a kept answer to the same question',
    'put together from kept parts',
    'executed, kept for 5 min',
    'executed, kept for 5 min',
  ]);
  expect([null, 'proxy; hit', 'inspector-gateway; hit; detail=new'].map(describeCacheStatus)).toEqual(
    Array(3).fill('not known whether it was kept'),
  );
});

describe('A client that asks for an explanation', () => {
  test('learns which cache answered, for how long more it may, and what the operation costs', async () => {
    const query = toQuery('Kept');
    const executed = await explain({ query });
    expect(executed).toEqual({
      status: 200,
      cacheStatus: expect.stringMatching(/^inspector-gateway; fwd=miss; ttl=\d+$/),
      cost: COST,
    });
    expect(await explain({ query })).toEqual({
      ...executed,
      cacheStatus: expect.stringMatching(/^inspector-gateway; hit; detail=raw-request; ttl=\d+$/),
    });
    expect(await explain({ variables: {}, query })).toEqual({
      ...executed,
      cacheStatus: expect.stringMatching(/^inspector-gateway; (hit; detail=answer|fwd=miss); ttl=\d+$/),
    });
  });

  test('learns that of an answer to a client that did not ask for one', async () => {
    const query = toQuery('Others');
    expect(await explain({ query }, {})).toEqual({ status: 200, cacheStatus: null, cost: null });
    expect(await explain({ query })).toMatchObject({ cacheStatus: expect.stringContaining('raw-request'), cost: COST });
  });

  test('changes nothing for those who do not', async () => {
    const query = toQuery('Own');
    for (let times = 0; times < 3; times += 1) await explain({ query });
    expect(await explain({ query }, {})).toEqual({ status: 200, cacheStatus: null, cost: null });
  });

  test('learns that a failure is not kept', async () => {
    const query = toQuery('Failing').replace('0-MKkpXXPE', '0-00000000').replace('name ', '');
    for (let times = 0; times < 2; times += 1) {
      expect(await explain({ query })).toMatchObject({ cacheStatus: 'inspector-gateway; fwd=miss' });
    }
  });

  test('learns of an answer that was joined, which nobody counted', async () => {
    const query = 'query Joined($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { name telemetry { count } } }';
    const runs = await gateway.query('{ assessmentRuns(first: 3, filter: { states: [COMPLETED] }) { nodes { arn } } }');
    const arns: string[] = runs.data.assessmentRuns.nodes.map(({ arn }: { arn: string }) => arn);
    const headers = { ...EXPLAINED, 'accept-encoding': 'identity' };
    for (const arn of arns) await explain({ query, variables: { arns: [arn] } }, headers);
    await explain({ query, variables: { arns } }, headers);
    const joined = await explain({ query, variables: { arns: arns.toReversed() } }, headers);
    expect(joined).toEqual({ status: 200, cacheStatus: 'inspector-gateway; hit; detail=joined', cost: null });
  });

  test('learns what a refused operation would cost', async () => {
    const pages = Array.from({ length: 6 }, (_, at) => `p${at}: assessmentRuns(first: ${100 - at}) { nodes { name } }`);
    expect(await explain({ query: `{ ${pages.join(' ')} }` })).toMatchObject({
      status: 200,
      cost: expect.stringMatching(/^runs=585;max=100, /),
    });
  });

  test('learns of no cost where nothing was counted', async () => {
    expect(await explain({ query: '{ nothing }' })).toMatchObject({ cost: null });
  });
});
