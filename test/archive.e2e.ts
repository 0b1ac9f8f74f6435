import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import {
  DescribeAssessmentRunsCommand,
  GetTelemetryMetadataCommand,
  InspectorClient,
  ListAssessmentRunsCommand,
  paginateListAssessmentRuns,
} from '@aws-sdk/client-inspector';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import type { Json } from './helpers/gateway.js';
import { runMain } from './helpers/process.js';
import { exampleArn, runArn } from './helpers/runs.js';

let url: string;
let client: InspectorClient;

beforeAll(async () => {
  const archive = runMain(['archive'], { ARCHIVE_PORT: '0' });
  endAfterAll(archive.kill);
  url = (await archive.stdoutMatch(/(http:\S+)/))[1] as string;
  client = new InspectorClient({
    endpoint: url,
    region: 'us-west-2',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  endAfterAll(async () => client.destroy());
});

async function call(operation: string, input: unknown, init: RequestInit = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `InspectorService.${operation}` },
    body: typeof input === 'string' ? input : JSON.stringify(input),
    ...init,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Json };
}

describe('The wire', () => {
  test("is the API page's example, to the byte", async () => {
    const { status, headers, text } = await call('GetTelemetryMetadata', { assessmentRunArn: exampleArn });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/x-amz-json-1.1');
    // The length that the example's headers name.
    expect(headers.get('content-length')).toBe('1990');
    expect(Buffer.byteLength(text)).toBe(1990);
    expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    // An old date would make clients re-sign all that follows.
    expect(Math.abs(Date.parse(headers.get('date') as string) - Date.now())).toBeLessThan(60_000);
    expect(headers.get('connection')).toBe('keep-alive');
    const example = await readFile(new URL('fixtures/get-telemetry-metadata.json', import.meta.url), 'utf8');
    expect(text).toBe(JSON.stringify(JSON.parse(example)));
  });

  test('has epoch seconds as numbers', async () => {
    const { text } = await call('DescribeAssessmentRuns', { assessmentRunArns: [exampleArn] });
    expect(text).toContain('"createdAt":1458680170.035');
  });

  test.each([
    ['an unknown operation', 'GetNothing', {}, 404, 'UnknownOperationException'],
    ['an operation of an object', 'constructor', {}, 404, 'UnknownOperationException'],
    ['JSON that is broken', 'GetTelemetryMetadata', '{"assessmentRunArn":', 400, 'SerializationException'],
    ['JSON that is no object', 'GetTelemetryMetadata', '[]', 400, 'SerializationException'],
    ['null', 'GetTelemetryMetadata', 'null', 400, 'SerializationException'],
    ['a member of another type', 'GetTelemetryMetadata', { assessmentRunArn: 7 }, 400, 'SerializationException'],
    [
      'a body over 1 MiB',
      'GetTelemetryMetadata',
      `"${'x'.repeat(1024 * 1024)}"`,
      413,
      'RequestEntityTooLargeException',
    ],
  ])('answers %s with the error of the protocol', async (_title, operation, input, status, type) => {
    const answer = await call(operation, input);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ __type: type, message: expect.stringMatching(/expected/i) });
  });

  test('answers another method than POST, and goes on', async () => {
    const answer = await call('GetTelemetryMetadata', '', { method: 'PUT', body: 'x' });
    expect(answer).toMatchObject({ status: 400, body: { __type: 'MalformedHttpRequestException' } });
    expect((await fetch(url)).status).toBe(400);
    expect((await call('ListAssessmentRuns', {})).status).toBe(200);
  });

  test('outlives a client that goes away in the middle of its body', async () => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await new Promise((resolve) =>
      socket.write(
        'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"a',
        () => socket.destroy() && resolve(null),
      ),
    );
    expect((await call('ListAssessmentRuns', {})).status).toBe(200);
  });
});

describe('Constraints are checked with the codes of the API', () => {
  const arnOf301 = `${exampleArn}${'x'.repeat(301 - exampleArn.length)}`;
  const template = exampleArn.slice(0, exampleArn.indexOf('/run/'));

  test.each<[string, object, string]>([
    ['GetTelemetryMetadata', {}, 'INVALID_ASSESSMENT_RUN_ARN'],
    ['GetTelemetryMetadata', { assessmentRunArn: null }, 'INVALID_ASSESSMENT_RUN_ARN'],
    ['GetTelemetryMetadata', { assessmentRunArn: '' }, 'INVALID_ASSESSMENT_RUN_ARN'],
    ['GetTelemetryMetadata', { assessmentRunArn: arnOf301 }, 'INVALID_ASSESSMENT_RUN_ARN'],
    ['GetTelemetryMetadata', { assessmentRunArn: 'arn:aws:s3:::bucket' }, 'INVALID_ASSESSMENT_RUN_ARN'],
    ['GetTelemetryMetadata', { assessmentRunArn: template }, 'INVALID_ASSESSMENT_RUN_ARN'],
    ['DescribeAssessmentRuns', {}, 'INVALID_NUMBER_OF_ASSESSMENT_RUN_ARNS'],
    ['DescribeAssessmentRuns', { assessmentRunArns: [] }, 'INVALID_NUMBER_OF_ASSESSMENT_RUN_ARNS'],
    [
      'DescribeAssessmentRuns',
      { assessmentRunArns: Array(11).fill(exampleArn) },
      'INVALID_NUMBER_OF_ASSESSMENT_RUN_ARNS',
    ],
    ['DescribeAssessmentRuns', { assessmentRunArns: [''] }, 'INVALID_ASSESSMENT_RUN_ARN'],
    ['DescribeAssessmentRuns', { assessmentRunArns: [arnOf301] }, 'INVALID_ASSESSMENT_RUN_ARN'],
    ['ListAssessmentRuns', { maxResults: 0 }, 'INVALID_MAX_RESULTS'],
    ['ListAssessmentRuns', { maxResults: 501 }, 'INVALID_MAX_RESULTS'],
    ['ListAssessmentRuns', { nextToken: '' }, 'INVALID_PAGINATION_TOKEN'],
    ['ListAssessmentRuns', { nextToken: 'x'.repeat(301) }, 'INVALID_PAGINATION_TOKEN'],
    ['ListAssessmentRuns', { nextToken: '1' }, 'INVALID_PAGINATION_TOKEN'],
    [
      'ListAssessmentRuns',
      { assessmentTemplateArns: Array(51).fill(template) },
      'INVALID_NUMBER_OF_ASSESSMENT_TEMPLATE_ARNS',
    ],
    ['ListAssessmentRuns', { assessmentTemplateArns: ['x'] }, 'INVALID_ASSESSMENT_TEMPLATE_ARN'],
    ['ListAssessmentRuns', { filter: { states: ['NEW'] } }, 'INVALID_ASSESSMENT_RUN_STATE'],
    ['ListAssessmentRuns', { filter: { states: Array(51).fill('ERROR') } }, 'INVALID_NUMBER_OF_ASSESSMENT_RUN_STATES'],
    ['ListAssessmentRuns', { filter: { durationRange: { minSeconds: 1 } } }, 'INVALID_ASSESSMENT_RUN_DURATION_RANGE'],
    [
      'ListAssessmentRuns',
      { filter: { startTimeRange: { beginDate: 2, endDate: 1 } } },
      'INVALID_ASSESSMENT_RUN_START_TIME_RANGE',
    ],
    [
      'ListAssessmentRuns',
      { filter: { rulesPackageArns: Array(51).fill('x') } },
      'INVALID_NUMBER_OF_RULES_PACKAGE_ARNS',
    ],
  ])('%s %j', async (operation, input, errorCode) => {
    const { status, body } = await call(operation, input);
    expect(status).toBe(400);
    expect(body).toEqual({
      __type: 'InvalidInputException',
      errorCode,
      canRetry: false,
      message: expect.stringMatching(/^\w.*: expected/),
    });
  });
});

describe('The AWS SDK for JavaScript', () => {
  test('reads the telemetry of the example run', async () => {
    const { telemetryMetadata } = await client.send(new GetTelemetryMetadataCommand({ assessmentRunArn: exampleArn }));
    expect(telemetryMetadata).toHaveLength(29);
    expect(telemetryMetadata?.[26]).toEqual({ messageType: 'Total', count: 1159, dataSize: 3146579 });
  });

  test('gets NoSuchEntityException for an unknown run', async () => {
    await expect(client.send(new GetTelemetryMetadataCommand({ assessmentRunArn: runArn(1) }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      errorCode: 'ASSESSMENT_RUN_DOES_NOT_EXIST',
      canRetry: false,
    });
  });

  test('gets unknown, malformed and duplicate ARNs as failed items', async () => {
    const { assessmentRuns, failedItems } = await client.send(
      new DescribeAssessmentRunsCommand({ assessmentRunArns: [exampleArn, runArn(1), 'x', runArn(2), runArn(2)] }),
    );
    expect(assessmentRuns?.map((run) => run.name)).toEqual(['Run 1 for ExampleAssessmentTemplate']);
    expect(assessmentRuns?.[0]?.createdAt).toEqual(new Date('2016-03-22T20:56:10.035Z'));
    expect(failedItems).toEqual({
      [runArn(1)]: { failureCode: 'ITEM_DOES_NOT_EXIST', retryable: false },
      x: { failureCode: 'INVALID_ARN', retryable: false },
      [runArn(2)]: { failureCode: 'DUPLICATE_ARN', retryable: false },
    });
  });

  test('gets an ARN that every object has as a failed item', async () => {
    const { body } = await call('DescribeAssessmentRuns', { assessmentRunArns: ['__proto__', 'constructor'] });
    expect(Object.keys(body.failedItems)).toEqual(['__proto__', 'constructor']);
  });

  test('pages through all runs, each once, in pages of any size', async () => {
    const all = (await client.send(new ListAssessmentRunsCommand({ maxResults: 500 }))).assessmentRunArns;
    expect(all).toHaveLength(13);
    for (const pageSize of [1, 4, 13]) {
      const seen: string[] = [];
      for await (const page of paginateListAssessmentRuns({ client, pageSize }, {})) {
        seen.push(...(page.assessmentRunArns ?? []));
      }
      expect(seen).toEqual(all);
    }
  });

  test('gives 10 runs where it does not say how many', async () => {
    expect((await client.send(new ListAssessmentRunsCommand({}))).assessmentRunArns).toHaveLength(10);
  });

  test('cannot use a token for another query', async () => {
    const { nextToken } = await client.send(new ListAssessmentRunsCommand({ maxResults: 1 }));
    await expect(
      client.send(new ListAssessmentRunsCommand({ nextToken: nextToken as string, filter: { states: ['COMPLETED'] } })),
    ).rejects.toMatchObject({ errorCode: 'INVALID_PAGINATION_TOKEN' });
  });

  test.each([
    ['a name', { namePattern: 'Run 1 for ExampleAssessmentTemplate' }, 1],
    ['a pattern', { namePattern: 'Synthetic run 0*' }, 9],
    ['a pattern that could match in countless ways', { namePattern: `${'*a'.repeat(69)}*x` }, 0],
    ['a pattern whose parts overlap', { namePattern: 'Run 1 for*or ExampleAssessmentTemplate' }, 0],
    ['a pattern with parts in between', { namePattern: '*1*Example*Template' }, 1],
    ['a pattern of signs that mean nothing', { namePattern: 'Run . for *' }, 0],
    ['states, any of them', { states: ['COMPLETED' as const, 'FAILED' as const] }, 2],
    ['a package', { rulesPackageArns: ['arn:aws:inspector:us-west-2:758058086616:rulespackage/0-X1KXtawP'] }, 1],
    ['a duration, inclusively', { durationRange: { minSeconds: 3600, maxSeconds: 3600 } }, 13],
    ['the time of completion', { completionTimeRange: { endDate: new Date('2020-01-01') } }, 1],
    ['two attributes, both of them', { states: ['COMPLETED' as const], namePattern: 'Synthetic*' }, 0],
  ])('filters by %s', async (_title, filter, count) => {
    const { assessmentRunArns } = await client.send(new ListAssessmentRunsCommand({ filter, maxResults: 100 }));
    expect(assessmentRunArns).toHaveLength(count);
  });

  test('filters by templates, and gets NoSuchEntityException for one that does not exist', async () => {
    const template = exampleArn.slice(0, exampleArn.indexOf('/run/'));
    const list = (arn: string) => client.send(new ListAssessmentRunsCommand({ assessmentTemplateArns: [arn] }));
    expect((await list(template)).assessmentRunArns).toEqual([exampleArn]);
    await expect(list(`${template}x`)).rejects.toMatchObject({ errorCode: 'ASSESSMENT_TEMPLATE_DOES_NOT_EXIST' });
  });
});

test('The sample shows every state, in 13 regions, and says what is synthetic', async () => {
  const { assessmentRunArns = [] } = await client.send(new ListAssessmentRunsCommand({ maxResults: 100 }));
  const described = await Promise.all(
    [assessmentRunArns.slice(0, 10), assessmentRunArns.slice(10)].map((arns) =>
      client.send(new DescribeAssessmentRunsCommand({ assessmentRunArns: arns })),
    ),
  );
  const runs = described.flatMap(({ assessmentRuns }) => assessmentRuns ?? []);
  expect(new Set(runs.map((run) => run.state)).size).toBe(13);
  expect(new Set(runs.map((run) => run.arn?.split(':')[3])).size).toBe(13);
  expect(runs.slice(1).every((run) => run.name?.startsWith('Synthetic run '))).toBe(true);
});
