import { describe, expect, test } from '@jest/globals';
import { createReader } from '../src/archive/store/reader.js';
import { operations } from '../src/archive/wire/operations.js';
import { type Operation, runOperation } from '../src/archive/wire/shared/operation.js';
import { engines, openEmptyArchive } from './helpers/archives.js';
import { importFiles } from './helpers/exports.js';
import { createHistory } from './helpers/histories.js';

const { template, run, agent, finding, exclusion } = createHistory();

describe.each(engines)('In $name, what came without what it belongs to', (engine) => {
  test.each<[string, object, string, object, object]>([
    [
      'runs of a template',
      { assessmentRuns: [run] },
      'ListAssessmentRuns',
      { assessmentTemplateArns: [template.arn] },
      { assessmentRunArns: [run.arn] },
    ],
    [
      'templates of a target',
      { assessmentTemplates: [template] },
      'ListAssessmentTemplates',
      { assessmentTargetArns: [template.assessmentTargetArn] },
      { assessmentTemplateArns: [template.arn] },
    ],
    [
      'findings of a run',
      { findings: [finding] },
      'ListFindings',
      { assessmentRunArns: [run.arn] },
      { findingArns: [finding.arn] },
    ],
    [
      'exclusions of a run',
      { exclusions: { [exclusion.arn]: exclusion } },
      'ListExclusions',
      { assessmentRunArn: run.arn },
      { exclusionArns: [exclusion.arn] },
    ],
    [
      'agents of a run',
      { assessmentRunAgents: [agent] },
      'ListAssessmentRunAgents',
      { assessmentRunArn: run.arn },
      { assessmentRunAgents: [agent] },
    ],
  ])('is listed: %s', async (_title, file, operation, input, output) => {
    const archive = await openEmptyArchive(engine);
    await importFiles(archive, { 'a.json': JSON.stringify(file) });
    const ask = (region: string | null) =>
      runOperation(operations.get(operation) as Operation, input, {
        reader: createReader(archive),
        visibility: { region, scope: null },
        origin: 'http://any',
      });
    expect(JSON.parse((await ask(null)) as string)).toEqual(output);
    expect(JSON.parse((await ask('us-west-2')) as string)).toEqual(output);
    await expect(ask('eu-west-1')).rejects.toMatchObject({ type: 'NoSuchEntityException' });
  });
});
