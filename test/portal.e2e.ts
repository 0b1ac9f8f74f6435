import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Locator, Page, Request } from 'playwright-core';
import { openDatabase } from '../src/archive/store/database.js';
import { type FakeInspector, type FaultRule, startFakeInspector, toFakeRunArn } from '../src/fake/fake-inspector.js';
import { engines } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { importFiles } from './helpers/exports.js';
import { startGateway } from './helpers/gateway.js';
import { createHistory, toLines, toRecords } from './helpers/histories.js';
import { toReportRecord } from './helpers/reports.js';
import { exampleArn } from './helpers/runs.js';
import { isBrowserInstalled, openPage, startBrowser, type WatchedPage } from './helpers/watched-page.js';

const WEB_RUN = 'arn:aws:inspector:eu-west-1:111122223333:target/0-SynTgWeb/template/0-SynTpWeb/run/0-SynWeb06';
const WEB_FINDING = `${WEB_RUN}/finding/0-SynFnd01`;
const WEB_HOST = 'host?agent=i-0000a001&account=111122223333&region=eu-west-1';

/** The views over the sample, and what each says of it. */
const views: [path: string, says: string[]][] = [
  ['', ['Newest failed run', 'Synthetic run 03 (ERROR)', 'Runs without telemetry (4)', 'us-gov-west-1']],
  ['runs', ['86 runs', 'Synthetic build machines, 2026-03', 'Next page']],
  [`run?arn=${WEB_RUN}`, ['New findings', 'Collecting data', 'InspectorPackageInfo', 'i-0000a001', 'CVE-2024-45492']],
  ['findings', ['308 findings', 'High', 'Network exposure from the internet']],
  ['findings?by=rule', ['CVE-2023-48795', '308 findings']],
  [`finding?arn=${WEB_FINDING}`, ['CVE-2023-48795', '5 other runs', 'Recommendation']],
  ['hosts', ['13 hosts', 'db-4.synthetic.example']],
  [WEB_HOST, ['web-1.synthetic.example', '17,432', 'Runs (24), and what it sent in each']],
  [
    `compare?arn=${WEB_RUN}`,
    ['New findings (2)', 'Gone findings (3)', 'Remaining findings (7)', 'Telemetry side by side'],
  ],
  ['compare', ['What is new']],
  ['import', ['This gateway shows a built-in sample', 'archive import', '86 runs.']],
];

const PHONE = { width: 390, height: 844 };
const DESK = { viewport: { width: 1280, height: 900 }, colorScheme: 'light' as const };
/** A4 with Chromium's margins of 1 cm, in pixels of 1/96 inch. */
const PAPER = { width: 718, height: 1047 };
/** https://web.dev/articles/cls calls up to 0.1 good. */
const MAX_LAYOUT_SHIFT = 0.02;

let browser: Browser;

/** Goes to a view, and waits until its answer is shown. */
async function open({ page }: WatchedPage, url: string): Promise<void> {
  await page.goto(url);
  await shown(page);
}

async function shown(page: Page): Promise<void> {
  await page.locator('.view[aria-busy=false]').waitFor();
}

/** Looks again until something is shown. */
async function openUntil(watched: WatchedPage, what: Locator, toUrl: () => Promise<string>): Promise<void> {
  for (let looks = 0; (await what.count()) === 0; looks += 1) {
    if (looks > 60) throw new Error(`It does not show ${what}.`);
    await open(watched, await toUrl());
  }
}

const textOf = (page: Page) => page.locator('main').innerText();

/** A page that is closed when the test is done with it, and on which nothing may have gone wrong. */
async function withPage(url: string, options: BrowserContextOptions, use: (watched: WatchedPage) => Promise<void>) {
  const watched = await openPage(browser, url, options);
  try {
    await use(watched);
    expect(watched.problems()).toEqual([]);
  } finally {
    await watched.close();
  }
}

/** A page that the tests of a describe block share. */
function shared(toUrl: () => string, options: BrowserContextOptions): () => WatchedPage {
  let watched: WatchedPage;
  beforeAll(async () => {
    watched = await openPage(browser, toUrl(), options);
  });
  afterAll(() => watched.close());
  return () => watched;
}

// Several views of a gateway of its own take a while on a busy machine.
jest.setTimeout(90_000);

(isBrowserInstalled() ? describe : describe.skip)('The portal', () => {
  let gateway: Awaited<ReturnType<typeof startGateway>>;

  beforeAll(async () => {
    browser = await startBrowser();
    // Runs that go on are asked for again soon.
    gateway = await startGateway({ CACHE_RUNNING_TTL_SECONDS: '3600' });
    endAfterAll(gateway.kill);
  });

  describe('over the sample', () => {
    const desk = shared(() => gateway.url, DESK);

    test.each(views)(
      'shows /%s: nothing moves, is inaccessible, too wide for a phone, or asked twice',
      async (path, says) => {
        const watched = desk();
        const { page } = watched;
        const look = `${gateway.url}/${path}`;
        await open(watched, look);
        const text = await textOf(page);
        for (const expected of says) expect(text).toContain(expected);
        expect(await watched.layoutShift()).toBeLessThan(MAX_LAYOUT_SHIFT);

        const questions: string[] = [];
        const note = (request: Request) => request.url().includes('/graphql') && questions.push(request.method());
        page.on('request', note);
        const again = await gateway.withArchiveCalls(() => open(watched, look));
        page.off('request', note);
        expect(questions).toEqual(['GET']);
        expect(again.calls).toEqual([]);
        expect(await watched.axe()).toEqual([]);

        await page.emulateMedia({ colorScheme: 'dark' });
        await page.setViewportSize(PHONE);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width);
        expect(await watched.axe('color-contrast', 'scrollable-region-focusable')).toEqual([]);
        await page.emulateMedia({ colorScheme: 'light' });
        await page.setViewportSize(DESK.viewport);
        expect(watched.problems()).toEqual([]);
      },
    );

    test('leads to the list from an address that says not which one, or one that there is not', async () => {
      const missing = encodeURIComponent(exampleArn.replace('0-MKkpXXPE', '0-Absent00'));
      const addresses = [
        ['run', 'All runs'],
        [`run?arn=${missing}`, 'All runs'],
        ['run?arn=what', 'All runs'],
        ['finding?arn=', 'All findings'],
        [`finding?arn=${missing}%2Ffinding%2F0-none`, 'All findings'],
        ['host', 'All hosts'],
        ['host?agent=i-none', 'All hosts'],
      ] as const;
      await withPage(gateway.url, DESK, async (watched) => {
        const { page } = watched;
        for (const [path, link] of addresses) {
          await open(watched, `${gateway.url}/${path}`);
          expect(await watched.axe()).toEqual([]);
          await page.getByRole('link', { name: link }).click();
          await page.getByRole('heading', { level: 1, name: link.slice(4), exact: false }).waitFor();
        }
        await open(watched, `${gateway.url}/run`);
        expect(watched.problems()).toEqual([]);
      });
    });

    test('filters by a form whose fields are in the address, which outlives a reload and goes back', async () => {
      await withPage(gateway.url, DESK, async (watched) => {
        const { page } = watched;
        await open(watched, `${gateway.url}/runs`);
        await page.getByLabel('State').selectOption('Canceled');
        await page.getByLabel('Name has').fill('databases');
        await page.getByLabel('Name has').press('Enter');
        await page.getByRole('heading', { name: '1 run', exact: true }).waitFor();
        expect(new URL(page.url()).search).toBe('?state=CANCELED&name=databases');
        await page.reload();
        await page.getByRole('heading', { name: '1 run', exact: true }).waitFor();
        expect(await page.getByLabel('Name has').inputValue()).toBe('databases');
        await page.goBack();
        await page.getByRole('heading', { name: '86 runs' }).waitFor();
        expect(await page.getByLabel('Name has').inputValue()).toBe('');
      });
    });

    test('has pages that can be linked to, both ways', async () => {
      await withPage(gateway.url, DESK, async (watched) => {
        const { page } = watched;
        await open(watched, `${gateway.url}/runs?order=NAME_ASC`);
        const first = await page.locator('tbody tr').first().innerText();
        await page.getByRole('link', { name: 'Next page' }).click();
        await page.getByRole('link', { name: 'Previous page' }).waitFor();
        await shown(page);
        expect(await page.locator('tbody tr').first().innerText()).not.toBe(first);
        await page.reload();
        await page.getByRole('link', { name: 'Previous page' }).click();
        await page.getByText(first.split('\t')[0] as string, { exact: true }).waitFor();
        expect(page.url()).toContain('before=');
      });
    });

    test('keeps by links what an address has several times', async () => {
      await withPage(gateway.url, DESK, async (watched) => {
        const { page } = watched;
        await open(watched, `${gateway.url}/findings?severity=High&severity=Medium`);
        await page.getByRole('heading', { name: '204 findings' }).waitFor();
        await page.getByRole('link', { name: 'Next page' }).click();
        await page.getByRole('link', { name: 'Previous page' }).waitFor();
        expect(await page.getByRole('heading', { name: '204 findings' }).count()).toBe(1);
      });
    });

    test('does not take a day that there is not for no day', async () => {
      const { page, close } = await openPage(browser, gateway.url, DESK);
      await page.goto(`${gateway.url}/runs?from=2026-13-99`);
      await page.getByText('This cannot be asked like that').waitFor();
      await close();
    });

    test('takes a clock without a time zone as UTC', async () => {
      await withPage(gateway.url, { timezoneId: 'Etc/Unknown' }, async (watched) => {
        await open(watched, `${gateway.url}/`);
        await watched.page.getByText('Times are in UTC').waitFor();
        expect(await watched.page.locator('.problem').count()).toBe(0);
      });
    });

    test('lets one choose what to compare where the address does not say it', async () => {
      await withPage(gateway.url, DESK, async (watched) => {
        await open(watched, `${gateway.url}/compare?arn=`);
        await watched.page.getByRole('heading', { name: 'Compare runs' }).waitFor();
      });
    });

    test('says so when the gateway has been replaced by one of another version', async () => {
      const { page, close } = await openPage(browser, gateway.url, DESK);
      const errors = [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }];
      await page.route('**/graphql?*', (route) => route.fulfill({ json: { errors } }));
      await page.route('**/assets/persisted-documents*', (route) => route.fulfill({ status: 404 }));
      await page.goto(`${gateway.url}/runs`);
      await page.getByText('The gateway has changed since this page was opened').waitFor();
      expect(await page.getByRole('button', { name: /Try again/ }).count()).toBe(0);
      await close();
    });

    test('moves the focus to the heading of the view that one comes to, and says when it is there', async () => {
      await withPage(gateway.url, DESK, async (watched) => {
        const { page } = watched;
        await open(watched, `${gateway.url}/`);
        await page.keyboard.press('Tab');
        expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
        await page.getByRole('link', { name: 'Hosts', exact: true }).focus();
        await page.keyboard.press('Enter');
        await page.getByText('Hosts: loaded').waitFor({ state: 'attached' });
        expect(await page.evaluate('document.activeElement.tagName + document.activeElement.textContent')).toBe(
          'H1Hosts',
        );
        expect(await page.title()).toBe('Hosts · Inspector Classic history');
      });
    });

    test('leads from the first page to why the newest run failed, to what a host sent, and to what is new', async () => {
      await withPage(gateway.url, DESK, async (watched) => {
        const { page } = watched;
        await open(watched, `${gateway.url}/`);
        const failed = page.getByRole('region', { name: 'Newest failed run' });
        expect(await failed.innerText()).toMatch(/Evaluating rules to Error after 40s\.\s.*could not be evaluated/);
        await page.getByRole('link', { name: 'What is new in Synthetic web servers, 2026-03' }).click();
        await page.getByRole('heading', { name: 'New findings (0)' }).waitFor();
        await page.getByRole('link', { name: 'Hosts', exact: true }).click();
        await page.getByRole('link', { name: 'web-1.synthetic.example' }).click();
        expect(await page.getByRole('region', { name: 'What it sent in all runs' }).innerText()).toContain('17,432');
      });
    });

    test('has charts whose numbers are in a table', async () => {
      await withPage(gateway.url, DESK, async (watched) => {
        const { page } = watched;
        await open(watched, `${gateway.url}/?interval=YEAR&span=all`);
        await page.getByText('Numbers as a table').first().click();
        const rows = await page.getByRole('table', { name: 'Runs over time, by state' }).locator('tr').allInnerTexts();
        expect(rows.map((row) => row.split('\t').at(0))).toEqual(
          expect.arrayContaining(['2016', '2024', '2025', '2026']),
        );
        expect(await page.getByRole('img', { name: 'Runs over time, by state' }).count()).toBe(1);
      });
    });

    test('prints what it shows, dark on white, no wider than paper and without what only a screen needs', async () => {
      const { page } = desk();
      for (const path of ['', `run?arn=${WEB_RUN}`, 'findings', `compare?arn=${WEB_RUN}`]) {
        await open(desk(), `${gateway.url}/${path}`);
        await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
        await page.setViewportSize(PAPER);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PAPER.width);
        expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
        expect(await page.getByRole('navigation').filter({ visible: true }).count()).toBe(0);
        await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
        await page.setViewportSize(DESK.viewport);
      }
    });

    test('prints by what a list was filtered, and no other field', async () => {
      const { page } = desk();
      const fields = page.getByRole('search').locator('input, select');
      for (const [path, expected] of [
        ['findings', []],
        ['findings?severity=High&title=synthetic', ['High', 'synthetic']],
      ] as const) {
        await open(desk(), `${gateway.url}/${path}`);
        await page.emulateMedia({ media: 'print' });
        const shown = await fields.filter({ visible: true }).all();
        expect(await Promise.all(shown.map((field) => field.inputValue()))).toEqual(expected);
        await page.emulateMedia({ media: 'screen' });
      }
    });

    test('shows bytes, numbers and times as the reader writes them', async () => {
      await withPage(gateway.url, { locale: 'de-DE', timezoneId: 'America/New_York' }, async (watched) => {
        await open(watched, `${gateway.url}/${WEB_HOST}`);
        const text = await textOf(watched.page);
        expect(text).toContain('17.432');
        expect(text).toContain('86,3 MB');
        expect(text).toMatch(/2\. März 2026, 21:00 (EST|GMT-5)/);
      });
    });
  });

  test('shows an empty archive how to fill it', async () => {
    const url = await (engines[0] as (typeof engines)[number]).createUrl();
    const empty = await startGateway({ ARCHIVE_URL: url, ARCHIVE_CREATE: '1' });
    endAfterAll(empty.kill);
    await withPage(empty.url, DESK, async (watched) => {
      await open(watched, `${empty.url}/`);
      await watched.page.getByText('reads an archive in an SQLite file').waitFor();
      const text = await textOf(watched.page);
      expect(text).toContain('The archive is empty');
      expect(text).toContain('npm start -- archive import exports/');
      expect(text).not.toContain(url.replace('sqlite:', ''));
      expect(await watched.axe()).toEqual([]);
      await open(watched, `${empty.url}/compare`);
      expect(await textOf(watched.page)).toContain('There are no runs yet.');
      for (const path of ['runs', WEB_HOST, `run?arn=${WEB_RUN}`]) await open(watched, `${empty.url}/${path}`);
      expect(await textOf(watched.page)).toContain('This does not exist');
    });
  });

  test('shows texts that somebody made up to do harm as they are, and within the page', async () => {
    const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const rightToLeft = '\u202eتقييم\u202e ‏שלום';
    const text = `${markup}${rightToLeft}${'x'.repeat(10_000)}`;
    const history = createHistory();
    const { run, target, template, finding, exclusion, agent, rulesPackage } = history;
    for (const named of [run, target, template, rulesPackage]) named.name = text;
    for (const titled of [finding, exclusion]) {
      Object.assign(titled, { title: text, description: text, recommendation: text });
    }
    Object.assign(finding, { id: text, attributes: [{ key: text, value: text }] });
    finding.assetAttributes.hostname = text;
    agent.agentHealthDetails = text;
    run.state = 'FAILED';
    run.notifications = [
      { date: run.createdAt, event: 'OTHER', message: text, error: true, snsTopicArn: 'javascript:alert(1)' },
    ];
    const archiveUrl = await (engines[0] as (typeof engines)[number]).createUrl();
    const database = await openDatabase(archiveUrl);
    const report = toReportRecord({ runArn: run.arn, format: 'HTML', type: 'FULL', content: markup });
    await importFiles(database, { 'run.ndjson': toRecords(history) + toLines([report]) });
    await database.close();
    const { url, kill } = await startGateway({ ARCHIVE_URL: archiveUrl });
    endAfterAll(kill);

    const { arn } = run;
    const paths = [
      '',
      'runs',
      'findings',
      'findings?by=rule',
      'hosts',
      `compare?arn=${arn}`,
      `finding?arn=${finding.arn}`,
    ];
    const ofHost = `host?agent=${agent.agentId}&account=123456789012&region=us-west-2`;
    const ofForm = `runs?name=${encodeURIComponent('"><script>alert(1)</script>')}`;
    await withPage(url, DESK, async (watched) => {
      const { page } = watched;
      for (const path of [...paths, ofHost, ofForm, `run?arn=${arn}`]) {
        await open(watched, `${url}/${path}`);
        expect(await page.evaluate('document.querySelectorAll("main img, main script").length')).toBe(0);
        expect(await page.title()).toMatch(/ · Inspector Classic history$/);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(DESK.viewport.width);
      }
      expect(await page.locator('h1').textContent()).toBe(text);
      // The gateway's own address of it: the archive's is one of its machine.
      const link = new URL(
        (await page.getByRole('link', { name: 'Full report, HTML' }).getAttribute('href')) ?? '',
        page.url(),
      );
      expect(link.href).toContain(`${url}/report?`);
      const response = await page.request.get(link.href);
      expect([await response.text(), response.headers()['content-security-policy']]).toEqual([
        markup,
        expect.stringMatching(/^sandbox;/),
      ]);
    });
  });

  describe('over an upstream that fails', () => {
    let fake: FakeInspector;
    /** Under a base path as well. */
    let failing: typeof gateway;
    /** Behind those that lists have shown. */
    let asked = 50;
    const nextArn = () => toFakeRunArn(asked++);

    /** An exception of the API. */
    const toException = (type: string, canRetry: boolean, errorCode?: string): FaultRule => ({
      fault: 'exception',
      type,
      canRetry,
      ...(errorCode !== undefined && { errorCode }),
    });

    /** Each way to fail, how the page names it, and whether it offers to try again. */
    const failures: [fault: FaultRule, code: string, canRetry: boolean][] = [
      [toException('NoSuchEntityException', false, 'ASSESSMENT_RUN_DOES_NOT_EXIST'), 'NO_SUCH_ENTITY', false],
      [toException('InvalidInputException', false, 'INVALID_ASSESSMENT_RUN_ARN'), 'INVALID_INPUT', false],
      [toException('AccessDeniedException', false, 'ACCESS_DENIED_TO_ASSESSMENT_RUN'), 'ACCESS_DENIED', false],
      [{ fault: 'exception', type: 'UnrecognizedClientException', status: 403 }, 'ACCESS_DENIED', false],
      [toException('InternalException', true), 'INTERNAL_EXCEPTION', true],
      [toException('InternalException', false), 'INTERNAL_EXCEPTION', false],
      [toException('ServiceTemporarilyUnavailableException', true), 'SERVICE_UNAVAILABLE', true],
      [toException('LimitExceededException', false, 'ASSESSMENT_RUN_LIMIT_EXCEEDED'), 'LIMIT_EXCEEDED', false],
      [{ fault: 'html' }, 'SERVICE_UNAVAILABLE', true],
      [{ fault: 'reset' }, 'SERVICE_UNAVAILABLE', true],
      [{ fault: 'status', status: 404 }, 'BAD_UPSTREAM_RESPONSE', false],
      [{ fault: 'wrongJson' }, 'BAD_UPSTREAM_RESPONSE', false],
      [{ fault: 'hang' }, 'TIMEOUT', true],
      // The last, since a region that throttles is asked at a lower rate for a while.
      [{ fault: 'throttling' }, 'THROTTLED', true],
    ];

    beforeAll(async () => {
      fake = await startFakeInspector({ runs: Array.from({ length: 200 }, () => ({ findings: 2 })) });
      endAfterAll(() => fake.stop());
      failing = await startGateway({
        BASE_PATH: '/inspector',
        INSPECTOR_ENDPOINT: fake.url,
        INSPECTOR_MAX_ATTEMPTS: '1',
        INSPECTOR_DEADLINE_MS: '3000',
        CACHE_TTL_SECONDS: '1',
        CACHE_TERMINAL_TTL_SECONDS: '1',
      });
      endAfterAll(failing.kill);
    });

    const failingPage = shared(() => failing.url, DESK);

    test('that is no archive is listed and described, and says what it cannot; under a base path, too', async () => {
      await withPage(failing.url, DESK, async (watched) => {
        const { page } = watched;
        await open(watched, `${failing.url}/`);
        await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
        expect(await page.getByRole('region', { name: 'Runs', exact: true }).locator('tbody tr').count()).toBe(8);
        expect(await page.getByText('Only an archive can answer this').count()).toBe(4);
        expect(await watched.axe()).toEqual([]);
        await page.getByRole('link', { name: 'All runs' }).click();
        await page.getByRole('link', { name: 'Next page' }).click();
        await page.getByRole('link', { name: 'First page' }).waitFor();
        expect(new URL(page.url()).pathname).toBe('/inspector/runs');
        await page.reload();
        await page.getByRole('link', { name: 'Run 21', exact: true }).click();
        await page.getByRole('heading', { name: 'Telemetry', exact: true }).waitFor();
        // As a proxy asks that takes the path away.
        await open(watched, `${new URL(failing.url).origin}/findings`);
        expect(await textOf(page)).toContain('Only an archive can answer this');
        await open(watched, `${failing.url}/compare`);
        expect(await page.getByRole('region', { name: 'Newest runs' }).innerText()).toContain('Only an archive');
        expect(await page.locator('.problem').count()).toBe(0);
      });
    });

    test.each(failures)('says of %j that it is %s, beside the rest of the run', async (fault, code, canRetry) => {
      const arn = nextArn();
      fake.setFaults([{ ...fault, operation: 'GetTelemetryMetadata', arn }]);
      const watched = failingPage();
      await open(watched, `${failing.url}/run?arn=${arn}`);
      const part = watched.page.getByRole('region', { name: 'Telemetry', exact: true });
      const text = await part.innerText();
      expect(text).toContain(code);
      if ('errorCode' in fault && fault.errorCode) expect(text).toContain(fault.errorCode);
      expect(await part.getByRole('button', { name: /Try again/ }).count()).toBe(canRetry ? 1 : 0);
      const findings = watched.page.getByRole('region', { name: /^Findings/ });
      expect(await findings.locator('tbody tr').count()).toBe(2);
      expect(await watched.page.getByRole('region', { name: 'Details' }).innerText()).toContain('Completed');
      expect(watched.problems()).toEqual([]);
    });

    test('shows what failed once it is tried again with success', async () => {
      const arn = nextArn();
      fake.setFaults([{ fault: 'status', status: 502, operation: 'GetTelemetryMetadata', arn, times: 1 }]);
      await withPage(failing.url, DESK, async (watched) => {
        await open(watched, `${failing.url}/run?arn=${arn}`);
        const part = watched.page.getByRole('region', { name: 'Telemetry', exact: true });
        expect(await watched.axe()).toEqual([]);
        await part.getByRole('button', { name: 'Try again' }).click();
        await part.locator('tbody tr').first().waitFor();
        expect(await part.getByRole('button').count()).toBe(0);
      });
    });

    test('stands in for by what was known, with its age', async () => {
      const arn = nextArn();
      fake.reset();
      await withPage(failing.url, DESK, async (watched) => {
        await open(watched, `${failing.url}/run?arn=${arn}`);
        fake.setFaults([{ fault: 'reset', operation: 'GetTelemetryMetadata', arn }]);
        const stale = watched.page.getByText(/Shown is what was known \d+s ago/);
        // Until a second has passed, after which it is asked again.
        await openUntil(watched, stale, async () => `${failing.url}/run?arn=${arn}`);
        const part = watched.page.getByRole('region', { name: 'Telemetry', exact: true });
        expect(await part.locator('tbody tr').count()).toBeGreaterThan(0);
        expect(await watched.axe()).toEqual([]);
      });
    });

    // The last one: the gateway leaves the region alone after it.
    test('waits as long as the gateway says before it can be tried again', async () => {
      fake.setFaults([{ fault: 'reset' }]);
      const [shown, ...others] = Array.from({ length: 101 }, nextArn) as [string, ...string[]];
      const askFor = (arn: string) => failing.query(`{ assessmentRun(arn: "${arn}") { telemetry { count } } }`);
      await withPage(failing.url, DESK, async (watched) => {
        const waiting = watched.page.getByRole('button', { name: /Try again in \d s/ });
        await openUntil(watched, waiting, async () => {
          // As many as open the circuit breaker.
          await Promise.all(others.map(askFor));
          return `${failing.url}/run?arn=${shown}`;
        });
        expect(await waiting.first().isDisabled()).toBe(true);
        await watched.page.getByRole('button', { name: 'Try again', exact: true }).first().waitFor();
      });
    });
  });

  test('says that the gateway cannot be reached, and goes on when it can be', async () => {
    const watched = await openPage(browser, gateway.url, DESK);
    const { page } = watched;
    await open(watched, `${gateway.url}/`);
    await page.context().setOffline(true);
    await page.getByRole('link', { name: 'Hosts', exact: true }).click();
    await page.getByText('The gateway cannot be reached.').waitFor();
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: '13 hosts' }).waitFor();
    // Chromium itself writes that a request failed.
    expect(watched.problems().every((problem) => problem.includes('ERR_INTERNET_DISCONNECTED'))).toBe(true);
    await watched.close();
  });
});
