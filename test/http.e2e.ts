import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { exampleArn } from './helpers/runs.js';

type Gateway = Awaited<ReturnType<typeof startGateway>>;
let gateway: Gateway;
let production: Gateway;
let development: Gateway;

beforeAll(async () => {
  const corsOrigins = { CORS_ORIGINS: 'https://portal.example' };
  [gateway, production, development] = await Promise.all([
    startGateway(corsOrigins),
    startGateway({ ...corsOrigins, NODE_ENV: 'production' }),
    startGateway({ NODE_ENV: 'development' }),
  ]);
  for (const { kill } of [gateway, production, development]) endAfterAll(kill);
});

const JSON_TYPE = { 'content-type': 'application/json' };
const ONE_FIELD = '{"query":"{ __typename }"}';

function post(body: string | Buffer, headers: Record<string, string> = JSON_TYPE) {
  return fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body: body as string });
}

describe('A request is refused', () => {
  test.each<[string, string | Buffer, Record<string, string>, number, RegExp]>([
    ['that is no JSON', '{"query"', JSON_TYPE, 400, /Invalid JSON/],
    ['that is no UTF-8', Buffer.from([0x22, 0xff, 0x22]), JSON_TYPE, 400, /UTF-8/],
    ['of another charset', ONE_FIELD, { 'content-type': 'application/json; charset=utf-16' }, 415, /UTF-8.*utf-16/],
    ['of another type', ONE_FIELD, { 'content-type': 'application/xml' }, 415, /application\/xml|Unsupported/],
    ['that a form of another site could send', ONE_FIELD, { 'content-type': 'text/plain' }, 400, /Cross-Site/],
    ['over 1 MiB', JSON.stringify({ query: 'x'.repeat(1024 * 1024) }), JSON_TYPE, 413, /large/i],
    ['without a query', '{}', JSON_TYPE, 400, /POST body missing/],
  ])('%s, with a GraphQL error', async (_title, body, headers, status, message) => {
    const response = await post(body, headers);
    expect(response.status).toBe(status);
    const { errors } = (await response.json()) as { errors: { message: string; extensions: object }[] };
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toMatch(message);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('that is far too long, also to a client that is still sending it', async () => {
    const body = 'x'.repeat(16 * 1024 * 1024);
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await post(body, JSON_TYPE)).status));
    expect(statuses).toEqual(Array(8).fill(413));
  });

  test('by GET without a header that makes browsers send a preflight request', async () => {
    const url = `${gateway.url}/graphql?query={__typename}`;
    expect((await fetch(url)).status).toBe(400);
    const asked = await fetch(url, { headers: { 'apollo-require-preflight': 'true' } });
    expect(await asked.json()).toEqual({ data: { __typename: 'Query' } });
  });

  test('at another path, with the path of GraphQL', async () => {
    const response = await fetch(`${gateway.url}/elsewhere?secret=1`);
    expect(response.status).toBe(404);
    expect(await response.text()).toMatch(/GraphQL is at \/graphql/);
  });
});

describe('The status of an error of the GraphQL level', () => {
  const tooMany = { query: `query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { name } }` };
  const arns = Array.from({ length: 101 }, (_, number) => `run-${number}`);
  const cases: [string, object, string][] = [
    ['GRAPHQL_PARSE_FAILED', { query: '{' }, 'parse'],
    ['GRAPHQL_VALIDATION_FAILED', { query: '{ nothing }' }, 'validation'],
    ['GRAPHQL_VALIDATION_FAILED', { query: 'mutation { assessmentRun }' }, 'a mutation'],
    ['GRAPHQL_VALIDATION_FAILED', { query: 'subscription { assessmentRuns { nodes { arn } } }' }, 'a subscription'],
    ['BAD_USER_INPUT', { query: tooMany.query, variables: {} }, 'coercion'],
    ['OPERATION_RESOLUTION_FAILURE', { query: '{ __typename }', operationName: 'Other' }, 'name'],
    ['OPERATION_TOO_COSTLY', { query: tooMany.query, variables: { arns } }, 'cost'],
  ];

  test.each(cases)(
    '%s is 200 for application/json and 400 for application/graphql-response+json',
    async (code, body) => {
      for (const [accept, status] of [
        ['*/*', 200],
        ['application/json', 200],
        ['application/graphql-response+json', 400],
        ['application/graphql-response+json, application/json;q=0.9', 400],
      ] as const) {
        const answer = await gateway.post(body, { accept });
        expect({ accept, status: answer.status }).toEqual({ accept, status });
        expect(answer.body.errors[0].extensions.code).toBe(code);
        expect(answer.body).not.toHaveProperty('data');
      }
    },
  );
});

describe('The Sandbox', () => {
  test("is Apollo's at /sandbox, asks /graphql, and holds a query for the example run", async () => {
    const response = await fetch(`${gateway.url}/sandbox`);
    const html = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(html).toContain('EmbeddedSandbox');
    expect(html).toContain("initialEndpoint = new URL('/graphql', window.location.href).href");
    expect(html).toContain(exampleArn);
  });

  test('is not there in production', async () => {
    expect((await fetch(`${production.url}/sandbox`)).status).toBe(404);
  });
});

describe('Introspection', () => {
  const introspect = { query: '{ __schema { queryType { name } } }' };

  test('is there outside production', async () => {
    expect((await gateway.post(introspect)).body).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } });
  });

  test('is off in production, and no message suggests names', async () => {
    expect((await production.post(introspect)).body.errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    const misspelt = { query: '{ assessmentRuns { edge { cursor } } }' };
    expect((await gateway.post(misspelt)).body.errors[0].message).toMatch(/Did you mean/);
    expect((await production.post(misspelt)).body.errors[0].message).not.toMatch(/Did you mean|edges/);
  });
});

test('Stack traces are for NODE_ENV=development only', async () => {
  const failing = { query: '{ assessmentRun(arn: "x") { arn } }' };
  expect((await development.post(failing)).body.errors[0].extensions).toHaveProperty('stacktrace');
  expect((await gateway.post(failing)).body.errors[0].extensions).not.toHaveProperty('stacktrace');
  expect((await production.post(failing)).body.errors[0].extensions).not.toHaveProperty('stacktrace');
});

describe('CORS', () => {
  async function allowedOrigin({ url }: Gateway, origin: string) {
    const preflight = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    const response = await fetch(`${url}/graphql`, { method: 'OPTIONS', headers: preflight });
    const actual = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { ...JSON_TYPE, origin },
      body: ONE_FIELD,
    });
    expect(actual.headers.get('access-control-allow-origin')).toBe(response.headers.get('access-control-allow-origin'));
    return response.headers.get('access-control-allow-origin');
  }

  test('allows the configured origins, Apollo Studio outside production, and no others', async () => {
    const [portal, studio, other] = [
      'https://portal.example',
      'https://studio.apollographql.com',
      'https://evil.example',
    ];
    expect(await allowedOrigin(gateway, portal)).toBe(portal);
    expect(await allowedOrigin(gateway, studio)).toBe(studio);
    expect(await allowedOrigin(gateway, other)).toBeNull();
    expect(await allowedOrigin(production, portal)).toBe(portal);
    expect(await allowedOrigin(production, studio)).toBeNull();
  });
});

describe('x-request-id', () => {
  test('is taken, echoed and logged', async () => {
    const { headers } = await gateway.post({ query: '{ __typename }' }, { 'x-request-id': 'from-the-client.1' });
    expect(headers.get('x-request-id')).toBe('from-the-client.1');
    const line = await gateway.requestLine('from-the-client.1');
    expect(line).toMatchObject({ method: 'POST', path: '/graphql', status: 200 });
  });

  test('is generated where it is absent or unsafe', async () => {
    for (const headers of [{}, { 'x-request-id': 'x'.repeat(129) }, { 'x-request-id': 'a b' }]) {
      const answer = await gateway.post({ query: '{ __typename }' }, headers as Record<string, string>);
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

test('The log holds a line for each request, without its query, variables and credentials', async () => {
  const secrets = {
    authorization: 'Bearer secret-token',
    cookie: 'session=secret-cookie',
    'apollo-require-preflight': '1',
  };
  await fetch(`${gateway.url}/graphql?query={__typename}&variables={"a":"secret-variable"}`, {
    headers: { ...secrets, 'x-request-id': 'secretive' },
  });
  await gateway.requestLine('secretive');
  expect(gateway.log().filter((line) => line.requestId === 'secretive')).toHaveLength(1);
  expect(JSON.stringify(gateway.log())).not.toMatch(/secret-/);
});

test('/healthz and /readyz answer 200 while the gateway runs', async () => {
  for (const path of ['/healthz', '/readyz']) expect((await fetch(gateway.url + path)).status).toBe(200);
});

test('An idle connection is left open for 72 s, by the archive inside as by the gateway', async () => {
  const responses = [await post(ONE_FIELD), await fetch(gateway.archiveUrl, { method: 'POST' })];
  expect(responses.map(({ headers }) => headers.get('keep-alive'))).toEqual(['timeout=72', 'timeout=72']);
});

test('Invalid HTTP is answered, and the gateway goes on', async () => {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.end('NONSENSE\r\n\r\n');
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  expect(answer).toMatch(/^HTTP\/1.1 400/);
  expect((await post(ONE_FIELD)).status).toBe(200);
});
