import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { DocumentTest } from './list-query.js';
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

/** Whether the text of a document has what all that pass a test have in it, which is cheaper to tell than to parse it. */
export function hasTextsOf(
  engine: Engine,
  document: RawBuilder<unknown>,
  { texts }: DocumentTest,
): RawBuilder<SqlBool> {
  const has = (part: string) =>
    engine === 'sqlite' ? sql`instr(${document}, ${part}) > 0` : sql`strpos(${document}, ${part}) > 0`;
  const all = texts.map((alternatives) => {
    return sql`(${sql.join(
      alternatives.map((parts) => sql`(${sql.join(parts.map(has), sql` and `)})`),
      sql` or `,
    )})`;
  });
  return all.length === 0 ? sql`true` : sql`${sql.join(all, sql` and `)}`;
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** ASCII letters in lower case, as `hasText` compares them. */
export function toAsciiLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
