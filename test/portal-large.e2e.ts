import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { engines } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { runMain } from './helpers/process.js';
import { isBrowserInstalled, openPage, startBrowser, type WatchedPage } from './helpers/watched-page.js';

const GENERATOR = fileURLToPath(new URL('../scripts/generate-history.mjs', import.meta.url));
const RUNS = 50_000;
const FINDINGS = 100_000;
/** Of making it and of its import, which take minutes. */
const IMPORT_LIMIT_MS = 1_800_000;

const isAsked = process.env.TEST_LONG !== undefined && isBrowserInstalled();

(isAsked ? describe : describe.skip)('The portal over 50,000 runs', () => {
  let url: string;
  let watched: WatchedPage;

  beforeAll(async () => {
    const archiveUrl = await (engines[0] as (typeof engines)[number]).createUrl();
    const importing = runMain(['archive', 'import', '-'], { ARCHIVE_URL: archiveUrl });
    const generator = spawn(process.execPath, [GENERATOR, String(RUNS), String(FINDINGS)]);
    generator.stdout.pipe(importing.child.stdin);
    expect(await importing.exited).toMatchObject({ code: 0 });
    const gateway = await startGateway({ ARCHIVE_URL: archiveUrl });
    endAfterAll(gateway.kill);
    url = gateway.url;
    watched = await openPage(await startBrowser(), url);
    endAfterAll(watched.close);
  }, IMPORT_LIMIT_MS);

  /** Opens a view, and the thing in the first row of its list. */
  async function openBoth(path: string, says: string): Promise<void> {
    const { page } = watched;
    const shown = page.locator('.view[aria-busy=false]');
    await page.goto(`${url}/${path}`);
    await shown.waitFor();
    expect(await page.locator('main').innerText()).toContain(says);
    await page.locator('tbody th a').first().click();
    await page.locator('p.kind').waitFor();
    await shown.waitFor();
    expect(await page.locator('.problems').allInnerTexts()).toEqual([]);
    expect(watched.problems()).toEqual([]);
  }

  test.each([
    ['', 'Newest runs'],
    ['runs', '50,000 runs'],
    ['findings', '100,000 findings'],
    ['findings?by=rule', '100,000 findings'],
    ['hosts', 'hosts'],
  ])(
    'shows /%s, with a page of them',
    async (path, says) => {
      if (path.includes('by=')) {
        await watched.page.goto(`${url}/${path}`);
        await watched.page.getByRole('heading', { name: says }).waitFor();
      } else await openBoth(path, says);
    },
    120_000,
  );
});
