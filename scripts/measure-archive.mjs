#!/usr/bin/env node
// Measures one page of ListAssessmentRuns for each filter, over HTTP, at the archive of ARCHIVE_URL:
//   npm run build && ARCHIVE_URL=sqlite:archive.db node scripts/measure-archive.mjs [rounds]
// Fill it with: node scripts/generate-history.mjs 50000 500000 | node dist/main.js archive import -
import { once } from 'node:events';
import { openDatabase } from '../build/archive/store/database.js';
import { createReader } from '../build/archive/store/reader.js';
import { createArchiveServer } from '../build/archive/wire/archive-server.js';

const rounds = Number(process.argv[2] ?? 30);
const LIMIT_MS = 10;
const PAGE_SIZE = 100;

const database = await openDatabase(process.env.ARCHIVE_URL);
const server = createArchiveServer({ reader: createReader(database), onDefect: console.error }).listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}/`;

const cases = await createCases();
console.log(`${database.engine}, ${await countRuns()} runs, pages of ${PAGE_SIZE}, ${rounds} rounds\n`);
console.log('median ms   p95 ms   ARNs  filter');
let slow = 0;
for (const { title, input, region } of cases) {
  const times = [];
  let found = 0;
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    const { assessmentRunArns } = await list(input, region);
    times.push(performance.now() - startedAt);
    found = assessmentRunArns.length;
  }
  times.sort((a, b) => a - b);
  const [median, p95] = [0.5, 0.95].map((share) => times[Math.floor(share * (times.length - 1))]);
  if (median >= LIMIT_MS) slow += 1;
  const numbers = [median.toFixed(2).padStart(9), p95.toFixed(2).padStart(8), String(found).padStart(6)];
  console.log(`${numbers.join(' ')}  ${title}${median >= LIMIT_MS ? `  (over ${LIMIT_MS} ms)` : ''}`);
}
console.log(`\n${slow} of ${cases.length} medians are over ${LIMIT_MS} ms.`);
server.close();
server.closeAllConnections();
await database.close();
process.exitCode = slow === 0 ? 0 : 1;

async function list(input, region) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'X-Amz-Target': 'InspectorService.ListAssessmentRuns',
      ...(region && {
        Authorization: `AWS4-HMAC-SHA256 Credential=any/20260101/${region}/inspector/aws4_request, Signature=any`,
      }),
    },
    body: JSON.stringify({ maxResults: PAGE_SIZE, ...input }),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** Filters with what this archive holds: the rarest and the commonest of each value, ends and middles of ranges. */
async function createCases() {
  const states = await countBy('assessment_runs', 'state');
  const packages = await countBy('evaluated_rules_packages', 'rules_package_arn');
  const templates = await countBy('assessment_runs', 'assessment_template_arn');
  const regions = await countBy('assessment_runs', 'region');
  const [rareState, commonState] = [states[0], states.at(-1)];
  const [rarePackage, commonPackage] = [packages[0], packages.at(-1)];
  const runs = await database.tables
    .selectFrom('assessment_runs as run')
    .innerJoin('assessment_run_filters as filters', 'filters.id', 'run.id')
    .select([
      'run.created_at',
      'filters.name',
      'filters.started_at',
      'filters.completed_at',
      'filters.state_changed_at',
    ])
    .orderBy('run.id')
    .execute();
  const [middle, last] = [runs[Math.floor(runs.length / 2)], runs.at(-1)];
  const DAY = 86_400;
  const narrow = (time) => ({ beginDate: time - DAY, endDate: time + DAY });
  const wide = { beginDate: runs[0].created_at, endDate: last.created_at };
  const ranges = ['startTimeRange', 'completionTimeRange', 'stateChangeTimeRange'];
  const filters = [
    ['none', {}],
    ...states.map((state) => [`state ${state.value} (${state.count})`, { states: [state.value] }]),
    ['state that none has', { states: ['DATA_COLLECTED'] }],
    ['all states', { states: states.map(({ value }) => value) }],
    [`rare rules package (${rarePackage.count})`, { rulesPackageArns: [rarePackage.value] }],
    [`common rules package (${commonPackage.count})`, { rulesPackageArns: [commonPackage.value] }],
    ['50 rules packages', { rulesPackageArns: packages.slice(-50).map(({ value }) => value) }],
    ['rules package that none has', { rulesPackageArns: [`${commonPackage.value}x`] }],
    ['name pattern of all', { namePattern: 'Run*' }],
    ['name pattern of many, with * at both ends', { namePattern: '*template 1*' }],
    ['name pattern of none', { namePattern: '*nowhere*' }],
    ['name pattern of none, by its beginning', { namePattern: 'nowhere*' }],
    ['name pattern of the last one', { namePattern: `*${last.name.slice(-20)}` }],
    ['name of the last one', { namePattern: last.name }],
    ['name of none', { namePattern: 'nowhere' }],
    ...ranges.flatMap((range) => [
      [`${range} of two days in the middle`, { [range]: narrow(middle.completed_at) }],
      [`${range} of the last two days`, { [range]: narrow(last.completed_at) }],
      [`${range} of all`, { [range]: wide }],
      [`${range} before all`, { [range]: { endDate: runs[0].created_at - DAY } }],
      [`${range} after all`, { [range]: { beginDate: last.state_changed_at + DAY } }],
    ]),
    ['duration of all', { durationRange: { minSeconds: 3600, maxSeconds: 3600 } }],
    ['duration of none', { durationRange: { minSeconds: 7200 } }],
    ['rare state and common rules package', { states: [rareState.value], rulesPackageArns: [commonPackage.value] }],
    ['common state and rare rules package', { states: [commonState.value], rulesPackageArns: [rarePackage.value] }],
    [
      'common state, common rules package, name pattern of none',
      { states: [commonState.value], rulesPackageArns: [commonPackage.value], namePattern: '*nowhere*' },
    ],
    [
      'common state and two days in the middle',
      { states: [commonState.value], startTimeRange: narrow(middle.created_at) },
    ],
    [
      'all states, duration of all, name pattern of none',
      { states: states.map(({ value }) => value), durationRange: { minSeconds: 3600 }, namePattern: '*nowhere*' },
    ],
    [
      'common rules package and two days in the middle',
      { rulesPackageArns: [commonPackage.value], startTimeRange: narrow(middle.created_at) },
    ],
  ];
  const arns = templates.map(({ value }) => value);
  const inputs = [
    ...filters.map(([title, filter]) => ({ title, input: { filter } })),
    { title: 'one template', input: { assessmentTemplateArns: arns.slice(0, 1) } },
    { title: '50 templates', input: { assessmentTemplateArns: arns.slice(0, 50) } },
    {
      title: '50 templates, name pattern of none',
      input: { assessmentTemplateArns: arns.slice(0, 50), filter: { namePattern: '*nowhere*' } },
    },
  ];
  const region = regions[0].value;
  return [
    ...inputs,
    { title: `region ${region} (${regions[0].count})`, region, input: {} },
    { title: 'region that none has', region: 'us-gov-east-1', input: {} },
    { title: 'region and name pattern of none', region, input: { filter: { namePattern: '*nowhere*' } } },
    { title: 'region and common state', region, input: { filter: { states: [commonState.value] } } },
    { title: 'a page in the middle', input: await toDeepPage({}) },
    { title: 'a page in the middle of a common state', input: await toDeepPage({ states: [commonState.value] }) },
  ];
}

/** The values of a column with how many rows have them, the rarest first. */
function countBy(table, column) {
  return database.tables
    .selectFrom(table)
    .select((builder) => [`${column} as value`, builder.fn.countAll().as('count')])
    .groupBy(column)
    .orderBy('count')
    .orderBy(column)
    .execute();
}

async function countRuns() {
  const [{ count }] = await database.tables
    .selectFrom('assessment_runs')
    .select((builder) => builder.fn.countAll().as('count'))
    .execute();
  return count;
}

/** The input for the page behind half of what the filter finds. */
async function toDeepPage(filter) {
  const tokens = [];
  let nextToken;
  do {
    ({ nextToken } = await list({ filter, nextToken }));
    tokens.push(nextToken);
  } while (nextToken !== undefined);
  return { filter, nextToken: tokens[Math.floor(tokens.length / 2)] };
}
