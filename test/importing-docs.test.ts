import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createFolder, type Engine, engines, openEmptyArchive } from './helpers/archives.js';
import { importPaths } from './helpers/exports.js';

const page = readFileSync(new URL('../docs/importing.md', import.meta.url), 'utf8');

/** An example of the page: a fenced block whose first line says what happens to it, and where it lies if that matters. */
interface Example {
  readonly title: string;
  readonly path: string;
  readonly content: string;
  readonly isImported: boolean;
}

const examples = [...page.matchAll(/^```(\w+) (import|refused)(?: path=(\S+))?\n([\s\S]*?)^```$/gm)].map(
  ([, language = '', fate, path = `export.${language}`, content = ''], place): Example => ({
    title: `${place + 1}: ${content.trim().split('\n')[0]?.slice(0, 60)}`,
    path,
    content,
    isImported: fate === 'import',
  }),
);
const imported = examples.filter(({ isImported }) => isImported);
const refused = examples.filter(({ isImported }) => !isImported);

async function importExample({ path, content }: Example) {
  const archive = await openEmptyArchive(engines[0] as Engine);
  const file = join(await createFolder(), path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return importPaths(archive, [file]);
}

test('docs/importing.md has examples of both', () => {
  expect(imported.length).toBeGreaterThan(10);
  expect(refused.length).toBeGreaterThan(10);
});

describe('Of docs/importing.md, this is imported', () => {
  test.each(imported)('$title', async (example) => {
    const result = await importExample(example);
    expect(result.refused).toEqual([]);
    expect({ ...result.counts, ...result.arns }).not.toEqual({});
  });
});

describe('Of docs/importing.md, this is refused', () => {
  test.each(refused)('$title', async (example) => {
    const result = await importExample(example);
    expect(result.refused).toHaveLength(1);
    expect(result.refused[0]?.problems).not.toHaveLength(0);
    for (const counts of Object.values(result.counts)) expect(Object.keys(counts)).toEqual(['refused']);
  });
});
