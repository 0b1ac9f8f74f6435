import { beforeAll, describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { exchange } from './helpers/client.js';
import { startGateway } from './helpers/gateway.js';

type Gateway = Awaited<ReturnType<typeof startGateway>>;
let gateway: Gateway;
let production: Gateway;
let open: Gateway;

beforeAll(async () => {
  const CORS_ORIGINS = 'https://portal.example,https://*.portal.example,http://inside.example:*';
  [gateway, production, open] = await Promise.all([
    startGateway({ CORS_ORIGINS }),
    startGateway({ CORS_ORIGINS, CORS_CREDENTIALS: 'on', NODE_ENV: 'production' }),
    startGateway({ CORS_ORIGINS: '*', NODE_ENV: 'production' }),
  ]);
  for (const { kill } of [gateway, production, open]) endAfterAll(kill);
});

const BODY = '{"query":"{ __typename }"}';

function send({ url }: Gateway, line: string, headers: string[], body = '') {
  const own = ['Host: localhost', 'Connection: close', ...(body === '' ? [] : [`Content-Length: ${body.length}`])];
  return exchange(url, `${line} HTTP/1.1\r\n${[...own, ...headers].join('\r\n')}\r\n\r\n${body}`);
}

const post = (to: Gateway, origin: string) =>
  send(to, 'POST /graphql', [`Origin: ${origin}`, 'Content-Type: application/json'], BODY);
const preflight = (to: Gateway, origin: string, headers: string[] = []) =>
  send(to, 'OPTIONS /graphql', [
    `Origin: ${origin}`,
    'Access-Control-Request-Method: POST',
    'Access-Control-Request-Headers: content-type,x-request-id',
    ...headers,
  ]);
/** A request that is refused before routing. */
const refused = (to: Gateway, origin: string) => send(to, `GET /${'x'.repeat(20_000)}`, [`Origin: ${origin}`]);

const always = [
  'https://portal.example',
  'https://a.portal.example',
  'https://a.b.portal.example',
  'http://inside.example',
  'http://inside.example:8080',
];
const outsideProduction = [
  'http://localhost:5173',
  'http://localhost',
  'http://127.0.0.1:6006',
  'https://studio.apollographql.com',
];
const never = [
  'null',
  'https://evil.example',
  'https://evilportal.example',
  'https://portal.example.evil.example',
  'https://portal.example:8443',
  'http://portal.example',
  'https://.portal.example',
  'https://evil.example/.portal.example',
  'https://inside.example',
  'http://inside.example:80.evil.example',
  'http://localhost.evil.example',
  'https://localhost:5173',
  'http://127.0.0.1.evil.example:80',
];

describe('An origin is allowed alike in preflight requests, answers and early refusals:', () => {
  test.each([
    ...always.map((origin) => [origin, true, true] as const),
    ...outsideProduction.map((origin) => [origin, true, false] as const),
    ...never.map((origin) => [origin, false, false] as const),
  ])('%s outside production %p, in production %p', async (origin, mayOutside, mayInside) => {
    for (const [to, may] of [
      [gateway, mayOutside],
      [production, mayInside],
    ] as const) {
      for (const ask of [preflight, post, refused]) {
        const { headers } = await ask(to, origin);
        expect(headers['access-control-allow-origin']).toBe(may ? origin : undefined);
        expect(headers['access-control-allow-credentials']).toBe(may && to === production ? 'true' : undefined);
        expect(headers.vary).toContain('Origin');
      }
    }
  });
});

test('A page may read Retry-After, ETag and the request id', async () => {
  for (const { headers } of [await post(gateway, 'http://localhost:1'), await refused(gateway, 'http://localhost:1')]) {
    expect(headers['access-control-expose-headers']).toBe('retry-after, etag, x-request-id');
  }
});

test('A preflight request is answered with the requested headers, for ten minutes', async () => {
  const { status, headers, body } = await preflight(gateway, 'https://portal.example');
  expect([status, body]).toEqual([204, '']);
  expect(headers).toMatchObject({
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'content-type,x-request-id',
    'access-control-max-age': '600',
  });
});

test('A public page may ask a gateway on a private network if its origin is allowed', async () => {
  const asked = ['Access-Control-Request-Private-Network: true'];
  const allowed = async (to: Gateway, origin: string, headers = asked) =>
    (await preflight(to, origin, headers)).headers['access-control-allow-private-network'];
  expect(await allowed(gateway, 'https://studio.apollographql.com')).toBe('true');
  expect(await allowed(gateway, 'https://studio.apollographql.com', [])).toBeUndefined();
  expect(await allowed(production, 'https://studio.apollographql.com')).toBeUndefined();
  expect(await allowed(gateway, 'https://evil.example')).toBeUndefined();
});

test('With * any page may ask, without credentials', async () => {
  const { headers } = await post(open, 'https://anybody.example');
  expect(headers['access-control-allow-origin']).toBe('*');
  expect(headers).not.toHaveProperty('access-control-allow-credentials');
});

describe('The log names a refused origin', () => {
  const linesOf = (to: Gateway) => to.log().filter(({ msg }) => msg === 'origin refused');

  test('once, with the setting that would allow it, and neither allowed ones nor its own', async () => {
    const server = await startGateway({ NODE_ENV: 'production' });
    endAfterAll(server.kill);
    for (let times = 0; times < 3; times += 1) await post(server, 'https://portal.example');
    await preflight(server, 'https://other.example');
    await post(server, 'http://localhost');
    await post(server, 'http://localhost:1');
    await server.stderrMatch(/http:\/\/localhost:1/);
    expect(linesOf(server)).toMatchObject(
      ['https://portal.example', 'https://other.example', 'http://localhost:1'].map((origin) => ({
        level: 30,
        origin,
        help: expect.stringContaining('CORS_ORIGINS'),
      })),
    );
  });

  test('and the setting for pages without an origin', async () => {
    const server = await startGateway({ NODE_ENV: 'production' });
    endAfterAll(server.kill);
    await post(server, 'null');
    await server.stderrMatch(/origin refused/);
    expect(linesOf(server)).toMatchObject([{ origin: 'null', help: expect.stringContaining('CORS_ORIGINS is *') }]);
  });

  test('a hundred times at most', async () => {
    const server = await startGateway({ NODE_ENV: 'production' });
    endAfterAll(server.kill);
    for (let number = 0; number < 120; number += 1) await post(server, `https://a${number}.example`);
    await server.stderrMatch(/a99\.example/);
    server.child.kill('SIGTERM');
    await server.exited;
    expect(linesOf(server)).toHaveLength(100);
  });
});
