import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const SOAK = fileURLToPath(new URL('../scripts/soak/run.mjs', import.meta.url));

test.each([
  [['--minutes', 'long'], '--minutes: expected a number above 0, but got "long"\n'],
  [['--minutes', '0'], '--minutes: expected a number above 0, but got "0"\n'],
  [['--only', 'Postgres'], '--only: expected a part of the name of a fault, such as Redis, but got "Postgres"\n'],
])('The soak starts nothing for %j, under which it would find nothing wrong', async (words, message) => {
  const running = promisify(execFile)(process.execPath, [SOAK, ...words]);
  await expect(running).rejects.toMatchObject({ code: 2, stdout: '', stderr: message });
});
