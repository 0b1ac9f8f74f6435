import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const ROOT = new URL('..', import.meta.url);
const readText = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const { MECHANISMS } = (await import(new URL('bench/without/mechanisms.mjs', ROOT).href)) as {
  readonly MECHANISMS: readonly { name: string; file: string; loads?: string[] }[];
};
const index = readText('docs/decisions/README.md');

describe('docs/decisions', () => {
  test('has a page for each mechanism that could be plainer, and for nothing else', () => {
    const pages = readdirSync(new URL('docs/decisions', ROOT)).filter((file) => file !== 'README.md');
    expect(pages.sort()).toEqual(MECHANISMS.map(({ name }) => `${name}.md`).sort());
  });

  test('lists its pages with their files', () => {
    const rows = [...index.matchAll(/^\| \[([\w-]+)\]\(\1\.md\) \| (.+) \| `(.+)` \|$/gm)];
    expect(rows.map(([, name, title, file]) => ({ name, title: `# ${title}`, file }))).toEqual(
      MECHANISMS.map(({ name, file }) => ({ name, title: readText(`docs/decisions/${name}.md`).split('\n')[0], file })),
    );
  });

  test.each(MECHANISMS)(
    '$name says what, what would be simpler, and what would be lost',
    ({ name, file, loads = [] }) => {
      const page = readText(`docs/decisions/${name}.md`);
      expect(existsSync(new URL(file, ROOT))).toBe(true);
      expect(page).toContain(`\n\`${file}\`\n`);
      const parts = [...page.matchAll(/^\*\*(.+?)\*\* ./gm)].map(([, part]) => part);
      expect(parts).toEqual(['What it does.', 'What would be simpler.', 'What is lost without it.']);
      // The figures of each load that shows it.
      expect(page.includes(`npm run bench -- --without ${name}`)).toBe(loads.length > 0);
      const measured = [...page.matchAll(/^\| ([a-z]+) \|.*\d/gm)].map(([, load]) => load);
      expect(loads).toEqual(expect.arrayContaining([...new Set(measured)]));
    },
  );
});
