import { sql } from 'kysely';
import type { Database } from '../database.js';
import { isAmong } from '../predicates.js';
import type { FactTable } from './criteria.js';
import { type FoundRows, findRows, type Position, type SearchQuery, SORT_LIMITS } from './found-rows.js';

import { createKeptCounts } from './kept-counts.js';

export type { Position, SearchQuery } from './found-rows.js';

/** A page of a search: what was found at each position. */
export interface FoundPage<T> extends Omit<FoundRows, 'rows'> {
  readonly rows: readonly { readonly position: Position; readonly item: T }[];
}

/** A run or finding that was found: its ARN and its document, which is `null` where only the ARN is known. */
export interface FoundDocument {
  readonly arn: string;
  readonly document: string;
}

/** A finding that was found, with the run whose list has it. */
export interface FoundFinding extends FoundDocument {
  readonly runArn: string;
}

/** A host that was found. Times are epoch seconds. */
export interface FoundHost {
  readonly agentId: string;
  readonly hostname: string | null;
  readonly accountId: string;
  readonly region: string;
  readonly firstSeenAt: number | null;
  readonly lastSeenAt: number | null;
  readonly assessmentRunCount: number;
  readonly latestAssessmentRunArn: string;
  /** Of the latest run, by severity; findings without one are not among them. */
  readonly findingCounts: Readonly<Record<string, number>>;
}

/** Searches of the archive. */
export interface SearchReader {
  searchRuns(query: SearchQuery): Promise<FoundPage<FoundDocument>>;
  searchFindings(query: SearchQuery): Promise<FoundPage<FoundFinding>>;
  searchHosts(query: SearchQuery): Promise<FoundPage<FoundHost>>;
}

/** The searches of an open database. */
export function createSearchReader(
  { tables, engine }: Pick<Database, 'tables' | 'engine'>,
  limits = SORT_LIMITS,
): SearchReader {
  const keptCounts = createKeptCounts(tables);
  const find = (table: FactTable, query: SearchQuery) => findRows(tables, engine, table, query, keptCounts, limits);
  return {
    searchRuns: async (query) => withItems(await find('run_facts', query), fetchDocuments),
    searchFindings: async (query) => withItems(await find('finding_facts', query), fetchFindings),
    searchHosts: async (query) => withItems(await find('hosts', query), fetchHosts),
  };

  async function withItems<T>(
    { rows, ...page }: FoundRows,
    fetchItems: (ids: readonly number[]) => Promise<ReadonlyMap<number, T>>,
  ): Promise<FoundPage<T>> {
    const items = rows.length === 0 ? new Map<number, T>() : await fetchItems(rows.map(({ id }) => id));
    // What an import has taken away since is none.
    const found = rows.flatMap((position) => {
      const item = items.get(position.id);
      return item === undefined ? [] : [{ position, item }];
    });
    return { ...page, rows: found };
  }

  async function fetchDocuments(ids: readonly number[]): Promise<ReadonlyMap<number, FoundDocument>> {
    const rows = await tables
      .selectFrom('documents')
      .select(['id', 'key as arn', 'document'])
      .where(isAmong(engine, sql.ref('id'), ids))
      .execute();
    return new Map(rows.map(({ id, ...document }) => [id, document]));
  }

  async function fetchFindings(ids: readonly number[]): Promise<ReadonlyMap<number, FoundFinding>> {
    const rows = await tables
      .selectFrom('finding_facts as fact')
      .innerJoin('documents', 'documents.id', 'fact.id')
      .innerJoin('terms as run', 'run.id', 'fact.run')
      .select(['fact.id', 'documents.key as arn', 'documents.document', 'run.value as runArn'])
      .where(isAmong(engine, sql.ref('fact.id'), ids))
      .execute();
    return new Map(rows.map(({ id, ...finding }) => [id, finding]));
  }

  async function fetchHosts(ids: readonly number[]): Promise<ReadonlyMap<number, FoundHost>> {
    const hosts = await tables
      .selectFrom('hosts as host')
      .innerJoin('terms as account', 'account.id', 'host.account')
      .innerJoin('terms as region', 'region.id', 'host.region')
      .innerJoin('terms as run', 'run.id', 'host.latest_run')
      .select([
        'host.id',
        'host.agent_id as agentId',
        'host.hostname',
        'account.value as accountId',
        'region.value as region',
        'host.first_seen_at as firstSeenAt',
        'host.last_seen_at as lastSeenAt',
        'host.run_count as assessmentRunCount',
        'run.value as latestAssessmentRunArn',
      ])
      .where(isAmong(engine, sql.ref('host.id'), ids))
      .execute();
    const counted = await tables
      .selectFrom('hosts as host')
      .innerJoin('finding_facts as finding', (join) =>
        join
          .onRef('finding.run', '=', 'host.latest_run')
          .onRef('finding.agent', '=', 'host.agent')
          .onRef('finding.account', '=', 'host.account')
          .onRef('finding.region', '=', 'host.region'),
      )
      .innerJoin('terms as severity', 'severity.id', 'finding.severity')
      .select(({ fn }) => ['host.id', 'severity.value as severity', fn.countAll().as('count')])
      .where(isAmong(engine, sql.ref('host.id'), ids))
      .groupBy(['host.id', 'severity.value'])
      .execute();
    const countsById = new Map<number, [string, number][]>();
    for (const { id, severity, count } of counted) {
      countsById.set(id, [...(countsById.get(id) ?? []), [severity, Number(count)]]);
    }
    return new Map(
      hosts.map(({ id, ...host }) => [id, { ...host, findingCounts: Object.fromEntries(countsById.get(id) ?? []) }]),
    );
  }
}
