import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { installPacked } from './helpers/packed.js';

const run = promisify(execFile);
const TSC = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const README = new URL('../packages/fake-inspector/README.md', import.meta.url);

test("From its tarball the package's README example type-checks and runs, with nothing else installed", async () => {
  const folder = await installPacked('@inspector-gateway/fake-inspector', ['@types/node']);
  const [, example] = /```ts\n(.*?)```/s.exec(await readFile(README, 'utf8')) as RegExpExecArray;
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'example.ts'), `${example}\nconsole.log(fake.calls().length);\n`);
  for (const moduleResolution of ['nodenext', 'bundler']) {
    const module = moduleResolution === 'bundler' ? 'esnext' : 'nodenext';
    const options = ['--strict', '--target', 'es2022', '--types', 'node'];
    await run(
      process.execPath,
      [TSC, ...options, '--module', module, '--moduleResolution', moduleResolution, 'example.ts'],
      { cwd: folder },
    );
  }
  const { stdout } = await run(process.execPath, ['example.js'], { cwd: folder });
  expect(stdout).toBe('0\n');
});
