import { describe, expect, test } from '@jest/globals';
import type { Condition } from '../src/archive/store/list-query.js';
import { createReader } from '../src/archive/store/reader.js';
import { EVERYTHING } from '../src/archive/store/visibility.js';
import { type Archive, engines, openEmptyArchive } from './helpers/archives.js';
import { exportText, importFiles } from './helpers/exports.js';
import { createHistory, toLines } from './helpers/histories.js';

const { run, finding } = createHistory(1);
const { run: otherRun, finding: otherFinding } = createHistory(2);

const toRecord = (runArns: readonly string[] | undefined, ...findingArns: string[]) => ({
  operation: 'ListFindings',
  input: runArns === undefined ? {} : { assessmentRunArns: runArns },
  output: { findingArns },
});

/** AWS's own example has a finding of another run in the list of this one. */
const ofThisRun = toRecord([run.arn], finding.arn, otherFinding.arn);
const ofItsOwnRun = toRecord([otherRun.arn], otherFinding.arn);

async function listOf(archive: Archive, ...conditions: Condition[]): Promise<readonly string[]> {
  const query = { kind: 'finding' as const, visibility: EVERYTHING, conditions, after: 0, limit: 10 };
  return (await createReader(archive).fetchPage(query)).arns;
}

const inRun = (runArn: string): Condition => ({ type: 'in', column: 'assessment_run_arn', values: [runArn] });

describe.each(engines)('A finding that $name knows by its ARN alone', (engine) => {
  test.each<[string, readonly object[], 'this run' | 'its own']>([
    ['for the run whose list has it', [ofThisRun], 'this run'],
    [
      'for that run also where a list of no run comes after',
      [ofThisRun, toRecord(undefined, otherFinding.arn)],
      'this run',
    ],
    ['for its own where no run was asked for', [toRecord(undefined, otherFinding.arn)], 'its own'],
    ['for its own where several were asked for', [toRecord([run.arn, otherRun.arn], otherFinding.arn)], 'its own'],
    ['for its own where something else was asked for', [toRecord(['x'], otherFinding.arn)], 'its own'],
    ['for its own where that is asked for as well', [ofThisRun, ofItsOwnRun], 'its own'],
    ['for its own where that was asked for before', [ofItsOwnRun, ofThisRun], 'its own'],
    ['for its own as soon as it is described', [ofThisRun, { findings: [otherFinding] }], 'its own'],
    ['for its own where it was described before', [{ findings: [otherFinding] }, ofThisRun], 'its own'],
  ])('is listed %s', async (_title, records, where) => {
    const [archive, again] = [await openEmptyArchive(engine), await openEmptyArchive(engine)];
    for (const [place, record] of records.entries()) {
      expect((await importFiles(archive, { [`${place}.json`]: JSON.stringify(record) })).refused).toEqual([]);
    }
    // An import of the export is the same again.
    await importFiles(again, { 'export.ndjson': await exportText(archive) });
    for (const one of [archive, again]) {
      expect((await listOf(one, inRun(run.arn))).includes(otherFinding.arn)).toBe(where === 'this run');
      expect((await listOf(one, inRun(otherRun.arn))).includes(otherFinding.arn)).toBe(where === 'its own');
    }
  });

  test('is exported with the run that it is listed for, also for that run alone and for its own', async () => {
    const archive = await openEmptyArchive(engine);
    await importFiles(archive, { 'a.ndjson': toLines([ofThisRun]) });
    const own = toLines([toRecord(undefined, finding.arn)]);
    const other = toLines([toRecord([run.arn], otherFinding.arn)]);
    expect(await exportText(archive)).toBe(own + other);
    expect(await exportText(archive, { runArn: run.arn })).toBe(own + other);
    expect(await exportText(archive, { runArn: otherRun.arn })).toBe(other);
  });
});

test.each<Condition>([
  { type: 'in', column: 'name', values: ['x'] },
  { type: 'pattern', column: 'name', pattern: 'x*' },
  { type: 'rulesPackages', values: ['x'] },
])('No findings are listed by what they do not have, rather than by nothing: %j', async (condition) => {
  const archive = await openEmptyArchive(engines[0] as (typeof engines)[number]);
  await expect(listOf(archive, condition)).rejects.toThrow(/^Findings have no /);
});
