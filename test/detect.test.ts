import { expect, test } from '@jest/globals';
import { type Engine, engines, openEmptyArchive } from './helpers/archives.js';
import { exportText, importFiles } from './helpers/exports.js';
import { createHistory, type Structure } from './helpers/histories.js';

const { run, finding, agent, template, rulesPackage } = createHistory();

async function importJson(json: unknown) {
  const archive = await openEmptyArchive(engines[0] as Engine);
  const { counts, arns, refused } = await importFiles(archive, { 'x.json': JSON.stringify(json) });
  const records = (await exportText(archive)).split('\n').filter((line) => line !== '');
  return {
    counts,
    arns,
    problems: refused.flatMap(({ problems }) => problems),
    records: records.map((line) => JSON.parse(line)),
  };
}

test.each<[string, string, Structure]>([
  ['a structure', 'assetAttributes', { ...finding, assetAttributes: { ...agent, hostname: 'example' } }],
  ['a list', 'stateChanges', { ...run, stateChanges: [...run.stateChanges, finding] }],
  ['a list in Pascal case', 'StateChanges', { Arn: run.arn, StateChanges: [finding] }],
  ['a structure in a list', 'notifications', { ...run, notifications: [{ event: 'OTHER', of: template }] }],
])(
  'A thing of its own where the API has %s is refused: without it the member would say something else',
  async (_, name, json) => {
    const { problems, records } = await importJson({ found: [json] });
    expect(problems).toEqual([
      expect.stringMatching(
        `^line 1: \\$\\.found\\[0\\]\\.${name}: expected what the API has there in the .*, but got something`,
      ),
    ]);
    expect(records).toEqual([]);
  },
);

test('Things of their own that somebody has put into another one are kept by themselves', async () => {
  const { counts, problems, records } = await importJson({
    ...run,
    findings: [finding],
    more: { template, note: 'x', list: [1, [finding], agent] },
  });
  expect(problems).toEqual([]);
  expect(counts).toEqual({
    assessmentRun: { new: 1 },
    assessmentTemplate: { new: 1 },
    assessmentRunAgent: { new: 1 },
    finding: { new: 1, unchanged: 1 },
  });
  const { output } = records.find(({ operation }) => operation === 'DescribeAssessmentRuns');
  expect(output.assessmentRuns).toEqual([{ ...run, more: { note: 'x', list: [1] } }]);
});

test.each(['rulesPackageArns', 'findingArns'])('A long list of %s in a run stays in it', async (name) => {
  const list = Array.from({ length: 3000 }, () => (name === 'findingArns' ? finding.arn : rulesPackage.arn));
  const { problems, arns, records } = await importJson({ ...run, [name]: list });
  expect(problems).toEqual([]);
  expect(arns.size).toBe(0);
  expect(records[0].output.assessmentRuns[0][name]).toEqual(list);
});

test('A list of ARNs that is too long to be part of something is named as such, and refused in it', async () => {
  const findingArns = Array.from({ length: 50_001 }, (_, number) => `${finding.arn}${number % 500}`);
  expect((await importJson({ findingArns })).arns.get('finding')).toEqual({ named: 50_001, new: 500 });
  const { problems } = await importJson({ ...run, findingArns });
  expect(problems).toEqual([expect.stringMatching(/^line 1: \$\.findingArns: expected what the API has there/)]);
});

test('What clients add to an output is no part of a role', async () => {
  const role = { roleArn: 'arn:aws:iam::123456789012:role/inspector', valid: true };
  const { records } = await importJson({ ResponseMetadata: { HTTPStatusCode: 200 }, ...role, $metadata: {} });
  expect(records.map(({ output }) => output)).toEqual([role]);
});
