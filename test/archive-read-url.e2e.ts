import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { parseArchiveConfig, parseConfig } from '../src/config.js';
import { engines, POSTGRES_URL } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { call, importRecords, startEndpoint } from './helpers/endpoint.js';
import { createHistory, toRecords } from './helpers/histories.js';
import { runMain } from './helpers/process.js';

const engine = engines.find(({ name }) => name === 'PostgreSQL');

async function askServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES_URL });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A copy of a database that takes no writes, as a replica at one moment. */
async function createReplica(archiveUrl: string): Promise<string> {
  const url = new URL(archiveUrl);
  const name = url.pathname.slice(1);
  const replica = `${name.slice(0, 50)}_replica`;
  await askServer(`create database ${replica} template ${name}`);
  endAfterAll(() => askServer(`drop database ${replica} with (force)`));
  await askServer(`alter database ${replica} set default_transaction_read_only = on`);
  url.pathname = `/${replica}`;
  return url.href;
}

const ask = async (url: string, runArn: string) =>
  (await call(url, 'GetTelemetryMetadata', { assessmentRunArn: runArn })).status;

(engine === undefined ? describe.skip : describe)('ARCHIVE_READ_URL', () => {
  const [first, second] = [createHistory(1), createHistory(2)];

  test('is what is served, while imports go to ARCHIVE_URL', async () => {
    const archiveUrl = (await engine?.createUrl()) as string;
    await importRecords(archiveUrl, toRecords(first));
    const replicaUrl = await createReplica(archiveUrl);
    await importRecords(archiveUrl, toRecords(second));
    const primary = await startEndpoint(archiveUrl);
    const replica = await startEndpoint(archiveUrl, { ARCHIVE_READ_URL: replicaUrl });
    expect([await ask(primary.url, first.run.arn), await ask(primary.url, second.run.arn)]).toEqual([200, 200]);
    expect([await ask(replica.url, first.run.arn), await ask(replica.url, second.run.arn)]).toEqual([200, 400]);

    const gateway = runMain([], {
      ...{ PORT: '0', ARCHIVE_PORT: '0' },
      ...{ ARCHIVE_URL: archiveUrl, ARCHIVE_READ_URL: replicaUrl },
    });
    endAfterAll(gateway.kill);
    await gateway.stdoutMatch(/_replica/);
  });

  test('says what to do where the replica has nothing yet', async () => {
    const archiveUrl = (await engine?.createUrl()) as string;
    const replicaUrl = await createReplica(archiveUrl);
    const main = runMain(['archive'], { ARCHIVE_PORT: '0', ARCHIVE_URL: archiveUrl, ARCHIVE_READ_URL: replicaUrl });
    const { code, stderr } = await main.exited;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^There is no archive at .*_replica: .*\n$/),
    });
  });

  test('says what to do where the replica has the tables of an earlier version', async () => {
    const archiveUrl = (await engine?.createUrl()) as string;
    await importRecords(archiveUrl, toRecords(first));
    const client = new pg.Client({ connectionString: archiveUrl });
    await client.connect();
    await client.query('delete from kysely_migration where name = (select max(name) from kysely_migration)');
    await client.end();
    const replicaUrl = await createReplica(archiveUrl);
    const main = runMain(['archive'], { ARCHIVE_PORT: '0', ARCHIVE_URL: archiveUrl, ARCHIVE_READ_URL: replicaUrl });
    const { code, stderr } = await main.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(/cannot be opened: it is a read-only replica .* earlier version: import or start once with/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

test.each([
  [
    'sqlite:replica.db',
    'postgres://host/archive',
    'ARCHIVE_READ_URL: expected postgres://user@host/database, but got "sqlite:replica.db"',
  ],
  [
    'postgres://host/replica',
    undefined,
    'ARCHIVE_READ_URL: expected ARCHIVE_URL beside it, with the URL of the PostgreSQL that it is a replica of',
  ],
  [
    'postgres://host/replica',
    'sqlite:archive.db',
    'ARCHIVE_READ_URL: expected ARCHIVE_URL beside it, with the URL of the PostgreSQL that it is a replica of',
  ],
])('ARCHIVE_READ_URL=%s beside ARCHIVE_URL=%s is refused', (ARCHIVE_READ_URL, ARCHIVE_URL, message) => {
  const environment = { ARCHIVE_READ_URL, ARCHIVE_URL, HOME: '/home/me' };
  expect(() => parseConfig(environment, [])).toThrow(message);
  expect(() => parseArchiveConfig(environment)).toThrow(message);
});
