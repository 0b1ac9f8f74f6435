import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Scope } from '../../../domain/scope.js';
import { toRankFact } from '../facts.js';
import type { DocumentTest } from '../list-query.js';
import { hasTextsOf } from '../patterns.js';
import { allOf, isAmong } from '../predicates.js';
import { toPairPredicates } from '../scope-predicates.js';
import type { Engine, Tables } from '../tables.js';
import { UNDESCRIBED } from '../writer.js';
import {
  type Criteria,
  type FactTable,
  isTitleWith,
  type ResolvedCriteria,
  resolveCriteria,
  toPredicates,
} from './criteria.js';
import type { KeptCounts } from './kept-counts.js';

/** A place in an order: between rows that are equal by it the id decides. */
export interface Position {
  readonly value: string | number | null;
  readonly id: number;
}

/** A page of a search, from either end. */
export interface SearchQuery {
  readonly criteria: Criteria;
  /** What it searches in; null for everything. */
  readonly scope: Scope | null;
  /** A column that has an index with the id behind it. What lacks it comes last, whatever the direction. */
  readonly orderBy: string;
  readonly isDescending: boolean;
  readonly limit: number;
  /** Whether the page is read from the end of the order. */
  readonly isBackward: boolean;
  /** The place to go on behind, in the direction of reading; null for the first page. */
  readonly from: Position | null;
  readonly includeTotalCount: boolean;
}

/** The rows of a page in the order of the search, and whether others come behind them in the direction of reading. */
export interface FoundRows {
  readonly rows: readonly Position[];
  readonly hasMore: boolean;
  /** Null where it was not asked for. */
  readonly totalCount: number | null;
}

/** How rows are found; the column is the one whose index finds them. */
type Plan =
  /** All that fits is read, and sorted. */
  | { readonly type: 'sort'; readonly criteria: ResolvedCriteria; readonly column: string | null }
  /** The rows of each id of a term are read in order, and merged. */
  | {
      readonly type: 'merge';
      readonly criteria: ResolvedCriteria;
      readonly column: string;
      readonly ids: readonly number[];
    }
  /** All rows are read in order, until enough of them fit. */
  | { readonly type: 'walk'; readonly criteria: ResolvedCriteria };

/** A part of an order: the rows with a value or those without, read behind a place in one direction. */
interface Segment {
  readonly hasValue: boolean;
  readonly isDescending: boolean;
  readonly from: Position | null;
}

/** Up to how many rows that fit are all read and sorted, and not walked in order until a page is full. */
export interface SortLimits {
  /** Where an index finds them. */
  readonly maxIndexedRows: number;
  /** Where all rows are looked through. */
  readonly maxScannedRows: number;
}

/** So many rows are sorted in a few milliseconds: about as many as are walked on average for a page where fewer fit. */
export const SORT_LIMITS: SortLimits = { maxIndexedRows: 10_000, maxScannedRows: 1000 };

const MAX_MERGED_IDS = 50;
/** Templates that stand for other criteria, fewer where a time narrows rows down as well; and titles that have a text. */
const MAX_LEADING_TEMPLATES = 100;
const MAX_LEADING_TEMPLATES_OF_A_TIME = 20;
const MAX_LEADING_TITLES = 5000;
const DOCUMENTS_PER_TEST = 2000;

/** The criteria that counts are kept by. */
const counts = {
  finding_facts: {
    table: 'finding_counts',
    columns: ['account', 'region', 'target', 'template', 'package', 'severity'],
  },
  run_facts: { table: 'run_counts', columns: ['account', 'region', 'target', 'template', 'state'] },
} as const;

/** Indexes that find rows by a term, the one that finds fewest first. */
const termIndexes: Record<FactTable, readonly string[]> = {
  run_facts: ['run', 'template'],
  finding_facts: ['run', 'agent', 'rule', 'title', 'auto_scaling_group', 'template'],
  hosts: [],
};

/** Those whose rows come in the order of `created_at`. */
const DATED_INDEXES = new Set(['agent', 'rule', 'auto_scaling_group', 'template']);

const rangeIndexes: Record<FactTable, readonly string[]> = {
  run_facts: ['created_at', 'started_at', 'completed_at'],
  finding_facts: ['created_at'],
  hosts: ['last_seen_at'],
};

/** Finds the rows of a page. */
export async function findRows(
  tables: Kysely<Tables>,
  engine: Engine,
  table: FactTable,
  query: SearchQuery,
  keptCounts: KeptCounts,
  { maxIndexedRows, maxScannedRows }: SortLimits = SORT_LIMITS,
): Promise<FoundRows> {
  const criteria = await resolveCriteria(tables, engine, table, query.criteria, query.scope);
  if (criteria === null) return { rows: [], hasMore: false, totalCount: query.includeTotalCount ? 0 : null };
  const led = await withLeadingIds(criteria);
  const { accepts } = criteria;
  if (accepts !== undefined) return findAcceptedRows(led, accepts);
  const count = await countRows(led, query.includeTotalCount);
  const rows = count === 0 ? [] : await fetchRows(choosePlan(led, count), query.from, query.limit + 1);
  return toPage(rows, query.includeTotalCount ? count : null);

  function toPage(rows: readonly Position[], totalCount: number | null): FoundRows {
    const page = rows.slice(0, query.limit);
    return { rows: query.isBackward ? page.reverse() : page, hasMore: rows.length > query.limit, totalCount };
  }

  /** Tests documents in the order of the search, and for the total count those of all rows. */
  async function findAcceptedRows(criteria: ResolvedCriteria, accepts: DocumentTest) {
    const plan = choosePlan(criteria, await countRows(criteria, false));
    // What is sorted is sorted once.
    const limit = plan.type === 'sort' ? maxIndexedRows : DOCUMENTS_PER_TEST;
    const accepted: Position[] = [];
    let { from } = query;
    let isLast = false;
    while (!isLast && accepted.length <= query.limit) {
      const rows = await fetchRows(plan, from, limit);
      accepted.push(...(await selectAccepted(rows, accepts)));
      from = rows.at(-1) ?? null;
      isLast = rows.length < limit;
    }
    if (!query.includeTotalCount) return toPage(accepted, null);
    if (query.from === null && isLast) return toPage(accepted, accepted.length);
    return toPage(accepted, await keptCounts.fetchCount([table, criteria], countAccepted));

    async function countAccepted(): Promise<number> {
      let count = 0;
      for (let after: Position | null = null; ; ) {
        const rows: Position[] = await fetchRows(plan, after, limit);
        count += (await selectAccepted(rows, accepts)).length;
        after = rows.at(-1) ?? null;
        if (rows.length < limit) return count;
      }
    }
  }

  async function selectAccepted(rows: readonly Position[], accepts: DocumentTest) {
    const ids = rows.map(({ id }) => id);
    const documents = await tables
      .selectFrom('documents')
      .select(['id', 'document'])
      .where(isAmong(engine, sql.ref('id'), ids))
      .where(hasTextsOf(engine, sql.ref('document'), accepts))
      .execute();
    const accepted = documents.filter(({ document }) => document !== UNDESCRIBED && accepts.test(document));
    const isAccepted = new Set(accepted.map(({ id }) => id));
    // SQLite reads synchronously: let other requests run.
    await nextTurn();
    return rows.filter(({ id }) => isAccepted.has(id));
  }

  /**
   * Adds the templates of which there is anything that fits, and the titles that have the text, where they are few: indexes
   * find rows by them, whatever else is asked.
   */
  async function withLeadingIds(criteria: ResolvedCriteria): Promise<ResolvedCriteria> {
    const added: ResolvedCriteria['terms'][number][] = [];
    if (table !== 'hosts') {
      const onCounts = selectCounted(criteria);
      const isNamed = onCounts.some(({ column }) => column === 'template');
      const isDated = criteria.ranges.some(({ column }) => column === 'created_at');
      const maxTemplates = isDated ? MAX_LEADING_TEMPLATES_OF_A_TIME : MAX_LEADING_TEMPLATES;
      if (onCounts.length > 0 && !isNamed) {
        const { rows } = await sql<{ id: number }>`select distinct fact.template as id
          from ${sql.table(counts[table].table)} as fact where ${allOf(toCountPredicates(criteria))}
          limit ${sql.lit(maxTemplates + 1)}`.execute(tables);
        if (rows.length <= maxTemplates) added.push({ column: 'template', ids: rows.map(({ id }) => id) });
      }
    }
    const titles = await findTitles(criteria);
    const text = titles === null ? criteria.text : undefined;
    return { ...criteria, text, terms: [...criteria.terms, ...added, ...(titles ?? [])] };
  }

  async function findTitles({ text }: ResolvedCriteria): Promise<ResolvedCriteria['terms'] | null> {
    if (text === undefined || table !== 'finding_facts') return null;
    const { rows } = await sql<{ id: number }>`select title.id from terms as title
      where title.dimension = 'title' and ${isTitleWith(engine, text)}
      limit ${sql.lit(MAX_LEADING_TITLES + 1)}`.execute(tables);
    return rows.length > MAX_LEADING_TITLES ? null : [{ column: 'title', ids: rows.map(({ id }) => id) }];
  }

  function selectCounted({ terms }: ResolvedCriteria): ResolvedCriteria['terms'] {
    if (table === 'hosts') return [];
    const columns: readonly string[] = counts[table].columns;
    return terms.filter(({ column }) => columns.includes(column));
  }

  function toCountPredicates(criteria: ResolvedCriteria): RawBuilder<SqlBool>[] {
    const ref = (column: string) => sql.ref(`fact.${column}`);
    return [
      ...selectCounted(criteria).map(({ column, ids }) => isAmong(engine, ref(column), ids)),
      ...toPairPredicates(engine, criteria.visible, ref),
    ];
  }

  /** How many rows fit; unless the exact number is asked for, at most one more than are sorted. */
  async function countRows(criteria: ResolvedCriteria, isExact: boolean): Promise<number> {
    const onCounts = selectCounted(criteria);
    const { terms, ranges, text, namePattern, packageIds, agentIds, hasTelemetry } = criteria;
    const areAll = onCounts.length === terms.length && ranges.length === 0;
    const isPlain = [text, namePattern, packageIds, agentIds, hasTelemetry].every((one) => one === undefined);
    if (table !== 'hosts' && areAll && isPlain) {
      const { rows } = await sql<{ count: number | null }>`select sum(count) as count
        from ${sql.table(counts[table].table)} as fact where ${allOf(toCountPredicates(criteria))}`.execute(tables);
      return Number(rows[0]?.count ?? 0);
    }
    const column = findIndexedColumn(criteria);
    const fitting = sql`select 1 from ${sql.table(table)} as fact where ${allOf(toPredicates(engine, criteria, { except: column ?? '' }))}`;
    const count = async (counted: RawBuilder<unknown>) => {
      const { rows } = await sql<{ count: number }>`select count(*) as count from (${counted}) as fitting`.execute(
        tables,
      );
      return Number(rows[0]?.count ?? 0);
    };
    if (isExact) return keptCounts.fetchCount([table, criteria], () => count(fitting));
    return count(sql`${fitting} limit ${sql.lit(maxIndexedRows + 1)}`);
  }

  /** The column whose index finds the fewest rows, by what is usual. */
  function findIndexedColumn({ terms, ranges, agentIds }: ResolvedCriteria): string | null {
    if (agentIds !== undefined) return 'run';
    const term = termIndexes[table].find((column) => terms.some((criterion) => criterion.column === column));
    if (term !== undefined) return term;
    return rangeIndexes[table].find((column) => ranges.some((range) => range.column === column)) ?? null;
  }

  function choosePlan(criteria: ResolvedCriteria, count: number): Plan {
    const column = findIndexedColumn(criteria);
    if (count <= (column === null ? maxScannedRows : maxIndexedRows)) return { type: 'sort', criteria, column };
    const ids = criteria.terms.find((criterion) => criterion.column === column)?.ids ?? [];
    if (
      column !== null &&
      query.orderBy === 'created_at' &&
      DATED_INDEXES.has(column) &&
      ids.length <= MAX_MERGED_IDS
    ) {
      return { type: 'merge', criteria, column, ids };
    }
    return { type: 'walk', criteria };
  }

  /** Rows behind a place, in the direction of reading. */
  async function fetchRows(plan: Plan, from: Position | null, limit: number): Promise<Position[]> {
    const rows: Position[] = [];
    for (const segment of toSegments(from)) {
      if (rows.length < limit) rows.push(...(await fetchSegment(plan, segment, limit - rows.length)));
    }
    return rows;
  }

  function toSegments(from: Position | null): Segment[] {
    const isDescending = query.isDescending !== query.isBackward;
    const all: Segment[] = [
      { hasValue: true, isDescending, from: null },
      { hasValue: false, isDescending, from: null },
    ];
    if (query.isBackward) all.reverse();
    if (from === null) return all;
    const begun = all.findIndex(({ hasValue }) => hasValue === (from.value !== null));
    return all.slice(begun).map((segment, place) => (place === 0 ? { ...segment, from } : segment));
  }

  async function fetchSegment(plan: Plan, segment: Segment, limit: number): Promise<Position[]> {
    const { rows } = await toQuery(plan, segment, limit).execute(tables);
    return rows;
  }

  function toQuery(plan: Plan, segment: Segment, limit: number): RawBuilder<Position> {
    switch (plan.type) {
      case 'walk': {
        const predicates = toPredicates(engine, withRanks(plan.criteria), { except: query.orderBy });
        return selectOrdered(sql`${sql.table(table)} as fact`, predicates, segment, limit);
      }
      case 'sort': {
        const predicates = toPredicates(engine, plan.criteria, { except: plan.column ?? '' });
        const value = sql.ref(query.orderBy);
        return sql`with found as materialized (
          select fact.id, fact.${value} from ${sql.table(table)} as fact where ${allOf(predicates)}
        ) ${selectOrdered(sql`found as fact`, [], segment, limit)}`;
      }
      case 'merge': {
        const others = plan.criteria.terms.filter(({ column }) => column !== plan.column);
        const parts = plan.ids.map((id) => {
          const terms = [...others, { column: plan.column, ids: [id] }];
          const predicates = toPredicates(engine, { ...plan.criteria, terms }, { except: plan.column });
          return sql`select * from (${selectOrdered(sql`${sql.table(table)} as fact`, predicates, segment, limit, plan.column)}) as part`;
        });
        const { direction } = toOrder(segment);
        return sql`select id, value from (${sql.join(parts, sql` union all `)}) as merged
          order by value ${direction}, id ${direction} limit ${sql.lit(limit)}`;
      }
    }
  }

  /** With the ranks of the severities that are asked for, so that an order by severity is read from where they are. */
  function withRanks(criteria: ResolvedCriteria): ResolvedCriteria {
    const asked = query.criteria.terms.find(({ column }) => column === 'severity')?.values;
    if (query.orderBy !== 'severity_rank' || asked === undefined) return criteria;
    const ranks = asked.map((severity) => toRankFact(severity)).filter((rank) => rank !== null);
    if (ranks.length < asked.length) return criteria;
    const range = { column: 'severity_rank', from: Math.min(...ranks), to: Math.max(...ranks) };
    return { ...criteria, ranges: [...criteria.ranges, range] };
  }

  function toOrder({ isDescending }: Segment) {
    return isDescending ? { direction: sql`desc`, behind: sql`<` } : { direction: sql`asc`, behind: sql`>` };
  }

  function selectOrdered(
    source: RawBuilder<unknown>,
    predicates: readonly RawBuilder<SqlBool>[],
    segment: Segment,
    limit: number,
    leading?: string,
  ): RawBuilder<Position> {
    const { hasValue, from } = segment;
    const { direction, behind } = toOrder(segment);
    const value = sql.ref(`fact.${query.orderBy}`);
    const id = sql.ref('fact.id');
    const inSegment = hasValue ? sql<SqlBool>`${value} is not null` : sql<SqlBool>`${value} is null`;
    const afterFrom =
      from === null
        ? []
        : [
            hasValue
              ? sql<SqlBool>`(${value}, ${id}) ${behind} (${from.value}, ${from.id})`
              : sql<SqlBool>`${id} ${behind} ${from.id}`,
          ];
    // The column that leads the index is named, so that PostgreSQL sees the order of the index in that of the rows.
    const led = leading === undefined ? sql`` : sql`${sql.ref(`fact.${leading}`)} ${direction}, `;
    return sql<Position>`select ${id} as id, ${value} as value from ${source}
      where ${allOf([inSegment, ...afterFrom, ...predicates])}
      order by ${led}${value} ${direction}, ${id} ${direction} limit ${sql.lit(limit)}`;
  }
}
