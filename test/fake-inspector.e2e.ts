import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type FakeCall,
  type FakeInspector,
  type FaultRule,
  startFakeInspector,
  toFakeRunArn,
} from '../src/fake/fake-inspector.js';
import { createFolder } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { runMain } from './helpers/process.js';

const TELEMETRY = 'query ($arn: ID!) { assessmentRun(arn: $arn) { name telemetry { messageType count } } }';
/** Of the gateway under test, for one call. */
const MAX_ATTEMPTS = 2;
const RUNS = 40;

/** A rule for one run's telemetry, and how callers of the gateway see it. */
const rows: [fault: FaultRule, code: string, errorCode: string | null, canRetry: boolean][] = [
  [
    {
      fault: 'exception',
      type: 'AccessDeniedException',
      errorCode: 'ACCESS_DENIED_TO_ASSESSMENT_RUN',
      canRetry: false,
    },
    'ACCESS_DENIED',
    'ACCESS_DENIED_TO_ASSESSMENT_RUN',
    false,
  ],
  [
    { fault: 'exception', type: 'NoSuchEntityException', errorCode: 'ASSESSMENT_RUN_DOES_NOT_EXIST', canRetry: false },
    'NO_SUCH_ENTITY',
    'ASSESSMENT_RUN_DOES_NOT_EXIST',
    false,
  ],
  [
    { fault: 'exception', type: 'InvalidInputException', errorCode: 'INVALID_ASSESSMENT_RUN_ARN', canRetry: false },
    'INVALID_INPUT',
    'INVALID_ASSESSMENT_RUN_ARN',
    false,
  ],
  [{ fault: 'exception', type: 'InternalException', canRetry: true, status: 500 }, 'INTERNAL_EXCEPTION', null, true],
  [{ fault: 'exception', type: 'InternalException', canRetry: false, status: 500 }, 'INTERNAL_EXCEPTION', null, false],
  [
    { fault: 'exception', type: 'ServiceTemporarilyUnavailableException', canRetry: true, status: 503 },
    'SERVICE_UNAVAILABLE',
    null,
    true,
  ],
  [
    { fault: 'exception', type: 'LimitExceededException', errorCode: 'ASSESSMENT_RUN_LIMIT_EXCEEDED', canRetry: false },
    'LIMIT_EXCEEDED',
    'ASSESSMENT_RUN_LIMIT_EXCEEDED',
    false,
  ],
  [{ fault: 'exception', type: 'UnrecognizedClientException', status: 403 }, 'ACCESS_DENIED', null, false],
  [{ fault: 'throttling' }, 'THROTTLED', null, true],
  [{ fault: 'status', status: 502 }, 'SERVICE_UNAVAILABLE', null, true],
  [{ fault: 'status', status: 404 }, 'BAD_UPSTREAM_RESPONSE', null, false],
  [{ fault: 'html' }, 'SERVICE_UNAVAILABLE', null, true],
  [{ fault: 'html', status: 200 }, 'SERVICE_UNAVAILABLE', null, true],
  [{ fault: 'reset' }, 'SERVICE_UNAVAILABLE', null, true],
  [{ fault: 'cut' }, 'SERVICE_UNAVAILABLE', null, true],
  [{ fault: 'wrongJson' }, 'BAD_UPSTREAM_RESPONSE', null, false],
  [{ fault: 'hang' }, 'TIMEOUT', null, true],
  [{ fault: 'latency', ms: 60_000 }, 'TIMEOUT', null, true],
];

let fake: FakeInspector;
let gateway: Awaited<ReturnType<typeof startGateway>>;
/** For calls without an answer. */
let hurriedGateway: typeof gateway;
let asked = 0;

/** A run that no other test has used, so that it is not cached. */
const nextArn = () => toFakeRunArn(asked++);

beforeAll(async () => {
  fake = await startFakeInspector({ runs: Array.from({ length: RUNS }, () => ({ findings: 2 })) });
  endAfterAll(() => fake.stop());
  const environment = { INSPECTOR_ENDPOINT: fake.url, INSPECTOR_MAX_ATTEMPTS: String(MAX_ATTEMPTS) };
  gateway = await startGateway(environment);
  endAfterAll(gateway.kill);
  hurriedGateway = await startGateway({ ...environment, INSPECTOR_DEADLINE_MS: '500' });
  endAfterAll(hurriedGateway.kill);
});

afterEach(() => fake.reset());

describe('A frontend team sees with the fake Inspector', () => {
  test('made-up runs, with their telemetry and findings', async () => {
    const query = `query ($arn: ID!) { assessmentRun(arn: $arn) { state telemetry { messageType } findings { nodes { severity } } } }`;
    const { data, errors } = await gateway.query(query, { arn: nextArn() });
    expect(errors).toBeUndefined();
    expect(data.assessmentRun.telemetry.map(({ messageType }: { messageType: string }) => messageType)).toContain(
      'Total',
    );
    expect(data.assessmentRun.findings.nodes).toEqual([{ severity: 'High' }, { severity: 'Medium' }]);
  });

  test.each(rows)('%j as %s', async (fault, code, errorCode, canRetry) => {
    const arn = nextArn();
    fake.setFaults([{ ...fault, operation: 'GetTelemetryMetadata', arn }]);
    const asked = code === 'TIMEOUT' ? hurriedGateway : gateway;
    const { data, errors } = await asked.query(TELEMETRY, { arn });
    expect(data.assessmentRun).toMatchObject({ name: expect.any(String), telemetry: null });
    expect(errors[0].extensions).toMatchObject({ code, errorCode, canRetry });
    const attempts = canRetry && code !== 'TIMEOUT' ? MAX_ATTEMPTS : 1;
    const calls = fake.calls().filter((call) => call.operation === 'GetTelemetryMetadata');
    expect(calls).toEqual(
      Array(attempts).fill({ operation: 'GetTelemetryMetadata', input: { assessmentRunArn: arn }, fault: fault.fault }),
    );
  });

  test('details that fail for one of two runs', async () => {
    const [good, bad] = [nextArn(), nextArn()];
    fake.setFaults([
      {
        fault: 'failedItems',
        operation: 'DescribeAssessmentRuns',
        arn: bad,
        failureCode: 'ACCESS_DENIED',
        retryable: true,
      },
    ]);
    const { data, errors } = await gateway.query(
      'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { arn name } }',
      {
        arns: [good, bad],
      },
    );
    expect(data.assessmentRunsByArn).toEqual([
      { arn: good, name: expect.any(String) },
      { arn: bad, name: null },
    ]);
    expect(errors).toMatchObject([
      { extensions: { code: 'ACCESS_DENIED', errorCode: 'ACCESS_DENIED', canRetry: true } },
    ]);
  });

  test('a page of made-up runs with their templates, targets and packages, without an error', async () => {
    const query = `{ assessmentRuns(first: 2) { nodes { rulesPackages { name provider } template { name assessmentRunCount
      target { name resourceGroup { tags { key value } } } } } } }`;
    const { data, errors } = await gateway.query(query);
    expect(errors).toBeUndefined();
    expect(data.assessmentRuns.nodes).toHaveLength(2);
    expect(data.assessmentRuns.nodes[0]).toEqual({
      rulesPackages: [{ name: expect.any(String), provider: expect.any(String) }],
      template: {
        name: expect.any(String),
        assessmentRunCount: RUNS,
        target: { name: expect.any(String), resourceGroup: { tags: [{ key: 'Name', value: expect.any(String) }] } },
      },
    });
  });

  test.each<FaultRule>([
    { fault: 'exception', type: 'NoSuchEntityException', canRetry: false },
    { fault: 'throttling' },
    { fault: 'wrongJson' },
  ])('the request id that Inspector gives to its answers, for %j', async (fault) => {
    fake.setFaults([fault]);
    const headers = { 'x-amz-target': 'InspectorService.GetTelemetryMetadata' };
    const response = await fetch(fake.url, { method: 'POST', headers, body: '{}' });
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('no error of a fault that happens once, thanks to a retry', async () => {
    const arn = nextArn();
    fake.setFaults([{ fault: 'throttling', operation: 'GetTelemetryMetadata', times: 1 }]);
    const { data, errors } = await gateway.query(TELEMETRY, { arn });
    expect(errors).toBeUndefined();
    expect(data.assessmentRun.telemetry).toHaveLength(5);
    expect(fake.calls().flatMap(({ fault }) => fault ?? [])).toEqual(['throttling']);
  });
});

test('Only Describe operations have failed items; other operations answer completely', async () => {
  const arn = nextArn();
  fake.setFaults([{ fault: 'failedItems', times: 1 }]);
  async function ask(operation: string, input: object) {
    const headers = { 'x-amz-target': `InspectorService.${operation}` };
    return (await fetch(fake.url, { method: 'POST', headers, body: JSON.stringify(input) })).json();
  }
  expect(await ask('ListAssessmentRuns', {})).not.toMatchObject({ assessmentRunArns: [] });
  expect(await ask('GetTelemetryMetadata', { assessmentRunArn: arn })).toMatchObject({
    telemetryMetadata: { length: 5 },
  });
  expect(await ask('DescribeAssessmentRuns', { assessmentRunArns: [arn] })).toEqual({
    assessmentRuns: [],
    failedItems: { [arn]: { failureCode: 'ITEM_DOES_NOT_EXIST', retryable: false } },
  });
  expect(fake.calls().map(({ fault }) => fault)).toEqual([null, null, 'failedItems']);
});

test('A call that is refused as a whole has no failed items', async () => {
  fake.setFaults([{ fault: 'failedItems' }]);
  const headers = { 'x-amz-target': 'InspectorService.DescribeAssessmentRuns' };
  const response = await fetch(fake.url, { method: 'POST', headers, body: '{"assessmentRunArns":[]}' });
  const refusal = await response.json();
  expect(response.status).toBe(400);
  expect(refusal).toMatchObject({ __type: 'InvalidInputException' });
  expect(refusal).not.toHaveProperty('failedItems');
});

test.each([
  [{ operation: 'GetTelemetryMetaData', fault: 'reset' }, 'GetTelemetryMetaData'],
  [{ operation: 'ListFindings', fault: 'failedItems' }, 'Describe'],
])('A rule that can never match is refused: %j', (rule, said) => {
  expect(() => fake.setFaults([rule as FaultRule])).toThrow(
    new RegExp(`^faults\\[0\\]\\.operation: expected .*${said}`),
  );
});

test('For the same seed the same calls fail', async () => {
  async function ask(seed: number) {
    fake.setFaults([{ fault: 'status', status: 503, probability: 0.5, seed }]);
    const statuses: number[] = [];
    for (let call = 0; call < 40; call += 1) {
      const headers = { 'x-amz-target': 'InspectorService.ListAssessmentRuns' };
      statuses.push((await fetch(fake.url, { method: 'POST', headers, body: '{}' })).status);
    }
    return statuses;
  }
  const first = await ask(1);
  expect(new Set(first)).toEqual(new Set([200, 503]));
  expect(await ask(1)).toEqual(first);
  expect(await ask(2)).not.toEqual(first);
});

test('An endless call is cut off, and one that is too long for the archive is refused as by the archive', async () => {
  const post = (bytes: number) => fetch(fake.url, { method: 'POST', body: Buffer.alloc(bytes, 0x20) });
  expect((await post(1.5 * 1024 * 1024)).status).toBe(413);
  await expect(post(3 * 1024 * 1024)).rejects.toThrow();
});

test('A given run is served unchanged', async () => {
  const arn = 'arn:aws:inspector:eu-west-1:111122223333:target/0-aaaaaaaa/template/0-bbbbbbbb/run/0-cccccccc';
  const telemetry = [{ messageType: 'InspectorGroup', count: 7 }];
  const own = await startFakeInspector({
    runs: [{ arn, name: 'Mine', state: 'FAILED', telemetry }, { telemetry: null }],
  });
  endAfterAll(() => own.stop());
  async function ask(operation: string, input: object) {
    const headers = { 'x-amz-target': `InspectorService.${operation}` };
    return (await fetch(own.url, { method: 'POST', headers, body: JSON.stringify(input) })).json();
  }
  expect(await ask('DescribeAssessmentRuns', { assessmentRunArns: [arn] })).toMatchObject({
    assessmentRuns: [{ arn, name: 'Mine', state: 'FAILED' }],
  });
  expect(await ask('GetTelemetryMetadata', { assessmentRunArn: arn })).toEqual({ telemetryMetadata: telemetry });
  const unknown = await ask('GetTelemetryMetadata', { assessmentRunArn: toFakeRunArn(1) });
  expect(unknown).toMatchObject({ __type: 'NoSuchEntityException' });
});

test('Invalid rules are refused with all errors', async () => {
  const faults = [{ fault: 'throttlin' }, { fault: 'latency', ms: 'long', operaton: 'X' }] as unknown as FaultRule[];
  await expect(startFakeInspector({ faults })).rejects.toThrow(
    /^faults\[0\]\.fault: .*'throttling'.*\nfaults\[1\]\.ms: .*number.*\nfaults\[1\]: .*"operaton"/,
  );
  expect(() => fake.setFaults(faults)).toThrow('faults[0].fault');
});

test('A run with a wrong ARN is refused by its index', async () => {
  await expect(startFakeInspector({ runs: [{}, { arn: 'run/0-1' }] })).rejects.toThrow(
    'runs[1].arn: expected the ARN of an assessment run, but got "run/0-1".',
  );
});

test('A file that cannot be served is refused by name', async () => {
  const path = join(await createFolder(), 'notes.json');
  await writeFile(path, '{"some":');
  await expect(startFakeInspector({ files: [path] })).rejects.toThrow(path);
});

describe('The command', () => {
  test('serves given data, and is controlled by HTTP while it runs', async () => {
    const rules = join(await createFolder(), 'faults.yaml');
    await writeFile(rules, 'faults:\n  - { operation: ListAssessmentRuns, fault: throttling, times: 1 }\n');
    const main = runMain(['fake', '--runs', '3', '--faults', rules, '--port', '0', '--control-port', '0']);
    endAfterAll(main.kill);
    const [, url = '', control = ''] = await main.stdoutMatch(/Fake {5}(\S+).*\nControl {2}(\S+)\n/);
    const list = async () => {
      const headers = { 'x-amz-target': 'InspectorService.ListAssessmentRuns' };
      return (await fetch(url, { method: 'POST', headers, body: '{}' })).json();
    };
    expect(await list()).toMatchObject({ __type: 'ThrottlingException' });
    expect(await list()).toMatchObject({ assessmentRunArns: { length: 3 } });

    const body = JSON.stringify([{ fault: 'html' }]);
    expect((await fetch(`${control}/faults`, { method: 'PUT', body })).status).toBe(200);
    expect(
      (await fetch(url, { method: 'POST', headers: { 'x-amz-target': 'InspectorService.ListFindings' } })).status,
    ).toBe(503);
    const { calls } = (await (await fetch(`${control}/calls`)).json()) as { calls: FakeCall[] };
    expect(calls.map(({ fault }) => fault)).toEqual(['throttling', null, 'html']);
    const refused = await fetch(`${control}/faults`, { method: 'PUT', body: '[{"fault":"none"}]' });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('faults[0].fault')]);
    await fetch(`${control}/`, { method: 'DELETE' });
    expect(await (await fetch(`${control}/calls`)).json()).toEqual({ calls: [] });

    main.child.kill('SIGTERM');
    expect((await main.exited).code).toBe(0);
  });

  test('takes the rules of its help, which names every fault', async () => {
    const { stdout } = await runMain(['fake', '--help']).exited;
    const rules = join(await createFolder(), 'faults.yaml');
    await writeFile(rules, /^ {2}faults:\n( {4}.*\n)+/m.exec(stdout)?.[0] ?? '');
    const main = runMain(['fake', '--faults', rules, '--port', '0', '--control-port', '0']);
    endAfterAll(main.kill);
    const [, control = ''] = await main.stdoutMatch(/Control {2}(\S+)\n/);
    const { faults } = (await (await fetch(`${control}/faults`)).json()) as { faults: FaultRule[] };
    expect(faults.map(({ fault }) => fault)).toEqual(['throttling', 'latency', 'exception']);
    for (const [{ fault }] of rows) expect(stdout).toMatch(new RegExp(`Faults: [^.]*\\b${fault}\\b`));
  });

  test('explains rules when a file has something else', async () => {
    const rules = join(await createFolder(), 'faults.yaml');
    await writeFile(rules, 'throttling\n');
    const { code, stderr } = await runMain(['fake', '--faults', rules, '--port', '0', '--control-port', '0']).exited;
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^faults: .*expected array.*string\n$/),
    });
  });

  test('says which options change a port that is taken', async () => {
    const port = new URL(fake.url).port;
    const { code, stderr } = await runMain(['fake', '--port', port, '--control-port', '0']).exited;
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `${fake.url} is already in use: set --port or --control-port to another port, or 0 for a free one.\n`,
    });
  });

  test.each([
    [['--runs', 'many'], /whole number from 0 to 100000 behind --runs, but got "many"/],
    [['--faults', '/nowhere/faults.yaml'], /no such file.*\/nowhere\/faults\.yaml/],
    [['--fault', 'x'], /Unknown option '--fault'/],
    [['--faults', '/'], /^Expected a file of rules at \/: EISDIR/],
    [['/nowhere'], /\/nowhere/],
  ])('says in a line what is wrong with %j', async (words, message) => {
    const { code, stderr, stdout } = await runMain(['fake', '--port', '0', '--control-port', '0', ...words]).exited;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\bat .*\.js/);
  });
});
