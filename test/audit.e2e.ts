import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { engines } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { importRecords } from './helpers/endpoint.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { createHistory, toLines, toRecords } from './helpers/histories.js';
import { createKeysFile } from './helpers/keys.js';
import { runMain } from './helpers/process.js';
import { randomOperations } from './helpers/random-operations.js';
import { toReportRecord } from './helpers/reports.js';
import { rounds } from './helpers/rounds.js';
import { exampleArn, freshArn } from './helpers/runs.js';
import { scrape } from './helpers/scrape.js';
import { startScriptedUpstream } from './helpers/scripted-upstream.js';

/** Some fill a pipe. */
jest.setTimeout(60_000);

const ACCOUNT = '123456789012';
const OTHER_ACCOUNT = '999999999999';
const folder = mkdtempSync(join(tmpdir(), 'audit-'));
endAfterAll(async () => rmSync(folder, { recursive: true }));

const {
  path: keysPath,
  keys,
  write: writeKeys,
} = createKeysFile({
  all: { accounts: ['*'] },
  own: { accounts: [ACCOUNT] },
  other: { accounts: [OTHER_ACCOUNT] },
});
type CallerName = keyof typeof keys;
const as = (caller: CallerName) => ({ authorization: `Bearer ${keys[caller]}` });

let files = 0;
function toFile(kind = 'lines'): string {
  files += 1;
  return join(folder, `${kind}-${files}`);
}

function createFifo(): string {
  const path = toFile('fifo');
  execFileSync('mkfifo', [path]);
  return path;
}

const parseLines = (text: string): Json[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const readLines = (path: string) => parseLines(readFileSync(path, 'utf8'));
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

let requests = 0;

/** A gateway with an audit, and requests to it by callers, each with an id of its own. */
async function startAudited(environment: Record<string, string> = {}, path = toFile()) {
  const gateway = await startGateway({ AUDIT_FILE: path, ...environment });
  endAfterAll(gateway.kill);
  const asked: string[] = [];

  function toId(): string {
    requests += 1;
    asked.push(`audited-${requests}`);
    return `audited-${requests}`;
  }

  async function send(url: string, init: RequestInit = {}) {
    const id = toId();
    const response = await fetch(`${gateway.url}${url}`, {
      redirect: 'manual',
      ...init,
      headers: { ...(init.headers as Record<string, string>), 'x-request-id': id },
    });
    const text = await response.text();
    return { id, status: response.status, headers: response.headers, text };
  }

  return {
    ...gateway,
    path,
    asked,
    send,
    /** The line that there is by the time of the answer. */
    lineOf({ id }: { id: string }): Json {
      const found = readLines(path).filter(({ requestId }) => requestId === id);
      expect(found).toHaveLength(1);
      return found[0];
    },
    ask: (body: unknown, headers: Record<string, string> = {}) =>
      send('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    get: (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
      send(`/graphql?${new URLSearchParams(parameters)}`, { headers: { 'apollo-require-preflight': '1', ...headers } }),
  };
}

type Audited = Awaited<ReturnType<typeof startAudited>>;

const RUN = 'query Run($arn: ID!) { assessmentRun(arn: $arn) { name } }';
const asksForRun = { query: RUN, variables: { arn: exampleArn } };
const MEMBERS = [
  ...['time', 'requestId', 'subject', 'keyId', 'remoteAddress', 'path', 'operation', 'hash', 'accounts'],
  ...['decision', 'code', 'status', 'cost', 'cache'],
];
const RUN_LINE = {
  subject: 'own',
  keyId: 'own',
  remoteAddress: '127.0.0.1',
  path: '/graphql',
  operation: 'Run',
  hash: hash(RUN),
  accounts: [ACCOUNT],
  decision: 'allowed',
  code: null,
  status: 200,
  cost: 2,
};

describe('The audit has a line of', () => {
  let gateway: Audited;

  beforeAll(async () => {
    const archiveUrl = await (engines[0] as (typeof engines)[number]).createUrl();
    const history = createHistory();
    const report = toReportRecord({ runArn: exampleArn, format: 'PDF', type: 'FULL', content: Buffer.from('%PDF') });
    await importRecords(archiveUrl, toRecords(history).replaceAll(history.run.arn, exampleArn) + toLines([report]));
    gateway = await startAudited({ AUTH: 'keys', API_KEYS_FILE: keysPath, ARCHIVE_URL: archiveUrl });
  });

  test('an operation that is executed, and of each cache that answers it afterwards, for whoever asks', async () => {
    const lines: Json[] = [];
    for (const [caller, body] of [
      ['own', asksForRun],
      ['own', asksForRun],
      ['own', { operationName: null, ...asksForRun }],
      ['all', asksForRun],
    ] as const) {
      lines.push(gateway.lineOf(await gateway.ask(body, as(caller))));
    }
    for (const cache of ['miss', 'raw-request', 'answer']) {
      expect(lines.shift()).toMatchObject({ ...RUN_LINE, cache });
    }
    expect(lines.shift()).toMatchObject({ ...RUN_LINE, subject: 'all', keyId: 'all', cache: 'miss' });
  });

  test('answers by GET, also of those that have not changed', async () => {
    const query = 'query Run($arn: ID!) { assessmentRun(arn: $arn) { name state } }';
    const parameters = { query, variables: JSON.stringify({ arn: exampleArn }) };
    const expected = { ...RUN_LINE, hash: hash(query), cost: 3 };
    const first = await gateway.get(parameters, as('own'));
    expect(gateway.lineOf(first)).toMatchObject({ ...expected, cache: 'miss' });
    const conditional = { ...as('own'), 'if-none-match': first.headers.get('etag') as string };
    expect(gateway.lineOf(await gateway.get(parameters, conditional))).toMatchObject({
      ...expected,
      status: 304,
      cache: 'raw-request',
    });
    expect(gateway.lineOf(await gateway.get({ ...parameters, more: '' }, conditional))).toMatchObject({
      ...expected,
      status: 304,
      cache: 'answer',
    });
  });

  test('each of several callers that are answered by one execution', async () => {
    const query =
      'query Together($arn: ID!) { assessmentRun(arn: $arn) { name findings(first: 5) { nodes { title } } } }';
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => gateway.ask({ query, variables: { arn: exampleArn } }, as('own'))),
    );
    for (const answer of answers)
      expect(gateway.lineOf(answer)).toMatchObject({
        ...RUN_LINE,
        operation: 'Together',
        hash: hash(query),
        cost: expect.anything(),
      });
  });

  const trim = (text: string) => text.trim();
  const NO_OPERATION = { operation: null, hash: null, accounts: [], cost: null };

  test.each<[string, () => ReturnType<Audited['send']>, object]>([
    [
      'a run that the caller may not see',
      () => gateway.ask(asksForRun, as('other')),
      { ...RUN_LINE, subject: 'other', keyId: 'other', decision: 'denied', code: 'ACCESS_DENIED' },
    ],
    [
      'runs of which the caller may not see one',
      () =>
        gateway.ask(
          {
            query: 'query Some($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { arn } }',
            variables: { arns: [exampleArn, exampleArn.replace(ACCOUNT, OTHER_ACCOUNT)] },
          },
          as('own'),
        ),
      { accounts: [ACCOUNT, OTHER_ACCOUNT], decision: 'denied', code: 'ACCESS_DENIED', operation: 'Some' },
    ],
    [
      'a denial that is given as data',
      () =>
        gateway.ask(
          {
            query:
              'query AsData($arn: ID!) { node(id: $arn) { ... on AssessmentRun { telemetryResult { __typename } } } }',
            variables: { arn: exampleArn },
          },
          as('other'),
        ),
      { accounts: [ACCOUNT], decision: 'denied', code: 'ACCESS_DENIED' },
    ],
    [
      'who has no credentials',
      () => gateway.ask(asksForRun),
      {
        ...NO_OPERATION,
        subject: null,
        keyId: null,
        status: 401,
        decision: 'denied',
        code: 'UNAUTHENTICATED',
        cache: null,
      },
    ],
    [
      'who has wrong ones',
      () => gateway.get({ query: '{__typename}' }, { 'x-api-key': 'igk_wrong' }),
      { ...NO_OPERATION, subject: null, status: 401, decision: 'denied', code: 'UNAUTHENTICATED' },
    ],
    [
      'who asks for a report without any',
      () => gateway.send(`/report?arn=${exampleArn}`),
      { ...NO_OPERATION, path: '/report', status: 401, decision: 'denied', code: 'UNAUTHENTICATED' },
    ],
    [
      'an operation that costs too much, with the accounts that it names',
      () =>
        gateway.ask(
          {
            query: 'query Many($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { arn } }',
            variables: { arns: Array.from({ length: 101 }, freshArn) },
          },
          as('all'),
        ),
      {
        operation: 'Many',
        accounts: [ACCOUNT],
        decision: 'refused',
        code: 'OPERATION_TOO_COSTLY',
        cost: expect.anything(),
      },
    ],
    [
      'a document that is too long to be parsed',
      () => gateway.ask({ query: `query Long { ${'__typename '.repeat(5000)} }` }, as('all')),
      {
        operation: null,
        hash: hash(`query Long { ${'__typename '.repeat(5000)} }`),
        accounts: [],
        decision: 'refused',
        code: 'OPERATION_TOO_COSTLY',
      },
    ],
    [
      'a document that is none',
      () => gateway.ask({ query: 'query Wrong {' }, as('all')),
      { operation: null, hash: hash('query Wrong {'), decision: 'refused', code: 'GRAPHQL_PARSE_FAILED' },
    ],
    [
      'a document that is not valid',
      () => gateway.ask({ query: '{ nothing }' }, as('all')),
      { hash: hash('{ nothing }'), decision: 'refused', code: 'GRAPHQL_VALIDATION_FAILED' },
    ],
    [
      'variables that are not what the document expects, with the accounts in them',
      () => gateway.ask({ query: RUN, variables: { arn: { in: exampleArn } } }, as('all')),
      { hash: hash(RUN), accounts: [ACCOUNT], decision: 'refused', code: 'BAD_USER_INPUT' },
    ],
    [
      'a persisted query that is not known',
      () => gateway.ask({ extensions: { persistedQuery: { version: 1, sha256Hash: hash('unknown') } } }, as('all')),
      { hash: hash('unknown'), accounts: [], decision: 'refused', code: 'PERSISTED_QUERY_NOT_FOUND' },
    ],
    [
      'a batch, which is not executed',
      () => gateway.ask([asksForRun, asksForRun], as('all')),
      { ...NO_OPERATION, subject: 'all', decision: 'refused', code: 'BAD_REQUEST', status: 400 },
    ],
    [
      'a body that is no JSON',
      () => gateway.ask('{"query":', as('all')),
      { ...NO_OPERATION, subject: 'all', decision: 'refused', code: 'BAD_REQUEST', status: 400, cache: null },
    ],
    [
      'a body of another type',
      () => gateway.ask('x', { ...as('all'), 'content-type': 'application/xml' }),
      { ...NO_OPERATION, subject: 'all', decision: 'refused', code: 'BAD_REQUEST', status: 415 },
    ],
    [
      'a request that any page could make a browser send',
      () => gateway.send('/graphql?query={__typename}', { headers: as('all') }),
      { subject: 'all', decision: 'refused', code: 'BAD_REQUEST', status: 400 },
    ],
    [
      'a mutation',
      () => gateway.ask({ query: 'mutation M { nothing }' }, as('all')),
      { decision: 'refused', code: 'GRAPHQL_VALIDATION_FAILED' },
    ],
    [
      'a report',
      () => gateway.send(`/report?${new URLSearchParams({ arn: exampleArn, format: 'PDF' })}`, { headers: as('own') }),
      {
        ...RUN_LINE,
        path: '/report',
        operation: 'Report',
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        cost: expect.anything(),
        cache: null,
      },
    ],
    [
      'a report that the caller may not see',
      () =>
        gateway.send(`/report?${new URLSearchParams({ arn: exampleArn, format: 'PDF' })}`, { headers: as('other') }),
      { path: '/report', accounts: [ACCOUNT], decision: 'denied', code: 'ACCESS_DENIED', status: 403 },
    ],
    [
      'a report of nothing',
      () => gateway.send('/report', { headers: as('all') }),
      { path: '/report', accounts: [], decision: 'refused', code: 'BAD_USER_INPUT', status: 400 },
    ],
  ])('%s', async (_title, ask, expected) => {
    expect(gateway.lineOf(await ask())).toMatchObject(expected);
  });

  test.each<[string, string, Json, string[]]>([
    ['an ARN in the document', `{ assessmentRun(arn: "${exampleArn}") { name } }`, {}, [ACCOUNT]],
    [
      'an ARN that is written otherwise there',
      `{ assessmentRun(arn: "\\u0061rn:${exampleArn.slice(4)}") { name } }`,
      {},
      [ACCOUNT],
    ],
    [
      'the default of a variable',
      `query($arn: ID! = "${exampleArn}") { assessmentRun(arn: $arn) { name } }`,
      {},
      [ACCOUNT],
    ],
    ['a node', 'query($id: ID!) { node(id: $id) { id } }', { id: exampleArn }, [ACCOUNT]],
    ['what is no ARN', '{ assessmentRun(arn: "x") { name } }', {}, []],
    ['a list, which is of all that the caller may see', '{ assessmentRuns { nodes { name } } }', {}, ['*']],
    ['statistics', '{ assessmentRunStatistics { total { count } } }', {}, ['*']],
    ['the archive', '{ archive { counts { assessmentRuns } } }', {}, ['*']],
    [
      'a list of some accounts',
      'query($ids: [String!]) { findings(filter: { accountIds: $ids }) { nodes { title } } }',
      { ids: [ACCOUNT, '000000000000'] },
      [ACCOUNT, '000000000000'],
    ],
    [
      'a list of what belongs to a template',
      'query($arns: [ID!]) { assessmentRuns(filter: { templateArns: $arns }) { nodes { name } } }',
      { arns: [exampleArn.split('/run/')[0]] },
      [ACCOUNT],
    ],
    [
      'a list of what a rules package has found, which is in all accounts',
      'query($arns: [ID!]) { findings(filter: { rulesPackageArns: $arns }) { nodes { title } } }',
      { arns: ['arn:aws:inspector:us-west-2:758058086616:rulespackage/0-9hgA516p'] },
      ['758058086616', '*'],
    ],
    [
      'all that a rules package has found',
      'query($id: ID!) { node(id: $id) { ... on RulesPackage { ...F } } } fragment F on RulesPackage { findings { nodes { title } } }',
      { id: 'arn:aws:inspector:us-west-2:758058086616:rulespackage/0-9hgA516p' },
      ['758058086616', '*'],
    ],
    [
      'what is not left out',
      'query($one: Boolean!) { assessmentRuns @skip(if: $one) { nodes { name } } assessmentRun(arn: "x") @skip(if: $one) { name } hosts(filter: { accountIds: ["000000000000"] }) { nodes { agentId } } }',
      { one: true },
      ['000000000000'],
    ],
    ['the schema, which is of no account', '{ __schema { queryType { name } } __typename }', {}, []],
  ])('the accounts of %s', async (_title, query, variables, accounts) => {
    const line = gateway.lineOf(await gateway.ask({ query, variables }, as('all')));
    expect([line.accounts, line.hash, line.decision]).toEqual([accounts, hash(query), 'allowed']);
  });

  test('some of very many accounts, with how many there are more', async () => {
    const toIds = (from: number) => Array.from({ length: 100 }, (_, index) => String(from + index));
    const query =
      'query($a: [String!], $b: [String!]) { a: hosts(filter: { accountIds: $a }) { nodes { agentId } } b: hosts(filter: { accountIds: $b }) { nodes { agentId } } }';
    const variables = { a: toIds(1e11), b: toIds(2e11) };
    const { moreAccounts, ...line } = gateway.lineOf(await gateway.ask({ query, variables }, as('all')));
    expect([line.accounts, moreAccounts]).toEqual([[...variables.a, ...variables.b].slice(0, 150), 50]);
    expect(Object.keys(line)).toEqual(MEMBERS);
  });

  test('no page, and nothing that is no operation', async () => {
    const before = readLines(gateway.path).length;
    for (const path of ['/', '/healthz', '/readyz', '/schema.graphql', '/unknown', `/${keys.all}`]) {
      await gateway.send(path, { headers: as('all') });
      gateway.asked.pop();
    }
    await gateway.send('/graphql', { method: 'DELETE', headers: as('all') });
    gateway.asked.pop();
    expect(readLines(gateway.path)).toHaveLength(before);
  });

  test('every request once, always with the same members, and never with what is secret', async () => {
    const secret = 'a-secret-of-the-variables';
    await gateway.ask({ query: RUN, variables: { arn: secret } }, as('all'));
    await gateway.ask({ query: RUN, variables: { arn: exampleArn, other: secret } }, as('all'));
    await gateway.ask({ query: `{ assessmentRun(arn: "${secret}") { name } }` }, as('all'));
    await gateway.ask({ query: `{ findings(filter: { accountIds: ["${secret}"] }) { nodes { title } } }` }, as('all'));
    await gateway.get({ query: '{__typename}', access_token: secret }, { 'x-api-key': keys.all });
    await gateway.ask(
      { documentId: secret, extensions: { persistedQuery: { version: 1, sha256Hash: secret } } },
      as('all'),
    );
    await gateway.send(`/report?${new URLSearchParams({ arn: secret, format: secret, token: secret })}`, {
      headers: as('all'),
    });
    const lines = readLines(gateway.path);
    expect(lines.map(({ requestId }) => requestId)).toEqual(gateway.asked);
    for (const { moreAccounts: _, ...line } of lines) expect(Object.keys(line)).toEqual(MEMBERS);
    const text = readFileSync(gateway.path, 'utf8');
    for (const hidden of [secret, 'igk_', 'Bearer', exampleArn]) expect(text).not.toContain(hidden);
    expect(
      trim(text)
        .split('\n')
        .every((line) => line.length < 4096),
    ).toBe(true);
  });
});

test('The audit has a line of an answer that is joined, with the accounts of its own variables', async () => {
  const upstream = await startScriptedUpstream();
  endAfterAll(upstream.stop);
  const gateway = await startAudited({ INSPECTOR_ENDPOINT: upstream.url });
  const query = 'query Page($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { telemetryTotal { count } } }';
  const [one, two] = [freshArn(), freshArn().replace(ACCOUNT, OTHER_ACCOUNT)];
  const lines: Json[] = [];
  for (const arns of [[one], [two], [one, two], [two, one], [two], [one, one]]) {
    lines.push(gateway.lineOf(await gateway.ask({ query, variables: { arns } })));
  }
  expect(lines.map(({ cache, accounts }) => [cache, accounts])).toEqual([
    ['miss', [ACCOUNT]],
    ['miss', [OTHER_ACCOUNT]],
    ['miss', [ACCOUNT, OTHER_ACCOUNT]],
    ['joined', [OTHER_ACCOUNT, ACCOUNT]],
    ['raw-request', [OTHER_ACCOUNT]],
    ['joined', [ACCOUNT]],
  ]);
  for (const line of lines) {
    expect(line).toMatchObject({ operation: 'Page', hash: hash(query), decision: 'allowed', subject: null });
    expect(Object.keys(line)).toEqual(MEMBERS);
  }
});

test('The audit has a line of what a budget or a manifest refuses', async () => {
  const trusted = 'query Trusted($arn: ID!) { assessmentRun(arn: $arn) { name } }';
  const manifest = join(folder, 'manifest.json');
  writeFileSync(manifest, JSON.stringify({ [hash(trusted)]: trusted }));
  const gateway = await startAudited({
    BUDGET_PER_SECOND: '1',
    BUDGET_BURST: '3',
    TRUSTED_DOCUMENTS: 'safelist',
    TRUSTED_DOCUMENTS_FILES: manifest,
  });
  const lines: Json[] = [];
  for (const body of [
    { documentId: hash(trusted), variables: { arn: exampleArn } },
    { documentId: hash(trusted), variables: { arn: freshArn() } },
    { documentId: hash('unknown') },
    { documentId: 'secret' },
  ]) {
    lines.push(gateway.lineOf(await gateway.ask(body)));
  }
  expect(
    lines.map(({ operation, hash, decision, code, accounts }) => [operation, hash, decision, code, accounts]),
  ).toEqual([
    ['Trusted', hash(trusted), 'allowed', null, [ACCOUNT]],
    ['Trusted', hash(trusted), 'refused', 'RATE_LIMITED', [ACCOUNT]],
    [null, hash('unknown'), 'refused', 'PERSISTED_QUERY_NOT_IN_LIST', []],
    [null, null, 'refused', 'PERSISTED_QUERY_NOT_IN_LIST', []],
  ]);
  const other = await startAudited({ TRUSTED_DOCUMENTS: 'safelist', TRUSTED_DOCUMENTS_FILES: manifest });
  expect(other.lineOf(await other.ask(asksForRun))).toMatchObject({
    operation: 'Run',
    hash: hash(RUN),
    accounts: [ACCOUNT],
    decision: 'refused',
    code: 'QUERY_NOT_IN_SAFELIST',
  });
});

test('Whatever account is in an answer is in its line, for any operation, caller and cache', async () => {
  const accounts = [ACCOUNT, '111122223333', OTHER_ACCOUNT];
  const histories = accounts.map((account, index) => createHistory(index + 1, { account }));
  const archiveUrl = await (engines[0] as (typeof engines)[number]).createUrl();
  await importRecords(archiveUrl, histories.map(toRecords).join(''));
  const gateway = await startAudited({ AUTH: 'keys', API_KEYS_FILE: keysPath, ARCHIVE_URL: archiveUrl });
  const arnsOf = (kind: 'run' | 'finding' | 'template' | 'target') =>
    histories.map((history) => history[kind].arn as string);
  const packages = histories.map(({ rulesPackage }) => rulesPackage.arn as string);
  const operations = randomOperations(
    [
      [/^templateArns/, arnsOf('template')],
      [/^targetArns/, arnsOf('target')],
      [/^rulesPackageArns/, packages],
      [/^accountIds/, [...accounts, '000000000000']],
      [/^ids?$/, [...arnsOf('run'), ...arnsOf('finding'), ...packages]],
      [/arns?$/i, arnsOf('run')],
      [/^(namePattern|name)/, ['*', 'Run*']],
      [/^text/, ['un', 'i-']],
      [/^regions/, ['us-west-2']],
      [/^(from|to)$/, ['2016-03-01T00:00:00Z', '2016-05-20T00:00:00Z']],
      [/^timeZone/, ['UTC']],
    ],
    (field) => field.endsWith('.cursor') || field.startsWith('PageInfo'),
  );
  const seen = { narrowed: 0, all: 0, answered: 0, caches: new Set<string>() };
  await fc.assert(
    fc.asyncProperty(
      operations,
      fc.constantFrom<CallerName>('all', 'own', 'other'),
      fc.boolean(),
      async (query, caller, isPost) => {
        const ask = () => (isPost ? gateway.ask({ query }, as(caller)) : gateway.get({ query }, as(caller)));
        const answers = [await ask(), await ask(), ...(await Promise.all([ask(), ask()]))];
        for (const answer of answers) {
          const line = gateway.lineOf(answer);
          const shared = answer.text.replace(/arn:aws[\w-]*:inspector:[\w-]*:\d{12}:rulespackage\/[\w-]*/g, '');
          const { data } = JSON.parse(shared || '{}') as Json;
          const shown = accounts.filter((account) => JSON.stringify(data ?? null).includes(account));
          if (!line.accounts.includes('*')) expect(line.accounts).toEqual(expect.arrayContaining(shown));
          expect(line).toMatchObject({ subject: caller, hash: hash(query), status: answer.status });
          expect(line.decision === 'denied').toBe(
            answer.text.includes('ACCESS_DENIED') || answer.text.includes('AccessDeniedError'),
          );
          if (shown.length > 0) seen[line.accounts.includes('*') ? 'all' : 'narrowed'] += 1;
          if (line.decision === 'allowed') seen.answered += 1;
          seen.caches.add(line.cache);
        }
      },
    ),
    { numRuns: rounds(150, 3000), endOnFailure: true },
  );
  expect(
    readLines(gateway.path)
      .map(({ requestId }) => requestId)
      .sort(),
  ).toEqual([...gateway.asked].sort());
  expect(Math.min(seen.all, seen.answered)).toBeGreaterThan(0);
  // Two of a hundred operations narrow the accounts.
  if (rounds(0, 1) === 1) expect(seen.narrowed).toBeGreaterThan(0);
  expect(seen.caches).toEqual(new Set(['miss', 'raw-request']));
});

describe('A stream that takes no lines', () => {
  const WITHHELD = { code: 'SERVICE_UNAVAILABLE', errorCode: null, canRetry: true, retryAfterMs: 1000 };
  const query = 'query Page($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { arn } }';
  /** Lines of some 2,000 bytes. */
  const arns = Array.from({ length: 100 }, (_, index) => freshArn().replace(ACCOUNT, String(1e11 + index)));
  const asksForMany = { query, variables: { arns } };

  /** Reads what a FIFO has. */
  function drain(descriptor: number): string {
    const chunks: Buffer[] = [];
    const chunk = Buffer.alloc(65_536);
    try {
      for (;;) chunks.push(Buffer.from(chunk.subarray(0, readSync(descriptor, chunk))));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
    return Buffer.concat(chunks).toString();
  }

  test('with `block`: answers wait for a full pipe, are withheld when it stays full, and come again when it is read', async () => {
    const path = createFifo();
    const gateway = await startAudited({ METRICS_PORT: '0' }, path);
    const [, metricsUrl = ''] = await gateway.stdoutMatch(/^Metrics {2}(\S+)$/m);
    let answered = 0;
    let answer = await gateway.ask(asksForMany);
    for (; answer.status === 200; answer = await gateway.ask(asksForMany)) answered += 1;
    // 64 KiB of them.
    expect(answered).toBeGreaterThan(20);
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text).errors[0].extensions).toEqual({ ...WITHHELD, requestId: answer.id });
    expect([answer.headers.get('retry-after'), answer.headers.get('cache-control')]).toEqual(['1', 'no-store']);
    // Those that are executed, and everything else, and at once.
    const others = await Promise.all([
      gateway.ask(asksForRun),
      gateway.get({ query: '{ __typename }' }),
      gateway.get({ query: 'wrong' }, { 'accept-encoding': 'gzip' }),
      gateway.send(`/report?arn=${exampleArn}`),
    ]);
    for (const { status, text } of others) {
      expect(status).toBe(503);
      expect(JSON.parse(text).errors[0].extensions).toMatchObject(WITHHELD);
      expect(JSON.parse(text).data).toBeUndefined();
    }
    expect((await gateway.send('/readyz')).status).toBe(200);
    expect((await scrape(metricsUrl)).values.get('inspector_gateway_audit_withheld_total')).toBe(5);
    await gateway.stderrMatch(/audit lines cannot/);
    expect(gateway.log().filter(({ msg }) => /^audit lines cannot/.test(msg))).toHaveLength(1);

    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    let text = drain(reader);
    await gateway.stderrMatch(/audit lines are written again/);
    const again = await gateway.ask(asksForRun);
    expect(again.status).toBe(200);
    text += drain(reader);
    closeSync(reader);
    const ids = parseLines(text).map(({ requestId }) => requestId);
    // Also of the answer that waited too long for its line.
    expect(ids).toEqual([...gateway.asked.slice(0, answered + 1), again.id]);
  });

  test('with `drop`: answers are given, lines are lost beyond a bound, and counted', async () => {
    const path = createFifo();
    const gateway = await startAudited({ METRICS_PORT: '0', AUDIT_WHEN_FULL: 'drop' }, path);
    const [, metricsUrl = ''] = await gateway.stdoutMatch(/^Metrics {2}(\S+)$/m);
    const toDropped = async () =>
      (await scrape(metricsUrl)).values.get('inspector_gateway_audit_dropped_total') as number;
    while ((await toDropped()) === 0) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => gateway.ask(asksForMany)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    }
    await gateway.stderrMatch(/audit lines cannot/);
    expect(gateway.log().filter(({ msg }) => /^audit lines cannot/.test(msg))).toHaveLength(1);
    const dropped = await toDropped();
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    let text = '';
    // Lines are written when there is room, each as a whole.
    const kept = gateway.asked.length - dropped;
    for (; text.split('\n').length <= kept; await gateway.send('/healthz')) text += drain(reader);
    closeSync(reader);
    expect(new Set(parseLines(text).map(({ requestId }) => requestId)).size).toBe(kept);
    // Some 1 MiB, and what the pipe has.
    expect(text.length).toBeGreaterThan(2 ** 20);
    expect(text.length).toBeLessThan(2 ** 20 + 2 ** 17);
  });

  test('is a full disk, whose answers are withheld at once', async () => {
    const gateway = await startAudited({ AUTH: 'keys', API_KEYS_FILE: keysPath }, '/dev/full');
    for (const answer of [
      await gateway.ask(asksForRun, as('own')),
      await gateway.ask(asksForRun, as('own')),
      await gateway.ask(asksForRun),
    ]) {
      expect(answer.status).toBe(503);
      expect(JSON.parse(answer.text).errors[0].extensions).toEqual({ ...WITHHELD, requestId: answer.id });
    }
    await gateway.stderrMatch(/ENOSPC/);
    gateway.child.kill('SIGTERM');
    expect((await gateway.exited).code).toBe(0);
  });

  test('is a full disk, which `drop` lets answer', async () => {
    const gateway = await startAudited({ AUDIT_WHEN_FULL: 'drop' }, '/dev/full');
    expect((await gateway.ask(asksForRun)).status).toBe(200);
    expect((await gateway.ask(asksForRun)).status).toBe(200);
  });
});

test('A file that is renamed gets no further lines: a new one has them, and none is lost', async () => {
  const gateway = await startAudited();
  const moved = `${gateway.path}.1`;
  await gateway.ask(asksForRun);
  renameSync(gateway.path, moved);
  while (!existsSync(gateway.path) || readLines(gateway.path).length === 0) await gateway.ask(asksForRun);
  const ids = [...readLines(moved), ...readLines(gateway.path)].map(({ requestId }) => requestId);
  expect(ids).toEqual(gateway.asked);
  rmSync(gateway.path);
  while (!existsSync(gateway.path) || readLines(gateway.path).length === 0) await gateway.ask(asksForRun);
  expect(readLines(gateway.path).at(-1).requestId).toBe(gateway.asked.at(-1));
});

test('Workers append whole lines to one file', async () => {
  const gateway = await startAudited({ WORKERS: '2' });
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let times = 0; times < 25; times += 1) await gateway.ask(asksForRun);
    }),
  );
  expect(
    readLines(gateway.path)
      .map(({ requestId }) => requestId)
      .sort(),
  ).toEqual([...gateway.asked].sort());
});

test('Lines that need not be waited for are written before the gateway ends', async () => {
  const gateway = await startAudited({ AUDIT_WHEN_FULL: 'drop' });
  await Promise.all(Array.from({ length: 200 }, () => gateway.ask(asksForRun)));
  gateway.child.kill('SIGTERM');
  await gateway.exited;
  expect(readLines(gateway.path)).toHaveLength(200);
});

test('`-` is stdout', async () => {
  const gateway = await startAudited({}, '-');
  const { id } = await gateway.ask(asksForRun);
  const [line = ''] = await gateway.stdoutMatch(/^\{.*\}$/m);
  expect(JSON.parse(line)).toMatchObject({ requestId: id, operation: 'Run' });
});

test('A stream that cannot be opened ends the start', async () => {
  const path = join(folder, 'missing', 'audit');
  const { exited } = runMain([], { PORT: '0', ARCHIVE_PORT: '0', AUDIT_FILE: path });
  const { code, stderr } = await exited;
  expect([code, stderr]).toEqual([2, expect.stringContaining(`AUDIT_FILE: ${path}: ENOENT`)]);
});

test('The line of a request in the log names the key, also of a report', async () => {
  const gateway = await startAudited({ AUTH: 'keys', API_KEYS_FILE: keysPath });
  writeKeys({ own: { accounts: [ACCOUNT] } });
  const { id } = await gateway.send(`/report?arn=${exampleArn}&format=PDF`, { headers: as('own') });
  expect(await gateway.requestLine(id)).toMatchObject({
    subject: 'own',
    keyId: 'own',
    operation: 'Report',
    cost: expect.anything(),
    upstreamCalls: expect.anything(),
  });
});
