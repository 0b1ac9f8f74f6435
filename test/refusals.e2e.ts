import { beforeAll, describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { exchange, type RawAnswer } from './helpers/client.js';
import { startGateway } from './helpers/gateway.js';

const PORTAL = 'https://portal.example';
const BODY = '{"query":"{ __typename }"}';
/** Longer than the headers that the gateway takes, and than those of the archive, which may have a scope. */
const LONG = 'x'.repeat(20_000);
const LONG_FOR_ARCHIVE = 'x'.repeat(100_000);

let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  gateway = await startGateway({ CORS_ORIGINS: PORTAL });
  endAfterAll(gateway.kill);
});

/** A request of a page of an allowed origin; `Connection: close` ends its answer. */
function toRequest(line: string, headers: string[] = [], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${body.length}`];
  const own = ['Host: localhost', `Origin: ${PORTAL}`, 'Connection: close', ...headers, ...length];
  return `${line} HTTP/1.1\r\n${own.join('\r\n')}\r\n\r\n${body}`;
}

const toPost = (headers: string[], body = BODY) => toRequest('POST /graphql', headers, body);
const CHUNKED = ['Transfer-Encoding: chunked', 'Content-Type: application/json'];

/** Refusals of both ports, with their statuses. */
const toBroken = (long: string): [string, string, number][] => [
  ['headers that are too large', toRequest('GET /healthz', [`X: ${long}`]), 431],
  ['a URL that is too long', toRequest(`GET /graphql?query=${long}`), 431],
  ['no HTTP', 'NONSENSE\r\n\r\n', 400],
  ['a header with a control character', toRequest('GET /healthz', ['X: a\x01b']), 400],
  ['a body of two lengths', toPost(['Content-Type: application/json', 'Content-Length: 1'], BODY), 400],
  ['a chunk of no length', toRequest('POST /graphql', CHUNKED, '').concat('zz\r\n'), 400],
  ['a chunk with endless extensions', `${toRequest('POST /graphql', CHUNKED)}1;${long}${long}`, 413],
  ['an expectation of something else', toPost(['Expect: wonders', 'Content-Type: application/json']), 417],
  ['no host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['another host', 'GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n', 421],
  ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
];

const broken = toBroken(LONG);

/** Refusals of the gateway alone: [title, request, status, message]. */
const refused: [string, string, number, RegExp][] = [
  ...['PUT', 'DELETE', 'PATCH', 'TRACE', 'QUERY', 'PROPFIND'].map((method): (typeof refused)[number] => [
    `${method} of /graphql`,
    toRequest(`${method} /graphql`),
    405,
    /GET and POST/,
  ]),
  ['POST of /', toRequest('POST /', [], 'x'), 405, /GET/],
  ['POST of /healthz', toRequest('POST /healthz'), 405, /GET/],
  ['DELETE of /readyz/', toRequest('DELETE /readyz/?a=b'), 405, /GET/],
  ['a body without a type', toPost([]), 415, /application\/json/],
  ['a body of an empty type', toPost(['Content-Type: ']), 415, /application\/json/],
  ['a body of another type', toPost(['Content-Type: application/xml']), 415, /application\/json/],
  [
    'a body that is encoded',
    toPost(['Content-Type: application/json', 'Content-Encoding: gzip']),
    415,
    /application\/json.*gzip/,
  ],
  ['a path that cannot be decoded', toRequest('GET /%'), 400, /%/],
  ['another path', toRequest('GET /nothing'), 404, /graphql/],
  ['an endless path segment', toRequest(`GET /${'x'.repeat(10_000)}`), 404, /graphql/],
];

function expectGraphQL({ headers, body, status }: RawAnswer): { message: string; extensions: { code: string } } {
  expect(headers['content-type']).toMatch(/^application\/json/);
  const { errors, ...rest } = JSON.parse(body);
  expect({ count: errors.length, rest }).toEqual({ count: 1, rest: {} });
  expect(errors[0].extensions).toEqual({
    code: expect.stringMatching(/^[A-Z_]+$/),
    requestId: headers['x-request-id'],
  });
  expect(body).not.toMatch(/node_modules|\bat .*:\d+|stack/);
  expect({ status, cache: headers['cache-control'] }).toEqual({ status, cache: 'no-store' });
  return errors[0];
}

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

describe('The gateway refuses', () => {
  test.each(broken)("%s in GraphQL's form of errors", async (_title, text, status) => {
    const answer = await exchange(gateway.url, text);
    expect(answer.status).toBe(status);
    expectGraphQL(answer);
    expect(answer.headers).toMatchObject(SECURITY_HEADERS);
    if (text.includes(PORTAL)) expect(answer.headers['access-control-allow-origin']).toBe(PORTAL);
  });

  test.each(refused)("%s in GraphQL's form of errors, with a hint", async (_title, text, status, message) => {
    const answer = await exchange(gateway.url, text);
    expect(answer.status).toBe(status);
    expect(expectGraphQL(answer).message).toMatch(message);
    expect(answer.headers).toMatchObject({ ...SECURITY_HEADERS, 'access-control-allow-origin': PORTAL });
    if (status === 405) expect(answer.headers.allow).toMatch(/^GET, (HEAD|POST)$/);
  });

  test('an encoded body even where the answer to the same text is cached', async () => {
    const json = ['Content-Type: application/json'];
    for (let times = 0; times < 3; times += 1) expect((await exchange(gateway.url, toPost(json))).status).toBe(200);
    expect((await exchange(gateway.url, toPost([...json, 'Content-Encoding: br']))).status).toBe(415);
    expect((await exchange(gateway.url, toPost([...json, 'Content-Encoding: identity']))).status).toBe(200);
  });

  test('a page of another origin so that it cannot read why', async () => {
    const text = toRequest('GET /healthz', [`X: ${LONG}`]).replace(PORTAL, 'https://evil.example');
    expect((await exchange(gateway.url, text)).headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('a broken request after it has answered those before', async () => {
    const { body } = await exchange(
      gateway.url,
      `${toPost(['Content-Type: application/json']).replace('Connection: close\r\n', '')}NONSENSE\r\n\r\n`,
    );
    expect(body).toMatch(/^{"data":{"__typename":"Query"}}\nHTTP\/1\.1 400 /);
  });
});

describe('The archive refuses', () => {
  test.each(toBroken(LONG_FOR_ARCHIVE))('%s as an error of its protocol', async (_title, text, status) => {
    const answer = await exchange(gateway.archiveUrl, text);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      ...SECURITY_HEADERS,
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': expect.stringMatching(/./),
    });
    expect(JSON.parse(answer.body)).toEqual({
      __type: expect.stringMatching(/Exception$/),
      message: expect.any(String),
    });
  });
});

test('Every answer of both ports has the security headers', async () => {
  const json = ['Content-Type: application/json'];
  const answers = [
    toRequest('GET /'),
    toRequest('GET /healthz'),
    toRequest('HEAD /readyz'),
    toRequest('OPTIONS /graphql', ['Access-Control-Request-Method: POST']),
    ...[1, 2, 3].map(() => toPost(json)),
    toPost(json, '{'),
    toPost(json, '{"query":"{ nothing }"}'),
    toPost(['X-Amz-Target: InspectorService.ListRulesPackages'], '{}'),
    toRequest('GET /assessment-reports/x'),
  ];
  for (const url of [gateway.url, gateway.archiveUrl]) {
    for (const text of answers) {
      expect((await exchange(url, text)).headers).toMatchObject({
        ...SECURITY_HEADERS,
        // A page has a stricter one.
        'content-security-policy': expect.stringMatching(/(?:^|; )frame-ancestors 'none'$/),
      });
    }
  }
});

test('The log has only lines of JSON, and no stack', async () => {
  const noise = [
    '\x00\x01\xff'.repeat(1000),
    '\r\n\r\n\r\n',
    'GET\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    `\x16\x03\x01${LONG}`,
  ];
  const texts = [...broken, ...refused].map(([, text]) => text);
  for (const url of [gateway.url, gateway.archiveUrl]) {
    for (const text of [
      ...texts,
      ...noise,
      '',
      'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    ]) {
      await exchange(url, text, true);
    }
  }
  gateway.child.kill('SIGTERM');
  const { stderr } = await gateway.exited;
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ level }) => level > 30)).toEqual([]);
  expect(stderr).not.toMatch(/node_modules|stack/);
});
