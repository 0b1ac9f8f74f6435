// The servers that are compared: how each is started, and whether all answer the same.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runClient, startServer } from './processes.mjs';

/** The servers by name, the product first. */
export const SERVERS = {
  product: { label: 'inspector-gateway', file: '../dist/main.js' },
  'product-get': { label: 'inspector-gateway, by GET', file: '../dist/main.js', method: 'GET' },
  'bare-http': { label: 'bare node:http, fixed bytes', file: 'servers/bare-http.mjs' },
  mercurius: { label: 'Mercurius, JIT', file: 'servers/mercurius.mjs' },
  yoga: { label: 'GraphQL Yoga', file: 'servers/yoga.mjs' },
  'graphql-http': { label: 'graphql-http', file: 'servers/graphql-http.mjs' },
  hive: { label: 'Hive Gateway over a Mesh, response cache', file: 'servers/hive.mjs', hasNoPages: true },
  'apollo-dataloader': { label: 'Apollo Server, DataLoader, LRU', file: 'servers/apollo-dataloader.mjs' },
  'apollo-plain': { label: 'Apollo Server, SDK in the resolver', file: 'servers/apollo-plain.mjs', knowsNothing: true },
};

/** The product as in production, its log in a file. */
export async function startProduct(bench, env = {}, core = undefined) {
  const logFile = join(bench.folder, `product-${performance.now()}.log`);
  const server = await startServer({
    file: SERVERS.product.file,
    logFile,
    env: { INSPECTOR_ENDPOINT: bench.upstream.url, PORT: '0', ARCHIVE_PORT: '0', LOG_LEVEL: 'info', ...env },
    ...(core !== undefined && { core }),
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
      const { file } = SERVERS[name];
      const env = { INSPECTOR_ENDPOINT: bench.upstream.url, ANSWER_FILE: join(bench.folder, 'answer.json') };
      const started = file === SERVERS.product.file ? await startProduct(bench) : await startServer({ file, env });
      const server = { name, method: 'POST', ...SERVERS[name], ...started };
      fleet.push(server);
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
  return { servers: fleet, expected: fleet[0].answerBytes, stop };
}

/** Asks each server for `count` runs of a set, `size` in a query, so that it knows them. */
export async function makeKnown(bench, servers, set, count, size = 100) {
  for (const server of servers) {
    if (server.knowsNothing || server.name === 'bare-http') continue;
    bench.progress(`${server.label} gets to know ${count} runs`);
    const pages = { set, count, size: server.hasNoPages ? 1 : size };
    await sendRequests({ url: server.url, connections: 4, pages });
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
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(request) });
  const text = await response.text();
  if (!response.ok || JSON.parse(text).errors !== undefined)
    throw new Error(`${url} answered ${response.status}: ${text}`);
  return text;
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
