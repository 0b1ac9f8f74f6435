import { setImmediate as nextTurn } from 'node:timers/promises';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Scope } from '../../domain/scope.js';
import { type EntityKind, entityOf, type ListedTableName, toReportKeys } from '../entities.js';
import { type ComparisonReader, createComparisonReader } from './comparison.js';
import type { Database } from './database.js';
import { createDescriptionReader, type DescriptionReader } from './description.js';
import { createHostTelemetryReader, type HostTelemetryReader } from './host-telemetry.js';
import type { Condition, DocumentTest, ListPage, ListQuery } from './list-query.js';
import { createListedFindings } from './listed-findings.js';
import { hasTextsOf, isLike } from './patterns.js';
import { isArnInScope, isTextInScope } from './scope-predicates.js';
import { createSearchReader, type SearchReader } from './search/search-reader.js';
import { createSummaryReader, type SummaryReader } from './summaries.js';
import type { Tables } from './tables.js';
import { toPatternBitmap } from './trigram-bitmap.js';
import { toScope, toVisibilityTest, type Visibility } from './visibility.js';
import { UNDESCRIBED } from './writer.js';

/** Reads of the archive. */
export interface Reader extends ComparisonReader, DescriptionReader, HostTelemetryReader, SearchReader, SummaryReader {
  /** The documents that there are, as JSON text by key. */
  fetchDocuments(
    kind: EntityKind,
    keys: readonly string[],
    visibility: Visibility,
  ): Promise<ReadonlyMap<string, string>>;
  /** At most so many documents of a kind, the first ones first. */
  fetchFirstDocuments(kind: EntityKind, limit: number, visibility: Visibility): Promise<readonly string[]>;
  /** The file of the assessment report with this key; undefined when there is none. */
  fetchReportFile(key: string): Promise<Uint8Array | undefined>;
  /** Those of the keys that have a document, or that another entity refers to. */
  findExisting(kind: EntityKind, keys: readonly string[], visibility: Visibility): Promise<ReadonlySet<string>>;
  /** The key of positions in tokens. */
  fetchPositionKey(): Promise<Buffer>;
  /** A page in the order in which the entities came to the archive. It may be short, and yet not the last one. */
  fetchPage(query: ListQuery): Promise<ListPage>;
}

/** The part of a query that tables can answer. */
type RowQuery = Omit<ListQuery, 'accepts'>;

interface ListRow {
  id: number;
  arn: string;
}

/** How many documents are tested together, and how many at most for one page. */
const DOCUMENTS_PER_TEST = 500;
const MAX_DOCUMENTS_PER_PAGE = 10_000;

/** The reads over an open database. */
export function createReader({ tables, engine }: Pick<Database, 'tables' | 'engine'>): Reader {
  const { fetchFindingRows } = createListedFindings({ tables, engine });
  let positionKey: Buffer | undefined;
  return {
    fetchDocuments,
    fetchFirstDocuments,
    fetchReportFile,
    findExisting,
    fetchPage,
    fetchPositionKey,
    ...createComparisonReader({ tables, engine }),
    ...createDescriptionReader({ tables, engine }),
    ...createHostTelemetryReader({ tables }),
    ...createSearchReader({ tables, engine }),
    ...createSummaryReader({ tables, engine }),
  };

  async function fetchDocuments(kind: EntityKind, keys: readonly string[], visibility: Visibility) {
    const visible = keys.filter(toVisibilityTest(kind, visibility));
    if (visible.length === 0) return new Map<string, string>();
    const rows = await selectDocuments(kind, visible).select(['key', 'document']).execute();
    const described = rows.filter(({ document }) => document !== UNDESCRIBED);
    return new Map(described.map(({ key, document }) => [key, document]));
  }

  async function fetchFirstDocuments(kind: EntityKind, limit: number, visibility: Visibility) {
    const rows = await tables
      .selectFrom('documents')
      .select(['key', 'document'])
      .where('kind', '=', kind)
      .orderBy('id')
      .execute();
    const isVisible = toVisibilityTest(kind, visibility);
    const described = rows.filter(({ key, document }) => document !== UNDESCRIBED && isVisible(key));
    return described.slice(0, limit).map(({ document }) => document);
  }

  async function fetchPositionKey() {
    // It never changes.
    if (positionKey === undefined) {
      const { position_key } = await tables.selectFrom('writers').select('position_key').executeTakeFirstOrThrow();
      positionKey = Buffer.from(position_key, 'base64');
    }
    return positionKey;
  }

  async function fetchReportFile(key: string) {
    const row = await tables
      .selectFrom('report_files')
      .select('content')
      .where('id', '=', ({ selectFrom }) =>
        selectFrom('documents').select('id').where('kind', '=', 'assessmentReport').where('key', '=', key),
      )
      .executeTakeFirst();
    // libsql gives an ArrayBuffer.
    return row === undefined || ArrayBuffer.isView(row.content) ? row?.content : new Uint8Array(row.content);
  }

  async function findExisting(kind: EntityKind, given: readonly string[], visibility: Visibility) {
    // Whatever refers to a key has an account and region by the same ARN, but for findings.
    const keys = given.filter(toVisibilityTest(kind, visibility));
    if (keys.length === 0) return new Set<string>();
    const rows = await selectDocuments(kind, keys).select('key').execute();
    const existing = new Set(rows.map(({ key }) => key));
    for (const { table, column } of references[kind] ?? []) {
      const others = keys.filter((key) => !existing.has(key));
      if (others.length > 0) for (const key of await findReferred(table, column, others)) existing.add(key);
    }
    if (kind === 'assessmentRun') {
      const others = keys.filter((key) => !existing.has(key));
      if (others.length > 0) for (const key of await findRunsOfFindings(others, visibility)) existing.add(key);
    }
    for (const { kind: childKind, toKeys } of children[kind] ?? []) {
      const others = keys.filter((key) => !existing.has(key));
      const parents = new Map(others.flatMap((parent) => toKeys(parent).map((key) => [key, parent])));
      if (parents.size === 0) continue;
      const rows = await selectDocuments(childKind, [...parents.keys()])
        .select('key')
        .execute();
      for (const { key } of rows) existing.add(parents.get(key) as string);
    }
    return existing;
  }

  /** Those of the runs that have findings. */
  async function findRunsOfFindings(runArns: readonly string[], visibility: Visibility): Promise<string[]> {
    const found: string[] = [];
    for (const runArn of runArns) {
      const conditions = [{ type: 'in' as const, column: 'assessment_run_arn', values: [runArn] }];
      const rows = await fetchFindingRows({ visibility, conditions, after: 0, limit: 1 });
      if (rows.length > 0) found.push(runArn);
    }
    return found;
  }

  async function findReferred(table: keyof Tables, column: string, keys: readonly string[]) {
    const reference = sql.ref<string>(`listed.${column}`);
    const query = tables
      .selectFrom(`${table} as listed` as 'rules_packages as listed')
      .select(reference.as('key'))
      .distinct()
      .where(reference, 'in', keys);
    return (await query.execute()).map(({ key }) => key);
  }

  function selectDocuments(kind: EntityKind, keys: readonly string[]) {
    return tables.selectFrom('documents').where('kind', '=', kind).where('key', 'in', keys);
  }

  async function fetchPage({ accepts, ...query }: ListQuery): Promise<ListPage> {
    if (accepts !== undefined) return fetchAcceptedPage(query, accepts);
    return toPage(await fetchRows({ ...query, limit: query.limit + 1 }), query.limit);
  }

  async function fetchAcceptedPage(query: RowQuery, accepts: DocumentTest) {
    const accepted: ListRow[] = [];
    let { after } = query;
    for (let tested = 0; tested < MAX_DOCUMENTS_PER_PAGE; tested += DOCUMENTS_PER_TEST) {
      const rows = await fetchRows({ ...query, after, limit: DOCUMENTS_PER_TEST });
      const ids = rows.map(({ id }) => id);
      const documents =
        ids.length === 0
          ? []
          : await tables
              .selectFrom('documents')
              .select(['id', 'document'])
              .where('id', 'in', ids)
              .where(hasTextsOf(engine, sql.ref('document'), accepts))
              .execute();
      const described = documents.filter(({ document }) => document !== UNDESCRIBED && accepts.test(document));
      const isAccepted = new Set(described.map(({ id }) => id));
      accepted.push(...rows.filter(({ id }) => isAccepted.has(id)));
      if (accepted.length > query.limit || rows.length < DOCUMENTS_PER_TEST) return toPage(accepted, query.limit);
      after = rows.at(-1)?.id ?? after;
      // SQLite reads synchronously: let other requests run.
      await nextTurn();
    }
    return { arns: accepted.map(({ arn }) => arn), next: after };
  }

  /** Rows in the order of their ids. */
  function fetchRows(query: RowQuery): Promise<ListRow[]> {
    if (query.kind === 'assessmentRun') return fetchRunRows(query);
    return query.kind === 'finding' ? fetchFindingRows(query) : fetchListedRows(query);
  }

  /** Filters runs by narrow rows and the dimension table of groups: no filter costs more than one scan in order. */
  async function fetchRunRows({ kind, visibility, conditions, after, limit }: RowQuery): Promise<ListRow[]> {
    const onGroups = conditions.filter(isDimensionPredicate);
    let page = tables.selectFrom('assessment_run_filters as listed').select('listed.id');
    let order = sql`listed.id`;
    // Left out where it holds for all: PostgreSQL would use the index for it.
    if (after > 0) page = page.where('listed.id', '>', after);
    const scope = toScope(kind, visibility);
    if (scope !== null || onGroups.length > 0) {
      const groups = await fetchGroups(scope, onGroups);
      if (groups.ids.length === 0) return [];
      page = page.where('listed.id', '<=', groups.lastRunId).where(isAmong('listed.group_id', groups.ids));
      // PostgreSQL cannot estimate how rarely a pattern matches. `+ 0` has it start from the runs of few groups, and sort.
      const hasPattern = conditions.some((condition) => condition.type === 'pattern');
      if (engine === 'postgres' && hasPattern && groups.areFew) order = sql`listed.id + 0`;
    }
    const onRuns = conditions.filter((condition) => !isDimensionPredicate(condition));
    if (onRuns.length > 0) page = page.where(toRunExpression(onRuns));
    return tables
      .selectFrom(page.orderBy(order).limit(limit).as('page'))
      .innerJoin('assessment_runs as run', 'run.id', 'page.id')
      .select(['page.id', 'run.arn'])
      .orderBy('page.id')
      .execute();
  }

  /** The groups that match, whether they are few, and the last run: later ones, maybe of a new group, are not read yet. */
  async function fetchGroups(scope: Scope | null, conditions: readonly Condition[]) {
    let query = tables
      .selectFrom('assessment_run_groups as listed')
      .select([
        'listed.id',
        ({ selectFrom, fn }) => selectFrom('assessment_run_filters').select(fn.max('id').as('id')).as('lastRunId'),
        ({ selectFrom, fn }) => selectFrom('assessment_run_groups').select(fn.countAll().as('all')).as('all'),
      ]);
    if (scope !== null) query = query.where(isArnInScope(engine, scope, sql.ref('listed.assessment_template_arn')));
    for (const condition of conditions) {
      const expressions =
        condition.type === 'rulesPackages' ? condition.values.map(toNamesPackage) : [toExpression(condition)];
      query = query.where(({ or }) => or(expressions));
    }
    const rows = await query.execute();
    const { lastRunId = null, all = 0 } = rows[0] ?? {};
    return { ids: rows.map(({ id }) => id), areFew: rows.length * 4 <= Number(all), lastRunId: lastRunId ?? 0 };
  }

  /** CASE forces the cheap bitmap test of a name pattern before LIKE: SQL does not order the operands of AND. */
  function toRunExpression(conditions: readonly Condition[]): RawBuilder<SqlBool> {
    const all = sql<SqlBool>`${sql.join(conditions.map(toExpression), sql` and `)}`;
    const pattern = conditions.find((condition) => condition.type === 'pattern')?.pattern;
    if (pattern === undefined) return all;
    const bitmap = toPatternBitmap(pattern);
    return sql`case when (listed.name_signature & ${bitmap}) = ${bitmap} then ${all} else false end`;
  }

  /** Whether a group's JSON array has this ARN, in which nothing needs to be escaped. */
  function toNamesPackage(arn: string): RawBuilder<SqlBool> {
    return toExpression({ type: 'pattern', column: 'rules_package_arns', pattern: `*"${arn}"*` });
  }

  /** Binds all ids as one parameter: the engines limit their number. */
  function isAmong(column: string, ids: readonly number[]): RawBuilder<SqlBool> {
    if (engine === 'postgres') return sql`${sql.ref(column)} = any(${ids})`;
    const list = sql`(select value from json_each(${JSON.stringify(ids)}))`;
    // SQLite does not estimate the rows that an index finds: `+` keeps it from the index for many ids.
    return ids.length === 1 ? sql`${sql.ref(column)} = ${ids[0]}` : sql`+${sql.ref(column)} in ${list}`;
  }

  /** Reads each value of an index predicate by id, and merges them: given all values, an engine sorts all matches. */
  async function fetchListedRows(query: RowQuery): Promise<ListRow[]> {
    const indexed = query.conditions.find(isIndexPredicate);
    if (indexed === undefined) return selectRows(query, query.conditions).execute();
    const others = query.conditions.filter((condition) => condition !== indexed);
    const [first, ...rest] = indexed.values.map((value) =>
      tables.selectFrom(selectRows(query, [{ ...indexed, values: [value] }, ...others]).as('rows')).selectAll(),
    );
    if (first === undefined) return [];
    const merged = rest.reduce((union, select) => union.unionAll(select), first);
    return tables.selectFrom(merged.as('merged')).selectAll().orderBy('id').limit(query.limit).execute();
  }

  function selectRows({ kind, visibility, after, limit }: RowQuery, conditions: readonly Condition[]) {
    const table = entityOf(kind).listed?.table as ListedTableName;
    const scope = toScope(kind, visibility);
    // All listed tables have the columns that are named here; further ones are named by conditions.
    let query = tables
      .selectFrom(`${table} as listed` as 'rules_packages as listed')
      .select(['listed.id', 'listed.arn'])
      .where('listed.id', '>', after)
      .orderBy('listed.id')
      .limit(limit);
    if (scope !== null) {
      query = query.where(isTextInScope(engine, scope, sql.ref('listed.account'), sql.ref('listed.region')));
    }
    return conditions.reduce((filtered, condition) => filtered.where(toExpression(condition)), query);
  }

  function toExpression(condition: Condition): RawBuilder<SqlBool> {
    if (condition.type === 'rulesPackages') {
      return sql`exists (select 1 from evaluated_rules_packages as owned where owned.id = listed.id and owned.rules_package_arn in (${sql.join(condition.values)}))`;
    }
    const column = sql.ref(`listed.${condition.column}`);
    switch (condition.type) {
      case 'in':
        return sql`${column} in (${sql.join(condition.values)})`;
      case 'range':
        if (condition.from === null) return sql`${column} <= ${condition.to}`;
        if (condition.to === null) return sql`${column} >= ${condition.from}`;
        return sql`${column} between ${condition.from} and ${condition.to}`;
      case 'pattern':
        return isLike(engine, column, condition.pattern);
    }
  }
}

/** Columns that refer to an entity: a team may have exported its runs without their templates. */
const references: Partial<Record<EntityKind, readonly { table: keyof Tables; column: string }[]>> = {
  assessmentTarget: [
    { table: 'assessment_templates', column: 'assessment_target_arn' },
    { table: 'agent_previews', column: 'assessment_target_arn' },
  ],
  assessmentTemplate: [
    { table: 'assessment_run_groups', column: 'assessment_template_arn' },
    { table: 'event_subscriptions', column: 'resource_arn' },
    { table: 'exclusion_previews', column: 'assessment_template_arn' },
  ],
  assessmentRun: [
    { table: 'exclusions', column: 'assessment_run_arn' },
    { table: 'assessment_run_agents', column: 'assessment_run_arn' },
  ],
};

/** The same for children without a table, whose keys follow from their parent's. */
const children: Partial<
  Record<EntityKind, readonly { kind: EntityKind; toKeys(parent: string): readonly string[] }[]>
> = {
  assessmentTemplate: [{ kind: 'tags', toKeys: (arn) => [arn] }],
  assessmentRun: [
    { kind: 'telemetryMetadata', toKeys: (arn) => [arn] },
    { kind: 'assessmentReport', toKeys: toReportKeys },
  ],
};

type InCondition = Extract<Condition, { type: 'in' }>;

const INDEXED_COLUMNS = new Set([
  ...['assessment_run_arn', 'assessment_target_arn', 'resource_arn', 'assessment_template_arn'],
]);

function isIndexPredicate(condition: Condition): condition is InCondition {
  return condition.type === 'in' && INDEXED_COLUMNS.has(condition.column);
}

/** Whether a predicate on runs is one on the dimension table of their groups. */
function isDimensionPredicate(condition: Condition): boolean {
  return condition.type === 'rulesPackages' || condition.column === 'assessment_template_arn';
}

function toPage(rows: readonly ListRow[], limit: number): ListPage {
  const page = rows.slice(0, limit);
  return { arns: page.map(({ arn }) => arn), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}
