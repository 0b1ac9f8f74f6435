import { setImmediate as nextTurn } from 'node:timers/promises';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Database } from './database.js';
import type { Condition, ListQuery } from './list-query.js';
import { allOf, isAmong } from './predicates.js';
import { type Criteria, type ResolvedCriteria, resolveCriteria, toPredicates } from './search/criteria.js';
import type { TermDimension } from './tables.js';
import { toScope } from './visibility.js';

/** A row of the list: its id, and the ARN of the finding. */
interface ListedFinding {
  readonly id: number;
  readonly arn: string;
}

/** The columns of facts that hold the terms of what findings are listed by. */
const termColumns: Readonly<Record<string, { readonly column: string; readonly dimension: TermDimension }>> = {
  assessment_run_arn: { column: 'run', dimension: 'run' },
  agent_id: { column: 'agent', dimension: 'agent' },
  auto_scaling_group: { column: 'auto_scaling_group', dimension: 'autoScalingGroup' },
  rule_name: { column: 'rule', dimension: 'rule' },
  severity: { column: 'severity', dimension: 'severity' },
  rules_package_arn: { column: 'package', dimension: 'rulesPackage' },
};

const IDS_PER_SLICE = 10_000;

/** The findings that an open database lists, in the order of their ids. */
export function createListedFindings({ tables, engine }: Pick<Database, 'tables' | 'engine'>) {
  return { fetchFindingRows };

  async function fetchFindingRows({
    visibility,
    conditions,
    after,
    limit,
  }: Omit<ListQuery, 'kind' | 'accepts'>): Promise<ListedFinding[]> {
    const scope = toScope('finding', visibility);
    const criteria = await resolveCriteria(tables, engine, 'finding_facts', toCriteria(conditions), scope);
    if (criteria === null) return [];
    const runs = criteria.terms.find(({ column }) => column === 'run');
    const ids =
      runs !== undefined
        ? await mergeRuns(criteria, runs.ids, after, limit)
        : criteria.terms.some(({ column }) => column === 'agent')
          ? await sortAgents(criteria, after, limit)
          : await walk(criteria, after, limit);
    if (ids.length === 0) return [];
    return tables
      .selectFrom('documents')
      .select(['id', 'key as arn'])
      .where(isAmong(engine, sql.ref('id'), ids))
      .orderBy('id')
      .execute();
  }

  /** The index of each run has its findings in order. */
  async function mergeRuns(
    { terms, ...criteria }: ResolvedCriteria,
    runs: readonly number[],
    after: number,
    limit: number,
  ): Promise<number[]> {
    const others = terms.filter(({ column }) => column !== 'run');
    const parts = runs.map((run) => {
      const ofRun = { ...criteria, terms: [...others, { column: 'run', ids: [run] }] };
      const predicates = toPredicates(engine, ofRun, { except: 'run' });
      return sql`select * from (select fact.id from finding_facts as fact
        where ${allOf([...predicates, sql`fact.id > ${after}`])} order by fact.run, fact.id limit ${sql.lit(limit)}) as part`;
    });
    const merged = sql.join(parts, sql` union all `);
    return fetchIds(sql`select id from (${merged}) as merged order by id limit ${sql.lit(limit)}`);
  }

  /** The index finds all findings of the agents, which are sorted: it has them in the order of time. */
  function sortAgents(criteria: ResolvedCriteria, after: number, limit: number): Promise<number[]> {
    const predicates = toPredicates(engine, criteria, { except: 'agent' });
    return fetchIds(sql`select fact.id as id from finding_facts as fact
      where ${allOf([...predicates, sql`(fact.id + 0) > ${after}`])} order by fact.id + 0 limit ${sql.lit(limit)}`);
  }

  /** SQLite is synchronous: other requests run between slices. */
  async function walk(criteria: ResolvedCriteria, after: number, limit: number): Promise<number[]> {
    const predicates = toPredicates(engine, criteria, { except: 'id' });
    const select = (part: RawBuilder<SqlBool>, count: number) =>
      fetchIds(sql`select fact.id as id from finding_facts as fact where ${allOf([...predicates, part])}
        order by fact.id limit ${sql.lit(count)}`);
    if (engine === 'postgres') return select(sql`fact.id > ${after}`, limit);
    const { rows } = await sql<{ first: number | null; last: number | null }>`
      select (select min(id) from finding_facts where id > ${after}) as first,
        (select max(id) from finding_facts) as last`.execute(tables);
    const { first = null, last = null } = rows[0] ?? {};
    if (first === null || last === null) return [];
    const ids: number[] = [];
    for (let from = first; from <= last && ids.length < limit; from += IDS_PER_SLICE) {
      const slice = sql<SqlBool>`fact.id between ${from} and ${from + IDS_PER_SLICE - 1}`;
      ids.push(...(await select(slice, limit - ids.length)));
      await nextTurn();
    }
    return ids;
  }

  async function fetchIds(query: RawBuilder<unknown>): Promise<number[]> {
    const { rows } = await (query as RawBuilder<{ id: number }>).execute(tables);
    return rows.map(({ id }) => id);
  }
}

function toCriteria(conditions: readonly Condition[]): Criteria {
  const terms: Criteria['terms'][number][] = [];
  const ranges: Criteria['ranges'][number][] = [];
  for (const condition of conditions) {
    if (condition.type === 'range') {
      ranges.push(condition);
      continue;
    }
    const term = condition.type === 'in' ? termColumns[condition.column] : undefined;
    // A condition that is passed over would list other findings.
    if (condition.type !== 'in' || term === undefined)
      throw new Error(`Findings have no ${JSON.stringify(condition)}.`);
    terms.push({ ...term, values: condition.values });
  }
  return { terms, ranges };
}
