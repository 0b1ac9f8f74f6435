import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import type { Json } from './helpers/gateway.js';
import { runMain } from './helpers/process.js';
import { exampleArn, listedArn, runArn } from './helpers/runs.js';

const run = promisify(execFile);

let url: string;
beforeAll(async () => {
  const archive = runMain(['archive'], { ARCHIVE_PORT: '0' });
  endAfterAll(archive.kill);
  url = (await archive.stdoutMatch(/(http:\S+)/))[1] as string;
});

const env = {
  ...process.env,
  AWS_ACCESS_KEY_ID: 'any',
  AWS_SECRET_ACCESS_KEY: 'any',
  AWS_DEFAULT_REGION: 'us-west-2',
  AWS_PAGER: '',
};

/** These clients are not npm packages: where they are not installed, their tests are left out and say so. */
const hasCli = spawnSync('aws', ['--version']).status === 0;
const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0;

(hasCli ? describe : describe.skip)('The AWS CLI (left out where `aws` is not installed)', () => {
  const inspector = (...args: string[]) =>
    run('aws', ['inspector', ...args, '--endpoint-url', url, '--output', 'json'], { env });

  test.each([['signed'], ['--no-sign-request']])("prints the example's rows, %s", async (option) => {
    const options = option === 'signed' ? [] : [option];
    const { stdout } = await inspector('get-telemetry-metadata', '--assessment-run-arn', exampleArn, ...options);
    const { telemetryMetadata } = JSON.parse(stdout);
    expect(telemetryMetadata).toHaveLength(29);
    expect(telemetryMetadata).toContainEqual({ messageType: 'Total', count: 1159, dataSize: 3146579 });
  });

  test('names the exception for an unknown run', async () => {
    await expect(inspector('get-telemetry-metadata', '--assessment-run-arn', runArn(1))).rejects.toMatchObject({
      stderr: expect.stringMatching(/NoSuchEntityException.*GetTelemetryMetadata.*does not exist/s),
    });
  });

  test('pages through the runs of all regions, unsigned', async () => {
    const { stdout } = await inspector('list-assessment-runs', '--page-size', '40', '--no-sign-request');
    expect(JSON.parse(stdout).assessmentRunArns).toHaveLength(86);
  });

  test('describes a run, and names what it cannot describe', async () => {
    const { stdout } = await inspector('describe-assessment-runs', '--assessment-run-arns', exampleArn, runArn(1));
    const { assessmentRuns, failedItems } = JSON.parse(stdout);
    expect(assessmentRuns[0].findingCounts.High).toBe(14);
    expect(failedItems).toEqual({ [runArn(1)]: missing });
  });

  test('filters the findings of a region, page by page', async () => {
    const filter = ['--filter', 'severities=High,attributes=[{key=INSTANCE_ID,value=i-00000000}]'];
    const { stdout } = await inspector('list-findings', ...filter, '--page-size', '1', '--region', 'us-east-1');
    expect(JSON.parse(stdout)).toEqual({ findingArns: [syntheticFinding('01'), syntheticFinding('03')] });
  });

  test('is denied to write, and told why', async () => {
    await expect(inspector('delete-assessment-run', '--assessment-run-arn', exampleArn)).rejects.toMatchObject({
      stderr: expect.stringMatching(/AccessDeniedException.*DeleteAssessmentRun.*the archive is read-only/s),
    });
  });
});

const synthetic = 'arn:aws:inspector:us-east-1:111122223333:target/0-SynTgt01';
const syntheticTemplate = `${synthetic}/template/0-SynTpl01`;
const syntheticRun = `${syntheticTemplate}/run/0-SynRun01`;
const syntheticFinding = (number: string) => `${syntheticRun}/finding/0-SynFin${number}`;
const exclusion = `${syntheticRun}/exclusion/0-SynExc01`;
const exampleTemplate = exampleArn.slice(0, exampleArn.indexOf('/run/'));
const exampleTarget = exampleTemplate.slice(0, exampleTemplate.indexOf('/template/'));
const unknownRun = runArn(1);
const missing = { failureCode: 'ITEM_DOES_NOT_EXIST', retryable: false };
const previewToken = '148256d2-8f8b-4a14-a9ae-a0a7ea5b3a4c';

/** What one script of boto3 does: an operation in a region, by its paginator where a page size is given. */
interface Step {
  operation: string;
  input?: object;
  region?: string;
  pageSize?: number;
}

/** In what it prints, an error has its class and what the response said; a moment is its epoch seconds. */
const SCRIPT = `
import boto3, botocore.exceptions, json, sys
clients = {}
def client(region):
    if region not in clients:
        clients[region] = boto3.client('inspector', endpoint_url=sys.argv[1], region_name=region)
    return clients[region]
def run(operation, input={}, region='us-west-2', pageSize=None):
    try:
        if pageSize is None:
            answer = getattr(client(region), operation)(**input)
        else:
            pages = client(region).get_paginator(operation).paginate(PaginationConfig={'PageSize': pageSize}, **input)
            answer = pages.build_full_result()
        answer.pop('ResponseMetadata', None)
        return answer
    except botocore.exceptions.ClientError as error:
        response = error.response
        return {'class': type(error).__name__, 'status': response['ResponseMetadata']['HTTPStatusCode'],
                'errorCode': response.get('errorCode'), 'canRetry': response.get('canRetry')}
steps = json.load(sys.stdin)
print(json.dumps([run(**step) for step in steps], default=lambda moment: moment.timestamp()))
`;

const refusal = (name: string, errorCode: string | null, canRetry: boolean | null = false, status = 400) => ({
  class: name,
  status,
  errorCode,
  canRetry,
});

const rows: [string, Step, unknown][] = [
  [
    'reads telemetry',
    { operation: 'get_telemetry_metadata', input: { assessmentRunArn: exampleArn } },
    expect.objectContaining({
      telemetryMetadata: expect.arrayContaining([{ messageType: 'Total', count: 1159, dataSize: 3146579 }]),
    }),
  ],
  [
    'describes runs',
    { operation: 'describe_assessment_runs', input: { assessmentRunArns: [exampleArn, unknownRun] } },
    {
      assessmentRuns: [expect.objectContaining({ arn: exampleArn, createdAt: 1458680170.035, state: 'COMPLETED' })],
      failedItems: { [unknownRun]: missing },
    },
  ],
  [
    'describes targets',
    { operation: 'describe_assessment_targets', input: { assessmentTargetArns: [exampleTarget] } },
    { assessmentTargets: [expect.objectContaining({ name: 'ExampleAssessmentTarget' })], failedItems: {} },
  ],
  [
    'describes templates',
    { operation: 'describe_assessment_templates', input: { assessmentTemplateArns: [exampleTemplate] } },
    { assessmentTemplates: [expect.objectContaining({ name: 'ExampleAssessmentTemplate' })], failedItems: {} },
  ],
  [
    'describes findings',
    {
      operation: 'describe_findings',
      region: 'us-east-1',
      input: { findingArns: [syntheticFinding('01'), 'x'], locale: 'EN_US' },
    },
    {
      findings: [expect.objectContaining({ arn: syntheticFinding('01'), severity: 'High', numericSeverity: 9 })],
      failedItems: { x: { failureCode: 'INVALID_ARN', retryable: false } },
    },
  ],
  [
    'describes exclusions, as a map',
    { operation: 'describe_exclusions', region: 'us-east-1', input: { exclusionArns: [exclusion] } },
    { exclusions: { [exclusion]: expect.objectContaining({ title: 'Synthetic exclusion' }) }, failedItems: {} },
  ],
  [
    'describes resource groups, of which a duplicate is none',
    {
      operation: 'describe_resource_groups',
      input: { resourceGroupArns: Array(2).fill('arn:aws:inspector:us-west-2:123456789012:resourcegroup/0-PyGXopAI') },
    },
    {
      resourceGroups: [],
      failedItems: {
        'arn:aws:inspector:us-west-2:123456789012:resourcegroup/0-PyGXopAI': {
          failureCode: 'DUPLICATE_ARN',
          retryable: false,
        },
      },
    },
  ],
  [
    'describes rules packages',
    {
      operation: 'describe_rules_packages',
      input: { rulesPackageArns: ['arn:aws:inspector:us-west-2:758058086616:rulespackage/0-JJOtZiqQ'] },
    },
    { rulesPackages: [expect.objectContaining({ name: 'Security Best Practices' })], failedItems: {} },
  ],
  [
    'pages through runs',
    { operation: 'list_assessment_runs', pageSize: 1 },
    { assessmentRunArns: [exampleArn, listedArn] },
  ],
  [
    'filters runs',
    {
      operation: 'list_assessment_runs',
      region: 'us-east-1',
      pageSize: 5,
      input: {
        filter: {
          states: ['COMPLETED_WITH_ERRORS'],
          namePattern: 'Synthetic*(*)',
          durationRange: { minSeconds: 3600 },
        },
      },
    },
    { assessmentRunArns: [syntheticRun] },
  ],
  [
    'pages through the rules packages of its region',
    { operation: 'list_rules_packages', pageSize: 2 },
    {
      rulesPackageArns: ['0-9hgA516p', '0-H5hpSawc', '0-JJOtZiqQ', '0-vg5GGHSD', '0-X1KXtawP'].map(
        (id) => `arn:aws:inspector:us-west-2:758058086616:rulespackage/${id}`,
      ),
    },
  ],
  [
    'pages through findings',
    { operation: 'list_findings', region: 'us-east-1', pageSize: 4 },
    {
      findingArns: Array.from({ length: 29 }, (_, place) => syntheticFinding(String(place + 1).padStart(2, '0'))),
    },
  ],
  [
    'filters findings',
    {
      operation: 'list_findings',
      region: 'us-east-1',
      pageSize: 1,
      input: { assessmentRunArns: [syntheticRun], filter: { severities: ['High'], agentIds: ['i-00000000'] } },
    },
    { findingArns: [syntheticFinding('01'), syntheticFinding('03')] },
  ],
  [
    'pages through exclusions',
    { operation: 'list_exclusions', region: 'us-east-1', pageSize: 1, input: { assessmentRunArn: syntheticRun } },
    { exclusionArns: [exclusion] },
  ],
  [
    'pages through agents',
    { operation: 'list_assessment_run_agents', pageSize: 1, input: { assessmentRunArn: exampleArn } },
    { assessmentRunAgents: [expect.objectContaining({ agentId: 'i-49113b93', agentHealth: 'HEALTHY' })] },
  ],
  [
    'pages through targets',
    { operation: 'list_assessment_targets', pageSize: 1 },
    { assessmentTargetArns: [exampleTarget] },
  ],
  [
    'pages through templates',
    { operation: 'list_assessment_templates', pageSize: 1, input: { assessmentTargetArns: [exampleTarget] } },
    { assessmentTemplateArns: [exampleTemplate, `${exampleTarget}/template/0-Uza6ihLh`] },
  ],
  [
    'lists tags',
    { operation: 'list_tags_for_resource', input: { resourceArn: exampleTemplate } },
    { tags: [{ key: 'Name', value: 'Example' }] },
  ],
  [
    'pages through subscriptions',
    { operation: 'list_event_subscriptions', pageSize: 1 },
    {
      subscriptions: [
        {
          resourceArn: 'arn:aws:inspector:us-west-2:123456789012:target/0-nvgVhaxX/template/0-7sbz2Kz0',
          topicArn: 'arn:aws:sns:us-west-2:123456789012:exampletopic',
          eventSubscriptions: [{ event: 'ASSESSMENT_RUN_COMPLETED', subscribedAt: 1459455440.867 }],
        },
      ],
    },
  ],
  [
    'pages through previews of agents',
    { operation: 'preview_agents', pageSize: 1, input: { previewAgentsArn: exampleTarget } },
    { agentPreviews: [{ agentId: 'i-49113b93' }] },
  ],
  [
    'previews no exclusions',
    { operation: 'get_exclusions_preview', input: { assessmentTemplateArn: exampleTemplate, previewToken } },
    { previewStatus: 'COMPLETED', exclusionPreviews: [] },
  ],
  [
    'fails for an unknown run',
    { operation: 'get_telemetry_metadata', input: { assessmentRunArn: unknownRun } },
    refusal('NoSuchEntityException', 'ASSESSMENT_RUN_DOES_NOT_EXIST'),
  ],
  [
    'fails for a run of another region',
    { operation: 'get_telemetry_metadata', input: { assessmentRunArn: syntheticRun } },
    refusal('NoSuchEntityException', 'ASSESSMENT_RUN_DOES_NOT_EXIST'),
  ],
  [
    'fails for more ARNs than an operation takes',
    { operation: 'describe_assessment_runs', input: { assessmentRunArns: Array(11).fill(exampleArn) } },
    refusal('InvalidInputException', 'INVALID_NUMBER_OF_ASSESSMENT_RUN_ARNS'),
  ],
  [
    'fails for a token that is none',
    { operation: 'list_findings', input: { nextToken: 'x' } },
    refusal('InvalidInputException', 'INVALID_PAGINATION_TOKEN'),
  ],
  [
    'gets no report',
    {
      operation: 'get_assessment_report',
      input: { assessmentRunArn: exampleArn, reportFileFormat: 'PDF', reportType: 'FULL' },
    },
    refusal('UnsupportedFeatureException', null),
  ],
  [
    'describes the role',
    { operation: 'describe_cross_account_access_role' },
    { roleArn: 'arn:aws:iam::123456789012:role/inspector', valid: true, registeredAt: 1458069182.826 },
  ],
  [
    'may not write',
    { operation: 'delete_assessment_run', input: { assessmentRunArn: exampleArn } },
    refusal('AccessDeniedException', 'ACCESS_DENIED_TO_ASSESSMENT_RUN'),
  ],
];

(hasBoto3 ? describe : describe.skip)('boto3 (left out where it is not installed)', () => {
  let outcomes: unknown[];
  beforeAll(async () => {
    const running = run('python3', ['-c', SCRIPT, url], { env });
    running.child.stdin?.end(JSON.stringify(rows.map(([, step]) => step)));
    outcomes = JSON.parse((await running).stdout);
  }, 60_000);

  test.each(rows.map(([title, , expected], place) => ({ title, expected, place })))('$title', ({ expected, place }) => {
    expect(outcomes[place]).toEqual(expected);
  });

  test('presigns a request for a region, whose runs are all that it gets', async () => {
    const script = `
import boto3, sys
client = boto3.client('inspector', endpoint_url=sys.argv[1], region_name='us-west-2')
print(client.generate_presigned_url('list_assessment_runs'), end='')
`;
    const { stdout: presignedUrl } = await run('python3', ['-c', script, url], { env });
    const send = async (to: string): Promise<Json> => {
      const headers = { 'x-amz-target': 'InspectorService.ListAssessmentRuns' };
      return (await fetch(to, { method: 'POST', headers, body: '{"maxResults":100}' })).json();
    };
    expect(await send(presignedUrl)).toEqual({ assessmentRunArns: [exampleArn, listedArn] });
    expect((await send(url)).assessmentRunArns).toHaveLength(86);
  });
});
