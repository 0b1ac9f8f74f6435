import { describe, expect, test } from '@jest/globals';
import { type Archive, engines, openEmptyArchive } from './helpers/archives.js';
import { exportText, importFiles } from './helpers/exports.js';
import { migrateAgain, readFacts } from './helpers/facts.js';
import { createHistory, type Structure, toFurtherRecords, toLines, toRecords } from './helpers/histories.js';

const [history, other] = [createHistory(1), createHistory(2)];
const { run, finding } = history;

const describeFinding = (document: Structure) => ({ findings: [document], failedItems: {} });
const listFindings = (runArns: string[], ...findingArns: string[]) => ({
  operation: 'ListFindings',
  input: { assessmentRunArns: runArns },
  output: { findingArns },
});
const telemetry = (rows: Structure[]) => ({
  operation: 'GetTelemetryMetadata',
  input: { assessmentRunArn: run.arn },
  output: { telemetryMetadata: rows },
});
const later = {
  ...finding,
  title: 'Café',
  severity: 'Unheard of',
  assetAttributes: { agentId: 'i-other', hostname: 'host' },
  updatedAt: finding.updatedAt + 1,
};
const row = { messageType: 'User', count: 1 };

/** Imports that leave what is derived in different states, each a list of files. */
const imports: Record<string, string[]> = {
  'of two runs': [toRecords(history), toRecords(other)],
  'of findings before their run': [toLines([describeFinding(finding)]), toRecords(history)],
  'of a finding whose run never comes': [toLines([describeFinding(finding)])],
  'of what is known by its ARN alone': [...toFurtherRecords(history)],
  'of a later version of a finding': [toRecords(history), toLines([describeFinding(later)])],
  'of a finding that another list names': [
    toLines([listFindings([run.arn], other.finding.arn)]),
    toLines([listFindings([other.run.arn], other.finding.arn)]),
  ],
  'of a finding that is described after it was listed': [
    toLines([listFindings([run.arn], finding.arn, other.finding.arn)]),
    toRecords(history),
  ],
  'of a later version of a run': [
    toRecords(history),
    toLines([{ assessmentRuns: [{ ...run, name: 'Later', state: 'FAILED', stateChangedAt: run.stateChangedAt + 1 }] }]),
  ],
  'of telemetry that is a total alone': [toLines([telemetry([{ messageType: 'Total', count: 3, dataSize: 9 }])])],
  'of telemetry with two rows of a type': [toLines([telemetry([row, row, { messageType: 'Total', count: 2 }])])],
};

async function importAll(archive: Archive, files: readonly string[]): Promise<void> {
  for (const file of files) expect((await importFiles(archive, { 'file.ndjson': file })).refused).toEqual([]);
}

describe.each(engines)('The facts of an archive on $name', (engine) => {
  test.each(Object.entries(imports))(
    'are the same after an import %s, its export and a migration',
    async (_, files) => {
      const [archive, again] = [await openEmptyArchive(engine), await openEmptyArchive(engine)];
      await importAll(archive, files);
      await importAll(again, [await exportText(archive)]);
      const facts = withoutIds(await readFacts(archive));
      expect(withoutIds(await readFacts(again))).toEqual(facts);
      await migrateAgain(again);
      expect(withoutIds(await readFacts(again))).toEqual(facts);
    },
  );

  test('are those of the latest version', async () => {
    const archive = await openEmptyArchive(engine);
    await importAll(archive, imports['of a later version of a finding'] as string[]);
    const { finding_facts, hosts, agent_facts, finding_counts } = toRows(await readFacts(archive));
    expect(finding_facts).toMatchObject([
      { title: 'Café', title_key: 'Café', severity: 'Unheard of', severity_rank: null, agent: 'i-other' },
    ]);
    expect(finding_counts).toMatchObject([{ severity: 'Unheard of', count: 1 }]);
    // The first one is still an agent of the run.
    expect(agent_facts).toMatchObject([{ agent: 'i-1' }, { agent: 'i-other' }]);
    expect(hosts).toMatchObject([
      { agent: 'i-1', hostname: null, run_count: 1, latest_run: run.arn, first_seen_at: run.createdAt },
      { agent: 'i-other', hostname: 'host', run_count: 1, latest_run: run.arn, last_seen_at: run.createdAt },
    ]);
  });

  test('leave out a total that has rows beside it, and nothing else', async () => {
    const archive = await openEmptyArchive(engine);
    await importAll(archive, [toRecords(history)]);
    expect(toRows(await readFacts(archive)).telemetry_facts).toEqual([
      { count: 1, data_size: 345, message_type: 'InspectorDuplicateProcess', place: 0, run: run.arn },
    ]);
  });

  test('have a revision that grows with what changes the archive, and with nothing else', async () => {
    const archive = await openEmptyArchive(engine);
    const revision = () => archive.tables.selectFrom('writers').select('revision').executeTakeFirstOrThrow();
    const { revision: before } = await revision();
    await importAll(archive, [toRecords(history)]);
    expect(await revision()).toEqual({ revision: before + 1 });
    await importAll(archive, [toRecords(history)]);
    expect(await revision()).toEqual({ revision: before + 1 });
    await importAll(archive, [toLines([describeFinding(later)])]);
    expect(await revision()).toEqual({ revision: before + 2 });
  });
});

const toRows = (facts: Record<string, string[]>): Record<string, Structure[]> =>
  Object.fromEntries(Object.entries(facts).map(([table, rows]) => [table, rows.map((text) => JSON.parse(text))]));

/** Ids differ between archives. */
function withoutIds(facts: Record<string, string[]>): unknown {
  const rows = Object.entries(toRows(facts)).map(([table, found]) => [
    table,
    found.map(({ id, ...others }) => JSON.stringify(others)).sort(),
  ]);
  return Object.fromEntries(rows);
}
