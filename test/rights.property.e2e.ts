import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openDatabase } from '../src/archive/store/database.js';
import { isInScope } from '../src/domain/scope.js';
import { engines } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { importFiles } from './helpers/exports.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { createHistory, type History, toLines, toRecords } from './helpers/histories.js';
import { createKeysFile } from './helpers/keys.js';
import { randomOperations } from './helpers/random-operations.js';
import { hasRedisServer, startRedisServer } from './helpers/redis-server.js';
import { rounds } from './helpers/rounds.js';

/*
 * A caller's answers are those of a gateway whose archive holds only what the caller may see: for any operation, at any
 * replica, whatever others have asked before and ask meanwhile.
 */

const ACCOUNTS = ['111111111111', '111122222222', '999999999999'];
const REGIONS = ['us-west-2', 'eu-west-1'];
const places = ACCOUNTS.flatMap((account) => REGIONS.map((region) => ({ account, region })));

/** Two histories in each place, and a second run of each of their templates. */
const histories = places.flatMap((place, index) => [
  createHistory(2 * index + 1, place),
  createHistory(2 * index + 2, place),
]);
const laterHistories = places.map((place, index) => createHistory(index + 50, place));

const callers = {
  nobody: { accounts: ['000000000000'] },
  one: { accounts: ['111111111111'], regions: ['us-west-2'] },
  several: { accounts: ['1111*'] },
  european: { accounts: ['*'], regions: ['eu-*'] },
  everybody: { accounts: ['*'] },
};
type Gateway = Awaited<ReturnType<typeof startGateway>>;
type CallerName = keyof typeof callers;
const names = Object.keys(callers) as CallerName[];
const scopeOf = (name: CallerName) => [{ regions: ['*'], ...callers[name] }];

/** The records of histories as far as a caller may see them; rules packages are everybody's. */
function toVisibleRecords(name: CallerName, shown: readonly History[]): string {
  return shown
    .map((history) => {
      const [, , , region = '', account = ''] = (history.run.arn as string).split(':');
      if (isInScope(scopeOf(name), account, region)) return toRecords(history) + toSecondRun(history);
      const [packages] = toRecords(history).split('\n');
      return `${packages}\n`;
    })
    .join('');
}

/** Another run of the same template, a day later, with the same finding. */
function toSecondRun({ run, finding, telemetry }: History): string {
  const arn = `${run.arn}2`;
  const later = { ...run, arn, name: `${run.name} again`, createdAt: run.createdAt + 86_400, state: 'FAILED' };
  const moved = {
    ...finding,
    arn: finding.arn.replace(run.arn, arn),
    serviceAttributes: { ...finding.serviceAttributes, assessmentRunArn: arn },
  };
  return toLines([
    {
      operation: 'DescribeAssessmentRuns',
      input: { assessmentRunArns: [arn] },
      output: { assessmentRuns: [later], failedItems: {} },
    },
    { operation: 'GetTelemetryMetadata', input: { assessmentRunArn: arn }, output: { telemetryMetadata: telemetry } },
    {
      operation: 'DescribeFindings',
      input: { findingArns: [moved.arn] },
      output: { findings: [moved], failedItems: {} },
    },
  ]);
}

/** URLs of reports have the port of an archive. */
function withoutUrls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutUrls);
  if (typeof value === 'string') return value.startsWith('http://127.0.0.1') ? 'URL' : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutUrls(member)]));
}

const toErrors = (errors: Json[] = []) =>
  errors.map(({ path, extensions }) => `${path?.join('.')} ${extensions.code}`).sort();

const arnsOf = (kind: 'run' | 'finding' | 'template' | 'target') =>
  histories.map((history) => history[kind].arn as string);
const LEFT_OUT = new Set([
  // An import into all archives is not at the same moment.
  ...['Archive.lastChangedAt', 'Archive.revision'],
  // Texts of positions differ.
  ...['PageInfo.endCursor', 'PageInfo.startCursor'],
  // By ARN, other rules hold: what may not be seen is denied by its name.
  ...['Query.assessmentRun', 'Query.assessmentRunsByArn', 'Query.finding', 'Query.node', 'Query.nodes'],
  'AssessmentRun.comparison',
]);
const lists = randomOperations(
  [
    [/^templateArns/, arnsOf('template')],
    [/^targetArns/, arnsOf('target')],
    [/runArns/i, arnsOf('run')],
    [/^rulesPackageArns/, histories.map(({ rulesPackage }) => rulesPackage.arn as string)],
    [/^accountIds/, [...ACCOUNTS, '000000000000']],
    [/^regions/, REGIONS],
    [/^agentId/, ['i-1', 'i-2', 'i-3', 'i-51']],
    [/^(namePattern|name)/, ['*', 'Run*', '*1', 'nothing']],
    [/^text/, ['un', 'Run 1', 'again', 'i-']],
    [/^ruleNames/, ['CVE-2016-0001', 'none']],
    [/^messageTypes?/, ['Total', 'InspectorDuplicateProcess']],
    [/^(from|to)$/, ['2016-03-01T00:00:00Z', '2016-03-30T00:00:00Z', '2016-05-20T00:00:00Z']],
    [/^timeZone/, ['UTC', 'Asia/Kathmandu']],
    [/^key$/, ['package_name']],
    [/^value$/, ['openssl']],
  ],
  (field) => LEFT_OUT.has(field) || field.endsWith('.cursor'),
);

/** Everything by ARN, on a run that a caller may see. */
const BY_ARN = `query ByArn($run: ID!, $finding: ID!) {
  assessmentRun(arn: $run) { name telemetryTotal { count } findings(first: 2) { nodes { title } } agents(first: 2) { nodes { agentId } }
    comparison { base { name } remainingFindings { totalCount } } template { name lastAssessmentRun { name } tags { key } } }
  nodes(ids: [$run, $finding]) { id ... on Finding { severity history { totalCount } assessmentRun { name } } }
}`;
/** What a portal's second look is answered by, out of ready texts, by the caches in front of everything. */
const PAGE =
  'query Page($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { name state telemetry { messageType count } } }';

const redisUrl = hasRedisServer ? (await startRedisServer()).url : null;

describe.each(engines)('A gateway over an archive in $name', (engine) => {
  let gateways: [Gateway, Gateway];
  let references: Record<CallerName, Gateway>;
  const urls: Partial<Record<CallerName | 'all', string>> = {};
  const { path, keys } = createKeysFile(callers);

  async function importHistories(url: string, text: string): Promise<void> {
    const database = await openDatabase(url);
    await importFiles(database, { 'history.ndjson': text });
    await database.close();
  }

  beforeAll(async () => {
    for (const name of [...names, 'all'] as const) {
      const url = await engine.createUrl();
      urls[name] = url;
      await importHistories(url, toVisibleRecords(name === 'all' ? 'everybody' : name, histories));
    }
    const settings = {
      ARCHIVE_URL: urls.all as string,
      AUTH: 'keys',
      API_KEYS_FILE: path,
      ...(redisUrl !== null && { REDIS_URL: redisUrl }),
    };
    gateways = await Promise.all([startGateway(settings), startGateway(settings)]);
    const started = await Promise.all(
      names.map(async (name) => [name, await startGateway({ ARCHIVE_URL: urls[name] as string })] as const),
    );
    references = Object.fromEntries(started) as typeof references;
    for (const { kill } of [...gateways, ...Object.values(references)]) endAfterAll(kill);
  }, 120_000);

  async function compare(name: CallerName, query: string, variables: object, replica: 0 | 1): Promise<void> {
    const headers = { authorization: `Bearer ${keys[name]}` };
    const [actual, expected] = await Promise.all([
      gateways[replica].post({ query, variables }, headers),
      references[name].post({ query, variables }),
    ]);
    expect({ query, name, data: withoutUrls(actual.body.data), errors: toErrors(actual.body.errors) }).toEqual({
      query,
      name,
      data: withoutUrls(expected.body.data),
      errors: toErrors(expected.body.errors),
    });
  }

  const asked = fc.record({
    name: fc.constantFrom(...names),
    replica: fc.constantFrom<0 | 1>(0, 1),
    operation: fc.oneof(
      { weight: 6, arbitrary: lists.map((query) => ({ query, history: null })) },
      { weight: 2, arbitrary: fc.constantFrom(...histories).map((history) => ({ query: BY_ARN, history })) },
      { weight: 2, arbitrary: fc.constantFrom(...histories).map((history) => ({ query: PAGE, history })) },
    ),
    times: fc.integer({ min: 1, max: 3 }),
  });
  type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

  /** Asks as all callers at once; what one may not see by its ARN is denied to that caller. */
  async function ask({ name, replica, operation: { query, history }, times }: Asked): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      if (history === null) await compare(name, query, {}, replica);
      else await askByArn(name, query, history, replica);
    }
  }

  async function askByArn(name: CallerName, query: string, { run, finding }: History, replica: 0 | 1): Promise<void> {
    const variables =
      query === PAGE ? { arns: [run.arn, `${run.arn}2`] } : { run: `${run.arn}2`, finding: finding.arn };
    const [, , , region = '', account = ''] = (run.arn as string).split(':');
    if (isInScope(scopeOf(name), account, region)) return compare(name, query, variables, replica);
    for (const absent of [false, true]) {
      const changed = absent ? JSON.parse(JSON.stringify(variables).replaceAll('/run/0-', '/run/0-Absent')) : variables;
      const answer = await gateways[replica].post(
        { query, variables: changed },
        { authorization: `Bearer ${keys[name]}` },
      );
      const { data, errors } = answer.body;
      expect(data).toEqual(
        query === PAGE ? { assessmentRunsByArn: [null, null] } : { assessmentRun: null, nodes: [null, null] },
      );
      expect(new Set(errors.map(({ extensions }: Json) => extensions.code))).toEqual(new Set(['ACCESS_DENIED']));
    }
  }

  /** The same each time in the usual tests. Each failure would take minutes to make smaller, over HTTP. */
  const checked = {
    numRuns: rounds(8, 5000),
    endOnFailure: true,
    ...(process.env.TEST_LONG === undefined && { seed: 26 }),
  };
  const toProperty = () =>
    fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 12 }), (all) =>
      Promise.all(all.map(ask)).then(() => {}),
    );

  test(
    'gives each caller what one with nothing else would give, before and after an import',
    async () => {
      await fc.assert(toProperty(), checked);
      const isNew = async ({ post }: Gateway, key?: string) => {
        const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
        const { body } = await post({ query: '{ archive { counts { rulesPackages } } }' }, headers);
        return body.data.archive.counts.rulesPackages > histories.length;
      };
      // Kept from now on, so that it is new only where the archive's revision is known to be another one.
      for (const gateway of gateways) expect(await isNew(gateway, keys.everybody)).toBe(false);
      for (const gateway of Object.values(references)) expect(await isNew(gateway)).toBe(false);
      await importHistories(urls.all as string, toVisibleRecords('everybody', laterHistories));
      for (const name of names) await importHistories(urls[name] as string, toVisibleRecords(name, laterHistories));
      for (const gateway of gateways) while (!(await isNew(gateway, keys.everybody)));
      for (const gateway of Object.values(references)) while (!(await isNew(gateway)));
      await fc.assert(toProperty(), checked);
    },
    rounds(120_000, 7_200_000),
  );

  test.each(names)('pages for %s through all that it may see, both ways', async (name) => {
    const page = async (query: string, variables: object) => {
      const { body } = (await gateways[0].post(
        { query, variables },
        { authorization: `Bearer ${keys[name]}` },
      )) as Json;
      return body.data.found;
    };
    const expected = await references[name].query(
      '{ found: assessmentRuns(orderBy: NAME_ASC, first: 100) { totalCount nodes { arn } } }',
    );
    const arns = expected.data.found.nodes.map(({ arn }: Json) => arn);
    const forwards: string[] = [];
    let after: string | null = null;
    do {
      const found = await page(
        'query Forwards($after: String) { found: assessmentRuns(orderBy: NAME_ASC, first: 3, after: $after) { totalCount nodes { arn } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      expect(found.totalCount).toBe(arns.length);
      forwards.push(...found.nodes.map(({ arn }: Json) => arn));
      after = found.pageInfo.hasNextPage ? found.pageInfo.endCursor : null;
    } while (after !== null);
    expect(forwards).toEqual(arns);
    const last = await page('{ found: assessmentRuns(orderBy: NAME_ASC, last: 3) { nodes { arn } } }', {});
    expect(last.nodes.map(({ arn }: Json) => arn)).toEqual(arns.slice(-3));
  });

  test('takes a position from another caller for nothing but a position', async () => {
    const query =
      'query Next($after: String) { found: assessmentRuns(orderBy: NAME_ASC, first: 5, after: $after) { nodes { arn } pageInfo { endCursor } } }';
    const post = (name: CallerName, after: string | null) =>
      gateways[0].post({ query, variables: { after } }, { authorization: `Bearer ${keys[name]}` }) as Promise<Json>;
    const { endCursor } = (await post('everybody', null)).body.data.found.pageInfo;
    const { body } = await post('one', endCursor);
    for (const { arn } of body.data?.found.nodes ?? []) expect(arn).toMatch('us-west-2:111111111111');
  });
});
