import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const ROOT = new URL('..', import.meta.url);
const readText = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const page = readText('docs/where.md');

/** The rows of the table below a heading, by their cells. */
function readTable(heading: string): string[][] {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(1).map((line) =>
    line
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.trim()),
  );
}

const sources = readdirSync(new URL('src', ROOT), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `src/${file}`);
const filesWith = (pattern: RegExp, folders = /^/) =>
  sources.filter((file) => folders.test(file) && readText(file).search(pattern) !== -1);

describe('docs/where.md', () => {
  test('names existing files', () => {
    const named = [...page.matchAll(/\bsrc\/[\w./-]+\.ts/g)].map(([path]) => path);
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
  });

  test('has every cache', () => {
    const named = readTable('Caches').map(([, file]) => file);
    // Redis is not a cache of this process.
    const others = ['src/redis/redis-shared-cache.ts'];
    const caches = filesWith(/new (LRUCache|DataLoader)\b/);
    expect([...caches, ...others].sort()).toEqual([...named].sort());
  });

  test('has every status that the gateway itself sets, with its file', () => {
    const STATUS = /\bstatus: ([345]\d\d)\b|\bcode\(([345]\d\d)\)|toHttpError\((\d{3})\b|\? (304) :/g;
    const decided = filesWith(STATUS, /^src\/(http|graphql|process)\//).flatMap((file) =>
      [...readText(file).matchAll(STATUS)].map((match) => `${match.slice(1).find(Boolean)} ${file}`),
    );
    const named = readTable('Statuses of the gateway').map(([status, file]) => `${status} ${file}`);
    expect([...new Set(decided)].sort()).toEqual(named.sort());
  });

  test.each(readTable('Limits'))('has the limit of %s as in %s', (_limit, file = '', constant = '', value = '') => {
    expect(readText(file)).toContain(`const ${constant.replaceAll('`', '')} = ${value};`);
  });
});
