#!/usr/bin/env node
// Measures pages of the archive's searches, each with its total count, at the archive of ARCHIVE_URL:
//   npm run build && ARCHIVE_URL=sqlite:archive.db node scripts/measure-search.mjs [rounds]
// Fill it with: node scripts/generate-history.mjs 50000 500000 200 14 | node dist/main.js archive import -
import { openDatabase } from '../build/archive/store/database.js';
import { createReader } from '../build/archive/store/reader.js';
import { archiveOperations } from '../build/archive/wire/archive-operations.js';
import { runOperation } from '../build/archive/wire/shared/operation.js';

const rounds = Number(process.argv[2] ?? 10);
const database = await openDatabase(process.env.ARCHIVE_URL);
const context = { reader: createReader(database), visibility: { region: null, scope: null }, origin: '' };
const call = async (name, input) => JSON.parse(await runOperation(archiveOperations.get(name), input, context));

const run = (await call('SearchAssessmentRuns', { first: 1 })).items[0].assessmentRun;
const oldRun = (await call('SearchAssessmentRuns', { first: 1, orderBy: 'CREATED_AT_ASC' })).items[0].assessmentRun;
const { finding } = (await call('SearchFindings', { first: 1 })).items[0];
const [, , , region, account] = run.arn.split(':');
const year = { from: 1_500_000_000, to: 1_531_000_000 };
const month = { from: 1_500_000_000, to: 1_502_600_000 };
const ofRuns = {
  everything: {},
  account: { accountIds: [account] },
  region: { regions: [region] },
  'account and region': { accountIds: [account], regions: [region] },
  template: { assessmentTemplateArns: [run.assessmentTemplateArn] },
  run: { assessmentRunArns: [run.arn] },
  package: { rulesPackageArns: [run.rulesPackageArns[0]] },
  'a year': { createdBetween: year },
  'a month': { createdBetween: month },
  'a year of a region': { createdBetween: year, regions: [region] },
};
const filters = {
  SearchAssessmentRuns: {
    ...ofRuns,
    'common state': { states: ['COMPLETED'] },
    'rare state': { states: ['ERROR'] },
    'rare state of a region': { states: ['ERROR'], regions: [region] },
    text: { text: 'template 77 ' },
    'text of all': { text: 'run' },
    'text of none': { text: 'nowhere' },
    pattern: { namePattern: 'Run - template 77 *' },
    duration: { durationBetween: { from: 3600 } },
    'started in a month': { startedBetween: month },
  },
  SearchFindings: {
    ...ofRuns,
    severity: { severities: ['High'] },
    'severity of an account': { severities: ['High'], accountIds: [account] },
    'severity of a region': { severities: ['High'], regions: [region] },
    'severities and package': { severities: ['High', 'Low'], rulesPackageArns: [oldRun.rulesPackageArns[0]] },
    'a year of a severity': { severities: ['High'], createdBetween: year },
    'a month of a severity': { severities: ['High'], createdBetween: month },
    rule: { ruleNames: [finding.id] },
    'rule of a severity': { ruleNames: [finding.id], severities: [finding.severity] },
    agent: { agentIds: [finding.assetAttributes.agentId] },
    group: { autoScalingGroups: ['group-7'] },
    'group of a severity': { autoScalingGroups: ['group-7'], severities: ['High'] },
    'text of a CVE': { text: finding.id },
    'text of many': { text: 'cve-2016-1' },
    'text of all': { text: 'vulnerable' },
    'text of none': { text: 'nowhere' },
    'text of a severity': { text: 'cve-2016-1', severities: ['High'] },
    'attribute of an account': { accountIds: [account], attributes: [{ key: 'package_name', value: 'package-3' }] },
  },
  SearchHosts: { everything: {}, account: { accountIds: [account] }, text: { text: 'i-00000000000000' } },
};
const orders = {
  SearchAssessmentRuns: ['CREATED_AT_DESC', 'STARTED_AT_ASC', 'NAME_ASC'],
  SearchFindings: ['CREATED_AT_DESC', 'SEVERITY_DESC', 'TITLE_ASC'],
  SearchHosts: ['LAST_SEEN_AT_DESC', 'AGENT_ID_ASC'],
};

const all = [];
for (const [name, cases] of Object.entries(filters)) {
  for (const [title, filter] of Object.entries(cases)) {
    for (const orderBy of orders[name]) {
      const times = [];
      let page;
      for (let round = 0; round < rounds; round += 1) {
        const startedAt = performance.now();
        page = await call(name, { filter, orderBy, first: 20, includeTotalCount: true });
        times.push(performance.now() - startedAt);
      }
      times.sort((a, b) => a - b);
      all.push(...times);
      const median = times[Math.floor(times.length / 2)];
      const mark = median > 50 ? ' (over 50 ms)' : median > 10 ? ' (over 10 ms)' : '';
      console.log(`${median.toFixed(1).padStart(7)} ms  ${name} ${orderBy}: ${title}, ${page.totalCount}${mark}`);
    }
  }
}
all.sort((a, b) => a - b);
const [p50, p99] = [0.5, 0.99].map((share) => all[Math.floor(share * (all.length - 1))].toFixed(1));
console.log(`\np50 ${p50} ms, p99 ${p99} ms of ${all.length} pages on ${database.engine}`);
await database.close();
