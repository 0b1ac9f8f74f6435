import { expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { createGrowthCheck, firstSeed, fuzzRuns } from './helpers/fuzz.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { createHostileConnection, type Peer } from './helpers/hostile-connections.js';
import { createChance } from './helpers/hostile-requests.js';
import { converse, type WireAnswer } from './helpers/raw-connection.js';
import { exampleArn } from './helpers/runs.js';

/** Connections are cheaper than the requests of the fuzz of operations. */
const connections = 10 * fuzzRuns;
/** Connections that are open at once. */
const LANES = 8;
const LIMIT_MS = 60_000 + 100 * connections;

/** How often the log is looked through. */
const CONNECTIONS_PER_LOOK = 10_000;

/** With fewer connections, memory is not measured. */
const MIN_MEASURED = 1500;
/** Small enough for the warm-up to fill it. */
const BOUNDS = {
  environment: { CACHE_MAX_RESPONSE_BYTES: '1000000', CACHE_MAX_RUNS: '100' },
  nodeOptions: ['--max-old-space-size=96'],
};

const JSON_TYPE = /^application\/(graphql-response\+)?json/;
const NO_STACK = /node_modules|\bat \S+ \(|\.js:\d|call stack/;

async function askArchive(url: string, operation: string, input: object): Promise<Json> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `InspectorService.${operation}` },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: await response.json() };
}

const NO_REPORT = 'The archive has no such assessment report.\n';
/** The one error that the API has for this operation. */
const NO_ROLE = 'The archive has no cross-account access role.';

/** Checks what holds for every answer. */
function checkAnswer(port: Peer['port'], answer: WireAnswer): void {
  const { status, headers, body } = answer;
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(body).not.toMatch(NO_STACK);
  if (!body.includes(NO_ROLE)) expect(status).toBeLessThan(500);
  if (port === 'archive') checkOfArchive(answer);
  else checkOfGateway(answer);
}

function checkOfGateway({ status, headers, body }: WireAnswer): void {
  if (status !== 204 && status !== 304) expect(headers.get('x-request-id')).toMatch(/^[\w.:-]+$/);
  if (status >= 400) expect(headers.get('content-type')).toMatch(JSON_TYPE);
  if (body === '' || !JSON_TYPE.test(headers.get('content-type') ?? '')) return;
  const { errors = [] } = JSON.parse(body);
  if (status >= 400) expect(errors).not.toEqual([]);
  for (const { message, extensions } of errors) {
    expect(typeof message).toBe('string');
    expect(extensions.code).toMatch(/^(?!INTERNAL|SERVICE_UNAVAILABLE|BAD_UPSTREAM|TIMEOUT)[A-Z_]+$/);
  }
}

function checkOfArchive({ status, headers, body }: WireAnswer): void {
  expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  if (status < 400 || body === '' || (status === 404 && body === NO_REPORT)) return;
  expect(headers.get('content-type')).toBe('application/x-amz-json-1.1');
  const { __type, message } = JSON.parse(body);
  expect({ __type, message }).toEqual({ __type: expect.stringMatching(/Exception$/), message: expect.any(String) });
}

test(
  `Whatever comes over ${connections} connections of both ports is answered or cut off, and leaves the process as it was`,
  async () => {
    const gateway = await startGateway(BOUNDS.environment, BOUNDS.nodeOptions);
    endAfterAll(gateway.kill);
    const askKnown = async () => ({
      graph: await gateway.query(
        `{ assessmentRun(arn: "${exampleArn}") { name state telemetry { messageType count } } }`,
      ),
      archive: await askArchive(gateway.archiveUrl, 'GetTelemetryMetadata', { assessmentRunArn: exampleArn }),
      findings: await askArchive(gateway.archiveUrl, 'ListFindings', { maxResults: 2 }),
    });
    const known = await askKnown();
    const tokens: Record<Peer['port'], string[]> = { gateway: [], archive: [] };
    for (const operation of ['ListFindings', 'ListAssessmentRuns', 'ListAssessmentTemplates', 'ListRulesPackages']) {
      const { body } = await askArchive(gateway.archiveUrl, operation, { maxResults: 2 });
      tokens.archive.push(body.nextToken);
    }
    for (const list of ['assessmentRuns', 'assessmentTemplates', 'rulesPackages']) {
      const { data } = await gateway.query(`{ list: ${list}(first: 2) { pageInfo { endCursor } } }`);
      tokens.gateway.push(data.list.pageInfo.endCursor);
    }

    async function attempt(seed: number): Promise<void> {
      const chance = createChance(seed);
      const port = chance.pick(['gateway', 'archive'] as const);
      const connection = createHostileConnection(chance, { port, tokens: tokens[port] });
      try {
        const answers = await converse(port === 'gateway' ? gateway.url : gateway.archiveUrl, connection);
        for (const answer of answers) checkAnswer(port, answer);
        expect(gateway.child.exitCode ?? gateway.child.signalCode).toBeNull();
      } catch (cause) {
        const { kind, pieces } = connection;
        const bytes = JSON.stringify(pieces.join('')).slice(0, 1000);
        throw new Error(`FUZZ_SEED=${seed} FUZZ_RUNS=1 (${kind}, to the ${port}): ${bytes}`, { cause });
      }
    }

    function checkLog(): void {
      const lines = gateway.takeLines();
      expect(lines.filter((line) => !line.startsWith('{'))).toEqual([]);
      expect(lines.filter((line) => JSON.parse(line).level >= 50 || NO_STACK.test(line))).toEqual([]);
    }

    const growth = createGrowthCheck(gateway, connections, MIN_MEASURED);
    let next = 0;
    const attemptInTurn = async () => {
      while (next < connections) {
        growth.onRound(next);
        if (next % CONNECTIONS_PER_LOOK === 0) checkLog();
        await attempt(firstSeed + next++);
      }
    };
    await Promise.all(Array.from({ length: LANES }, attemptInTurn));

    expect(await askKnown()).toEqual(known);
    checkLog();
    growth.check();
    gateway.child.kill('SIGTERM');
    expect((await gateway.exited).code).toBe(0);
  },
  LIMIT_MS,
);
