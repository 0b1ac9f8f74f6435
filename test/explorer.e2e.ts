import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { examples } from '../portal/explorer/examples.js';
import { type FakeInspector, startFakeInspector, toFakeRunArn } from '../src/fake/fake-inspector.js';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { readText } from './helpers/manifests.js';
import { exampleArn } from './helpers/runs.js';
import { isBrowserInstalled, openPage, startBrowser, type WatchedPage } from './helpers/watched-page.js';

test('The examples are the queries of the README', () => {
  const shown = [...readText('README.md').matchAll(/^```graphql\n(.*?)^```$/gms)].map(([, query]) => query);
  expect(shown.length).toBeGreaterThan(4);
  expect(examples.map(({ query }) => query)).toEqual(shown);
});

type EditorName = 'operation.graphql' | 'variables.json' | 'request-headers.json' | 'response.json';

/** The text of an editor, which the page has only some lines of. */
const textOf = (page: Page, name: EditorName): Promise<string> =>
  page.evaluate(`__MONACO.editor.getModels().find(({ uri }) => uri.path.endsWith('${name}'))?.getValue() ?? ''`);

/** Writes a text into an editor, as by pasting. */
async function write(page: Page, name: EditorName, text: string): Promise<void> {
  const places = { 'operation.graphql': '.graphiql-query-editor', 'response.json': '.graphiql-response' };
  const place = places[name as keyof typeof places] ?? '.graphiql-editor-tool .graphiql-editor:not(.hidden)';
  await page.locator(`${place} textarea.inputarea`).focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(text);
}

/** Runs the open tab's operation, and returns the answer that is shown. */
async function run(page: Page) {
  await page.getByRole('button', { name: 'Execute query' }).click();
  await page
    .getByRole('status')
    .getByText(/^(HTTP \d+|No answer)$/)
    .waitFor();
  return JSON.parse(await textOf(page, 'response.json'));
}

/** Asks from within a worker, and returns what comes of it. */
const toFailure = (url: string): Promise<string> =>
  fetch(url).then(
    () => 'none',
    (error) => error.name,
  );

const factsOf = (page: Page): Promise<string[]> => page.getByRole('status').locator('span').allTextContents();
const tabsOf = (page: Page): Promise<string[]> => page.locator('[role=tab] > button[title]').allTextContents();

/** The fragment of a link to a query. */
const toLink = (query: string, variables?: object): string =>
  `#${new URLSearchParams({ query, ...(variables && { variables: JSON.stringify(variables) }) })}`;

(isBrowserInstalled() ? describe : describe.skip)('The explorer', () => {
  let browser: Browser;
  let gateway: Awaited<ReturnType<typeof startGateway>>;

  beforeAll(async () => {
    browser = await startBrowser();
    gateway = await startGateway();
    endAfterAll(gateway.kill);
  }, 60_000);

  /** A page for each gateway, which tests share: scripts that a page has compiled once are there at once the next time. */
  const pages = new Map<string, WatchedPage>();

  async function findPage(url: string): Promise<WatchedPage> {
    const known = pages.get(url);
    if (known !== undefined) return known;
    const opened = await openPage(browser, url);
    // What was kept for the test before goes with the first load, and not with a reload.
    await opened.page.addInitScript("if (name !== 'opened') localStorage.clear(); name = 'opened';");
    pages.set(url, opened);
    return opened;
  }

  /** Opens the explorer for somebody who has not been here before, and expects no problem but these. */
  async function withExplorer(
    act: (page: Page, watched: WatchedPage) => Promise<unknown>,
    {
      link = '',
      url = gateway.url,
      expected = [],
      isNewPage = false,
      colorScheme = 'light',
      width = 1280,
    }: {
      link?: string;
      url?: string;
      expected?: string[];
      isNewPage?: boolean;
      colorScheme?: 'light' | 'dark';
      width?: number;
    } = {},
  ): Promise<void> {
    if (isNewPage) pages.delete(url);
    const watched = await findPage(url);
    const { page } = watched;
    await page.unrouteAll();
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await page.goto('about:blank');
    await page.evaluate("name = ''");
    const earlier = watched.problems().length;
    await page.goto(`${url}/explorer${link}`);
    await page.locator('.graphiql-query-editor .view-line').first().waitFor();
    await act(page, watched);
    expect(watched.problems().slice(earlier)).toEqual(expected);
  }

  test(
    'answers its examples without a network, and says how the answers came about',
    () =>
      withExplorer(async (page) => {
        expect(await tabsOf(page)).toEqual(['Telemetry', 'Page', 'Newest', 'Trend', 'Change', 'Telemetry']);
        expect(await textOf(page, 'operation.graphql')).toContain(exampleArn);
        const { data } = await run(page);
        expect(data.assessmentRun.telemetryTotal).toEqual({ count: 1159, dataSize: 3146579 });
        expect(await factsOf(page)).toEqual([
          'HTTP 200',
          expect.stringMatching(/^[\d.]+ m?s$/),
          expect.stringMatching(/^[\d.]+ kB, sent as \d+ B$/),
          expect.stringMatching(/^executed, kept for \d+ (min|h)$/),
        ]);
        await run(page);
        expect((await factsOf(page)).at(-1)).toBe('a kept answer to the same request');
        await page.getByText('cost 1 run, 16 fields').click();
        expect(await page.getByRole('row', { name: 'runs' }).first().textContent()).toBe('runs1100');
        for (const [place, { query }] of examples.entries()) {
          await page
            .getByRole('tab')
            .nth(place + 1)
            .click();
          expect(await textOf(page, 'operation.graphql')).toBe(query);
          expect((await run(page)).data).toBeTruthy();
        }
      }),
    60_000,
  );

  test('completes fields, and marks what the schema does not have', () =>
    withExplorer(async (page) => {
      await write(page, 'operation.graphql', '');
      await page.keyboard.type('{ assessmentR', { delay: 20 });
      await page.getByRole('option', { name: 'assessmentRunsByArn' }).waitFor();
      await page.keyboard.press('Escape');
      await write(page, 'operation.graphql', '{ assessmentRuns(first: 1) { nodes { nam } } }');
      await page.locator('.squiggly-error').waitFor();
      await page.getByRole('button', { name: 'Variables' }).click();
      await write(page, 'operation.graphql', 'query ($arn: ID!) { assessmentRun(arn: $arn) { name } }');
      await page.locator('.squiggly-error').waitFor({ state: 'detached' });
      await write(page, 'variables.json', '{ "arn": 1.5 }');
      await page.locator('.graphiql-editor-tool .squiggly-warning, .graphiql-editor-tool .squiggly-error').waitFor();
      // All that is done in workers, which may ask nobody.
      expect(page.workers().length).toBeGreaterThan(1);
      for (const worker of page.workers()) {
        expect(await worker.evaluate(toFailure, `${gateway.url}/portal.json`)).toBe('TypeError');
      }
    }));

  test('shows the documentation of the schema, and searches it', () =>
    withExplorer(async (page) => {
      await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
      await page.getByRole('link', { name: 'Query', exact: true }).click();
      await page.getByRole('link', { name: 'findingStatistics', exact: true }).waitFor();
      await page.getByRole('combobox').fill('telemetryTotal');
      await page
        .getByRole('option', { name: /telemetryTotal/ })
        .first()
        .waitFor();
    }));

  test('keeps a history, opens and closes tabs, and formats', () =>
    withExplorer(async (page) => {
      await page.getByRole('button', { name: 'New tab' }).click();
      await write(page, 'operation.graphql', 'query Mine{assessmentRuns(first:1){totalCount}}');
      await page.getByRole('tab', { name: 'Mine' }).waitFor();
      await page.getByRole('button', { name: /^Prettify query/ }).click();
      await page.locator('.graphiql-query-editor .view-line').nth(4).waitFor();
      expect(await textOf(page, 'operation.graphql')).toBe(
        'query Mine {\n  assessmentRuns(first: 1) {\n    totalCount\n  }\n}\n',
      );
      await run(page);
      await page.getByRole('button', { name: 'Show History' }).click();
      await page.locator('.graphiql-history-item', { hasText: 'Mine' }).first().waitFor();
      expect(await tabsOf(page)).toHaveLength(7);
      await page.getByRole('button', { name: 'Close Tab' }).last().click();
      expect(await tabsOf(page)).toHaveLength(6);
    }));

  test('sends variables and headers, and keeps headers out of the address', () =>
    withExplorer(
      async (page) => {
        await page.getByRole('button', { name: 'Headers' }).click();
        await write(page, 'request-headers.json', '{ "X-Request-Id": "from-the-explorer", "Authorization": "secret" }');
        const { data } = await run(page);
        expect(data.assessmentRun.name).toBe('Run 1 for ExampleAssessmentTemplate');
        const line = await gateway.requestLine('from-the-explorer');
        expect(line).toMatchObject({ method: 'POST', path: '/graphql', operation: 'Sent' });
        expect(decodeURIComponent(page.url())).not.toContain('secret');
      },
      { link: toLink('query Sent($arn: ID!) { assessmentRun(arn: $arn) { name } }', { arn: exampleArn }) },
    ));

  describe('opens a link', () => {
    const query = 'query Linked($arn: ID!) { assessmentRun(arn: $arn) { state } }';
    const variables = { arn: exampleArn };

    test('in a tab of its own, and runs nothing until it is told to', () =>
      withExplorer(
        async (page) => {
          expect((await tabsOf(page))[0]).toBe('Linked');
          expect(await textOf(page, 'operation.graphql')).toBe(query);
          expect(JSON.parse(await textOf(page, 'variables.json'))).toEqual(variables);
          expect(await factsOf(page)).toEqual(['No answer yet.']);
          expect(await run(page)).toEqual({ data: { assessmentRun: { state: 'COMPLETED' } } });
          expect(gateway.log().filter(({ operation }) => operation === 'Linked')).toHaveLength(1);
        },
        { link: toLink(query, variables) },
      ));

    test('as other explorers write it, with the query before the fragment, where it does not stay', () =>
      withExplorer(
        async (page) => {
          expect(await textOf(page, 'operation.graphql')).toBe('{ archive { accounts } }');
          await write(page, 'operation.graphql', '{ archive { regions } }');
          await page.waitForURL((url) => url.search === '' && url.hash.includes('regions'));
        },
        { link: '?query={ archive { accounts } }' },
      ));

    test('that is given while the page is open', () =>
      withExplorer(async (page) => {
        await page.evaluate(`location.hash = ${JSON.stringify(toLink(query, variables))}`);
        await page.getByRole('tab', { name: 'Linked' }).waitFor();
        expect(await run(page)).toEqual({ data: { assessmentRun: { state: 'COMPLETED' } } });
        expect(await tabsOf(page)).toHaveLength(7);
      }));

    test('that it has itself made: what is edited is in the address, once, and survives a reload', () =>
      withExplorer(
        async (page) => {
          const entries = await page.evaluate('history.length');
          await write(page, 'operation.graphql', query);
          await page.getByRole('button', { name: 'Variables' }).click();
          await write(page, 'variables.json', JSON.stringify(variables));
          await page.waitForURL((url) => new URLSearchParams(url.hash.slice(1)).get('variables') !== null);
          expect(await page.evaluate('history.length')).toBe(entries);
          expect(page.url()).toBe(`${gateway.url}/explorer${toLink(query, variables)}`);
          // GraphiQL keeps its tabs a moment after the last change, and finds the address's among them.
          const kept = JSON.stringify([query, JSON.stringify(variables)]);
          const tabs = "(JSON.parse(localStorage.getItem('graphiql:tabState') ?? '{}').tabs ?? [])";
          const toTexts = 'map(({ query, variables }) => JSON.stringify([query, variables]))';
          while (!(await page.evaluate<string[]>(`${tabs}.${toTexts}`)).includes(kept));
          await page.reload();
          await page.locator('.graphiql-query-editor .view-line').first().waitFor();
          expect(await textOf(page, 'operation.graphql')).toBe(query);
          expect(await tabsOf(page)).toHaveLength(6);
          expect(await run(page)).toEqual({ data: { assessmentRun: { state: 'COMPLETED' } } });
        },
        { isNewPage: true },
      ));
  });

  test('says what is wrong with a request that never gets an answer', () =>
    withExplorer(async (page) => {
      await page.getByRole('button', { name: 'Headers' }).click();
      await write(page, 'request-headers.json', '{ "no header": "x" }');
      expect((await run(page)).errors[0].message).toMatch(/^No answer came from the gateway: .*name/);
      expect((await factsOf(page))[0]).toBe('No answer');
    }));

  describe('under a path of a proxy, where the schema is hidden', () => {
    let inner: Awaited<ReturnType<typeof startGateway>>;

    beforeAll(async () => {
      inner = await startGateway({ NODE_ENV: 'production', EXPLORER: 'on', BASE_PATH: '/tools/inspector' });
      endAfterAll(inner.kill);
    });

    test('works without what it would know from the schema', () =>
      withExplorer(
        async (page) => {
          await page.locator('.result-window').getByText('introspection').first().waitFor();
          expect((await run(page)).data.assessmentRun.state).toBe('COMPLETED');
          const links = await Promise.all(
            (await page.getByRole('link').all()).map((link) => link.getAttribute('href')),
          );
          expect(links.map((link) => new URL(link ?? '', page.url()).href)).toEqual([
            `${inner.url}/`,
            `${inner.url}/sandbox`,
          ]);
        },
        {
          url: inner.url,
          // GraphiQL asks for the schema twice.
          expected: Array(2).fill(
            'console: Failed to load resource: the server responded with a status of 400 (Bad Request)',
          ),
        },
      ));
  });

  describe('over an Inspector that fails', () => {
    let fake: FakeInspector;
    let failing: Awaited<ReturnType<typeof startGateway>>;

    beforeAll(async () => {
      fake = await startFakeInspector({ runs: 400 });
      endAfterAll(fake.stop);
      failing = await startGateway({ INSPECTOR_ENDPOINT: fake.url, INSPECTOR_MAX_ATTEMPTS: '1' });
      endAfterAll(failing.kill);
    });

    const toRunLink = (run: number) =>
      toLink('query Failing($arn: ID!) { assessmentRun(arn: $arn) { telemetry { count } } }', {
        arn: toFakeRunArn(run),
      });

    test('shows an error that may be retried, and retries it', async () => {
      fake.setFaults([{ operation: 'GetTelemetryMetadata', fault: 'throttling', times: 1 }]);
      await withExplorer(
        async (page) => {
          await run(page);
          const errors = page.getByRole('region', { name: 'Errors of the answer' });
          expect(await errors.locator('h2').allInnerTexts()).toEqual([
            'THROTTLED\nassessmentRun › telemetry\nmay be retried',
          ]);
          expect(await errors.locator('dl').innerText()).toContain('GetTelemetryMetadata');
          await errors.getByRole('button', { name: 'Retry' }).click();
          await errors.waitFor({ state: 'detached' });
          await page.getByRole('status').getByText('HTTP 200').waitFor();
          expect(JSON.parse(await textOf(page, 'response.json')).errors).toBeUndefined();
        },
        { link: toRunLink(1), url: failing.url },
      );
    });

    test('has no button for an error that may not, and shows text from elsewhere as text', async () => {
      const type = 'AccessDeniedException';
      const errorCode = 'ACCESS_DENIED_TO_ASSESSMENT_RUN';
      const message = '<img src=x onerror=alert(1)> \u202Egnp.exe';
      fake.setFaults([
        { operation: 'GetTelemetryMetadata', fault: 'exception', type, errorCode, canRetry: false, message },
      ]);
      await withExplorer(
        async (page) => {
          const { errors: answered } = await run(page);
          const errors = page.getByRole('region', { name: 'Errors of the answer' });
          expect(await errors.locator('h2').innerText()).toBe(
            'ACCESS_DENIED\nassessmentRun › telemetry\nretrying does not help',
          );
          const details = await errors.locator('dl > div').allTextContents();
          expect(details).toEqual(
            expect.arrayContaining([`errorCode${errorCode}`, `requestId${answered[0].extensions.requestId}`]),
          );
          expect(await errors.locator('article > p').textContent()).toBe(answered[0].message);
          expect(await errors.locator('img').count()).toBe(0);
          expect(await errors.getByRole('button').count()).toBe(0);
        },
        { link: toRunLink(2), url: failing.url },
      );
    });

    test('shows no more than some of very many errors', async () => {
      fake.setFaults([
        { operation: 'GetTelemetryMetadata', fault: 'exception', type: 'AccessDeniedException', canRetry: false },
      ]);
      const arns = Array.from({ length: 30 }, (_, at) => toFakeRunArn(300 + at));
      await withExplorer(
        async (page) => {
          expect((await run(page)).errors).toHaveLength(30);
          const errors = page.getByRole('region', { name: 'Errors of the answer' });
          expect(await errors.locator('article').count()).toBe(20);
          await errors.getByText('10 more errors are in the answer above.').waitFor();
        },
        {
          link: toLink('query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { telemetry { count } } }', { arns }),
          url: failing.url,
        },
      );
    });

    test('stops a request, also when its tab is left', async () => {
      fake.setFaults([{ operation: 'GetTelemetryMetadata', fault: 'hang' }]);
      await withExplorer(
        async (page) => {
          await page.getByRole('button', { name: 'Execute query' }).click();
          await page.getByRole('status').getByText('Asking …').waitFor();
          await page.getByRole('button', { name: 'Stop query' }).click();
          await page.getByRole('status').getByText('No answer yet.').waitFor();
          await page.getByRole('button', { name: 'Execute query' }).click();
          await page.getByRole('status').getByText('Asking …').waitFor();
          await page.getByRole('tab', { name: 'Newest' }).click();
          await page.getByRole('status').getByText('No answer yet.').waitFor();
          expect(await textOf(page, 'response.json')).toBe('');
        },
        { link: toRunLink(5), url: failing.url },
      );
    });

    // The last ones: the gateway leaves Inspector alone after them.

    /** Has so many calls fail that the gateway leaves Inspector alone for 5 s. */
    async function openCircuit(): Promise<void> {
      fake.setFaults([{ operation: 'GetTelemetryMetadata', fault: 'status', status: 503 }]);
      const query = 'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { telemetry { count } } }';
      await failing.query(query, { arns: Array.from({ length: 100 }, (_, at) => toFakeRunArn(100 + at)) });
    }

    test('waits with a retry for as long as the gateway asks', () =>
      withExplorer(
        async (page) => {
          await openCircuit();
          const { retryAfterMs } = (await run(page)).errors[0].extensions;
          expect(retryAfterMs).toBeGreaterThan(0);
          fake.setFaults([]);
          const errors = page.getByRole('region', { name: 'Errors of the answer' });
          await errors.getByRole('button', { name: 'Retry' }).click();
          await errors.waitFor({ state: 'detached' });
          await page.getByRole('status').getByText('HTTP 200').waitFor();
          expect(JSON.parse(await textOf(page, 'response.json')).errors).toBeUndefined();
          const entries = "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/graphql'))";
          const waitedMs = await page.evaluate(`${entries}.at(-1).startTime - ${entries}.at(-2).responseEnd`);
          expect(waitedMs).toBeGreaterThanOrEqual(retryAfterMs);
        },
        { link: toRunLink(3), url: failing.url },
      ));

    test('calls a retry off', () =>
      withExplorer(
        async (page) => {
          await openCircuit();
          await page.route('**/graphql', async (route) => {
            const response = await route.fetch();
            const answer = (await response.text()).replace(/"retryAfterMs":\d+/g, '"retryAfterMs":3600000');
            await route.fulfill({ response, body: answer });
          });
          await run(page);
          const errors = page.getByRole('region', { name: 'Errors of the answer' });
          await errors.getByRole('button', { name: 'Retry' }).click();
          await errors.getByRole('button', { name: 'Retrying in 3,600 s – call off' }).click();
          await errors.getByRole('button', { name: 'Retry', exact: true }).waitFor();
        },
        { link: toRunLink(4), url: failing.url },
      ));
  });

  describe.each([
    ['on a desk', 1280],
    ['on a phone', 390],
  ])('%s', (_device, width) => {
    test.each(['light', 'dark'] as const)('has everything in view, in %s colours', (colorScheme) =>
      withExplorer(
        async (page) => {
          await run(page);
          for (const [place, leastHeight] of [
            ['.graphiql-execute-button', 30],
            ['.graphiql-query-editor .monaco-editor', 150],
            ['.result-window', 150],
            ['.last-answer', 20],
            ['.other-pages', 15],
          ] as const) {
            const box = await page.locator(place).boundingBox();
            if (box === null) throw new Error(`${place} is not drawn.`);
            expect({ place, isTall: box.height >= leastHeight }).toEqual({ place, isTall: true });
            expect({
              place,
              left: box.x >= 0,
              right: box.x + box.width <= width,
              bottom: box.y + box.height <= 800,
            }).toEqual({ place, left: true, right: true, bottom: true });
          }
          const background: string = await page.evaluate(
            "getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor",
          );
          expect(Number(/\d+/.exec(background)) > 127 ? 'light' : 'dark').toBe(colorScheme);
        },
        { colorScheme, width },
      ),
    );
  });

  test('has no other faults for people with disabilities than those of GraphiQL', () =>
    withExplorer(
      async (page, { axe }) => {
        await run(page);
        // Its tabs hold the buttons that close them.
        const tab = expect.stringMatching(/^nested-interactive: <li [^>]*class="graphiql-tab/);
        expect(await axe()).toEqual(Array(7).fill(tab));
      },
      { link: toLink('{ assessmentRun(arn: "no ARN") { name } }') },
    ));
});
