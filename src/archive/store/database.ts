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
import { createQueryLog } from './query-log.js';
import { type Engine, entityTables, type Tables } from './tables.js';

/** The archive's tables on one of its engines. */
export interface Database {
  readonly tables: Kysely<Tables>;
  /** `like` or `glob`: the engine's operator that tells upper and lower case apart. */
  readonly engine: Engine;
  /**
   * Resolves when the write lock of a SQLite archive is free, since SQLite's own waiting blocks signals as well; at once on
   * PostgreSQL, whose transactions wait by themselves. `onWait` is called once if the lock is held.
   */
  waitForWriteLock(onWait?: () => void): Promise<void>;
  /** Sets a timeout for every query on PostgreSQL from here on, as a service needs it and an import does not. */
  limitReads(): Promise<void>;
  /** Rejects with a DamagedArchiveError when the file of a SQLite archive is not the one that was opened. */
  checkFile(): Promise<void>;
  /** What an error means that a read failed with: a DamagedArchiveError, or the error itself. */
  toDamage(error: unknown): unknown;
  close(): Promise<void>;
}

/** How long SQLite waits for a lock, blocking the thread: while it is opened, and later. */
const OPENING_TIMEOUT_MS = 60_000;
const BUSY_TIMEOUT_MS = 2 ** 31 - 1;
const WAIT_MS = 250;
/** In KiB: the narrow rows of 50,000 runs fit in. */
const PAGE_CACHE_KIB = 65_536;

/** An archive in memory, gone with the process. */
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

/** Opens or creates the archive at `sqlite:path` or `postgres://…`, and migrates it. Rejects with an ArchiveOpenError. */
export function openDatabase(url: string): Promise<Database> {
  return open(url, true);
}

/** The same without creating it: rejects with a NoArchiveError where there is none. */
export function openExistingDatabase(url: string): Promise<Database> {
  return open(url, false);
}

/** Opens a SQLite file that has the tables of this version and never changes; its folder may be read-only. */
export function openImmutableDatabase(file: URL): Database {
  const database = new Libsql(`${file.href}?immutable=1`);
  const tables = new Kysely<Tables>({ dialect: new SqliteDialect({ database }), ...createQueryLog('sqlite') });
  return {
    tables,
    engine: 'sqlite',
    checkFile: async () => {},
    toDamage: (error) => error,
    waitForWriteLock: async () => {},
    limitReads: async () => {},
    close: () => tables.destroy(),
  };
}

async function open(url: string, mayCreate: boolean): Promise<Database> {
  const engine = isSqliteUrl(url) ? 'sqlite' : 'postgres';
  let tables: Kysely<Tables> | undefined;
  let pool: LimitedPool | undefined;
  try {
    if (engine === 'sqlite') await checkFile(url, mayCreate);
    else pool = await createPostgresPool(url);
    const dialect = pool === undefined ? createSqliteDialect(toSqlitePath(url)) : new PostgresDialect({ pool });
    tables = new Kysely<Tables>({ dialect, ...createQueryLog(engine) });
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
    waitForWriteLock: async (onWait) => {
      if (engine === 'postgres') await tellIfLocked(opened, onWait);
      else if (url !== IN_MEMORY) await waitForWriteLock(toSqlitePath(url), onWait);
    },
    limitReads: async () => pool?.limitReads(),
    close: () => opened.destroy(),
  };
}

/** Calls `onWait` if the write lock of an archive on PostgreSQL is held. */
async function tellIfLocked(tables: Kysely<Tables>, onWait?: () => void): Promise<void> {
  const free = await tables.selectFrom('writers').select('id').forUpdate().skipLocked().execute();
  if (free.length === 0) onWait?.();
}

/** The length that SQLite takes its file to have. */
async function fetchBytes(tables: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{
    bytes: number;
  }>`select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()`.execute(tables);
  return rows[0]?.bytes ?? 0;
}

/** Asks on a connection of its own: after SQLITE_BUSY libsql leaves the statement open, and with it no commit succeeds. */
async function waitForWriteLock(path: string, onWait?: () => void): Promise<void> {
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
  // SQLSTATE classes 08 (connection), 3D (no such database), 53 (resources), 57 (intervention), and node's socket errors.
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

/** Makes the folder of a file that may be created; otherwise rejects with a NoArchiveError when the file is no archive. */
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
          return keepInserts(database);
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

/** Prepares each text of an insert once: an import executes a few of them many thousand times. */
function keepInserts(database: Libsql.Database) {
  const kept = new Map<string, Libsql.Statement>();
  return {
    prepare(text: string): Libsql.Statement {
      // Others may have any number of texts.
      if (!KEPT_INSERT.test(text)) return database.prepare(text);
      const statement = kept.get(text) ?? database.prepare(text);
      kept.set(text, statement);
      return statement;
    },
    close() {
      kept.clear();
      database.close();
    },
  };
}

/** What insertRows of json-rows.ts writes: a few texts for each table. Kysely has a blank behind each comma. */
const KEPT_INSERT = /^insert into "\w+" \("[^)]+"\) values \(\?,\?/;

function isBusy(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'SQLITE_BUSY';
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const READ_ONLY_SQL_TRANSACTION = '25006';

function toReason(cause: unknown): string {
  const { message, code, errors } = cause as { message?: string; code?: string; errors?: { message: string }[] };
  if (code === READ_ONLY_SQL_TRANSACTION) {
    return 'it is a read-only replica whose tables are those of an earlier version: import or start once with ARCHIVE_URL alone';
  }
  // An AggregateError of several addresses has no message of its own.
  return message || errors?.map((error) => error.message).join(', ') || code || String(cause);
}
