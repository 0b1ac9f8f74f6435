import { beforeAll, describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { expectFailure, FAILURE_QUERY } from './helpers/failure-query.js';
import { failureCases, MAX_ATTEMPTS } from './helpers/failures.js';
import { startGateway } from './helpers/gateway.js';
import { freshArn, runArn, toRunNumber } from './helpers/runs.js';
import {
  type Answer,
  answerLikeInspector,
  sendJson,
  startScriptedUpstream,
  toWireRun,
} from './helpers/scripted-upstream.js';

/** The script of the current test. */
let answer: Answer;
let upstream: Awaited<ReturnType<typeof startScriptedUpstream>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let hurriedGateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  upstream = await startScriptedUpstream((call, response) => answer(call, response));
  endAfterAll(upstream.stop);
  const environment = { INSPECTOR_ENDPOINT: upstream.url, INSPECTOR_MAX_ATTEMPTS: String(MAX_ATTEMPTS) };
  gateway = await startGateway(environment);
  endAfterAll(gateway.kill);
  hurriedGateway = await startGateway({ ...environment, INSPECTOR_DEADLINE_MS: '1000' });
  endAfterAll(hurriedGateway.kill);
});

/** Sets the script of a test, and returns the calls since. */
function script(its: Answer) {
  answer = its;
  upstream.calls.length = 0;
  return upstream.calls;
}

describe('A failure of GetTelemetryMetadata, from a real HTTP upstream', () => {
  test.each(failureCases)('$title is $code after $attempts attempts', async (failure) => {
    const calls = script((call, response) =>
      call.input.assessmentRunArn === failure.arn ? failure.respond(response) : answerLikeInspector(call, response),
    );
    const asked = failure.code === 'TIMEOUT' ? hurriedGateway : gateway;

    const result = await asked.query(FAILURE_QUERY, { bad: failure.arn, arns: [runArn(1), failure.arn, runArn(2)] });

    expectFailure(result, failure);
    expect(calls.filter((call) => call.input.assessmentRunArn === failure.arn)).toHaveLength(failure.attempts);
    expect(JSON.stringify(result)).not.toMatch(/127\.0\.0\.1|user\/secret|stack|at .*\.[jt]s:/);
  });

  test('that may be retried is not cached', async () => {
    const arn = freshArn();
    const query = `{ assessmentRun(arn: "${arn}") { telemetry { count } } }`;

    script((_call, response) => sendJson(response, 500, {}));
    expect((await gateway.query(query)).errors[0].extensions.canRetry).toBe(true);

    const calls = script(answerLikeInspector);
    expect((await gateway.query(query)).data.assessmentRun.telemetry).toEqual([{ count: toRunNumber(arn) }]);
    expect(calls).toHaveLength(1);
  });

  test('that the second attempt does not have is not visible', async () => {
    const arn = freshArn();
    const calls = script((call, response) => {
      if (calls.length > 1) answerLikeInspector(call, response);
      else sendJson(response, 400, { __type: 'InternalException', message: 'once', canRetry: true });
    });

    const result = await gateway.query(`{ assessmentRun(arn: "${arn}") { telemetry { count } } }`);

    expect(result).toEqual({ data: { assessmentRun: { telemetry: [{ count: toRunNumber(arn) }] } } });
    expect(calls).toHaveLength(2);
  });
});

describe('A failed item of DescribeAssessmentRuns', () => {
  const NAMES = 'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { name } }';

  test.each([
    { failureCode: 'INVALID_ARN', retryable: false, code: 'INVALID_INPUT', attempts: 1 },
    { failureCode: 'DUPLICATE_ARN', retryable: false, code: 'INVALID_INPUT', attempts: 1 },
    { failureCode: 'ITEM_DOES_NOT_EXIST', retryable: false, code: 'NO_SUCH_ENTITY', attempts: 1 },
    { failureCode: 'ACCESS_DENIED', retryable: false, code: 'ACCESS_DENIED', attempts: 1 },
    { failureCode: 'LIMIT_EXCEEDED', retryable: true, code: 'LIMIT_EXCEEDED', attempts: 3 },
    { failureCode: 'INTERNAL_ERROR', retryable: true, code: 'INTERNAL_EXCEPTION', attempts: 3 },
  ])('$failureCode is $code for that run alone, after $attempts calls', async (item) => {
    const [before, bad, after] = [freshArn(), freshArn(), freshArn()];
    const { failureCode, retryable, code, attempts } = item;
    const calls = script(({ input }, response) =>
      sendJson(response, 200, {
        assessmentRuns: input.assessmentRunArns.filter((arn: string) => arn !== bad).map(toWireRun),
        failedItems: { [bad]: { failureCode, retryable } },
      }),
    );

    const { data, errors } = await gateway.query(NAMES, { arns: [before, bad, after] });

    expect(data.assessmentRunsByArn).toEqual([{ name: nameOf(before) }, { name: null }, { name: nameOf(after) }]);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      path: ['assessmentRunsByArn', 1, 'name'],
      extensions: {
        code,
        errorCode: failureCode,
        canRetry: retryable,
        requestId: 'upstream-request-id',
        service: 'inspector',
        operation: 'DescribeAssessmentRuns',
      },
    });
    // The retry describes the failed run alone.
    expect(calls.map((call) => call.input.assessmentRunArns.length)).toEqual([3, 1, 1].slice(0, attempts));
  });

  test.each<[string, (arn: string) => object]>([
    ['a run that is in neither list', () => ({ assessmentRuns: [], failedItems: {} })],
    ['a run whose name is a number', (arn) => toDescribed({ ...toWireRun(arn), name: 7 })],
    ['a number of findings past 2^53-1', (arn) => toDescribed({ ...toWireRun(arn), findingCounts: { High: 2 ** 53 } })],
    ['a time as ISO text', (arn) => toDescribed({ ...toWireRun(arn), createdAt: '2016-03-22T20:56:10Z' })],
    ['no lists at all', () => ({})],
    ['a failed item without a code', (arn) => ({ assessmentRuns: [], failedItems: { [arn]: {} } })],
  ])('%s is BAD_UPSTREAM_RESPONSE', async (_title, toBody) => {
    const arn = freshArn();
    script((_call, response) => sendJson(response, 200, toBody(arn)));

    const { data, errors } = await gateway.query(NAMES, { arns: [arn] });

    expect(data.assessmentRunsByArn).toEqual([{ name: null }]);
    expect(errors[0].extensions).toMatchObject({ code: 'BAD_UPSTREAM_RESPONSE', errorCode: null, canRetry: false });
  });

  test.each<[string, (good: object[], bad: string) => object]>([
    ['a time that is none', (good, bad) => toDescribed(...good, { ...toWireRun(bad), createdAt: 'soon' })],
    ['a number as text', (good, bad) => toDescribed(...good, { ...toWireRun(bad), durationInSeconds: '3600' })],
    ['a run without an ARN', (good) => toDescribed(...good, { name: 'nameless' })],
    ['a failed item of text', (good, bad) => ({ assessmentRuns: good, failedItems: { [bad]: 'failed' } })],
    [
      'a failureCode that is a number',
      (good, bad) => ({ assessmentRuns: good, failedItems: { [bad]: { failureCode: 5 } } }),
    ],
    ['no failed items', (good) => ({ assessmentRuns: good })],
  ])('%s is BAD_UPSTREAM_RESPONSE of that run alone', async (_title, toBody) => {
    const [before, bad, after] = [freshArn(), freshArn(), freshArn()];
    script(({ input: { assessmentRunArns } }, response) => {
      const good = assessmentRunArns.filter((arn: string) => arn !== bad).map(toWireRun);
      sendJson(response, 200, assessmentRunArns.includes(bad) ? toBody(good, bad) : toDescribed(...good));
    });

    const { data, errors } = await gateway.query(NAMES, { arns: [before, bad, after] });

    expect(data.assessmentRunsByArn).toEqual([{ name: nameOf(before) }, { name: null }, { name: nameOf(after) }]);
    expect(errors).toHaveLength(1);
    expect(errors[0].extensions).toMatchObject({ code: 'BAD_UPSTREAM_RESPONSE', canRetry: false });
  });

  test('of one call of ten does not fail the runs of the others', async () => {
    const good = Array.from({ length: 15 }, () => freshArn());
    const bad = freshArn();
    script((call, response) =>
      call.input.assessmentRunArns.includes(bad) ? sendJson(response, 403, {}) : answerLikeInspector(call, response),
    );

    const { data, errors } = await gateway.query(NAMES, { arns: [...good, bad] });

    expect(data.assessmentRunsByArn.slice(0, 10)).toEqual(good.slice(0, 10).map((arn) => ({ name: nameOf(arn) })));
    expect(errors).toHaveLength(6);
  });
});

describe('A failure of ListAssessmentRuns', () => {
  const LIST = '{ assessmentRuns { nodes { arn } } }';

  test('is a typed error at the list', async () => {
    script((_call, response) => sendJson(response, 403, { __type: 'AccessDeniedException', Message: 'no' }));
    const { data, errors } = await gateway.query(LIST);
    expect(data).toBeNull();
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['assessmentRuns'],
        extensions: {
          code: 'ACCESS_DENIED',
          errorCode: null,
          canRetry: false,
          requestId: 'upstream-request-id',
          service: 'inspector',
          operation: 'ListAssessmentRuns',
        },
      }),
    ]);
  });

  test.each<[string, object]>([
    ['no list', {}],
    ['an ARN that is none', { assessmentRunArns: ['x'] }],
    ['an ARN that is null', { assessmentRunArns: [null] }],
    ['a token that is a number', { assessmentRunArns: [], nextToken: 1 }],
    ['a token that leads back to its page', { assessmentRunArns: [runArn(1)], nextToken: 'again' }],
  ])('%s is BAD_UPSTREAM_RESPONSE', async (_title, body) => {
    script((_call, response) => sendJson(response, 200, body));
    const { errors } = await gateway.query(LIST);
    expect(errors[0].extensions).toMatchObject({ code: 'BAD_UPSTREAM_RESPONSE', canRetry: false });
  });

  test('comes at the deadline, also when a page takes several of Inspector', async () => {
    const calls = script((_call, response) => {
      if (calls.length <= 2) sendJson(response, 200, { assessmentRunArns: [], nextToken: String(calls.length) });
    });
    const { errors } = await hurriedGateway.query(LIST);
    expect(errors[0].extensions).toMatchObject({ code: 'TIMEOUT', operation: 'ListAssessmentRuns' });
    expect(calls).toHaveLength(3);
  });

  test('is one failure of one call for a page that is selected several times', async () => {
    const calls = script((_call, response) => sendJson(response, 200, { assessmentRunArns: [runArn(1)] }));
    const aliases = Array.from({ length: 50 }, (_, n) => `a${n}: assessmentRuns { nodes { arn } }`);
    const { data } = await gateway.query(`{ ${aliases.join(' ')} }`);
    expect(Object.values(data)).toEqual(aliases.map(() => ({ nodes: [{ arn: runArn(1) }] })));
    expect(calls).toHaveLength(1);
  });
});

function toDescribed(...assessmentRuns: object[]): object {
  return { assessmentRuns, failedItems: {} };
}

function nameOf(arn: string): string {
  return `Run ${toRunNumber(arn)}`;
}
