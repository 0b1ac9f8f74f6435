// The servers that are compared: how each is started, and whether all answer the same.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runClient, startServer } from './processes.mjs';
import { toCredentials, toGet } from './requests.mjs';

const PRODUCT = '../dist/main.js';
/** The product in modules, of which one can be replaced. */
const MODULES = '../build/main.js';
const BARE = 'servers/bare-http.mjs';
const SUBSTITUTE = new URL('without/register.mjs', import.meta.url).href;

/** The servers by name, the product first; by POST but where a method stands. */
export const SERVERS = {
  product: { label: 'inspector-gateway', file: PRODUCT },
  'product-get': { label: 'inspector-gateway, by GET', file: PRODUCT, method: 'GET' },
  'product-304': { label: 'inspector-gateway, by GET with If-None-Match', file: PRODUCT, method: 'GET', status: 304 },
  'bare-http': { label: 'bare node:http, fixed bytes', file: BARE },
  'bare-get': { label: 'bare node:http, fixed bytes, by GET', file: BARE, method: 'GET' },
  'bare-304': { label: 'bare node:http, 304 to a GET', file: BARE, method: 'GET', status: 304 },
  'joined-texts': { label: 'floor: bare node:http joining ready texts', file: 'servers/joined-texts.mjs' },
  mercurius: { label: 'Mercurius, JIT', file: 'servers/mercurius.mjs' },
  'mercurius-best': { label: 'Mercurius, JIT, at its best', file: 'servers/mercurius-best.mjs' },
  yoga: { label: 'GraphQL Yoga', file: 'servers/yoga.mjs' },
  'graphql-http': { label: 'graphql-http', file: 'servers/graphql-http.mjs' },
  hive: { label: 'Hive Gateway over a Mesh, response cache', file: 'servers/hive.mjs', hasNoPages: true },
  'apollo-dataloader': { label: 'Apollo Server, DataLoader, LRU', file: 'servers/apollo-dataloader.mjs' },
  'apollo-plain': { label: 'Apollo Server, SDK in the resolver', file: 'servers/apollo-plain.mjs', knowsNothing: true },
};

/** The product as in production, its log in a file; without what the bench is to leave out of it. */
export async function startProduct(bench, env = {}, { core, args, nodeArgs = [] } = {}) {
  const logFile = join(bench.folder, `product-${performance.now()}.log`);
  const isWhole = bench.without === undefined;
  const server = await startServer({
    file: bench.isProductOnly ? MODULES : PRODUCT,
    logFile,
    args,
    nodeArgs: isWhole ? nodeArgs : [...nodeArgs, '--import', SUBSTITUTE],
    env: {
      INSPECTOR_ENDPOINT: bench.upstream.url,
      PORT: '0',
      ARCHIVE_PORT: '0',
      LOG_LEVEL: 'info',
      ...(!isWhole && { BENCH_WITHOUT: bench.without }),
      ...bench.env,
      ...env,
    },
    core,
  });
  return { ...server, logFile };
}

/**
 * Starts servers on one core and compares their answers to `requests` with the product's; rejects, showing the
 * difference, when one differs. Each tells in `sameness` how far its bytes are the same.
 */
export async function startFleet(bench, names, requests) {
  await bench.upstream.behave({});
  const fleet = [];
  const stop = () => Promise.all(fleet.map((server) => server.stop()));
  try {
    let expected;
    for (const name of names) {
      const { file, status = 200 } = SERVERS[name];
      const env = {
        INSPECTOR_ENDPOINT: bench.upstream.url,
        ANSWER_FILE: join(bench.folder, 'answer.json'),
        ANSWER_STATUS: String(status),
        PRODUCT_URL: fleet[0]?.url,
      };
      const started = file === PRODUCT ? await startProduct(bench) : await startServer({ file, env });
      const server = { name, method: 'POST', status, ...SERVERS[name], ...started };
      fleet.push(server);
      if (status === 304) {
        server.etag = await askForEtag(server.url, requests[0]);
        server.sameness = 'none';
        server.answerBytes = 0;
        continue;
      }
      const answers = [];
      for (const request of requests) answers.push(await ask(server.url, request));
      expected ??= answers;
      writeFileSync(env.ANSWER_FILE, expected[0]);
      server.sameness = compare(server.label, answers, expected);
      server.answerBytes = Buffer.byteLength(answers[0]);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers: fleet, stop };
}

/** Asks each server for `count` runs of a set, `size` in a query, so that it knows them. */
export async function makeKnown(bench, servers, { size = 100, ...pages }) {
  for (const server of servers) {
    if (server.knowsNothing || server.file === BARE) continue;
    bench.progress(`${server.label} gets to know ${pages.count} runs`);
    await sendRequests({ url: server.url, connections: 4, pages: { ...pages, size: server.hasNoPages ? 1 : size } });
  }
}

/** Sends requests over bare sockets, see timed-requests.mjs; rejects when one has no answer without errors. */
export async function sendRequests(input, options) {
  const result = await runClient('timed-requests.mjs', input, options);
  if (result.failed > 0) throw new Error(`${result.failed} requests failed, the first with ${result.firstFailure}`);
  return result;
}

/** The text that a server answers; rejects when it is an error. */
export async function ask(url, request) {
  const headers = { 'content-type': 'application/json', accept: 'application/json', ...toCredentials() };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(request) });
  const text = await response.text();
  if (!response.ok || JSON.parse(text).errors !== undefined)
    throw new Error(`${url} answered ${response.status}: ${text}`);
  return text;
}

/** The ETag of the answer to a GET; rejects when asking with it is not answered by an empty 304. */
async function askForEtag(url, request) {
  const { path, headers } = toGet(url, request);
  const get = (more) => fetch(new URL(path, url), { headers: { ...headers, 'accept-encoding': 'identity', ...more } });
  const etag = (await get({})).headers.get('etag');
  const response = await get({ 'if-none-match': etag });
  const text = await response.text();
  if (response.status !== 304 || text !== '')
    throw new Error(`${url} answered ${response.status} to its ETag: ${text}`);
  return etag;
}

function compare(label, answers, expected) {
  assert.deepEqual(
    answers.map(JSON.parse),
    expected.map(JSON.parse),
    `${label} answers something else than the product`,
  );
  if (answers.every((text, i) => text === expected[i])) return 'the same bytes';
  if (answers.every((text, i) => text.trimEnd() === expected[i].trimEnd())) return 'the same but for the final newline';
  return 'the same JSON, other bytes';
}
