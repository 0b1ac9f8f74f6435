import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { openDatabase, openExistingDatabase } from '../src/archive/store/database.js';
import { engines } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { exportText, importFiles } from './helpers/exports.js';
import { createHistory, toRecords } from './helpers/histories.js';

const DATABASE = new URL('../build/archive/store/database.js', import.meta.url).href;

/** Opens the archive as soon as it reads something, and says what came of it. */
const OPENER = `
  import { openDatabase } from ${JSON.stringify(DATABASE)};
  process.stdout.write('ready ');
  process.stdin.once('data', async () => {
    const outcome = await openDatabase(process.argv[1]).then((database) => database.close(), (error) => error.message);
    process.stdout.write(outcome ?? 'opened');
    process.exit();
  });
`;

function startOpener(url: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', OPENER, url], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return {
    ready: once(child.stdout, 'data'),
    open: () => child.stdin.write('go'),
    outcome: once(child, 'close').then(() => output),
  };
}

describe.each(engines)('An archive on $name', (engine) => {
  test('is made once by eight processes that open it at once', async () => {
    for (let round = 0; round < 3; round += 1) {
      const url = await engine.createUrl();
      const openers = Array.from({ length: 8 }, () => startOpener(url));
      await Promise.all(openers.map(({ ready }) => ready));
      for (const { open } of openers) open();
      expect(await Promise.all(openers.map(({ outcome }) => outcome))).toEqual(Array(8).fill('ready opened'));
      const database = await openDatabase(url);
      expect(await database.tables.selectFrom('writers').selectAll().execute()).toHaveLength(1);
      await database.close();
    }
  }, 30_000);

  test('opens and is read while another one writes to it', async () => {
    const url = await engine.createUrl();
    const writing = await openDatabase(url);
    endAfterAll(writing.close);
    await importFiles(writing, { 'a.ndjson': toRecords(createHistory()) });
    const transaction = await writing.tables.startTransaction().execute();
    await transaction.deleteFrom('documents').execute();

    for (const open of [openDatabase, openExistingDatabase]) {
      const reading = await open(url);
      endAfterAll(reading.close);
      expect(await exportText(reading)).toBe(toRecords(createHistory()));
    }
    await transaction.rollback().execute();
  });
});
