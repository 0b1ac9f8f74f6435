// A process of its own that loads a server with autocannon for some seconds and prints what it saw as JSON. What to do
// comes as JSON on stdin: url, method, connections, seconds, source, which createRequestSource understands, and for a GET
// that is to be answered by 304 the etag.
import autocannon from 'autocannon';
import { createRequestSource, toCredentials, toGet } from './requests.mjs';

const REQUESTS_PER_CONNECTION = 200;

const { url, method = 'POST', etag, connections, seconds, source } = JSON.parse(await readStdin());
const next = createRequestSource(source);
const headers = { 'content-type': 'application/json', accept: 'application/json', ...toCredentials() };

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
    failed:
      result.errors + result.timeouts + (etag === undefined ? result.non2xx : result.requests.total - result['3xx']),
    p99Ms: result.latency.p99,
  }),
);

function toRequests() {
  if (method === 'GET') {
    const { path, headers } = toGet(url, JSON.parse(next()));
    if (etag !== undefined) headers['if-none-match'] = etag;
    return { requests: [{ method, path, headers }] };
  }
  if (source.kind === 'same') return { method, headers, body: next() };
  // What is small is made beforehand; the rest is made as it is sent, so that none comes twice.
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
