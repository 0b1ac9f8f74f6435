import { once } from 'node:events';
import { readdirSync, statSync, watch } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, jest, test } from '@jest/globals';
import { type Database, openDatabase } from '../src/archive/store/database.js';
import { createFolder, type Engine, engines } from './helpers/archives.js';
import { exportText, importPaths } from './helpers/exports.js';
import { createHistory, toRecords } from './helpers/histories.js';
import { runMain } from './helpers/process.js';
import { rounds } from './helpers/rounds.js';

jest.setTimeout(120_000);

const FILES = 24;
const RUNS_PER_FILE = 3;
const DOCUMENTS_PER_FILE = RUNS_PER_FILE * 10;
/** About as much as one import of all files writes into SQLite's log. */
const LOG_BYTES = 1_000_000;

const KILLS = { SQLite: rounds(15, 50), PostgreSQL: rounds(5, 20) };
const KILLS_PER_ARCHIVE = 5;

/** A folder of files that have nothing in common, each with several runs. */
async function createHistoryFolder(): Promise<string> {
  const folder = await createFolder();
  for (let file = 0; file < FILES; file += 1) {
    const histories = Array.from({ length: RUNS_PER_FILE }, (_, run) => createHistory(file * RUNS_PER_FILE + run + 1));
    await writeFile(join(folder, `${String(file).padStart(3, '0')}.ndjson`), histories.map(toRecords).join(''));
  }
  return folder;
}

const runImport = (url: string, path: string) => runMain(['archive', 'import', path], { ARCHIVE_URL: url });

/** How many documents of each file there are. */
async function countByFile({ tables }: Database): Promise<number[]> {
  const counts = Array<number>(FILES).fill(0);
  for (const { key } of await tables.selectFrom('documents').select('key').execute()) {
    // The first number in an ARN is that of its history.
    const file = Math.floor((Number(/\/0-[A-Z](\d{7})/.exec(key)?.[1]) - 1) / RUNS_PER_FILE);
    counts[file] = (counts[file] ?? 0) + 1;
  }
  return counts;
}

/** Resolves when as many documents as that are there, or the import has ended by itself. */
async function untilDocuments(database: Database, number: number, isEnded: () => boolean): Promise<void> {
  for (;;) {
    const { documents } = await database.tables
      .selectFrom('documents')
      .select(({ fn }) => fn.countAll().as('documents'))
      .executeTakeFirstOrThrow();
    if (Number(documents) >= number || isEnded()) return;
    await nextTurn();
  }
}

/** Resolves when the archive's log has grown that long, which it does while the archive is made, too. */
async function untilLogged(url: string, bytes: number, exited: Promise<unknown>): Promise<void> {
  const log = `${url.slice('sqlite:'.length)}-wal`;
  const watcher = watch(dirname(log));
  try {
    for (let isEnded = false; !isEnded; ) {
      if ((statSync(log, { throwIfNoEntry: false })?.size ?? -1) >= bytes) return;
      isEnded = await Promise.race([once(watcher, 'change').then(() => false), exited.then(() => true)]);
    }
  } finally {
    watcher.close();
  }
}

describe.each(engines)('An import into $name', (engine: Engine) => {
  test(`survives SIGKILL at ${KILLS[engine.name]} random points with whole files only, and completes when it is done again`, async () => {
    const folder = await createHistoryFolder();
    const undisturbed = await openDatabase(await engine.createUrl());
    await importPaths(undisturbed, [folder]);
    const expected = await exportText(undisturbed);
    await undisturbed.close();
    let killed = 0;

    for (let archives = 0; archives < KILLS[engine.name] / KILLS_PER_ARCHIVE; archives += 1) {
      const url = await engine.createUrl();
      let documents = 0;
      for (let kills = 0; kills < KILLS_PER_ARCHIVE; kills += 1) {
        const database = kills === 0 && engine.name === 'SQLite' ? null : await openDatabase(url);
        const { child, exited } = runImport(url, folder);
        const isEnded = () => child.exitCode !== null;
        // Of what is still to come, a random part, so that each kill finds something new.
        const part = Math.random() / 2;
        if (database === null) await untilLogged(url, part * LOG_BYTES, exited);
        else await untilDocuments(database, documents + part * (FILES * DOCUMENTS_PER_FILE - documents), isEnded);
        child.kill('SIGKILL');
        if ((await exited).code === null) killed += 1;
        await database?.close();

        const opened = await openDatabase(url);
        const counts = await countByFile(opened);
        await opened.close();
        expect(counts.filter((count) => count !== 0 && count !== DOCUMENTS_PER_FILE)).toEqual([]);
        documents = counts.reduce((sum, count) => sum + count, 0);
      }
      const { code, stdout } = await runImport(url, folder).exited;
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^assessment runs +\\d+ +${documents / 10} +0 +0$`, 'm'));
      const completed = await openDatabase(url);
      expect(await exportText(completed)).toBe(expected);
      await completed.close();
    }

    expect(killed).toBeGreaterThan(0.9 * KILLS[engine.name]);
  });

  test('by eight processes at once into a new archive brings everything once', async () => {
    const url = await engine.createUrl();
    const folder = await createHistoryFolder();
    const files = readdirSync(folder).map((name) => join(folder, name));
    const imports = Array.from({ length: 8 }, (_, place) => {
      const own = [...files.slice(place * 3), ...files.slice(0, place * 3)];
      return runMain(['archive', 'import', ...own], { ARCHIVE_URL: url }).exited;
    });
    const ended = await Promise.all(imports);
    expect(ended.map(({ code }) => code)).toEqual(Array(8).fill(0));
    const newRuns = ended.map(({ stdout }) => Number(/^assessment runs +(\d+)/m.exec(stdout)?.[1]));
    expect(newRuns.reduce((sum, number) => sum + number, 0)).toBe(FILES * RUNS_PER_FILE);
    const database = await openDatabase(url);
    expect(await countByFile(database)).toEqual(Array(FILES).fill(DOCUMENTS_PER_FILE));
    await database.close();
  });
});

describe('The memory of an import', () => {
  /** Many times the heap that is given to the import. */
  async function writeGiant(json: (finding: string, number: number) => string, [first, last]: [string, string]) {
    const finding = JSON.stringify({ ...createHistory().finding, description: 'A weakness. '.repeat(400) });
    const { arn } = createHistory().finding;
    const items = Array.from({ length: 5000 }, (_, number) => json(finding.replace(arn, `${arn}${number}`), number));
    const path = join(await createFolder(), 'giant.json');
    await writeFile(path, gzipSync(`${first}${items.join(',\n')}${last}`, { level: 1 }));
    return path;
  }

  test.each<[string, (finding: string) => string, [string, string]]>([
    ['one giant document', (finding) => finding, ['{"findings": [', '], "failedItems": {}}']],
    ['a giant array of documents', (finding) => `{"findings": [${finding}]}`, ['[', ']']],
  ])('does not grow with %s', async (_, json, frame) => {
    const path = await writeGiant(json, frame);
    const url = await (engines[0] as Engine).createUrl();
    const main = runMain(['archive', 'import', path], { ARCHIVE_URL: url }, ['--max-old-space-size=40']);
    const { code, stdout } = await main.exited;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^findings +5000 +0 +0 +0$/m);
  });
});
