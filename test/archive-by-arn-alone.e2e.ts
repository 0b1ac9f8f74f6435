import { beforeAll, describe, expect, test } from '@jest/globals';
import { engines } from './helpers/archives.js';
import { call, importRecords, startEndpoint } from './helpers/endpoint.js';
import type { Json } from './helpers/gateway.js';
import { createHistory, toLines, toRecords } from './helpers/histories.js';

const described = createHistory(1);
/** Its parts are named by lists, and nothing describes them. */
const listed = createHistory(2);
const elsewhere = createHistory(3, { region: 'eu-west-1' });

const toLists = ({ rulesPackage, target, template, run, finding, exclusion }: typeof listed) => [
  { rulesPackageArns: [rulesPackage.arn] },
  { assessmentTargetArns: [target.arn] },
  { assessmentTemplateArns: [template.arn] },
  { assessmentRunArns: [run.arn] },
  { findingArns: [finding.arn] },
  { exclusionArns: [exclusion.arn] },
];

const records = toRecords(described) + toLines([listed, elsewhere].flatMap(toLists));

type Kind = 'rulesPackage' | 'target' | 'template' | 'run' | 'finding' | 'exclusion';

/** The list of a kind, its input for what is listed, and further conditions that something unknown does not fulfil. */
const lists: [Kind, string, string, object, object[]][] = [
  [
    'run',
    'ListAssessmentRuns',
    'assessmentRunArns',
    { assessmentTemplateArns: [listed.template.arn] },
    [
      { filter: { namePattern: '*' } },
      { filter: { namePattern: '*Run*' } },
      { filter: { states: ['COMPLETED', 'CREATED'] } },
      { filter: { durationRange: { minSeconds: 180 } } },
      { filter: { durationRange: { maxSeconds: 86_400 } } },
      { filter: { startTimeRange: { beginDate: 0 } } },
      { filter: { completionTimeRange: { endDate: 4_000_000_000 } } },
      { filter: { stateChangeTimeRange: { beginDate: 0, endDate: 4_000_000_000 } } },
      { filter: { rulesPackageArns: [listed.rulesPackage.arn] } },
    ],
  ],
  [
    'template',
    'ListAssessmentTemplates',
    'assessmentTemplateArns',
    { assessmentTargetArns: [listed.target.arn] },
    [
      { filter: { namePattern: '*' } },
      { filter: { durationRange: { minSeconds: 180 } } },
      { filter: { rulesPackageArns: [listed.rulesPackage.arn] } },
    ],
  ],
  ['target', 'ListAssessmentTargets', 'assessmentTargetArns', {}, [{ filter: { assessmentTargetNamePattern: '*' } }]],
  [
    'finding',
    'ListFindings',
    'findingArns',
    { assessmentRunArns: [listed.run.arn] },
    [
      { filter: { severities: ['High', 'Undefined'] } },
      { filter: { agentIds: ['i-2'] } },
      { filter: { autoScalingGroups: ['group'] } },
      { filter: { ruleNames: ['CVE-2016-0001'] } },
      { filter: { rulesPackageArns: [listed.rulesPackage.arn] } },
      { filter: { creationTimeRange: { beginDate: 0 } } },
      { filter: { attributes: [{ key: 'package_name' }] } },
      { filter: { userAttributes: [{ key: 'package_name', value: 'openssl' }] } },
    ],
  ],
  ['exclusion', 'ListExclusions', 'exclusionArns', { assessmentRunArn: listed.run.arn }, []],
  ['rulesPackage', 'ListRulesPackages', 'rulesPackageArns', {}, []],
];

describe.each(engines)('What $name knows by its ARN alone', (engine) => {
  let url: string;
  beforeAll(async () => {
    const archiveUrl = await engine.createUrl();
    await importRecords(archiveUrl, records);
    ({ url } = await startEndpoint(archiveUrl));
  });

  async function listAll(operation: string, member: string, input: object, region?: string): Promise<string[]> {
    const { body } = await call(url, operation, { ...input, maxResults: 100 }, region);
    expect(body).toEqual({ [member]: expect.any(Array) });
    return body[member];
  }

  test.each(lists)('is in the list of its kind, signed and unsigned: %s', async (kind, operation, member, input) => {
    const isOfOne = Object.keys(input).length > 0;
    const inRegion = isOfOne ? [listed[kind].arn] : [described[kind].arn, listed[kind].arn];
    expect(await listAll(operation, member, input, 'us-west-2')).toEqual(inRegion);
    expect(await listAll(operation, member, input)).toEqual(isOfOne ? inRegion : [...inRegion, elsewhere[kind].arn]);
  });

  test('is in the list of all runs and findings, in its region', async () => {
    for (const [kind, operation, member] of [
      ['run', 'ListAssessmentRuns', 'assessmentRunArns'],
      ['template', 'ListAssessmentTemplates', 'assessmentTemplateArns'],
      ['finding', 'ListFindings', 'findingArns'],
    ] as const) {
      expect(await listAll(operation, member, {})).toEqual(
        [described, listed, elsewhere].map((history) => history[kind].arn),
      );
      expect(await listAll(operation, member, {}, 'eu-west-1')).toEqual([elsewhere[kind].arn]);
    }
  });

  const conditions = lists.flatMap(([kind, operation, member, input, filters]) =>
    filters.map((filter) => ({ kind, operation, member, input, filter, condition: JSON.stringify(filter) })),
  );
  test.each(conditions)(
    'does not fulfil a condition that only a description could: $operation by $condition',
    async ({ kind, operation, member, input, filter }) => {
      for (const region of [undefined, 'us-west-2']) {
        expect(await listAll(operation, member, { ...input, ...filter }, region)).not.toContain(listed[kind].arn);
      }
    },
  );

  test.each([
    ['DescribeAssessmentRuns', 'assessmentRunArns', 'run'],
    ['DescribeAssessmentTargets', 'assessmentTargetArns', 'target'],
    ['DescribeAssessmentTemplates', 'assessmentTemplateArns', 'template'],
    ['DescribeFindings', 'findingArns', 'finding'],
    ['DescribeRulesPackages', 'rulesPackageArns', 'rulesPackage'],
    ['DescribeExclusions', 'exclusionArns', 'exclusion'],
  ] as const)('is a failed item of %s', async (operation, member, kind) => {
    const { status, body } = await call(url, operation, { [member]: [listed[kind].arn, described[kind].arn] });
    const { failedItems, ...items } = body as Json;
    expect(status).toBe(200);
    expect(failedItems).toEqual({ [listed[kind].arn]: { failureCode: 'ITEM_DOES_NOT_EXIST', retryable: false } });
    expect(Object.values(Object.values(items)[0] as object)).toEqual([described[kind]]);
  });

  test('has no telemetry if it is a run, and it is said that this was not imported', async () => {
    expect((await call(url, 'GetTelemetryMetadata', { assessmentRunArn: listed.run.arn })).body).toEqual({
      __type: 'NoSuchEntityException',
      errorCode: 'ASSESSMENT_RUN_DOES_NOT_EXIST',
      canRetry: false,
      message: `The archive has the assessment run ${listed.run.arn}, but not its telemetry: import its GetTelemetryMetadata output.`,
    });
  });

  test.each([
    ['ListAssessmentRunAgents', { assessmentRunArn: listed.run.arn }, { assessmentRunAgents: [] }],
    ['ListTagsForResource', { resourceArn: listed.template.arn }, { tags: [] }],
    ['ListEventSubscriptions', { resourceArn: listed.template.arn }, { subscriptions: [] }],
    ['PreviewAgents', { previewAgentsArn: listed.target.arn }, { agentPreviews: [] }],
  ])('is known to %s', async (operation, input, output) => {
    expect((await call(url, operation, input, 'us-west-2')).body).toEqual(output);
  });

  test('is described as soon as its description is imported', async () => {
    const archiveUrl = await engine.createUrl();
    await importRecords(archiveUrl, records);
    await importRecords(archiveUrl, toRecords(listed));
    const { url: urlOfDescribed } = await startEndpoint(archiveUrl);
    const filter = { namePattern: 'Run 2', rulesPackageArns: [listed.rulesPackage.arn] };
    expect((await call(urlOfDescribed, 'ListAssessmentRuns', { filter }, 'us-west-2')).body).toEqual({
      assessmentRunArns: [listed.run.arn],
    });
    // It keeps its place.
    expect((await call(urlOfDescribed, 'ListAssessmentRuns', {})).body.assessmentRunArns).toEqual(
      [described, listed, elsewhere].map(({ run }) => run.arn),
    );
  });
});
