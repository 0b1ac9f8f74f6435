import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { exampleArn, freshArn } from './helpers/runs.js';
import { sendJson, startScriptedUpstream } from './helpers/scripted-upstream.js';

/** Characters that move the cursor, turn the direction of reading, or end a line other than one of JSON. */
const UNSAFE = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** Sends a request as these bytes, and waits for its end. */
async function sendBytes(url: string, text: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(Buffer.from(text, 'latin1'));
  for await (const _ of socket);
}

test('Text from clients has its terminal escapes escaped in the log', async () => {
  const gateway = await startGateway();
  endAfterAll(gateway.kill);
  const target = 'InspectorService.\x9b2J\x90';
  await sendBytes(
    gateway.archiveUrl,
    `POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: ${target}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`,
  );
  await gateway.stderrMatch(/UnknownOperationException/);
  expect(gateway.log().map(({ operation }) => operation)).toContain(target.slice('InspectorService.'.length));

  gateway.child.kill('SIGTERM');
  const { stderr } = await gateway.exited;
  expect(stderr).not.toMatch(UNSAFE);
});

test('Text from an upstream has, too', async () => {
  const message = 'turned \u202egnp.exe\u2066 \u2028 and \u009b31m red';
  const upstream = await startScriptedUpstream((_call, response) =>
    sendJson(response, 400, { __type: 'ValidationException', message }),
  );
  endAfterAll(upstream.stop);
  const gateway = await startGateway({ INSPECTOR_ENDPOINT: upstream.url });
  endAfterAll(gateway.kill);
  await gateway.query(`{ assessmentRun(arn: "${exampleArn}") { telemetry { count } } }`);
  await gateway.stderrMatch(/turned /);
  gateway.child.kill('SIGTERM');
  const { stderr } = await gateway.exited;
  expect(JSON.stringify(gateway.log())).toContain('turned \u202egnp.exe');
  expect(stderr).not.toMatch(UNSAFE);
});

test('The line of a request says which calls of the upstream it has led to', async () => {
  const upstream = await startScriptedUpstream();
  endAfterAll(upstream.stop);
  const gateway = await startGateway({ INSPECTOR_ENDPOINT: upstream.url });
  endAfterAll(gateway.kill);
  const query = (fields: string) => `query Calls($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { ${fields} } }`;
  const variables = { arns: [freshArn(), freshArn(), freshArn()] };
  let requests = 0;
  async function callsOf(fields: string): Promise<number | undefined> {
    requests += 1;
    const id = `calls-${requests}`;
    await gateway.post({ query: query(fields), variables }, { 'x-request-id': id });
    return (await gateway.requestLine(id)).upstreamCalls;
  }
  // One for each run, and one for the details of all.
  expect(await callsOf('name telemetry { count }')).toBe(4);
  expect(await callsOf('name telemetry { count }')).toBeUndefined();
  expect(await callsOf('telemetry { messageType }')).toBe(0);
  expect(upstream.calls).toHaveLength(4);
});

describe('The line of a request names', () => {
  let gateway: Awaited<ReturnType<typeof startGateway>>;
  let requests = 0;

  beforeAll(async () => {
    gateway = await startGateway();
    endAfterAll(gateway.kill);
  });

  /** Its log lines when it is executed, from the response cache, and from the raw-request cache. */
  async function linesOf(body: { query: string; operationName?: string }, headers: Record<string, string> = {}) {
    const lines: Json[] = [];
    for (const method of ['POST', 'POST', 'POST', 'GET', 'GET', 'GET']) {
      requests += 1;
      const id = `named-${requests}`;
      if (method === 'POST') await gateway.post(body, { 'x-request-id': id, ...headers });
      else {
        const url = `${gateway.url}/graphql?${new URLSearchParams(body)}`;
        await fetch(url, { headers: { 'apollo-require-preflight': '1', 'x-request-id': id, ...headers } });
      }
      lines.push(await gateway.requestLine(id));
    }
    return lines;
  }

  const RUN = `assessmentRun(arn: "${exampleArn}") { name }`;

  test.each<[string, { query: string; operationName?: string }, string | undefined]>([
    ['the operation', { query: `query Page { ${RUN} }` }, 'Page'],
    [
      'the operation that was executed of several',
      { query: `query One { ${RUN} } query Two { ${RUN} }`, operationName: 'Two' },
      'Two',
    ],
    ['no operation that has no name', { query: `{ ${RUN} }` }, undefined],
    ['no operation of a document that is none', { query: 'query Page { nothing }' }, undefined],
    ['the first 100 characters of a long name', { query: `query ${'N'.repeat(5000)} { ${RUN} }` }, 'N'.repeat(100)],
  ])('%s', async (_title, body, operation) => {
    for (const line of await linesOf(body)) {
      expect(line.operation).toBe(operation);
      expect(line.remoteAddress).toBe('127.0.0.1');
    }
  });

  test.each<[string, Record<string, string>, object]>([
    [
      "the client by Apollo's headers",
      { 'apollographql-client-name': 'portal', 'apollographql-client-version': '1.2' },
      { clientName: 'portal', clientVersion: '1.2' },
    ],
    [
      'the client by the headers of others',
      { 'graphql-client-name': 'portal', 'graphql-client-version': '1.2' },
      { clientName: 'portal', clientVersion: '1.2' },
    ],
    [
      'the client in printable ASCII',
      { 'graphql-client-name': 'a"b\\c\u009b31m\u00e9' },
      { clientName: 'a"b\\c?31m?' },
    ],
    ['the first 100 characters of it', { 'graphql-client-name': 'n'.repeat(5000) }, { clientName: 'n'.repeat(100) }],
  ])('%s', async (_title, headers, expected) => {
    for (const line of await linesOf({ query: `query Client { ${RUN} }` }, headers))
      expect(line).toMatchObject(expected);
  });

  test('the cache that has answered, and what the operation was counted to cost', async () => {
    const lines = await linesOf({ query: `query Kept { ${RUN} }` });
    expect(lines.map(({ cache }) => cache)).toEqual([
      'miss',
      'raw-request',
      'raw-request',
      'answer',
      'raw-request',
      'raw-request',
    ]);
    expect(new Set(lines.map(({ cost }) => cost))).toEqual(new Set([2]));
  });

  test('no cache and no cost of what is no operation', async () => {
    const id = 'no-operation';
    await fetch(`${gateway.url}/healthz`, { headers: { 'x-request-id': id } });
    const line = await gateway.requestLine(id);
    expect([line.cache, line.cost]).toEqual([undefined, undefined]);
  });

  test('no client without its headers', async () => {
    for (const line of await linesOf({ query: `query Nobody { ${RUN} }` })) {
      expect(Object.keys(line).filter((member) => member !== 'upstreamCalls')).toEqual([
        'level',
        'time',
        'method',
        'path',
        'status',
        'requestId',
        'remoteAddress',
        'operation',
        'cache',
        'cost',
        'durationMs',
        'msg',
      ]);
    }
  });
});
