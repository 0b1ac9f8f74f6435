import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pino } from 'pino';
import { createSearchReader } from '../src/archive/store/search/search-reader.js';
import { targets } from '../src/archive/wire/services.js';
import { startArchive } from '../src/archive-service.js';
import { parseConfig } from '../src/config.js';
import { inspectorRegions, toRunArn } from '../src/domain/arn.js';
import { MAX_SCOPE_LENGTH, SCOPE_HEADER } from '../src/domain/scope.js';
import { serveArchive } from './helpers/archive-service.js';
import { type Archive, emptyArchive, engines, openEmptyArchive } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { importFiles } from './helpers/exports.js';
import { createHistory, type Structure, toFurtherRecords, toLines, toRecords } from './helpers/histories.js';
import { rounds } from './helpers/rounds.js';
import { accounts, records, regions, type SearchName, searches } from './helpers/searched-archive.js';

type TestScope = { accounts: string[]; regions: string[] }[];

/** How a request is asked. */
interface Caller {
  readonly scope?: unknown;
  /** The region of its signature. */
  readonly region?: string | undefined;
}

/** Asks an operation of either service. */
async function ask(url: string, target: string, input: unknown, { scope, region }: Caller = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      ...(scope !== undefined && { [SCOPE_HEADER]: typeof scope === 'string' ? scope : JSON.stringify(scope) }),
      ...(region !== undefined && {
        authorization: `AWS4-HMAC-SHA256 Credential=any/20260101/${region}/inspector/aws4_request, SignedHeaders=host, Signature=any`,
      }),
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: (await response.json()) as Structure };
}

const matches = (globs: readonly string[], text: string) =>
  globs.some((glob) => new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(text));

/** Whether a scope has the resource that an ARN names, or what belongs to it. */
function isSeen(scope: TestScope, arn: string): boolean {
  const [, , service, region = '', account = ''] = arn.split(':');
  if (arn.includes(':rulespackage/')) return true;
  return scope.some((entry) => {
    return (
      matches(entry.accounts, account) &&
      entry.regions.length > 0 &&
      (service === 'iam' || matches(entry.regions, region))
    );
  });
}

/** The ARN of the one resource that a record is of. */
function toArn({ operation: _, input = {}, output, ...members }: Structure): string {
  const given: Structure = output ?? members;
  const [item] = [
    ...['findings', 'assessmentRuns', 'assessmentTemplates', 'assessmentTargets', 'resourceGroups', 'rulesPackages'],
    ...['findingArns', 'assessmentRunArns'],
  ].flatMap((name) => given[name] ?? []);
  return (
    item?.arn ??
    item ??
    given.roleArn ??
    Object.keys(given.exclusions ?? {})[0] ??
    given.assessmentRunAgents?.[0].assessmentRunArn ??
    Object.values(input)[0]
  );
}

/** Records of everything that an archive keeps, in each account and region; what an ARN says and a member does not agree. */
const furtherRecords: Structure[] = accounts.flatMap((account, first) =>
  regions.flatMap((region, second) => {
    const number = 1 + 2 * first + second;
    const history = createHistory(number, { account, region });
    const other = createHistory(number, { account: accounts[1 - first] as string, region: 'us-east-1' });
    history.template.assessmentTargetArn = other.target.arn;
    history.target.resourceGroupArn = other.resourceGroup.arn;
    history.run.assessmentTemplateArn = other.template.arn;
    return [...toRecords(history).trim().split('\n'), ...toFurtherRecords(history)].map((line) => JSON.parse(line));
  }),
);

const history = fc
  .tuple(
    records,
    fc.shuffledSubarray(furtherRecords),
    fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 4 }),
    fc.nat(),
  )
  .map(([searched, others, listed, edge]) => {
    const found = searched.flatMap(
      (record: Structure): string[] => record.findings?.map(({ arn }: Structure) => arn) ?? [],
    );
    // Lists of any run that name findings of any other, before and after these are described.
    const listings =
      found.length === 0
        ? []
        : listed.map(([one, other]) => ({
            operation: 'ListFindings',
            input: { assessmentRunArns: [toRunArn(found[one % found.length] as string)] },
            output: { findingArns: [found[other % found.length]] },
          }));
    // Some come before everything else, so that hidden things lie between visible ones.
    const all = [
      ...listings.slice(0, 2),
      ...others.slice(0, 20),
      ...(searched as Structure[]),
      ...others.slice(20),
      ...listings.slice(2),
    ];
    return { all, edge: edge % (all.length + 1) };
  });

const someOf = <T>(...values: T[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 2 });
/** Few see nothing; many see some accounts in other regions than others. */
const scopes: fc.Arbitrary<TestScope> = fc.oneof(
  fc.constantFrom<TestScope>(
    [{ accounts: ['111111111111'], regions: ['us-west-2'] }],
    [{ accounts: ['2*'], regions: ['*'] }],
    [
      { accounts: ['111111111111'], regions: ['us-west-2'] },
      { accounts: ['*2'], regions: ['eu-*'] },
    ],
    [
      { accounts: ['1*'], regions: ['*'] },
      { accounts: ['*'], regions: ['eu-west-1'] },
    ],
  ),
  fc.array(
    fc.record({
      accounts: someOf('*', '1*', '*2', '2222*', '333333333333', ...accounts),
      regions: someOf('*', 'eu-*', '*-2', 'us-*-1', 'mars-1', ...regions),
    }),
    { maxLength: 3 },
  ),
);

const pick = <T>(values: readonly T[]) => fc.nat().map((place) => values[place % values.length] as T);

/** An operation with its input. */
interface Asked {
  readonly target: string;
  readonly input: Structure;
  /** The member of the output that is a page's items; absent for what has no pages. */
  readonly items?: string;
  readonly isBackward?: boolean;
  readonly region?: string | undefined;
}

type Arbitrary = fc.Arbitrary<Asked>;

const inspector =
  (input: fc.Arbitrary<Structure>, items?: string) =>
  (target: string): Arbitrary =>
    fc
      .record({
        input,
        region: fc.option(fc.constantFrom(...regions), { nil: undefined, freq: 2 }),
        maxResults: fc.integer({ min: 1, max: 3 }),
      })
      .map(({ input, region, maxResults }) => ({
        target,
        input: items === undefined ? input : { ...input, maxResults },
        ...(items !== undefined && { items }),
        region,
      }));

const ofArchive =
  (input: fc.Arbitrary<Structure>) =>
  (target: string): Arbitrary =>
    input.map((input) => ({ target, input }));

const searchOf =
  (name: SearchName) =>
  (target: string): Arbitrary =>
    fc
      .record({
        filter: searches[name].filter as fc.Arbitrary<Structure>,
        orderBy: fc.constantFrom(
          ...Object.keys(searches[name].orders).flatMap((order) => [`${order}_ASC`, `${order}_DESC`]),
        ),
        size: fc.integer({ min: 1, max: 5 }),
        isBackward: fc.boolean(),
      })
      .map(({ filter, orderBy, size, isBackward }) => ({
        target,
        input: { filter, orderBy, includeTotalCount: true, [isBackward ? 'last' : 'first']: size },
        items: 'items',
        isBackward,
      }));

const summaryOf = (search: SearchName, ...dimensions: string[]) =>
  ofArchive(
    fc.record({
      filter: searches[search].filter as fc.Arbitrary<Structure>,
      groupBy: fc.uniqueArray(fc.constantFrom(...dimensions), { maxLength: 2 }),
      interval: fc.option(fc.constantFrom('MONTH', 'YEAR')),
    }),
  );

/** How often operations are asked that have more to ask of than others. */
const WEIGHTS: Record<string, number> = { Search: 4, Summarize: 3, DescribeArchive: 2, ListFindings: 2 };

/** Every operation that reads, about ARNs that the archive has, visible or not, and about others. */
function toOperations(all: readonly Structure[]): Record<string, Arbitrary> {
  const known = [...new Set(JSON.stringify(all).match(/arn:aws:inspector:[\w:/-]+/g))];
  const unknown = 'arn:aws:inspector:us-west-2:123456789012:target/0-T/template/0-L/run/0-R';
  const arns = (pattern: RegExp) => pick([...known.filter((arn) => pattern.test(arn)), unknown]);
  const [runs, templates, targets] = [/\/run\/[\w-]+$/, /\/template\/[\w-]+$/, /:target\/[\w-]+$/].map(arns) as [
    fc.Arbitrary<string>,
    fc.Arbitrary<string>,
    fc.Arbitrary<string>,
  ];
  const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 1, maxLength: 4 });
  const some = (arn: fc.Arbitrary<string>) => fc.option(fc.uniqueArray(arn, { maxLength: 2 }));
  const describe = (member: string, pattern: RegExp) => inspector(fc.record({ [member]: list(arns(pattern)) }));
  const ofRun = fc.record({ assessmentRunArn: runs });
  const agentId = fc.constantFrom('i-1', 'i-2', 'i-3', 'ä');
  const previewToken = fc.constant('148256d2-8f8b-4a14-a9ae-a0a7ea5b3a4c');
  const service = (name: string, operations: Record<string, (target: string) => Arbitrary>) =>
    Object.entries(operations).map(([operation, create]) => [`${name}.${operation}`, create(`${name}.${operation}`)]);
  return Object.fromEntries([
    ...service('InspectorArchive', {
      GetArchiveRevision: ofArchive(fc.constant({})),
      DescribeArchive: ofArchive(fc.constant({})),
      SearchAssessmentRuns: searchOf('SearchAssessmentRuns'),
      SearchFindings: searchOf('SearchFindings'),
      SearchHosts: searchOf('SearchHosts'),
      SummarizeFindings: summaryOf(
        'SearchFindings',
        ...['SEVERITY', 'RULES_PACKAGE', 'RULE', 'ACCOUNT', 'REGION', 'TEMPLATE', 'HOST'],
      ),
      SummarizeTelemetry: summaryOf(
        'SearchAssessmentRuns',
        ...['MESSAGE_TYPE', 'ACCOUNT', 'REGION', 'TEMPLATE', 'STATE'],
      ),
      SummarizeAssessmentRuns: summaryOf(
        'SearchAssessmentRuns',
        ...['STATE', 'ACCOUNT', 'REGION', 'TEMPLATE', 'RULES_PACKAGE'],
      ),
      CompareAssessmentRuns: ofArchive(
        fc.record({ assessmentRunArn: runs, baseAssessmentRunArn: fc.option(runs, { freq: 2 }) }),
      ),
      BatchGetTelemetryMetadata: ofArchive(fc.record({ assessmentRunArns: list(runs) })),
      BatchGetAssessmentRunAgents: ofArchive(
        fc.record({ agents: list(fc.record({ assessmentRunArn: runs, agentId })) }),
      ),
      BatchGetHostTelemetry: ofArchive(
        fc.record({
          hosts: list(
            fc.record({ accountId: fc.constantFrom(...accounts), region: fc.constantFrom(...regions), agentId }),
          ),
        }),
      ),
    }),
    ...service('InspectorService', {
      ListAssessmentRuns: inspector(
        fc.record({ assessmentTemplateArns: some(templates), filter: fc.constantFrom({}, { namePattern: '*a*' }) }),
        'assessmentRunArns',
      ),
      ListAssessmentTemplates: inspector(fc.record({ assessmentTargetArns: some(targets) }), 'assessmentTemplateArns'),
      ListAssessmentTargets: inspector(fc.constant({}), 'assessmentTargetArns'),
      ListRulesPackages: inspector(fc.constant({}), 'rulesPackageArns'),
      ListEventSubscriptions: inspector(fc.record({ resourceArn: fc.option(templates) }), 'subscriptions'),
      ListFindings: inspector(
        fc.record({
          assessmentRunArns: some(runs),
          filter: fc.constantFrom(
            ...[{}, { severities: ['High'] }, { agentIds: ['i-1'] }, { attributes: [{ key: 'CVE_ID' }] }],
          ),
        }),
        'findingArns',
      ),
      ListExclusions: inspector(ofRun, 'exclusionArns'),
      ListAssessmentRunAgents: inspector(ofRun, 'assessmentRunAgents'),
      ListTagsForResource: inspector(fc.record({ resourceArn: templates })),
      PreviewAgents: inspector(fc.record({ previewAgentsArn: targets }), 'agentPreviews'),
      GetExclusionsPreview: inspector(
        fc.record({ assessmentTemplateArn: templates, previewToken }),
        'exclusionPreviews',
      ),
      GetTelemetryMetadata: inspector(ofRun),
      GetAssessmentReport: inspector(ofRun.map((input) => ({ ...input, reportFileFormat: 'PDF', reportType: 'FULL' }))),
      DescribeCrossAccountAccessRole: inspector(fc.constant({})),
      DescribeAssessmentRuns: describe('assessmentRunArns', /\/run\/[\w-]+$/),
      DescribeAssessmentTemplates: describe('assessmentTemplateArns', /\/template\/[\w-]+$/),
      DescribeAssessmentTargets: describe('assessmentTargetArns', /:target\/[\w-]+$/),
      DescribeResourceGroups: describe('resourceGroupArns', /:resourcegroup\//),
      DescribeRulesPackages: describe('rulesPackageArns', /:rulespackage\//),
      DescribeFindings: describe('findingArns', /\/finding\//),
      DescribeExclusions: describe('exclusionArns', /\/exclusion\//),
    }),
  ]);
}

function anyOperation(all: readonly Structure[]): Arbitrary {
  const weightOf = (target: string) => Object.entries(WEIGHTS).find(([name]) => target.includes(`.${name}`))?.[1] ?? 1;
  return fc.oneof(
    ...Object.entries(toOperations(all)).map(([target, arbitrary]) => ({ weight: weightOf(target), arbitrary })),
  );
}

/** The answer, of pages all of them, without what differs between any two archives. */
async function answer(url: string, { target, input, items, isBackward = false, region }: Asked, scope?: TestScope) {
  const pages: Structure[] = [];
  for (let token: string | undefined; ; ) {
    const next = items === 'items' ? (isBackward ? 'before' : 'after') : 'nextToken';
    const { status, body } = await ask(url, target, token === undefined ? input : { ...input, [next]: token }, {
      scope,
      region,
    });
    const { nextToken, revision: _revision, lastChangedAt: _lastChangedAt, ...page } = body;
    if (items !== 'items') token = nextToken;
    else {
      const all: Structure[] = body.items ?? [];
      token = body[isBackward ? 'hasPreviousPage' : 'hasNextPage'] && all.at(isBackward ? 0 : -1)?.cursor;
      page.items = body.items?.map(({ cursor: _cursor, ...item }: Structure) => item);
    }
    pages.push({ status, ...page, hasNext: nextToken !== undefined });
    if (!token) return pages;
  }
}

/** Whether an input names a run that a scope does not see, and that a list of something visible may have named. */
function namesHidden(scope: TestScope, { input }: Asked): boolean {
  const named = Object.entries(input).filter(([name]) => name !== 'filter');
  return (JSON.stringify(named).match(/arn:aws:inspector:[\w:/-]+/g) ?? []).some((arn) => !isSeen(scope, arn));
}

async function importRecords(archive: Archive, all: readonly Structure[], edge: number): Promise<void> {
  await emptyArchive(archive);
  // Two imports: what the second one has is derived again.
  const files = { 'a.ndjson': toLines(all.slice(0, edge)), 'b.ndjson': toLines(all.slice(edge)) };
  const given = Object.fromEntries(Object.entries(files).filter(([, text]) => text !== ''));
  expect((await importFiles(archive, given)).refused).toEqual([]);
}

test('Every operation that reads is asked within scopes', () => {
  const reading = targets.filter(
    (target) => !/\.(Add|Create|Delete|Register|Remove|Set|St(art|op)|Subscribe|Unsub|Update)/.test(target),
  );
  expect(Object.keys(toOperations([])).sort()).toEqual([...reading].sort());
});

describe.each(engines)('Within a scope an archive on $name', (engine) => {
  test('answers everything as an archive that has only what the scope sees', async () => {
    const archive = await openEmptyArchive(engine);
    const reduced = await openEmptyArchive(engine);
    const urls = [
      await serveArchive(archive),
      await serveArchive(archive, createSearchReader(archive, { maxIndexedRows: 0, maxScannedRows: 0 })),
    ];
    const reducedUrl = await serveArchive(reduced);
    const operations = history.chain((written) =>
      fc.record({
        written: fc.constant(written),
        scope: scopes,
        asked: fc.array(fc.tuple(anyOperation(written.all), pick(urls)), { minLength: 40, maxLength: 40 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(operations, async ({ written: { all, edge }, scope, asked }) => {
        const isVisible = (record: Structure) => isSeen(scope, toArn(record));
        await importRecords(archive, all, edge);
        await importRecords(reduced, all.filter(isVisible), all.slice(0, edge).filter(isVisible).length);
        for (const [operation, url] of asked) {
          // A list of something visible may have named a hidden run, which is not there for the scope all the same.
          const expected = await answer(reducedUrl, operation, namesHidden(scope, operation) ? scope : undefined);
          const given = await answer(url, operation, scope);
          expect({ scope, ...operation, given }).toEqual({ scope, ...operation, given: expected });
        }
      }),
      // A smaller counterexample takes two more imports for each try.
      { numRuns: rounds(10, 300), endOnFailure: true },
    );
  });
});

const HIDDEN = [{ accounts: ['000000000000'], regions: ['*'] }];

describe('The scope of a request', () => {
  const MALFORMED = [
    '',
    'everything',
    '{"accounts":["*"],"regions":["*"]}',
    '[{"accounts":["*"]}]',
    '[{"accounts":["*"],"regions":["EU-*"]}]',
    '[{"accounts":["*"],"regions":["*"]}], [{"accounts":["*"],"regions":["*"]}]',
  ];

  test.each(MALFORMED)('is refused before anything is read where it is %j', async (scope) => {
    const archive = await openEmptyArchive(engines[0] as (typeof engines)[number]);
    const unread = async () => {
      throw new Error('It was read.');
    };
    const url = await serveArchive(archive, { fetchDescription: unread, fetchPage: unread, fetchDocuments: unread });
    for (const target of [
      'InspectorService.ListAssessmentRuns',
      'InspectorService.DescribeCrossAccountAccessRole',
      'InspectorArchive.DescribeArchive',
    ]) {
      expect(await ask(url, target, {}, { scope })).toEqual({
        status: 400,
        body: {
          __type: 'MalformedHttpRequestException',
          message: expect.stringMatching(/^X-Inspector-Archive-Scope: expected JSON such as .*"accounts".*"regions"/),
        },
      });
    }
    const report = await fetch(`${url}assessment-reports/any/any.pdf`, { headers: { [SCOPE_HEADER]: scope } });
    expect({ status: report.status, text: await report.text() }).toEqual({
      status: 400,
      text: expect.stringContaining('X-Inspector-Archive-Scope: expected'),
    });
  });

  test('may be as long as 64 kB, at the archive and there only', async () => {
    const config = parseConfig({ PORT: '0', ARCHIVE_PORT: '0' }, inspectorRegions);
    const archive = await startArchive(config, pino({ level: 'silent' }), 0);
    endAfterAll(() => archive.stop());
    // As many entries as there can be, none of which is like another one.
    const entries: string[] = [];
    for (let length = 2; ; ) {
      const number = String(entries.length).padStart(4, '0');
      const entry = JSON.stringify({ accounts: [`99999999${number}`], regions: [`r${number}`, 'us-*'] });
      length += entry.length + 1;
      if (length > MAX_SCOPE_LENGTH - 100) break;
      entries.push(entry);
    }
    expect(entries.length).toBeGreaterThan(900);
    const scope = `[${[...entries, '{"accounts":["1111*"],"regions":["eu-west-1"]}'].join()}]`;
    for (const target of ['InspectorService.ListAssessmentRuns', 'InspectorService.ListAssessmentTemplates']) {
      const { status, body } = await ask(archive.url, target, { maxResults: 100 }, { scope });
      expect({ status, found: Object.values(body)[0].length > 0 }).toEqual({ status: 200, found: true });
    }
    const { body } = await ask(archive.url, 'InspectorArchive.DescribeArchive', {}, { scope });
    expect(body.accounts.map(({ accountId }: Structure) => accountId)).toEqual(['111122223333']);
    const long = `[${' '.repeat(MAX_SCOPE_LENGTH)}]`;
    expect(await ask(archive.url, 'InspectorArchive.DescribeArchive', {}, { scope: long })).toMatchObject({
      status: 400,
      body: { __type: 'MalformedHttpRequestException' },
    });
  });
});

describe.each(engines)('A scope on $name', (engine) => {
  const one = createHistory(1, { account: '111111111111', region: 'us-west-2' });
  const two = createHistory(2, { account: '222222222222', region: 'eu-west-1' });

  async function serveBoth() {
    const archive = await openEmptyArchive(engine);
    await importFiles(archive, { 'a.ndjson': [one, two].map((given) => toRecords(given)).join('') });
    return serveArchive(archive);
  }

  test.each([
    ['without entries', []],
    ['without accounts', [{ accounts: [], regions: ['*'] }]],
    ['of no account that there is', HIDDEN],
    ['of no region that there is', [{ accounts: ['*'], regions: ['mars-*'] }]],
  ])('%s sees rules packages, which are everybody’s, and nothing else', async (_, scope) => {
    const url = await serveBoth();
    const asked = async (target: string, input: object = {}) => (await ask(url, target, input, { scope })).body;
    expect(await asked('InspectorService.ListRulesPackages')).toEqual({
      rulesPackageArns: [one.rulesPackage.arn, two.rulesPackage.arn],
    });
    expect(await asked('InspectorService.DescribeRulesPackages', { rulesPackageArns: [two.rulesPackage.arn] })).toEqual(
      { rulesPackages: [two.rulesPackage], failedItems: {} },
    );
    expect(await asked('InspectorService.ListAssessmentRuns')).toEqual({ assessmentRunArns: [] });
    expect(await asked('InspectorArchive.DescribeArchive')).toMatchObject({
      counts: { assessmentRuns: 0, assessmentTemplates: 0, findings: 0, hosts: 0, telemetry: 0, rulesPackages: 2 },
      accounts: [],
      regions: [],
      firstRunAt: null,
      lastRunAt: null,
    });
    expect(await asked('InspectorArchive.SearchFindings', { includeTotalCount: true })).toEqual({
      items: [],
      hasNextPage: false,
      hasPreviousPage: false,
      totalCount: 0,
    });
  });

  test('leaves to a signature the rules packages of its region', async () => {
    const url = await serveBoth();
    const caller = { scope: [{ accounts: ['*'], regions: ['us-*'] }], region: 'eu-west-1' };
    expect((await ask(url, 'InspectorService.ListRulesPackages', {}, caller)).body).toEqual({
      rulesPackageArns: [two.rulesPackage.arn],
    });
    expect((await ask(url, 'InspectorService.ListAssessmentRuns', {}, caller)).body).toEqual({ assessmentRunArns: [] });
  });

  test("restricts the archive's own operations, for which the region of a signature does not matter", async () => {
    const url = await serveBoth();
    const scope = [{ accounts: ['111111111111'], regions: ['us-*'] }];
    for (const region of ['us-west-2', 'eu-west-1']) {
      const { body } = await ask(url, 'InspectorArchive.DescribeArchive', {}, { scope, region });
      expect(body.accounts.map(({ accountId }: Structure) => accountId)).toEqual(['111111111111']);
      const input = { assessmentRunArns: [one.run.arn, two.run.arn] };
      const { results } = (await ask(url, 'InspectorArchive.BatchGetTelemetryMetadata', input, { scope, region })).body;
      expect(results).toMatchObject([
        { telemetryMetadata: one.telemetry },
        { error: { type: 'NoSuchEntityException' } },
      ]);
    }
  });

  test('answers what it does not see like what nobody has', async () => {
    const url = await serveBoth();
    const unknown = one.run.arn.replace(/[^/]*$/, '0-Unknown0');
    for (const operation of ['GetTelemetryMetadata', 'ListAssessmentRunAgents', 'ListExclusions']) {
      const target = `InspectorService.${operation}`;
      const hidden = await ask(url, target, { assessmentRunArn: one.run.arn }, { scope: HIDDEN });
      const none = await ask(url, target, { assessmentRunArn: unknown });
      expect(JSON.stringify(hidden)).toBe(JSON.stringify(none).replaceAll(unknown, one.run.arn));
      expect(hidden.body.errorCode).toBe('ASSESSMENT_RUN_DOES_NOT_EXIST');
    }
  });

  test('that is another one takes a token for its position, and says nothing of what it does not see', async () => {
    const archive = await openEmptyArchive(engine);
    const histories = [1, 2, 3, 4].flatMap((number) => [
      createHistory(2 * number, { account: '111111111111' }),
      createHistory(2 * number + 1, { account: '222222222222' }),
    ]);
    await importFiles(archive, { 'a.ndjson': histories.map((given) => toRecords(given)).join('') });
    const url = await serveArchive(archive);
    const [ones, twos] = ['111111111111', '222222222222'].map((account) => [{ accounts: [account], regions: ['*'] }]);
    const runsOf = (account: string) => histories.map(({ run }) => run.arn).filter((arn) => arn.includes(account));

    const list = 'InspectorService.ListAssessmentRuns';
    const { nextToken } = (await ask(url, list, { maxResults: 2 }, { scope: ones })).body;
    expect((await ask(url, list, { nextToken }, { scope: twos })).body).toEqual({
      assessmentRunArns: runsOf('222222222222').slice(1),
    });

    const search = 'InspectorArchive.SearchAssessmentRuns';
    const order = { orderBy: 'CREATED_AT_ASC' };
    const { items } = (await ask(url, search, { ...order, first: 2 }, { scope: ones })).body;
    const behind = await ask(url, search, { ...order, after: items[1].cursor }, { scope: twos });
    expect(behind.body.items.map(({ assessmentRunArn }: Structure) => assessmentRunArn)).toEqual(
      runsOf('222222222222').slice(1),
    );
  });

  test('sees nothing of what a list of a visible run names elsewhere', async () => {
    const archive = await openEmptyArchive(engine);
    const alone = one.run.arn.replace(/[^/]*$/, '0-Alone000');
    const base = { ...one.run, arn: one.run.arn.replace(/[^/]*$/, '0-Base0000'), createdAt: one.run.createdAt - 1 };
    const hidden = [1, 2].map((number) => `${two.run.arn}/finding/0-Hidden0${number}`);
    const toList = (runArn: string, place: number) => ({
      operation: 'ListFindings',
      input: { assessmentRunArns: [runArn] },
      output: { findingArns: [hidden[place]] },
    });
    const runs = { assessmentRuns: [base, one.run], failedItems: {} };
    await importFiles(archive, { 'a.ndjson': toLines([runs, toList(one.run.arn, 0), toList(alone, 1)]) });
    const url = await serveArchive(archive);
    const compare = async (scope?: unknown) =>
      (await ask(url, 'InspectorArchive.CompareAssessmentRuns', { assessmentRunArn: one.run.arn }, { scope })).body;
    const seen = [{ accounts: ['111111111111'], regions: ['*'] }];
    expect((await compare()).newFindings).toEqual([hidden[0]]);
    expect(await compare(seen)).toMatchObject({ baseAssessmentRunArn: base.arn, newFindings: [] });
    const telemetryOf = async (scope?: unknown) =>
      (await ask(url, 'InspectorService.GetTelemetryMetadata', { assessmentRunArn: alone }, { scope })).body.message;
    expect(await telemetryOf()).toContain('but not its telemetry');
    expect(await telemetryOf(seen)).toBe(`The assessment run ${alone} does not exist.`);
  });

  test('has hosts in an order in which hidden ones have no part', async () => {
    const archive = await openEmptyArchive(engine);
    const agentsOf = (runArn: string, ids: string[]) => ({
      assessmentRunAgents: ids.map((agentId) => ({ agentId, assessmentRunArn: runArn })),
    });
    // More than are written at once.
    const ids = Array.from({ length: 1100 }, (_, number) => `i-${String(number).padStart(4, '0')}`);
    const files = [agentsOf(two.run.arn, [...ids].reverse().slice(0, 700)), agentsOf(one.run.arn, ids)];
    await importFiles(archive, { 'a.ndjson': toLines(files) });
    const url = await serveArchive(archive);
    const found: string[] = [];
    for (let after: string | undefined; ; ) {
      const input = { first: 100, after, orderBy: 'LAST_SEEN_AT_ASC' };
      const scope = [{ accounts: ['1*'], regions: ['*'] }];
      const { body } = await ask(url, 'InspectorArchive.SearchHosts', input, { scope });
      found.push(...body.items.map(({ agentId }: Structure) => agentId));
      if (!body.hasNextPage) break;
      after = body.items.at(-1).cursor;
    }
    expect(found).toEqual(ids);
  });

  test('sees reports by their runs, also the files', async () => {
    const archive = await openEmptyArchive(engine);
    const content = '%PDF-1.4 a report';
    await importFiles(archive, { 'a.ndjson': toRecords(one) });
    await importFiles(archive, { 'report.pdf': content }, { runArn: one.run.arn } as never);
    const url = await serveArchive(archive);
    const digest = createHash('sha256').update(content).digest('hex');
    const path = `${url}assessment-reports/${one.run.arn}/${digest}.pdf`;
    const seen = [{ accounts: ['1*'], regions: ['us-*'] }];
    const fetchAs = (scope: unknown) => fetch(path, { headers: { [SCOPE_HEADER]: JSON.stringify(scope) } });
    expect((await fetch(path)).status).toBe(200);
    expect((await fetchAs(seen)).status).toBe(200);
    expect((await fetchAs(HIDDEN)).status).toBe(404);
    const input = { assessmentRunArn: one.run.arn, reportFileFormat: 'PDF', reportType: 'FULL' };
    const report = 'InspectorService.GetAssessmentReport';
    expect((await ask(url, report, input, { scope: seen })).body.status).toBe('COMPLETED');
    expect((await ask(url, report, input, { scope: HIDDEN })).body.errorCode).toBe('ASSESSMENT_RUN_DOES_NOT_EXIST');
  });
});
