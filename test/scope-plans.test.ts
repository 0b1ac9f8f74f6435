import { describe, expect, test } from '@jest/globals';
import { createCalendar } from '../src/archive/calendar.js';
import type { Condition } from '../src/archive/store/list-query.js';
import { createReader } from '../src/archive/store/reader.js';
import type { Criteria } from '../src/archive/store/search/criteria.js';
import { createSearchReader, type SearchReader } from '../src/archive/store/search/search-reader.js';
import { createSummaryReader, type SummaryQuery } from '../src/archive/store/summaries.js';
import type { Scope } from '../src/domain/scope.js';
import { engines, openEmptyArchive } from './helpers/archives.js';
import { importFiles } from './helpers/exports.js';
import { createHistory, toRecords } from './helpers/histories.js';
import { createQueryLog } from './helpers/query-plans.js';

const { run, finding, target } = createHistory(1);
const other = createHistory(2, { account: '222222222222', region: 'eu-west-1' });

const scopes: [string, Scope][] = [
  ['one entry', [{ accounts: ['1234*'], regions: ['us-*'] }]],
  [
    'several entries',
    [
      { accounts: ['1234*'], regions: ['us-*'] },
      { accounts: ['2*'], regions: ['*'] },
    ],
  ],
];

const NOTHING: Criteria = { terms: [], ranges: [] };
const chosen = (column: string, dimension: Criteria['terms'][number]['dimension'], value: string): Criteria => ({
  terms: [{ column, dimension, values: [value] }],
  ranges: [],
});
const ofAgent = chosen('agent', 'agent', 'i-1');
const ofRule = chosen('rule', 'rule', finding.id);
const months = createCalendar('MONTH', 'UTC');

type Search = 'searchRuns' | 'searchFindings' | 'searchHosts';

/** Whether plans use an index, or what PostgreSQL takes for as good on few rows: the index of times has places as well. */
function isIn(plans: string, index: string): boolean {
  const isOfPlaces = index === 'finding_facts_by_template' || index === 'finding_facts_by_rule';
  return (
    plans.includes(index) ||
    (isOfPlaces && /Index (Only )?Scan.* using finding_facts_by_created_at on finding_facts fact/.test(plans))
  );
}

describe.each(engines)('On $name, within a scope of', (engine) => {
  async function openLog() {
    const archive = await openEmptyArchive(engine);
    await importFiles(archive, { 'records.ndjson': toRecords(createHistory(1)) + toRecords(other) });
    return createLog(archive);
  }
  const createLog = (archive: Awaited<ReturnType<typeof openEmptyArchive>>) => {
    const log = createQueryLog(archive);
    return { ...log, database: { ...archive, tables: log.tables } };
  };

  describe.each(scopes)('%s', (_, scope) => {
    test.each<[string, Search, string, Criteria, string]>([
      ['runs by name', 'searchRuns', 'name_key', NOTHING, 'run_facts_by_name_key'],
      ['runs by creation', 'searchRuns', 'created_at', NOTHING, 'run_facts_by_template'],
      ['findings by severity', 'searchFindings', 'severity_rank', NOTHING, 'finding_facts_by_severity_rank'],
      ['findings by creation', 'searchFindings', 'created_at', NOTHING, 'finding_facts_by_template'],
      ['findings of an agent', 'searchFindings', 'created_at', ofAgent, 'finding_facts_by_agent'],
      ['findings of a rule', 'searchFindings', 'created_at', ofRule, 'finding_facts_by_rule'],
      ['hosts by when they were seen', 'searchHosts', 'last_seen_at', NOTHING, 'hosts_by_last_seen_at'],
    ])('%s are walked by the index that is meant for it', async (_title, search, orderBy, criteria, index) => {
      const { database, takePlans } = await openLog();
      const reader: SearchReader = createSearchReader(database, { maxIndexedRows: 0, maxScannedRows: 0 });
      const page = { limit: 20, isBackward: false, from: null, includeTotalCount: false };
      const { rows } = await reader[search]({ criteria, scope, orderBy, isDescending: true, ...page });
      expect(rows.length).toBeGreaterThan(0);
      const plans = (await takePlans()).join('\n');
      expect({ plans, found: isIn(plans, index) }).toMatchObject({ found: true });
    });

    test.each<[string, Partial<SummaryQuery>, string, RegExp]>([
      ['findings', { groupBy: ['SEVERITY'] }, 'finding_slots', /finding_days/],
      ['findings by account', { groupBy: ['ACCOUNT'] }, 'finding_slots', /finding_days/],
      ['telemetry by state', { kind: 'telemetry', groupBy: ['STATE'] }, 'telemetry_runs', /telemetry_(days|facts)/],
      ['telemetry by type', { kind: 'telemetry', groupBy: ['MESSAGE_TYPE'] }, 'telemetry_facts', /telemetry_days/],
      ['the findings of a rule', { criteria: ofRule }, 'finding_facts_by_rule', /finding_(days|slots)/],
    ])('%s are summarized from what knows the place of each', async (_title, query, source, others) => {
      const { database, takePlans } = await openLog();
      await createSummaryReader(database).fetchSummary({
        maxBuckets: 10_000,
        kind: 'findings',
        criteria: NOTHING,
        scope,
        groupBy: [],
        calendar: months,
        top: 20,
        ...query,
      });
      const plans = (await takePlans()).join('\n');
      expect({ plans, found: isIn(plans, source) }).toMatchObject({ found: true });
      expect(plans).not.toMatch(others);
    });

    test.each<[string, 'finding' | 'assessmentRunAgent' | 'assessmentTemplate', Condition, string]>([
      ['findings of a run', 'finding', inColumn('assessment_run_arn', run.arn), 'finding_facts_by_run'],
      [
        'agents of a run',
        'assessmentRunAgent',
        inColumn('assessment_run_arn', run.arn),
        'assessment_run_agents_by_assessment_run_arn',
      ],
      [
        'templates of a target',
        'assessmentTemplate',
        inColumn('assessment_target_arn', target.arn),
        'assessment_templates_by_assessment_target_arn',
      ],
    ])('the %s are listed by the index of it', async (_title, kind, condition, index) => {
      const { database, takePlans } = await openLog();
      const visibility = { region: null, scope };
      const query = { kind, visibility, conditions: [condition], after: 0, limit: 10 };
      expect((await createReader(database).fetchPage(query)).arns.length).toBe(1);
      expect((await takePlans()).join('\n')).toContain(index);
    });
  });
});

function inColumn(column: string, value: string): Condition {
  return { type: 'in', column, values: [value] };
}
