import { beforeAll, describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { exchange } from './helpers/client.js';
import { startGateway } from './helpers/gateway.js';
import { readText } from './helpers/manifests.js';

/** The rows of the table in the docs: the client, its headers, and the status of the answer. */
const rows = [...readText('docs/clients.md').matchAll(/^\| (.+) \| (GET|POST), (.+) \| (\d+) \|$/gm)].map(
  ([, who = '', method = '', sent = '', status]): [string, string, string[], number] => [
    who,
    method,
    [...sent.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string),
    Number(status),
  ],
);

let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  gateway = await startGateway({ CORS_ORIGINS: 'https://portal.example', NODE_ENV: 'production' });
  endAfterAll(gateway.kill);
});

const BODY = '{"query":"{ __typename }"}';

function ask(method: string, headers: readonly string[], query = '{__typename}') {
  const path = method === 'GET' ? `/graphql?query=${encodeURIComponent(query)}` : '/graphql';
  const body = method === 'GET' ? '' : BODY;
  const own = ['Host: localhost', 'Connection: close', ...(body === '' ? [] : [`Content-Length: ${body.length}`])];
  return exchange(gateway.url, `${method} ${path} HTTP/1.1\r\n${[...own, ...headers].join('\r\n')}\r\n\r\n${body}`);
}

test('The table in the docs has lines for both answers', () => {
  expect(rows.length).toBeGreaterThan(20);
  expect(new Set(rows.map(([, , , status]) => status))).toEqual(new Set([200, 400, 415]));
});

describe('A request is answered or refused as the docs say:', () => {
  test.each(rows)('%s', async (_who, method, headers, status) => {
    const answer = await ask(method, headers);
    expect(answer.status).toBe(status);
    if (status === 200) expect(JSON.parse(answer.body)).toEqual({ data: { __typename: 'Query' } });
    else expect(answer.body).not.toContain('"data"');
    const origin = headers.find((header) => header.startsWith('Origin: '))?.slice('Origin: '.length);
    const readers = origin === 'https://portal.example' ? origin : undefined;
    expect(answer.headers['access-control-allow-origin']).toBe(readers);
  });
});

test('A refused request is still refused when its answer is cached for others', async () => {
  const example = 'arn:aws:inspector:us-west-2:123456789012:target/0-0kFIPusq/template/0-4r1V2mAw/run/0-MKkpXXPE';
  const query = `{ assessmentRun(arn: "${example}") { name } }`;
  const gets = rows.filter(([, method]) => method === 'GET');
  for (let round = 0; round < 3; round += 1) {
    for (const [who, method, headers, status] of gets) {
      expect({ who, status: (await ask(method, headers, query)).status }).toEqual({ who, status });
    }
  }
});
