import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createFolder } from './archives.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/**
 * A folder in which nothing is but a package of this repository, as its tarball has it, and what the package depends on.
 * No registry is asked: dependencies are links to those that are installed here, `others` to further ones.
 */
export async function installPacked(workspace: string, others: readonly string[] = []): Promise<string> {
  const folder = await createFolder();
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder, '--workspace', workspace], {
    cwd: ROOT,
  });
  const [{ filename, name }] = JSON.parse(stdout);
  const target = join(folder, 'node_modules', name);
  await mkdir(target, { recursive: true });
  await run('tar', ['-xzf', join(folder, filename), '-C', target, '--strip-components', '1']);
  const { dependencies = {} } = JSON.parse(await readFile(join(target, 'package.json'), 'utf8'));
  for (const dependency of [...Object.keys(dependencies), ...others]) {
    const link = join(folder, 'node_modules', dependency);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(ROOT, 'node_modules', dependency), link);
  }
  return folder;
}
