import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { entities } from '../src/archive/entities.js';
import { type ExportFilter, exportRecords } from '../src/archive/export.js';
import { fetchStats } from '../src/archive/stats.js';
import { type Database, openDatabase } from '../src/archive/store/database.js';
import { createReader } from '../src/archive/store/reader.js';
import { EVERYTHING } from '../src/archive/store/visibility.js';
import { type Engine, emptyArchive, engines, openEmptyArchive } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { anyJson } from './helpers/documents.js';
import { exportText, importFiles } from './helpers/exports.js';
import {
  createHistory,
  type History,
  type Structure,
  toFurtherRecords,
  toLines,
  toRecords,
} from './helpers/histories.js';
import { type Report, toReportRecord } from './helpers/reports.js';

/** Text of any characters that an archive can hold. */
const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''));
const seconds = fc.integer({ min: Date.UTC(2015, 9), max: Date.UTC(2026, 4) }).map((ms) => ms / 1000);
const count = fc.maxSafeNat();

/** Histories in which IDs recur in other accounts and regions, and of which anything may be missing. */
const someRecords = fc
  .uniqueArray(
    fc.record({
      number: fc.integer({ min: 1, max: 3 }),
      account: fc.constantFrom('123456789012', '210987654321'),
      region: fc.constantFrom('us-west-2', 'eu-west-1'),
      text,
      seconds,
      count,
      content: fc.uint8Array({ maxLength: 100 }),
      numericSeverity: fc.double({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER, noNaN: true }),
      further: anyJson,
      isLeftOut: fc.array(fc.boolean(), { minLength: 17, maxLength: 17 }),
    }),
    { maxLength: 6, selector: ({ number, account, region }) => `${number} ${account} ${region}` },
  )
  .map((places) =>
    places.flatMap(({ number, isLeftOut, account, region, ...values }) => {
      const history = createHistory(number, { account, region });
      Object.assign(history.run, { name: values.text, stateChangedAt: values.seconds, further: values.further });
      Object.assign(history.telemetry[0] as Structure, { count: values.count, messageType: values.text });
      Object.assign(history.finding, { numericSeverity: values.numericSeverity, title: values.text });
      Object.assign(history.agent, { agentId: values.text, agentHealthDetails: values.text });
      const report: Report = { runArn: history.run.arn, format: 'PDF', type: 'FULL', content: values.content };
      return [
        ...toRecords(history).trimEnd().split('\n'),
        ...toFurtherRecords(history),
        JSON.stringify(toReportRecord(report)),
      ].filter((_, place) => isLeftOut[place] === false);
    }),
  )
  .chain((records) => fc.shuffledSubarray(records, { minLength: records.length }));

/** Records in an order of their own, whatever the order of their members. */
function toCanonical(records: readonly string[]): string[] {
  const sortMembers = (_: string, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return records
    .filter((record) => record !== '')
    .map((record) => JSON.stringify(JSON.parse(record), sortMembers))
    .sort();
}

async function listAll(database: Database): Promise<Record<string, readonly string[]>> {
  const { fetchPage } = createReader(database);
  const lists: Record<string, readonly string[]> = {};
  for (const { kind, listed } of entities) {
    if (listed === undefined) continue;
    const query = { kind, visibility: EVERYTHING, conditions: [], after: 0, limit: 1000 };
    lists[listed.table] = (await fetchPage(query)).arns;
  }
  return lists;
}

async function importHistories(database: Database, histories: readonly History[]): Promise<void> {
  await importFiles(database, { 'history.ndjson': histories.map(toRecords).join('') });
}

describe.each(engines)('An export from $name', (engine: Engine) => {
  test('gives, imported into an empty archive, the same documents and lists again', async () => {
    const [first, second] = [await openEmptyArchive(engine), await openEmptyArchive(engine)];
    await fc.assert(
      fc.asyncProperty(someRecords, async (records) => {
        for (const archive of [first, second]) await emptyArchive(archive);
        const isList = (record: string) => /^{"operation":"List(AssessmentRuns|Findings)"/.test(record);
        const { refused } = await importFiles(first, {
          'records.ndjson': records.filter((record) => !isList(record)).join('\n'),
          'lists.ndjson': records.filter(isList).join('\n'),
        });
        expect(refused).toEqual([]);
        const exported = await exportText(first);
        expect(toCanonical(exported.trimEnd().split('\n'))).toEqual(toCanonical([...new Set(records)]));

        expect((await importFiles(second, { 'export.ndjson': exported })).refused).toEqual([]);

        expect(await exportText(second)).toBe(exported);
        expect(await listAll(second)).toEqual(await listAll(first));
        const again = await importFiles(first, { 'export.ndjson': exported });
        expect(Object.values(again.counts).flatMap((counts) => Object.keys(counts))).toEqual(
          Object.keys(again.counts).map(() => 'unchanged'),
        );
      }),
      { numRuns: engine.name === 'SQLite' ? 60 : 20 },
    );
  }, 60_000);

  test('has the files of reports, of whatever bytes', async () => {
    const archive = await openEmptyArchive(engine);
    const { run } = createHistory(1);
    const { run: otherRun } = createHistory(2);
    const reports: Report[] = [
      {
        runArn: run.arn,
        format: 'PDF',
        type: 'FULL',
        name: 'a.pdf',
        content: Uint8Array.from({ length: 256 }, (_, n) => n),
      },
      { runArn: run.arn, format: 'HTML', content: '<p>Ü' },
      { runArn: otherRun.arn, format: 'HTML', type: 'FINDING', content: '' },
    ];
    await importFiles(archive, { 'reports.ndjson': toLines(reports.map(toReportRecord)) });
    expect(await exportText(archive)).toBe(toLines(reports.map(toReportRecord)));
    expect(await exportText(archive, { runArn: otherRun.arn })).toBe(toLines(reports.slice(2).map(toReportRecord)));
  });

  test('has every entity in order, however many pages they take', async () => {
    const archive = await openEmptyArchive(engine);
    const { finding } = createHistory();
    const findings = Array.from({ length: 4001 }, (_, number) => ({
      ...finding,
      arn: finding.arn.replace(/finding\/.*/, `finding/0-${4001 - number}`),
    }));
    await importFiles(archive, { 'findings.json': JSON.stringify({ findings }) });
    const lines = (await exportText(archive)).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).output.findings[0].arn)).toEqual(findings.map(({ arn }) => arn));
  });

  test('has what was there when it began, whatever is imported meanwhile', async () => {
    const archive = await openEmptyArchive(engine);
    const writing = await openDatabase(archive.url);
    endAfterAll(writing.close);
    await importHistories(writing, [createHistory(1)]);

    const lines = exportRecords(archive);
    let exported = `${(await lines.next()).value}\n`;
    const newer = createHistory(1);
    newer.run.stateChangedAt += 1;
    await importHistories(writing, [createHistory(2), newer]);
    for await (const line of lines) exported += `${line}\n`;

    expect(exported).toBe(toRecords(createHistory(1)));
    expect(await exportText(archive)).not.toBe(exported);
  });

  describe('by a filter', () => {
    const here = createHistory(1);
    const there = createHistory(2, { region: 'eu-west-1' });
    const theirs = createHistory(3, { account: '210987654321' });
    /** A second run of the same template, ten years later, of another rules package. */
    const later = createHistory(4);
    const laterRun = here.run.arn.replace(/run\/.*/, 'run/0-Later');
    Object.assign(later, { template: here.template, target: here.target, resourceGroup: here.resourceGroup });
    Object.assign(later.run, {
      arn: laterRun,
      assessmentTemplateArn: here.template.arn,
      createdAt: here.run.createdAt + 315_360_000,
    });
    later.agent.assessmentRunArn = laterRun;
    later.finding.arn = `${laterRun}/finding/0-a`;
    later.exclusion.arn = `${laterRun}/exclusion/0-a`;

    const account = '123456789012';
    test.each<[string, ExportFilter, readonly History[]]>([
      ['of nothing', {}, [here, there, theirs, later]],
      ['of a run', { runArn: here.run.arn }, [here]],
      ['of a run whose rules package its template does not have', { runArn: laterRun }, [later]],
      ['of an account', { accounts: ['210987654321'] }, [theirs]],
      ['of two accounts', { accounts: ['210987654321', account] }, [here, there, theirs, later]],
      ['of a region', { regions: ['eu-west-1'] }, [there]],
      ['of a region and an account', { regions: ['us-west-2'], accounts: [account] }, [here, later]],
      ['of a time, inclusive', { from: here.run.createdAt, to: there.run.createdAt }, [here, there]],
      ['of a time from its beginning', { from: theirs.run.createdAt }, [theirs, later]],
      ['of a time up to its end', { to: here.run.createdAt }, [here]],
      ['of a time in an account', { to: 4_000_000_000, accounts: ['210987654321'] }, [theirs]],
      ['of a run in another region', { runArn: here.run.arn, regions: ['eu-west-1'] }, []],
      ['of a run at another time', { runArn: here.run.arn, from: here.run.createdAt + 0.001 }, []],
    ])('%s stands on its own', async (_, filter, expected) => {
      const [archive, other] = [await openEmptyArchive(engine), await openEmptyArchive(engine)];
      await importHistories(archive, [here, there, theirs, later]);
      await importHistories(other, expected);
      const exported = await exportText(archive, filter);
      // The package of the template comes before the one of its later run.
      expect(exported.split('\n').sort()).toEqual(
        [...new Set([...(await exportText(other)).split('\n'), ...needed(expected)])].sort(),
      );
    });

    /** What the later run refers to by way of its template. */
    function needed(expected: readonly History[]): string[] {
      return expected.includes(later) ? [toRecords(here).split('\n', 1)[0] as string] : [];
    }

    test('of a region has its rules packages that no run has as well', async () => {
      const archive = await openEmptyArchive(engine);
      await importFiles(archive, {
        'a.json': JSON.stringify({ rulesPackages: [here.rulesPackage, there.rulesPackage] }),
      });
      expect((await exportText(archive, { regions: ['eu-west-1'] })).trimEnd()).toBe(
        toRecords(there).split('\n', 1)[0],
      );
    });

    test('of a run that was never described has its telemetry', async () => {
      const archive = await openEmptyArchive(engine);
      const [record = ''] = toRecords(here).split('\n').slice(6);
      await importFiles(archive, { 'a.json': record });
      expect(await exportText(archive, { runArn: here.run.arn })).toBe(`${record}\n`);
    });

    test('of a run has what its account, target and template had, and nothing of others', async () => {
      const archive = await openEmptyArchive(engine);
      const further = [here, there, theirs].map(toFurtherRecords);
      await importHistories(archive, [here, there, theirs]);
      await importFiles(archive, { 'further.ndjson': further.flat().join('\n') });
      const report: Report = { runArn: here.run.arn, format: 'PDF', type: 'FULL', content: '%PDF' };
      const reports = [report, { ...report, runArn: theirs.run.arn }];
      await importFiles(archive, { 'reports.ndjson': toLines(reports.map(toReportRecord)) });
      // Of the last two, the run is another one of the template, and the finding is listed for this one.
      const [role, agentPreview, subscription, exclusionPreview, , finding] = further[0] as string[];
      const exported = (await exportText(archive, { runArn: here.run.arn })).trimEnd().split('\n');
      expect(toCanonical(exported)).toEqual(
        toCanonical([
          ...toRecords(here).split('\n'),
          ...[role, agentPreview, subscription, exclusionPreview, finding].map(String),
          JSON.stringify(toReportRecord(report)),
        ]),
      );
    });

    test('of a run has its target and template that are known by their ARN alone', async () => {
      const archive = await openEmptyArchive(engine);
      const lists = [
        { operation: 'ListAssessmentTargets', input: {}, output: { assessmentTargetArns: [here.target.arn] } },
        { operation: 'ListAssessmentTemplates', input: {}, output: { assessmentTemplateArns: [here.template.arn] } },
        { operation: 'ListAssessmentRuns', input: {}, output: { assessmentRunArns: [here.run.arn] } },
      ];
      await importFiles(archive, { 'lists.ndjson': toLines(lists) });
      expect(await exportText(archive, { runArn: here.run.arn })).toBe(toLines(lists));
    });
  });

  describe('is told in numbers:', () => {
    test('nothing in an empty archive', async () => {
      expect(await fetchStats(await openEmptyArchive(engine), 20)).toEqual({
        entities: [],
        runs: [],
        runsWithoutTelemetry: { number: 0, arns: [] },
      });
    });

    test('entities by account and region, and runs by year and state as well', async () => {
      const archive = await openEmptyArchive(engine);
      const runs: Structure[] = [
        ['2016-01-01T00:00:00Z', 'COMPLETED', 'us-west-2'],
        ['2016-12-31T23:59:59.999Z', 'COMPLETED', 'us-west-2'],
        ['2017-01-01T00:00:00Z', 'COMPLETED', 'us-west-2'],
        ['2017-12-31T23:59:59Z', 'FAILED', 'us-west-2'],
        ['2020-02-29T12:00:00Z', 'FAILED', 'eu-west-1'],
      ].map(([createdAt, state, region = ''], place) => ({
        ...createHistory(place + 1, { region }).run,
        createdAt,
        state,
      }));
      await importFiles(archive, { 'runs.json': JSON.stringify({ assessmentRuns: runs }) });
      await importHistories(archive, [createHistory(9, { account: '210987654321' })]);

      const stats = await fetchStats(archive, 20);

      expect(stats.entities.filter(({ kind }) => kind === 'assessmentRun' || kind === 'telemetryMetadata')).toEqual([
        { kind: 'assessmentRun', account: '123456789012', region: 'eu-west-1', number: 1, byArnAlone: 0 },
        { kind: 'assessmentRun', account: '123456789012', region: 'us-west-2', number: 4, byArnAlone: 0 },
        { kind: 'assessmentRun', account: '210987654321', region: 'us-west-2', number: 1, byArnAlone: 0 },
        { kind: 'telemetryMetadata', account: '210987654321', region: 'us-west-2', number: 1, byArnAlone: 0 },
      ]);
      expect(new Set(stats.entities.map(({ kind }) => kind)).size).toBe(10);
      const ofAccount = { account: '123456789012' };
      expect(stats.runs).toEqual([
        { ...ofAccount, region: 'eu-west-1', year: 2020, state: 'FAILED', number: 1 },
        { ...ofAccount, region: 'us-west-2', year: 2016, state: 'COMPLETED', number: 2 },
        { ...ofAccount, region: 'us-west-2', year: 2017, state: 'COMPLETED', number: 1 },
        { ...ofAccount, region: 'us-west-2', year: 2017, state: 'FAILED', number: 1 },
        { account: '210987654321', region: 'us-west-2', year: 2016, state: 'COMPLETED', number: 1 },
      ]);
      expect(stats.runsWithoutTelemetry).toEqual({ number: 5, arns: runs.map(({ arn }) => arn) });
    });

    test('every kind, those of no region as well, and how many a list has named without any description', async () => {
      const archive = await openEmptyArchive(engine);
      const [history, other] = [createHistory(1), createHistory(2, { region: 'eu-west-1' })];
      await importHistories(archive, [history]);
      await importFiles(archive, {
        'further.ndjson': [history, other].flatMap(toFurtherRecords).join('\n'),
        'lists.json': JSON.stringify({ assessmentRunArns: [history.run.arn, other.run.arn] }),
      });
      const report: Report = { runArn: history.run.arn, format: 'PDF', content: '%PDF' };
      await importFiles(archive, { 'report.json': JSON.stringify(toReportRecord(report)) });

      const { entities: counted, runs, runsWithoutTelemetry } = await fetchStats(archive, 20);

      const here = { account: '123456789012', region: 'us-west-2' };
      const elsewhere = { account: '123456789012', region: 'eu-west-1' };
      expect(counted.filter(({ region, byArnAlone }) => region !== 'us-west-2' || byArnAlone > 0)).toEqual([
        { kind: 'crossAccountAccessRole', account: '123456789012', region: '', number: 1, byArnAlone: 0 },
        { kind: 'agentPreview', ...elsewhere, number: 1, byArnAlone: 0 },
        { kind: 'eventSubscription', ...elsewhere, number: 1, byArnAlone: 0 },
        { kind: 'exclusionPreview', ...elsewhere, number: 1, byArnAlone: 0 },
        { kind: 'assessmentRun', ...elsewhere, number: 2, byArnAlone: 2 },
        { kind: 'assessmentRun', ...here, number: 2, byArnAlone: 1 },
        { kind: 'finding', ...elsewhere, number: 1, byArnAlone: 1 },
        { kind: 'finding', ...here, number: 2, byArnAlone: 1 },
      ]);
      expect(new Set(counted.map(({ kind }) => kind))).toEqual(new Set(entities.map(({ kind }) => kind)));
      expect(runs).toContainEqual({ ...elsewhere, year: null, state: null, number: 2 });
      // The run with telemetry is the one that was described.
      expect(runsWithoutTelemetry.number).toBe(3);
      expect(runsWithoutTelemetry.arns).not.toContain(history.run.arn);
    });

    test('the first 20 runs without telemetry, and how many there are', async () => {
      const archive = await openEmptyArchive(engine);
      const runs = Array.from({ length: 25 }, (_, place) => createHistory(place + 1).run);
      const withTelemetry = createHistory(1);
      await importFiles(archive, { 'runs.json': toLines([{ assessmentRuns: runs }]) });
      await importHistories(archive, [withTelemetry]);
      expect((await fetchStats(archive, 20)).runsWithoutTelemetry).toEqual({
        number: 24,
        arns: runs.slice(1, 21).map(({ arn }) => arn),
      });
    });
  });
});
