import { execSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, createServer, request as sendRequest } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { median } from '../alternation.mjs';
import { startProduct } from '../fleet.mjs';
import { toNumber } from '../report.mjs';

/** Ten findings for each run: a tenth of a large company's history unless the environment says otherwise. */
export const RUNS = Number(process.env.BENCH_HISTORY ?? 50_000);
const FINDINGS = 10 * RUNS;
/** A server on which a database is made for the load, and dropped. */
const POSTGRES_URL = process.env.BENCH_POSTGRES_URL;

const PAGE_SIZE = 20;
const PAGES = 20;
const FAR_PAGE = 1000;
const COMPARED_FINDINGS = 1000;
const BATCHES = 10;
const RUNS_PER_BATCH = 100;
const SINGLE_CONNECTIONS = 40;

const PORTAL_PAGE = `query Portal($after: String) {
  assessmentRuns(first: ${PAGE_SIZE}, orderBy: CREATED_AT_DESC, after: $after) {
    totalCount
    nodes { arn name state createdAt findingCounts { severity count } telemetryTotal { count dataSize } }
    pageInfo { endCursor }
  }
}`;
const TREND =
  '{ findingStatistics(groupBy: [SEVERITY], interval: MONTH) { groups { total { count } buckets { start count } } } }';
const RULES = '{ findingStatistics(groupBy: [RULE]) { groups { keys { value } total { count } } } }';
const WORST = '{ findings(first: 100, orderBy: SEVERITY_DESC) { totalCount nodes { title severity createdAt } } }';

/** What people ask of a history: pages, pages far behind, statistics, comparisons and batches, on each engine. */
export async function history(bench) {
  const targets = await measureEngine(bench, 'SQLite', (name) => `sqlite:${join(bench.folder, name)}.db`);
  if (POSTGRES_URL === undefined) {
    targets.push({ asked: 'PostgreSQL', toReach: 'the same', measured: 'BENCH_POSTGRES_URL is not set', isMet: null });
  } else {
    const urls = new Map();
    for (const name of ['history', 'tenth']) urls.set(name, await createDatabase());
    targets.push(...(await measureEngine(bench, 'PostgreSQL', (name) => urls.get(name))));
    for (const url of urls.values()) await dropDatabase(url);
  }
  const text =
    'Made up by scripts/generate-history.mjs: a company of 200 accounts in 14 regions over six years. Pages, statistics and ' +
    'comparisons are timed at the archive, one after the other; what is said of the gateway is timed through it. PostgreSQL has ' +
    'been vacuumed, as it does by itself some time after an import. What an import takes is the load import.';
  return { figures: [], targets, text };
}

async function measureEngine(bench, engine, toUrl) {
  const tenth = await fill(bench, toUrl('tenth'), RUNS / 10);
  const tenthMs = await measureTenth(bench, tenth.url);
  const { url: archiveUrl, importSeconds } = await fill(bench, toUrl('history'), RUNS);
  const size = `${RUNS.toLocaleString('en')} runs, ${FINDINGS.toLocaleString('en')} findings, ${engine}`;
  const targets = [{ asked: `${size}: import`, toReach: '-', measured: `${toNumber(importSeconds)} s`, isMet: null }];
  const add = (asked, toReach, measured, isMet) => {
    bench.progress(`history, ${engine}: ${asked}: ${measured}`);
    targets.push({ asked: `${size}: ${asked}`, toReach, measured, isMet });
  };
  const within = (asked, timesMs, { p50, p99 }) => {
    const [half, most] = [quantile(timesMs, 0.5), quantile(timesMs, 0.99)];
    const toReach = [`p50 under ${p50} ms`, ...(p99 === undefined ? [] : [`p99 under ${p99} ms`])].join(', ');
    add(
      asked,
      toReach,
      `${toNumber(half)} ms, p99 ${toNumber(most)} ms`,
      half < p50 && (p99 === undefined || most < p99),
    );
  };

  const archive = await startProduct(bench, { ARCHIVE_URL: archiveUrl }, { args: ['archive'] });
  const call = createClient(archive.url);
  try {
    const shapes = await measureShapes(call);
    const [firstMs, laterMs] = [
      shapes.map(({ pagesMs }) => pagesMs[0]),
      shapes.flatMap(({ pagesMs }) => pagesMs.slice(1)),
    ];
    const goal = { p50: 10, p99: 50 };
    within(`a page by any of ${shapes.length} filters and orders, with totalCount`, [...firstMs, ...laterMs], goal);
    within('the first pages of them alone, of which each has to be counted', firstMs, goal);
    const [slowest] = shapes.toSorted((a, b) => b.pagesMs[0] - a.pagesMs[0]);
    add(
      'the slowest first page',
      'under 50 ms',
      `${toNumber(slowest.pagesMs[0])} ms: ${slowest.name.replaceAll('|', '\\|')}`,
      slowest.pagesMs[0] < 50,
    );
    const growth = median([...firstMs, ...laterMs]) / median(tenthMs);
    add(
      `pages beside those of ${(RUNS / 10).toLocaleString('en')} runs`,
      'at most 1.5 x',
      `${growth.toFixed(2)} x`,
      growth <= 1.5,
    );

    for (const operation of ['SearchAssessmentRuns', 'SearchFindings']) {
      const near = await timePages(call, operation, undefined);
      let after;
      for (let items = 0; items < FAR_PAGE * PAGE_SIZE; items += 100) {
        const answer = await call(operation, { first: 100, after });
        after = answer.items.at(-1).cursor;
        if (!answer.hasNextPage) break;
      }
      const far = await timePages(call, operation, after);
      const ratio = median(far) / median(near);
      add(`${operation}, page ${FAR_PAGE} beside page 1`, 'at most 1.5 x', `${ratio.toFixed(2)} x`, ratio <= 1.5);
    }

    within(
      'findings by month and severity',
      await repeat(() => call('SummarizeFindings', { groupBy: ['SEVERITY'], interval: 'MONTH' })),
      { p50: RUNS > 50_000 ? 1000 : 100 },
    );
    for (const dimension of ['RULE', 'HOST']) {
      within(
        `findings by ${dimension.toLowerCase()} and month`,
        await repeat(() => call('SummarizeFindings', { groupBy: [dimension], interval: 'MONTH' })),
        { p50: 1000 },
      );
    }
    within(
      'findings by account and rules package',
      await repeat(() => call('SummarizeFindings', { groupBy: ['ACCOUNT', 'RULES_PACKAGE'] })),
      { p50: 100 },
    );
    within(
      'telemetry by month and type',
      await repeat(() => call('SummarizeTelemetry', { groupBy: ['MESSAGE_TYPE'], interval: 'MONTH' })),
      { p50: 100 },
    );
    within(
      'runs by month and state',
      await repeat(() => call('SummarizeAssessmentRuns', { groupBy: ['STATE'], interval: 'MONTH' })),
      { p50: 100 },
    );

    const [base, compared] = comparedArns();
    const compare = { assessmentRunArn: compared, baseAssessmentRunArn: base };
    within(
      `two runs of ${COMPARED_FINDINGS} findings compared`,
      await repeat(() => call('CompareAssessmentRuns', compare)),
      { p50: 20 },
    );

    const arns = [];
    for (let after; arns.length < 2 * BATCHES * RUNS_PER_BATCH; ) {
      const { items, hasNextPage } = await call('SearchAssessmentRuns', { first: 100, after, orderBy: 'NAME_ASC' });
      arns.push(...items.map(({ assessmentRunArn }) => assessmentRunArn));
      after = items.at(-1).cursor;
      if (!hasNextPage) break;
    }
    const half = Math.floor(arns.length / 2);
    const [, batchMs] = await time(async () => {
      for (let start = 0; start < half; start += RUNS_PER_BATCH) {
        const assessmentRunArns = arns.slice(start, Math.min(start + RUNS_PER_BATCH, half));
        await call('BatchGetTelemetryMetadata', { assessmentRunArns });
      }
    });
    const singles = arns.slice(half, 2 * half);
    const [, singleMs] = await time(() =>
      Promise.all(
        Array.from({ length: SINGLE_CONNECTIONS }, async () => {
          for (let arn = singles.pop(); arn !== undefined; arn = singles.pop()) {
            await call('GetTelemetryMetadata', { assessmentRunArn: arn }, 'InspectorService');
          }
        }),
      ),
    );
    const ratio = batchMs / singleMs;
    add(
      `${half.toLocaleString('en')} runs by BatchGetTelemetryMetadata`,
      'at most 0.2 x single calls',
      `${ratio.toFixed(2)} x`,
      ratio <= 0.2,
    );
  } finally {
    await archive.stop();
  }
  await measureGateway(bench, archiveUrl, { add, within });
  return targets;
}

/** The times of pages of an archive that has a tenth of the history. */
async function measureTenth(bench, archiveUrl) {
  const archive = await startProduct(bench, { ARCHIVE_URL: archiveUrl }, { args: ['archive'] });
  try {
    return (await measureShapes(createClient(archive.url))).flatMap(({ pagesMs }) => pagesMs);
  } finally {
    await archive.stop();
  }
}

/** The times of the pages of each filter and order, the first page first. */
async function measureShapes(call) {
  const { items } = await call('SearchFindings', { first: 1 });
  const shapes = toShapes(await call('DescribeArchive', {}), items[0].finding);
  // What is compiled first is not what a page costs.
  for (const [operation, input] of shapes.filter((_, place) => place % 7 === 0)) {
    for (let times = 0; times < 3; times += 1) await call(operation, { ...input, first: PAGE_SIZE });
  }
  const measured = [];
  for (const [operation, input] of shapes) {
    const pagesMs = [];
    for (let page = 0, after; page < PAGES; page += 1) {
      const asked = { ...input, first: PAGE_SIZE, after, includeTotalCount: true };
      const [answer, ms] = await time(() => call(operation, asked));
      pagesMs.push(ms);
      if (!answer.hasNextPage) break;
      after = answer.items.at(-1).cursor;
    }
    measured.push({ name: `${operation} ${JSON.stringify(input)}`, pagesMs });
  }
  return measured;
}

/** Through the graph: what a portal's first page takes, and whether the event loop is held up meanwhile. */
async function measureGateway(bench, archiveUrl, { add, within }) {
  const archive = await startProduct(bench, { ARCHIVE_URL: archiveUrl }, { args: ['archive'], core: null });
  const counter = await startCounter(archive.url);
  const counted = await startProduct(bench, { INSPECTOR_ENDPOINT: counter.url });
  try {
    await askGraph(counted.url, PORTAL_PAGE, {});
    // Once the gateway knows its upstream.
    const { data } = await askGraph(counted.url, PORTAL_PAGE, {});
    counter.calls.length = 0;
    await askGraph(counted.url, PORTAL_PAGE, { after: data.assessmentRuns.pageInfo.endCursor });
    const calls = counter.calls.filter((target) => !target.endsWith('GetArchiveRevision'));
    add('calls for a cold portal page', 'at most 3', `${calls.length}: ${calls.join(', ')}`, calls.length <= 3);
  } finally {
    await counted.stop();
    await counter.stop();
    await archive.stop();
  }

  const delayFile = join(bench.folder, `delay-${randomUUID()}`);
  const gateway = await startProduct(
    bench,
    { INSPECTOR_ENDPOINT: 'embedded', ARCHIVE_URL: archiveUrl },
    { core: null, nodeArgs: ['--import', toDelayMonitor(delayFile)] },
  );
  try {
    const timesMs = [];
    let after = null;
    for (let page = 0; page < PAGES; page += 1) {
      const [{ data }, ms] = await time(() => askGraph(gateway.url, PORTAL_PAGE, { after }));
      if (page > 1) timesMs.push(ms);
      after = data.assessmentRuns.pageInfo.endCursor;
      if (after === null) break;
    }
    within('a cold portal page through the gateway', timesMs, { p50: 15 });
    // What is compiled and loaded first is not what these take.
    await pause(1000);
    process.kill(gateway.pid, 'SIGUSR2');
    await pause(100);
    const [base, compared] = comparedArns();
    const comparison = `{ assessmentRun(arn: "${compared}") { comparison(with: "${base}") { newFindings(first: 100) { nodes { title } } } } }`;
    for (const query of [TREND, comparison, RULES, WORST]) await askGraph(gateway.url, query, {});
    await askGraph(gateway.url, PORTAL_PAGE, { after });
    process.kill(gateway.pid, 'SIGUSR2');
    await pause(100);
    const [, blockMs] = readFileSync(delayFile, 'utf8').trim().split('\n').map(Number);
    add(
      "the longest block of the gateway's event loop by these",
      'under 20 ms',
      `${toNumber(blockMs)} ms`,
      blockMs < 20,
    );
  } finally {
    await gateway.stop();
  }
}

/** A module that writes the longest delay of the event loop since the last SIGUSR2 to a file, at each SIGUSR2. */
function toDelayMonitor(file) {
  const program = `
    import { appendFileSync } from 'node:fs';
    import { monitorEventLoopDelay } from 'node:perf_hooks';
    import { isMainThread } from 'node:worker_threads';
    if (isMainThread) {
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      process.on('SIGUSR2', () => {
        appendFileSync(${JSON.stringify(file)}, delay.max / 1e6 + '\\n');
        delay.reset();
      });
    }`;
  return `data:text/javascript,${encodeURIComponent(program)}`;
}

/** Filters and orders of which people use some, and each is used here. */
function toShapes({ accounts, regions, firstRunAt, lastRunAt }, finding) {
  const middle = (firstRunAt + lastRunAt) / 2;
  const accountIds = [accounts[Math.floor(accounts.length / 2)].accountId];
  const region = regions[Math.floor(regions.length / 2)].region;
  const created = { from: middle, to: middle + 30 * 86_400 };
  const year = { from: middle - 365 * 86_400, to: middle };
  const [assessmentTemplateArn] = finding.arn.split('/run/');
  const runFilters = [
    {},
    { accountIds },
    { regions: [region] },
    { accountIds, regions: [region] },
    { states: ['FAILED'] },
    { states: ['ERROR'] },
    { createdBetween: created },
    { createdBetween: year },
    { assessmentTemplateArns: [assessmentTemplateArn] },
    { hasTelemetry: true },
    { namePattern: '*template 7*' },
    { text: 'nowhere' },
    { text: 'RUN' },
  ];
  const findingFilters = [
    {},
    { accountIds },
    { regions: [region] },
    { severities: ['High'] },
    { severities: ['High'], accountIds },
    { createdBetween: created },
    { createdBetween: year },
    { createdBetween: year, severities: ['Low'] },
    { assessmentTemplateArns: [assessmentTemplateArn] },
    { ruleNames: [finding.id] },
    { agentIds: [finding.assetAttributes.agentId] },
    { accountIds, attributes: [{ key: 'package_name', value: 'package-3' }] },
    { text: finding.id },
    { text: 'nowhere' },
    { text: 'a' },
    { severities: ['Low'], createdBetween: created, regions: [region] },
  ];
  const runOrders = ['CREATED_AT_DESC', 'STARTED_AT_ASC', 'COMPLETED_AT_DESC', 'NAME_ASC'];
  const findingOrders = ['CREATED_AT_DESC', 'CREATED_AT_ASC', 'SEVERITY_DESC', 'TITLE_ASC'];
  const pair = (operation, filters, orders) =>
    filters.flatMap((filter) => orders.map((orderBy) => [operation, { filter, orderBy }]));
  return [
    ...pair('SearchAssessmentRuns', runFilters, runOrders),
    ...pair('SearchFindings', findingFilters, findingOrders),
    ...pair('SearchHosts', [{}, { accountIds }], ['LAST_SEEN_AT_DESC', 'AGENT_ID_ASC']),
  ];
}

async function timePages(call, operation, start) {
  const timesMs = [];
  for (let page = 0; page < 2 * PAGES; page += 1) {
    const [, ms] = await time(() => call(operation, { first: PAGE_SIZE, after: start }));
    if (page >= PAGES) timesMs.push(ms);
  }
  return timesMs;
}

async function repeat(ask) {
  const timesMs = [];
  for (let times = 0; times < PAGES; times += 1) {
    const [, ms] = await time(ask);
    if (times > 1) timesMs.push(ms);
  }
  return timesMs;
}

/** What came of it, and how long it took. */
async function time(ask) {
  const startedAtMs = performance.now();
  const answer = await ask();
  return [answer, performance.now() - startedAtMs];
}

/** Calls an operation of the archive over connections that are kept. */
function createClient(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: SINGLE_CONNECTIONS });
  return async (operation, input, service = 'InspectorArchive') => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${service}.${operation}` };
    const { status, text } = await send(url, agent, headers, JSON.stringify(input));
    if (status !== 200) throw new Error(`${operation} ${JSON.stringify(input)}: ${text}`);
    return JSON.parse(text);
  };
}

const graphAgent = new Agent({ keepAlive: true });

async function askGraph(url, query, variables) {
  const headers = { 'content-type': 'application/json' };
  const { text } = await send(url, graphAgent, headers, JSON.stringify({ query, variables }));
  const answer = JSON.parse(text);
  if (answer.errors !== undefined) throw new Error(text);
  return answer;
}

function send(url, agent, headers, body) {
  return new Promise((resolve, reject) => {
    const sent = sendRequest(url, { method: 'POST', agent, headers }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve({ status: response.statusCode, text });
    });
    sent.on('error', reject).end(body);
  });
}

/** Hands calls on to an archive, and notes their targets. */
async function startCounter(target) {
  const { hostname, port } = new URL(target);
  const calls = [];
  const server = createServer((request, response) => {
    const { method, url: path, headers } = request;
    calls.push(headers['x-amz-target']);
    const passed = sendRequest({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    calls,
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A file with the history, which all loads share; with the seconds that its import took. */
export function fillHistory(bench) {
  bench.history ??= fill(bench, `sqlite:${join(bench.folder, 'views.db')}`, RUNS);
  return bench.history;
}

/** Imports the history, and two runs of one template with many findings, half of which are in both. */
async function fill(bench, url, runs) {
  const findings = 10 * runs;
  bench.progress(`history: ${runs} runs and ${findings} findings are imported into ${url.split(':')[0]}`);
  const [generate, main] = ['../../scripts/generate-history.mjs', '../../dist/main.js'].map((file) =>
    fileURLToPath(new URL(file, import.meta.url)),
  );
  const options = { env: { ...process.env, ARCHIVE_URL: url }, stdio: ['pipe', 'ignore', 'inherit'] };
  const startedAtMs = performance.now();
  execSync(
    `"${process.execPath}" "${generate}" ${runs} ${findings} 200 14 | "${process.execPath}" "${main}" archive import -`,
    options,
  );
  const importSeconds = (performance.now() - startedAtMs) / 1000;
  const input = comparedRecords().map((record) => `${JSON.stringify(record)}\n`);
  execSync(`"${process.execPath}" "${main}" archive import -`, { ...options, input: input.join('') });
  if (url.startsWith('postgres')) await queryServer('vacuum analyze', url);
  return { url, importSeconds };
}

const COMPARED = 'arn:aws:inspector:us-west-2:123456789012:target/0-Compared/template/0-Compared';
const comparedArns = () => ['0-Compare1', '0-Compare2'].map((id) => `${COMPARED}/run/${id}`);

function comparedRecords() {
  return comparedArns().map((arn, run) => ({
    operation: 'DescribeFindings',
    input: {},
    output: {
      findings: Array.from({ length: COMPARED_FINDINGS }, (_, number) => ({
        arn: `${arn}/finding/0-F${String(number).padStart(7, '0')}`,
        id: `CVE-2024-${number + (run * COMPARED_FINDINGS) / 2}`,
        title: `Finding ${number}`,
        severity: 'High',
        assetAttributes: { schemaVersion: 1, agentId: `i-${String(number % 50).padStart(8, '0')}` },
        createdAt: 1_700_000_000 + number,
      })),
      failedItems: {},
    },
  }));
}

async function createDatabase() {
  const name = `inspector_gateway_bench_${randomUUID().replaceAll('-', '')}`;
  await queryServer(`create database ${name}`);
  return Object.assign(new URL(POSTGRES_URL), { pathname: `/${name}` }).href;
}

const dropDatabase = (url) => queryServer(`drop database ${new URL(url).pathname.slice(1)} with (force)`);

async function queryServer(statement, url = POSTGRES_URL) {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
