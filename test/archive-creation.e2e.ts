import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import Libsql from 'libsql';
import pg from 'pg';
import { createFolder, type Engine, engines } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { importRecords } from './helpers/endpoint.js';
import { createHistory, toRecords } from './helpers/histories.js';
import { runMain } from './helpers/process.js';

// Each of several commands takes most of a second to start, and several tests wait for theirs at once; but not
// those that import modules themselves, which Jest allows a running test only.
jest.setTimeout(60_000);

const [sqlite, postgres] = engines as [Engine, Engine | undefined];

/** What reads an archive: the gateway, the archive alone, and two commands. */
const readers = [[], ['archive'], ['archive', 'stats'], ['archive', 'export']];

function run(args: string[], environment: Record<string, string>) {
  const main = runMain(args, { PORT: '0', ARCHIVE_PORT: '0', ...environment });
  endAfterAll(main.kill);
  return main;
}

/** What is said of an archive that is not there, at this URL. */
const noArchive = (url: string, reason: string) => ({
  code: 1,
  stdout: '',
  stderr:
    `There is no archive at ${url}: ${reason}. Import your exports with \`inspector-gateway archive import PATH...\`; ` +
    'in a checkout: `npm start -- archive import PATH...`. ARCHIVE_CREATE=1 makes an empty one.\n',
});

async function fetchTables(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query("select tablename from pg_tables where schemaname = 'public'");
    return rows.map(({ tablename }) => tablename);
  } finally {
    await client.end();
  }
}

describe.each(readers.map((args) => [['inspector-gateway', ...args].join(' '), args] as const))('`%s`', (_, args) => {
  test.concurrent('says of a file that is not there where it would be and how to make it, and makes nothing', async () => {
    const folder = await createFolder();
    const path = join(folder, 'deep', 'down', 'archive.db');
    const outcome = await run(args, { ARCHIVE_URL: `sqlite:${relative(process.cwd(), path)}` }).exited;
    expect(outcome).toEqual(noArchive(`sqlite:${path}`, 'there is no such file'));
    expect(readdirSync(folder)).toEqual([]);
  });

  test.concurrent("says of a file without the archive's tables that it is no archive, and leaves it as it is", async () => {
    const folder = await createFolder();
    const [theirs, empty] = [join(folder, 'theirs.db'), join(folder, 'empty.db')];
    const database = new Libsql(theirs);
    database.exec('create table theirs (id integer)');
    database.close();
    await writeFile(empty, '');
    const before = readFileSync(theirs);
    for (const path of [theirs, empty]) {
      const outcome = await run(args, { ARCHIVE_URL: `sqlite:${path}` }).exited;
      expect(outcome).toEqual(noArchive(`sqlite:${path}`, 'the database has none of its tables'));
    }
    expect(readFileSync(theirs).equals(before)).toBe(true);
    expect(readFileSync(empty)).toHaveLength(0);
    expect(readdirSync(folder).sort()).toEqual(['empty.db', 'theirs.db']);
  });

  test.concurrent('says of a folder which file in it could be an archive', async () => {
    const folder = await createFolder();
    const { code, stdout, stderr } = await run(args, { ARCHIVE_URL: `sqlite:${folder}`, ARCHIVE_CREATE: '1' }).exited;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `The archive sqlite:${folder} cannot be opened: it is a folder; a file in it would be sqlite:${folder}/archive.db\n`,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  (postgres === undefined ? test.skip : test.concurrent)('makes no tables in an empty database', async () => {
    const url = (await postgres?.createUrl()) as string;
    const { host, pathname } = new URL(url);
    const outcome = await run(args, { ARCHIVE_URL: url }).exited;
    expect(outcome).toEqual(noArchive(`postgres://${host}${pathname}`, 'the database has none of its tables'));
    expect(await fetchTables(url)).toEqual([]);
  });

  test.concurrent('refuses an ARCHIVE_CREATE that is neither 0 nor 1', async () => {
    const { code, stderr } = await run(args, { ARCHIVE_URL: await sqlite.createUrl(), ARCHIVE_CREATE: 'yes' }).exited;
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'ARCHIVE_CREATE: expected 0 or 1, but got "yes"\n' });
  });
});

describe.each(engines)('ARCHIVE_CREATE=1 on $name', (engine) => {
  test.each([[[]], [['archive']]])('starts `%s` over an empty archive, which imports fill', async (args) => {
    const url = await engine.createUrl();
    const main = run(args, { ARCHIVE_URL: url, ARCHIVE_CREATE: '1' });
    await main.stdoutMatch(/^Archive .*; 0 assessment runs in /m);
    await importRecords(url, toRecords(createHistory()));
    const later = run(args, { ARCHIVE_URL: url, ARCHIVE_CREATE: '0' });
    await later.stdoutMatch(/^Archive .*; 1 assessment run in /m);
  });

  test('makes an archive for the commands too', async () => {
    const environment = { ARCHIVE_URL: await engine.createUrl(), ARCHIVE_CREATE: '1' };
    expect(await run(['archive', 'stats'], environment).exited).toMatchObject({
      code: 0,
      stdout: 'The archive is empty.\n',
    });
    expect(await run(['archive', 'export'], environment).exited).toMatchObject({ code: 0, stdout: '' });
  });
});

test('archive import makes an archive, with its folder, whatever ARCHIVE_CREATE says', async () => {
  const folder = await createFolder();
  const path = join(folder, 'deep', 'archive.db');
  const main = run(['archive', 'import', '-'], { ARCHIVE_URL: `sqlite:${path}`, ARCHIVE_CREATE: '0' });
  main.child.stdin.end(toRecords(createHistory()));
  expect((await main.exited).code).toBe(0);
  expect(existsSync(path)).toBe(true);
});

test('A gateway over another upstream needs no archive', async () => {
  const main = run([], { ARCHIVE_URL: await sqlite.createUrl(), INSPECTOR_ENDPOINT: 'http://127.0.0.1:9' });
  await main.stdoutMatch(/^Upstream http:\/\/127\.0\.0\.1:9$/m);
});
