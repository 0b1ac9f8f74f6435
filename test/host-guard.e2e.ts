import { beforeAll, describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { exchange } from './helpers/client.js';
import { startGateway } from './helpers/gateway.js';

type Gateway = Awaited<ReturnType<typeof startGateway>>;
let loopback: Gateway;
let listed: Gateway;
let workers: Gateway;
let everywhere: Gateway;
let restricted: Gateway;

beforeAll(async () => {
  const ALLOWED_HOSTS = 'gateway.example, *.portal.example';
  [loopback, listed, workers, everywhere, restricted] = await Promise.all([
    startGateway({ CORS_ORIGINS: 'https://portal.example' }),
    startGateway({ ALLOWED_HOSTS, HOST: 'localhost' }),
    startGateway({ WORKERS: '2' }),
    startGateway({ HOST: '0.0.0.0' }),
    startGateway({ HOST: '0.0.0.0', ALLOWED_HOSTS }),
  ]);
  for (const { kill } of [loopback, listed, workers, everywhere, restricted]) endAfterAll(kill);
});

const BODY = '{"query":"{ __typename }"}';
const DATA = '{"data":{"__typename":"Query"}}\n';

/** The answer of the gateway to a query with this Host header. */
function query({ url }: Gateway, host: string, headers = '') {
  const head = `POST /graphql HTTP/1.1\r\nHost: ${host}\r\n${headers}Content-Type: application/json\r\nConnection: close\r\n`;
  return exchange(url.replace('0.0.0.0', '127.0.0.1'), `${head}Content-Length: ${BODY.length}\r\n\r\n${BODY}`);
}

/** The answer of the archive to a call with this Host header. */
function call({ archiveUrl }: Gateway, host: string) {
  const head = `POST / HTTP/1.1\r\nHost: ${host}\r\nX-Amz-Target: InspectorService.ListRulesPackages\r\nConnection: close\r\n`;
  return exchange(archiveUrl, `${head}Content-Length: 2\r\n\r\n{}`);
}

const LOCAL = ['localhost', 'localhost:4000', 'LOCALHOST.', 'a.localhost:1', '127.0.0.1', '127.9.8.7:80', '[::1]:4000'];
const FOREIGN = ['evil.example', 'evil.example:4000', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1'];
const BROKEN = ['localhost@evil.example', '[::1', '', 'localhost:4000:1', 'evil.example/127.0.0.1'];

describe('On a loopback address', () => {
  test.each(LOCAL)('both ports answer for %s', async (host) => {
    for (const gateway of [loopback, listed, workers]) {
      expect(await query(gateway, host)).toMatchObject({ status: 200, body: DATA });
      expect(await call(gateway, host)).toMatchObject({ status: 200 });
    }
  });

  test.each([...FOREIGN, ...BROKEN])('neither answers for %j, also when the answer is cached', async (host) => {
    for (const gateway of [loopback, listed, workers]) {
      for (let times = 0; times < 3; times += 1) await query(gateway, 'localhost');
      const refused = await query(gateway, host);
      expect(refused.status).toBe(421);
      expect(refused.headers['content-type']).toMatch(/^application\/json/);
      const { errors } = JSON.parse(refused.body);
      expect(errors).toEqual([
        {
          message: expect.stringContaining('ALLOWED_HOSTS'),
          extensions: { code: 'MISDIRECTED_REQUEST', requestId: refused.headers['x-request-id'] },
        },
      ]);
      const error = await call(gateway, host);
      expect(error.status).toBe(421);
      expect(error.headers).toMatchObject({
        'content-type': 'application/x-amz-json-1.1',
        'x-amzn-requestid': expect.stringMatching(/./),
      });
      expect(JSON.parse(error.body)).toEqual({
        __type: 'MalformedHttpRequestException',
        message: expect.stringContaining('ALLOWED_HOSTS'),
      });
    }
  });

  test.each(['gateway.example:8443', 'GATEWAY.example.', 'a.portal.example', 'a.b.portal.example'])(
    'both answer for %s where it is listed',
    async (host) => {
      expect((await query(listed, host)).body).toBe(DATA);
      expect((await call(listed, host)).status).toBe(200);
    },
  );

  test.each(['portal.example', 'x-gateway.example', 'gateway.example.evil'])(
    'neither answers for %s, which is like one that is listed',
    async (host) => {
      expect((await query(listed, host)).status).toBe(421);
      expect((await call(listed, host)).status).toBe(421);
    },
  );

  test('every path is refused: pages, health and reports', async () => {
    const paths = ['/', '/healthz', '/readyz', '/graphql?query={__typename}', '/%', '/assessment-reports/x'];
    for (const url of [loopback.url, loopback.archiveUrl]) {
      for (const path of paths) {
        const answer = await exchange(url, `GET ${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);
        expect({ path, status: answer.status }).toEqual({ path, status: 421 });
      }
    }
  });

  test('a target in absolute form needs a host that is allowed, as its Host header does', async () => {
    const paths = [
      [loopback.url, '/healthz'],
      [loopback.archiveUrl, '/assessment-reports/x'],
    ] as const;
    for (const [url, path] of paths) {
      const ask = async (target: string, host: string) =>
        (await exchange(url, `GET ${target}${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).status;
      expect(await ask('http://localhost:1', 'localhost')).not.toBe(421);
      expect(await ask('http://evil.example', 'localhost')).toBe(421);
      expect(await ask('HTTPS://localhost@evil.example', 'localhost')).toBe(421);
      expect(await ask('http://localhost', 'evil.example')).toBe(421);
    }
  });

  test('allowed pages can read a refusal, and the log has it', async () => {
    const headers = 'Origin: https://portal.example\r\nX-Request-Id: misdirected\r\n';
    const refused = await query(loopback, 'evil.example', headers);
    expect(refused.headers).toMatchObject({
      'access-control-allow-origin': 'https://portal.example',
      'x-request-id': 'misdirected',
      'cache-control': 'no-store',
    });
    expect(await loopback.requestLine('misdirected')).toMatchObject({ path: '/graphql', status: 421 });
  });

  test('HTTP/1.0 needs no Host header, HTTP/1.1 does', async () => {
    for (const url of [loopback.url, loopback.archiveUrl]) {
      expect((await exchange(url, 'GET /healthz HTTP/1.0\r\n\r\n')).status).toBe(200);
      expect((await exchange(url, 'GET /healthz HTTP/1.0\r\nHost: evil.example\r\n\r\n')).status).toBe(421);
      const refused = await exchange(url, 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n');
      expect(refused.status).toBe(400);
      expect(refused.body).toMatch(/Host/);
    }
  });
});

describe('On another address', () => {
  test.each(['gateway', 'evil.example:4000', '10.0.0.1:4000'])(
    '%s is answered while nothing is listed',
    async (host) => {
      expect((await query(everywhere, host)).body).toBe(DATA);
    },
  );

  test('listed names are answered, and addresses, which health checks use', async () => {
    for (const host of ['gateway.example', 'localhost:4000', '10.0.0.1:4000', '[fe80::1]:4000']) {
      expect({ host, status: (await query(restricted, host)).status }).toEqual({ host, status: 200 });
    }
    for (const host of ['evil.example', 'gateway', '']) {
      expect({ host, status: (await query(restricted, host)).status }).toEqual({ host, status: 421 });
    }
  });

  test('the archive inside stays on loopback, and answers for its names alone', async () => {
    expect((await call(everywhere, 'evil.example')).status).toBe(421);
    expect((await call(everywhere, 'localhost')).status).toBe(200);
  });
});
