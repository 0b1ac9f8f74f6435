import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Dialect, Kysely, PostgresDialect, SqliteDialect, sql } from 'kysely';
import Libsql from 'libsql';
import { ArchiveOpenError, toDisplayUrl } from '../archive-url.js';
import { hasTables, migrate } from './migrations.js';
import { entityTables, type Tables } from './tables.js';

/** The archive's tables on one of its engines. */
export interface Database {
  readonly tables: Kysely<Tables>;
  /** `like` or `glob`: the engine's operator that tells upper and lower case apart. */
  readonly engine: 'sqlite' | 'postgres';
  /**
   * Resolves when nobody writes to a SQLite archive, whose own waiting would hold up signals as well; at once for
   * PostgreSQL. `onWait` is told once that there is somebody to wait for.
   */
  waitForWriters(onWait?: () => void): Promise<void>;
  close(): Promise<void>;
}

/** How long SQLite waits for another process, by which nothing else is done: while it is opened, and later. */
const OPENING_TIMEOUT_MS = 60_000;
const BUSY_TIMEOUT_MS = 2 ** 31 - 1;
const WAIT_MS = 250;
const CONNECT_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 10;
/** In KiB: the narrow rows of 50,000 runs fit in. */
const PAGE_CACHE_KIB = 65_536;

/** What is kept in memory and gone with the process. */
export const IN_MEMORY = 'sqlite::memory:';
const MEMORY_PATH = ':memory:';

/** That there is no archive where one is to be read. */
export class NoArchiveError extends ArchiveOpenError {}

/**
 * Opens the archive at `sqlite:path` or `postgres://…`, creates it when there is none, and brings its tables up to date.
 * Rejects with an ArchiveOpenError.
 */
export async function openDatabase(url: string): Promise<Database> {
  return open(url, (tables, engine) => migrate(tables, engine));
}

/** The same for an archive that is there already: rejects with a NoArchiveError, and leaves nothing behind. */
export async function openExistingDatabase(url: string): Promise<Database> {
  const noArchive = new NoArchiveError(`There is no archive at ${toDisplayUrl(url)}: archive import makes one.`);
  if (url.startsWith('sqlite:') && !existsSync(toPath(url))) throw noArchive;
  return open(url, async (tables, engine) => {
    if (!(await hasTables(tables, engine))) throw noArchive;
    await migrate(tables, engine);
  });
}

async function open(
  url: string,
  prepare: (tables: Kysely<Tables>, engine: Database['engine']) => Promise<void>,
): Promise<Database> {
  const engine = url.startsWith('sqlite:') ? 'sqlite' : 'postgres';
  let tables: Kysely<Tables> | undefined;
  try {
    tables = new Kysely<Tables>({
      dialect: engine === 'sqlite' ? createSqliteDialect(url) : await createPostgresDialect(url),
    });
    await prepare(tables, engine);
    // From here on as long as it takes.
    if (engine === 'sqlite') await sql`pragma busy_timeout = ${sql.lit(BUSY_TIMEOUT_MS)}`.execute(tables);
  } catch (cause) {
    await tables?.destroy().catch(() => {});
    if (cause instanceof ArchiveOpenError) throw cause;
    throw new ArchiveOpenError(`The archive ${toDisplayUrl(url)} cannot be opened: ${toReason(cause)}`, { cause });
  }
  return {
    tables,
    engine,
    waitForWriters: async (onWait) => {
      if (engine === 'sqlite' && url !== IN_MEMORY) await waitForWriters(toPath(url), onWait);
    },
    close: () => (tables as Kysely<Tables>).destroy(),
  };
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

/** Whether a read failed because the engine is out of reach or busy, so that it may succeed a moment later. */
export function isUnavailable(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  // SQLSTATE classes 08 (connection), 3D (no such database), 53 (resources) and 57 (operator intervention) of PostgreSQL, and
  // node's socket errors.
  if (/^(08|3D|53|57)|^E[A-Z]+$|^SQLITE_(BUSY|LOCKED)/.test(String(code))) return true;
  return LOST_CONNECTION.test(String(message));
}

/** What pg says without a code. */
const LOST_CONNECTION =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/;

/** Tells the engine what its tables hold now, by which it plans queries; SQLite plans well without. */
export async function refreshStatistics({ tables, engine }: Database): Promise<void> {
  if (engine === 'sqlite') return;
  await sql`analyze ${sql.join(entityTables.map((name) => sql.table(name)))}`.execute(tables);
}

function toPath(url: string): string {
  const path = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
  return path === MEMORY_PATH ? path : resolve(path);
}

function createSqliteDialect(url: string): Dialect {
  const path = toPath(url);
  return new SqliteDialect({
    database: async () => {
      if (path !== MEMORY_PATH) {
        mkdirSync(dirname(path), { recursive: true });
        if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error('it is a folder');
      }
      const deadline = Date.now() + OPENING_TIMEOUT_MS;
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
          if (!isBusy(error) || Date.now() > deadline) throw error;
        }
        await delay(WAIT_MS);
      }
    },
  });
}

function isBusy(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'SQLITE_BUSY';
}

async function createPostgresDialect(url: string): Promise<Dialect> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'inspector-gateway',
  });
  // A lost connection fails its query, and is replaced when the next one needs it; whether it was idle or not, an error
  // without a listener would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return new PostgresDialect({ pool });
}

function toReason(cause: unknown): string {
  const { message, code, errors } = cause as { message?: string; code?: string; errors?: { message: string }[] };
  // An AggregateError of several addresses has no message of its own.
  return message || errors?.map((error) => error.message).join(', ') || code || String(cause);
}
