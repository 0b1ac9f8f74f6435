import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Reader } from '../src/archive/store/reader.js';
import { createArchiveServer } from '../src/archive/wire/archive-server.js';
import { modelledErrors, protocolErrors } from '../src/archive/wire/modelled-errors.js';
import { operations } from '../src/archive/wire/operations.js';
import { listen } from '../src/process/listening-socket.js';
import { endAfterAll } from './helpers/cleanup.js';
import { startEndpoint } from './helpers/endpoint.js';
import type { Json } from './helpers/gateway.js';
import { exampleArn, runArn } from './helpers/runs.js';

/** The errors of each operation in the API's model of 2016-02-16, as botocore has it. */
const model: Record<string, string[]> = JSON.parse(
  readFileSync(new URL('fixtures/modelled-errors.json', import.meta.url), 'utf8'),
);

const PRINT_MODEL = `
import botocore.session, json
model = botocore.session.get_session().get_service_model('inspector', '2016-02-16')
print(json.dumps({name: sorted(shape.name for shape in model.operation_model(name).error_shapes)
                  for name in model.operation_names}))
`;
const botocore = spawnSync('python3', ['-c', PRINT_MODEL], { encoding: 'utf8' });

/** How an operation is asked for: a good input, and what else there is to provoke errors with. */
interface Provocation {
  readonly good: object;
  /** Of values that the API does not take; absent where the operation takes whatever comes. */
  readonly bad?: object;
  /** About something that no archive has; absent where the operation is about nothing in particular. */
  readonly missing?: object;
}

const [template = ''] = exampleArn.split('/run/');
const [target = ''] = template.split('/template/');
const [unknownTemplate = ''] = runArn(1).split('/run/');
const [unknownTarget = ''] = unknownTemplate.split('/template/');
const ofRun = { good: { assessmentRunArn: exampleArn }, bad: {}, missing: { assessmentRunArn: runArn(1) } };
const report = { reportFileFormat: 'PDF', reportType: 'FULL' };
const previewToken = '148256d2-8f8b-4a14-a9ae-a0a7ea5b3a4c';
const badPage = { maxResults: 0 };
const describing = (member: string, arn: string) => ({ good: { [member]: [arn] }, bad: { [member]: [] } });

const reads: Record<string, Provocation> = {
  DescribeAssessmentRuns: describing('assessmentRunArns', exampleArn),
  DescribeAssessmentTargets: describing('assessmentTargetArns', target),
  DescribeAssessmentTemplates: describing('assessmentTemplateArns', template),
  DescribeCrossAccountAccessRole: { good: {} },
  DescribeExclusions: describing('exclusionArns', `${exampleArn}/exclusion/0-SynExc01`),
  DescribeFindings: describing('findingArns', `${exampleArn}/finding/0-HwPnsDm4`),
  DescribeResourceGroups: describing(
    'resourceGroupArns',
    'arn:aws:inspector:us-west-2:123456789012:resourcegroup/0-PyGXopAI',
  ),
  DescribeRulesPackages: describing(
    'rulesPackageArns',
    'arn:aws:inspector:us-west-2:758058086616:rulespackage/0-X1KXtawP',
  ),
  GetAssessmentReport: {
    good: { ...ofRun.good, ...report },
    bad: { ...ofRun.good, ...report, reportType: 'SHORT' },
    missing: { ...ofRun.missing, ...report },
  },
  GetExclusionsPreview: {
    good: { assessmentTemplateArn: template, previewToken },
    bad: { assessmentTemplateArn: template, previewToken: 'x' },
    missing: { assessmentTemplateArn: unknownTemplate, previewToken },
  },
  GetTelemetryMetadata: ofRun,
  ListAssessmentRunAgents: ofRun,
  ListAssessmentRuns: { good: {}, bad: badPage, missing: { assessmentTemplateArns: [unknownTemplate] } },
  ListAssessmentTargets: { good: {}, bad: badPage },
  ListAssessmentTemplates: { good: {}, bad: badPage, missing: { assessmentTargetArns: [unknownTarget] } },
  ListEventSubscriptions: {
    good: { resourceArn: template },
    bad: { nextToken: 'x' },
    missing: { resourceArn: unknownTemplate },
  },
  ListExclusions: ofRun,
  ListFindings: { good: {}, bad: badPage, missing: { assessmentRunArns: [runArn(1)] } },
  ListRulesPackages: { good: {}, bad: badPage },
  ListTagsForResource: { good: { resourceArn: template }, bad: {}, missing: { resourceArn: unknownTemplate } },
  PreviewAgents: { good: { previewAgentsArn: target }, bad: {}, missing: { previewAgentsArn: unknownTarget } },
};
const writes = Object.keys(model).filter((operation) => !(operation in reads));

/** An endpoint over a store whose every read fails with this error. */
async function startOver(error: unknown): Promise<string> {
  const fail = () => Promise.reject(error);
  const reader = new Proxy({} as Reader, { get: () => fail });
  const server: Server = createArchiveServer({ reader });
  const url = await listen(server, '127.0.0.1', 0, 'ARCHIVE_PORT');
  endAfterAll(async () => server.close());
  return url;
}

/** Sends a body as it is written here, and gives what the operation answers. */
async function send(
  url: string,
  operation: string,
  body: string | Buffer<ArrayBuffer>,
): Promise<{ status: number; body: Json }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `InspectorService.${operation}` },
    body,
  });
  return { status: response.status, body: await response.json() };
}

let url: string;
let urlOfLostStore: string;
let urlOfBrokenStore: string;
beforeAll(async () => {
  ({ url } = await startEndpoint());
  urlOfLostStore = await startOver(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
  urlOfBrokenStore = await startOver(new Error('a defect'));
});

describe('The table of modelled errors', () => {
  test("is the API's model, and has every operation that is answered", () => {
    const table = Object.fromEntries([...modelledErrors].map(([operation, types]) => [operation, [...types].sort()]));
    expect(table).toEqual(model);
    expect([...operations.keys()].sort()).toEqual(Object.keys(model).sort());
  });

  (botocore.status === 0 ? test : test.skip)("is botocore's (left out where it is not installed)", () => {
    expect(JSON.parse(botocore.stdout)).toEqual(model);
  });
});

test.each(Object.keys(model))('%s answers no error but those of its model and of the protocol', async (operation) => {
  const { good, bad = {}, missing = {} } = reads[operation] ?? { good: {} };
  const bodies = [good, bad, missing, { nextToken: 7 }].map((input) => JSON.stringify(input));
  const types = new Set<string>();
  for (const endpoint of [url, urlOfLostStore, urlOfBrokenStore]) {
    for (const body of [...bodies, '{', '[]', 'null', '']) {
      const { __type: type } = (await send(endpoint, operation, body)).body;
      if (type !== undefined) types.add(type);
    }
  }
  const expected = [...(model[operation] as string[]), ...protocolErrors];
  expect([...types].filter((type) => !expected.includes(type))).toEqual([]);
});

describe('A read', () => {
  const withMember = (member: 'bad' | 'missing') =>
    Object.entries(reads).flatMap(([operation, { [member]: input }]) => (input ? [{ operation, input }] : []));

  test.each(withMember('bad'))('$operation of what the API does not take is invalid input', async (row) => {
    const { operation, input } = row;
    const { status, body } = await send(url, operation, JSON.stringify(input));
    expect([status, body]).toEqual([
      400,
      expect.objectContaining({ __type: 'InvalidInputException', canRetry: false }),
    ]);
  });

  test.each(withMember('missing'))('$operation of what there is not names no such entity', async (row) => {
    const { operation, input } = row;
    const { status, body } = await send(url, operation, JSON.stringify(input));
    expect([status, body]).toEqual([
      400,
      expect.objectContaining({ __type: 'NoSuchEntityException', canRetry: false }),
    ]);
  });

  const reading = Object.entries(reads);

  test.each(reading)('%s can be tried again while the store is away', async (operation, { good }) => {
    const isModelled = model[operation]?.includes('ServiceTemporarilyUnavailableException');
    expect(await send(urlOfLostStore, operation, JSON.stringify(good))).toEqual({
      status: isModelled ? 503 : 500,
      body: {
        __type: isModelled ? 'ServiceTemporarilyUnavailableException' : 'InternalException',
        canRetry: true,
        message: 'The archive is out of reach.',
      },
    });
  });

  test.each(reading)('%s that fails inside is not to be tried again', async (operation, { good }) => {
    expect(await send(urlOfBrokenStore, operation, JSON.stringify(good))).toEqual({
      status: 500,
      body: { __type: 'InternalException', canRetry: false, message: 'The archive failed inside.' },
    });
  });

  test.each(['{}', '', '[]', 'null', '7', '{"roleArn":7}'])(
    'DescribeCrossAccountAccessRole, which has no input, gives the role whatever is sent: %j',
    async (body) => {
      expect(await send(url, 'DescribeCrossAccountAccessRole', body)).toEqual({
        status: 200,
        body: { roleArn: 'arn:aws:iam::123456789012:role/inspector', valid: true, registeredAt: 1458069182.826 },
      });
    },
  );
});

test.each(writes)('%s is denied, also while the store is away', async (operation) => {
  for (const endpoint of [url, urlOfLostStore]) {
    expect(await send(endpoint, operation, '{}')).toMatchObject({
      status: 400,
      body: { __type: 'AccessDeniedException', canRetry: false },
    });
  }
});

test.each([
  ['a byte of Latin-1', '{"assessmentRunArns":["\xe9"]}'],
  ['a sequence that is cut off', '{"assessmentRunArns":["\xe2\x82"]}'],
  ['half a surrogate pair', '{"assessmentRunArns":["\xed\xa0\x80"]}'],
  ['a longer form than is needed', '{"assessmentRunArns":["\xc0\xaf"]}'],
  ['UTF-16', '{\0}\0'],
])('A body that is not UTF-8 is refused before anything is made of it: %s', async (_, bytes) => {
  const { status, body } = await send(url, 'DescribeAssessmentRuns', Buffer.from(bytes, 'latin1'));
  expect({ status, body }).toEqual({
    status: 400,
    body: { __type: 'SerializationException', message: 'Expected a body of JSON in UTF-8.' },
  });
});

/** What every object has in JavaScript, under which a careless look-up finds something. */
const inheritedNames = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];

test.each(inheritedNames)('The name %s is like any other that the API does not have', async (name) => {
  const told = async (operation: string, anyName: string) => {
    const bodies = [
      ...['1', '"x"', '{}', 'null'].map((value) => `{"${anyName}":${value}}`),
      `{"filter":{"${anyName}":1},"locale":"${anyName}","assessmentRunArns":["${anyName}"]}`,
      `"${anyName}"`,
    ];
    const answers = [];
    for (const body of bodies) answers.push(await send(url, operation, body));
    return JSON.stringify(answers).replaceAll(anyName, 'other');
  };
  for (const operation of operations.keys()) expect(await told(operation, name)).toBe(await told(operation, 'another'));
  expect((await send(url, name, '{}')).body.__type).toBe('UnknownOperationException');
});
