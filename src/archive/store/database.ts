import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Dialect, Kysely, PostgresDialect, SqliteDialect, sql } from 'kysely';
import Libsql from 'libsql';
import {
  type ArchiveLocation,
  ArchiveOpenError,
  HOW_TO_IMPORT,
  isSqliteUrl,
  toDisplayUrl,
  toSqlitePath,
} from '../archive-url.js';
import { createFileCheck, DamagedArchiveError, toDamage } from './file-check.js';
import { hasTables, migrate } from './migrations.js';
import { createPostgresPool, type LimitedPool, READ_TIMEOUT_MESSAGE } from './postgres-pool.js';
import { entityTables, type Tables } from './tables.js';

/** The archive's tables on one of its engines. */
export interface Database {
  readonly tables: Kysely<Tables>;
  /** `like` or `glob`: the engine's operator that tells upper and lower case apart. */
  readonly engine: 'sqlite' | 'postgres';
  /**
   * Resolves when nobody writes to a SQLite archive, whose own waiting would hold up signals as well; at once for
   * PostgreSQL, where a transaction waits by itself. `onWait` is told once that there is somebody to wait for.
   */
  waitForWriters(onWait?: () => void): Promise<void>;
  /** Gives every query on PostgreSQL from here on a limit of time, as a service needs it and an import does not. */
  limitReads(): Promise<void>;
  /** Rejects with a DamagedArchiveError when the file of a SQLite archive is not the one that was opened. */
  checkFile(): Promise<void>;
  /** What an error means that a read failed with: a DamagedArchiveError, or the error itself. */
  toDamage(error: unknown): unknown;
  close(): Promise<void>;
}

/** How long SQLite waits for another process, by which nothing else is done: while it is opened, and later. */
const OPENING_TIMEOUT_MS = 60_000;
const BUSY_TIMEOUT_MS = 2 ** 31 - 1;
const WAIT_MS = 250;
/** In KiB: the narrow rows of 50,000 runs fit in. */
const PAGE_CACHE_KIB = 65_536;

/** What is kept in memory and gone with the process. */
export const IN_MEMORY = 'sqlite::memory:';

/** That there is no archive where one is to be read. */
export class NoArchiveError extends ArchiveOpenError {
  constructor(url: string, reason: string) {
    super(
      `There is no archive at ${toDisplayUrl(url)}: ${reason}. ${HOW_TO_IMPORT} ARCHIVE_CREATE=1 makes an empty one.`,
    );
  }
}

const NO_TABLES = 'the database has none of its tables';

/** Opens the archive at a place, and creates it only where it may. Rejects with an ArchiveOpenError. */
export function openDatabaseAt({ url, mayCreate }: ArchiveLocation): Promise<Database> {
  return mayCreate ? openDatabase(url) : openExistingDatabase(url);
}

/**
 * Opens the archive at `sqlite:path` or `postgres://…`, creates it when there is none, and brings its tables up to date.
 * Rejects with an ArchiveOpenError.
 */
export function openDatabase(url: string): Promise<Database> {
  return open(url, true);
}

/** The same for an archive that is there already: rejects with a NoArchiveError, and leaves nothing behind. */
export function openExistingDatabase(url: string): Promise<Database> {
  return open(url, false);
}

async function open(url: string, mayCreate: boolean): Promise<Database> {
  const engine = isSqliteUrl(url) ? 'sqlite' : 'postgres';
  let tables: Kysely<Tables> | undefined;
  let pool: LimitedPool | undefined;
  try {
    if (engine === 'sqlite') await checkFile(url, mayCreate);
    else pool = await createPostgresPool(url);
    const dialect = pool === undefined ? createSqliteDialect(toSqlitePath(url)) : new PostgresDialect({ pool });
    tables = new Kysely<Tables>({ dialect });
    if (engine === 'postgres' && !mayCreate && !(await hasTables(tables, engine))) {
      throw new NoArchiveError(url, NO_TABLES);
    }
    await migrate(tables, engine);
    // From here on as long as it takes.
    if (engine === 'sqlite') await sql`pragma busy_timeout = ${sql.lit(BUSY_TIMEOUT_MS)}`.execute(tables);
  } catch (cause) {
    await tables?.destroy().catch(() => {});
    if (cause instanceof ArchiveOpenError) throw cause;
    throw new ArchiveOpenError(`The archive ${toDisplayUrl(url)} cannot be opened: ${toReason(cause)}`, { cause });
  }
  const opened = tables;
  return {
    tables,
    engine,
    checkFile:
      engine === 'postgres' || url === IN_MEMORY
        ? async () => {}
        : createFileCheck(toSqlitePath(url), () => fetchBytes(opened)),
    toDamage: (error) => toDamage(error, toDisplayUrl(url)),
    waitForWriters: async (onWait) => {
      if (engine === 'postgres') await tellOfWriters(opened, onWait);
      else if (url !== IN_MEMORY) await waitForWriters(toSqlitePath(url), onWait);
    },
    limitReads: async () => pool?.limitReads(),
    close: () => opened.destroy(),
  };
}

/** Tells whether somebody has locked the writers of an archive on PostgreSQL. */
async function tellOfWriters(tables: Kysely<Tables>, onWait?: () => void): Promise<void> {
  const free = await tables.selectFrom('writers').select('id').forUpdate().skipLocked().execute();
  if (free.length === 0) onWait?.();
}

/** How long SQLite knows its file to be. */
async function fetchBytes(tables: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{
    bytes: number;
  }>`select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()`.execute(tables);
  return rows[0]?.bytes ?? 0;
}

/** Asks on a connection of its own: after SQLITE_BUSY libsql leaves the statement open, and with it no commit succeeds. */
async function waitForWriters(path: string, onWait?: () => void): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const probe = new Libsql(path);
    try {
      probe.exec('begin immediate');
      probe.exec('rollback');
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
    } finally {
      probe.close();
    }
    if (attempt === 1) onWait?.();
    await delay(WAIT_MS);
  }
}

/** Whether a read failed because the engine is out of reach, busy or without its tables, so that it may succeed later. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DamagedArchiveError) return true;
  const { code, message } = error as { code?: unknown; message?: unknown };
  // SQLSTATE classes 08 (connection), 3D (no such database), 53 (resources) and 57 (operator intervention) of PostgreSQL, and
  // node's socket errors.
  if (/^(08|3D|53|57)|^E[A-Z]+$|^SQLITE_(BUSY|LOCKED)/.test(String(code))) return true;
  return LOST_CONNECTION.test(String(message));
}

/** What pg says without a code. */
const LOST_CONNECTION = new RegExp(
  `^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|${READ_TIMEOUT_MESSAGE})`,
);

/** Tells the engine what its tables hold now, by which it plans queries; SQLite plans well without. */
export async function refreshStatistics({ tables, engine }: Database): Promise<void> {
  if (engine === 'sqlite') return;
  await sql`analyze ${sql.join(entityTables.map((name) => sql.table(name)))}`.execute(tables);
}

/**
 * Makes the folder of a file that may be created. Otherwise rejects with a NoArchiveError when the file is no archive, and
 * leaves it as it is.
 */
async function checkFile(url: string, mayCreate: boolean): Promise<void> {
  if (url === IN_MEMORY && mayCreate) return;
  const path = toSqlitePath(url);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) {
    throw new Error(`it is a folder; a file in it would be sqlite:${join(path, 'archive.db')}`);
  }
  if (mayCreate) {
    mkdirSync(dirname(path), { recursive: true });
    return;
  }
  if (stats === undefined) throw new NoArchiveError(url, 'there is no such file');
  // On a connection that does not make the file a WAL one: it may be the database of others.
  const database = new Libsql(path);
  database.pragma(`busy_timeout = ${OPENING_TIMEOUT_MS}`);
  const tables = new Kysely({ dialect: new SqliteDialect({ database }) });
  try {
    if (!(await hasTables(tables, 'sqlite'))) throw new NoArchiveError(url, NO_TABLES);
  } finally {
    await tables.destroy();
  }
}

function createSqliteDialect(path: string): Dialect {
  return new SqliteDialect({
    database: async () => {
      const deadlineMs = performance.now() + OPENING_TIMEOUT_MS;
      for (;;) {
        const database = new Libsql(path);
        try {
          database.pragma(`busy_timeout = ${OPENING_TIMEOUT_MS}`);
          // WAL lets others read while an import writes, and survives kill -9 at any moment.
          database.pragma('journal_mode = WAL');
          database.pragma('synchronous = NORMAL');
          database.pragma(`cache_size = -${PAGE_CACHE_KIB}`);
          return database;
        } catch (error) {
          database.close();
          // SQLite does not wait for another process that makes the same file a WAL one.
          if (!isBusy(error) || performance.now() > deadlineMs) throw error;
        }
        await delay(WAIT_MS);
      }
    },
  });
}

function isBusy(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'SQLITE_BUSY';
}

function toReason(cause: unknown): string {
  const { message, code, errors } = cause as { message?: string; code?: string; errors?: { message: string }[] };
  // An AggregateError of several addresses has no message of its own.
  return message || errors?.map((error) => error.message).join(', ') || code || String(cause);
}
