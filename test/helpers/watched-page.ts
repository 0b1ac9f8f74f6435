import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { endAfterAll } from './cleanup.js';

/** Debian's package. */
export const CHROMIUM = '/usr/bin/chromium';
export const CHROMIUM_ARGUMENTS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];
const OFFLINE = '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1';

const WATCH = fileURLToPath(new URL('../fixtures/watch-page.js', import.meta.url));

/** Whether there is a browser for tests of pages. Says so where there is none, and fails under CI=true. */
export function isBrowserInstalled(): boolean {
  if (existsSync(CHROMIUM)) return true;
  const message = `Without ${CHROMIUM} here, nothing is tested in a browser.`;
  if (process.env.CI === 'true') throw new Error(`${message} Under CI=true it is required.`);
  process.stderr.write(`${message}\n`);
  return false;
}

/** Starts a browser without a network but 127.0.0.1, which ends with the test file. */
export async function startBrowser(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_ARGUMENTS, OFFLINE] });
  endAfterAll(() => browser.close());
  return browser;
}

/** A page that remembers what should not happen on it. */
export interface WatchedPage {
  readonly page: Page;
  /** Messages of the console, exceptions, reports of the Content-Security-Policy, and requests to anywhere else. */
  problems(): readonly string[];
  /** How far things have moved while they were looked at: https://web.dev/articles/cls */
  layoutShift(): Promise<number>;
  /** What axe finds wrong by all rules, or by these, as rules with the elements. */
  axe(...rules: string[]): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens a page of its own for an origin, with nothing of earlier ones. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => problems.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const to = request.url();
    if (!to.startsWith(`${new URL(url).origin}/`) && !to.startsWith('data:')) problems.push(`request: ${to}`);
  });
  await page.addInitScript({ path: WATCH });
  return {
    page,
    problems: () => problems,
    layoutShift: () => page.evaluate('layoutShift'),
    async axe(...rules) {
      // What is right needs no description, and a page without frames no second page to put results together.
      const only = rules.length === 0 ? {} : { runOnly: { type: 'rule' as const, values: rules } };
      const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'], ...only }).setLegacyMode();
      const { violations } = await axe.analyze();
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    },
    close: () => context.close(),
  };
}
