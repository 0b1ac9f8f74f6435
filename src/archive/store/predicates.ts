import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { toJson } from './json-rows.js';
import type { Engine } from './tables.js';

/** Whether a value is one of the ids, which are one parameter. */
export function isAmong(engine: Engine, value: RawBuilder<unknown>, ids: readonly number[]): RawBuilder<SqlBool> {
  if (ids.length === 1) return sql`${value} = ${ids[0]}`;
  return engine === 'sqlite'
    ? sql`${value} in (select value from json_each(${toJson(ids)}))`
    : sql`${value} = any(${ids})`;
}

/** All of the predicates; true without any. */
export function allOf(predicates: readonly RawBuilder<unknown>[]): RawBuilder<SqlBool> {
  return predicates.length === 0 ? sql`true` : sql`${sql.join(predicates, sql` and `)}`;
}

/** Any of the predicates; false without any. In halves within halves: SQLite bounds how deep an expression is. */
export function anyOf(predicates: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  const [first] = predicates;
  if (first === undefined) return sql`false`;
  if (predicates.length === 1) return first;
  const middle = Math.ceil(predicates.length / 2);
  return sql`(${anyOf(predicates.slice(0, middle))} or ${anyOf(predicates.slice(middle))})`;
}
