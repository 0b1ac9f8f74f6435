import { useQuery } from '@apollo/client/react';
import { prerenderStatic } from '@apollo/client/react/ssr';
import { inspectorErrors, isInspectorError, isRetryable, retry, retryAfterMs } from '@inspector-gateway/client';
import { toDocumentNode } from '@inspector-gateway/client/apollo';
import { AssessmentRunDocument, TelemetryResultDocument } from '@inspector-gateway/client/documents';
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { fetchQuery } from 'relay-runtime';
import runsQuery, { type relayQueriesRunsQuery } from './clients/__generated__/relayQueriesRunsQuery.graphql.js';
import { createApollo } from './clients/apollo.js';
import type { ClientUnderTest, CreateClient } from './clients/client-under-test.js';
import { createFetch } from './clients/fetch.js';
import { createGraphQLRequest } from './clients/graphql-request.js';
import { createRelay } from './clients/relay.js';
import { createUrql } from './clients/urql.js';
import { endAfterAll } from './helpers/cleanup.js';
import { answerInFull } from './helpers/full-upstream.js';
import { startGateway } from './helpers/gateway.js';
import { freshArn, runArn } from './helpers/runs.js';
import { sendJson, startScriptedUpstream } from './helpers/scripted-upstream.js';
import { createClient as createApolloClient } from './snippets/apollo-client.js';
import { createEnvironment } from './snippets/relay-environment.js';

const clients: [string, CreateClient][] = [
  ['Apollo Client', createApollo],
  ['urql', createUrql],
  ['Relay', createRelay],
  ['graphql-request', createGraphQLRequest],
  ['fetch', createFetch],
];

const DENIED = { __type: 'AccessDeniedException', errorCode: 'ACCESS_DENIED_TO_ASSESSMENT_RUN', canRetry: false };
const OUT_OF_ORDER = { __type: 'ServiceTemporarilyUnavailableException', canRetry: true };

let upstream: Awaited<ReturnType<typeof startScriptedUpstream>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let url = '';

/** Failures by a run's ARN or an operation, and how often they happen before an answer. */
const failures = new Map<string, { body: object; times: number }>();

beforeAll(async () => {
  const answer = answerInFull({ rows: 3, characters: 10 });
  upstream = await startScriptedUpstream((call, response) => {
    const failure = failures.get(call.input.assessmentRunArn ?? call.operation);
    if (failure === undefined || failure.times === 0) return answer(call, response);
    failure.times -= 1;
    sendJson(response, 400, { message: 'Scripted by the test', ...failure.body });
  });
  endAfterAll(upstream.stop);
  gateway = await startGateway({ INSPECTOR_ENDPOINT: upstream.url, INSPECTOR_MAX_ATTEMPTS: '1' });
  endAfterAll(gateway.kill);
  url = `${gateway.url}/graphql`;
});

/** A sent request: its method, and its parameters in the body or in the URL. */
const sent: { method: string; text: string }[] = [];

beforeEach(() => {
  // Retries without the random part of their delay.
  jest.spyOn(Math, 'random').mockReturnValue(0);
  const send = globalThis.fetch;
  jest.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    const { search } = new URL(String(input));
    sent.push({ method: init?.method ?? 'GET', text: `${new URLSearchParams(search)}${init?.body ?? ''}` });
    return send(input, init);
  });
});

afterEach(() => {
  jest.restoreAllMocks();
  sent.length = 0;
});

function failingArn(body: object, times = Number.POSITIVE_INFINITY): string {
  const arn = freshArn();
  failures.set(arn, { body, times });
  return arn;
}

const callsFor = (arn: string) => upstream.calls.filter(({ input }) => input.assessmentRunArn === arn);

const expectRun = (run: unknown, arn: string) =>
  expect(run).toMatchObject({
    id: arn,
    name: `Run ${arn.slice(-8)}`,
    telemetryTotal: { count: 3, dataSize: 3000 },
  });

/** For each client, a gateway whose upstream fails, so that its circuit is open. */
async function startLeftAlone() {
  let isOutOfOrder = true;
  const answer = answerInFull({ rows: 3, characters: 10 });
  const failing = await startScriptedUpstream((call, response) => {
    if (isOutOfOrder) return sendJson(response, 500, { __type: 'InternalException', message: 'No', canRetry: true });
    return answer(call, response);
  });
  endAfterAll(failing.stop);
  const gateway = await startGateway({ INSPECTOR_ENDPOINT: failing.url });
  endAfterAll(gateway.kill);
  const query = 'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { telemetry { count } } }';
  await gateway.query(query, { arns: Array.from({ length: 100 }, freshArn) });
  isOutOfOrder = false;
  failing.calls.length = 0;
  return { url: `${gateway.url}/graphql`, query: gateway.query, calls: failing.calls };
}

test('All clients get their answer at the first call after the time for which an upstream is left alone', async () => {
  const gateway = await startLeftAlone();
  const { errors } = await gateway.query('query ($arn: ID!) { assessmentRun(arn: $arn) { name } }', {
    arn: freshArn(),
  });
  const askedMs = retryAfterMs(errors) ?? 0;
  expect(askedMs).toBeGreaterThan(3000);
  const startMs = performance.now();

  await Promise.all(
    clients.map(async ([, createClient]) => {
      const arn = freshArn();
      expectRun(await createClient(gateway.url).retryRun(arn), arn);
      expect(performance.now() - startMs).toBeGreaterThan(askedMs - 100);
    }),
  );
  expect(gateway.calls.filter(({ operation }) => operation === 'GetTelemetryMetadata')).toHaveLength(clients.length);
});

test('Of what is sent again, only what failed is asked of Inspector again', async () => {
  const arns = [freshArn(), failingArn(OUT_OF_ORDER, 1), freshArn()];
  const query = 'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { telemetry { count } } }';
  const { errors, data } = await retry(() => gateway.query(query, { arns }));
  expect({ errors, runs: data.assessmentRunsByArn.length }).toEqual({ errors: undefined, runs: 3 });
  expect(arns.map((arn) => callsFor(arn).length)).toEqual([1, 2, 1]);
});

test('Nothing is sent again for errors that are data', async () => {
  const arn = failingArn(OUT_OF_ORDER);
  const query = TelemetryResultDocument.toString();
  const { data, errors } = await retry(() => gateway.query(query, { arn }));
  expect(errors).toBeUndefined();
  expect(isRetryable(data.assessmentRun.telemetryResult)).toBe(true);
  expect(callsFor(arn)).toHaveLength(1);
});

describe.each(clients)('%s', (_, createClient) => {
  let client: ClientUnderTest;

  beforeEach(() => {
    client = createClient(url);
  });

  test('gets what it asks for', async () => {
    const arn = freshArn();
    expectRun(await client.fetchRun(arn), arn);
  });

  test('goes from page to page', async () => {
    expect(await client.fetchPages(3)).toEqual(Array.from({ length: 60 }, (_, number) => runArn(number)));
  });

  test('gets errors that say what happened', async () => {
    const error = await client.fetchError(failingArn(DENIED));
    expect(inspectorErrors(error)[0]).toMatchObject({
      code: 'ACCESS_DENIED',
      errorCode: 'ACCESS_DENIED_TO_ASSESSMENT_RUN',
      canRetry: false,
      message: expect.any(String),
      requestId: 'upstream-request-id',
      retryAfterMs: null,
    });
    expect(isInspectorError(error, 'ACCESS_DENIED')).toBe(true);
    expect(isInspectorError(error, 'NO_SUCH_ENTITY')).toBe(false);
    expect(isRetryable(error)).toBe(false);
  });

  test('asks again when an error says that it may', async () => {
    const arn = failingArn(OUT_OF_ORDER, 2);
    expectRun(await client.retryRun(arn), arn);
    expect(callsFor(arn)).toHaveLength(3);
  });

  test('asks three times at most', async () => {
    const arn = failingArn(OUT_OF_ORDER);
    await client.retryRun(arn).catch(() => {});
    expect(callsFor(arn)).toHaveLength(3);
  });

  test('asks once when an error says that it is of no use', async () => {
    const arn = failingArn(DENIED);
    await client.retryRun(arn).catch(() => {});
    expect(callsFor(arn)).toHaveLength(1);
  });

  test('asks by the digest of a query', async () => {
    await client.persistedRun(freshArn());
    sent.length = 0;
    const arn = freshArn();
    expectRun(await client.persistedRun(arn), arn);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.text).toContain('sha256Hash');
    expect(sent[0]?.text).not.toContain('telemetry');
  });

  test('asks by GET', async () => {
    const arn = freshArn();
    expectRun(await client.getRun(arn), arn);
    expect(sent).toEqual([{ method: 'GET', text: expect.stringContaining('telemetry') }]);
  });
});

describe('Apollo Client with the link', () => {
  test('asks again for hooks as well', async () => {
    const arn = failingArn(OUT_OF_ORDER, 2);
    const client = createApolloClient(url);
    function Run() {
      const { data, error } = useQuery(toDocumentNode(AssessmentRunDocument), { variables: { arn } });
      return error?.message ?? data?.assessmentRun?.telemetryTotal?.count;
    }
    const { result } = await prerenderStatic({
      tree: createElement(Run),
      context: { client },
      renderFunction: renderToString,
    });
    expect(result).toBe('3');
    expect(callsFor(arn)).toHaveLength(3);
  });

  test('gives what is there beside the errors of the last attempt', async () => {
    const arn = failingArn(OUT_OF_ORDER);
    const query = toDocumentNode(AssessmentRunDocument);
    const { data, error } = await createApolloClient(url).query({ query, variables: { arn }, errorPolicy: 'all' });
    expect(data?.assessmentRun).toMatchObject({ name: `Run ${arn.slice(-8)}`, telemetry: null });
    expect(isInspectorError(error, 'SERVICE_UNAVAILABLE')).toBe(true);
  });
});

describe('Relay', () => {
  test('throws what is known of a request without data', async () => {
    failures.set('ListAssessmentRuns', { body: DENIED, times: 1 });
    const query = fetchQuery<relayQueriesRunsQuery>(createEnvironment(url), runsQuery, { first: 7 });
    const error: unknown = await query.toPromise().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'RelayNetwork' });
    expect(isInspectorError(error, 'ACCESS_DENIED')).toBe(true);
  });
});
