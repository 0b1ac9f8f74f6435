import { beforeAll, describe, expect, test } from '@jest/globals';
import { call, startEndpoint } from './helpers/endpoint.js';
import { exampleArn, listedArn } from './helpers/runs.js';

const [template = ''] = exampleArn.split('/run/');
const [target = ''] = template.split('/template/');
const finding = `${exampleArn}/finding/0-HwPnsDm4`;
const exclusion = `${exampleArn}/exclusion/0-SynExc01`;
const group = 'arn:aws:inspector:us-west-2:123456789012:resourcegroup/0-PyGXopAI';
const rulesPackage = 'arn:aws:inspector:us-west-2:758058086616:rulespackage/0-X1KXtawP';
const token = '148256d2-8f8b-4a14-a9ae-a0a7ea5b3a4c';

let url: string;
beforeAll(async () => {
  ({ url } = await startEndpoint());
});

/** An ARN of so many characters: its last ID is as long as it takes. */
const longArn = (length: number) => exampleArn.padEnd(length, 'x');
const many = <T>(count: number, item: T): T[] => Array(count).fill(item);

type Row = [operation: string, input: object, errorCode: string];

const run = { assessmentRunArn: exampleArn };
const report = { ...run, reportFileFormat: 'PDF', reportType: 'FULL' };
const preview = { assessmentTemplateArn: template, previewToken: token };

/** Operation, its required ARN, the rest of a good input, the code, and an ARN of another kind. */
const arnMembers: [string, string, object, string, string][] = [
  ['GetTelemetryMetadata', 'assessmentRunArn', {}, 'INVALID_ASSESSMENT_RUN_ARN', template],
  ['GetAssessmentReport', 'assessmentRunArn', report, 'INVALID_ASSESSMENT_RUN_ARN', template],
  ['GetExclusionsPreview', 'assessmentTemplateArn', preview, 'INVALID_ASSESSMENT_TEMPLATE_ARN', exampleArn],
  ['ListAssessmentRunAgents', 'assessmentRunArn', {}, 'INVALID_ASSESSMENT_RUN_ARN', finding],
  ['ListExclusions', 'assessmentRunArn', {}, 'INVALID_ASSESSMENT_RUN_ARN', exclusion],
  ['ListTagsForResource', 'resourceArn', {}, 'INVALID_RESOURCE_ARN', target],
  ['PreviewAgents', 'previewAgentsArn', {}, 'INVALID_ASSESSMENT_TARGET_ARN', template],
];

const requiredArns = arnMembers.flatMap(([operation, member, rest, code, otherKind]): Row[] =>
  [undefined, null, '', 'x', `${exampleArn}\n`, longArn(301), 'arn:aws:s3:::bucket', otherKind, rulesPackage].map(
    (value) => [operation, { ...rest, [member]: value }, code],
  ),
);

/** Operation, its list of ARNs to describe, the code for their number and the one for a text that can be no ARN. */
const describedLists = (
  [
    ['DescribeAssessmentRuns', 'assessmentRunArns', 'ASSESSMENT_RUN_ARN', exampleArn],
    ['DescribeAssessmentTargets', 'assessmentTargetArns', 'ASSESSMENT_TARGET_ARN', target],
    ['DescribeAssessmentTemplates', 'assessmentTemplateArns', 'ASSESSMENT_TEMPLATE_ARN', template],
    ['DescribeFindings', 'findingArns', 'FINDING_ARN', finding],
    ['DescribeResourceGroups', 'resourceGroupArns', 'RESOURCE_GROUP_ARN', group],
    ['DescribeRulesPackages', 'rulesPackageArns', 'RULES_PACKAGE_ARN', rulesPackage],
  ] as const
).flatMap(([operation, member, noun, arn]): Row[] => [
  [operation, {}, `INVALID_NUMBER_OF_${noun}S`],
  [operation, { [member]: null }, `INVALID_NUMBER_OF_${noun}S`],
  [operation, { [member]: [] }, `INVALID_NUMBER_OF_${noun}S`],
  [operation, { [member]: many(11, arn) }, `INVALID_NUMBER_OF_${noun}S`],
  [operation, { [member]: [arn, ''] }, `INVALID_${noun}`],
  [operation, { [member]: [arn, null] }, `INVALID_${noun}`],
  [operation, { [member]: [longArn(301)] }, `INVALID_${noun}`],
]);

const locales = (
  [
    ['DescribeExclusions', { exclusionArns: [exclusion] }],
    ['DescribeFindings', { findingArns: [finding] }],
    ['DescribeRulesPackages', { rulesPackageArns: [rulesPackage] }],
    ['GetExclusionsPreview', preview],
  ] as const
).flatMap(([operation, input]): Row[] => [
  [operation, { ...input, locale: 'DE_DE' }, 'INVALID_LOCALE'],
  [operation, { ...input, locale: 'en_us' }, 'INVALID_LOCALE'],
  [operation, { ...input, locale: '' }, 'INVALID_LOCALE'],
]);

/** Every operation with pages, and the rest of a good input. */
const pagedOperations: [string, object][] = [
  ['ListAssessmentRuns', {}],
  ['ListAssessmentRunAgents', run],
  ['ListAssessmentTargets', {}],
  ['ListAssessmentTemplates', {}],
  ['ListEventSubscriptions', {}],
  ['ListExclusions', run],
  ['ListFindings', {}],
  ['ListRulesPackages', {}],
  ['PreviewAgents', { previewAgentsArn: target }],
  ['GetExclusionsPreview', preview],
];

const pages = pagedOperations.flatMap(([operation, input]): Row[] => [
  ...[0, -1, 501, 2_147_483_647].map((maxResults): Row => [operation, { ...input, maxResults }, 'INVALID_MAX_RESULTS']),
  ...['', '1', 'AAAA', 'not a token!', '../../..', 'x'.repeat(301), '\0'].map(
    (nextToken): Row => [operation, { ...input, nextToken }, 'INVALID_PAGINATION_TOKEN'],
  ),
]);

/** Operation, its list of ARNs to narrow down by, the code's noun, and a good ARN. */
const parentLists = (
  [
    ['ListAssessmentRuns', 'assessmentTemplateArns', 'ASSESSMENT_TEMPLATE_ARN', template],
    ['ListAssessmentTemplates', 'assessmentTargetArns', 'ASSESSMENT_TARGET_ARN', target],
    ['ListFindings', 'assessmentRunArns', 'ASSESSMENT_RUN_ARN', exampleArn],
  ] as const
).flatMap(([operation, member, noun, arn]): Row[] => [
  [operation, { [member]: many(51, arn) }, `INVALID_NUMBER_OF_${noun}S`],
  [operation, { [member]: [arn, 'x'] }, `INVALID_${noun}`],
  [operation, { [member]: [rulesPackage] }, `INVALID_${noun}`],
]);

const patterns = (
  [
    ['ListAssessmentRuns', 'namePattern', 'INVALID_ASSESSMENT_TEMPLATE_NAME_PATTERN'],
    ['ListAssessmentTemplates', 'namePattern', 'INVALID_ASSESSMENT_TEMPLATE_NAME_PATTERN'],
    ['ListAssessmentTargets', 'assessmentTargetNamePattern', 'INVALID_ASSESSMENT_TARGET_NAME_PATTERN'],
  ] as const
).flatMap(([operation, member, code]): Row[] =>
  ['', 'x'.repeat(141), 'a\0*'].map((pattern) => [operation, { filter: { [member]: pattern } }, code]),
);

const durations = (
  [
    ['ListAssessmentRuns', 'INVALID_ASSESSMENT_RUN_DURATION_RANGE'],
    ['ListAssessmentTemplates', 'INVALID_ASSESSMENT_TEMPLATE_DURATION_RANGE'],
  ] as const
).flatMap(([operation, code]): Row[] =>
  [
    { minSeconds: 179 },
    { minSeconds: 86_401 },
    { maxSeconds: 179 },
    { maxSeconds: 86_401 },
    { minSeconds: 3601, maxSeconds: 3600 },
  ].map((durationRange) => [operation, { filter: { durationRange } }, code]),
);

const times = (
  [
    ['ListAssessmentRuns', 'startTimeRange', 'INVALID_ASSESSMENT_RUN_START_TIME_RANGE'],
    ['ListAssessmentRuns', 'completionTimeRange', 'INVALID_ASSESSMENT_RUN_COMPLETION_TIME_RANGE'],
    ['ListAssessmentRuns', 'stateChangeTimeRange', 'INVALID_ASSESSMENT_RUN_STATE_CHANGE_TIME_RANGE'],
    ['ListFindings', 'creationTimeRange', 'INVALID_ATTRIBUTE'],
  ] as const
).map(
  ([operation, member, code]): Row => [operation, { filter: { [member]: { beginDate: 2.001, endDate: 2 } } }, code],
);

/** Lists within filters: operation, member, the most items, the code for their number, then bad items and their code. */
const filterLists = [
  ['ListAssessmentRuns', 'states', 50, 'INVALID_NUMBER_OF_ASSESSMENT_RUN_STATES', 'ERROR'],
  ['ListAssessmentRuns', 'rulesPackageArns', 50, 'INVALID_NUMBER_OF_RULES_PACKAGE_ARNS', rulesPackage],
  ['ListAssessmentTemplates', 'rulesPackageArns', 50, 'INVALID_NUMBER_OF_RULES_PACKAGE_ARNS', rulesPackage],
  ['ListFindings', 'rulesPackageArns', 50, 'INVALID_NUMBER_OF_RULES_PACKAGE_ARNS', rulesPackage],
  ['ListFindings', 'agentIds', 99, 'INVALID_NUMBER_OF_AGENT_IDS', 'i-1'],
  ['ListFindings', 'autoScalingGroups', 20, 'INVALID_NUMBER_OF_AUTO_SCALING_GROUPS', 'group'],
  ['ListFindings', 'ruleNames', 50, 'INVALID_NUMBER_OF_RULE_NAMES', 'rule'],
  ['ListFindings', 'severities', 50, 'INVALID_NUMBER_OF_SEVERITIES', 'High'],
  ['ListFindings', 'attributes', 50, 'INVALID_NUMBER_OF_ATTRIBUTES', { key: 'a' }],
  ['ListFindings', 'userAttributes', 50, 'INVALID_NUMBER_OF_USER_ATTRIBUTES', { key: 'a' }],
] as const;

const filterItems: Row[] = (
  [
    ['ListAssessmentRuns', 'states', ['NEW', 'completed', ''], 'INVALID_ASSESSMENT_RUN_STATE'],
    ['ListAssessmentRuns', 'rulesPackageArns', ['x', template], 'INVALID_RULES_PACKAGE_ARN'],
    ['ListAssessmentTemplates', 'rulesPackageArns', ['x', template], 'INVALID_RULES_PACKAGE_ARN'],
    ['ListFindings', 'rulesPackageArns', ['x', template], 'INVALID_RULES_PACKAGE_ARN'],
    ['ListFindings', 'agentIds', ['', 'x'.repeat(129), '\0'], 'INVALID_AGENT_ID'],
    ['ListFindings', 'autoScalingGroups', ['', 'x'.repeat(257), '\0'], 'INVALID_AUTO_SCALING_GROUP'],
    ['ListFindings', 'ruleNames', ['x'.repeat(1001), '\0'], 'INVALID_RULE_NAME'],
    ['ListFindings', 'severities', ['HIGH', 'Critical', ''], 'INVALID_SEVERITY'],
    ['ListFindings', 'attributes', [{}, { key: '' }, { key: 'x'.repeat(129) }], 'INVALID_ATTRIBUTE'],
    [
      'ListFindings',
      'attributes',
      [
        { key: 'a', value: '' },
        { key: 'a', value: 'x'.repeat(257) },
      ],
      'INVALID_ATTRIBUTE',
    ],
    ['ListFindings', 'userAttributes', [{}, { key: '' }, { key: 'x'.repeat(129) }], 'INVALID_USER_ATTRIBUTE_KEY'],
    [
      'ListFindings',
      'userAttributes',
      [
        { key: 'a', value: '' },
        { key: 'a', value: 'x'.repeat(257) },
      ],
      'INVALID_USER_ATTRIBUTE_VALUE',
    ],
  ] as [string, string, unknown[], string][]
).flatMap(([operation, member, items, code]) =>
  items.map((item): Row => [operation, { filter: { [member]: [item] } }, code]),
);

/** Lists of each kind, with an item that is null. */
const nullItems: Row[] = [
  ['ListAssessmentRuns', { filter: { states: [null] } }, 'INVALID_ASSESSMENT_RUN_STATE'],
  ['ListAssessmentRuns', { filter: { rulesPackageArns: [null] } }, 'INVALID_RULES_PACKAGE_ARN'],
  ['ListAssessmentRuns', { assessmentTemplateArns: [template, null] }, 'INVALID_ASSESSMENT_TEMPLATE_ARN'],
  ['ListAssessmentTemplates', { assessmentTargetArns: [null] }, 'INVALID_ASSESSMENT_TARGET_ARN'],
  ['ListAssessmentTemplates', { filter: { rulesPackageArns: [null] } }, 'INVALID_RULES_PACKAGE_ARN'],
  ['ListFindings', { assessmentRunArns: [null] }, 'INVALID_ASSESSMENT_RUN_ARN'],
  ['ListFindings', { filter: { agentIds: [null] } }, 'INVALID_AGENT_ID'],
  ['ListFindings', { filter: { autoScalingGroups: [null] } }, 'INVALID_AUTO_SCALING_GROUP'],
  ['ListFindings', { filter: { ruleNames: ['rule', null] } }, 'INVALID_RULE_NAME'],
  ['ListFindings', { filter: { severities: [null] } }, 'INVALID_SEVERITY'],
  ['ListFindings', { filter: { rulesPackageArns: [null] } }, 'INVALID_RULES_PACKAGE_ARN'],
  ['ListFindings', { filter: { attributes: [{ key: 'a' }, null] } }, 'INVALID_ATTRIBUTE'],
  ['ListFindings', { filter: { attributes: [{ key: null }] } }, 'INVALID_ATTRIBUTE'],
  ['ListFindings', { filter: { userAttributes: [null] } }, 'INVALID_USER_ATTRIBUTE'],
  ['ListFindings', { filter: { userAttributes: [{ key: null }] } }, 'INVALID_USER_ATTRIBUTE_KEY'],
  ['ListAssessmentRunAgents', { ...run, filter: { agentHealths: [null], agentHealthCodes: [] } }, 'INVALID_ATTRIBUTE'],
  ['ListAssessmentRunAgents', { ...run, filter: { agentHealths: [], agentHealthCodes: [null] } }, 'INVALID_ATTRIBUTE'],
  ['DescribeExclusions', { exclusionArns: [null] }, 'INVALID_RESOURCE_ARN'],
];

/** So many characters, each of two UTF-16 code units. */
const astral = (length: number) => '😀'.repeat(length);

/** Each text that has a maximum: operation, input for a text, the maximum, and the code for a longer one. */
const lengths: [string, (text: string) => object, number, string][] = [
  ['DescribeAssessmentRuns', (text) => ({ assessmentRunArns: [text] }), 300, 'INVALID_ASSESSMENT_RUN_ARN'],
  ['DescribeExclusions', (text) => ({ exclusionArns: [text] }), 300, 'INVALID_RESOURCE_ARN'],
  ['ListAssessmentRuns', (text) => byFilter({ namePattern: text }), 140, 'INVALID_ASSESSMENT_TEMPLATE_NAME_PATTERN'],
  [
    'ListAssessmentTemplates',
    (text) => byFilter({ namePattern: text }),
    140,
    'INVALID_ASSESSMENT_TEMPLATE_NAME_PATTERN',
  ],
  [
    'ListAssessmentTargets',
    (text) => byFilter({ assessmentTargetNamePattern: text }),
    140,
    'INVALID_ASSESSMENT_TARGET_NAME_PATTERN',
  ],
  ['ListFindings', (text) => byFilter({ agentIds: [text] }), 128, 'INVALID_AGENT_ID'],
  ['ListFindings', (text) => byFilter({ autoScalingGroups: [text] }), 256, 'INVALID_AUTO_SCALING_GROUP'],
  ['ListFindings', (text) => byFilter({ ruleNames: [text] }), 1000, 'INVALID_RULE_NAME'],
  ['ListFindings', (text) => byFilter({ attributes: [{ key: text }] }), 128, 'INVALID_ATTRIBUTE'],
  ['ListFindings', (text) => byFilter({ attributes: [{ key: 'a', value: text }] }), 256, 'INVALID_ATTRIBUTE'],
  ['ListFindings', (text) => byFilter({ userAttributes: [{ key: text }] }), 128, 'INVALID_USER_ATTRIBUTE_KEY'],
  [
    'ListFindings',
    (text) => byFilter({ userAttributes: [{ key: 'a', value: text }] }),
    256,
    'INVALID_USER_ATTRIBUTE_VALUE',
  ],
];

function byFilter(filter: object): object {
  return { filter };
}

/** The API has no code for these. */
const withoutCode: Row[] = [
  ['DescribeExclusions', {}, 'INVALID_RESOURCE_ARN'],
  ['DescribeExclusions', { exclusionArns: [] }, 'INVALID_RESOURCE_ARN'],
  ['DescribeExclusions', { exclusionArns: many(101, exclusion) }, 'INVALID_RESOURCE_ARN'],
  ['DescribeExclusions', { exclusionArns: [''] }, 'INVALID_RESOURCE_ARN'],
  ['DescribeExclusions', { exclusionArns: [longArn(301)] }, 'INVALID_RESOURCE_ARN'],
  ['ListEventSubscriptions', { resourceArn: 'x' }, 'INVALID_RESOURCE_ARN'],
  ['GetAssessmentReport', { ...report, reportFileFormat: 'XML' }, 'INVALID_ATTRIBUTE'],
  ['GetAssessmentReport', { ...report, reportFileFormat: undefined }, 'INVALID_ATTRIBUTE'],
  ['GetAssessmentReport', { ...report, reportType: 'SHORT' }, 'INVALID_ATTRIBUTE'],
  ['GetAssessmentReport', { ...report, reportType: null }, 'INVALID_ATTRIBUTE'],
  ['GetExclusionsPreview', { ...preview, previewToken: undefined }, 'INVALID_ATTRIBUTE'],
  ['GetExclusionsPreview', { ...preview, previewToken: 'x' }, 'INVALID_ATTRIBUTE'],
  ['GetExclusionsPreview', { ...preview, previewToken: `${token}0` }, 'INVALID_ATTRIBUTE'],
  ...[
    { agentHealths: ['HEALTHY'] },
    { agentHealthCodes: ['IDLE'] },
    { agentHealths: ['IDLE'], agentHealthCodes: [] },
    { agentHealths: [], agentHealthCodes: ['HEALTHY'] },
    { agentHealths: many(11, 'HEALTHY'), agentHealthCodes: [] },
    { agentHealths: [], agentHealthCodes: many(11, 'IDLE') },
  ].map((filter): Row => ['ListAssessmentRunAgents', { ...run, filter }, 'INVALID_ATTRIBUTE']),
];

describe('What the API does not take is answered with its code', () => {
  test.each<Row>([
    ...requiredArns,
    ...describedLists,
    ...locales,
    ...pages,
    ...parentLists,
    ...patterns,
    ...durations,
    ...times,
    ...filterLists.map(
      ([operation, member, most, code, item]): Row => [operation, { filter: { [member]: many(most + 1, item) } }, code],
    ),
    ...filterItems,
    ...nullItems,
    ...lengths.map(([operation, toInput, most, code]): Row => [operation, toInput(astral(most + 1)), code]),
    ...withoutCode,
  ])('%s %j', async (operation, input, errorCode) => {
    const { status, body } = await call(url, operation, input);
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        __type: 'InvalidInputException',
        errorCode,
        canRetry: false,
        message: expect.stringMatching(
          errorCode === 'INVALID_PAGINATION_TOKEN' ? /^nextToken: expected/ : /^\w.*: expected/,
        ),
      },
    });
    expect(body.message.length).toBeLessThanOrEqual(1000);
  });
});

describe('What the API takes, up to its bounds, is answered', () => {
  test.each<[string, object]>([
    ...pagedOperations.flatMap(([operation, input]): [string, object][] => [
      [operation, { ...input, maxResults: 1 }],
      [operation, { ...input, maxResults: 500 }],
      [operation, { ...input, maxResults: null, nextToken: null, aMemberOfTomorrow: true }],
    ]),
    ...filterLists.flatMap(([operation, member, most, , item]): [string, object][] => [
      [operation, { filter: { [member]: many(most, item) } }],
      [operation, { filter: { [member]: [] } }],
      [operation, { filter: { [member]: null } }],
    ]),
    ['ListAssessmentRuns', { assessmentTemplateArns: many(50, template), filter: {} }],
    ['ListAssessmentRuns', { assessmentTemplateArns: [], filter: null }],
    ['ListAssessmentRuns', { filter: { durationRange: { minSeconds: 180, maxSeconds: 180 } } }],
    ['ListAssessmentRuns', { filter: { durationRange: { minSeconds: 86_400, maxSeconds: 86_400 } } }],
    ['ListAssessmentRuns', { filter: { startTimeRange: {}, durationRange: {} } }],
    ['ListAssessmentRuns', { filter: { namePattern: 'x'.repeat(140) } }],
    ['ListAssessmentTemplates', { assessmentTargetArns: many(50, target) }],
    ['ListFindings', { assessmentRunArns: many(50, exampleArn) }],
    ['ListFindings', { filter: { agentIds: ['x'.repeat(128)], autoScalingGroups: ['x'.repeat(256)] } }],
    ['ListFindings', { filter: { ruleNames: ['', 'x'.repeat(1000)] } }],
    ['ListFindings', { filter: { attributes: [{ key: 'x'.repeat(128), value: 'x'.repeat(256) }] } }],
    [
      'ListAssessmentRunAgents',
      { ...run, filter: { agentHealths: many(10, 'HEALTHY'), agentHealthCodes: many(10, 'IDLE') } },
    ],
    ['DescribeExclusions', { exclusionArns: many(100, exclusion), locale: 'EN_US' }],
    ['DescribeAssessmentRuns', { assessmentRunArns: [longArn(300), 'x'] }],
    ...lengths.map(([operation, toInput, most]): [string, object] => [operation, toInput(astral(most))]),
  ])('%s %j', async (operation, input) => {
    const { status, body } = await call(url, operation, input);
    expect([status, body.__type]).toEqual([200, undefined]);
  });
});

test('A token is as long as its characters are many, and is then refused for what it is', async () => {
  const messageOf = async (nextToken: string) => (await call(url, 'ListAssessmentRuns', { nextToken })).body.message;
  expect(await messageOf(astral(300))).toContain('the token of an earlier page');
  expect(await messageOf(astral(301))).toContain('1 to 300 characters');
});

describe('What is of another type is no input of the operation', () => {
  test.each<[string, object]>([
    ['GetTelemetryMetadata', { assessmentRunArn: [exampleArn] }],
    ['DescribeFindings', { findingArns: finding }],
    ['DescribeFindings', { findingArns: [7] }],
    ['DescribeFindings', { findingArns: [finding], locale: 7 }],
    ['ListAssessmentRuns', { maxResults: '10' }],
    ['ListAssessmentRuns', { maxResults: 1.5 }],
    ['ListAssessmentRuns', { maxResults: 1e300 }],
    ['ListAssessmentRuns', { nextToken: 7 }],
    ['ListAssessmentRuns', { filter: 'all' }],
    ['ListAssessmentRuns', { filter: { states: 'COMPLETED' } }],
    ['ListAssessmentRuns', { filter: { startTimeRange: { beginDate: '2016-03-22T20:56:10Z' } } }],
    ['ListAssessmentRuns', { filter: { durationRange: { minSeconds: '180' } } }],
    ['ListFindings', { filter: { attributes: { key: 'a' } } }],
    ['ListFindings', { filter: { attributes: ['a'] } }],
    ['ListFindings', { filter: { userAttributes: [[]] } }],
  ])('%s %j', async (operation, input) => {
    const { status, body } = await call(url, operation, input);
    expect({ status, body }).toEqual({
      status: 400,
      body: { __type: 'SerializationException', message: expect.stringMatching(/^\w/) },
    });
  });
});

describe('A signature', () => {
  const credential = 'AKID/20260101/us-west-2/inspector/aws4_request';
  const scope = `Credential=${credential}`;

  const ask = async ({ authorization, query = '' }: { authorization?: string; query?: string }) => {
    const response = await fetch(`${url}/${query}`, {
      method: 'POST',
      headers: { 'x-amz-target': 'InspectorService.ListAssessmentRuns', ...(authorization && { authorization }) },
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };

  const ofRegion = { status: 200, body: { assessmentRunArns: [exampleArn, listedArn] } };
  const toQuery = (parameters: Record<string, string>) => `?${new URLSearchParams(parameters)}`;
  const presigned = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': credential,
    'X-Amz-Date': '20260101T000000Z',
    'X-Amz-Expires': '300',
    'X-Amz-SignedHeaders': 'host;x-amz-target',
    'X-Amz-Signature': '0',
  };

  test.each([
    `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`,
    `AWS4-HMAC-SHA256 ${scope},SignedHeaders=host,Signature=0`,
    `AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0, ${scope}`,
    `AWS4-HMAC-SHA256 Signature=0,${scope},SignedHeaders=host`,
    `AWS4-HMAC-SHA256 ${scope.replace('us-west-2', 'fips-us-west-2')}, SignedHeaders=host, Signature=0`,
    `AWS4-HMAC-SHA256 ${scope.replace('us-west-2', 'us-west-2-fips')}, SignedHeaders=host, Signature=0`,
  ])('is taken as %j', async (authorization) => {
    expect(await ask({ authorization })).toEqual(ofRegion);
  });

  test.each([
    presigned,
    Object.fromEntries(Object.entries(presigned).reverse()),
    { ...presigned, 'X-Amz-Credential': credential.replace('us-west-2', 'fips-us-west-2') },
    { Action: 'ListAssessmentRuns', ...presigned },
  ])('is taken from the query string %j', async (parameters) => {
    expect(await ask({ query: toQuery(parameters) })).toEqual(ofRegion);
  });

  test('in the header counts before one in the query string', async () => {
    const elsewhere = { ...presigned, 'X-Amz-Credential': credential.replace('us-west-2', 'us-east-2') };
    const authorization = `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`;
    expect(await ask({ authorization, query: toQuery(elsewhere) })).toEqual(ofRegion);
    expect(await ask({ query: toQuery(elsewhere) })).not.toEqual(ofRegion);
  });

  test.each(['?', '?Action=ListAssessmentRuns&Version=2016-02-16', 'path?%', '?X-Amz-Security-Token=0'])(
    'is none in the query string of %j, which is ignored',
    async (query) => {
      expect(await ask({ query })).toEqual(await ask({}));
      expect(await ask({ query, authorization: `AWS4-HMAC-SHA256 ${scope}, Signature=0` })).toEqual(ofRegion);
    },
  );

  test.each([
    { authorization: 'Bearer token' },
    { authorization: 'AWS4-HMAC-SHA256' },
    { authorization: 'AWS4-HMAC-SHA256 Credential=AKID' },
    { authorization: 'AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0' },
    { authorization: `AWS4-HMAC-SHA256 ${scope.replace('inspector', 's3')}, SignedHeaders=host, Signature=0` },
    { authorization: `AWS4-HMAC-SHA256 ${scope.replace('us-west-2', '')}, SignedHeaders=host, Signature=0` },
    { authorization: `AWS4-HMAC-SHA256 ${scope}/more, SignedHeaders=host, Signature=0` },
    { authorization: 'AWS AKID:0' },
    { query: toQuery({ 'X-Amz-Algorithm': 'AWS4-HMAC-SHA256' }) },
    { query: toQuery({ 'X-Amz-Credential': credential }) },
    { query: toQuery({ ...presigned, 'X-Amz-Algorithm': 'AWS4-ECDSA-P256-SHA256' }) },
    { query: toQuery({ ...presigned, 'X-Amz-Credential': credential.replace('inspector', 's3') }) },
  ])('is incomplete as %j', async (request) => {
    expect(await ask(request)).toEqual({
      status: 400,
      body: { __type: 'IncompleteSignatureException', message: expect.stringContaining('Credential=') },
    });
  });
});
