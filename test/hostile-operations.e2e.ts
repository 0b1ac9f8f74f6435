import { beforeAll, describe, expect, test } from '@jest/globals';
import { startMeasuredGateway } from './helpers/measured-gateway.js';
import { runArn } from './helpers/runs.js';

let gateway: Awaited<ReturnType<typeof startMeasuredGateway>>;
let production: Awaited<ReturnType<typeof startMeasuredGateway>>;
let large: Awaited<ReturnType<typeof startMeasuredGateway>>;

beforeAll(async () => {
  gateway = await startMeasuredGateway();
  production = await startMeasuredGateway({ NODE_ENV: 'production' });
  // The cached findings take more than their answer.
  large = await startMeasuredGateway({}, { rows: 5000, characters: 20_000 }, 1024);
}, 60_000);

const times = (count: number, toText: (number: number) => string) =>
  Array.from({ length: count }, (_, number) => toText(number)).join(' ');
const ofRuns = (selection: string) => `{ assessmentRuns(first: 100) { nodes { ${selection} } } }`;
const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
const IDS = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
const FILTER = 'query ($filter: AssessmentRunFilter) { assessmentRuns(filter: $filter) { totalCount } }';

describe('A request of at most 1 MiB costs a bounded time and is answered', () => {
  test.each<[string, string | object, string]>([
    [
      'with 900 fields of 100 runs in 10 pages',
      {
        query: `{ ${times(10, (n) => `a${n}: assessmentRuns(first: 100) { nodes { ...F } }`)} } fragment F on AssessmentRun { ${times(900, (n) => `b${n}: dataCollected`)} }`,
      },
      'OPERATION_TOO_COSTLY',
    ],
    [
      'with telemetry under hundreds of names',
      { query: ofRuns(times(390, (n) => `t${n}: telemetry { count }`)) },
      'OPERATION_TOO_COSTLY',
    ],
    ['with a long name at many places', { query: ofRuns(`${'a'.repeat(1_000_000)}: arn`) }, 'OPERATION_TOO_COSTLY'],
    [
      'with a long name in rows',
      { query: ofRuns(`telemetry { ${'a'.repeat(200_000)}: count }`) },
      'OPERATION_TOO_COSTLY',
    ],
    [
      'with the schema again and again',
      {
        query: `{ ${times(60, (n) => `s${n}: __schema { types { name fields { name args { name type { name } } type { name } } } }`)} }`,
      },
      'OPERATION_TOO_COSTLY',
    ],
    [
      'with a small page of findings of each run, in many ways',
      {
        query: ofRuns(
          times(15, (n) => {
            const severities = ['Low', 'Medium', 'High', 'Informational'].filter((_, bit) => ((n + 1) >> bit) & 1);
            return `f${n}: findings(first: 1, filter: { severities: [${severities}] }) { pageInfo { hasNextPage } }`;
          }),
        ),
      },
      'OPERATION_TOO_COSTLY',
    ],
    [
      'with lists as arguments of telemetry',
      { query: ofRuns(`agents { nodes { telemetry(messageTypes: [${times(3000, (n) => `"${n}"`)}]) { count } } }`) },
      'OPERATION_TOO_COSTLY',
    ],
    [
      'with 200,000 nulls for IDs',
      { query: IDS, variables: { ids: Array(200_000).fill(null) } },
      'OPERATION_TOO_COSTLY',
    ],
    ['with 9,000 nulls for IDs', { query: IDS, variables: { ids: Array(9000).fill(null) } }, 'BAD_USER_INPUT'],
    [
      'with 9,000 ARNs that are none',
      { query: IDS, variables: { ids: Array(9000).fill('x') } },
      'OPERATION_TOO_COSTLY',
    ],
    [
      'with an object of unknown, long members',
      {
        query: FILTER,
        variables: { filter: Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`x${n}`, 'y'.repeat(9000)])) },
      },
      'BAD_USER_INPUT',
    ],
    [
      'with 70,000 variables that nobody declared',
      {
        query: '{ __typename }',
        variables: Object.fromEntries(Array.from({ length: 70_000 }, (_, n) => [`v${n}`, n])),
      },
      'OPERATION_TOO_COSTLY',
    ],
    [
      'with a value of an enumeration that is 1 MB long',
      {
        query: 'query ($o: AssessmentRunOrder) { assessmentRuns(orderBy: $o) { totalCount } }',
        variables: { o: 'N'.repeat(1_000_000) },
      },
      'BAD_USER_INPUT',
    ],
    [
      'with 350 circular fragments',
      {
        query: `{ ...F0 } ${times(350, (n) => `fragment F${n} on Query { ...F${(n + 1) % 350} ...F${(n + 2) % 350} }`)}`,
      },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['with a fragment in itself', { query: '{ ...F } fragment F on Query { ...F }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'with fragments nested in fragments',
      {
        query: `{ ...F0 } ${times(400, (n) => `fragment F${n} on Query { ...F${n + 1} }`)} fragment F400 on Query { __typename }`,
      },
      'OPERATION_TOO_COSTLY',
    ],
    ['with selections 100,000 deep', { query: nested('{a', '}', 100_000) }, 'OPERATION_TOO_COSTLY'],
    ['with selections 1,500 deep', { query: nested('{a', '}', 1500) }, 'OPERATION_TOO_COSTLY'],
    [
      'with lists 100,000 deep',
      { query: `{ nodes(ids: ${nested('[', ']', 100_000)}) { id } }` },
      'OPERATION_TOO_COSTLY',
    ],
    [
      'with objects 1,500 deep',
      { query: `{ assessmentRuns(filter: ${nested('{a:', '}', 1500)}) { totalCount } }` },
      'OPERATION_TOO_COSTLY',
    ],
    [
      'with lists in variables 200,000 deep',
      `{"query":"${IDS}","variables":{"ids":${nested('[', ']', 200_000)}}}`,
      'OPERATION_TOO_COSTLY',
    ],
    [
      'with objects in variables 50,000 deep',
      `{"query":"${FILTER}","variables":{"filter":${'{"states":'.repeat(50_000)}1${'}'.repeat(50_000)}}}`,
      'OPERATION_TOO_COSTLY',
    ],
    [
      'with a hash that is a list 100,000 deep',
      `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":${nested('[', ']', 100_000)}}}}`,
      'BAD_REQUEST',
    ],
    [
      'with a persisted query of another version',
      { extensions: { persistedQuery: { version: 2, sha256Hash: 'x' } } },
      'BAD_REQUEST',
    ],
    [
      'with a persisted query of another hash',
      { query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } },
      'BAD_REQUEST',
    ],
    ['with 340,000 comments', { query: `${'#\n'.repeat(340_000)}{ x }` }, 'OPERATION_TOO_COSTLY'],
    ['with an error behind 500,000 lines', { query: `${'\n'.repeat(500_000)}{ x }` }, 'OPERATION_TOO_COSTLY'],
    [
      'with fields that merge by the hundred',
      { query: ofRuns(times(900, () => 'telemetry { count }')) },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'with a directive 500 times',
      { query: `{ __typename ${'@skip(if: true)'.repeat(500)} }` },
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ])('%s', async (_title, request, code) => {
    const { body, bytes } = await gateway.measure(request);
    expect(body.errors[0].extensions.code).toBe(code);
    for (const { extensions } of body.errors) expect(extensions.code).toBe(code);
    expect(body.errors.length).toBeLessThanOrEqual(21);
    expect(bytes).toBeLessThan(100_000);
  });

  test.each<[string, string | object]>([
    ['with 480 fields of 100 runs', { query: ofRuns(times(480, (n) => `f${n}: createdAt`)) }],
    [
      'with 1,900 fields that fail, each on a line of its own',
      { query: ofRuns(times(19, (n) => `\n f${n}: telemetry(first: 0) { count }`)) },
    ],
    ['with hundreds of operations', { query: times(600, (n) => `query Q${n} { __typename }`), operationName: 'Q1' }],
    ['with an alias of 1 MB', { query: `{ ${'a'.repeat(1_000_000)}: __typename }` }],
    ['with 9,000 times the same ARN', { query: IDS, variables: { ids: Array(9000).fill(runArn(1)) } }],
  ])('%s, in full', async (_title, request) => {
    const { body } = await gateway.measure(request);
    expect(body.data).toBeDefined();
  });

  test('and the log has only lines of JSON, and no internal error', () => {
    expect(gateway.notJson()).toEqual([]);
    expect(gateway.log().filter(({ level }) => level >= 50)).toEqual([]);
  });
});

describe('An answer far longer than estimated', () => {
  test.each([
    ['by its rows', '{ assessmentRuns(first: 100) { nodes { telemetry { messageType count dataSize } } } }'],
    ['by its text', ofRuns('findings(first: 20) { nodes { description } }')],
  ])(
    '%s is refused with an error of GraphQL',
    async (_title, query) => {
      const accept = 'application/graphql-response+json';
      const response = await large.post({ query }, { accept });
      expect(response.status).toBe(400);
      expect(response.body).toEqual({
        data: null,
        errors: [
          {
            message: expect.stringMatching(/longer than 33554432 bytes/),
            extensions: { code: 'OPERATION_TOO_COSTLY' },
          },
        ],
      });
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect((await large.post({ query })).status).toBe(200);
    },
    60_000,
  );

  test('is answered where it fits', async () => {
    const { body } = await large.measure({ query: `{ assessmentRun(arn: "${runArn(1)}") { telemetry { count } } }` });
    expect(body.data.assessmentRun.telemetry).toHaveLength(5000);
  });
});

describe('Names of Object.prototype', () => {
  const run = `assessmentRun(arn: "${runArn(1)}")`;

  test('may be those of aliases, fragments, variables and operations', async () => {
    const text = `{"query":"query __proto__($__proto__: ID!, $constructor: Boolean!) { __proto__: node(id: $__proto__) { toString: id ...constructor } constructor: __typename @include(if: $constructor) } fragment constructor on AssessmentRun { __proto__: arn telemetry { __proto__: count constructor: count } }","variables":{"__proto__":"${runArn(1)}","constructor":false},"operationName":"__proto__","extensions":{"__proto__":{"persistedQuery":{}},"toString":1}}`;
    const { body } = await gateway.measure(text);
    expect(body.errors).toBeUndefined();
    expect(Object.keys(body.data)).toEqual(['__proto__']);
    const { value } = Object.getOwnPropertyDescriptor(body.data, '__proto__') as PropertyDescriptor;
    expect(Object.entries(value)[0]).toEqual(['toString', runArn(1)]);
    expect(Object.getOwnPropertyDescriptor(value, '__proto__')?.value).toBe(runArn(1));
    expect(Object.keys(value.telemetry[0])).toEqual(['__proto__', 'constructor']);
  });

  test.each(['__proto__', 'constructor', 'toString'])('are unknown where they are not defined: %s', async (name) => {
    const operation = await gateway.measure({ query: `query A { ${run} { arn } }`, operationName: name });
    expect(operation.body.errors[0].extensions.code).toBe('OPERATION_RESOLUTION_FAILURE');
    const variable = await gateway.measure({
      query: `query ($${name}: ID!) { node(id: $${name}) { id } }`,
      variables: {},
    });
    expect(variable.body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    const fragment = await gateway.measure({ query: `{ ...${name} }` });
    expect(fragment.body.errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    const input = await gateway.measure(`{"query":"${FILTER}","variables":{"filter":{"${name}":{}}}}`);
    expect(input.body.errors[0].message).toContain(`Field "${name}" is not defined`);
  });
});

test.each([
  ['a field', { query: '{ assessmentRuns { edge { cursor } } }' }],
  ['a type', { query: '{ node(id: "x") { ... on AssessmentRum { arn } } }' }],
  ['an argument', { query: '{ assessmentRun(arm: "x") { arn } }' }],
  ['a value of an enumeration', { query: '{ assessmentRuns(orderBy: NAME_AS) { totalCount } }' }],
  [
    'a value of an enumeration in a variable',
    {
      query: 'query ($o: AssessmentRunOrder) { assessmentRuns(orderBy: $o) { totalCount } }',
      variables: { o: 'NAME_AS' },
    },
  ],
  ['a member of an input object in a variable', { query: FILTER, variables: { filter: { namePatern: 'x' } } }],
])('Suggestions for a misspelt name are hidden in production: of %s', async (_title, request) => {
  const shown = await gateway.measure(request);
  expect(shown.body.errors[0].message).toMatch(/Did you mean/);
  const hidden = await production.measure(request);
  expect(hidden.body.errors[0].extensions).toEqual(shown.body.errors[0].extensions);
  expect(hidden.body.errors[0].message).not.toMatch(/Did you mean|namePattern|NAME_ASC|edges/);
});
