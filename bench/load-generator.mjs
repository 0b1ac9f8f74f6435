// A process of its own that loads a server with autocannon for some seconds and prints what it saw as JSON. What to do
// comes as JSON on stdin: url, method, connections, seconds, and source, which createRequestSource understands.
import autocannon from 'autocannon';
import { createRequestSource } from './requests.mjs';

const REQUESTS_PER_CONNECTION = 200;

const { url, method = 'POST', connections, seconds, source } = JSON.parse(await readStdin());
const next = createRequestSource(source);
const headers = { 'content-type': 'application/json', accept: 'application/json' };

const result = await autocannon({
  url,
  connections,
  duration: seconds,
  timeout: 30,
  ...toRequests(),
});
process.stdout.write(
  JSON.stringify({
    requests: result.requests.total,
    seconds: result.duration,
    bytes: result.throughput.total,
    failed: result.errors + result.timeouts + result.non2xx,
    p99Ms: result.latency.p99,
  }),
);

function toRequests() {
  if (method === 'GET') {
    const { query, variables } = JSON.parse(next());
    const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
    const path = `${new URL(url).pathname}?${search}`;
    // Without a content type, CSRF prevention asks for a header that a plain link cannot carry.
    return { requests: [{ method, path, headers: { accept: headers.accept, 'apollo-require-preflight': 'true' } }] };
  }
  if (source.kind === 'same') return { method, headers, body: next() };
  // What is small is made beforehand; a page is made as it is sent, so that none comes twice.
  if (source.kind === 'known') {
    const setupClient = (client) =>
      client.setRequests(Array.from({ length: REQUESTS_PER_CONNECTION }, () => ({ method, headers, body: next() })));
    return { setupClient };
  }
  return { requests: [{ method, headers, setupRequest: (request) => ({ ...request, body: next() }) }] };
}

async function readStdin() {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
  return text;
}
