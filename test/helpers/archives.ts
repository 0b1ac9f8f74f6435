import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import pg from 'pg';
import { type Database, openDatabase } from '../../src/archive/store/database.js';
import { entityTables } from '../../src/archive/store/tables.js';
import { endAfterAll } from './cleanup.js';

/** Where archives can be; `createUrl` gives the URL of an empty one, which is gone when the test file is done. */
export interface Engine {
  readonly name: 'SQLite' | 'PostgreSQL';
  createUrl(): Promise<string>;
}

/** A server on which databases may be created. */
export const POSTGRES_URL = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

const sqlite: Engine = {
  name: 'SQLite',
  createUrl: async () => `sqlite:${join(await createFolder(), 'archive.db')}`,
};

const postgres: Engine = {
  name: 'PostgreSQL',
  async createUrl() {
    const name = `inspector_gateway_test_${randomUUID().replaceAll('-', '')}`;
    await askPostgres(`create database ${name}`);
    endAfterAll(() => askPostgres(`drop database ${name} with (force)`));
    const url = new URL(POSTGRES_URL);
    url.pathname = `/${name}`;
    return url.href;
  },
};

/** Those that there are here: SQLite, and PostgreSQL where a server answers. */
export const engines: readonly Engine[] = (await isPostgresThere()) ? [sqlite, postgres] : [sqlite];

const openArchives = new Map<Engine, { archive: Archive; isTaken: boolean }[]>();

/** An open archive. */
export type Archive = Database & { readonly url: string };

/** An open archive in which nothing is, for the test that asks; the next one may get it, emptied. */
export async function openEmptyArchive(engine: Engine): Promise<Archive> {
  const known = openArchives.get(engine) ?? [];
  openArchives.set(engine, known);
  const free = known.find(({ isTaken }) => !isTaken);
  if (free === undefined) {
    const url = await engine.createUrl();
    const archive = { ...(await openDatabase(url)), url };
    endAfterAll(archive.close);
    known.push({ archive, isTaken: true });
    return archive;
  }
  free.isTaken = true;
  await emptyArchive(free.archive);
  return free.archive;
}

/** Takes everything out of an archive. */
export async function emptyArchive({ tables }: Archive): Promise<void> {
  for (const table of entityTables) await tables.deleteFrom(table).execute();
  await tables
    .updateTable('writers')
    .set(({ eb }) => ({ revision: eb('revision', '+', 1) }))
    .execute();
}

afterEach(() => {
  for (const archives of openArchives.values()) for (const known of archives) known.isTaken = false;
});

/** A folder that is gone when the test file is done. */
export async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'inspector-gateway-'));
  endAfterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function isPostgresThere(): Promise<boolean> {
  return askPostgres('select 1').then(
    () => true,
    () => false,
  );
}

async function askPostgres(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES_URL, connectionTimeoutMillis: 5000 });
  // A server that goes away is told by the query.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end().catch(() => {});
  }
}
