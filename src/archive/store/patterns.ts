import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Engine } from './tables.js';

/** Whether text is a pattern's, in which `*` stands for any text and everything else for itself. */
export function isLike(engine: Engine, text: RawBuilder<unknown>, pattern: string): RawBuilder<SqlBool> {
  if (!pattern.includes('*')) return sql`${text} = ${pattern}`;
  // SQLite's `like` takes upper and lower case for the same.
  return engine === 'sqlite'
    ? sql`${text} glob ${pattern.replace(/[[?]/g, '[$&]')}`
    : sql`${text} like ${toLikePattern(pattern)}`;
}

/** A pattern as PostgreSQL's `like` has it. */
export function toLikePattern(pattern: string): string {
  return escapeLike(pattern).replaceAll('*', '%');
}

/** Whether text has another one anywhere in it, ASCII letters in either case. */
export function hasText(engine: Engine, text: RawBuilder<unknown>, part: string): RawBuilder<SqlBool> {
  const pattern = `%${escapeLike(part)}%`;
  return engine === 'sqlite'
    ? sql`${text} like ${pattern} escape '\\'`
    : sql`lower(${text} collate "C") like lower(${pattern} collate "C")`;
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** ASCII letters in lower case, as `hasText` compares them. */
export function toAsciiLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
