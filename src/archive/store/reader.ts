import { setImmediate as nextTurn } from 'node:timers/promises';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { NO_REGION } from '../arn.js';
import { type EntityKind, type ListedTableName, toReportKeys } from '../entities.js';
import type { Database } from './database.js';
import { toPatternSignature } from './name-signature.js';
import type { Tables } from './tables.js';
import { UNDESCRIBED } from './writer.js';

/** The region that a caller sees, by the credential scope of its signature; null for one who sees all. */
export type Scope = string | null;

/** What rows of a list have to fulfil; several conditions have to hold together. */
export type Condition =
  | { readonly type: 'in'; readonly column: string; readonly values: readonly string[] }
  /** Inclusive at both ends, each of which may be open; a row without a value is outside. */
  | { readonly type: 'range'; readonly column: string; readonly from: number | null; readonly to: number | null }
  /** `*` stands for any text, everything else for itself. */
  | { readonly type: 'pattern'; readonly column: string; readonly pattern: string }
  /** Any of these is among the rules packages of the run or template. */
  | { readonly type: 'rulesPackages'; readonly values: readonly string[] };

/** Which part of which list. */
export interface ListQuery {
  readonly table: ListedTableName;
  readonly scope: Scope;
  readonly conditions: readonly Condition[];
  /** The id behind which the page begins; 0 for the first page. */
  readonly after: number;
  readonly limit: number;
  /** A further condition that only the document can answer; where there is none, it is not fulfilled. */
  accepts?: ((document: string) => boolean) | undefined;
}

/** A page of a list: the ARNs or keys, and the id behind which the next page begins, or null on the last one. */
export interface ListPage {
  readonly arns: readonly string[];
  readonly next: number | null;
}

/** Reads of the archive. */
export interface Reader {
  /** The documents that there are, as JSON text by key. */
  fetchDocuments(kind: EntityKind, keys: readonly string[], scope: Scope): Promise<ReadonlyMap<string, string>>;
  /** At most so many documents of a kind, the first ones first. */
  fetchFirstDocuments(kind: EntityKind, limit: number, scope: Scope): Promise<readonly string[]>;
  /** The file of the assessment report with this key; undefined when there is none. */
  fetchReportFile(key: string): Promise<Uint8Array | undefined>;
  /** Those of the keys that there is a document for, or that something refers to which came without it. */
  findKnown(kind: EntityKind, keys: readonly string[], scope: Scope): Promise<ReadonlySet<string>>;
  /** A page in the order in which the entities came to the archive. It may be short, and yet not the last one. */
  fetchPage(query: ListQuery): Promise<ListPage>;
}

interface ListRow {
  id: number;
  arn: string;
}

/** How many documents are looked at together, and how many at most for one page. */
const DOCUMENTS_PER_LOOK = 500;
const MAX_DOCUMENTS_PER_PAGE = 10_000;
const IDS_PER_SLICE = 10_000;

/** The reads over an open database. */
export function createReader({ tables, engine }: Pick<Database, 'tables' | 'engine'>): Reader {
  return { fetchDocuments, fetchFirstDocuments, fetchReportFile, findKnown, fetchPage };

  async function fetchDocuments(kind: EntityKind, keys: readonly string[], scope: Scope) {
    if (keys.length === 0) return new Map<string, string>();
    const rows = await selectDocuments(kind, keys, scope).select(['key', 'document']).execute();
    const described = rows.filter(({ document }) => document !== UNDESCRIBED);
    return new Map(described.map(({ key, document }) => [key, document]));
  }

  async function fetchFirstDocuments(kind: EntityKind, limit: number, scope: Scope) {
    const rows = await selectKind(kind, scope).select('document').orderBy('id').limit(limit).execute();
    return rows.map(({ document }) => document).filter((document) => document !== UNDESCRIBED);
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

  async function findKnown(kind: EntityKind, keys: readonly string[], scope: Scope) {
    const rows = await selectDocuments(kind, keys, scope).select('key').execute();
    const known = new Set(rows.map(({ key }) => key));
    for (const { table, column } of references[kind] ?? []) {
      const missing = keys.filter((key) => !known.has(key));
      if (missing.length > 0) for (const key of await findReferred(table, column, missing, scope)) known.add(key);
    }
    for (const { kind: owned, toKeys } of belongings[kind] ?? []) {
      const missing = keys.filter((key) => !known.has(key));
      const owners = new Map(missing.flatMap((key) => toKeys(key).map((itsKey) => [itsKey, key])));
      if (owners.size === 0) continue;
      const rows = await selectDocuments(owned, [...owners.keys()], scope)
        .select('key')
        .execute();
      for (const { key } of rows) known.add(owners.get(key) as string);
    }
    return known;
  }

  async function findReferred(table: keyof Tables, column: string, keys: readonly string[], scope: Scope) {
    const reference = sql.ref<string>(`listed.${column}`);
    let query = tables
      .selectFrom(`${table} as listed` as 'rules_packages as listed')
      .select(reference.as('key'))
      .distinct()
      .where(reference, 'in', keys);
    if (scope !== null) query = query.where('listed.region', '=', scope);
    return (await query.execute()).map(({ key }) => key);
  }

  function selectDocuments(kind: EntityKind, keys: readonly string[], scope: Scope) {
    return selectKind(kind, scope).where('key', 'in', keys);
  }

  /** What is in no region is everybody's. */
  function selectKind(kind: EntityKind, scope: Scope) {
    const query = tables.selectFrom('documents').where('kind', '=', kind);
    return scope === null ? query : query.where('region', 'in', [scope, NO_REGION]);
  }

  async function fetchPage({ accepts, ...query }: ListQuery): Promise<ListPage> {
    if (accepts !== undefined) return fetchAcceptedPage(query, accepts);
    return toPage(await fetchRows({ ...query, limit: query.limit + 1 }), query.limit);
  }

  async function fetchAcceptedPage(query: Omit<ListQuery, 'accepts'>, accepts: (document: string) => boolean) {
    const accepted: ListRow[] = [];
    let { after } = query;
    for (let looked = 0; looked < MAX_DOCUMENTS_PER_PAGE; looked += DOCUMENTS_PER_LOOK) {
      const rows = await fetchRows({ ...query, after, limit: DOCUMENTS_PER_LOOK });
      const ids = rows.map(({ id }) => id);
      const documents =
        ids.length === 0
          ? []
          : await tables.selectFrom('documents').select(['id', 'document']).where('id', 'in', ids).execute();
      const described = documents.filter(({ document }) => document !== UNDESCRIBED && accepts(document));
      const isAccepted = new Set(described.map(({ id }) => id));
      accepted.push(...rows.filter(({ id }) => isAccepted.has(id)));
      if (accepted.length > query.limit || rows.length < DOCUMENTS_PER_LOOK) return toPage(accepted, query.limit);
      after = rows.at(-1)?.id ?? after;
      // Others have their turn: on SQLite a read is done at once.
      await nextTurn();
    }
    return { arns: accepted.map(({ arn }) => arn), next: after };
  }

  /** Rows in the order of their ids. */
  function fetchRows(query: Omit<ListQuery, 'accepts'>): Promise<ListRow[]> {
    if (query.table === 'assessment_runs') return fetchRunRows(query);
    if (engine === 'postgres' || query.table !== 'findings' || query.conditions.some(isSelective)) {
      return fetchListedRows(query);
    }
    return fetchSlicedRows(query);
  }

  /** SQLite reads on the thread of all requests: so it reads many findings by slices, and others have their turn. */
  async function fetchSlicedRows(query: Omit<ListQuery, 'accepts'>): Promise<ListRow[]> {
    const ids = tables.selectFrom(query.table).select('id').where('id', '>', query.after).limit(1);
    const first = await ids.orderBy('id').executeTakeFirst();
    const last = await ids.orderBy('id', 'desc').executeTakeFirst();
    if (first === undefined || last === undefined) return [];
    const rows: ListRow[] = [];
    let after = first.id - 1;
    while (after < last.id && rows.length < query.limit) {
      const upTo = after + IDS_PER_SLICE;
      rows.push(...(await fetchListedRows({ ...query, after, limit: query.limit - rows.length }, upTo)));
      after = upTo;
      await nextTurn();
    }
    return rows;
  }

  /**
   * Runs are filtered by narrow rows, which name a group for what many of them share: so no filter costs more than one
   * reading of narrow rows in order.
   */
  async function fetchRunRows({ scope, conditions, after, limit }: Omit<ListQuery, 'accepts'>): Promise<ListRow[]> {
    const ofGroup = conditions.filter(isOfGroup);
    let page = tables.selectFrom('assessment_run_filters as listed').select('listed.id');
    let order = sql`listed.id`;
    // A condition that all fulfil would have PostgreSQL look at the index as well.
    if (after > 0) page = page.where('listed.id', '>', after);
    if (scope !== null || ofGroup.length > 0) {
      const groups = await fetchGroups(scope, ofGroup);
      if (groups.ids.length === 0) return [];
      page = page.where('listed.id', '<=', groups.lastRunId).where(isAmong('listed.group_id', groups.ids));
      // PostgreSQL does not know how seldom a pattern fits: in no order it begins with the runs of few groups, and sorts.
      const hasPattern = conditions.some((condition) => condition.type === 'pattern');
      if (engine === 'postgres' && hasPattern && groups.areFew) order = sql`listed.id + 0`;
    }
    const ofRun = conditions.filter((condition) => !isOfGroup(condition));
    if (ofRun.length > 0) page = page.where(toRunExpression(ofRun));
    return tables
      .selectFrom(page.orderBy(order).limit(limit).as('page'))
      .innerJoin('assessment_runs as run', 'run.id', 'page.id')
      .select(['page.id', 'run.arn'])
      .orderBy('page.id')
      .execute();
  }

  /**
   * The groups of runs that fulfil the conditions, whether they are few of all, and the last run at the time: what an
   * import brings after that may be of a group that is not among them, and is left for a later page.
   */
  async function fetchGroups(scope: Scope, conditions: readonly Condition[]) {
    let query = tables
      .selectFrom('assessment_run_groups as listed')
      .select([
        'listed.id',
        ({ selectFrom, fn }) => selectFrom('assessment_run_filters').select(fn.max('id').as('id')).as('lastRunId'),
        ({ selectFrom, fn }) => selectFrom('assessment_run_groups').select(fn.countAll().as('all')).as('all'),
      ]);
    if (scope !== null) query = query.where('listed.region', '=', scope);
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
    const signature = toPatternSignature(pattern);
    return sql`case when (listed.name_signature & ${signature}) = ${signature} then ${all} else false end`;
  }

  /** Whether a group's JSON array has this ARN, in which nothing needs to be escaped. */
  function toNamesPackage(arn: string): RawBuilder<SqlBool> {
    return toExpression({ type: 'pattern', column: 'rules_package_arns', pattern: `*"${arn}"*` });
  }

  /** As one value, however many there are: the engines take a limited number of them. */
  function isAmong(column: string, ids: readonly number[]): RawBuilder<SqlBool> {
    if (engine === 'postgres') return sql`${sql.ref(column)} = any(${ids})`;
    const list = sql`(select value from json_each(${JSON.stringify(ids)}))`;
    // SQLite does not count how many rows an index would find: the plus keeps it from looking there for many.
    return ids.length === 1 ? sql`${sql.ref(column)} = ${ids[0]}` : sql`+${sql.ref(column)} in ${list}`;
  }

  /**
   * Where a condition offers values that an index knows, each value is read on its own, in the order of ids and no
   * further than the page goes, and the beginnings are merged: an engine that is given all values at once sorts
   * everything they match.
   */
  async function fetchListedRows(query: Omit<ListQuery, 'accepts'>, upTo?: number): Promise<ListRow[]> {
    const driving = query.conditions.find(isDriving);
    if (driving === undefined) return selectRows(query, query.conditions, upTo).execute();
    const others = query.conditions.filter((condition) => condition !== driving);
    const [first, ...rest] = driving.values.map((value) =>
      tables.selectFrom(selectRows(query, [{ ...driving, values: [value] }, ...others], upTo).as('rows')).selectAll(),
    );
    if (first === undefined) return [];
    const merged = rest.reduce((union, select) => union.unionAll(select), first);
    return tables.selectFrom(merged.as('merged')).selectAll().orderBy('id').limit(query.limit).execute();
  }

  function selectRows(
    { table, scope, after, limit }: Omit<ListQuery, 'accepts'>,
    conditions: readonly Condition[],
    upTo?: number,
  ) {
    // All listed tables have the columns that are named here; further ones are named by conditions.
    let query = tables
      .selectFrom(`${table} as listed` as 'rules_packages as listed')
      .select(['listed.id', 'listed.arn'])
      .where('listed.id', '>', after)
      .orderBy('listed.id')
      .limit(limit);
    if (upTo !== undefined) query = query.where('listed.id', '<=', upTo);
    if (scope !== null) query = query.where('listed.region', '=', scope);
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
        if (!condition.pattern.includes('*')) return sql`${column} = ${condition.pattern}`;
        // SQLite's `like` takes upper and lower case for the same.
        return engine === 'sqlite'
          ? sql`${column} glob ${condition.pattern.replace(/[[?]/g, '[$&]')}`
          : sql`${column} like ${condition.pattern.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%')}`;
    }
  }
}

/** What says of others that they are: a team may have exported its runs, and not their templates. */
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
    { table: 'findings', column: 'assessment_run_arn' },
    { table: 'exclusions', column: 'assessment_run_arn' },
    { table: 'assessment_run_agents', column: 'assessment_run_arn' },
  ],
};

/** The same for what is kept as documents alone, whose keys follow from its owner's. */
const belongings: Partial<
  Record<EntityKind, readonly { kind: EntityKind; toKeys(owner: string): readonly string[] }[]>
> = {
  assessmentTemplate: [{ kind: 'tags', toKeys: (arn) => [arn] }],
  assessmentRun: [
    { kind: 'telemetryMetadata', toKeys: (arn) => [arn] },
    { kind: 'assessmentReport', toKeys: toReportKeys },
  ],
};

type InCondition = Extract<Condition, { type: 'in' }>;

const INDEXED_COLUMNS = new Set([
  ...['assessment_run_arn', 'assessment_target_arn', 'agent_id', 'severity', 'resource_arn', 'assessment_template_arn'],
]);

/** Whether an index finds few rows for it, however many the table has. */
function isSelective(condition: Condition): boolean {
  return condition.type === 'in' && (condition.column === 'assessment_run_arn' || condition.column === 'agent_id');
}

function isDriving(condition: Condition): condition is InCondition {
  return condition.type === 'in' && INDEXED_COLUMNS.has(condition.column);
}

/** Whether a condition on runs is one on what their group has in common. */
function isOfGroup(condition: Condition): boolean {
  return condition.type === 'rulesPackages' || condition.column === 'assessment_template_arn';
}

function toPage(rows: readonly ListRow[], limit: number): ListPage {
  const page = rows.slice(0, limit);
  return { arns: page.map(({ arn }) => arn), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}
