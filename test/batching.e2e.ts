import { beforeAll, describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { exampleArn, freshArn, runArn, toRunNumber } from './helpers/runs.js';
import { type Answer, answerLikeInspector, startScriptedUpstream } from './helpers/scripted-upstream.js';

const CONCURRENCY = 7;

let answer: Answer = answerLikeInspector;
let upstream: Awaited<ReturnType<typeof startScriptedUpstream>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  upstream = await startScriptedUpstream((call, response) => answer(call, response));
  endAfterAll(upstream.stop);
  gateway = await startGateway({
    INSPECTOR_ENDPOINT: upstream.url,
    INSPECTOR_CONCURRENCY: String(CONCURRENCY),
    // From the environment of the user; the configured endpoint takes precedence.
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_ENDPOINT_URL_INSPECTOR: 'http://127.0.0.1:9',
    AWS_USE_FIPS_ENDPOINT: 'true',
  });
  endAfterAll(gateway.kill);
});

/** The calls of the upstream from now on. */
function countCalls(its: Answer = answerLikeInspector) {
  answer = its;
  upstream.calls.length = 0;
  return upstream;
}

describe('What a query costs', () => {
  test('is no call for the ARN of a run alone', async () => {
    const { calls } = countCalls();
    const result = await gateway.query(`{ assessmentRun(arn: "${exampleArn}") { __typename arn } }`);
    expect(result).toEqual({ data: { assessmentRun: { __typename: 'AssessmentRun', arn: exampleArn } } });
    expect(calls).toHaveLength(0);
  });

  test('is one call for 50 aliases of one run, in all three forms', async () => {
    const arn = freshArn();
    const { calls } = countCalls();
    const fields =
      'telemetry { count } telemetryTotal { count } telemetryResult { ... on Telemetry { total { count } } }';
    const aliases = Array.from({ length: 50 }, (_, n) => `a${n}: assessmentRun(arn: "${arn}") { ${fields} }`);

    const { data } = await gateway.query(`{ ${aliases.join(' ')} }`);

    const count = toRunNumber(arn);
    const run = { telemetry: [{ count }], telemetryTotal: { count }, telemetryResult: { total: { count } } };
    expect(Object.values(data)).toEqual(aliases.map(() => run));
    expect(calls.map((call) => call.operation)).toEqual(['GetTelemetryMetadata']);
  });

  test('is one call for 50 concurrent requests for one run', async () => {
    const arn = freshArn();
    const { calls } = countCalls();
    const query = `{ assessmentRun(arn: "${arn}") { name telemetry { count } } }`;

    const results = await Promise.all(Array.from({ length: 50 }, () => gateway.query(query)));

    const run = { name: `Run ${toRunNumber(arn)}`, telemetry: [{ count: toRunNumber(arn) }] };
    expect(results).toEqual(results.map(() => ({ data: { assessmentRun: run } })));
    expect(calls.map((call) => call.operation).sort()).toEqual(['DescribeAssessmentRuns', 'GetTelemetryMetadata']);
  });

  test('is no call for a cached run', async () => {
    const query = `{ assessmentRun(arn: "${freshArn()}") { name telemetry { count } } }`;
    const first = await gateway.query(query);
    const { calls } = countCalls();
    expect(await gateway.query(query)).toEqual(first);
    expect(calls).toHaveLength(0);
  });

  test('is 100 + 10 calls for 100 runs, in any regions, and never more in flight than allowed', async () => {
    const regions = ['us-west-2', 'eu-west-1', 'us-gov-west-1'];
    const arns = Array.from({ length: 100 }, (_, n) => runArn(5000 + n, regions[n % 3]));
    // Answers nothing until the limit of calls is in flight, or all that are left.
    const held: (() => void)[] = [];
    const { calls } = countCalls((call, response) => {
      held.push(() => void answerLikeInspector(call, response));
      if (held.length === CONCURRENCY || calls.length === 110)
        setImmediate(() => held.splice(0).forEach((go) => void go()));
    });

    const { data } = await gateway.query(
      'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { arn name telemetry { count } } }',
      { arns },
    );

    expect(data.assessmentRunsByArn).toEqual(
      arns.map((arn) => ({ arn, name: `Run ${toRunNumber(arn)}`, telemetry: [{ count: toRunNumber(arn) }] })),
    );
    expect(upstream.callsOf('GetTelemetryMetadata')).toHaveLength(100);
    expect(upstream.callsOf('DescribeAssessmentRuns').map((call) => call.input.assessmentRunArns.length)).toEqual(
      Array(10).fill(10),
    );
    expect(upstream.mostInFlight).toBe(CONCURRENCY);
  });

  test('is no call for an operation with too many runs', async () => {
    const { calls } = countCalls();
    const { data, errors } = await gateway.query(
      'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { name telemetry { count } } }',
      { arns: Array.from({ length: 101 }, () => freshArn()) },
    );
    expect(data).toBeUndefined();
    expect(errors[0].extensions.code).toBe('OPERATION_TOO_COSTLY');
    expect(calls).toHaveLength(0);
  });

  test('is no call for a client that accepts no JSON', async () => {
    const { calls } = countCalls();
    const { status } = await gateway.post(
      { query: `{ assessmentRun(arn: "${freshArn()}") { name } }` },
      { accept: 'image/png' },
    );
    expect(status).toBe(406);
    expect(calls).toHaveLength(0);
  });
});

test('Requests are unsigned and go to the configured endpoint, even with variables of AWS in the environment', async () => {
  const { calls } = countCalls();
  await gateway.query(`{ assessmentRun(arn: "${freshArn()}") { telemetry { count } } }`);
  expect(calls[0]?.headers).toMatchObject({
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'InspectorService.GetTelemetryMetadata',
  });
  expect(calls[0]?.headers).not.toHaveProperty('authorization');
});
