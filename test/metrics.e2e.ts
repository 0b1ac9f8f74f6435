import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, jest, test } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { endAfterAll } from './helpers/cleanup.js';
import { ask, exchange } from './helpers/client.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { findInstalled } from './helpers/installed.js';
import { runMain } from './helpers/process.js';
import { hasRedisServer, startRedisServer } from './helpers/redis-server.js';
import { exampleArn, freshArn } from './helpers/runs.js';
import { type Scrape, scrape, toGrowth } from './helpers/scrape.js';
import { answerLikeInspector, sendJson, startScriptedUpstream } from './helpers/scripted-upstream.js';

/** Several processes start for some of the tests. */
jest.setTimeout(30_000);

const promtool = findInstalled(['promtool']);

let requests = 0;

/** A gateway with metrics. */
async function startMeasured(environment: Record<string, string> = {}) {
  const gateway = await startGateway({ METRICS_PORT: '0', ...environment });
  endAfterAll(gateway.kill);
  const [, metricsUrl = ''] = await gateway.stdoutMatch(/^Metrics {2}(\S+)$/m);

  /** Asks, and waits until the request is in the log: a client may have its answer before the gateway has counted it. */
  async function post(body: object): Promise<{ body: Json; line: Json }> {
    requests += 1;
    const id = `measured-${requests}`;
    const answer = await gateway.post(body, { 'x-request-id': id });
    return { body: answer.body, line: await gateway.requestLine(id) };
  }

  return {
    ...gateway,
    metricsUrl,
    post,
    scrape: () => scrape(metricsUrl),
    /** What has grown while something was done. */
    async growthOf(act: () => Promise<unknown>): Promise<Record<string, number>> {
      const before = await scrape(metricsUrl);
      await act();
      return toGrowth(before, await scrape(metricsUrl));
    },
  };
}

async function startOverUpstream(answer = answerLikeInspector, environment: Record<string, string> = {}) {
  const upstream = await startScriptedUpstream(answer);
  endAfterAll(upstream.stop);
  return { upstream, ...(await startMeasured({ INSPECTOR_ENDPOINT: upstream.url, ...environment })) };
}

const toQuery = (arn: string, field = 'telemetry') => ({
  query: `{ assessmentRun(arn: "${arn}") { ${field} { count } } }`,
});
const ANSWERED =
  'http_server_request_duration_seconds_count{http_request_method="POST",http_route="/graphql",http_response_status_code="200"}';
const toAsked = (cache: string, result: string) =>
  `inspector_gateway_cache_requests_total{cache="${cache}",result="${result}"}`;
const toCalled = (operation: string, failure = '') =>
  `rpc_client_call_duration_seconds_count{rpc_method="${operation}"${failure && `,error_type="${failure}"`}}`;
const toErrors = (code: string) => `inspector_gateway_graphql_errors_total{code="${code}"}`;
const toBatches = (loader: string) => `inspector_gateway_loader_batch_size_count{loader="${loader}"}`;
const toFilled = (...caches: string[]) =>
  Object.fromEntries(caches.map((cache) => [`inspector_gateway_cache_entries{cache="${cache}"}`, 1]));
/** But for sizes, which are as the caches measure them. */
const withoutSizes = (growth: Record<string, number>) =>
  Object.fromEntries(Object.entries(growth).filter(([name]) => !/_cache_(max_)?size\{|open_connections/.test(name)));

/** What an answer costs that none of the caches has. */
const EXECUTED = {
  [ANSWERED]: 1,
  [toAsked('raw-request', 'miss')]: 1,
  [toAsked('joined', 'miss')]: 1,
  [toAsked('answer', 'miss')]: 1,
};

describe('Metrics count', () => {
  test('a request at each cache that it meets, and the one call that it leads to', async () => {
    const { post, growthOf } = await startOverUpstream();
    // There is no circuit before the first call.
    await post(toQuery(freshArn()));
    const asked = toQuery(freshArn());
    expect(withoutSizes(await growthOf(() => post(asked)))).toEqual({
      ...EXECUTED,
      [toAsked('text', 'miss')]: 1,
      [toAsked('telemetry', 'miss')]: 1,
      [toBatches('telemetry')]: 1,
      [toCalled('GetTelemetryMetadata')]: 1,
      ...toFilled('raw-request', 'answer', 'text', 'telemetry'),
    });
    expect(withoutSizes(await growthOf(() => post(asked)))).toEqual({
      [ANSWERED]: 1,
      [toAsked('raw-request', 'hit')]: 1,
    });
    // The same question, in other words.
    expect(withoutSizes(await growthOf(() => post({ operationName: null, ...asked })))).toEqual({
      [ANSWERED]: 1,
      [toAsked('raw-request', 'miss')]: 1,
      [toAsked('joined', 'miss')]: 1,
      [toAsked('answer', 'hit')]: 1,
      ...toFilled('raw-request'),
    });
    expect(withoutSizes(await growthOf(() => post({ query: `${asked.query} ` })))).toEqual({
      ...EXECUTED,
      [toAsked('text', 'miss')]: 1,
      [toAsked('telemetry', 'hit')]: 1,
      ...toFilled('raw-request', 'answer', 'text'),
    });
  });

  test('an answer that is joined', async () => {
    const { post, growthOf } = await startOverUpstream();
    const query = 'query Page($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { telemetryTotal { count } } }';
    const [one, two] = [freshArn(), freshArn()];
    for (const arns of [[one], [two], [one, two]]) await post({ query, variables: { arns } });
    expect(withoutSizes(await growthOf(() => post({ query, variables: { arns: [two, one] } })))).toEqual({
      [ANSWERED]: 1,
      [toAsked('raw-request', 'miss')]: 1,
      [toAsked('joined', 'hit')]: 1,
    });
  });

  test('errors by code, also those that are given as data', async () => {
    const { post, growthOf } = await startOverUpstream((_call, response) =>
      sendJson(response, 400, {
        __type: 'NoSuchEntityException',
        message: 'gone',
        errorCode: 'ASSESSMENT_RUN_DOES_NOT_EXIST',
        canRetry: false,
      }),
    );
    const arn = freshArn();
    const growth = await growthOf(async () => {
      await post(toQuery(arn));
      await post({ query: `{ assessmentRun(arn: "${arn}") { telemetryResult { __typename } } }` });
      await post({ query: '{ nothing }' });
      await post({ query: 1 });
    });
    expect(growth).toMatchObject({
      [toErrors('NO_SUCH_ENTITY')]: 2,
      [toErrors('GRAPHQL_VALIDATION_FAILED')]: 1,
      [toErrors('BAD_REQUEST')]: 1,
      [toCalled('GetTelemetryMetadata', 'NO_SUCH_ENTITY')]: 1,
      [toAsked('telemetry', 'hit')]: 1,
      [toAsked('telemetry', 'miss')]: 1,
    });
    expect(Object.keys(growth).filter((name) => name.startsWith('inspector_gateway_graphql_errors'))).toHaveLength(3);
  });

  test('attempts by outcome, and retries', async () => {
    let attempts = 0;
    const { post, growthOf } = await startOverUpstream((call, response) => {
      attempts += 1;
      if (attempts > 1) return answerLikeInspector(call, response);
      sendJson(response, 400, { __type: 'ThrottlingException', message: 'Rate exceeded' });
    });
    expect(await growthOf(() => post(toQuery(freshArn())))).toMatchObject({
      [toCalled('GetTelemetryMetadata', 'THROTTLED')]: 1,
      [toCalled('GetTelemetryMetadata')]: 1,
      inspector_gateway_upstream_retries_total: 1,
    });
  });

  test('what is going on: requests, slots, waiting calls, requests that share a read', async () => {
    const held: (() => void)[] = [];
    let onHeld = () => {};
    const { post, scrape, growthOf } = await startOverUpstream(
      (call, response) => {
        held.push(() => void answerLikeInspector(call, response));
        onHeld();
      },
      { INSPECTOR_CONCURRENCY: '1' },
    );
    const growth = await growthOf(async () => {
      const isHeld = new Promise<void>((resolve) => {
        onHeld = resolve;
      });
      const [one, two] = [freshArn(), freshArn()];
      const asked = [post(toQuery(one))];
      await isHeld;
      asked.push(post(toQuery(two)), post({ query: `query Other ${toQuery(one).query}` }), post(toQuery(one)));
      const awaited = [
        'inspector_gateway_upstream_waiting_calls{for="slot"}',
        toAsked('answer', 'coalesced'),
        toAsked('telemetry', 'coalesced'),
      ];
      let meanwhile: Scrape;
      do meanwhile = await scrape();
      while (!awaited.every((name) => meanwhile.values.get(name) === 1));
      expect(Object.fromEntries(meanwhile.values)).toMatchObject({
        http_server_active_requests: 4,
        inspector_gateway_upstream_slots: 1,
        inspector_gateway_upstream_slots_in_use: 1,
        'inspector_gateway_upstream_waiting_calls{for="slot"}': 1,
        'inspector_gateway_upstream_waiting_calls{for="rate"}': 0,
        'inspector_gateway_upstream_circuits{state="closed"}': 1,
        'inspector_gateway_upstream_circuits{state="open"}': 0,
      });
      held[0]?.();
      while (held.length < 2) await scrape();
      held[1]?.();
      await Promise.all(asked);
    });
    expect(growth).toMatchObject({
      [toAsked('answer', 'miss')]: 3,
      [toAsked('answer', 'coalesced')]: 1,
      [toAsked('telemetry', 'miss')]: 2,
      [toAsked('telemetry', 'coalesced')]: 1,
    });
    expect(growth).not.toHaveProperty('http_server_active_requests');
  });

  test('entries that make room for others', async () => {
    const { post, growthOf, scrape } = await startOverUpstream(answerLikeInspector, { CACHE_MAX_RUNS: '1' });
    const growth = await growthOf(async () => {
      for (const arn of [freshArn(), freshArn(), freshArn()]) await post(toQuery(arn));
    });
    expect(growth).toMatchObject({ 'inspector_gateway_cache_evictions_total{cache="telemetry"}': 2 });
    const { values } = await scrape();
    expect(values.get('inspector_gateway_cache_entries{cache="telemetry"}')).toBe(1);
    // A run and its one row.
    expect(values.get('inspector_gateway_cache_size{cache="telemetry"}')).toBe(2);
  });

  test('a stale value that stands in for an upstream that fails, and its circuit', async () => {
    let isDown = false;
    const { post, growthOf, scrape } = await startOverUpstream(
      (call, response) => (isDown ? sendJson(response, 503, {}) : answerLikeInspector(call, response)),
      { CACHE_TTL_SECONDS: '1', INSPECTOR_MAX_ATTEMPTS: '1' },
    );
    const arn = freshArn();
    await post(toQuery(arn));
    isDown = true;
    const growth = await growthOf(async () => {
      let line: Json;
      do ({ line } = await post(toQuery(arn)));
      while (line.cache !== 'miss');
    });
    expect(growth).toMatchObject({
      [toAsked('telemetry', 'stale')]: 1,
      [toCalled('GetTelemetryMetadata', 'SERVICE_UNAVAILABLE')]: 1,
    });
    const OPEN = 'inspector_gateway_upstream_circuits{state="open"}';
    while ((await scrape()).values.get(OPEN) !== 1) {
      await Promise.all(Array.from({ length: 100 }, () => post(toQuery(freshArn()))));
    }
    expect(await growthOf(() => post(toQuery(freshArn())))).toMatchObject({
      inspector_gateway_upstream_refusals_total: 1,
      [toErrors('SERVICE_UNAVAILABLE')]: 1,
    });
  });

  test('operations of the archive inside by outcome', async () => {
    const { post, growthOf, archiveUrl } = await startMeasured();
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'InspectorService.Nothing' };
    const growth = await growthOf(async () => {
      await post(toQuery(exampleArn));
      await post(toQuery(freshArn()));
      await fetch(archiveUrl, { method: 'POST', headers, body: '{}' });
    });
    expect(growth).toMatchObject({
      'rpc_server_call_duration_seconds_count{rpc_method="GetTelemetryMetadata"}': 1,
      'rpc_server_call_duration_seconds_count{rpc_method="GetTelemetryMetadata",error_type="NoSuchEntityException"}': 1,
      'rpc_server_call_duration_seconds_count{error_type="UnknownOperationException"}': 1,
    });
  });

  (hasRedisServer ? test : test.skip)('what Redis was asked for, and what it had', async () => {
    const redis = await startRedisServer();
    const upstream = await startScriptedUpstream();
    endAfterAll(upstream.stop);
    const environment = { INSPECTOR_ENDPOINT: upstream.url, REDIS_URL: redis.url };
    const [one, two] = await Promise.all([startMeasured(environment), startMeasured(environment)]);
    for (const { post, scrape } of [one, two]) {
      // Until it is connected.
      const READY = 'db_client_operation_duration_seconds_count{db_system_name="redis",db_operation_name="EVAL"}';
      while (!(await scrape()).values.has(READY)) await post(toQuery(freshArn()));
    }
    const arn = freshArn();
    expect(await one.growthOf(() => one.post(toQuery(arn)))).toMatchObject({ [toAsked('redis', 'miss')]: 1 });
    const growth = await two.growthOf(() => two.post(toQuery(arn)));
    expect(growth).toMatchObject({ [toAsked('redis', 'hit')]: 1, [toAsked('telemetry', 'miss')]: 1 });
    expect(growth).not.toHaveProperty([toCalled('GetTelemetryMetadata')]);
    expect((await two.scrape()).values.get('inspector_gateway_redis_down')).toBe(0);
  });
});

describe('Metrics of workers', () => {
  const sumOf = ({ values }: Scrape) => values.get(ANSWERED) ?? 0;

  async function startWorkers() {
    const gateway = await startMeasured({ WORKERS: '2' });
    const pids = () => gateway.log().flatMap(({ msg, pid }) => (msg === 'worker listens' ? [pid as number] : []));
    await gateway.stderrMatch(/(worker listens.*){2}/s);
    const lines = () => gateway.log().filter(({ msg, path }) => msg === 'request' && path === '/graphql');
    let asked = 0;
    /** Asks on many connections, and waits until all are in the log: they are counted then. The result is how many so far. */
    async function askMany(): Promise<number> {
      asked += 20;
      await Promise.all(Array.from({ length: 20 }, () => ask(gateway.url, exampleArn, new Agent())));
      while (lines().length < asked) await once(gateway.child.stderr, 'data');
      return asked;
    }
    /** The same until both have answered some. */
    async function askBoth(): Promise<number> {
      do await askMany();
      while (new Set(lines().map(({ worker }) => worker)).size < 2);
      return asked;
    }
    return { ...gateway, pids, askMany, askBoth };
  }

  test('are added up, also when one was killed', async () => {
    const gateway = await startWorkers();
    const asked = await gateway.askBoth();
    const before = await gateway.scrape();
    expect(sumOf(before)).toBe(asked);
    expect(before.values.get('inspector_gateway_workers')).toBe(2);

    process.kill(gateway.pids()[0] as number, 'SIGKILL');
    await gateway.stderrMatch(/(worker listens.*){3}/s);
    const after = await gateway.scrape();
    expect(sumOf(after)).toBe(asked);
    expect(after.values.get('inspector_gateway_workers')).toBe(2);
    const counted = [...before.values].filter(([name]) => /_(total|sum|count|bucket)(\{|$)/.test(name));
    expect(counted.filter(([name, value]) => (after.values.get(name) ?? 0) < value)).toEqual([]);
    await gateway.askMany();
    expect(sumOf(await gateway.scrape())).toBe(asked + 20);
  });

  test('have what one has counted that has left, although nobody had asked', async () => {
    const gateway = await startWorkers();
    const asked = await gateway.askBoth();
    for (const [index, pid] of gateway.pids().entries()) {
      process.kill(pid, 'SIGTERM');
      await gateway.stderrMatch(new RegExp(`(worker left.*){${index + 1}}`, 's'));
    }
    expect(sumOf(await gateway.scrape())).toBe(asked);
  });
});

test('No caller can make up a series', async () => {
  const { post, archiveUrl, url, scrape } = await startMeasured();
  const askAs = async (name: string, method: string) => {
    const origin = `https://${name}.example`;
    const query = `query ${name} { assessmentRun(arn: "${exampleArn}") { name } }`;
    const headers = { 'content-type': 'application/json', 'graphql-client-name': name, origin };
    await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    await fetch(`${url}/${name}`, { headers: { origin, 'x-request-id': name } });
    const target = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `InspectorService.${name}` };
    await fetch(archiveUrl, { method: 'POST', headers: target, body: '{}' });
    await exchange(url, `${method} / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
  };
  /** Asks, and asks once more for something that is counted as the last. */
  const askAll = async (names: readonly string[], method: string) => {
    await Promise.all(names.map((name) => askAs(name, method)));
    await post(toQuery(exampleArn));
  };
  await askAll(['first'], 'PURGE');
  const before = await scrape();
  for (let batch = 0; batch < 20; batch += 1) {
    await askAll(
      Array.from({ length: 50 }, (_, number) => `name${batch}x${number}`),
      'LOCK',
    );
  }
  const after = await scrape();
  expect([...after.values.keys()].sort()).toEqual([...before.values.keys()].sort());
  expect(after.text).not.toMatch(/name\d|LOCK/);
  expect(after.text).toContain('http_request_method="_OTHER"');
});

describe('METRICS_PORT', () => {
  test('that is taken is one line of error', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    for (const args of [[], ['archive']]) {
      const main = runMain(args, { PORT: '0', ARCHIVE_PORT: '0', METRICS_PORT: String(port), LOG_LEVEL: 'warn' });
      expect(await main.exited).toEqual({
        code: 1,
        stdout: '',
        stderr: `http://127.0.0.1:${port} is already in use: set METRICS_PORT to another port, or 0 for a free one.\n`,
      });
    }
    taken.close();
  });

  test('that is unset opens none, and no line of the banner', async () => {
    const gateway = await startGateway();
    endAfterAll(gateway.kill);
    const [banner] = await gateway.stdoutMatch(/^.*Try:/s);
    expect(banner).not.toContain('Metrics');
  });

  test('answers GET and HEAD of /metrics alone, to the hosts of the gateway', async () => {
    const { metricsUrl } = await startMeasured();
    const response = await fetch(metricsUrl);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    await response.text();
    const { origin } = new URL(metricsUrl);
    const statuses = [
      await fetch(metricsUrl, { method: 'HEAD' }),
      await fetch(metricsUrl, { method: 'POST' }),
      await fetch(`${origin}/graphql`),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 405, 404]);
    const foreign = await exchange(
      origin,
      'GET /metrics HTTP/1.1\r\nhost: portal.example\r\nconnection: close\r\n\r\n',
    );
    expect(foreign.status).toBe(421);
  });

  test('is answered by an archive alone as well', async () => {
    const main = runMain(['archive'], { ARCHIVE_PORT: '0', METRICS_PORT: '0' });
    endAfterAll(main.kill);
    const [, url = '', metricsUrl = ''] = await main.stdoutMatch(/Archive {2}(\S+).*\nMetrics {2}(\S+)\n/);
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'InspectorService.ListRulesPackages',
    };
    await fetch(url, { method: 'POST', headers, body: '{}' });
    const { values } = await scrape(metricsUrl);
    expect(values.get('rpc_server_call_duration_seconds_count{rpc_method="ListRulesPackages"}')).toBe(1);
    expect(values.get('process_memory_usage_bytes')).toBeGreaterThan(1e6);
  });
});

describe('Whoever runs the gateway', () => {
  const readText = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  const page = readText('docs/operations.md');
  const rulesText = readText('deploy/prometheus-rules.yaml');
  const rules = (parseYaml(rulesText) as Json).groups.flatMap((group: Json) => group.rules);
  const dashboard = JSON.parse(readText('deploy/grafana-dashboard.json')) as Json;
  const toRows = (heading: string) => {
    const lines = (page.split(`## ${heading}\n`)[1] ?? '').split('\n## ')[0]?.split('\n') ?? [];
    const rows = lines.filter((line) => line.startsWith('| `'));
    return rows.map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  };
  const unquote = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text as string);

  // All that any gateway has, after an example of most: workers, Redis and an audit, which need not be there.
  const measured = (async () => {
    const gateway = await startMeasured({ WORKERS: '2', REDIS_URL: 'redis://127.0.0.1:1', AUDIT_FILE: '/dev/null' });
    for (const query of [toQuery(exampleArn), toQuery(freshArn()), { query: '{ nothing }' }]) await gateway.post(query);
    return gateway.scrape();
  })();
  measured.catch(() => {});

  /** The metrics that an expression has, without the suffixes of histograms. */
  function toNames(expression: string): string[] {
    const words = expression
      .replace(/"[^"]*"/g, '""')
      .replace(/\{[^}]*\}|\b(?:by|on|without) \([^)]*\)|\[[^\]]*\]/g, ' ')
      .match(/\b[a-z]\w*(?=\s|\)|$|,)(?!\s*\()/g);
    return (words ?? []).map((name) => name.replace(/_(bucket|count|sum)$/, ''));
  }
  const expressions: string[] = [
    ...rules.map(({ expr }: Json) => expr),
    ...dashboard.panels.flatMap(({ targets = [] }: Json) => targets.map(({ expr }: Json) => expr)),
  ];

  test('finds each metric in docs/operations.md with its type and labels, and no other', async () => {
    const { types, values } = await measured;
    const rows = toRows('Metrics').map(([name, type, labels]) => [unquote(name)[0], type, unquote(labels)] as const);
    expect(Object.fromEntries(rows.map(([name, type]) => [name, type]))).toEqual(Object.fromEntries(types));
    for (const [name, , labels] of rows) {
      const seen = [...values.keys()]
        .filter((key) => key.replace(/(_bucket|_count|_sum)?(\{.*)?$/, '') === name)
        .flatMap((key) => [...key.matchAll(/([a-z_]+)="/g)].map(([, label]) => label as string));
      expect([name, [...new Set(seen)].filter((label) => label !== 'le' && !labels.includes(label))]).toEqual([
        name,
        [],
      ]);
    }
  });

  test('finds in rules and dashboard only metrics that there are, and each metric in one of them', async () => {
    const { types } = await measured;
    const named = new Set(expressions.flatMap(toNames));
    expect([...named].filter((name) => !types.has(name))).toEqual([]);
    expect([...types.keys()].filter((name) => !named.has(name))).toEqual([]);
  });

  test('finds only label values in rules and dashboard that the gateway gives', async () => {
    const sources = [
      'src/graph-metrics.ts',
      'src/inspector/inspector-failure.ts',
      'src/inspector/resilience/circuit-breaker.ts',
      'src/archive/wire/modelled-errors.ts',
    ];
    const text = sources.map(readText).join('\n');
    const values = expressions.flatMap((expression) =>
      [...expression.matchAll(/\b(code|error_type|cache|result|state)!?=~?"([^"]*)"/g)].flatMap(([, , value = '']) =>
        value.split('|'),
      ),
    );
    expect(values.length).toBeGreaterThan(10);
    const own = new Set(['', 'INTERNAL_SERVER_ERROR', ...text.matchAll(/\b[\w-]+\b/g)].map(String));
    expect(values.filter((value) => !own.has(value))).toEqual([]);
  });

  test('finds each alert in docs/operations.md, and no other', () => {
    expect(toRows('Alerts').map(([name]) => unquote(name)[0])).toEqual(rules.map(({ alert }: Json) => alert));
  });

  (promtool === undefined ? test.skip : test)('has rules and metrics in which promtool finds nothing', async () => {
    const check = (args: string[], input = '') => {
      const { status, stdout, stderr } = spawnSync(promtool as string, ['check', ...args], { input, encoding: 'utf8' });
      return { status, text: stdout + stderr };
    };
    const file = new URL('../deploy/prometheus-rules.yaml', import.meta.url).pathname;
    expect(check(['rules', file])).toMatchObject({ status: 0 });
    expect(check(['metrics'], (await measured).text)).toEqual({ status: 0, text: '' });
    expect(check(['metrics'], 'ours 1\n').status).not.toBe(0);
  });
});
