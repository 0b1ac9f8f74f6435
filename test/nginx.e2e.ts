import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { hasNginx, startNginx } from './helpers/nginx.js';
import { freshArn, runArn } from './helpers/runs.js';
import { answerLikeInspector, sendJson, startScriptedUpstream } from './helpers/scripted-upstream.js';

const UNKNOWN = runArn(404);

async function startBehindProxy() {
  const upstream = await startScriptedUpstream((call, response) =>
    call.input.assessmentRunArn === UNKNOWN
      ? sendJson(response, 400, {
          __type: 'NoSuchEntityException',
          errorCode: 'ASSESSMENT_RUN_DOES_NOT_EXIST',
          canRetry: false,
          message: '',
        })
      : answerLikeInspector(call, response),
  );
  endAfterAll(upstream.stop);
  const gateway = await startGateway({ INSPECTOR_ENDPOINT: upstream.url });
  endAfterAll(gateway.kill);
  const url = await startNginx(gateway.url);

  async function get(parameters: Record<string, string>, headers: Record<string, string> = {}) {
    const response = await fetch(`${url}/graphql?${new URLSearchParams(parameters)}`, {
      headers: { 'apollo-require-preflight': '1', ...headers },
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
  /** The requests of the gateway so far, after one that is never cached. */
  async function countRequests(): Promise<number> {
    const id = `count-${freshArn().slice(-8)}`;
    await fetch(`${gateway.url}/healthz`, { headers: { 'x-request-id': id } });
    await gateway.requestLine(id);
    return gateway.log().filter(({ path }) => path === '/graphql').length;
  }
  return { upstream, gateway, url, get, countRequests };
}

const toQuery = (arn: string) => `{ assessmentRun(arn: "${arn}") { name telemetry { messageType count } } }`;

(hasNginx ? describe : describe.skip)('Behind a caching proxy', () => {
  test('a second client costs the gateway nothing', async () => {
    const { upstream, get, countRequests } = await startBehindProxy();
    const query = toQuery(freshArn());
    const first = await get({ query });
    expect(first.headers.get('cache-control')).toMatch(/^public, max-age=[1-9]\d*$/);
    const [requests, calls] = [await countRequests(), upstream.calls.length];
    for (let times = 0; times < 5; times += 1) {
      const again = await get({ query });
      expect([again.text, again.headers.get('x-cache')]).toEqual([first.text, 'HIT']);
    }
    expect([await countRequests(), upstream.calls.length]).toEqual([requests, calls]);
  });

  test('a client that has the answer gets 304 from the proxy', async () => {
    const { get, countRequests } = await startBehindProxy();
    const query = toQuery(freshArn());
    const etag = (await get({ query })).headers.get('etag') as string;
    const requests = await countRequests();
    const again = await get({ query }, { 'if-none-match': etag });
    expect([again.status, again.text]).toEqual([304, '']);
    expect(await countRequests()).toBe(requests);
  });

  test('errors, lists and answers without reads go to the gateway each time', async () => {
    const { get, countRequests } = await startBehindProxy();
    const before = await countRequests();
    for (const query of [toQuery(UNKNOWN), '{ assessmentRuns { nodes { arn } } }', '{ __typename }', '{ nonsense }']) {
      for (let times = 0; times < 2; times += 1) {
        expect((await get({ query })).headers.get('cache-control')).toBe('no-store');
      }
    }
    expect(await countRequests()).toBe(before + 8);
  });

  test('media types are kept apart', async () => {
    const { get } = await startBehindProxy();
    const query = toQuery(freshArn());
    for (const accept of ['application/json', 'application/graphql-response+json', 'application/json']) {
      expect((await get({ query }, { accept })).headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
    }
  });

  test('callers who take different encodings share an answer, and those of different origins do not', async () => {
    const { gateway, get, countRequests } = await startBehindProxy();
    const query = toQuery(freshArn());
    const { text } = await get({ query }, { 'accept-encoding': 'identity' });
    const requests = await countRequests();
    for (const encoding of ['gzip', 'gzip, deflate, br', 'br', 'identity']) {
      const again = await get({ query }, { 'accept-encoding': encoding });
      expect([again.text, again.headers.get('x-cache')]).toEqual([text, 'HIT']);
    }
    expect(await countRequests()).toBe(requests);
    for (const origin of ['http://localhost:1', 'http://localhost:2', 'https://evil.example']) {
      const allowed = origin.includes('localhost') ? origin : null;
      for (let times = 0; times < 2; times += 1) {
        const { headers } = await get({ query }, { origin });
        expect(headers.get('access-control-allow-origin')).toBe(allowed);
      }
    }
    expect(await countRequests()).toBe(requests + 3);
    // The proxy's key has all headers of Vary but the encoding.
    const response = await fetch(`${gateway.url}/graphql?${new URLSearchParams({ query })}`, {
      headers: { accept: 'application/graphql-response+json' },
    });
    expect(response.headers.get('vary')).toBe('Origin, Accept, Accept-Encoding');
  });

  test('a persisted query is requested by its hash, and cached', async () => {
    const { gateway, get, countRequests } = await startBehindProxy();
    const query = toQuery(freshArn());
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const parameters = { extensions: JSON.stringify(extensions) };
    const unknown = await get(parameters);
    expect([unknown.headers.get('cache-control'), JSON.parse(unknown.text).errors[0].extensions.code]).toEqual([
      'no-store',
      'PERSISTED_QUERY_NOT_FOUND',
    ]);
    const { body } = await gateway.post({ query, extensions });
    expect(JSON.parse((await get(parameters)).text)).toEqual(body);
    const requests = await countRequests();
    expect((await get(parameters)).headers.get('x-cache')).toBe('HIT');
    expect(await countRequests()).toBe(requests);
  });

  test('a POST that ends a replica is not sent to the next, and a missing replica does no harm', async () => {
    const posts: string[] = [];
    const replicas = [createServer(), createServer()].map((server) => {
      server.on('request', (request, response) => {
        if (request.method === 'GET') return response.end('{}');
        posts.push(request.url as string);
        return request.socket.destroy();
      });
      endAfterAll(async () => server.close());
      return server.listen(0, '127.0.0.1');
    });
    await Promise.all(replicas.map((server) => server.listening || once(server, 'listening')));
    const urls = replicas.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const post = (url: string) =>
      fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect((await post(await startNginx(...urls))).status).toBe(502);
    expect(posts).toEqual(['/graphql']);

    const gateway = await startGateway();
    endAfterAll(gateway.kill);
    const url = await startNginx('http://127.0.0.1:1', gateway.url);
    for (let times = 0; times < 3; times += 1) expect((await post(url)).status).toBe(400);
  }, 20_000);
});
