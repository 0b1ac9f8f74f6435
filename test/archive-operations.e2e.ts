import * as sdk from '@aws-sdk/client-inspector';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { engines } from './helpers/archives.js';
import { createClient, createUnsignedClient } from './helpers/aws-client.js';
import { call, importRecords, startEndpoint } from './helpers/endpoint.js';
import type { Json } from './helpers/gateway.js';
import { createHistory, type History, toLines, toRecords } from './helpers/histories.js';

/** The same IDs in two accounts, and others in another region. */
const here = createHistory(1);
const ofOther = createHistory(1, { account: '999999999999' });
const elsewhere = createHistory(2, { region: 'eu-west-1' });
const histories = [here, ofOther, elsewhere];

/** A run of which nothing but its description was exported. */
const bareRun = { ...here.run, arn: `${here.template.arn}/run/0-Bare0000`, name: 'Bare run' };

const records =
  histories.map(toRecords).join('') +
  toLines([{ operation: 'DescribeAssessmentRuns', input: {}, output: { assessmentRuns: [bareRun] } }]);

/** Sends the command of an operation, known by its name. */
function send(client: sdk.InspectorClient, operation: string, input: object): Promise<Json> {
  const Command = (sdk as Json)[`${operation}Command`];
  return client.send(new Command(input));
}

/** All that a list has, by the SDK's own paginator. */
async function paginate(client: sdk.InspectorClient, operation: string, input: object, member: string, pageSize = 100) {
  const items: Json[] = [];
  for await (const page of (sdk as Json)[`paginate${operation}`]({ client, pageSize }, input)) {
    expect(page[member].length).toBeLessThanOrEqual(pageSize);
    items.push(...page[member]);
  }
  return items;
}

const arnsOf = (kind: Exclude<keyof History, 'telemetry' | 'tags'>, ...of: History[]) =>
  of.map((history) => history[kind].arn as string);

/** Operation, input member, output member, and the kind in a history. */
const describeOperations = [
  ['DescribeAssessmentRuns', 'assessmentRunArns', 'assessmentRuns', 'run'],
  ['DescribeAssessmentTargets', 'assessmentTargetArns', 'assessmentTargets', 'target'],
  ['DescribeAssessmentTemplates', 'assessmentTemplateArns', 'assessmentTemplates', 'template'],
  ['DescribeFindings', 'findingArns', 'findings', 'finding'],
  ['DescribeResourceGroups', 'resourceGroupArns', 'resourceGroups', 'resourceGroup'],
  ['DescribeRulesPackages', 'rulesPackageArns', 'rulesPackages', 'rulesPackage'],
  ['DescribeExclusions', 'exclusionArns', 'exclusions', 'exclusion'],
] as const;

/** Operation, input, output member, and what it has to list: here, in another account, and in another region. */
const listOperations: [string, object, string, [unknown[], unknown[], unknown[]]][] = [
  [
    'ListAssessmentRuns',
    {},
    'assessmentRunArns',
    [[here.run.arn, bareRun.arn], [ofOther.run.arn], [elsewhere.run.arn]],
  ],
  ['ListAssessmentTargets', {}, 'assessmentTargetArns', listed('target')],
  ['ListAssessmentTemplates', {}, 'assessmentTemplateArns', listed('template')],
  ['ListFindings', {}, 'findingArns', listed('finding')],
  // AWS's own account has the rules packages of all accounts.
  ['ListRulesPackages', {}, 'rulesPackageArns', [arnsOf('rulesPackage', here), [], arnsOf('rulesPackage', elsewhere)]],
];

function listed(kind: Exclude<keyof History, 'telemetry' | 'tags'>): [unknown[], unknown[], unknown[]] {
  return [arnsOf(kind, here), arnsOf(kind, ofOther), arnsOf(kind, elsewhere)];
}

/** Operations that are about one resource: input, what it is, and the code for one that the archive does not have. */
const operationsOnOne: [string, (history: History) => object, string][] = [
  ['GetTelemetryMetadata', ofRun, 'ASSESSMENT_RUN_DOES_NOT_EXIST'],
  [
    'GetAssessmentReport',
    (history) => ({ ...ofRun(history), reportFileFormat: 'PDF', reportType: 'FULL' }),
    'ASSESSMENT_RUN_DOES_NOT_EXIST',
  ],
  [
    'GetExclusionsPreview',
    ({ template }) => ({
      assessmentTemplateArn: template.arn,
      previewToken: '148256d2-8f8b-4a14-a9ae-a0a7ea5b3a4c',
    }),
    'ASSESSMENT_TEMPLATE_DOES_NOT_EXIST',
  ],
  ['ListAssessmentRunAgents', ofRun, 'ASSESSMENT_RUN_DOES_NOT_EXIST'],
  ['ListExclusions', ofRun, 'ASSESSMENT_RUN_DOES_NOT_EXIST'],
  ['ListFindings', ({ run }) => ({ assessmentRunArns: [run.arn] }), 'ASSESSMENT_RUN_DOES_NOT_EXIST'],
  [
    'ListAssessmentRuns',
    ({ template }) => ({ assessmentTemplateArns: [template.arn] }),
    'ASSESSMENT_TEMPLATE_DOES_NOT_EXIST',
  ],
  [
    'ListAssessmentTemplates',
    ({ target }) => ({ assessmentTargetArns: [target.arn] }),
    'ASSESSMENT_TARGET_DOES_NOT_EXIST',
  ],
  ['ListTagsForResource', ({ template }) => ({ resourceArn: template.arn }), 'ASSESSMENT_TEMPLATE_DOES_NOT_EXIST'],
  ['ListEventSubscriptions', ({ template }) => ({ resourceArn: template.arn }), 'ASSESSMENT_TEMPLATE_DOES_NOT_EXIST'],
  ['PreviewAgents', ({ target }) => ({ previewAgentsArn: target.arn }), 'ASSESSMENT_TARGET_DOES_NOT_EXIST'],
];

function ofRun({ run }: History): { assessmentRunArn: string } {
  return { assessmentRunArn: run.arn };
}

describe.each(engines)('The operations over $name', (engine) => {
  let url: string;
  let client: sdk.InspectorClient;
  let unsignedClient: sdk.InspectorClient;
  let clientElsewhere: sdk.InspectorClient;

  beforeAll(async () => {
    const archiveUrl = await engine.createUrl();
    await importRecords(archiveUrl, records);
    ({ url } = await startEndpoint(archiveUrl));
    client = createClient(url, 'us-west-2');
    clientElsewhere = createClient(url, 'eu-west-1');
    unsignedClient = createUnsignedClient(url);
  });

  test.each(describeOperations)('%s gives what there is, and the rest as failed items', async (...row) => {
    const [operation, input, member, kind] = row;
    const [first, second] = arnsOf(kind, here, elsewhere) as [string, string];
    const unknown = first.replace(/.$/, 'x');
    const twice = first.replace(/.$/, 'y');
    const nul = `${first}\0`;
    const answer = await send(unsignedClient, operation, {
      [input]: [unknown, second, first, 'x', nul, twice, twice],
    });
    expect(byArn(answer[member])).toEqual(byArn(await toSdkStructures(here[kind], elsewhere[kind])));
    expect(answer.failedItems).toEqual({
      [unknown]: { failureCode: 'ITEM_DOES_NOT_EXIST', retryable: false },
      x: { failureCode: 'INVALID_ARN', retryable: false },
      [nul]: { failureCode: 'INVALID_ARN', retryable: false },
      [twice]: { failureCode: 'DUPLICATE_ARN', retryable: false },
    });
  });

  test.each(describeOperations)('%s knows what is in the region that is signed for', async (...row) => {
    const [operation, input, member, kind] = row;
    const arns = arnsOf(kind, here, elsewhere);
    const [first, second] = arns as [string, string];
    const missing = { failureCode: 'ITEM_DOES_NOT_EXIST', retryable: false };
    const answer = await send(client, operation, { [input]: arns });
    expect([Object.keys(byArn(answer[member])), answer.failedItems]).toEqual([[first], { [second]: missing }]);
    const answerElsewhere = await send(clientElsewhere, operation, { [input]: arns });
    expect([Object.keys(byArn(answerElsewhere[member])), answerElsewhere.failedItems]).toEqual([
      [second],
      { [first]: missing },
    ]);
  });

  test('describes runs of the same ID in two accounts each as its own', async () => {
    const arns = arnsOf('run', here, ofOther);
    expect(new Set(arns.map((arn) => arn.slice(arn.lastIndexOf('/')))).size).toBe(1);
    const { assessmentRuns } = await send(client, 'DescribeAssessmentRuns', { assessmentRunArns: arns });
    expect(assessmentRuns.map((run: Json) => run.assessmentTemplateArn)).toEqual(arnsOf('template', here, ofOther));
  });

  test.each(listOperations)(
    '%s gives each item once, in pages of any size',
    async (operation, input, member, items) => {
      const [all] = [items.flat()];
      for (const pageSize of [1, 2, 500]) {
        const seen = await paginate(unsignedClient, operation, input, member, pageSize);
        expect(new Set(seen)).toEqual(new Set(all));
        expect(seen).toHaveLength(all.length);
      }
    },
  );

  test.each(listOperations)('%s gives what is in the region that is signed for', async (...row) => {
    const [operation, input, member, [inAccount, inOther, inRegion]] = row;
    const seen = await paginate(client, operation, input, member);
    expect(seen.sort()).toEqual([...inAccount, ...inOther].sort());
    expect(await paginate(clientElsewhere, operation, input, member)).toEqual(inRegion);
    expect(await paginate(createClient(url, 'us-east-1'), operation, input, member)).toEqual([]);
  });

  test.each(operationsOnOne)(
    '%s refuses what does not exist, or not in the region',
    async (operation, toInput, code) => {
      const unknown = createHistory(3);
      const error = {
        name: 'NoSuchEntityException',
        $fault: 'client',
        $metadata: expect.objectContaining({ httpStatusCode: 400 }),
        errorCode: code,
        canRetry: false,
        message: expect.stringContaining('does not exist'),
      };
      await expect(send(unsignedClient, operation, toInput(unknown))).rejects.toMatchObject(error);
      await expect(send(client, operation, toInput(elsewhere))).rejects.toMatchObject(error);
      await expect(send(clientElsewhere, operation, toInput(here))).rejects.toMatchObject(error);
    },
  );

  test('GetTelemetryMetadata gives the rows of the run, and of no other account', async () => {
    for (const history of [here, elsewhere]) {
      const { telemetryMetadata } = await send(unsignedClient, 'GetTelemetryMetadata', ofRun(history));
      expect(telemetryMetadata).toEqual(history.telemetry);
    }
  });

  test('GetTelemetryMetadata says that the archive lacks the telemetry of a run', async () => {
    await expect(send(client, 'GetTelemetryMetadata', { assessmentRunArn: bareRun.arn })).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      errorCode: 'ASSESSMENT_RUN_DOES_NOT_EXIST',
      message: expect.stringContaining('not its telemetry'),
    });
  });

  test('ListAssessmentRunAgents gives the agents of the run with their telemetry', async () => {
    const agents = await paginate(client, 'ListAssessmentRunAgents', ofRun(here), 'assessmentRunAgents');
    expect(agents).toEqual([here.agent]);
    expect(
      await paginate(client, 'ListAssessmentRunAgents', { assessmentRunArn: bareRun.arn }, 'assessmentRunAgents'),
    ).toEqual([]);
  });

  test.each([
    [{ agentHealths: ['HEALTHY'], agentHealthCodes: ['RUNNING'] }, 1],
    [{ agentHealths: ['UNHEALTHY', 'HEALTHY'], agentHealthCodes: [] }, 1],
    [{ agentHealths: [], agentHealthCodes: ['RUNNING'] }, 1],
    [{ agentHealths: ['HEALTHY'], agentHealthCodes: ['IDLE'] }, 0],
    [{ agentHealths: ['UNKNOWN'], agentHealthCodes: ['RUNNING'] }, 0],
  ])('ListAssessmentRunAgents filters by %j', async (filter, count) => {
    const input = { ...ofRun(here), filter };
    expect(await paginate(client, 'ListAssessmentRunAgents', input, 'assessmentRunAgents')).toHaveLength(count);
  });

  test('ListExclusions gives the exclusions of the run, and of no other account', async () => {
    expect(await paginate(client, 'ListExclusions', ofRun(here), 'exclusionArns')).toEqual([here.exclusion.arn]);
  });

  test('ListFindings gives the findings of the runs that are asked for', async () => {
    const list = (...of: History[]) =>
      paginate(client, 'ListFindings', { assessmentRunArns: arnsOf('run', ...of) }, 'findingArns');
    expect(await list(here)).toEqual([here.finding.arn]);
    expect(await list(ofOther, here)).toEqual([here.finding.arn, ofOther.finding.arn]);
  });

  test('ListAssessmentRuns gives the runs of the templates that are asked for', async () => {
    const input = { assessmentTemplateArns: [ofOther.template.arn] };
    expect(await paginate(client, 'ListAssessmentRuns', input, 'assessmentRunArns')).toEqual([ofOther.run.arn]);
  });

  test('ListAssessmentTemplates gives the templates of the targets that are asked for', async () => {
    const input = { assessmentTargetArns: [ofOther.target.arn] };
    expect(await paginate(client, 'ListAssessmentTemplates', input, 'assessmentTemplateArns')).toEqual([
      ofOther.template.arn,
    ]);
  });

  test('ListTagsForResource gives the tags of a template', async () => {
    expect((await send(client, 'ListTagsForResource', { resourceArn: here.template.arn })).tags).toEqual(here.tags);
  });

  test('GetAssessmentReport is a feature that an archive has not', async () => {
    const input = { ...ofRun(here), reportFileFormat: 'HTML', reportType: 'FINDING' };
    await expect(send(client, 'GetAssessmentReport', input)).rejects.toMatchObject({
      name: 'UnsupportedFeatureException',
      canRetry: false,
      message: expect.stringContaining('archive'),
    });
  });

  test('DescribeCrossAccountAccessRole knows of no role', async () => {
    await expect(send(client, 'DescribeCrossAccountAccessRole', {})).rejects.toMatchObject({
      name: 'InternalException',
      $fault: 'server',
      canRetry: false,
      message: 'The archive has no cross-account access role.',
    });
  });

  test.each([
    ['PreviewAgents', { previewAgentsArn: here.target.arn }, { agentPreviews: [] }],
    ['ListEventSubscriptions', {}, { subscriptions: [] }],
    ['ListEventSubscriptions', { resourceArn: here.template.arn }, { subscriptions: [] }],
    [
      'GetExclusionsPreview',
      {
        assessmentTemplateArn: here.template.arn,
        previewToken: '148256d2-8f8b-4a14-a9ae-a0a7ea5b3a4c',
        locale: 'EN_US',
      },
      { previewStatus: 'COMPLETED', exclusionPreviews: [] },
    ],
  ])('%s of %j is empty', async (operation, input, output) => {
    expect((await call(url, operation, input, 'us-west-2')).body).toEqual(output);
    expect(await send(client, operation, input)).toMatchObject(output);
  });

  test('has times as numbers of epoch seconds, to the millisecond, and no token on the last page', async () => {
    const { body } = await call(url, 'DescribeAssessmentRuns', { assessmentRunArns: [here.run.arn] });
    expect(body.assessmentRuns).toEqual([here.run]);
    const list = async (maxResults: number) =>
      Object.keys((await call(url, 'ListAssessmentRuns', { maxResults })).body);
    expect(await list(3)).toEqual(['assessmentRunArns', 'nextToken']);
    expect(await list(4)).toEqual(['assessmentRunArns']);
  });
});

describe('Write operations are denied, since the archive is read-only', () => {
  let url: string;
  beforeAll(async () => {
    ({ url } = await startEndpoint());
  });

  test.each([
    ['AddAttributesToFindings', 'FINDING'],
    ['CreateAssessmentTarget', 'ASSESSMENT_TARGET'],
    ['CreateAssessmentTemplate', 'ASSESSMENT_TEMPLATE'],
    ['CreateExclusionsPreview', 'ASSESSMENT_TEMPLATE'],
    ['CreateResourceGroup', 'RESOURCE_GROUP'],
    ['DeleteAssessmentRun', 'ASSESSMENT_RUN'],
    ['DeleteAssessmentTarget', 'ASSESSMENT_TARGET'],
    ['DeleteAssessmentTemplate', 'ASSESSMENT_TEMPLATE'],
    ['RegisterCrossAccountAccessRole', 'IAM_ROLE'],
    ['RemoveAttributesFromFindings', 'FINDING'],
    ['SetTagsForResource', 'ASSESSMENT_TEMPLATE'],
    ['StartAssessmentRun', 'ASSESSMENT_RUN'],
    ['StopAssessmentRun', 'ASSESSMENT_RUN'],
    ['SubscribeToEvent', 'SNS_TOPIC'],
    ['UnsubscribeFromEvent', 'SNS_TOPIC'],
    ['UpdateAssessmentTarget', 'ASSESSMENT_TARGET'],
  ])('%s', async (operation, noun) => {
    await expect(send(createClient(url), operation, {})).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $fault: 'client',
      errorCode: `ACCESS_DENIED_TO_${noun}`,
      canRetry: false,
      message: `${operation} is denied: the archive is read-only.`,
    });
  });
});

/** A list or a map of structures, by their ARNs. */
function byArn(structures: Json): Record<string, Json> {
  return Object.fromEntries(Object.values(structures).map((structure: Json) => [structure.arn, structure]));
}

/** As the SDK gives them: with times as dates. */
async function toSdkStructures(...structures: object[]): Promise<Json[]> {
  return structures.map((structure) =>
    JSON.parse(JSON.stringify(structure), (name, value) =>
      /(At|date)$/.test(name) && typeof value === 'number' ? new Date(value * 1000) : value,
    ),
  );
}
