import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type BrowserContext, chromium } from 'playwright-core';
import { listen } from '../src/process/listening-socket.js';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { exampleArn } from './helpers/runs.js';
import { CHROMIUM, CHROMIUM_ARGUMENTS, isBrowserInstalled } from './helpers/watched-page.js';

const FORGERIES = fileURLToPath(new URL('fixtures/forge-requests.js', import.meta.url));

/** The Accept header of urql and Relay. */
const ACCEPT = 'application/graphql-response+json, application/json';

(isBrowserInstalled() ? describe : describe.skip)('In a browser', () => {
  let gateway: Awaited<ReturnType<typeof startGateway>>;
  let browser: BrowserContext;
  /** The root of a server of blank pages, and of redirections, and its port. */
  let pages: string;
  let port: string;

  beforeAll(async () => {
    const server = createServer((request, response) => {
      const to = new URL(request.url as string, 'http://any').searchParams.get('to');
      if (to !== null) response.writeHead(302, { location: to }).end();
      else response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>A page</title>');
    });
    pages = await listen(server, '127.0.0.1', 0, 'PORT');
    port = new URL(pages).port;
    endAfterAll(async () => {
      server.close();
      server.closeAllConnections();
    });
    gateway = await startGateway({ NODE_ENV: 'production', CORS_ORIGINS: `http://portal.localhost:${port}` });
    endAfterAll(gateway.kill);
    const folder = mkdtempSync(join(tmpdir(), 'browser-'));
    browser = await chromium.launchPersistentContext(folder, { executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
    endAfterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    });
  }, 60_000);

  const toUrl = (name: string) =>
    `${gateway.url}/graphql?query=${encodeURIComponent(`query ${name} { assessmentRun(arn: "${exampleArn}") { name } }`)}`;
  const answer = { data: { assessmentRun: { name: 'Run 1 for ExampleAssessmentTemplate' } } };
  /** The log lines of requests, once all are answered. */
  const linesOf = () => gateway.log().filter(({ path, method }) => path === '/graphql' && method !== 'OPTIONS');

  /** Sends a query from a page at this address, like urql, and returns what the page can read. */
  async function askFrom(address: string, url: string, init: { method?: string; body?: string; type?: string } = {}) {
    const page = await browser.newPage();
    await page.goto(address);
    const read = await page.evaluate(
      async ({ url, init: { type, ...init }, accept }) => {
        const headers = { accept, ...(type !== undefined && { 'content-type': type }) };
        try {
          const response = await fetch(url, { ...init, headers });
          const { status } = response;
          const readable = ['etag', 'x-request-id'].filter((name) => response.headers.has(name));
          return { status, readable, body: await response.json() };
        } catch (error) {
          return { error: (error as Error).name };
        }
      },
      { url, init, accept: ACCEPT },
    );
    await page.close();
    return read;
  }

  test("a page of the gateway's own origin asks by GET", async () => {
    const read = await askFrom(`${gateway.url}/healthz`, toUrl('Own'));
    expect(read).toEqual({ status: 200, readable: ['etag', 'x-request-id'], body: answer });
  });

  test('a page of an allowed origin asks by GET and POST, and reads ETag and request id', async () => {
    const portal = `http://portal.localhost:${port}/`;
    const readable = ['etag', 'x-request-id'];
    for (let times = 0; times < 3; times += 1) {
      expect(await askFrom(portal, toUrl('Portal'))).toEqual({ status: 200, readable, body: answer });
    }
    const post = { method: 'POST', type: 'application/json', body: '{"query":"query Post { __typename }"}' };
    expect(await askFrom(portal, `${gateway.url}/graphql`, post)).toEqual({
      status: 200,
      readable: ['x-request-id'],
      body: { data: { __typename: 'Query' } },
    });
  });

  test('a user asks by the address bar', async () => {
    const page = await browser.newPage();
    // The address bar sends an Accept header for pages.
    await page.route('**', (route) => route.continue({ headers: { ...route.request().headers(), accept: ACCEPT } }));
    const response = await page.goto(toUrl('User'));
    expect([response?.status(), await response?.json()]).toEqual([200, answer]);
    await page.close();
  });

  test('a link on a page of another site has nothing executed, also by way of a redirection', async () => {
    const before = linesOf().length;
    const page = await browser.newPage();
    for (const to of [
      toUrl('Linked'),
      `http://evil.localhost:${port}/?to=${encodeURIComponent(toUrl('Redirected'))}`,
    ]) {
      await page.goto(`http://evil.localhost:${port}/`);
      await page.evaluate(
        `document.body.append(Object.assign(document.createElement('a'), ${JSON.stringify({ href: to })}))`,
      );
      await Promise.all([page.waitForURL(`${gateway.url}/**`), page.evaluate('document.links[0].click()')]);
    }
    await page.close();
    await fetch(`${gateway.url}/healthz`, { headers: { 'x-request-id': 'after-redirection' } });
    await gateway.requestLine('after-redirection');
    const lines = linesOf().slice(before);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.filter(({ operation }) => operation !== undefined)).toEqual([]);
  });

  test.each([
    ['of another site', 'evil.localhost'],
    ['of another port of the same host', '127.0.0.1'],
  ])('a page %s has nothing executed, in whatever way it asks', async (_title, host) => {
    const before = linesOf().length;
    const page = await browser.newPage();
    await page.goto(`http://${host}:${port}/`);
    await page.addScriptTag({ path: FORGERIES });
    const asked = { url: toUrl('Foreign'), endpoint: `${gateway.url}/graphql`, accept: ACCEPT };
    const attempts: string[] = await page.evaluate(`forgeRequests(${JSON.stringify(asked)})`);
    await page.close();
    expect(attempts).toHaveLength(11);
    expect(attempts.filter((attempt) => attempt === 'cors' || attempt === 'basic')).toEqual([]);
    await fetch(`${gateway.url}/healthz`, { headers: { 'x-request-id': `after-${host}` } });
    await gateway.requestLine(`after-${host}`);
    const lines = linesOf().slice(before);
    expect(lines.length).toBeGreaterThan(6);
    expect(lines.filter(({ operation, status }) => operation !== undefined || status < 400)).toEqual([]);
  });
});
