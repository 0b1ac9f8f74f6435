import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { callArchive, serveArchive } from './helpers/archive-service.js';
import { type Archive, engines, openEmptyArchive } from './helpers/archives.js';
import { importFiles } from './helpers/exports.js';
import { createHistory, type Structure, toLines } from './helpers/histories.js';
import { rounds } from './helpers/rounds.js';

const { template, target, run: example, finding: exampleFinding } = createHistory(1);
const [baseArn, runArn] = ['0-Base', '0-Compared'].map((id) => `${template.arn}/run/${id}`) as [string, string];

const toRun = (arn: string, createdAt?: number): Structure => ({ ...example, arn, createdAt });
const describeRuns = (...assessmentRuns: Structure[]) => ({ assessmentRuns, failedItems: {} });
const listRuns = (...assessmentRunArns: string[]) => ({ assessmentRunArns });

async function importRecords(archive: Archive, ...records: object[]): Promise<void> {
  const { refused } = await importFiles(archive, { 'records.ndjson': toLines(records) });
  expect(refused).toEqual([]);
}

/** Parts of a run with few values, so that many are the same in two runs. */
const findingParts = fc.record({
  agentId: fc.constantFrom('i-1', 'i-2', undefined),
  id: fc.constantFrom('CVE-1', 'CVE-2', undefined),
  rulesPackageArn: fc.constantFrom(1, 2).map((number) => createHistory(number).rulesPackage.arn),
  severity: fc.constantFrom('High', 'Medium', 'Low', 'Informational', 'Undefined', 'Critical', undefined),
});
const row = fc.record(
  { messageType: fc.constantFrom('Total', 'A', 'B', 'C'), count: fc.nat(), dataSize: fc.nat() },
  { requiredKeys: ['messageType', 'count'] },
);
const runParts = fc.record({
  findings: fc.array(findingParts, { maxLength: 12 }),
  telemetry: fc.option(fc.array(row, { maxLength: 5 }), { nil: null }),
  agentIds: fc.uniqueArray(fc.constantFrom('i-1', 'i-2', 'i-10', 'I-1', 'ä', '😀', '\uffee')),
});
type RunParts = typeof runParts extends fc.Arbitrary<infer T> ? T : never;

const toFindings = (arn: string, { findings }: RunParts): Structure[] =>
  findings.map(({ agentId, id, rulesPackageArn, severity }, place) => ({
    ...exampleFinding,
    arn: `${arn}/finding/0-F${place}`,
    id,
    severity,
    assetAttributes: { schemaVersion: 1, agentId },
    serviceAttributes: { schemaVersion: 1, assessmentRunArn: arn, rulesPackageArn },
  }));

const toRecords = (arn: string, parts: RunParts): object[] => [
  { findings: toFindings(arn, parts), failedItems: {} },
  ...(parts.telemetry === null
    ? []
    : [
        {
          operation: 'GetTelemetryMetadata',
          input: { assessmentRunArn: arn },
          output: { telemetryMetadata: parts.telemetry },
        },
      ]),
  { assessmentRunAgents: parts.agentIds.map((agentId) => ({ agentId, assessmentRunArn: arn })) },
];

/** What docs/archive-api.md promises, by counting. */
function expectComparison(body: Structure, base: RunParts, compared: RunParts): void {
  const [ofBase, ofRun] = [toFindings(baseArn, base), toFindings(runArn, compared)] as const;
  const toKey = (one: Structure) =>
    JSON.stringify([one.assetAttributes.agentId, one.id, one.serviceAttributes.rulesPackageArn]);
  /** Which of those with the same key a finding is. */
  const toPlace = (all: Structure[], one: Structure) => all.filter((other) => toKey(other) === toKey(one)).indexOf(one);
  const partnerOf = (all: Structure[], others: Structure[], one: Structure) =>
    others.filter((other) => toKey(other) === toKey(one))[toPlace(all, one)];
  const ranks = ['High', 'Medium', 'Low', 'Informational', 'Undefined'];
  const inOrder = (all: Structure[]) =>
    [...ranks, null].flatMap((rank) =>
      all.filter(({ severity }) => (rank === null ? !ranks.includes(severity) : severity === rank)),
    );
  const arns = (all: Structure[]) => inOrder(all).map(({ arn }) => arn);
  expect(body.newFindings).toEqual(arns(ofRun.filter((one) => !partnerOf(ofRun, ofBase, one))));
  expect(body.goneFindings).toEqual(arns(ofBase.filter((one) => !partnerOf(ofBase, ofRun, one))));
  expect(body.remainingFindings).toEqual(
    inOrder(ofRun).flatMap((one) => {
      const partner = partnerOf(ofRun, ofBase, one);
      return partner === undefined ? [] : [{ findingArn: one.arn, baseFindingArn: partner.arn }];
    }),
  );

  const toRows = (rows: RunParts['telemetry']) =>
    (rows ?? []).map((one, place, all) => ({
      ...one,
      place: all.slice(0, place).filter(({ messageType }) => messageType === one.messageType).length,
    }));
  const [baseRows, runRows] = [toRows(base.telemetry), toRows(compared.telemetry)];
  const find = (rows: typeof runRows, { messageType, place }: (typeof runRows)[number]) => {
    const found = rows.find((other) => other.messageType === messageType && other.place === place);
    return found === undefined ? null : { count: found.count, dataSize: found.dataSize ?? null };
  };
  expect(body.telemetry).toEqual(
    [...runRows, ...baseRows.filter((one) => find(runRows, one) === null)].map((one) => ({
      messageType: one.messageType,
      base: find(baseRows, one),
      compared: find(runRows, one),
    })),
  );

  const sorted = (ids: string[]) =>
    ids.sort((a, b) => (a.codePointAt(0) as number) - (b.codePointAt(0) as number) || (a < b ? -1 : 1));
  expect(body.newAgentIds).toEqual(sorted(compared.agentIds.filter((id) => !base.agentIds.includes(id))));
  expect(body.goneAgentIds).toEqual(sorted(base.agentIds.filter((id) => !compared.agentIds.includes(id))));
  expect(body.remainingAgentIds).toEqual(sorted(compared.agentIds.filter((id) => base.agentIds.includes(id))));
}

describe.each(engines)('CompareAssessmentRuns on $name', (engine) => {
  const compare = async (archive: Archive, input: object) =>
    callArchive(await serveArchive(archive), 'CompareAssessmentRuns', input);

  test('gives what is new, gone and still there', async () => {
    await fc.assert(
      fc.asyncProperty(runParts, runParts, async (base, compared) => {
        const archive = await openEmptyArchive(engine);
        await importRecords(archive, describeRuns(toRun(baseArn), toRun(runArn)), ...toRecords(baseArn, base));
        await importRecords(archive, ...toRecords(runArn, compared));
        const { status, body } = await compare(archive, { assessmentRunArn: runArn, baseAssessmentRunArn: baseArn });
        expect([status, body.baseAssessmentRunArn]).toEqual([200, baseArn]);
        expectComparison(body, base, compared);
      }),
      { numRuns: rounds(12, 300) },
    );
  }, 120_000);

  test('takes the run of the same template before it where no base is given', async () => {
    const archive = await openEmptyArchive(engine);
    const arns = ['0-Z', '0-B', '0-Y', '0-A'].map((id) => `${template.arn}/run/${id}`);
    const runs = [1_460_000_030, 1_460_000_010, 1_460_000_020, 1_460_000_020].map((createdAt, place) =>
      toRun(arns[place] as string, createdAt),
    );
    const other = createHistory(2).run;
    const ofOtherTemplate = { ...example, arn: `${target.arn}/template/0-Other/run/0-R`, createdAt: 1_460_000_025 };
    const [undated, listed] = ['0-Undated', '0-Listed'].map((id) => `${template.arn}/run/${id}`);
    await importRecords(
      archive,
      describeRuns(...runs, other, ofOtherTemplate, toRun(undated as string)),
      listRuns(listed as string),
    );
    const baseOf = async (arn: string | undefined) => {
      const { status, body } = await compare(archive, { assessmentRunArn: arn });
      expect(status).toBe(200);
      return body;
    };
    // Of two at the same time the one that came last.
    expect((await baseOf(arns[0])).baseAssessmentRunArn).toBe(arns[3]);
    expect((await baseOf(arns[3])).baseAssessmentRunArn).toBe(arns[2]);
    expect((await baseOf(arns[2])).baseAssessmentRunArn).toBe(arns[1]);
    for (const first of [arns[1], other.arn, ofOtherTemplate.arn, undated, listed]) {
      expect(await baseOf(first)).toEqual({ baseAssessmentRunArn: null });
    }
  });

  test('compares a run with itself, with one of another template of the target, and with one that was listed', async () => {
    const archive = await openEmptyArchive(engine);
    const other = `${target.arn}/template/0-Other/run/0-R`;
    await importRecords(archive, describeRuns(toRun(runArn)), listRuns(other), {
      findings: [{ ...exampleFinding, arn: `${runArn}/finding/0-F` }],
      failedItems: {},
    });
    const withItself = await compare(archive, { assessmentRunArn: runArn, baseAssessmentRunArn: runArn });
    expect(withItself.body).toMatchObject({ newFindings: [], goneFindings: [], remainingFindings: [{}] });
    const withOther = await compare(archive, { assessmentRunArn: runArn, baseAssessmentRunArn: other });
    expect(withOther.body).toMatchObject({ newFindings: [`${runArn}/finding/0-F`], telemetry: [] });
  });

  test.each<[string, object, string]>([
    ['no run', {}, 'INVALID_ASSESSMENT_RUN_ARN'],
    ['no ARN of a run', { assessmentRunArn: template.arn }, 'INVALID_ASSESSMENT_RUN_ARN'],
    ['no ARN of a base', { assessmentRunArn: runArn, baseAssessmentRunArn: 'x' }, 'INVALID_ASSESSMENT_RUN_ARN'],
    [
      'a base of another target',
      { assessmentRunArn: runArn, baseAssessmentRunArn: createHistory(2).run.arn },
      'DIFFERENT_TARGETS',
    ],
    ['a member that nobody knows', { assessmentRunArn: runArn, base: baseArn }, 'INVALID_ATTRIBUTE'],
  ])('refuses %s', async (_title, input, errorCode) => {
    const archive = await openEmptyArchive(engine);
    await importRecords(archive, describeRuns(toRun(runArn), createHistory(2).run));
    const { status, body } = await compare(archive, input);
    expect([status, body]).toMatchObject([400, { __type: 'InvalidInputException', errorCode, canRetry: false }]);
  });

  test('says which run the archive does not have', async () => {
    const archive = await openEmptyArchive(engine);
    await importRecords(archive, describeRuns(toRun(runArn)));
    for (const input of [{ assessmentRunArn: baseArn }, { assessmentRunArn: runArn, baseAssessmentRunArn: baseArn }]) {
      const { body } = await compare(archive, input);
      expect(body).toMatchObject({ __type: 'NoSuchEntityException', errorCode: 'ASSESSMENT_RUN_DOES_NOT_EXIST' });
      expect(body.message).toContain(baseArn);
    }
  });

  test('refuses a run with more findings than are compared', async () => {
    const archive = await openEmptyArchive(engine);
    const findingArns = Array.from({ length: 10_001 }, (_, place) => `${runArn}/finding/0-F${place}`);
    await importRecords(archive, describeRuns(toRun(runArn), toRun(baseArn)), { findingArns: findingArns.slice(1) });
    const input = { assessmentRunArn: runArn, baseAssessmentRunArn: baseArn };
    expect((await compare(archive, input)).body.newFindings).toHaveLength(10_000);
    await importRecords(archive, { findingArns });
    for (const [compared, base] of [
      [runArn, baseArn],
      [baseArn, runArn],
    ]) {
      const { body } = await compare(archive, { assessmentRunArn: compared, baseAssessmentRunArn: base });
      expect(body).toMatchObject({ __type: 'InvalidInputException', errorCode: 'TOO_MANY_FINDINGS' });
    }
  });
});
