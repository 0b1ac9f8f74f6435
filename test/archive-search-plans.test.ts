import { describe, expect, test } from '@jest/globals';
import { CompiledQuery, type KyselyPlugin, type RootOperationNode, sql } from 'kysely';
import type { Criteria } from '../src/archive/store/search/criteria.js';
import { createSearchReader, type SearchReader } from '../src/archive/store/search/search-reader.js';
import { type Archive, engines, openEmptyArchive } from './helpers/archives.js';
import { importFiles } from './helpers/exports.js';
import { createHistory, toRecords } from './helpers/histories.js';
import { createQueryLog } from './helpers/query-plans.js';

const history = createHistory();
const NOTHING: Criteria = { terms: [], ranges: [] };
const account: Criteria['terms'][number] = { column: 'account', dimension: 'account', values: ['123456789012'] };
const ofRun: Criteria['terms'][number] = { column: 'run', dimension: 'run', values: [history.run.arn] };
const ofAgent: Criteria['terms'][number] = { column: 'agent', dimension: 'agent', values: ['i-1'] };
const ofRule: Criteria['terms'][number] = { column: 'rule', dimension: 'rule', values: ['CVE-2016-0001'] };
const ofHigh: Criteria = { terms: [{ column: 'severity', dimension: 'severity', values: ['High'] }], ranges: [] };
const sinceThen = { column: 'created_at', from: 1_400_000_000, to: 1_500_000_000 };

const inTime: Criteria = { terms: [], ranges: [sinceThen] };

type Search = (reader: SearchReader, query: Parameters<SearchReader['searchRuns']>[0]) => Promise<unknown>;
const runs: Search = (reader, query) => reader.searchRuns(query);
const findings: Search = (reader, query) => reader.searchFindings(query);
const hosts: Search = (reader, query) => reader.searchHosts(query);

/** Searches whose rows are walked in order or merged, and the index that has to find them. */
const walked: [title: string, search: Search, orderBy: string, criteria: Criteria, index: string][] = [
  ['all runs by creation', runs, 'created_at', NOTHING, 'run_facts_by_created_at'],
  ['all runs by start', runs, 'started_at', NOTHING, 'run_facts_by_started_at'],
  ['all runs by completion', runs, 'completed_at', NOTHING, 'run_facts_by_completed_at'],
  ['all runs by name', runs, 'name_key', NOTHING, 'run_facts_by_name_key'],
  ['runs of a time', runs, 'created_at', { terms: [], ranges: [sinceThen] }, 'run_facts_by_created_at'],
  ['runs of an account by creation', runs, 'created_at', { terms: [account], ranges: [] }, 'run_facts_by_template'],
  ['runs of an account by name', runs, 'name_key', { terms: [account], ranges: [] }, 'run_facts_by_name_key'],
  ['all findings by creation', findings, 'created_at', NOTHING, 'finding_facts_by_created_at'],
  ['all findings by severity', findings, 'severity_rank', NOTHING, 'finding_facts_by_severity_rank'],
  ['findings of a time by severity', findings, 'severity_rank', inTime, 'finding_facts_by_severity_rank'],
  ['findings of a severity by severity', findings, 'severity_rank', ofHigh, 'finding_facts_by_severity_rank'],
  ['all findings by title', findings, 'title_key', NOTHING, 'finding_facts_by_title_key'],
  ['findings of an account', findings, 'created_at', { terms: [account], ranges: [] }, 'finding_facts_by_template'],
  ['findings of an agent', findings, 'created_at', { terms: [ofAgent], ranges: [] }, 'finding_facts_by_agent'],
  ['findings of a rule', findings, 'created_at', { terms: [ofRule], ranges: [] }, 'finding_facts_by_rule'],
  ['all hosts by when they were seen', hosts, 'last_seen_at', NOTHING, 'hosts_by_last_seen_at'],
  ['all hosts by agent', hosts, 'agent_id_key', NOTHING, 'hosts_by_agent_id_key'],
];

/** Searches of few rows, which are found by an index and sorted. */
const sorted: typeof walked = [
  ['findings of a run by title', findings, 'title_key', { terms: [ofRun], ranges: [] }, 'finding_facts_by_run'],
  ['findings of an agent by title', findings, 'title_key', { terms: [ofAgent], ranges: [] }, 'finding_facts_by_agent'],
  [
    'findings of a rule by severity',
    findings,
    'severity_rank',
    { terms: [ofRule], ranges: [] },
    'finding_facts_by_rule',
  ],
  [
    'findings of an account by title',
    findings,
    'title_key',
    { terms: [account], ranges: [] },
    'finding_facts_by_template',
  ],
  ['runs of an account by name', runs, 'name_key', { terms: [account], ranges: [] }, 'run_facts_by_template'],
  ['runs of an agent by name', runs, 'name_key', { ...NOTHING, runAgents: ['i-1'] }, 'run_facts_run_key'],
];

describe.each(engines)('The plans of searches on $name', (engine) => {
  test.each([
    ...walked.map((search) => ['walk', ...search] as const),
    ...sorted.map((search) => ['sort', ...search] as const),
  ])('%s %s by the index that is meant for it', async (type, _title, search, orderBy, criteria, index) => {
    const archive = await openEmptyArchive(engine);
    await importFiles(archive, { 'a.ndjson': toRecords(history) });
    for (const isDescending of [false, true]) {
      const plans = await explain(archive, type, (reader) =>
        search(reader, {
          criteria,
          scope: null,
          orderBy,
          isDescending,
          limit: 20,
          isBackward: false,
          from: null,
          includeTotalCount: false,
        }),
      );
      // On few rows PostgreSQL takes the index of times, which has the template as well, for as good.
      const onPostgres = index === 'finding_facts_by_template' ? 'finding_facts_by_created_at' : index;
      // The index of a unique column, whose name SQLite makes.
      const onSqlite = index === 'run_facts_run_key' ? 'sqlite_autoindex_run_facts_1' : index;
      const other = engine.name === 'PostgreSQL' ? onPostgres : onSqlite;
      const ofRows = plans.filter((plan) => [index, other].some((name) => plan.includes(name)));
      expect({ plans, found: ofRows.length > 0 }).toMatchObject({ found: true });
    }
  });
});

test.each(engines)('A search on $name counts once what fits, until an import changes the archive', async (engine) => {
  const archive = await openEmptyArchive(engine);
  await importFiles(archive, { 'a.ndjson': toRecords(history) });
  const log = createQueryLog(archive);
  const reader = createSearchReader({ tables: log.tables, engine: archive.engine });
  const search = async (criteria: Criteria) => {
    const page = { orderBy: 'created_at', isDescending: true, limit: 1, isBackward: false, from: null };
    const { totalCount } = await reader.searchFindings({ ...page, criteria, includeTotalCount: true, scope: null });
    return { totalCount, counted: (await log.takePlans()).filter((plan) => plan.includes('as fitting')).length };
  };
  const { totalCount } = await search(inTime);
  expect(await search(inTime)).toEqual({ totalCount, counted: 0 });
  expect(await search({ ...NOTHING, text: 'nowhere' })).toEqual({ totalCount: 0, counted: 1 });
  await importFiles(archive, { 'b.ndjson': toRecords(createHistory(2)) });
  expect(await search(inTime)).toEqual({ totalCount: 2 * (totalCount as number), counted: 1 });
});

/** The plans of all statements that a search executes; PostgreSQL's as if the tables were large. */
async function explain(archive: Archive, type: 'walk' | 'sort', search: (reader: SearchReader) => Promise<unknown>) {
  const { tables, engine } = archive;
  const nodes: RootOperationNode[] = [];
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      nodes.push(node);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const limits = type === 'walk' ? { maxIndexedRows: 0, maxScannedRows: 0 } : undefined;
  await search(createSearchReader({ tables: tables.withPlugin(plugin), engine }, limits));
  return tables.connection().execute(async (connection) => {
    if (engine === 'postgres') await sql`set enable_seqscan = off`.execute(connection);
    const plans: string[] = [];
    for (const node of nodes) {
      const compiled = connection.getExecutor().compileQuery(node, { queryId: '' } as never);
      const explained = `explain ${engine === 'sqlite' ? 'query plan' : ''} ${compiled.sql}`;
      const { rows } = await connection.executeQuery(CompiledQuery.raw(explained, [...compiled.parameters]));
      plans.push(rows.map((row) => Object.values(row as object).join(' ')).join('\n'));
    }
    if (engine === 'postgres') await sql`reset enable_seqscan`.execute(connection);
    return plans;
  });
}
