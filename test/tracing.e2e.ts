import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { STOP_LIMIT_MS } from '../src/process/shutdown-limits.js';
import { createFolder } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { type CollectedSpan, startCollector, toPath } from './helpers/collector.js';
import { startGateway } from './helpers/gateway.js';
import { findFreePort, hasRedisServer, startRedisServer } from './helpers/redis-server.js';
import { exampleArn, freshArn } from './helpers/runs.js';
import { answerLikeInspector, sendJson, startScriptedUpstream } from './helpers/scripted-upstream.js';

/** Several processes start for a test. */
jest.setTimeout(30_000);

const QUERY = 'query Count($arn: ID!) { assessmentRun(arn: $arn) { telemetry { count } } }';

async function start(environment: Record<string, string>, nodeOptions: string[] = []) {
  const gateway = await startGateway(environment, nodeOptions);
  endAfterAll(gateway.kill);
  return gateway;
}

/** The settings for a collector that is to get spans at once. */
const sendTo = (url: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_BSP_SCHEDULE_DELAY: '20' });

/** The headers of a caller that is traced. */
function createCaller() {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')] as const;
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-01` } };
}

const isRequest = ({ name }: CollectedSpan) => name === 'POST /graphql';

describe('With OTEL_EXPORTER_OTLP_ENDPOINT', () => {
  test('a request is traced from its caller to the queries of the archive', async () => {
    const collector = await startCollector();
    const gateway = await start(sendTo(collector.url));
    const { traceId, spanId, headers } = createCaller();
    const secret = { authorization: 'Bearer secret-token', 'x-request-id': 'traced-request' };
    const { body } = await gateway.post({ query: QUERY, variables: { arn: exampleArn } }, { ...headers, ...secret });
    expect(body.data.assessmentRun.telemetry.length).toBe(29);

    // The archive's thread sends its own.
    const spans = await collector.until((all) => all.some(isRequest) && all.some(({ name }) => /^SELECT/.test(name)));
    const query = spans.find(({ name }) => /^SELECT/.test(name)) as CollectedSpan;
    expect(toPath(spans, query)).toEqual([
      'POST /graphql',
      'query',
      'load telemetry',
      'cache telemetry',
      'Inspector/GetTelemetryMetadata',
      'Inspector/GetTelemetryMetadata',
      query.name,
    ]);
    const path = toPath(spans, query).map((_, at, names) => {
      const chain = [query];
      while (chain[0]?.parentSpanId !== spanId) {
        chain.unshift(spans.find((span) => span.spanId === chain[0]?.parentSpanId) as CollectedSpan);
      }
      expect(chain).toHaveLength(names.length);
      return chain[at] as CollectedSpan;
    });
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(path.map(({ kind }) => kind)).toEqual([2, 1, 1, 1, 3, 2, 3]);
    expect(path.map(({ attributes }) => attributes)).toMatchObject([
      {
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'url.path': '/graphql',
        'url.scheme': 'http',
        'http.response.status_code': 200,
        'inspector_gateway.cache': 'miss',
      },
      { 'graphql.operation.type': 'query', 'graphql.operation.name': 'Count' },
      { 'inspector_gateway.loader': 'telemetry', 'inspector_gateway.loader.batch_size': 1 },
      { 'inspector_gateway.cache': 'telemetry', 'inspector_gateway.cache.result': 'miss' },
      { 'rpc.system': 'aws-api', 'rpc.service': 'Inspector', 'rpc.method': 'GetTelemetryMetadata' },
      { 'rpc.system': 'aws-api', 'rpc.method': 'GetTelemetryMetadata' },
      { 'db.system.name': 'sqlite', 'db.operation.name': 'SELECT' },
    ]);
    expect(new Set(spans.map(({ resource }) => resource['service.name']))).toEqual(new Set(['inspector-gateway']));
    for (const { path: to, text } of collector.requests) {
      expect(to).toBe('/v1/traces');
      expect(text).not.toMatch(/secret-token|arn:aws/);
    }

    const line = await gateway.requestLine('traced-request');
    expect(line).toMatchObject({ trace_id: traceId, span_id: path[0]?.spanId, trace_flags: '01' });
    const archiveLine = gateway
      .log()
      .find(({ server, operation }) => server === 'archive' && operation === 'GetTelemetryMetadata');
    expect(archiveLine).toMatchObject({ trace_id: traceId, span_id: path[5]?.spanId });
  });

  test('its trace goes on at the upstream, and is not signed', async () => {
    const collector = await startCollector();
    const upstream = await startScriptedUpstream(answerLikeInspector);
    endAfterAll(upstream.stop);
    const gateway = await start({ INSPECTOR_ENDPOINT: upstream.url, ...sendTo(collector.url) });
    const { traceId, headers } = createCaller();
    await gateway.post(
      { query: '{ assessmentRuns(first: 1, filter: { regions: ["us-west-2"] }) { nodes { id } } }' },
      headers,
    );
    const [call] = upstream.callsOf('ListAssessmentRuns');
    const [, signed = ''] = /SignedHeaders=([^,]*)/.exec(String(call?.headers.authorization)) ?? [];
    expect(signed).toMatch(/\bhost\b/);
    expect(signed).not.toMatch(/traceparent|tracestate/);
    const isAttempt = ({ name }: CollectedSpan) => name === 'Inspector/ListAssessmentRuns';
    const spans = await collector.until((all) => all.some(isAttempt));
    expect(call?.headers.traceparent).toBe(`00-${traceId}-${spans.find(isAttempt)?.spanId}-01`);
  });

  test('attempts that fail are spans of their own, and lines of the log have their trace', async () => {
    const collector = await startCollector();
    const upstream = await startScriptedUpstream((_call, response) => sendJson(response, 503, {}));
    endAfterAll(upstream.stop);
    const gateway = await start({
      INSPECTOR_ENDPOINT: upstream.url,
      INSPECTOR_MAX_ATTEMPTS: '2',
      ...sendTo(collector.url),
    });
    const { traceId, headers } = createCaller();
    await gateway.post({ query: QUERY, variables: { arn: freshArn() } }, headers);
    const spans = await collector.until((all) => all.some(isRequest));
    const attempts = spans.filter(({ kind }) => kind === 3);
    expect(attempts.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([0, 1]);
    for (const { attributes, status } of attempts) {
      expect([attributes['error.type'], status.code]).toEqual(['SERVICE_UNAVAILABLE', 2]);
    }
    expect(spans.find(({ name }) => name === 'query')?.attributes['error.type']).toBe('SERVICE_UNAVAILABLE');
    const [, line = ''] = await gateway.stderrMatch(/(\{.*"msg":"inspector failed".*\})/);
    expect(JSON.parse(line)).toMatchObject({ trace_id: traceId });
  });

  test('a request that a cache answers is one span, also over several processes', async () => {
    const collector = await startCollector();
    const gateway = await start({
      WORKERS: '2',
      OTEL_SERVICE_NAME: 'history',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      ...sendTo(collector.url),
    });
    const ask = () => gateway.post({ query: QUERY, variables: { arn: exampleArn } });
    const kinds = () =>
      new Set(collector.spans.filter(isRequest).map(({ attributes }) => attributes['inspector_gateway.cache']));
    const processes = () => new Set(collector.spans.filter(isRequest).map(({ resource }) => resource['process.pid']));
    while (processes().size < 2 || !kinds().has('raw-request')) await Promise.all(Array.from({ length: 20 }, ask));
    const hit = collector.spans.find(({ attributes }) => attributes['inspector_gateway.cache'] === 'raw-request');
    expect(collector.spans.filter(({ traceId }) => traceId === hit?.traceId)).toHaveLength(1);
    expect(hit?.resource).toMatchObject({ 'service.name': 'history', 'deployment.environment.name': 'test' });
  });

  test('the sampler is that of OpenTelemetry, and headers for the collector may stand in a file', async () => {
    const collector = await startCollector();
    const file = join(await createFolder(), 'headers');
    writeFileSync(file, 'x-collector-key=secret%20key\n');
    const upstream = await startScriptedUpstream(answerLikeInspector);
    endAfterAll(upstream.stop);
    const gateway = await start({
      INSPECTOR_ENDPOINT: upstream.url,
      OTEL_EXPORTER_OTLP_HEADERS_FILE: file,
      OTEL_TRACES_SAMPLER: 'parentbased_always_off',
      ...sendTo(collector.url),
    });
    await gateway.post({ query: QUERY, variables: { arn: freshArn() } });
    expect(upstream.calls[0]?.headers.traceparent).toMatch(/-00$/);
    const { traceId, headers } = createCaller();
    await gateway.post({ query: QUERY, variables: { arn: freshArn() } }, headers);
    const spans = await collector.until((all) => all.some(isRequest));
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(collector.requests[0]?.headers['x-collector-key']).toBe('secret key');
  });

  (hasRedisServer ? test : test.skip)('commands of Redis are spans', async () => {
    const collector = await startCollector();
    const redis = await startRedisServer();
    const upstream = await startScriptedUpstream(answerLikeInspector);
    endAfterAll(upstream.stop);
    const gateway = await start({ INSPECTOR_ENDPOINT: upstream.url, REDIS_URL: redis.url, ...sendTo(collector.url) });
    await gateway.post({ query: QUERY, variables: { arn: freshArn() } });
    const spans = await collector.until((all) => all.some(isRequest));
    const command = spans.find(({ attributes }) => attributes['db.system.name'] === 'redis') as CollectedSpan;
    expect(command.attributes['db.operation.name']).toBe(command.name);
    expect(toPath(spans, command)).toContain('cache telemetry');
  });

  test('SIGTERM sends what has not been sent', async () => {
    const collector = await startCollector();
    const gateway = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await gateway.post({ query: QUERY, variables: { arn: exampleArn } });
    gateway.child.kill('SIGTERM');
    expect((await gateway.exited).code).toBe(0);
    const names = collector.spans.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['POST /graphql', expect.stringMatching(/^SELECT/)]));
  });

  test('a collector that is away is told of once, and costs no answer', async () => {
    const url = `http://127.0.0.1:${await findFreePort()}`;
    const gateway = await start({ ...sendTo(url), OTEL_EXPORTER_OTLP_TIMEOUT: '500' });
    for (const arn of [exampleArn, freshArn(), freshArn()]) {
      expect((await gateway.post({ query: QUERY, variables: { arn } })).status).toBe(200);
    }
    await gateway.stderrMatch(/traces cannot be sent/);
    expect((await gateway.post({ query: QUERY, variables: { arn: freshArn() } })).status).toBe(200);
    gateway.child.kill('SIGTERM');
    expect((await gateway.exited).code).toBe(0);
    // Both of the threads have one to tell.
    const told = gateway.log().filter(({ msg }) => msg === 'traces cannot be sent');
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(told.length).toBeLessThanOrEqual(2);
    expect(gateway.notJson()).toEqual([]);
  });

  test('a collector that hangs costs no answer, and a stop no more than its limit', async () => {
    const collector = await startCollector(() => {});
    const gateway = await start(sendTo(collector.url));
    await gateway.post({ query: QUERY, variables: { arn: exampleArn } });
    await collector.until((all) => all.some(isRequest));
    expect((await gateway.post({ query: QUERY, variables: { arn: freshArn() } })).status).toBe(200);
    const startedAt = performance.now();
    gateway.child.kill('SIGTERM');
    expect((await gateway.exited).code).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(STOP_LIMIT_MS);
  });
});

/** Tells every module that is loaded, on every thread, on stderr. */
const TELL_MODULES = `--import=data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module';
  const hooks = 'import { writeSync } from "node:fs"; export const load = (url, context, next) => { writeSync(2, JSON.stringify({ loads: url }) + "\\\\n"); return next(url, context); };';
  register('data:text/javascript,' + encodeURIComponent(hooks));
`)}`;

test.each([
  [{ OTEL_SERVICE_NAME: 'history' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, true],
])('With %j, OpenTelemetry is loaded: %s', async (environment, isLoaded) => {
  const gateway = await start(environment as Record<string, string>, [TELL_MODULES]);
  await gateway.post({ query: QUERY, variables: { arn: exampleArn } }, { 'x-request-id': 'last-request' });
  const line = await gateway.requestLine('last-request');
  const loaded = gateway.log().flatMap(({ loads }) => loads ?? []);
  expect(loaded.some((url) => /graph-service/.test(url))).toBe(true);
  expect(loaded.some((url) => /open-?telemetry/.test(url))).toBe(isLoaded);
  expect('trace_id' in line).toBe(isLoaded);
});
