import { expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { freshArn, toRunNumber } from './helpers/runs.js';
import { startScriptedUpstream } from './helpers/scripted-upstream.js';

test('Any number of runs passes through a process of bounded memory', async () => {
  const upstream = await startScriptedUpstream();
  endAfterAll(upstream.stop);
  // 10 kB of each run would be 60 MB at the end, more than this heap.
  const gateway = await startGateway({ INSPECTOR_ENDPOINT: upstream.url, CACHE_MAX_RUNS: '10', LOG_LEVEL: 'silent' }, [
    '--max-old-space-size=64',
  ]);
  endAfterAll(gateway.kill);
  const QUERY = 'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { telemetry { count } } }';

  for (let batch = 0; batch < 60; batch += 1) {
    const arns = Array.from({ length: 100 }, () => freshArn());
    const { data } = await gateway.query(QUERY, { arns });
    expect(data.assessmentRunsByArn).toEqual(arns.map((arn) => ({ telemetry: [{ count: toRunNumber(arn) }] })));
  }
  expect(upstream.calls).toHaveLength(6000);
}, 60_000);
