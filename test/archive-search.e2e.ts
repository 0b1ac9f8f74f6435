import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSearchReader } from '../src/archive/store/search/search-reader.js';
import { callArchive, serveArchive } from './helpers/archive-service.js';
import { emptyArchive, engines, openEmptyArchive } from './helpers/archives.js';
import { importFiles } from './helpers/exports.js';
import { createHistory, type Structure, toLines, toRecords } from './helpers/histories.js';
import { rounds } from './helpers/rounds.js';
import { inOrder, isFound, readFound, records, type SearchName, searches } from './helpers/searched-archive.js';

const history = createHistory();
const { run, template } = history;

const names = Object.keys(searches) as SearchName[];

/** Walks all pages of a search, forwards or backwards; gives the items in the order of the search. */
async function walk(url: string, name: SearchName, input: Structure, size: number, isBackward: boolean) {
  const items: Structure[] = [];
  const cursors: string[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = isBackward ? { last: size, before: cursor } : { first: size, after: cursor };
    const { status, body } = await callArchive(url, name, { ...input, ...page });
    expect({ status, body }).toMatchObject({ status: 200 });
    const found = body.items.map(({ cursor: _, ...item }: Structure) => item);
    if (isBackward) items.unshift(...found);
    else items.push(...found);
    cursors.push(...body.items.map((item: Structure) => item.cursor));
    expect(body[isBackward ? 'hasNextPage' : 'hasPreviousPage']).toBe(cursor !== undefined);
    if (!body[isBackward ? 'hasPreviousPage' : 'hasNextPage']) {
      expect(new Set(cursors).size).toBe(cursors.length);
      return { items, totalCount: body.totalCount };
    }
    cursor = (isBackward ? body.items[0] : body.items.at(-1)).cursor;
  }
}

describe.each(engines)('Searches of an archive on $name', (engine) => {
  test.each([
    ['sorted', undefined],
    ['walked in order', { maxIndexedRows: 0, maxScannedRows: 0 }],
  ])('find what fits any filter, in any order and on pages of any size from either end: %s', async (_, limits) => {
    const archive = await openEmptyArchive(engine);
    const url = await serveArchive(archive, createSearchReader(archive, limits));
    await fc.assert(
      fc.asyncProperty(
        records,
        fc.array(
          fc.record({
            name: fc.constantFrom(...names),
            filters: fc.record(Object.fromEntries(names.map((name) => [name, searches[name].filter])) as never),
            order: fc.nat(),
            isDescending: fc.boolean(),
            size: fc.integer({ min: 1, max: 7 }),
            isBackward: fc.boolean(),
          }),
          { minLength: 12, maxLength: 12 },
        ),
        async (written, asked) => {
          await emptyArchive(archive);
          expect((await importFiles(archive, { 'records.ndjson': toLines(written) })).refused).toEqual([]);
          const found = await readFound(archive);
          for (const { name, filters, order, isDescending, size, isBackward } of asked) {
            const filter = (filters as Record<SearchName, Structure>)[name];
            const orders = Object.entries(searches[name].orders);
            const [orderName, toValue] = orders[order % orders.length] as (typeof orders)[number];
            const orderBy = `${orderName}_${isDescending ? 'DESC' : 'ASC'}`;
            const fitting = found[name].filter((one) => isFound(name, filter, one));
            const input = { filter, orderBy, includeTotalCount: true };
            const { items, totalCount } = await walk(url, name, input, size, isBackward);
            expect({ name, filter, totalCount }).toEqual({ name, filter, totalCount: fitting.length });
            const expected = inOrder(fitting, toValue, isDescending);
            // The order in which hosts came is not told by documents.
            if (name === 'SearchHosts') {
              expect(new Set(items)).toEqual(new Set(expected.map(({ item }) => item)));
              expect(items.map((item) => toValue({ document: item } as never) ?? null)).toEqual(
                expected.map((one) => toValue(one) ?? null),
              );
            } else
              expect({ name, filter, orderBy, items }).toEqual({
                name,
                filter,
                orderBy,
                items: expected.map(({ item }) => item),
              });
          }
        },
      ),
      { numRuns: rounds(5, 200) },
    );
  });

  test('give every item once while an import goes on', async () => {
    const archive = await openEmptyArchive(engine);
    const url = await serveArchive(archive);
    const toRuns = (first: number) =>
      toLines(
        Array.from({ length: 10 }, (_, place) => {
          const arn = `${template.arn}/run/0-R${first + place}`;
          return { assessmentRuns: [{ ...run, arn, createdAt: run.createdAt + ((place * 7) % 10) }], failedItems: {} };
        }),
      );
    await importFiles(archive, { 'a.ndjson': toRuns(0) });
    const before = (await callArchive(url, 'SearchAssessmentRuns', {})).body.items;
    const found: string[] = [];
    let after: string | undefined;
    for (let imports = 1; ; imports += 1) {
      const { body } = await callArchive(url, 'SearchAssessmentRuns', { first: 2, after });
      found.push(...body.items.map((item: Structure) => item.assessmentRunArn));
      if (!body.hasNextPage) break;
      after = body.items.at(-1).cursor;
      if (imports <= 3) await importFiles(archive, { 'b.ndjson': toRuns(100 * imports) });
    }
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(expect.arrayContaining(before.map((item: Structure) => item.assessmentRunArn)));
  });

  test('refuse what they do not take, and cursors of another search', async () => {
    const archive = await openEmptyArchive(engine);
    const url = await serveArchive(archive);
    await importFiles(archive, { 'a.ndjson': toRecords(history) });
    const { cursor } = (await callArchive(url, 'SearchAssessmentRuns', {})).body.items[0];
    const refused: [string, Structure, string][] = [
      ['SearchAssessmentRuns', { filter: { unknown: [] } }, 'INVALID_ATTRIBUTE'],
      ['SearchAssessmentRuns', { unknown: 1 }, 'INVALID_ATTRIBUTE'],
      ['SearchAssessmentRuns', { filter: { accountIds: ['1'] } }, 'INVALID_FILTER'],
      ['SearchAssessmentRuns', { filter: { createdBetween: { from: 2, to: 1 } } }, 'INVALID_FILTER'],
      ['SearchAssessmentRuns', { filter: { states: Array(101).fill('FAILED') } }, 'INVALID_FILTER'],
      ['SearchAssessmentRuns', { filter: { text: '' } }, 'INVALID_FILTER'],
      ['SearchAssessmentRuns', { filter: JSON.parse('{"__proto__": {"text": "x"}}') }, 'INVALID_ATTRIBUTE'],
      ['SearchAssessmentRuns', { filter: { durationBetween: { from: 1.5 } } }, 'INVALID_FILTER'],
      ['SearchAssessmentRuns', { filter: { durationBetween: { to: 1e300 } } }, 'INVALID_FILTER'],
      ['SearchAssessmentRuns', { orderBy: 'TITLE_ASC' }, 'INVALID_ORDER'],
      ['SearchAssessmentRuns', { first: 101 }, 'INVALID_MAX_RESULTS'],
      ['SearchAssessmentRuns', { first: 1, last: 1 }, 'INVALID_ATTRIBUTE'],
      ['SearchAssessmentRuns', { after: `${cursor}=` }, 'INVALID_CURSOR'],
      ['SearchAssessmentRuns', { after: cursor, orderBy: 'NAME_ASC' }, 'INVALID_CURSOR'],
      ['SearchAssessmentRuns', { after: cursor, filter: { states: ['FAILED'] } }, 'INVALID_CURSOR'],
      ['SearchFindings', { after: cursor }, 'INVALID_CURSOR'],
      ['SearchFindings', { filter: { assessmentRunArns: ['x'] } }, 'INVALID_FILTER'],
      ['SearchHosts', { filter: { states: [] } }, 'INVALID_ATTRIBUTE'],
      ['SearchAssessmentRuns', { filter: { agentIds: [''] } }, 'INVALID_FILTER'],
      ['BatchGetTelemetryMetadata', { assessmentRunArns: [] }, 'INVALID_NUMBER_OF_ASSESSMENT_RUN_ARNS'],
      ['BatchGetAssessmentRunAgents', { agents: [] }, 'INVALID_ATTRIBUTE'],
      [
        'BatchGetAssessmentRunAgents',
        { agents: [{ assessmentRunArn: 'x', agentId: 'i-1' }] },
        'INVALID_ASSESSMENT_RUN_ARN',
      ],
      ['BatchGetHostTelemetry', { hosts: [{ accountId: '123456789012', region: 'us-west-2' }] }, 'INVALID_ATTRIBUTE'],
    ];
    for (const [name, input, errorCode] of refused) {
      const { status, body } = await callArchive(url, name, input);
      expect({ name, input, status, body }).toMatchObject({
        status: 400,
        body: { __type: 'InvalidInputException', errorCode, canRetry: false },
      });
    }
    const sameSearch = { after: cursor, orderBy: 'CREATED_AT_DESC', filter: { states: [], text: null } };
    expect((await callArchive(url, 'SearchAssessmentRuns', sameSearch)).status).toBe(200);
  });

  test('come with agents of runs, and with what hosts have sent in all runs', async () => {
    const archive = await openEmptyArchive(engine);
    const url = await serveArchive(archive);
    const runArns = [0, 1, 2].map((number) => `${template.arn}/run/0-R${number}`);
    const total = { messageType: 'Total', count: 7, dataSize: 7 };
    const large = { messageType: 'A', count: Number.MAX_SAFE_INTEGER, dataSize: 1 };
    const ofAgent = (agentId: string, assessmentRunArn: unknown, telemetryMetadata?: object[]) => {
      return { agentId, assessmentRunArn, ...(telemetryMetadata && { telemetryMetadata }) };
    };
    const agents = [
      ofAgent('i-1', runArns[0], [large, total, { messageType: 'B', count: 1 }]),
      ofAgent('i-1', runArns[1], [large, large]),
      ofAgent('i-1', runArns[2], [total]),
      ofAgent('i-2', runArns[0], []),
      ofAgent('i-2', runArns[1]),
    ];
    await importFiles(archive, { 'a.ndjson': toLines(agents.map((agent) => ({ assessmentRunAgents: [agent] }))) });

    const asked = [agents[0], agents[4], ofAgent('i-3', runArns[0]), agents[0]].map((agent) => {
      return { assessmentRunArn: agent?.assessmentRunArn, agentId: agent?.agentId };
    });
    const answered = await callArchive(url, 'BatchGetAssessmentRunAgents', { agents: asked });
    expect(answered.body.results).toEqual(
      [agents[0], agents[4], null, agents[0]].map((assessmentRunAgent, n) => ({ ...asked[n], assessmentRunAgent })),
    );

    const hosts = ['i-1', 'i-2', 'i-3', 'i-1'].map((agentId) => {
      return { agentId, accountId: '123456789012', region: 'us-west-2' };
    });
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'x-amz-target': 'InspectorArchive.BatchGetHostTelemetry' },
      body: JSON.stringify({ hosts: [...hosts, { ...hosts[0], region: 'eu-west-1' }] }),
    });
    // The sum is larger than JavaScript's numbers.
    const { results } = JSON.parse((await response.text()).replace(/:(\d+)(?=[,}])/g, ':"$1"'));
    const rows = [
      { messageType: 'A', count: String(3n * BigInt(Number.MAX_SAFE_INTEGER)), dataSize: '3' },
      { messageType: 'Total', count: '7', dataSize: '7' },
      { messageType: 'B', count: '1', dataSize: null },
    ];
    expect(results.map(({ agentId, telemetryMetadata }: Structure) => [agentId, telemetryMetadata])).toEqual([
      ['i-1', rows],
      ['i-2', null],
      ['i-3', null],
      ['i-1', rows],
      ['i-1', null],
    ]);
  });

  test('come with what the archive is, and with telemetry of many runs', async () => {
    const archive = await openEmptyArchive(engine);
    const url = await serveArchive(archive);
    await importFiles(archive, { 'a.ndjson': toRecords(history) });
    const { body: revision } = await callArchive(url, 'GetArchiveRevision', {});
    expect(revision).toEqual({ apiVersion: 1, revision: expect.any(String), lastChangedAt: expect.any(Number) });
    const { body } = await callArchive(url, 'DescribeArchive', {});
    expect(body).toMatchObject({
      ...revision,
      softwareVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      counts: { assessmentRuns: 1, findings: 1, hosts: 1, agents: 1, telemetry: 1, exclusions: 1, rulesPackages: 1 },
      accounts: [{ accountId: '123456789012', assessmentRunCount: 1, findingCount: 1 }],
      regions: [{ region: 'us-west-2', assessmentRunCount: 1, findingCount: 1 }],
      firstRunAt: run.createdAt,
      lastRunAt: run.createdAt,
    });
    await importFiles(archive, { 'b.json': JSON.stringify({ findings: [{ ...history.finding, title: 'later' }] }) });
    expect((await callArchive(url, 'GetArchiveRevision', {})).body.revision).not.toBe(revision.revision);

    const unknown = run.arn.replace('0-R', '0-X');
    const assessmentRunArns = [run.arn, unknown, 'x', run.arn];
    const { results } = (await callArchive(url, 'BatchGetTelemetryMetadata', { assessmentRunArns })).body;
    const known = { assessmentRunArn: run.arn, telemetryMetadata: history.telemetry };
    const toError = (assessmentRunArn: string, type: string, errorCode: string) => {
      return { assessmentRunArn, error: { type, errorCode, canRetry: false, message: expect.any(String) } };
    };
    expect(results).toEqual([
      known,
      toError(unknown, 'NoSuchEntityException', 'ASSESSMENT_RUN_DOES_NOT_EXIST'),
      toError('x', 'InvalidInputException', 'INVALID_ASSESSMENT_RUN_ARN'),
      known,
    ]);
  });
});
