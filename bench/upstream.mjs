// An Inspector endpoint that answers two operations for whatever run it is asked: it counts, waits, throttles or fails as
// it was told last. `POST /behaviour` tells it and starts the counts anew; `GET /counts` gives them.
import { createServer } from 'node:http';
import { toDescriptionJson, toTelemetryJson } from './runs.mjs';

const OPERATIONS = {
  GetTelemetryMetadata: (input) => toTelemetryJson(input.assessmentRunArn),
  DescribeAssessmentRuns: (input) => toDescriptionJson(input.assessmentRunArns),
};

let behaviour;
let counts;
let tokens;
behave({});

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    if (request.url === '/counts') return send(response, 200, JSON.stringify(counts));
    if (request.url === '/behaviour') {
      behave(JSON.parse(body));
      return send(response, 200, '{}');
    }
    answer(String(request.headers['x-amz-target']).split('.')[1], body, response);
  });
});

server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));

/** `latencyMs` for every answer; `callsPerSecond` beyond which it throttles; `fails` when all is to fail. */
function behave({ latencyMs = 0, callsPerSecond = Number.POSITIVE_INFINITY, fails = false }) {
  behaviour = { latencyMs, callsPerSecond, fails };
  counts = { total: 0, throttled: 0, byOperation: {}, calledAtMs: [], tookMs: 0 };
  tokens = { left: callsPerSecond, atMs: performance.now() };
}

function answer(operation, body, response) {
  const nowMs = performance.now();
  counts.total += 1;
  counts.byOperation[operation] = (counts.byOperation[operation] ?? 0) + 1;
  const isLimited = behaviour.callsPerSecond !== Number.POSITIVE_INFINITY;
  if (isLimited) counts.calledAtMs.push(nowMs);
  if (behaviour.fails) return send(response, 500, '{"__type":"InternalException","message":"","canRetry":true}');
  if (isLimited && !takeToken(nowMs)) {
    counts.throttled += 1;
    return send(response, 400, '{"__type":"ThrottlingException","message":"Rate exceeded"}');
  }
  const json = OPERATIONS[operation](JSON.parse(body));
  if (behaviour.latencyMs === 0) return send(response, 200, json);
  setTimeout(() => {
    send(response, 200, json);
    counts.tookMs += performance.now() - nowMs;
  }, behaviour.latencyMs);
}

/** A bucket of one second's calls that fills at the rate allowed, as AWS's throttling does. */
function takeToken(nowMs) {
  const refill = ((nowMs - tokens.atMs) / 1000) * behaviour.callsPerSecond;
  tokens = { left: Math.min(behaviour.callsPerSecond, tokens.left + refill), atMs: nowMs };
  if (tokens.left < 1) return false;
  tokens.left -= 1;
  return true;
}

function send(response, status, json) {
  const body = Buffer.from(json);
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'content-length': body.length });
  response.end(body);
}
