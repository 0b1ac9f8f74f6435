import { type IncomingHttpHeaders, request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { answerInFull } from './helpers/full-upstream.js';
import { startGateway } from './helpers/gateway.js';
import { freshArn } from './helpers/runs.js';
import { startScriptedUpstream } from './helpers/scripted-upstream.js';

let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  const upstream = await startScriptedUpstream(answerInFull({ rows: 5000, characters: 10 }));
  endAfterAll(upstream.stop);
  gateway = await startGateway({ INSPECTOR_ENDPOINT: upstream.url });
  endAfterAll(gateway.kill);
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Sends these bytes, and returns the raw answer. */
function ask(method: 'GET' | 'POST', query: string, headers: Record<string, string>): Promise<Answer> {
  const body = JSON.stringify({ query });
  const type = { 'content-type': 'application/json', ...(method === 'POST' && { 'content-length': body.length }) };
  const path = method === 'POST' ? '/graphql' : `/graphql?query=${encodeURIComponent(query)}`;
  return new Promise((resolve, reject) => {
    request(`${gateway.url}${path}`, { method, headers: { ...type, ...headers } }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode as number, headers: response.headers, body: Buffer.concat(chunks) });
    })
      .on('error', reject)
      .end(method === 'POST' ? body : undefined);
  });
}

const decoders: Record<string, (body: Buffer) => Buffer> = {
  br: (body) => brotliDecompressSync(body),
  gzip: (body) => gunzipSync(body),
  none: (body) => body,
};

function decode({ headers, body }: Answer): string {
  return (decoders[headers['content-encoding'] ?? 'none'] as (body: Buffer) => Buffer)(body).toString();
}

const small = () => `{ assessmentRun(arn: "${freshArn()}") { arn } }`;
/** 2 kB, which are cached at the first request. */
const medium = () => `{ assessmentRun(arn: "${freshArn()}") { telemetry(first: 29) { messageType count dataSize } } }`;
/** 300 kB, which are cached at the second request. */
const large = () => `{ assessmentRun(arn: "${freshArn()}") { telemetry { messageType count dataSize } } }`;

const questions: [string, () => string][] = [
  ['an answer that is kept at once', medium],
  ['a large answer', large],
];

describe.each(questions)('Compression of %s', (_title, toQuery) => {
  test.each([
    ['br', 'gzip, deflate, br, zstd'],
    ['br', 'BR;q=0.5'],
    ['br', '*'],
    ['gzip', 'gzip'],
    ['gzip', 'br;q=0, gzip;q=0.1'],
    [undefined, 'identity'],
    [undefined, 'deflate, zstd'],
    [undefined, 'br;q=0, gzip;q=0'],
    [undefined, ''],
  ])('is %s for %j, each time', async (encoding, accepted) => {
    const query = toQuery();
    const plain = await ask('POST', query, {});
    expect(plain.headers['content-encoding']).toBeUndefined();
    for (const method of ['POST', 'GET', 'POST', 'GET', 'POST', 'GET', 'POST', 'GET'] as const) {
      const answer = await ask(method, query, { 'accept-encoding': accepted });
      expect(answer.status).toBe(200);
      expect(answer.headers['content-encoding']).toBe(encoding);
      expect(answer.headers['content-length']).toBe(String(answer.body.length));
      expect(answer.headers.vary?.split(', ')).toContain('Accept-Encoding');
      expect(decode(answer)).toBe(plain.body.toString());
      if (encoding !== undefined) expect(answer.body.length).toBeLessThan(plain.body.length / 4);
    }
  });

  test('has an ETag for each encoding, which is the same each time, and matches that encoding alone', async () => {
    const query = toQuery();
    const forms = ['br', 'gzip', 'identity'];
    const etags: string[] = [];
    for (const form of [...forms, ...forms, ...forms]) {
      etags.push((await ask('GET', query, { 'accept-encoding': form })).headers.etag as string);
    }
    expect(new Set(etags)).toEqual(new Set(etags.slice(0, 3)));
    expect(new Set(etags).size).toBe(3);
    for (const form of forms) {
      for (const [at, etag] of etags.slice(0, 3).entries()) {
        const answer = await ask('GET', query, { 'accept-encoding': form, 'if-none-match': etag });
        const isSame = forms[at] === form;
        expect([answer.status, answer.body.length > 0]).toEqual([isSame ? 304 : 200, !isSame]);
        expect(answer.headers.etag).toBe(etags[forms.indexOf(form)]);
        if (isSame) expect(answer.headers).not.toHaveProperty('content-encoding');
      }
    }
  });
});

test('An answer of at most 1 KiB is not compressed', async () => {
  const query = small();
  for (const method of ['POST', 'GET', 'POST', 'GET'] as const) {
    const answer = await ask(method, query, { 'accept-encoding': 'br' });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.headers.vary).toContain('Accept-Encoding');
    expect(JSON.parse(answer.body.toString())).toHaveProperty('data.assessmentRun.arn');
  }
});

test('An answer that may not be cached is compressed, too', async () => {
  const query = `{ ${Array.from({ length: 50 }, (_, number) => `a${number}: nothing${number}`).join(' ')} }`;
  for (let times = 0; times < 3; times += 1) {
    const answer = await ask('POST', query, { 'accept-encoding': 'br' });
    expect(answer.headers).toMatchObject({ 'content-encoding': 'br', 'cache-control': 'no-store' });
    expect(JSON.parse(decode(answer)).errors.length).toBeGreaterThan(10);
  }
});

test('Concurrent requests with different encodings each get theirs', async () => {
  const query = large();
  const forms = ['br', 'gzip', 'identity'];
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, at) => ask('POST', query, { 'accept-encoding': forms[at % 3] as string })),
  );
  expect(answers.map(({ headers }) => headers['content-encoding'] ?? 'identity')).toEqual(
    answers.map((_, at) => forms[at % 3]),
  );
  expect(new Set(answers.map(decode)).size).toBe(1);
});
