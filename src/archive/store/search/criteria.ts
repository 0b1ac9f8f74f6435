import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Scope } from '../../../domain/scope.js';
import { toTermKey } from '../facts.js';
import { selectJsonRows } from '../json-rows.js';
import type { DocumentTest } from '../list-query.js';
import { hasText, isLike, toAsciiLowerCase } from '../patterns.js';
import { isAmong } from '../predicates.js';
import { resolveScope, toPairPredicates, type VisibleTerms } from '../scope-predicates.js';
import type { Engine, Tables, TermDimension } from '../tables.js';
import { toPatternBitmap } from '../trigram-bitmap.js';

/** What a search asks of a row of facts; all of it has to hold. */
export interface Criteria {
  /** Any of the texts, by the column that holds their terms. */
  readonly terms: readonly {
    readonly column: string;
    readonly dimension: TermDimension;
    readonly values: readonly string[];
  }[];
  /** Inclusive at both ends, each of which may be open; a row without a value is outside. */
  readonly ranges: readonly { readonly column: string; readonly from: number | null; readonly to: number | null }[];
  /** Anywhere in the texts of the row, ASCII letters in either case. */
  readonly text?: string | undefined;
  /** Of the name; `*` stands for any text. */
  readonly namePattern?: string | undefined;
  /** Any of these is among the rules packages of the run. */
  readonly runPackages?: readonly string[] | undefined;
  /** Any of these is the ID of an agent that the run's agents or findings name. */
  readonly runAgents?: readonly string[] | undefined;
  /** Whether the telemetry of the run counts any message. */
  readonly hasTelemetry?: boolean | undefined;
  /** What has no document does not pass. */
  readonly accepts?: DocumentTest | undefined;
}

/** The tables that are searched. */
export type FactTable = 'run_facts' | 'finding_facts' | 'hosts';

/** Criteria within a scope, whose texts are ids of terms. */
export interface ResolvedCriteria {
  readonly table: FactTable;
  /** Those of the scope are among them. */
  readonly terms: readonly { readonly column: string; readonly ids: readonly number[] }[];
  readonly visible: VisibleTerms;
  readonly ranges: Criteria['ranges'];
  readonly text: string | undefined;
  readonly namePattern: string | undefined;
  readonly packageIds: readonly number[] | undefined;
  readonly agentIds: readonly number[] | undefined;
  readonly hasTelemetry: boolean | undefined;
  readonly accepts: Criteria['accepts'];
}

/** Finds the terms of the criteria and of a scope; null where one of them has none, so that nothing fits. */
export async function resolveCriteria(
  tables: Kysely<Tables>,
  engine: Engine,
  table: FactTable,
  { terms, ranges, text, namePattern, runPackages, runAgents, hasTelemetry, accepts }: Criteria,
  scope: Scope | null,
): Promise<ResolvedCriteria | null> {
  const asked: Pick<Criteria['terms'][number], 'dimension' | 'values'>[] = [...terms];
  if (runPackages !== undefined) asked.push({ dimension: 'rulesPackage', values: runPackages });
  if (runAgents !== undefined) asked.push({ dimension: 'agent', values: runAgents });
  const given = asked.flatMap(({ dimension, values }, place) =>
    [...new Set(values)].map((value) => [place, dimension, toTermKey(value)]),
  );
  const ids: number[][] = asked.map(() => []);
  if (given.length > 0) {
    const keys = selectJsonRows(engine, { place: 'integer', dimension: 'text', key: 'text' }, given);
    const { rows } = await sql<{ place: number; id: number }>`
      select given.place as place, terms.id as id from (${keys}) as given
      join terms on terms.dimension = given.dimension and terms.key = given.key`.execute(tables);
    for (const { place, id } of rows) ids[place]?.push(id);
  }
  if (ids.some((found) => found.length === 0)) return null;
  const visible = await resolveScope(tables, scope);
  if (visible === null) return null;
  return {
    table,
    terms: [...terms.map(({ column }, place) => ({ column, ids: ids[place] ?? [] })), ...visible.terms],
    visible,
    ranges,
    text,
    namePattern,
    packageIds: runPackages === undefined ? undefined : ids[terms.length],
    agentIds: runAgents === undefined ? undefined : ids.at(-1),
    hasTelemetry,
    accepts,
  };
}

/**
 * The criteria as predicates on the rows of `fact`. `unindexed` keeps the engines from finding rows by them, but for those
 * on `column`.
 */
export function toPredicates(
  engine: Engine,
  { table, terms, visible, ranges, text, namePattern, packageIds, agentIds, hasTelemetry }: ResolvedCriteria,
  unindexed?: { readonly except: string },
): RawBuilder<SqlBool>[] {
  const ref = (column: string) => {
    const plain = sql.ref(`fact.${column}`);
    if (unindexed === undefined || unindexed.except === column) return plain;
    return engine === 'sqlite' ? sql`+${plain}` : sql`(${plain} + 0)`;
  };
  return [
    ...terms.map(({ column, ids }) => isAmong(engine, ref(column), ids)),
    ...toPairPredicates(engine, visible, ref),
    ...ranges.map(({ column, from, to }) => isWithin(ref(column), from, to)),
    ...(text === undefined ? [] : [hasTextIn(engine, table, text)]),
    ...(namePattern === undefined ? [] : [isLike(engine, sql.ref('fact.name'), namePattern)]),
    ...(packageIds === undefined
      ? []
      : [
          sql<SqlBool>`exists (select 1 from run_packages as owned where owned.id = fact.id and ${isAmong(engine, sql.ref('owned.package'), packageIds)})`,
        ]),
    ...(agentIds === undefined
      ? []
      : [
          sql<SqlBool>`${ref('run')} in (select pair.run from agent_facts as pair where ${isAmong(engine, sql.ref('pair.agent'), agentIds)})`,
        ]),
    ...(hasTelemetry === undefined
      ? []
      : [
          sql<SqlBool>`${hasTelemetry ? sql`` : sql`not `}exists (select 1 from telemetry_runs as sent
            where sent.run = fact.run and (sent.count_low > 0 or sent.count_high > 0))`,
        ]),
  ];
}

function hasTextIn(engine: Engine, table: FactTable, text: string): RawBuilder<SqlBool> {
  switch (table) {
    case 'run_facts':
      return hasText(engine, sql.ref('fact.name'), text);
    case 'hosts':
      return sql`(${hasText(engine, sql.ref('fact.agent_id'), text)} or coalesce(${hasText(engine, sql.ref('fact.hostname'), text)}, false))`;
    case 'finding_facts':
      return sql`exists (select 1 from terms as title where title.id = fact.title and ${isTitleWith(engine, text)})`;
  }
}

/** Whether a term `title` has the text in it: the bitmap, which is cheap, is looked at first. */
export function isTitleWith(engine: Engine, text: string): RawBuilder<SqlBool> {
  const bitmap = toPatternBitmap(toAsciiLowerCase(text).replaceAll('*', '\0'));
  return sql`case when (title.signature & ${bitmap}) = ${bitmap} then ${hasText(engine, sql.ref('title.value'), text)} else false end`;
}

function isWithin(value: RawBuilder<unknown>, from: number | null, to: number | null): RawBuilder<SqlBool> {
  if (from === null) return sql`${value} <= ${to}`;
  if (to === null) return sql`${value} >= ${from}`;
  return sql`${value} between ${from} and ${to}`;
}
