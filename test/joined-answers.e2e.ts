import { createServer, type Server } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pino } from 'pino';
import { createContext } from '../src/graphql/context.js';
import { createGraphQLServer } from '../src/graphql/graphql-server.js';
import { createHttpServer } from '../src/http/http-server.js';
import { createCachingInspectorApi } from '../src/inspector/cache/caching-inspector-api.js';
import { listen } from '../src/process/listening-socket.js';
import { endAfterAll } from './helpers/cleanup.js';
import { cacheLimits, detailsOf, runArn, telemetryOf, toRunNumber } from './helpers/runs.js';
import { createFailure, createScriptedInspectorApi } from './helpers/scripted-inspector-api.js';

/** A run that does not exist, and one whose name is not ASCII. */
const MISSING = 4;
const FOREIGN = 5;
const unknown = createFailure({ code: 'NO_SUCH_ENTITY', canRetry: false });

/** A gateway over a scripted Inspector, which counts the operations that the graph executes. */
async function startCountingGateway({ maxRuns = 100, maxAnswerBytes = 2 ** 25 } = {}) {
  const { inspector } = createScriptedInspectorApi({
    telemetry: async (arn) => (toRunNumber(arn) === MISSING ? Promise.reject(unknown) : telemetryOf(arn)),
    details: (arn) => {
      if (toRunNumber(arn) === MISSING) return unknown;
      return toRunNumber(arn) === FOREIGN ? { ...detailsOf(arn), name: 'Prüfung 试' } : detailsOf(arn);
    },
  });
  const cached = createCachingInspectorApi(inspector, cacheLimits);
  const executed = { count: 0 };
  const lines: string[] = [];
  const logger = pino({ level: 'silent' });
  const apollo = createGraphQLServer({
    limits: { maxRuns, maxFields: 50_000, maxAnswerBytes },
    introspection: true,
    explorer: false,
    isDevelopment: false,
    logger,
  });
  await apollo.start();
  const app = createHttpServer({
    apollo,
    createContext(requestId, waiters) {
      executed.count += 1;
      return createContext(cached, requestId, waiters);
    },
    toMaxAgeMs: ({ freshness }) => freshness.maxAgeMs,
    toOperation: ({ operation }) => operation,
    maxCacheBytes: 2 ** 25,
    corsOrigins: [],
    corsCredentials: false,
    basePath: '',
    trustedProxies: [],
    schemaText: null,
    reportsEndpoint: null,
    pages: { portal: false, explorer: false, facts: { upstream: 'endpoint' }, exampleQuery: '' },
    createServer,
    isReady: () => true,
    logger,
    logRequest: ({ operation }) => lines.push(operation ?? ''),
  });
  await app.ready();
  const url = await listen(app.server as Server, '127.0.0.1', 0, 'PORT');
  endAfterAll(async () => {
    app.server.close();
    app.server.closeAllConnections();
    await app.close();
    await apollo.stop();
  });

  async function ask(body: object | Buffer, acceptEncoding = 'identity') {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-encoding': acceptEncoding },
      body: Buffer.isBuffer(body) ? body : JSON.stringify(body),
    });
    const { 'x-request-id': _id, date: _date, ...headers } = Object.fromEntries(response.headers);
    return { status: response.status, headers, text: sortErrors(await response.text()) };
  }
  /** The same by execution: nothing is joined for a request with extensions, and no two are the same. */
  let salt = 0;
  const askExecuted = (body: object) => {
    salt += 1;
    return ask({ ...body, extensions: { salt } });
  };
  return { ask, askExecuted, executed, lines };
}

/** Their order is not specified. */
function sortErrors(text: string): string {
  const { errors, ...rest } = JSON.parse(text);
  if (errors === undefined) return text;
  const sorted = errors.map((error: object) => JSON.stringify(error)).sort();
  return JSON.stringify({ errors: sorted.map((error: string) => JSON.parse(error)), ...rest });
}

const selection = fc.constantFrom(
  'arn telemetry { messageType count dataSize }',
  'name state createdAt telemetryTotal { count }',
  '...Run id',
  'telemetryResult { __typename ... on Telemetry { total { count } } }',
);
const FRAGMENT = 'fragment Run on AssessmentRun { name telemetry(first: 2) { count } }';
const document = fc.oneof(
  selection.map((text) => `query Page($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { ${text} } }`),
  selection.map((text) => `query Page($arns: [ID!]!) { page: assessmentRunsByArn(arns: $arns) { ${text} } }`),
  selection.map((text) => `query Page($arns: ID!) { assessmentRun(arn: $arns) { ${text} } }`),
  // Those that are executed each time.
  selection.map((text) => `query Page($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { ${text} } __typename }`),
  selection.map(
    (text) =>
      `query Page($arns: [ID!]!, $no: Boolean = false) { assessmentRunsByArn(arns: $arns) { ${text} name @include(if: $no) } }`,
  ),
);
const arn = fc
  .constantFrom(1, 2, 3, 3, 2, 1, MISSING, FOREIGN, 0)
  .map((number) => (number === 0 ? 'no ARN' : runArn(number)));

describe('Answers joined from texts', () => {
  test('are those of execution, byte for byte and with their headers', async () => {
    const { ask, askExecuted, executed } = await startCountingGateway();
    let joined = 0;
    await fc.assert(
      fc.asyncProperty(
        document,
        fc.array(fc.array(arn, { maxLength: 5 }), { minLength: 3, maxLength: 6 }),
        async (text, pages) => {
          const query = text.includes('...Run') ? `${text} ${FRAGMENT}` : text;
          for (const arns of [pages[0] ?? [], pages[0] ?? [], ...pages]) {
            const asked = { query, variables: { arns: text.includes('$arns: ID!') ? arns[0] : arns } };
            const expected = await askExecuted(asked);
            const before = executed.count;
            expect(await ask(asked)).toEqual(expected);
            if (executed.count === before) joined += 1;
          }
        },
      ),
      { numRuns: 60 },
    );
    expect(joined).toBeGreaterThan(50);
  });

  const PAGE = 'query Page($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { arn telemetry { count } } }';
  const toAsked = (...numbers: number[]) => ({
    query: PAGE,
    variables: { arns: numbers.map((number) => runArn(number)) },
  });

  /** A gateway that has answered pages of up to four of six runs from texts. */
  async function startKnowingGateway(options = {}) {
    const gateway = await startCountingGateway(options);
    await gateway.ask(toAsked(1, 2, 3));
    await gateway.ask(toAsked(5, 6, 7));
    await gateway.ask(toAsked(3, 2, 1, 5));
    await gateway.ask({ ...toAsked(5, 1), operationName: 'Page', query: `#\n${PAGE}` });
    await gateway.ask({ ...toAsked(1, 5), operationName: 'Page', query: `#\n${PAGE}` });
    gateway.executed.count = 0;
    return gateway;
  }

  test('execute nothing, and are logged by the name of their operation', async () => {
    const { ask, executed, lines } = await startKnowingGateway();
    const { text } = await ask(toAsked(7, 1));
    expect(JSON.parse(text).data.assessmentRunsByArn.map((run: { arn: string }) => run.arn)).toEqual([
      runArn(7),
      runArn(1),
    ]);
    expect(executed.count).toBe(0);
    expect(lines.at(-1)).toBe('Page');
  });

  test.each([
    ['has more runs than any that was admitted', toAsked(1, 2, 3, 5, 6)],
    ['has a run that is not known', toAsked(1, 8)],
    ['has another variable', { ...toAsked(1), variables: { arns: [runArn(1)], more: 1 } }],
    ['has no list', { query: PAGE, variables: { arns: runArn(1) } }],
    ['has what is no text in it', { query: PAGE, variables: { arns: [[runArn(1)]] } }],
    ['names an operation', { ...toAsked(1), operationName: 'Page' }],
    ['names what is none, and would be another request with its text', { ...toAsked(1), operationName: 'Page\n#' }],
    ['has extensions', { ...toAsked(1), extensions: {} }],
    ['has another text', { ...toAsked(1), query: `${PAGE} ` }],
  ])('are not given to a request that %s', async (_what, asked) => {
    const { ask, executed } = await startKnowingGateway();
    await ask(asked);
    expect(executed.count).toBe(1);
  });

  test('are not given to a body that is not UTF-8, which is refused', async () => {
    const { ask } = await startCountingGateway();
    const asked = { ...toAsked(1), query: `${PAGE} # \ufffd` };
    for (const numbers of [[1], [2], [2, 1]]) await ask({ ...toAsked(...numbers), query: asked.query });
    const text = JSON.stringify(asked);
    const [before = '', after = ''] = text.split('\ufffd');
    const { status } = await ask(Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]));
    expect(status).toBe(400);
  });

  test('are not given to who wants them compressed', async () => {
    const { ask, executed } = await startKnowingGateway();
    await ask(toAsked(6, 1), 'gzip');
    expect(executed.count).toBe(1);
  });

  test('are refused where they are longer than answers may be', async () => {
    const { text: longest } = await (await startCountingGateway()).ask(toAsked(1, 2));
    const { ask } = await startCountingGateway({ maxAnswerBytes: 2 * longest.length });
    await ask(toAsked(1, 2));
    await ask(toAsked(2, 1));
    const { text } = await ask(toAsked(1, 2, 1, 2, 1, 2));
    expect(JSON.parse(text).errors?.[0]?.extensions?.code).toBe('OPERATION_TOO_COSTLY');
  });
});
