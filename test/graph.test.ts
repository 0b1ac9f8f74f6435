import { describe, expect, test } from '@jest/globals';
import { expectFailure, FAILURE_QUERY } from './helpers/failure-query.js';
import { failureCases } from './helpers/failures.js';
import type { Json } from './helpers/gateway.js';
import { createTestGraph } from './helpers/graph.js';
import { detailsOf, exampleArn, runArn, telemetryOf } from './helpers/runs.js';
import { createFailure, createScriptedInspectorApi } from './helpers/scripted-inspector-api.js';

describe('An assessment run', () => {
  test('has the details that Inspector gives, with times in UTC to the millisecond', async () => {
    const { inspector, calls } = createScriptedInspectorApi();
    const fields = `arn name state assessmentTemplateArn createdAt startedAt completedAt stateChangedAt durationInSeconds
      dataCollected rulesPackageArns findingCounts { severity count } stateChanges { state stateChangedAt }
      notifications { event } userAttributesForFindings { key value }`;

    const { data, errors } = await createTestGraph(inspector).query(
      `{ assessmentRun(arn: "${runArn(7)}") { ${fields} } }`,
    );

    expect(errors).toBeUndefined();
    expect(data.assessmentRun).toEqual(JSON.parse(JSON.stringify(detailsOf(runArn(7)))));
    expect(data.assessmentRun.createdAt).toBe('2025-01-06T09:00:00.125Z');
    expect(calls).toMatchObject({ describeAssessmentRuns: [[runArn(7)]], getTelemetryMetadata: [] });
  });

  test('is null in a list when its ARN is invalid, and the others stay at their indexes', async () => {
    const { inspector } = createScriptedInspectorApi();
    const arns = [runArn(2), 'x', runArn(1), runArn(2)];
    const { data, errors } = await createTestGraph(inspector).query(
      'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { arn } }',
      { arns },
    );
    expect(data.assessmentRunsByArn).toEqual([{ arn: runArn(2) }, null, { arn: runArn(1) }, { arn: runArn(2) }]);
    expect(errors).toEqual([expect.objectContaining({ path: ['assessmentRunsByArn', 1] })]);
  });

  test('without telemetry has an empty list and no failure', async () => {
    const { inspector } = createScriptedInspectorApi({ telemetry: () => [] });
    const { data, errors } = await createTestGraph(inspector).query(`{ assessmentRun(arn: "${exampleArn}") {
      telemetry { count } telemetryTotal { count dataSize } telemetryResult { ... on Telemetry { telemetryMetadata { count } } }
    } }`);
    expect(errors).toBeUndefined();
    expect(data.assessmentRun).toEqual({
      telemetry: [],
      telemetryTotal: { count: 0, dataSize: 0 },
      telemetryResult: { telemetryMetadata: [] },
    });
  });
});

describe('The total of telemetry', () => {
  const row = (messageType: string, count: number, dataSize: number | null) => ({ messageType, count, dataSize });
  const TOTALS = `{ assessmentRun(arn: "${exampleArn}") { telemetryTotal { count dataSize } } }`;

  test.each([
    [
      "is Inspector's Total row, wherever it stands",
      [row('A', 1, 2), row('Total', 9, 8), row('B', 1, 2)],
      { count: 9, dataSize: 8 },
    ],
    ['is the sum where there is no Total row', [row('A', 1, 2), row('B', 3, 4)], { count: 4, dataSize: 6 }],
    ['has no size where a size is missing', [row('A', 1, 2), row('B', 3, null)], { count: 4, dataSize: null }],
    ['has no size where the Total row has none', [row('Total', 3, null)], { count: 3, dataSize: null }],
  ])('%s', async (_title, rows, total) => {
    const { inspector } = createScriptedInspectorApi({ telemetry: () => rows });
    expect((await createTestGraph(inspector).query(TOTALS)).data.assessmentRun.telemetryTotal).toEqual(total);
  });

  test('is an error past 2^53-1, never a rounded number', async () => {
    const max = Number.MAX_SAFE_INTEGER;
    const { inspector } = createScriptedInspectorApi({ telemetry: () => [row('A', max, 1), row('B', 1, 1)] });
    const { data, errors } = await createTestGraph(inspector).query(`{ assessmentRun(arn: "${exampleArn}") {
      telemetry { count } telemetryTotal { count }
    } }`);
    expect(data.assessmentRun).toEqual({ telemetry: [{ count: max }, { count: 1 }], telemetryTotal: null });
    expect(errors[0].extensions.code).toBe('BAD_UPSTREAM_RESPONSE');
  });
});

describe('A failure of Inspector', () => {
  test.each(failureCases.filter(({ attempts }) => attempts > 0))(
    '$title has the same form in the graph',
    async (failure) => {
      const { inspector, calls } = createScriptedInspectorApi({
        telemetry: (arn) =>
          arn === failure.arn
            ? Promise.reject(createFailure({ ...failure, operation: 'GetTelemetryMetadata' }))
            : telemetryOf(arn),
      });
      const answer = await createTestGraph(inspector).query(FAILURE_QUERY, {
        bad: failure.arn,
        arns: [runArn(1), failure.arn, runArn(2)],
      });
      expectFailure(answer, failure);
      expect(calls.getTelemetryMetadata.filter((arn) => arn === failure.arn)).toHaveLength(1);
    },
  );

  test('as data is logged as well', async () => {
    const { inspector } = createScriptedInspectorApi({ telemetry: () => Promise.reject(createFailure()) });
    const graph = createTestGraph(inspector);
    const { errors } = await graph.query(`{ assessmentRun(arn: "${exampleArn}") { telemetryResult { __typename } } }`);
    expect(errors).toBeUndefined();
    expect(graph.log.map(({ fields }) => fields.code)).toEqual(['SERVICE_UNAVAILABLE']);
  });

  test('that may be retried is, by a later field of the same operation', async () => {
    let listed: (() => void) | undefined;
    const failed = new Promise<void>((resolve) => {
      listed = resolve;
    });
    const { inspector, calls } = createScriptedInspectorApi({
      async telemetry(arn) {
        if (calls.getTelemetryMetadata.length > 1) return telemetryOf(arn);
        setImmediate(() => listed?.());
        throw createFailure({ canRetry: true });
      },
      async list() {
        await failed;
        return { items: [runArn(5)], nextToken: null };
      },
    });
    const { data } = await createTestGraph(inspector).query(`{
      first: assessmentRun(arn: "${runArn(5)}") { telemetry { count } }
      later: assessmentRuns { nodes { telemetry { count } } }
    }`);
    expect(data).toEqual({ first: { telemetry: null }, later: { nodes: [{ telemetry: [{ count: 5 }] }] } });
  });

  test('is logged once for all fields that it failed', async () => {
    const cause = new Error('connect ECONNREFUSED 10.0.0.1');
    const { inspector } = createScriptedInspectorApi({ telemetry: () => Promise.reject(createFailure({ cause })) });
    const graph = createTestGraph(inspector);
    await graph.query(FAILURE_QUERY, { bad: runArn(9), arns: [runArn(9)] });
    expect(graph.log).toEqual([
      {
        message: 'inspector failed',
        fields: expect.objectContaining({
          requestId: 'request-id',
          code: 'SERVICE_UNAVAILABLE',
          cause: { name: 'Error', message: cause.message },
        }),
      },
    ]);
  });
});

test('A bug is masked, and logged once with the request id that the client sees', async () => {
  const { inspector } = createScriptedInspectorApi({
    telemetry: () => Promise.reject(new TypeError('secret of ours')),
  });
  const graph = createTestGraph(inspector);

  const { data, errors } = await graph.query(`{ assessmentRun(arn: "${exampleArn}") {
    telemetry { count } telemetryTotal { count }
  } }`);

  expect(data.assessmentRun).toEqual({ telemetry: null, telemetryTotal: null });
  for (const { message, extensions } of errors) {
    expect({ message, extensions }).toEqual({
      message: 'Internal server error',
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'request-id' },
    });
  }
  expect(graph.log).toHaveLength(1);
  expect(graph.log[0]?.fields).toMatchObject({
    requestId: 'request-id',
    error: { name: 'TypeError', message: 'secret of ours' },
  });
});

describe('The list of runs', () => {
  const all = Array.from({ length: 250 }, (_, number) => runArn(number));
  const PAGE = `query ($first: Int, $after: String) { assessmentRuns(first: $first, after: $after) {
    nodes { arn } edges { cursor node { arn } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }`;

  /** Inspector's paging: pages of the requested size, at most 100, or of `pageSize`. */
  function createLister(pageSize = 100) {
    return createScriptedInspectorApi({
      list({ maxResults, nextToken }) {
        const start = Number(nextToken ?? 0);
        const end = start + Math.min(maxResults, pageSize);
        return { items: all.slice(start, end), nextToken: end < all.length ? String(end) : null };
      },
    });
  }

  test.each([
    [100, 7],
    [100, 100],
    [3, 10],
    [30, 20],
  ])('is complete and in order, from upstream pages of %i in pages of %i', async (upstreamPage, first) => {
    const { inspector } = createLister(upstreamPage);
    const graph = createTestGraph(inspector);
    const arns: string[] = [];
    let after: string | null = null;
    do {
      const { nodes, edges, pageInfo }: Json = (await graph.query(PAGE, { first, after })).data.assessmentRuns;
      expect(edges.map((edge: { node: object }) => edge.node)).toEqual(nodes);
      expect(pageInfo).toMatchObject({
        hasPreviousPage: false,
        startCursor: edges[0].cursor,
        endCursor: edges.at(-1).cursor,
      });
      arns.push(...nodes.map((node: { arn: string }) => node.arn));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(arns).toEqual(all);
  });

  test('loses nothing of an upstream that returns more than was requested', async () => {
    const { inspector } = createScriptedInspectorApi({
      list({ nextToken }) {
        const start = Number(nextToken ?? 0);
        return {
          items: all.slice(start, start + 60),
          nextToken: start + 60 < all.length ? `${start + 60}` : null,
        };
      },
    });
    const graph = createTestGraph(inspector);
    const arns: string[] = [];
    let after: string | null = null;
    do {
      const { nodes, pageInfo }: Json = (await graph.query(PAGE, { first: 7, after })).data.assessmentRuns;
      arns.push(...nodes.map((node: { arn: string }) => node.arn));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(arns).toEqual(all);
  });

  test('continues after any edge', async () => {
    const { inspector } = createLister();
    const graph = createTestGraph(inspector);
    const { edges } = (await graph.query(PAGE, { first: 10 })).data.assessmentRuns;
    for (const [place, { cursor }] of edges.entries()) {
      const { nodes } = (await graph.query(PAGE, { first: 3, after: cursor })).data.assessmentRuns;
      expect(nodes.map((node: { arn: string }) => node.arn)).toEqual(all.slice(place + 1, place + 4));
    }
  });

  test('costs one call for a page', async () => {
    const { inspector, calls } = createLister();
    await createTestGraph(inspector).query(PAGE);
    expect(calls.listAssessmentRuns).toMatchObject([{ maxResults: 20 }]);
  });

  test('reads a bounded number of pages from an Inspector that returns tokens and no runs, and can be continued', async () => {
    const { inspector, calls } = createScriptedInspectorApi({
      list: ({ nextToken }) => ({ items: [], nextToken: String(Number(nextToken ?? 0) + 1) }),
    });
    const { data } = await createTestGraph(inspector).query(PAGE);
    expect(calls.listAssessmentRuns).toHaveLength(2);
    expect(data.assessmentRuns).toMatchObject({
      nodes: [],
      pageInfo: { hasNextPage: true, endCursor: expect.any(String) },
    });
  });

  test.each([
    [{ first: -1 }, /`first` expects a number from 1 to 100, but got -1/],
    [{ first: 0 }, /`first` expects a number from 1 to 100, but got 0/],
    [{ first: 101 }, /`first` expects a number from 1 to 100, but got 101/],
    [{ after: '' }, /`after` expects a cursor/],
    [{ after: 'nonsense' }, /`after` expects a cursor/],
    [{ after: Buffer.from('[-1,"x"]').toString('base64url') }, /`after` expects a cursor/],
    [{ after: Buffer.from('null').toString('base64url') }, /`after` expects a cursor/],
  ])('refuses %j before any call', async (variables, message) => {
    const { inspector, calls } = createLister();
    const { errors } = await createTestGraph(inspector, { maxRunsPerOperation: 1000 }).query(PAGE, variables);
    expect(errors[0]).toMatchObject({
      message: expect.stringMatching(message),
      extensions: { code: 'BAD_USER_INPUT' },
    });
    expect(calls.listAssessmentRuns).toEqual([]);
  });
});

describe('An operation for too many runs', () => {
  const run = (number: number) => `assessmentRun(arn: "${runArn(number)}") { telemetry { count } }`;
  const many = (count: number) => Array.from({ length: count }, (_, number) => runArn(number));
  const asked = (count: number) => `asks for ${count} assessment runs, and at most 3`;

  test.each<[string, string, Record<string, unknown>, string | null]>([
    ['through aliases', `{ a: ${run(1)} b: ${run(2)} c: ${run(3)} d: ${run(4)} }`, {}, asked(4)],
    [
      'through a list',
      'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { name } }',
      { arns: many(4) },
      asked(4),
    ],
    ['through a page', '{ assessmentRuns(first: 4) { nodes { name } } }', {}, asked(4)],
    ['through the default page', '{ assessmentRuns { nodes { name } } }', {}, asked(20)],
    ['through a page of null', '{ assessmentRuns(first: null) { nodes { name } } }', {}, asked(20)],
    [
      'at too many places',
      `query ($arns: [ID!]!) { ${Array.from({ length: 11 }, (_, n) => `a${n}: assessmentRunsByArn(arns: $arns) { arn }`).join(' ')} }`,
      { arns: Array(1000).fill(runArn(1)) },
      'asks for assessment runs and the like at 11000 places, and at most 10000',
    ],
    [
      'through several pages',
      '{ a: assessmentRuns(first: 2) { nodes { name } } b: assessmentRuns(first: 2, after: "x") { nodes { name } } }',
      {},
      asked(4),
    ],
    [
      'through fragments',
      `{ ...F ...G } fragment F on Query { a: ${run(1)} b: ${run(2)} } fragment G on Query { ... { c: ${run(3)} d: ${run(4)} } }`,
      {},
      asked(4),
    ],
    ['in another operation is no matter', `query A { a: ${run(1)} }`, {}, null],
    [
      'that are skipped is none',
      `query ($no: Boolean = false) { a: ${run(1)} ... @include(if: $no) { b: ${run(2)} c: ${run(3)} d: ${run(4)} } }`,
      {},
      null,
    ],
    ['that are the same is one', `{ ${Array.from({ length: 50 }, (_, n) => `a${n}: ${run(1)}`).join(' ')} }`, {}, null],
    [
      'of which the pages are the same is one page',
      '{ a: assessmentRuns(first: 3) { nodes { name } } b: assessmentRuns(first: 3) { nodes { name } } }',
      {},
      null,
    ],
  ])('%s', async (_title, query, variables, message) => {
    const { inspector, calls } = createScriptedInspectorApi();
    const { errors } = await createTestGraph(inspector, { maxRunsPerOperation: 3 }).query(query, variables);
    if (message === null) {
      expect(errors).toBeUndefined();
    } else {
      expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })]);
      expect(errors[0].extensions).toEqual({ code: 'OPERATION_TOO_COSTLY' });
      expect(Object.values(calls).flat()).toEqual([]);
    }
  });
});

test('Fragments that spread each other exponentially are refused before any call', async () => {
  const levels = 30;
  const fragments = Array.from({ length: levels }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`);
  const query = `{ ...F0 } ${fragments.join(' ')} fragment F${levels} on Query { assessmentRun(arn: "${exampleArn}") { name } }`;
  const { inspector, calls } = createScriptedInspectorApi();
  const { errors } = await createTestGraph(inspector).query(query);
  expect(errors[0].message).toMatch(/recursively requests too many selections/);
  expect(calls.describeAssessmentRuns).toEqual([]);
});
