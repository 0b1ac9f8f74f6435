import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { runMain } from './helpers/process.js';

const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
endAfterAll(async () => rmSync(folder, { recursive: true }));
const path = join(folder, 'archive-url');
const archive = `sqlite:${join(folder, 'archive.db')}`;

test('A setting with a password may stand in a file, for services and commands', async () => {
  writeFileSync(path, `${archive}\n`);
  const environment = { ARCHIVE_URL_FILE: path, ARCHIVE_CREATE: '1', ARCHIVE_PORT: '0', PORT: '0' };
  const main = runMain([], environment);
  const [text] = await main.stdoutMatch(/Archive {2}.*\n/);
  await main.kill();
  expect(text).toMatch(archive);
  expect(await runMain(['archive', 'stats'], environment).exited).toMatchObject({ code: 0, stderr: '' });
});

test.each([
  [{ ARCHIVE_URL_FILE: '/nowhere' }, "ARCHIVE_URL_FILE: ENOENT: no such file or directory, open '/nowhere'\n"],
  [
    { ARCHIVE_URL_FILE: path, ARCHIVE_URL: archive },
    'ARCHIVE_URL: expected either ARCHIVE_URL or ARCHIVE_URL_FILE, but got both\n',
  ],
])('A start with %j fails by a line that says why', async (environment, expected) => {
  writeFileSync(path, archive);
  const { code, stderr } = await runMain([], environment as Record<string, string>).exited;
  expect([code, stderr]).toEqual([2, expected]);
});
