import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PAGES_ROOT } from '../src/http/page-files.js';
import { listen } from '../src/process/listening-socket.js';
import { endAfterAll } from './helpers/cleanup.js';
import { exchange } from './helpers/client.js';
import { startGateway } from './helpers/gateway.js';
import { readText } from './helpers/manifests.js';
import { exampleArn } from './helpers/runs.js';

const started = new Map<string, ReturnType<typeof startGateway>>();

/** A gateway with these settings, for all tests that need one. */
async function start(environment: Record<string, string>) {
  const settings = JSON.stringify(environment);
  const starting = started.get(settings) ?? startGateway(environment);
  if (!started.has(settings)) endAfterAll(async () => (await starting).kill());
  started.set(settings, starting);
  return starting;
}

const INTROSPECTION = { query: '{ __schema { queryType { name } } }' };

describe('The schema', () => {
  test.each([
    [{}, true],
    [{ NODE_ENV: 'production' }, false],
    [{ NODE_ENV: 'production', INTROSPECTION: 'on' }, true],
    [{ INTROSPECTION: 'off' }, false],
  ])('with %j can be asked for, and is at /schema.graphql: %p', async (environment, isShown) => {
    const { url, post } = await start(environment as Record<string, string>);
    expect((await post(INTROSPECTION)).body.errors === undefined).toBe(isShown);
    const response = await fetch(`${url}/schema.graphql`);
    expect(response.status).toBe(isShown ? 200 : 404);
    const text = await response.text();
    if (isShown) {
      expect(text).toBe(readText('schema.graphql'));
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(response.headers.get('content-encoding')).toBe('gzip');
      expect((await fetch(`${url}/schema.graphql`, { method: 'POST' })).headers.get('allow')).toBe('GET, HEAD');
    } else {
      expect(JSON.parse(text).errors[0].extensions.code).toBe('NOT_FOUND');
      expect((await fetch(`${url}/schema.graphql`, { method: 'POST' })).status).toBe(404);
    }
    const { errors } = (await post({ query: '{ assessmentRuns { edge { cursor } } }' })).body;
    expect(errors[0].message.includes('Did you mean')).toBe(isShown);
  });
});

describe('The pages', () => {
  const PORTAL = 'Inspector Classic history';
  const EXPLORER = 'Explorer of inspector-gateway';
  const SANDBOX = 'EmbeddedSandbox';

  test.each([
    [{}, PORTAL, EXPLORER, SANDBOX],
    [{ NODE_ENV: 'production' }, PORTAL, null, null],
    [{ NODE_ENV: 'production', EXPLORER: 'on' }, PORTAL, EXPLORER, SANDBOX],
    [{ EXPLORER: 'off' }, PORTAL, null, null],
    [{ PORTAL: 'off' }, EXPLORER, EXPLORER, SANDBOX],
    [{ PORTAL: 'off', EXPLORER: 'off' }, null, null, null],
  ])('with %j are at /, /explorer and /sandbox: %p, %p, %p', async (environment, ...titles) => {
    const { url } = await start(environment as Record<string, string>);
    for (const [place, path] of ['/', '/explorer', '/sandbox'].entries()) {
      const response = await fetch(url + path);
      const title = titles[place] as string | null;
      expect({ path, status: response.status }).toEqual({ path, status: title === null ? 404 : 200 });
      if (title !== null) expect(await response.text()).toContain(title);
      else expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    }
    const hasPortal = titles[0] === PORTAL;
    for (const view of ['/runs', '/run', '/findings', '/finding', '/hosts', '/host', '/compare', '/import']) {
      const { status } = await fetch(url + view);
      expect({ view, status }).toEqual({ view, status: hasPortal ? 200 : 404 });
    }
    expect((await fetch(`${url}/portal.json`)).status).toBe(hasPortal ? 200 : 404);
    const explorer = await fetch(`${url}/explorer.json`);
    if (titles[1] === null) expect(explorer.status).toBe(404);
    else expect(await explorer.json()).toMatchObject({ portal: hasPortal });
    expect((await fetch(`${url}/runs`, { method: 'POST' })).status).toBe(hasPortal ? 405 : 404);
  });

  test('and their parts are sent compressed, the parts for ever, and a page when it has changed', async () => {
    const { url } = await start({});
    for (const page of ['/', '/explorer']) {
      const response = await fetch(url + page, { headers: { 'accept-encoding': 'br' } });
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'content-encoding': 'br',
        'cache-control': 'no-cache',
        vary: expect.stringContaining('Accept-Encoding'),
      });
      const etag = response.headers.get('etag') as string;
      const again = await fetch(url + page, {
        headers: { 'accept-encoding': 'br', 'if-none-match': etag, 'cache-control': 'max-age=0' },
      });
      expect(again.status).toBe(304);
      const parts = [...(await response.text()).matchAll(/(?:src|href)="\.(\/assets\/[^"]+)"/g)].map(
        ([, part]) => part,
      );
      expect(parts.length).toBeGreaterThan(0);
      for (const part of parts) {
        const { headers } = await fetch(url + part, { headers: { 'accept-encoding': 'gzip' } });
        expect(Object.fromEntries(headers)).toMatchObject({
          'content-type': expect.stringMatching(/^text\/(?:javascript|css); charset=utf-8$/),
          'content-encoding': 'gzip',
          'cache-control': 'public, max-age=31536000, immutable',
          'content-security-policy': expect.stringMatching(/^default-src 'none'; script-src 'self'; frame/),
        });
      }
    }
  });

  test('say that they have to be built where a part is gone that was there', async () => {
    const part = `assets/gone-${process.pid}.js`;
    for (const file of [part, `${part}.br`]) writeFileSync(join(PAGES_ROOT, file), '');
    // A gateway of its own, which has seen them.
    const { url } = await start({ EXPLORER: 'on' });
    for (const file of [part, `${part}.br`]) rmSync(join(PAGES_ROOT, file));
    const response = await fetch(`${url}/${part}`, { headers: { 'accept-encoding': 'br' } });
    expect(response.status).toBe(503);
    expect(Object.fromEntries(response.headers)).toMatchObject({ 'cache-control': 'no-store' });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'PAGES_NOT_BUILT' } }] });
  });

  test('take nothing from elsewhere, and inline only the styles of the explorer', async () => {
    const { url } = await start({});
    const policyOf = async (page: string) => (await fetch(url + page)).headers.get('content-security-policy') ?? '';
    for (const page of ['/', '/runs', '/explorer']) {
      expect(await policyOf(page)).toMatch(/^default-src 'none'; script-src 'self'; /);
      expect(await policyOf(page)).not.toMatch(/https?:|\*|unsafe-eval|blob:/);
    }
    expect(await policyOf('/')).not.toContain('unsafe-inline');
    expect((await policyOf('/explorer')).match(/[\w-]+ 'self' 'unsafe-inline'/g)).toEqual([
      "style-src 'self' 'unsafe-inline'",
    ]);
  });

  test('say of the gateway what it reads from, and no address', async () => {
    const { url } = await start({});
    expect(await (await fetch(`${url}/portal.json`)).json()).toEqual({
      upstream: 'sample',
      explorer: true,
      signIn: null,
    });
  });
});

describe('Under a base path', () => {
  const RUN = `{ assessmentRun(arn: "${exampleArn}") { name } }`;

  /** Every route, by the address of the gateway's root. */
  async function expectEverything(root: string): Promise<void> {
    const headers = { 'apollo-require-preflight': '1' };
    for (const page of ['/healthz', '/readyz', '/schema.graphql']) {
      expect({ page, status: (await fetch(root + page)).status }).toEqual({ page, status: 200 });
    }
    for (let times = 0; times < 3; times += 1) {
      const answers = [
        await fetch(`${root}/graphql?query=${encodeURIComponent(RUN)}`, { headers }),
        await fetch(`${root}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: RUN }),
        }),
      ];
      for (const answer of answers) expect(await answer.json()).toHaveProperty('data.assessmentRun.name');
    }
    expect(await (await fetch(`${root}/sandbox`)).text()).toContain(
      "new URL('/inspector/graphql', window.location.href).href",
    );
    const pages = { '': '/', '/': '/', '/runs/?state=FAILED': '/runs?state=FAILED', '/explorer/': '/explorer' };
    for (const [page, shown] of Object.entries(pages)) {
      const response = await fetch(root + page);
      expect(await response.text()).toContain('<!doctype html>');
      if (page !== '') expect(response.url).toBe(root + shown);
    }
    const preflight = { origin: 'http://localhost:1', 'access-control-request-method': 'POST' };
    expect((await fetch(`${root}/graphql`, { method: 'OPTIONS', headers: preflight })).status).toBe(204);
    expect(await (await fetch(`${root}/nothing`)).text()).toContain('GraphQL is at /inspector/graphql');
    expect((await fetch(`${root}/graphql`, { method: 'PUT' })).status).toBe(405);
  }

  test('everything is there, the pages with and without a slash, and the first lines name them', async () => {
    const { url, stdoutMatch } = await start({ BASE_PATH: '/inspector' });
    expect(url).toMatch(/:\d+\/inspector$/);
    await stdoutMatch(/^Portal {3}http:\S+\/inspector\/$/m);
    await stdoutMatch(/explorer: http:\S+\/inspector\/explorer\)/);
    await stdoutMatch(/curl -s http:\S+\/inspector\/graphql/);
    await expectEverything(url);
    for (const page of ['', '/', '?a=b', '/?a=b']) {
      const response = await fetch(url + page);
      expect([response.status, response.url]).toEqual([200, url + page.replace(/^\/?/, '/')]);
    }
    for (const page of ['x', 'x/graphql', '/inspector/graphql']) expect((await fetch(url + page)).status).toBe(404);
  });

  test('everything is there by the whole address, as proxies may ask', async () => {
    const { url } = await start({ BASE_PATH: '/inspector' });
    const { host } = new URL(url);
    for (const path of ['/inspector/healthz', '/inspector/', '/healthz']) {
      const request = `GET http://${host}${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      expect({ path, status: (await exchange(url, request)).status }).toEqual({ path, status: 200 });
    }
  });

  test('everything is there behind a proxy that takes it away', async () => {
    const { url } = await start({ BASE_PATH: '/inspector' });
    const gateway = new URL(url);
    const proxy = createServer((asked, answer) => {
      const path = (asked.url as string).replace(/^\/inspector/, '') || '/';
      const { method, headers } = asked;
      asked.pipe(
        request(new URL(path, gateway), { method, headers }, (answered) => {
          answer.writeHead(answered.statusCode as number, answered.headers as IncomingHttpHeaders);
          answered.pipe(answer);
        }),
      );
    });
    const proxyUrl = await listen(proxy, '127.0.0.1', 0, 'PORT');
    endAfterAll(async () => {
      proxy.close();
      proxy.closeAllConnections();
    });
    await expectEverything(`${proxyUrl}/inspector`);
  });
});

describe("The caller's address in the log", () => {
  let lines = 0;
  const QUERY = `{ assessmentRun(arn: "${exampleArn}") { name } }`;

  test.each([
    ['nobody', {}, '203.0.113.9', '127.0.0.1'],
    ['another proxy', { TRUSTED_PROXIES: '10.0.0.0/8' }, '203.0.113.9', '127.0.0.1'],
    ['its proxy', { TRUSTED_PROXIES: '127.0.0.1' }, '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['its proxies', { TRUSTED_PROXIES: '127.0.0.0/8,203.0.113.0/24' }, '198.51.100.1, 203.0.113.9', '198.51.100.1'],
    ['its proxy, which says nothing of use', { TRUSTED_PROXIES: '127.0.0.1' }, 'unknown', '127.0.0.1'],
    ['its proxy, which names a port', { TRUSTED_PROXIES: '127.0.0.1' }, '203.0.113.9:1234', '203.0.113.9'],
    ['its proxy, by IPv6', { TRUSTED_PROXIES: '127.0.0.1' }, '[2001:db8::1]:1234', '2001:db8::1'],
  ])('where %s is trusted', async (_who, environment, forwarded, address) => {
    const gateway = await start(environment as Record<string, string>);
    lines += 1;
    // Executed, from the response cache, from the raw-request cache; by GET as well; and refused.
    for (let times = 0; times < 3; times += 1) {
      await gateway.post({ query: QUERY }, { 'x-forwarded-for': forwarded, 'x-request-id': `post-${lines}-${times}` });
      await fetch(`${gateway.url}/graphql?query=${encodeURIComponent(QUERY)}`, {
        headers: {
          'apollo-require-preflight': '1',
          'x-forwarded-for': forwarded,
          'x-request-id': `get-${lines}-${times}`,
        },
      });
      for (const method of ['post', 'get']) {
        expect(await gateway.requestLine(`${method}-${lines}-${times}`)).toMatchObject({
          method: method.toUpperCase(),
          remoteAddress: address,
        });
      }
    }
    const refused = `GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nX-Request-Id: no-${lines}\r\nX-Forwarded-For: ${forwarded}\r\n\r\n`;
    expect((await exchange(gateway.url, refused)).status).toBe(421);
    expect(await gateway.requestLine(`no-${lines}`)).toMatchObject({ remoteAddress: address });
  });
});
