import { describe, expect, test } from '@jest/globals';
import { callArchive, serveArchive } from './helpers/archive-service.js';
import { type Archive, engines, openEmptyArchive } from './helpers/archives.js';
import { importFiles } from './helpers/exports.js';
import { createHistory, type Structure, toLines, toRecords } from './helpers/histories.js';

const { run, finding } = createHistory(1);
const OPERATIONS = ['SummarizeFindings', 'SummarizeTelemetry', 'SummarizeAssessmentRuns'];
const LARGEST = Number.MAX_SAFE_INTEGER;

async function importRecords(archive: Archive, ...records: object[]): Promise<void> {
  expect((await importFiles(archive, { 'records.ndjson': toLines(records) })).refused).toEqual([]);
}

const describeFindings = (...findings: Structure[]) => ({ findings, failedItems: {} });
const toFinding = (number: number, members: Structure = {}) => ({
  ...finding,
  arn: `${run.arn}/finding/0-F${number}`,
  ...members,
});

describe.each(engines)('Statistics over HTTP on $name', (engine) => {
  async function ask(archive: Archive, operation: string, input: object) {
    return callArchive(await serveArchive(archive), operation, input);
  }

  test.each(OPERATIONS)('of an archive without anything are nothing: %s', async (operation) => {
    const archive = await openEmptyArchive(engine);
    const none = operation === 'SummarizeTelemetry' ? { count: 0, dataSize: 0, assessmentRunCount: 0 } : { count: 0 };
    const filters = [{}, { accountIds: ['999999999999'] }, { createdBetween: { from: 0 } }];
    for (const filter of filters) {
      expect((await ask(archive, operation, { filter })).body).toEqual({
        groups: [{ keys: [], total: none }],
        groupCount: 1,
        total: none,
      });
      expect((await ask(archive, operation, { filter, groupBy: ['ACCOUNT'], interval: 'DAY' })).body).toEqual({
        groups: [],
        groupCount: 0,
        total: none,
      });
    }
    const day = { from: Date.UTC(2020, 0, 31) / 1000, to: Date.UTC(2020, 1, 1) / 1000 };
    const { body } = await ask(archive, operation, { filter: { createdBetween: day }, interval: 'DAY' });
    expect(body.groups[0].buckets).toEqual([
      { start: '2020-01-31', ...none },
      { start: '2020-02-01', ...none },
    ]);
  });

  test.each<[string, object, string]>([
    ['a dimension of something else', { groupBy: ['DAY'] }, 'INVALID_GROUP_BY'],
    ['more than two dimensions', { groupBy: ['ACCOUNT', 'REGION', 'TEMPLATE'] }, 'INVALID_GROUP_BY'],
    ['a dimension twice', { groupBy: ['ACCOUNT', 'ACCOUNT'] }, 'INVALID_GROUP_BY'],
    ['an interval that is none', { interval: 'HOUR' }, 'INVALID_ATTRIBUTE'],
    ['a time zone that is none', { timeZone: 'Mars/Olympus' }, 'INVALID_TIME_ZONE'],
    ['an offset for a time zone', { timeZone: '+01:00' }, 'INVALID_TIME_ZONE'],
    ['no groups at all', { top: 0 }, 'INVALID_ATTRIBUTE'],
    ['more groups than a hundred', { top: 101 }, 'INVALID_ATTRIBUTE'],
    ['a member that nobody knows', { groupby: ['ACCOUNT'] }, 'INVALID_ATTRIBUTE'],
    ['an account that is none', { filter: { accountIds: ['1'] } }, 'INVALID_FILTER'],
    ['a range the wrong way round', { filter: { createdBetween: { from: 2, to: 1 } } }, 'INVALID_FILTER'],
    [
      'a time axis that is too long',
      { interval: 'DAY', filter: { createdBetween: { from: 0, to: 10_000 * 86_400 } } },
      'TOO_MANY_BUCKETS',
    ],
    [
      'times that no calendar has',
      { interval: 'YEAR', filter: { createdBetween: { from: -1e300, to: 1e300 } } },
      'TOO_MANY_BUCKETS',
    ],
  ])('refuse %s', async (_title, input, errorCode) => {
    const archive = await openEmptyArchive(engine);
    for (const operation of OPERATIONS) {
      const { status, body } = await ask(archive, operation, input);
      expect([operation, status, body]).toMatchObject([
        operation,
        400,
        { __type: 'InvalidInputException', errorCode, canRetry: false },
      ]);
    }
  });

  test('refuse more buckets than ten thousand of all groups together', async () => {
    const archive = await openEmptyArchive(engine);
    await importRecords(
      archive,
      describeFindings(...[1, 2].map((number) => toFinding(number, { id: `CVE-${number}` }))),
    );
    const filter = { createdBetween: { from: 1_458_680_170 - 4999 * 86_400, to: 1_458_680_170 + 2 * 86_400 } };
    const input = { filter, groupBy: ['RULE'], interval: 'DAY' };
    expect((await ask(archive, 'SummarizeFindings', input)).body.errorCode).toBe('TOO_MANY_BUCKETS');
    const { body } = await ask(archive, 'SummarizeFindings', { ...input, top: 1 });
    expect([body.groups[0].buckets.length, body.groupCount]).toEqual([5002, 2]);
  });

  test('are exact where a sum is larger than a number of JavaScript or of the engine', async () => {
    const archive = await openEmptyArchive(engine);
    const rows = Array.from({ length: 2000 }, () => ({ messageType: 'A', count: LARGEST, dataSize: LARGEST }));
    await importRecords(archive, {
      operation: 'GetTelemetryMetadata',
      input: { assessmentRunArn: run.arn },
      output: { telemetryMetadata: rows },
    });
    const url = await serveArchive(archive);
    for (const groupBy of [[], ['MESSAGE_TYPE'], ['MESSAGE_TYPE', 'STATE']]) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'x-amz-target': 'InspectorArchive.SummarizeTelemetry' },
        body: JSON.stringify({ groupBy }),
      });
      const sum = BigInt(LARGEST) * 2000n;
      expect(await response.text()).toContain(`"total":{"count":${sum},"dataSize":${sum},"assessmentRunCount":1}}`);
    }
  });

  test('choose findings by what only their documents say', async () => {
    const archive = await openEmptyArchive(engine);
    const attributes = [{ key: 'package', value: 'openssl' }];
    await importRecords(
      archive,
      describeFindings(toFinding(1, { attributes }), toFinding(2, { attributes, severity: 'Low' }), toFinding(3)),
      { findingArns: [`${run.arn}/finding/0-Listed`] },
    );
    const input = { filter: { attributes: [{ key: 'package', value: 'openssl' }] }, groupBy: ['SEVERITY'] };
    expect((await ask(archive, 'SummarizeFindings', input)).body).toEqual({
      groups: [
        { keys: ['High'], total: { count: 1 } },
        { keys: ['Low'], total: { count: 1 } },
      ],
      groupCount: 2,
      total: { count: 2 },
    });
  });

  test('do not add the total of a run to its other rows', async () => {
    const archive = await openEmptyArchive(engine);
    await importFiles(archive, { 'records.ndjson': toRecords(createHistory(7)) });
    const { body } = await ask(archive, 'SummarizeTelemetry', { groupBy: ['MESSAGE_TYPE'], interval: 'YEAR' });
    expect(body.groups).toMatchObject([{ keys: ['InspectorDuplicateProcess'], total: { count: 7, dataSize: 345 } }]);
    expect(body.groups[0].buckets).toMatchObject([{ start: '2016-01-01', count: 7, assessmentRunCount: 1 }]);
  });
});
