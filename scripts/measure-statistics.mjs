#!/usr/bin/env node
// Measures the statistics and comparisons of the archive of ARCHIVE_URL over HTTP, and how long each blocks other requests:
//   npm run build && ARCHIVE_URL=sqlite:archive.db node scripts/measure-statistics.mjs [rounds]
// Fill it with: node scripts/generate-history.mjs 50000 500000 | node dist/main.js archive import -
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openDatabase } from '../build/archive/store/database.js';
import { createReader } from '../build/archive/store/reader.js';
import { createArchiveServer } from '../build/archive/wire/archive-server.js';

const rounds = Number(process.argv[2] ?? 10);

const database = await openDatabase(process.env.ARCHIVE_URL);
await database.limitReads();
const server = createArchiveServer({ reader: createReader(database), onDefect: console.error }).listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}/`;

console.log(`${database.engine}, ${rounds} rounds\n`);
console.log('median ms   max ms  block ms  groups  what');
for (const [operation, input] of await createCases()) {
  const times = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let groups = 0;
  let failure = '';
  delay.enable();
  for (let round = 0; round < rounds && failure === ''; round += 1) {
    const startedAt = performance.now();
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'X-Amz-Target': `InspectorArchive.${operation}` },
      body: JSON.stringify(input),
    });
    const body = await response.json();
    times.push(performance.now() - startedAt);
    if (!response.ok) failure = `  ${body.__type} ${body.errorCode ?? ''}`;
    groups = body.groupCount ?? 0;
  }
  delay.disable();
  times.sort((a, b) => a - b);
  const numbers = [times[Math.floor(times.length / 2)], times.at(-1), delay.max / 1e6].map((ms) =>
    ms.toFixed(1).padStart(8),
  );
  const what = JSON.stringify(input).replaceAll('"', '').slice(0, 120);
  console.log(
    `${numbers.join(' ')} ${String(groups).padStart(8)}  ${operation.replace('Summarize', '')} ${what}${failure}`,
  );
}
server.close();
server.closeAllConnections();
await database.close();

/** Summaries of everything and of parts, by what this archive holds. */
async function createCases() {
  const first = (table, columns) =>
    database.tables.selectFrom(table).select(columns).where('created_at', 'is not', null).limit(1).executeTakeFirst();
  const run = await first('assessment_runs', ['account', 'region', 'assessment_template_arn']);
  const finding = await first('findings', ['agent_id', 'rule_name', 'created_at', 'rules_package_arn']);
  const { last } = await database.tables
    .selectFrom('assessment_runs')
    .select(({ fn }) => fn.max('created_at').as('last'))
    .executeTakeFirst();
  const year = { createdBetween: { from: last - 365 * 86_400, to: last - 0.5 } };
  const zone = { interval: 'MONTH', timeZone: 'America/New_York' };
  const MONTH = { interval: 'MONTH' };
  const findings = [
    { groupBy: ['SEVERITY'], ...MONTH },
    { groupBy: ['SEVERITY'], ...zone },
    { groupBy: ['SEVERITY', 'RULES_PACKAGE'], ...MONTH },
    { groupBy: ['ACCOUNT', 'REGION'], ...MONTH },
    { groupBy: ['SEVERITY'], interval: 'WEEK', filter: year },
    { groupBy: ['SEVERITY'], interval: 'DAY', filter: year },
    { groupBy: ['SEVERITY'], filter: { accountIds: [run.account], regions: [run.region] }, ...MONTH },
    { groupBy: ['TEMPLATE'], ...MONTH },
    { groupBy: ['TEMPLATE', 'SEVERITY'], ...MONTH },
    { groupBy: ['RULE'] },
    { groupBy: ['RULE'], ...MONTH },
    { groupBy: ['HOST'], ...MONTH },
    { groupBy: ['RULE', 'HOST'] },
    { groupBy: ['SEVERITY'], filter: { text: 'CVE-2014' }, ...MONTH },
    { groupBy: ['SEVERITY'], filter: { agentIds: [finding.agent_id] }, ...MONTH },
    { groupBy: ['SEVERITY'], filter: { ruleNames: [finding.rule_name] }, ...MONTH },
    { groupBy: ['SEVERITY'], filter: { assessmentTemplateArns: [run.assessment_template_arn] }, ...MONTH },
    { groupBy: ['RULE'], filter: { severities: ['High'], ...year } },
  ];
  const telemetry = [
    { ...MONTH },
    { groupBy: ['STATE'], ...MONTH },
    { groupBy: ['ACCOUNT', 'REGION'], ...MONTH },
    { groupBy: ['MESSAGE_TYPE'] },
    { groupBy: ['MESSAGE_TYPE'], ...MONTH },
    { groupBy: ['MESSAGE_TYPE', 'ACCOUNT'], ...MONTH },
    { groupBy: ['MESSAGE_TYPE'], filter: { assessmentTemplateArns: [run.assessment_template_arn] }, ...MONTH },
    { groupBy: ['MESSAGE_TYPE'], filter: year, ...MONTH },
  ];
  const runs = [
    { groupBy: ['STATE'], ...MONTH },
    { groupBy: ['RULES_PACKAGE'], ...MONTH },
    { groupBy: ['TEMPLATE'], ...MONTH },
    { groupBy: ['STATE'], filter: year, interval: 'DAY', timeZone: 'Europe/Berlin' },
  ];
  return [
    ...findings.map((input) => ['SummarizeFindings', input]),
    ...telemetry.map((input) => ['SummarizeTelemetry', input]),
    ...runs.map((input) => ['SummarizeAssessmentRuns', input]),
    ...(await createComparisons()),
  ];
}

/** The comparison of the two runs with the most findings that are of one template. */
async function createComparisons() {
  const largest = await database.tables
    .selectFrom('findings')
    .select(({ fn }) => ['assessment_run_arn', fn.countAll().as('count')])
    .groupBy('assessment_run_arn')
    .orderBy('count', 'desc')
    .orderBy('assessment_run_arn', 'desc')
    .limit(1)
    .execute();
  return largest.map(({ assessment_run_arn: assessmentRunArn }) => ['CompareAssessmentRuns', { assessmentRunArn }]);
}
