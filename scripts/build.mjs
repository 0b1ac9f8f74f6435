/*
 * Builds what has changed since it was built, as make would, since every start asks for it: the gateway's modules in build/, for
 * tests and the bench; the gateway in dist/, its modules and libraries joined into few files, with the sample as a database;
 * portal and explorer in dist/pages.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const toPath = (file) => join(ROOT, file);

async function buildGateway() {
  try {
    execFileSync(process.execPath, [toPath('node_modules/typescript/bin/tsc')], { cwd: ROOT, stdio: 'inherit' });
  } catch {
    // The compiler has said what is wrong.
    process.exit(1);
  }
  await buildSample();
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: toPath('build/main.js'),
    platform: 'node',
    // Native code stays outside.
    external: ['libsql', 'pg-native'],
    logLevel: 'warn',
  });
  // All in one folder, as src/package-files.ts expects.
  const names = { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' };
  const { output } = await bundle.write({ dir: toPath('dist'), ...names });
  const files = new Set(output.map(({ fileName }) => fileName));
  for (const file of readdirSync(toPath('dist'))) {
    if (file.endsWith('.js') && !files.has(file)) rmSync(toPath(`dist/${file}`));
  }
}

/** The built-in sample as a database, which a start only opens. */
async function buildSample() {
  const { writeSampleFile } = await import('../build/archive/sample-writer.js');
  mkdirSync(toPath('dist'), { recursive: true });
  rmSync(toPath('dist/sample.new.db'), { force: true });
  await writeSampleFile(toPath('dist/sample.new.db'));
  // A gateway may be reading the one of before.
  renameSync(toPath('dist/sample.new.db'), toPath('dist/sample.db'));
}

async function buildPages() {
  const { build } = await import('vite');
  await build({ configFile: toPath('portal/vite.config.ts'), logLevel: 'warn' });
  copyFileSync(toPath('portal/src/gql/persisted-documents.json'), toPath('dist/portal-documents.json'));
}

const toTimeMs = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function listFiles(path) {
  return statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => listFiles(join(path, name))) : [path];
}

/** Whether any of these files and folders has changed since `built` was written. */
function isOutdated(built, sources) {
  const builtAtMs = toTimeMs(toPath(built));
  const files = [...sources, 'package-lock.json', 'scripts/build.mjs'].flatMap((source) => listFiles(toPath(source)));
  return files.some((file) => toTimeMs(file) > builtAtMs);
}

const steps = [];
if (isOutdated('dist/main.js', ['src', 'tsconfig.json'])) steps.push(buildGateway());
if (isOutdated('dist/portal-documents.json', ['portal', 'packages/client/src'])) steps.push(buildPages());
await Promise.all(steps);
