import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, jest, test } from '@jest/globals';
import Libsql from 'libsql';
import { type Database, openDatabase } from '../src/archive/store/database.js';
import { acquireWriteLock } from '../src/archive/store/writer.js';
import { createFolder, type Engine, engines } from './helpers/archives.js';
import { importRecords } from './helpers/endpoint.js';
import { exportText } from './helpers/exports.js';
import { createHistory, toLines, toRecords } from './helpers/histories.js';
import { runMain } from './helpers/process.js';

// Each of several commands takes most of a second to start, and several tests wait for theirs at once; but not
// those that open an archive themselves, for Jest allows a running test only to import what that takes.
jest.setTimeout(60_000);

const sqlite = engines[0] as Engine;
const records = toRecords(createHistory());

/** A command on an archive in a process of its own. */
const runArchive = (url: string, ...args: string[]) => runMain(['archive', ...args], { ARCHIVE_URL: url });

async function writeTemporary(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await createFolder(), name);
  await writeFile(path, content);
  return path;
}

/** An archive with the first history in it. */
async function createArchive(engine = sqlite): Promise<string> {
  const url = await engine.createUrl();
  const { code } = await runArchive(url, 'import', await writeTemporary('history.ndjson', records)).exited;
  expect(code).toBe(0);
  return url;
}

/** Resolves when an archive has as many documents as that. */
async function untilDocuments({ tables }: Database, number: number): Promise<void> {
  for (let documents = 0; documents < number; await nextTurn()) {
    documents = (await tables.selectFrom('documents').select('id').execute()).length;
  }
}

/** One that takes a while to export. */
async function createLargeArchive(): Promise<string> {
  const url = await sqlite.createUrl();
  const { finding } = createHistory();
  const findings = Array.from({ length: 15_000 }, (_, number) => ({ ...finding, arn: `${finding.arn}${number}` }));
  const { code } = await runArchive(url, 'import', await writeTemporary('a.json', JSON.stringify({ findings }))).exited;
  expect(code).toBe(0);
  return url;
}

describe('A command on an archive', () => {
  const arn = createHistory().run.arn;
  test.concurrent.each<[string, RegExp]>([
    ['import', /^Expected a PATH to import, or - for stdin\.$/],
    ['import - -', /^Expected - for stdin only once\.$/],
    ['import a --run x', /^Expected the ARN of an assessment run behind --run, but got "x"\.$/],
    [`import a --run ${arn} --run ${arn}`, /^Expected --run once, but got it 2 times\.$/],
    ['import a --run', /^Option '--run <value>' argument missing\.$/],
    ['import a --account 123456789012', /^Unknown option '--account'\.$/],
    ['import a --dry-run=1', /^Option '--dry-run' does not take an argument\.$/],
    ['export a b', /^Expected one FILE, but got a b\.$/],
    ['export --dry-run', /^Unknown option '--dry-run'\.$/],
    ['export --account 123', /^Expected 12 digits behind --account, but got "123"\.$/],
    ['export --region west', /^Expected a region such as us-west-2 behind --region, but got "west"\.$/],
    ['export --run arn:aws:s3:::x', /^Expected the ARN of an assessment run behind --run, but got "arn:aws:s3:::x"\.$/],
    [
      'export --from yesterday',
      /^--from: expected a moment as epoch seconds .*, or as ISO 8601 .*, but got "yesterday"\.$/,
    ],
    ['export --to 2020-01-01', /^--to: expected a moment .*, but got "2020-01-01"\.$/],
    ['export --from 1500000001 --to 1500000000', /^Expected --from to be no later than --to\.$/],
    ['stats a', /^Expected nothing behind stats, but got a\.$/],
    ['stats --run x', /^Unknown option '--run'\.$/],
  ])('refuses `%s` with its usage, and exits with 2', async (line, message) => {
    const url = await sqlite.createUrl();
    const args = line.split(' ');
    const { code, stdout, stderr } = await runArchive(url, ...args).exited;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n', 1)[0]).toMatch(message);
    expect(stderr).toContain(`\n\nUsage: inspector-gateway archive ${args[0]}`);
    expect(existsSync(url.slice('sqlite:'.length))).toBe(false);
  });

  test.concurrent.each(['import', 'export', 'stats'])(
    'shows with %s --help its options and variables, and needs none',
    async (name) => {
      const { code, stdout, stderr } = await runMain(['archive', name, '--help']).exited;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^Usage: inspector-gateway archive ${name}`));
      expect(stdout).toMatch(/^ {2}-h, --help/m);
      expect(stdout).toMatch(/^ {2}ARCHIVE_URL/m);
      expect(/^ {2}ARCHIVE_CREATE/m.test(stdout)).toBe(name !== 'import');
    },
  );

  test.concurrent.each([
    [undefined, '""'],
    ['mysql://a:secret@b/c', 'something else'],
    ['postgres:a:secret@b/c', 'something else'],
    ['postgres://a:se/cret@b:1/c', 'something else'],
    ['sqlite:http://127.0.0.1:1/secret', 'something else'],
    ['sqlite://', '"sqlite://"'],
  ])('says that ARCHIVE_URL is wrong when it is %s, and exits with 2', async (url, shown) => {
    for (const args of [['import', 'a'], ['export'], ['stats']]) {
      const { code, stderr } = await runMain(['archive', ...args], url === undefined ? {} : { ARCHIVE_URL: url })
        .exited;
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /^ARCHIVE_URL: expected sqlite:path or postgres:\/\/.*, naming the archive to work on, but got .*\n$/,
      );
      expect(stderr).toContain(`but got ${shown}\n`);
    }
  });

  test.concurrent('says in one line that an archive cannot be opened, without its password, and exits with 1', async () => {
    const noArchive = `sqlite:${await writeTemporary('archive.db', 'no archive, and far too long for an empty one'.repeat(99))}`;
    for (const [url, shown] of [
      [noArchive, noArchive],
      ['postgres://user:secret@127.0.0.1:9/archive', 'postgres://127.0.0.1:9/archive'],
      ['postgres://user@127.0.0.1:9/archive?password=secret', 'postgres://127.0.0.1:9/archive'],
      [`sqlite:${tmpdir()}`, `sqlite:${tmpdir()}`],
    ] as const) {
      for (const args of [['import', '-'], ['export'], ['stats'], []]) {
        const { code, stdout, stderr } = await runMain(['archive', ...args], { ARCHIVE_URL: url, ARCHIVE_PORT: '0' })
          .exited;
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toMatch(/^The archive .* cannot be opened: .*\n$/);
        expect(stderr).toContain(`The archive ${shown} cannot`);
      }
    }
  });
});

describe.each(engines)('archive import, stats and export on $name', (engine) => {
  test.concurrent('make an archive, show it and write it', async () => {
    const url = await engine.createUrl();
    const [history, lists] = [
      await writeTemporary('a.ndjson', records),
      await writeTemporary('b', '{"findingArns": []}'),
    ];
    const imported = await runArchive(url, 'import', history, lists).exited;
    expect(imported).toEqual({
      code: 0,
      stderr: '',
      stdout: `                       new  unchanged  replaced  refused
rules packages           1          0         0        0
resource groups          1          0         0        0
assessment targets       1          0         0        0
assessment templates     1          0         0        0
tags                     1          0         0        0
assessment runs          1          0         0        0
telemetry                1          0         0        0
assessment run agents    1          0         0        0
findings                 1          0         0        0
exclusions               1          0         0        0
ListFindings, whose list is empty: 1 (nothing in it that the archive keeps)
2 files, 0 of them refused
`,
    });
    const further = await writeTemporary('c.json', JSON.stringify({ assessmentRuns: [createHistory(2).run] }));
    await runArchive(url, 'import', further).exited;

    const { stdout } = await runArchive(url, 'stats').exited;

    expect(stdout).toMatch(/^assessment runs +123456789012 +us-west-2 +2 +0$/m);
    expect(stdout).toMatch(/^rules packages +758058086616 +us-west-2 +1 +0$/m);
    expect(stdout).toMatch(/^123456789012 +us-west-2 +2016 +COMPLETED +2$/m);
    expect(stdout).toContain(`assessment runs without telemetry: 1\n  ${createHistory(2).run.arn}\n`);
    const exported = await runArchive(url, 'export', '--run', createHistory().run.arn).exited;
    expect(exported).toEqual({ code: 0, stdout: records, stderr: 'Exported 10 entities.\n' });
  });
});

describe('archive import', () => {
  test.concurrent('reports what is refused as it comes, goes on, and exits with 1', async () => {
    const url = await sqlite.createUrl();
    const assessmentRuns = Array.from({ length: 7 }, () => ({ ...createHistory().run, name: 1 }));
    const bad = await writeTemporary('bad.json', JSON.stringify({ assessmentRuns }));
    const { code, stdout, stderr } = await runArchive(url, 'import', bad, await writeTemporary('a', records)).exited;
    expect(code).toBe(1);
    const problems = [0, 1, 2, 3, 4].map(
      (place) => `  line 1: $.assessmentRuns[${place}].name: expected text, but got 1\n`,
    );
    expect(stderr).toBe(`Refused ${bad}\n${problems.join('')}  and further problems\n`);
    // Those that were read until there was one more than is told.
    expect(stdout).toMatch(/^assessment runs +1 +0 +0 +6$/m);
    expect(stdout).toMatch(/^2 files, 1 of them refused$/m);
  });

  test.concurrent('takes stdin, and a folder', async () => {
    const url = await sqlite.createUrl();
    const folder = await createFolder();
    await mkdir(join(folder, 'us-west-2'));
    await writeFile(join(folder, 'us-west-2', 'a'), toRecords(createHistory(2)));
    const main = runArchive(url, 'import', folder, '-');
    main.child.stdin.end(gzipSync(records));
    const { code, stdout } = await main.exited;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^assessment runs +2 +0 +0 +0$/m);
  });

  test.concurrent('says with --dry-run that nothing was written, and makes no archive', async () => {
    const url = await sqlite.createUrl();
    const { code, stdout } = await runArchive(url, 'import', '--dry-run', await writeTemporary('a', records)).exited;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^assessment runs +1 +0 +0 +0$/m);
    expect(stdout).toMatch(/\nThis was a dry run: nothing was written\.\n$/);
    expect(existsSync(url.slice('sqlite:'.length))).toBe(false);
  });

  test.concurrent('refuses what cannot be read in a folder, and goes on', async () => {
    const folder = await createFolder();
    await writeFile(join(folder, 'history.ndjson'), records);
    symlinkSync(folder, join(folder, 'loop'));
    symlinkSync(join(folder, 'nothing'), join(folder, 'broken.json'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const { code, stdout, stderr } = await runArchive(await sqlite.createUrl(), 'import', folder).exited;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^assessment runs +1 +0 +0 +0$/m);
    expect(stdout).toContain('4 files, 3 of them refused');
    expect(stderr).toMatch(/Refused .*broken\.json\n.*there is no such file or folder\n/);
    expect(stderr).toMatch(/Refused .*pipe\n.*expected a file or a folder\n/);
    expect(stderr).toMatch(/Refused .*loop\n.*expected no folder that leads back to itself\n/);
  });

  test.concurrent('refuses telemetry from a pipe that only a later file could explain, and loses nothing silently', async () => {
    const { run, telemetry } = createHistory();
    const folder = await createFolder();
    const pipe = join(folder, '0-R0000001.pipe');
    execFileSync('mkfifo', [pipe]);
    await writeFile(join(folder, 'runs.json'), JSON.stringify({ assessmentRuns: [run] }));
    const importing = runArchive(await sqlite.createUrl(), 'import', pipe, join(folder, 'runs.json'));
    await writeFile(pipe, JSON.stringify({ telemetryMetadata: telemetry }));
    const { code, stdout, stderr } = await importing.exited;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^telemetry +0 +0 +0 +1$/m);
    expect(stderr).toMatch(/Refused .*pipe\n.*has none with the ID 0-R0000001/);
  });

  test.concurrent.each(['export', 'stats', 'import --dry-run package.json'])(
    'does not put tables into the database of others to %s',
    async (command) => {
      const url = await sqlite.createUrl();
      const other = new Libsql(url.slice('sqlite:'.length));
      other.exec('create table theirs (id integer)');
      const child = runArchive(url, ...command.split(' '));
      await child.exited;
      expect(other.prepare('select name from sqlite_master').all()).toEqual([{ name: 'theirs' }]);
      other.close();
    },
  );

  test.each(engines)(
    'on $name waits for another import as long as it takes, and can be stopped meanwhile',
    async (engine) => {
      const url = await engine.createUrl();
      await importRecords(url, records);
      const other = await openDatabase(url);
      const writing = await other.tables.startTransaction().execute();
      await acquireWriteLock(writing);
      const again = await writeTemporary('again.ndjson', records);
      const waiting = runArchive(url, 'import', again);
      const dryRun = runArchive(url, 'import', again, '--dry-run');
      const stopped = runArchive(url, 'import', again);
      await Promise.all(
        [waiting, dryRun, stopped].map((main) => main.stderrMatch(/Waiting for another import to end/)),
      );
      stopped.child.kill('SIGINT');
      expect((await stopped.exited).code).toBe(130);
      await writing.rollback().execute();
      await other.close();
      for (const { exited } of [waiting, dryRun]) {
        const { code, stdout, stderr } = await exited;
        expect(code).toBe(0);
        expect(stdout).toMatch(/^assessment runs +0 +1 +0 +0$/m);
        expect(stderr.match(/Waiting/g)).toHaveLength(1);
      }
    },
  );

  test.each(['before anybody writes', 'while somebody writes'])('is stopped at a named pipe %s', async (moment) => {
    const pipe = join(await createFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const url = await createArchive();
    const main = runArchive(url, 'import', await writeTemporary('a.ndjson', toRecords(createHistory(2))), pipe);
    const writer = moment === 'before anybody writes' ? null : await open(pipe, 'w');
    await writer?.write('{"assessmentRuns":[');
    const database = await openDatabase(url);
    // The file before the pipe is done by then.
    await untilDocuments(database, 20);
    await database.close();
    // Until it is at the pipe, which it does not tell.
    await delay(100);
    main.child.kill('SIGINT');
    const { code, stderr } = await main.exited;
    expect(code).toBe(130);
    expect(stderr).toMatch(/^Interrupted: nothing of the file in progress is kept/m);
    await writer?.close();
  });

  test.concurrent('exits with 2 when a path does not exist, before anything is imported', async () => {
    const url = await sqlite.createUrl();
    const missing = join(await createFolder(), 'missing');
    const { code, stderr } = await runArchive(url, 'import', await writeTemporary('a', records), missing).exited;
    expect({ code, stderr }).toEqual({ code: 2, stderr: `${missing}: there is no such file or folder\n` });
    expect(existsSync(url.slice('sqlite:'.length))).toBe(false);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('keeps whole files at %s, and exits with %i', async (signal, expected) => {
    const url = await createArchive();
    const second = toRecords(createHistory(2));
    const main = runArchive(url, 'import', await writeTemporary('a', second), '-');
    // This one never ends.
    main.child.stdin.write(toRecords(createHistory(3)));
    const database = await openDatabase(url);
    await untilDocuments(database, 20);
    main.child.kill(signal);
    const { code, stderr } = await main.exited;
    expect({ code, stderr }).toEqual({
      code: expected,
      stderr: 'Interrupted: nothing of the file in progress is kept; those before it are.\n',
    });
    expect((await exportText(database)).split('\n').sort()).toEqual(`${records}${second}`.split('\n').sort());
    await database.close();
  });
});

describe('archive export', () => {
  test.concurrent('writes to stdout, to a file and to gzip the same records', async () => {
    const url = await createArchive();
    const folder = await createFolder();
    expect((await runArchive(url, 'export').exited).stdout).toBe(records);
    expect((await runArchive(url, 'export', '-').exited).stdout).toBe(records);
    for (const name of ['a.ndjson', 'a.ndjson.gz', 'a.ndjson']) {
      const { code, stdout } = await runArchive(url, 'export', join(folder, name)).exited;
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    }
    expect(await readFile(join(folder, 'a.ndjson'), 'utf8')).toBe(records);
    expect(gunzipSync(await readFile(join(folder, 'a.ndjson.gz'))).toString()).toBe(records);
    expect(readdirSync(folder).sort()).toEqual(['a.ndjson', 'a.ndjson.gz']);
  });

  test.concurrent('writes what its options say', async () => {
    const url = await createArchive();
    const other = toRecords(createHistory(2, { account: '210987654321', region: 'eu-west-1' }));
    await runArchive(url, 'import', await writeTemporary('b', other)).exited;
    const exportOf = async (...args: string[]) => (await runArchive(url, 'export', ...args).exited).stdout;
    expect(await exportOf('--account', '210987654321')).toBe(other);
    expect(await exportOf('--region', 'us-west-2')).toBe(records);
    expect(await exportOf('--run', createHistory().run.arn)).toBe(records);
    expect(await exportOf('--from', '2016-03-24T20:56:10.035Z')).toBe(other);
    expect(await exportOf('--to', '2016-03-24 00:00:00+01:00')).toBe(records);
    expect((await exportOf('--account', '210987654321', '--account', '123456789012')).split('\n')).toHaveLength(21);
  });

  test.concurrent('exits with 1 when the file cannot be written', async () => {
    const url = await createArchive();
    const folder = await createFolder();
    for (const file of [folder, join(folder, 'nonexistent', 'a'), '/dev/full']) {
      const { code, stderr } = await runArchive(url, 'export', file).exited;
      expect(code).toBe(1);
      expect(stderr).toMatch(/^\/.* cannot be written: .*\n$/);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  test.concurrent('writes through a link to its file, and into a pipe', async () => {
    const url = await createArchive();
    const folder = await createFolder();
    await writeFile(join(folder, 'file'), 'older and longer '.repeat(10_000));
    symlinkSync('file', join(folder, 'link'));
    await runArchive(url, 'export', join(folder, 'link')).exited;
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe(records);

    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const exporting = runArchive(url, 'export', join(folder, 'pipe'));
    expect(await readFile(join(folder, 'pipe'), 'utf8')).toBe(records);
    expect((await exporting.exited).code).toBe(0);
    expect(lstatSync(join(folder, 'pipe')).isFIFO()).toBe(true);
  });

  test.concurrent('ends quietly when its reader leaves', async () => {
    const main = runArchive(await createLargeArchive(), 'export');
    await once(main.child.stdout, 'data');
    main.child.stdout.destroy();
    const { code, stderr } = await main.exited;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test.each(['SIGKILL', 'SIGTERM'] as const)('leaves no half file at %s', async (signal) => {
    const url = await createLargeArchive();
    const folder = await createFolder();
    const main = runArchive(url, 'export', join(folder, 'a.ndjson'));
    while (readdirSync(folder).length === 0) await nextTurn();
    main.child.kill(signal);
    const { code } = await main.exited;
    expect(code).toBe(signal === 'SIGKILL' ? null : 143);
    expect(readdirSync(folder)).toEqual(signal === 'SIGKILL' ? [expect.stringMatching(/^a\.ndjson\.\d+\.part$/)] : []);
  });
});

describe('archive stats', () => {
  test.concurrent('says that an archive is empty', async () => {
    const url = await sqlite.createUrl();
    await runArchive(url, 'import', await writeTemporary('a', '')).exited;
    expect(await runArchive(url, 'stats').exited).toEqual({ code: 0, stdout: 'The archive is empty.\n', stderr: '' });
  });

  test.concurrent('shows some of the runs without telemetry, and how many more there are', async () => {
    const url = await sqlite.createUrl();
    const runs = Array.from({ length: 23 }, (_, place) => ({ assessmentRuns: [createHistory(place + 1).run] }));
    await runArchive(url, 'import', await writeTemporary('a', toLines(runs))).exited;
    const { stdout } = await runArchive(url, 'stats').exited;
    expect(stdout).toMatch(
      /\nassessment runs without telemetry: 23\n( {2}arn:\S+\n){20} {2}and 3 further ones \(--all names them\)\n$/,
    );
    const all = await runArchive(url, 'stats', '--all').exited;
    expect(all.stdout).toMatch(/\nassessment runs without telemetry: 23\n( {2}arn:\S+\n){23}$/);
  });
});

describe('What comes from outside', () => {
  test.concurrent('is shown escaped, by its values, its names and the names of files', async () => {
    const folder = await createFolder();
    const url = await sqlite.createUrl();
    const files = {
      '\u001b[31mred\u202e.json': '{"\u009b2J": 1}',
      'value.json': JSON.stringify({ assessmentTargets: [{ arn: 'x\u009b31m\u202ebad' }] }),
      'state.json': JSON.stringify({ ...createHistory().run, state: '\u001b]0;title\u0007' }),
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const { stdout, stderr } = await runArchive(url, 'import', folder).exited;
    const stats = await runArchive(url, 'stats').exited;
    const shown = `${stdout}${stderr}${stats.stdout}`;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(shown).toContain('\\u001b[31mred\\u202e.json');
    expect(shown).toContain('\\u001b]0;title\\u0007');
  });

  test.concurrent('is exported escaped, and means the same', async () => {
    const folder = await createFolder();
    const url = await sqlite.createUrl();
    const run = { ...createHistory().run, name: '\u009b31mred\u202e' };
    await writeFile(join(folder, 'run.json'), JSON.stringify(run));
    await runArchive(url, 'import', folder).exited;
    const { stdout } = await runArchive(url, 'export').exited;
    expect(stdout).toContain('\\u009b31mred\\u202e');
    expect(stdout).not.toMatch(/[\u007f-\u009f\u202a-\u202e]/);
    expect(JSON.parse(stdout).output.assessmentRuns[0].name).toBe(run.name);
  });
});
