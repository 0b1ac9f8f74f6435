import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { openDatabase } from '../src/archive/store/database.js';
import { type FakeInspector, type FaultRule, startFakeInspector, toFakeRunArn } from '../src/fake/fake-inspector.js';
import { engines } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { importFiles } from './helpers/exports.js';
import { startGateway } from './helpers/gateway.js';
import { createHistory, toRecords } from './helpers/histories.js';
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

const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', isMobile: true };
const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 900 }, colorScheme: 'light' };
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
async function openUntil(watched: WatchedPage, what: Locator, toUrl: () => string | Promise<string>): Promise<void> {
  for (let looks = 0; (await what.count()) === 0; looks += 1) {
    if (looks > 60) throw new Error(`It does not show ${what}.`);
    await open(watched, await toUrl());
  }
}

const textOf = (page: Page) => page.locator('main').innerText();
const headingOf = (page: Page) => page.locator('h1').innerText();

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
    describe('on a desk', () => {
      const desk = shared(() => gateway.url, DESK);

      test.each(views)('shows /%s, and nothing moves or is inaccessible', async (path, says) => {
        await open(desk(), `${gateway.url}/${path}`);
        const text = await textOf(desk().page);
        for (const expected of says) expect(text).toContain(expected);
        expect(await desk().layoutShift()).toBeLessThan(MAX_LAYOUT_SHIFT);
        expect(await desk().axe()).toEqual([]);
        expect(desk().problems()).toEqual([]);
      });
    });

    describe('on a phone in the dark', () => {
      const phone = shared(() => gateway.url, PHONE);

      test.each(views)('shows /%s, no wider than it', async (path) => {
        await open(phone(), `${gateway.url}/${path}`);
        expect(await phone().page.evaluate('document.documentElement.scrollWidth')).toBe(390);
        // The rest is as on a desk.
        expect(await phone().axe('color-contrast', 'scrollable-region-focusable')).toEqual([]);
        expect(phone().problems()).toEqual([]);
      });
    });

    test('asks one question a view by GET, which is answered from what is kept but for the lists of a run', async () => {
      const looks = views.map(([path]) => `${gateway.url}/${path}`);
      await withPage(gateway.url, DESK, async (watched) => {
        for (const look of looks) await open(watched, look);
        const questions: string[] = [];
        watched.page.on('request', (request) => {
          if (request.url().includes('/graphql')) questions.push(request.method());
        });
        const { calls } = await gateway.withArchiveCalls(async () => {
          for (const look of looks) await open(watched, look);
        });
        expect(questions).toEqual(views.map(() => 'GET'));
        // The gateway passes through what only Inspector's lists have.
        const passedThrough = ['GetAssessmentReport', 'ListAssessmentRunAgents', 'ListExclusions', 'ListFindings'];
        expect([...new Set(calls)].sort()).toEqual([...passedThrough, 'ListTagsForResource']);
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
        expect(await failed.innerText()).toContain('It went from Evaluating rules to Error after 40s');
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

  test('works under a base path, also where a proxy takes it away', async () => {
    const under = await startGateway({ BASE_PATH: '/inspector' });
    endAfterAll(under.kill);
    await withPage(under.url, DESK, async (watched) => {
      const { page } = watched;
      await open(watched, `${under.url}/`);
      await page.getByRole('link', { name: 'Runs', exact: true }).click();
      await page.getByRole('heading', { name: '86 runs' }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/inspector/runs');
      await page.reload();
      await page.getByRole('link', { name: 'Synthetic databases, 2026-03', exact: true }).click();
      await page.getByRole('heading', { name: 'Telemetry', exact: true }).waitFor();
      await open(watched, `${new URL(under.url).origin}/runs`);
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
    });
    for (const path of ['runs', 'findings', 'hosts', 'compare', WEB_HOST, `run?arn=${WEB_RUN}`]) {
      await withPage(empty.url, DESK, (watched) => open(watched, `${empty.url}/${path}`));
    }
  });

  describe('over texts that somebody made up to do harm', () => {
    const MARKUP = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const RIGHT_TO_LEFT = '\u202eتقييم\u202e ‏שלום';
    const LONG = 'x'.repeat(10_000);
    let url: string;
    let arns: string[];

    beforeAll(async () => {
      const archiveUrl = await (engines[0] as (typeof engines)[number]).createUrl();
      const database = await openDatabase(archiveUrl);
      const histories = [MARKUP, RIGHT_TO_LEFT, LONG].map((name, index) => {
        const history = createHistory(index + 1);
        const { run, target, template, finding, exclusion, agent, rulesPackage } = history;
        for (const named of [run, target, template, rulesPackage]) named.name = name;
        for (const titled of [finding, exclusion])
          Object.assign(titled, { title: name, description: name, recommendation: name });
        Object.assign(finding, { id: name, attributes: [{ key: name, value: name }] });
        finding.assetAttributes.hostname = name;
        agent.agentHealthDetails = name;
        run.state = 'FAILED';
        run.notifications = [
          { date: run.createdAt, event: 'OTHER', message: name, error: true, snsTopicArn: 'javascript:alert(1)' },
        ];
        return history;
      });
      await importFiles(database, { 'runs.ndjson': histories.map(toRecords).join('') });
      await database.close();
      const hostile = await startGateway({ ARCHIVE_URL: archiveUrl });
      endAfterAll(hostile.kill);
      url = hostile.url;
      arns = histories.map(({ run }) => run.arn as string);
    });

    test('shows them as they are, and within the page', async () => {
      const paths = ['', 'runs', 'findings', 'findings?by=rule', 'findings?by=template', 'hosts', 'compare'];
      const ofRuns = arns.flatMap((arn, index) => [
        `run?arn=${arn}`,
        `finding?arn=${arn}/finding/0-F000000${index + 1}`,
        `compare?arn=${arn}`,
        `host?agent=i-${index + 1}&account=123456789012&region=us-west-2`,
      ]);
      await withPage(url, DESK, async (watched) => {
        for (const path of [...paths, ...ofRuns]) {
          await open(watched, `${url}/${path}`);
          expect(await watched.page.evaluate('document.querySelectorAll("main img, main script").length')).toBe(0);
          expect(await watched.page.title()).toMatch(/ · Inspector Classic history$/);
          expect(await watched.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1280);
        }
        await open(watched, `${url}/run?arn=${arns[0]}`);
        expect(await headingOf(watched.page)).toBe(MARKUP);
        await open(watched, `${url}/runs?name=${encodeURIComponent('"><script>alert(1)</script>')}`);
        expect(await textOf(watched.page)).toContain('No run fits this.');
      });
    });
  });

  describe('over an upstream that fails', () => {
    let fake: FakeInspector;
    let failing: typeof gateway;
    /** For calls without an answer. */
    let hurried: typeof gateway;
    let asked = 0;
    const nextArn = () => toFakeRunArn(asked++);

    /** Each way to fail, how the page names it, and whether it offers to try again. */
    const failures: [fault: FaultRule, code: string, canRetry: boolean][] = [
      [
        {
          fault: 'exception',
          type: 'NoSuchEntityException',
          errorCode: 'ASSESSMENT_RUN_DOES_NOT_EXIST',
          canRetry: false,
        },
        'NO_SUCH_ENTITY',
        false,
      ],
      [
        { fault: 'exception', type: 'InvalidInputException', errorCode: 'INVALID_ASSESSMENT_RUN_ARN', canRetry: false },
        'INVALID_INPUT',
        false,
      ],
      [
        {
          fault: 'exception',
          type: 'AccessDeniedException',
          errorCode: 'ACCESS_DENIED_TO_ASSESSMENT_RUN',
          canRetry: false,
        },
        'ACCESS_DENIED',
        false,
      ],
      [{ fault: 'exception', type: 'UnrecognizedClientException', status: 403 }, 'ACCESS_DENIED', false],
      [{ fault: 'exception', type: 'InternalException', canRetry: true, status: 500 }, 'INTERNAL_EXCEPTION', true],
      [{ fault: 'exception', type: 'InternalException', canRetry: false, status: 500 }, 'INTERNAL_EXCEPTION', false],
      [
        { fault: 'exception', type: 'ServiceTemporarilyUnavailableException', canRetry: true, status: 503 },
        'SERVICE_UNAVAILABLE',
        true,
      ],
      [
        {
          fault: 'exception',
          type: 'LimitExceededException',
          errorCode: 'ASSESSMENT_RUN_LIMIT_EXCEEDED',
          canRetry: false,
        },
        'LIMIT_EXCEEDED',
        false,
      ],
      [{ fault: 'throttling' }, 'THROTTLED', true],
      [{ fault: 'html' }, 'SERVICE_UNAVAILABLE', true],
      [{ fault: 'reset' }, 'SERVICE_UNAVAILABLE', true],
      [{ fault: 'status', status: 404 }, 'BAD_UPSTREAM_RESPONSE', false],
      [{ fault: 'wrongJson' }, 'BAD_UPSTREAM_RESPONSE', false],
      [{ fault: 'hang' }, 'TIMEOUT', true],
    ];

    beforeAll(async () => {
      fake = await startFakeInspector({ runs: Array.from({ length: 160 }, () => ({ findings: 2 })) });
      endAfterAll(() => fake.stop());
      const environment = { INSPECTOR_ENDPOINT: fake.url, INSPECTOR_MAX_ATTEMPTS: '1' };
      failing = await startGateway(environment);
      endAfterAll(failing.kill);
      hurried = await startGateway({ ...environment, INSPECTOR_DEADLINE_MS: '1000' });
      endAfterAll(hurried.kill);
    });

    const onFailing = shared(() => failing.url, DESK);
    const onHurried = shared(() => hurried.url, DESK);

    test.each(failures)('says of %j that it is %s, beside the rest of the run', async (fault, code, canRetry) => {
      const arn = nextArn();
      fake.setFaults([{ ...fault, operation: 'GetTelemetryMetadata', arn }]);
      const [{ url }, watched] = code === 'TIMEOUT' ? [hurried, onHurried()] : [failing, onFailing()];
      const { page } = watched;
      await open(watched, `${url}/run?arn=${arn}`);
      const part = page.getByRole('region', { name: 'Telemetry', exact: true });
      const text = await part.innerText();
      expect(text).toContain(code);
      if ('errorCode' in fault && fault.errorCode) expect(text).toContain(fault.errorCode);
      expect(await part.getByRole('button', { name: /Try again/ }).count()).toBe(canRetry ? 1 : 0);
      const findings = page.getByRole('region', { name: /^Findings/ });
      expect(await findings.locator('tbody tr').count()).toBe(2);
      expect(await page.getByRole('region', { name: 'Details' }).innerText()).toContain('Completed');
      expect(watched.problems()).toEqual([]);
    });

    test('shows what failed once it is tried again with success', async () => {
      const arn = nextArn();
      fake.setFaults([{ fault: 'throttling', operation: 'GetTelemetryMetadata', arn, times: 1 }]);
      await withPage(failing.url, DESK, async (watched) => {
        const { page } = watched;
        await open(watched, `${failing.url}/run?arn=${arn}`);
        const part = page.getByRole('region', { name: 'Telemetry', exact: true });
        expect(await watched.axe()).toEqual([]);
        await part.getByRole('button', { name: 'Try again' }).click();
        await part
          .getByRole('row', { name: /InspectorGroup|InspectorPackageInfo|Total/ })
          .first()
          .waitFor();
        expect(await part.getByRole('button').count()).toBe(0);
      });
    });

    test('that is no archive is listed and described, and says what it cannot', async () => {
      fake.reset();
      // One whose circuit breaker and rate know of no failures.
      const other = await startGateway({ INSPECTOR_ENDPOINT: fake.url });
      endAfterAll(other.kill);
      await withPage(other.url, DESK, async (watched) => {
        const { page } = watched;
        await open(watched, `${other.url}/`);
        await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
        expect(await page.getByRole('region', { name: 'Runs', exact: true }).locator('tbody tr').count()).toBe(8);
        expect(await page.getByText('Only an archive can answer this').count()).toBe(4);
        expect(await watched.axe()).toEqual([]);
        await page.getByRole('link', { name: 'All runs' }).click();
        await page.getByRole('link', { name: 'Next page' }).click();
        await page.getByRole('link', { name: 'First page' }).waitFor();
        await page.getByRole('link', { name: 'Run 21', exact: true }).click();
        await page.getByRole('heading', { name: 'Telemetry', exact: true }).waitFor();
        await open(watched, `${other.url}/findings`);
        expect(await textOf(page)).toContain('Only an archive can answer this');
      });
    });

    test('stands in for by what was known, with its age', async () => {
      const hasty = await startGateway({
        INSPECTOR_ENDPOINT: fake.url,
        CACHE_TTL_SECONDS: '1',
        CACHE_TERMINAL_TTL_SECONDS: '1',
        INSPECTOR_MAX_ATTEMPTS: '1',
      });
      endAfterAll(hasty.kill);
      const arn = nextArn();
      fake.reset();
      await withPage(hasty.url, DESK, async (watched) => {
        await open(watched, `${hasty.url}/run?arn=${arn}`);
        fake.setFaults([{ fault: 'reset', operation: 'GetTelemetryMetadata' }]);
        const stale = watched.page.getByText(/Shown is what was known \d+s ago/);
        // Until a second has passed, after which it is asked again.
        await openUntil(watched, stale, () => `${hasty.url}/run?arn=${arn}`);
        expect(
          await watched.page.getByRole('region', { name: 'Telemetry', exact: true }).locator('tbody tr').count(),
        ).toBeGreaterThan(0);
        expect(await watched.axe()).toEqual([]);
      });
      fake.reset();
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
