import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { freshArn, runArn, toRunNumber } from './helpers/runs.js';
import { answerLikeInspector, sendJson, startScriptedUpstream } from './helpers/scripted-upstream.js';

/** No such run. */
const UNKNOWN = runArn(404);
/** Holds the answers for these runs until they are released. */
const held = new Map<string, () => void>();
const toHeldArn = () => freshArn().replace('0-Target00', '0-Held0000');

let upstream: Awaited<ReturnType<typeof startScriptedUpstream>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  upstream = await startScriptedUpstream((call, response) => {
    const arn = call.input.assessmentRunArn;
    if (arn === UNKNOWN) {
      const error = { __type: 'NoSuchEntityException', errorCode: 'ASSESSMENT_RUN_DOES_NOT_EXIST', canRetry: false };
      return sendJson(response, 400, { ...error, message: '' });
    }
    if (!arn?.includes('0-Held0000')) return answerLikeInspector(call, response);
    held.set(arn, () => answerLikeInspector(call, response));
  });
  endAfterAll(upstream.stop);
  gateway = await startGateway({
    INSPECTOR_ENDPOINT: upstream.url,
    CORS_ORIGINS: 'https://portal.example,https://other.example',
  });
  endAfterAll(gateway.kill);
});

const QUERY =
  'query Run($arn: ID!, $first: Int) { assessmentRun(arn: $arn) { name telemetry(first: $first) { count } } }';

/** Sends raw text. */
async function send(body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function get(
  parameters: Record<string, string>,
  headers: Record<string, string> = { 'apollo-require-preflight': '1' },
) {
  const response = await fetch(`${gateway.url}/graphql?${new URLSearchParams(parameters)}`, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const callsFor = (arn: string) => upstream.calls.filter(({ input }) => JSON.stringify(input).includes(arn)).length;
const toAnswer = (arn: string) =>
  `${JSON.stringify({ data: { assessmentRun: { name: `Run ${toRunNumber(arn)}`, telemetry: [{ count: toRunNumber(arn) }] } } })}\n`;

describe('The same request', () => {
  test('is answered with the same bytes, without a call of Inspector or another execution', async () => {
    const arn = freshArn();
    const body = JSON.stringify({ query: QUERY, variables: { arn } });
    const answers = [];
    for (let times = 0; times < 5; times += 1) answers.push((await send(body)).text);
    expect(answers).toEqual(Array(5).fill(toAnswer(arn)));
    expect(callsFor(arn)).toBe(2);
  });

  test('is the same by GET, with its variables in another order, and with other space', async () => {
    const arn = freshArn();
    const texts = [
      await send(JSON.stringify({ query: QUERY, variables: { arn, first: 5 } })),
      await send(JSON.stringify({ variables: { first: 5, arn }, query: QUERY }, null, 2)),
      await get({ query: QUERY, variables: JSON.stringify({ first: 5, arn }) }),
    ].map(({ text }) => text);
    expect(texts).toEqual(Array(3).fill(toAnswer(arn)));
    expect(callsFor(arn)).toBe(2);
  });

  test('is another one with another operation name, or with a number too large for JSON instead of null', async () => {
    const arn = freshArn();
    const query = `query A { a: assessmentRun(arn: "${arn}") { name } } query B { b: assessmentRun(arn: "${arn}") { name } }`;
    for (const operationName of ['A', 'B', 'A', 'B']) {
      const { text } = await send(JSON.stringify({ query, operationName }));
      expect(JSON.parse(text).data).toEqual({ [operationName.toLowerCase()]: { name: `Run ${toRunNumber(arn)}` } });
    }
    for (const first of ['null', '1e999', 'null', '1e999']) {
      const { text } = await send(`{"query":${JSON.stringify(QUERY)},"variables":{"arn":"${arn}","first":${first}}}`);
      expect(JSON.parse(text).errors === undefined).toBe(first === 'null');
    }
  });

  test('is executed once for concurrent clients', async () => {
    const arn = toHeldArn();
    const body = JSON.stringify({ query: QUERY, variables: { arn } });
    const asked = Array.from({ length: 50 }, () => send(body));
    while (!held.has(arn)) await send('{"query":"{ __typename }"}');
    held.get(arn)?.();
    expect(new Set((await Promise.all(asked)).map(({ text }) => text))).toEqual(new Set([toAnswer(arn)]));
    expect(callsFor(arn)).toBe(2);
  });

  test('has a line in the log and the id of its caller each time', async () => {
    const body = JSON.stringify({ query: QUERY, variables: { arn: freshArn() } });
    for (const id of ['first-look-1', 'first-look-2', 'first-look-3', 'first-look-4']) {
      expect((await send(body, { 'x-request-id': id })).headers.get('x-request-id')).toBe(id);
      expect(await gateway.requestLine(id)).toMatchObject({ method: 'POST', path: '/graphql', status: 200 });
    }
    const own = (await send(body, { 'x-request-id': 'not fit for a log' })).headers.get('x-request-id');
    expect(own).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('has the headers of its own origin each time', async () => {
    const body = JSON.stringify({ query: QUERY, variables: { arn: freshArn() } });
    const origins = ['https://portal.example', 'https://other.example', 'https://evil.example'];
    for (const origin of [...origins, ...origins, ...origins]) {
      const { headers } = await send(body, { origin });
      expect(headers.get('access-control-allow-origin')).toBe(origin.includes('evil') ? null : origin);
      expect(headers.get('vary')).toContain('Origin');
    }
    expect((await send(body)).headers.get('access-control-allow-origin')).toBeNull();
  });

  test('has its own media type each time', async () => {
    const body = JSON.stringify({ query: QUERY, variables: { arn: freshArn() } });
    const types = ['application/json', 'application/graphql-response+json'];
    for (const accept of [...types, ...types, ...types]) {
      expect((await send(body, { accept })).headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
    }
    expect((await send(body, { accept: 'text/html' })).status).toBe(406);
  });

  test('may arrive in two packets, and two of them in one', async () => {
    const arn = freshArn();
    const body = JSON.stringify({ query: QUERY, variables: { arn } });
    for (let times = 0; times < 3; times += 1) await send(body);
    const head = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`;
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write(`${head}\r\n${body.slice(0, 50)}`);
    await once(socket, 'connect');
    socket.write(`${body.slice(50)}${head}connection: close\r\n\r\n${body}`);
    let received = '';
    for await (const chunk of socket) received += chunk;
    expect(received.split(toAnswer(arn).trim())).toHaveLength(3);
    expect(callsFor(arn)).toBe(2);
  });
});

describe('An answer is not cached', () => {
  test.each([
    ['an error', `{ assessmentRun(arn: "${UNKNOWN}") { telemetry { count } } }`],
    ['an error as data', `{ assessmentRun(arn: "${UNKNOWN}") { telemetryResult { __typename } } }`],
    ['a list', '{ assessmentRuns { nodes { arn } } }'],
    ['nothing that was read', '{ __typename }'],
    ['a refusal', '{ nonsense }'],
  ])('with %s', async (_title, query) => {
    for (const { headers } of [await get({ query }), await get({ query }), await send(JSON.stringify({ query }))]) {
      expect([headers.get('cache-control'), headers.get('etag')]).toEqual(['no-store', null]);
    }
  });
});

test.each([
  ['GET', '/nothing', {}, 404],
  ['PUT', '/graphql', {}, 405],
  ['GET', '/%zz', {}, 400],
  ['GET', '/graphql?query={__typename}', {}, 400],
  ['GET', '/graphql?query={__typename}', { accept: 'text/plain', 'apollo-require-preflight': '1' }, 406],
  ['POST', '/graphql', { 'content-type': 'application/xml' }, 415],
  ['POST', '/graphql', { 'content-type': 'application/json' }, 400],
] as const)('%s %s with %j is refused for the moment only', async (method, path, headers, status) => {
  const body = method === 'POST' ? '{' : undefined;
  const response = await fetch(gateway.url + path, { method, headers, ...(body && { body }) });
  expect([response.status, response.headers.get('cache-control')]).toEqual([status, 'no-store']);
});

describe('By GET', () => {
  test('an answer in its last second may be revalidated, and is not cached', async () => {
    const short = await startGateway({ INSPECTOR_ENDPOINT: upstream.url, CACHE_TTL_SECONDS: '1' });
    endAfterAll(short.kill);
    const query = new URLSearchParams({ query: `{ assessmentRun(arn: "${freshArn()}") { telemetry { count } } }` });
    const { headers } = await fetch(`${short.url}/graphql?${query}`, { headers: { 'apollo-require-preflight': '1' } });
    expect(headers.get('cache-control')).toBe('public, no-cache');
    expect(headers.get('etag')).toMatch(/^"/);
    expect(headers.get('vary')).toContain('Accept');
  });

  test('an answer has its max-age, and is 304 for a client that has it', async () => {
    const parameters = { query: QUERY, variables: JSON.stringify({ arn: freshArn() }) };
    const { headers } = await get(parameters);
    const etag = headers.get('etag') as string;
    expect(headers.get('cache-control')).toMatch(/^public, max-age=\d+$/);
    expect(headers.get('vary')?.split(', ').sort()).toEqual(['Accept', 'Accept-Encoding', 'Origin']);
    for (const match of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get(parameters, { 'apollo-require-preflight': '1', 'if-none-match': match });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    const other = await get(parameters, { 'apollo-require-preflight': '1', 'if-none-match': '"other"' });
    expect(other.status).toBe(200);
  });

  test('a cached answer is still refused to a page of an origin that is not allowed', async () => {
    const parameters = { query: QUERY, variables: JSON.stringify({ arn: freshArn() }) };
    for (let times = 0; times < 3; times += 1) await get(parameters);
    expect((await get(parameters, {})).status).toBe(400);
    expect((await get(parameters, { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await get(parameters, { 'content-type': 'application/json' })).status).toBe(200);
  });

  test('a hash of another query is an error, also when its answer is cached', async () => {
    const query = `{ assessmentRun(arn: "${freshArn()}") { name } }`;
    const { createHash } = await import('node:crypto');
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    for (let times = 0; times < 3; times += 1)
      expect((await send(JSON.stringify({ query, extensions }))).status).toBe(200);
    const { text } = await send(JSON.stringify({ query: `${query} `, extensions }));
    expect(text).toContain('provided sha does not match query');
  });
});

test('No client gets the answer to another request, in any mix of concurrent requests', async () => {
  const question = fc.record({
    number: fc.integer({ min: 1, max: 6 }),
    alias: fc.constantFrom('a', 'b'),
    first: fc.constantFrom(undefined, 1, 2),
    method: fc.constantFrom('GET', 'POST'),
    isUnknown: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(question, { minLength: 1, maxLength: 40 }), async (questions) => {
      await Promise.all(
        questions.map(async ({ number, alias, first, method, isUnknown }) => {
          const arn = isUnknown ? UNKNOWN : runArn(900_000 + number);
          const query = `query Q($arn: ID!, $first: Int) { ${alias}: assessmentRun(arn: $arn) { arn telemetry(first: $first) { count } } }`;
          const variables = first === undefined ? { arn } : { first, arn };
          const { text } =
            method === 'GET'
              ? await get({ query, variables: JSON.stringify(variables) })
              : await send(JSON.stringify({ query, variables }));
          const telemetry = isUnknown ? null : [{ count: 900_000 + number }];
          expect(JSON.parse(text).data).toEqual({ [alias]: { arn, telemetry } });
        }),
      );
    }),
    { numRuns: 40 },
  );
});

describe('A client that disconnects', () => {
  const ask = (arn: string, field: string, signal: AbortSignal) =>
    fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ assessmentRun(arn: "${arn}") { ${field} } }` }),
      signal,
    }).then((response) => response.json());

  test('aborts its call of Inspector', async () => {
    const [arn, leaving] = [toHeldArn(), new AbortController()];
    const left = ask(arn, 'telemetry { count }', leaving.signal).catch(({ name }) => name);
    while (!held.has(arn)) await send('{"query":"{ __typename }"}');
    leaving.abort();
    expect(await left).toBe('AbortError');
    // It was aborted, since it was never answered.
    await upstream.idle();
  });

  test.each(['telemetry { count }', 'telemetryTotal { count }'])(
    'does not abort a call that others wait for: { %s }',
    async (field) => {
      const [arn, leaving] = [toHeldArn(), new AbortController()];
      const left = ask(arn, 'telemetry { count }', leaving.signal).catch(({ name }) => name);
      while (!held.has(arn)) await send('{"query":"{ __typename }"}');
      const stays = ask(arn, field, new AbortController().signal);
      // Its request has arrived once a later one is answered.
      await send('{"query":"{ __typename }"}');
      leaving.abort();
      expect(await left).toBe('AbortError');
      held.get(arn)?.();
      expect(JSON.stringify(await stays)).toContain(`"count":${toRunNumber(arn)}`);
      expect(upstream.calls.filter(({ input }) => input.assessmentRunArn === arn)).toHaveLength(1);
    },
  );
});

test('Without a response cache each request is executed, with cached runs', async () => {
  const small = await startGateway({ INSPECTOR_ENDPOINT: upstream.url, CACHE_MAX_RESPONSE_BYTES: '0' });
  endAfterAll(small.kill);
  const arn = freshArn();
  for (let times = 0; times < 3; times += 1) {
    const { body } = await small.post({ query: QUERY, variables: { arn } });
    expect(`${JSON.stringify(body)}\n`).toBe(toAnswer(arn));
  }
  expect(callsFor(arn)).toBe(2);
});
