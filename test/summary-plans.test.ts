import { describe, expect, test } from '@jest/globals';
import { createCalendar } from '../src/archive/calendar.js';
import { createComparisonReader } from '../src/archive/store/comparison.js';
import type { Criteria } from '../src/archive/store/search/criteria.js';
import { createSummaryReader, type SummaryQuery } from '../src/archive/store/summaries.js';
import { engines, openEmptyArchive } from './helpers/archives.js';
import { importFiles } from './helpers/exports.js';
import { createHistory, toRecords } from './helpers/histories.js';
import { createQueryLog } from './helpers/query-plans.js';

const { run, finding, rulesPackage } = createHistory(1);
const everything: Criteria = { terms: [], ranges: [] };
const months = createCalendar('MONTH', 'UTC');
const chosen = (column: string, dimension: Criteria['terms'][number]['dimension'], value: string): Criteria => ({
  terms: [{ column, dimension, values: [value] }],
  ranges: [],
});

const FACTS = /\b(finding_facts|telemetry_facts|documents|findings)\b/;
const ALL_FACTS = /SCAN (fact|message)(?! USING)|Seq Scan on (finding|telemetry)_/;

describe.each(engines)('Statistics on $name', (engine) => {
  async function plan(query: Partial<SummaryQuery>): Promise<string[]> {
    const archive = await openEmptyArchive(engine);
    await importFiles(archive, { 'records.ndjson': toRecords(createHistory(1)) + toRecords(createHistory(2)) });
    const log = createQueryLog(archive);
    const reader = createSummaryReader({ ...archive, tables: log.tables });
    await reader.fetchSummary({
      maxBuckets: 10_000,
      kind: 'findings',
      criteria: everything,
      scope: null,
      groupBy: [],
      calendar: months,
      top: 20,
      ...query,
    });
    return log.takePlans();
  }
  /** Those that read more than the first and the last time. */
  const reading = (plans: string[]) => plans.filter((text) => !text.includes('(select min(created_at)'));

  test.each<[string, Partial<SummaryQuery>, string]>([
    ['of findings by severity', { groupBy: ['SEVERITY'] }, 'finding_days'],
    ['of findings by severity and package', { groupBy: ['SEVERITY', 'RULES_PACKAGE'] }, 'finding_days'],
    [
      'of findings by severity in another time zone',
      { groupBy: ['SEVERITY'], calendar: createCalendar('DAY', 'Asia/Kathmandu') },
      'finding_slots',
    ],
    ['of findings by account and region', { groupBy: ['ACCOUNT', 'REGION'] }, 'finding_slots'],
    ['of findings of an account', { criteria: chosen('account', 'account', '123456789012') }, 'finding_slots'],
    ['of telemetry by message type', { kind: 'telemetry', groupBy: ['MESSAGE_TYPE'] }, 'telemetry_days'],
    ['of telemetry by state', { kind: 'telemetry', groupBy: ['STATE'] }, 'telemetry_runs'],
  ])('%s read what is added up already', async (_title, query, table) => {
    const plans = reading(await plan(query));
    expect(plans.join('\n')).toContain(table);
    expect(plans.filter((text) => FACTS.test(text))).toEqual([]);
  });

  test.each<[string, Partial<SummaryQuery>, string]>([
    ['a host', { criteria: chosen('agent', 'agent', 'i-1') }, 'finding_facts_by_agent'],
    ['a rule', { criteria: chosen('rule', 'rule', finding.id) }, 'finding_facts_by_rule'],
    ['a run', { criteria: chosen('run', 'run', run.arn) }, 'finding_facts_by_run'],
    [
      'a template',
      { criteria: chosen('template', 'template', run.assessmentTemplateArn) },
      'finding_facts_by_template',
    ],
    ['every rule', { groupBy: ['RULE'] }, 'finding_facts_by_rule'],
    ['every host', { groupBy: ['HOST'] }, 'finding_facts_by_agent'],
  ])('of the findings of %s use an index', async (_title, query, index) => {
    const plans = await plan(query);
    expect(plans.join('\n')).toContain(index);
    expect(plans.filter((text) => ALL_FACTS.test(text))).toEqual([]);
  });

  test('of a run and a package read the findings of the run', async () => {
    const { terms } = chosen('run', 'run', run.arn);
    const ofPackage = chosen('package', 'rulesPackage', rulesPackage.arn).terms;
    const plans = await plan({ criteria: { terms: [...terms, ...ofPackage], ranges: [] }, groupBy: ['SEVERITY'] });
    expect(plans.join('\n')).toContain('finding_facts_by_run');
  });
});

test.each(engines)('A comparison on $name finds what it compares by indexes', async (engine) => {
  const archive = await openEmptyArchive(engine);
  await importFiles(archive, { 'records.ndjson': toRecords(createHistory(1)) });
  const log = createQueryLog(archive);
  const reader = createComparisonReader({ ...archive, tables: log.tables });
  await reader.findPreviousRun(run.arn);
  await reader.fetchFindingsOfRun(run.arn, 10, null);
  await reader.fetchAgentIds(run.arn);
  const plans = await log.takePlans();
  expect(plans).toEqual([
    expect.stringContaining('terms'),
    expect.stringContaining('run_facts_by_template'),
    expect.stringContaining('finding_facts_by_run'),
    expect.stringContaining('assessment_run_agents_by_assessment_run_arn'),
  ]);
});
