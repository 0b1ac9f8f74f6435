import { getEventListeners } from 'node:events';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createAwsSource, createEndpointSource } from '../src/inspector/sdk/inspector-source.js';
import { createSdkInspectorApi } from '../src/inspector/sdk/sdk-inspector-api.js';
import { endAfterAll } from './helpers/cleanup.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { freshArn, runArn, toRunNumber } from './helpers/runs.js';
import { type Answer, answerLikeInspector, sendJson, startScriptedUpstream } from './helpers/scripted-upstream.js';

/** An upstream whose script can be changed. */
async function startUpstream() {
  let answer: Answer = answerLikeInspector;
  const upstream = await startScriptedUpstream((call, response) => answer(call, response));
  endAfterAll(upstream.stop);
  const script = (its: Answer) => {
    answer = its;
    upstream.calls.length = 0;
  };
  return Object.assign(upstream, { script });
}

async function start(environment: Record<string, string> = {}) {
  const upstream = await startUpstream();
  const gateway = await startGateway({ INSPECTOR_ENDPOINT: upstream.url, ...environment });
  endAfterAll(gateway.kill);
  return { upstream, gateway };
}

const QUERY = `query ($arns: [ID!]!) {
  assessmentRunsByArn(arns: $arns) {
    telemetry { count }
    telemetryResult { ... on ServiceError { code canRetry retryAfterMs message } }
  }
}`;

const fail: Answer = (_call, response) =>
  sendJson(response, 500, { __type: 'InternalException', message: 'Down', canRetry: true });

const freshArns = (count: number, region?: string) =>
  Array.from({ length: count }, () => runArn(toRunNumber(freshArn()), region));

describe('An upstream that fails for all runs', () => {
  test('opens the circuit of its region alone, and the errors say when to retry', async () => {
    const { upstream, gateway } = await start();
    upstream.script(fail);
    await gateway.query(QUERY, { arns: freshArns(100) });
    upstream.script(answerLikeInspector);

    const [arn] = freshArns(1);
    const { data, errors } = await gateway.query(QUERY, { arns: [arn] });

    const { retryAfterMs } = errors[0].extensions;
    expect(errors).toEqual([
      {
        message: expect.stringContaining('Inspector has failed repeatedly and is left alone for a moment.'),
        path: ['assessmentRunsByArn', 0, 'telemetry'],
        locations: expect.anything(),
        extensions: {
          code: 'SERVICE_UNAVAILABLE',
          errorCode: null,
          canRetry: true,
          requestId: null,
          service: 'inspector',
          operation: 'GetTelemetryMetadata',
          retryAfterMs,
        },
      },
    ]);
    expect(Number.isInteger(retryAfterMs)).toBe(true);
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(5000);
    expect(data.assessmentRunsByArn[0].telemetryResult).toEqual({
      code: 'SERVICE_UNAVAILABLE',
      canRetry: true,
      retryAfterMs,
      message: errors[0].message,
    });
    expect(upstream.calls).toHaveLength(0);

    const [elsewhere] = freshArns(1, 'eu-west-1');
    const other = await gateway.query(
      'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { name telemetry { count } } }',
      {
        arns: [arn, elsewhere],
      },
    );
    // Also where one call would describe both.
    expect(other.data.assessmentRunsByArn).toEqual([
      { name: null, telemetry: null },
      { name: `Run ${toRunNumber(elsewhere as string)}`, telemetry: [{ count: toRunNumber(elsewhere as string) }] },
    ]);
    expect(upstream.calls).toHaveLength(2);
  });

  test('because it throttles leaves the circuit closed', async () => {
    const { upstream, gateway } = await start({ INSPECTOR_MAX_ATTEMPTS: '1' });
    upstream.script((_call, response) => sendJson(response, 429, {}));
    await gateway.query(QUERY, { arns: freshArns(100) });
    expect(upstream.calls).toHaveLength(100);
    upstream.script(answerLikeInspector);
    expect((await gateway.query(QUERY, { arns: freshArns(1) })).errors).toBeUndefined();
  });
});

test('A run that fails again and again does not fail others', async () => {
  const { upstream, gateway } = await start();
  const bad = freshArn();
  upstream.script((call, response) =>
    call.input.assessmentRunArn === bad ? fail(call, response) : answerLikeInspector(call, response),
  );
  for (let again = 0; again < 5; again += 1) {
    const arns = [bad, ...freshArns(20)];
    const { data, errors } = await gateway.query(QUERY, { arns });
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_EXCEPTION', requestId: 'upstream-request-id' } }]);
    expect(errors[0].extensions).not.toHaveProperty('retryAfterMs');
    expect(data.assessmentRunsByArn.slice(1)).toMatchObject(
      arns.slice(1).map((arn) => ({ telemetry: [{ count: toRunNumber(arn) }] })),
    );
  }
  expect(upstream.calls.filter((call) => call.input.assessmentRunArn === bad)).toHaveLength(15);
});

describe('A client that disconnects', () => {
  const limits = { connectTimeoutMs: 1000, deadlineMs: 60_000, maxAttempts: 3, concurrency: 2 };
  let upstream: Awaited<ReturnType<typeof startUpstream>>;
  let inspector: ReturnType<typeof createSdkInspectorApi>;
  /** The failure of an aborted read. */
  const gone = { message: 'The reader has gone.', code: 'SERVICE_UNAVAILABLE', canRetry: true };

  beforeEach(async () => {
    upstream = await startUpstream();
    inspector = createSdkInspectorApi(createEndpointSource(upstream.url), limits);
    endAfterAll(async () => inspector.close());
  });

  /** Resolves when the upstream has this many calls, with a function that answers them. */
  function hold(count: number) {
    const held: { arn: string; answer: () => void; closed: Promise<unknown> }[] = [];
    return new Promise<typeof held>((resolve) => {
      upstream.script((call, response) => {
        held.push({
          arn: call.input.assessmentRunArn ?? call.input.assessmentRunArns,
          answer: () => void answerLikeInspector(call, response),
          closed: new Promise((closed) =>
            response.once('close', () => closed(response.writableEnded ? 'answered' : 'given up')),
          ),
        });
        if (held.length === count) resolve(held);
      });
    });
  }

  test('aborts its own call alone, and leaves no listener behind', async () => {
    const holding = hold(2);
    const reader = new AbortController();
    const [first, second] = [freshArn(), freshArn()];
    const theirs = inspector.getTelemetryMetadata(first, { signal: reader.signal });
    const others = inspector.getTelemetryMetadata(second, { signal: new AbortController().signal });
    const held = await holding;
    reader.abort();
    await expect(theirs).rejects.toMatchObject(gone);
    const callOf = (arn: string) => held.find((call) => call.arn === arn);
    expect(await callOf(first)?.closed).toBe('given up');
    callOf(second)?.answer();
    expect(await others).toMatchObject([{ count: toRunNumber(second) }]);
    expect(await callOf(second)?.closed).toBe('answered');
    expect(getEventListeners(reader.signal, 'abort')).toEqual([]);
    expect(upstream.calls).toHaveLength(2);
  });

  test('aborts all calls of a read', async () => {
    const holding = hold(2);
    const reader = new AbortController();
    const read = inspector.describe(
      'assessmentRun',
      Array.from({ length: 50 }, () => freshArn()),
      { signal: reader.signal },
    );
    const held = await holding;
    reader.abort();
    await expect(read).rejects.toMatchObject(gone);
    expect(await Promise.all(held.map(({ closed }) => closed))).toEqual(['given up', 'given up']);
    await upstream.idle();
    expect(upstream.calls).toHaveLength(2);
  });

  test('leaves the queue for a slot', async () => {
    const holding = hold(2);
    const reads = [freshArn(), freshArn()].map((arn) => inspector.getTelemetryMetadata(arn));
    const held = await holding;
    const reader = new AbortController();
    const waiting = inspector.getTelemetryMetadata(freshArn(), { signal: reader.signal });
    const last = inspector.getTelemetryMetadata(runArn(7));
    reader.abort();
    await expect(waiting).rejects.toMatchObject(gone);
    upstream.script(answerLikeInspector);
    for (const { answer } of held) answer();
    await Promise.all(reads);
    expect(await last).toMatchObject([{ count: 7 }]);
    expect(upstream.calls.map((call) => call.input.assessmentRunArn)).toEqual([runArn(7)]);
  });

  test('has no retries', async () => {
    const reader = new AbortController();
    upstream.script((call, response) => {
      response.once('close', () => reader.abort());
      fail(call, response);
    });
    await expect(inspector.getTelemetryMetadata(freshArn(), { signal: reader.signal })).rejects.toMatchObject(gone);
    expect(upstream.calls).toHaveLength(1);
  });

  test('before the first call has none', async () => {
    upstream.script(answerLikeInspector);
    for (const read of [
      inspector.getTelemetryMetadata(freshArn(), { signal: AbortSignal.abort() }),
      inspector.describe('assessmentRun', [freshArn()], { signal: AbortSignal.abort() }),
      inspector.list('assessmentRun', { criteria: {}, maxResults: 10 }, { signal: AbortSignal.abort() }),
    ]) {
      await expect(read).rejects.toMatchObject(gone);
    }
    expect(upstream.calls).toHaveLength(0);
  });
});

test('With an endpoint for each region, a hanging one takes no slot of another', async () => {
  const [hanging, fine] = [await startUpstream(), await startUpstream()];
  hanging.script(() => {});
  const source = {
    ...createAwsSource(['us-east-1', 'us-west-2']),
    signed: false,
    endpointFor: (region: string) => (region === 'us-east-1' ? hanging.url : fine.url),
  };
  const limits = { connectTimeoutMs: 1000, deadlineMs: 60_000, maxAttempts: 3, concurrency: 2 };
  const inspector = createSdkInspectorApi(source, limits);
  endAfterAll(async () => inspector.close());
  const reader = new AbortController();
  const reads = freshArns(10, 'us-east-1').map((arn) => inspector.getTelemetryMetadata(arn, { signal: reader.signal }));
  expect(await inspector.getTelemetryMetadata(runArn(3))).toMatchObject([{ count: 3 }]);
  reader.abort();
  for (const read of reads) await expect(read).rejects.toMatchObject({ message: expect.stringContaining('reader') });
});

test('Retry-After is retryAfterMs in seconds, of `errors` and of failures as data, and absent without a failure', async () => {
  const { upstream, gateway } = await start();
  const down = 'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { telemetry { count } } }';
  const asData = `query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) {
    telemetryResult { ... on ServiceError { retryAfterMs } }
  } }`;
  const fine = await gateway.post({ query: down, variables: { arns: freshArns(1) } });
  expect(fine.headers.get('retry-after')).toBeNull();
  upstream.script(fail);
  const findMs = ({ body }: { body: Json }): number[] => [
    ...(body.errors ?? []).map(({ extensions }: Json) => extensions.retryAfterMs ?? 0),
    ...(body.data?.assessmentRunsByArn ?? []).map((run: Json) => run?.telemetryResult?.retryAfterMs ?? 0),
  ];
  for (const query of [down, asData]) {
    let answer: Awaited<ReturnType<typeof gateway.post>>;
    // Until the circuit opens.
    do answer = await gateway.post({ query, variables: { arns: freshArns(5) } });
    while (Math.max(...findMs(answer)) === 0);
    expect(answer.headers.get('retry-after')).toBe(String(Math.ceil(Math.max(...findMs(answer)) / 1000)));
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }
});
