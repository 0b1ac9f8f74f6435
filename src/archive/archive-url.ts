import { resolve } from 'node:path';

/** Where an archive is, and whether it may be made there when there is none. */
export interface ArchiveLocation {
  /** `sqlite:path` or `postgres://…`. */
  readonly url: string;
  readonly mayCreate: boolean;
}

const SQLITE = 'sqlite:';
const MEMORY_PATH = ':memory:';

/** Whether the archive is a SQLite file, and not a PostgreSQL database. */
export function isSqliteUrl(url: string): boolean {
  return url.startsWith(SQLITE);
}

/** The absolute path of a SQLite archive, or `:memory:`. */
export function toSqlitePath(url: string): string {
  const path = url.slice(SQLITE.length).replace(/^\/\/(?=\/)/, '');
  return path === MEMORY_PATH ? path : resolve(path);
}

/** The URL without user, password and parameters; that of a SQLite file with its absolute path. */
export function toDisplayUrl(url: string): string {
  if (isSqliteUrl(url)) return `${SQLITE}${toSqlitePath(url)}`;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** What to do without history in an archive. */
export const HOW_TO_IMPORT =
  'Import your exports with `inspector-gateway archive import PATH...`; in a checkout: `npm start -- archive import PATH...`.';

/** That an archive could not be opened; the message names it without its password, and says what to do. */
export class ArchiveOpenError extends Error {
  override readonly name = 'ArchiveOpenError';
}
