import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { runMain } from './helpers/process.js';
import { exampleArn, runArn } from './helpers/runs.js';

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

  test('pages through the runs', async () => {
    const { stdout } = await inspector('list-assessment-runs', '--page-size', '4');
    expect(JSON.parse(stdout).assessmentRunArns).toHaveLength(13);
  });

  test('describes a run', async () => {
    const { stdout } = await inspector('describe-assessment-runs', '--assessment-run-arns', exampleArn);
    expect(JSON.parse(stdout).assessmentRuns[0].findingCounts.High).toBe(14);
  });
});

(hasBoto3 ? describe : describe.skip)('boto3 (left out where it is not installed)', () => {
  test('reads telemetry, pages and typed errors', async () => {
    const script = `
import boto3, json, sys
client = boto3.client('inspector', endpoint_url=sys.argv[1])
rows = client.get_telemetry_metadata(assessmentRunArn=sys.argv[2])['telemetryMetadata']
pages = client.get_paginator('list_assessment_runs').paginate(PaginationConfig={'PageSize': 5})
runs = [arn for page in pages for arn in page['assessmentRunArns']]
run = client.describe_assessment_runs(assessmentRunArns=[sys.argv[2]])['assessmentRuns'][0]
try:
    client.get_telemetry_metadata(assessmentRunArn=sys.argv[3])
except client.exceptions.NoSuchEntityException as error:
    failure = [error.response['errorCode'], error.response['canRetry']]
print(json.dumps([len(rows), len(runs), run['createdAt'].timestamp(), failure]))
`;
    const { stdout } = await run('python3', ['-c', script, url, exampleArn, runArn(1)], { env });
    expect(JSON.parse(stdout)).toEqual([29, 13, 1458680170.035, ['ASSESSMENT_RUN_DOES_NOT_EXIST', false]]);
  });
});
