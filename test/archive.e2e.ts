import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import {
  DescribeAssessmentRunsCommand,
  GetTelemetryMetadataCommand,
  type InspectorClient,
  ListAssessmentRunsCommand,
  paginateListAssessmentRuns,
} from '@aws-sdk/client-inspector';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createClient, createUnsignedClient } from './helpers/aws-client.js';
import { endAfterAll } from './helpers/cleanup.js';
import type { Json } from './helpers/gateway.js';
import { runMain } from './helpers/process.js';
import { exampleArn, listedArn, runArn } from './helpers/runs.js';

let url: string;
/** Signs for us-west-2, and so sees that region. */
let client: InspectorClient;
/** Signs nothing, and so sees all regions. */
let unsignedClient: InspectorClient;

beforeAll(async () => {
  const archive = runMain(['archive'], { ARCHIVE_PORT: '0' });
  endAfterAll(archive.kill);
  url = (await archive.stdoutMatch(/(http:\S+)/))[1] as string;
  client = createClient(url);
  unsignedClient = createUnsignedClient(url);
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
    expect(headers.get('keep-alive')).toBe('timeout=72');
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
        'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"a',
        () => socket.destroy() && resolve(null),
      ),
    );
    expect((await call('ListAssessmentRuns', {})).status).toBe(200);
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
    const all = (await unsignedClient.send(new ListAssessmentRunsCommand({ maxResults: 500 }))).assessmentRunArns;
    expect(all).toHaveLength(86);
    for (const pageSize of [9, 40, 86]) {
      const seen: string[] = [];
      for await (const page of paginateListAssessmentRuns({ client: unsignedClient, pageSize }, {})) {
        seen.push(...(page.assessmentRunArns ?? []));
      }
      expect(seen).toEqual(all);
    }
  });

  test('sees the region that it signs for, and all when it signs nothing', async () => {
    const list = async (one: InspectorClient) =>
      (await one.send(new ListAssessmentRunsCommand({ maxResults: 100 }))).assessmentRunArns;
    const all = await list(unsignedClient);
    expect(new Set(all?.map((arn) => arn.split(':')[3])).size).toBe(13);
    expect(await list(client)).toEqual([exampleArn, listedArn]);
    expect(await list(createClient(url, 'eu-west-1'))).toEqual(all?.filter((arn) => arn.includes(':eu-west-1:')));
  });

  test('gives 10 runs where it does not say how many', async () => {
    expect((await unsignedClient.send(new ListAssessmentRunsCommand({}))).assessmentRunArns).toHaveLength(10);
  });

  test('cannot use a token for another query', async () => {
    const { nextToken } = await unsignedClient.send(new ListAssessmentRunsCommand({ maxResults: 1 }));
    const filter = { states: ['COMPLETED' as const] };
    const input = { nextToken: nextToken as string, filter };
    await expect(unsignedClient.send(new ListAssessmentRunsCommand(input))).rejects.toMatchObject({
      errorCode: 'INVALID_PAGINATION_TOKEN',
    });
  });

  test.each([
    ['a name', { namePattern: 'Run 1 for ExampleAssessmentTemplate' }, 1],
    ['a pattern', { namePattern: 'Synthetic run 0*' }, 9],
    ['a pattern that could match in countless ways', { namePattern: `${'*a'.repeat(69)}*x` }, 0],
    ['a pattern whose parts overlap', { namePattern: 'Run 1 for*or ExampleAssessmentTemplate' }, 0],
    ['a pattern with parts in between', { namePattern: '*1*Example*Template' }, 1],
    ['a pattern of signs that mean nothing', { namePattern: 'Run . for *' }, 0],
    ['states, any of them', { states: ['COMPLETED' as const, 'FAILED' as const] }, 71],
    ['a package', { rulesPackageArns: ['arn:aws:inspector:us-west-2:758058086616:rulespackage/0-X1KXtawP'] }, 1],
    ['a duration, inclusively', { durationRange: { minSeconds: 3600, maxSeconds: 3600 } }, 61],
    ['the time of completion', { completionTimeRange: { endDate: new Date('2020-01-01') } }, 1],
    ['two attributes, both of them', { states: ['FAILED' as const], namePattern: 'Synthetic*' }, 2],
  ])('filters by %s', async (_title, filter, count) => {
    const { assessmentRunArns } = await unsignedClient.send(new ListAssessmentRunsCommand({ filter, maxResults: 100 }));
    expect(assessmentRunArns).toHaveLength(count);
  });

  test('filters by templates, and gets NoSuchEntityException for one that does not exist', async () => {
    const template = exampleArn.slice(0, exampleArn.indexOf('/run/'));
    const list = (arn: string) => client.send(new ListAssessmentRunsCommand({ assessmentTemplateArns: [arn] }));
    expect((await list(template)).assessmentRunArns).toEqual([exampleArn, listedArn]);
    await expect(list(`${template}x`)).rejects.toMatchObject({ errorCode: 'ASSESSMENT_TEMPLATE_DOES_NOT_EXIST' });
  });
});

test('The sample shows every state, in 13 regions, and says what is synthetic', async () => {
  const { assessmentRunArns = [] } = await unsignedClient.send(new ListAssessmentRunsCommand({ maxResults: 100 }));
  const pages = Array.from({ length: Math.ceil(assessmentRunArns.length / 10) }, (_, page) =>
    assessmentRunArns.slice(10 * page, 10 * page + 10),
  );
  const described = await Promise.all(
    pages.map((arns) => unsignedClient.send(new DescribeAssessmentRunsCommand({ assessmentRunArns: arns }))),
  );
  const runs = described.flatMap(({ assessmentRuns }) => assessmentRuns ?? []);
  expect(new Set(runs.map((run) => run.state)).size).toBe(13);
  expect(new Set(runs.map((run) => run.arn?.split(':')[3])).size).toBe(13);
  expect(runs.slice(1).every((run) => run.name?.startsWith('Synthetic '))).toBe(true);
});
