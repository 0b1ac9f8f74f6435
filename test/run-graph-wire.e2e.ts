import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ListKind, Lists } from '../src/inspector/inspector-api.js';
import { type ArnKind, arnKinds, inspectorRegions } from '../src/inspector/inspector-arn.js';
import { createEndpointSource } from '../src/inspector/inspector-source.js';
import { createSdkInspectorApi } from '../src/inspector/sdk-inspector-api.js';
import { endAfterAll } from './helpers/cleanup.js';
import { agentOf, arnIn, arnOf, describeOperations, entityOf, toDescribed, toWire } from './helpers/entities.js';
import { failureCases, MAX_ATTEMPTS } from './helpers/failures.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { type Answer, sendJson, startScriptedUpstream, type UpstreamCall } from './helpers/scripted-upstream.js';

/** What the upstream does in the present test. */
let answer: Answer;
let upstream: Awaited<ReturnType<typeof startScriptedUpstream>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let hurriedGateway: Awaited<ReturnType<typeof startGateway>>;
let inspector: ReturnType<typeof createSdkInspectorApi>;

beforeAll(async () => {
  upstream = await startScriptedUpstream((call, response) => answer(call, response));
  endAfterAll(upstream.stop);
  const environment = { INSPECTOR_ENDPOINT: upstream.url, INSPECTOR_MAX_ATTEMPTS: String(MAX_ATTEMPTS) };
  gateway = await startGateway(environment);
  endAfterAll(gateway.kill);
  hurriedGateway = await startGateway({ ...environment, INSPECTOR_DEADLINE_MS: '1000' });
  endAfterAll(hurriedGateway.kill);
  const limits = { connectTimeoutMs: 1000, deadlineMs: 5000, maxAttempts: 1, concurrency: 10 };
  inspector = createSdkInspectorApi(createEndpointSource(upstream.url), limits);
  endAfterAll(async () => inspector.close());
});

/** A script for one test, and the calls that came since. */
function script(its: Answer) {
  answer = its;
  upstream.calls.length = 0;
  return upstream.calls;
}

let fresh = 0;
/** A number that no test has asked for before, so that no cache knows what has it. */
function freshNumber(): number {
  fresh += 1;
  return fresh;
}

const kindOf = (call: UpstreamCall) => arnKinds.find((kind) => describeOperations[kind].name === call.operation);

/** Describes whatever is asked for; `change` may say otherwise of some of it. */
function describeLikeInspector(
  change: (kind: ArnKind, arns: string[]) => object | undefined = () => undefined,
): Answer {
  return (call, response) => {
    const kind = kindOf(call) as ArnKind;
    const arns = call.input[describeOperations[kind].input];
    sendJson(
      response,
      200,
      change(kind, arns) ??
        toDescribed(
          kind,
          arns.map((arn: string) => toWire(kind, arn)),
        ),
    );
  };
}

/** A field of each kind that has to be read, and what it is. */
const FIELDS: Record<ArnKind, string> = {
  assessmentRun: 'name',
  assessmentTemplate: 'name',
  assessmentTarget: 'name',
  resourceGroup: 'createdAt',
  rulesPackage: 'name',
  finding: 'title',
  exclusion: 'title',
};
const typeOf = (kind: string) => `${kind[0]?.toUpperCase()}${kind.slice(1)}`;
const readField = (kind: ArnKind, arn: string) =>
  JSON.parse(JSON.stringify(entityOf[kind](arn as never) as object))[FIELDS[kind]];

describe('What Inspector describes', () => {
  test.each(arnKinds)('of %s arrives with every member', async (kind) => {
    script(
      describeLikeInspector((its, arns) =>
        toDescribed(
          its,
          arns.toReversed().map((arn) => toWire(its, arn)),
        ),
      ),
    );
    const arns = [3, 1, 2].map((number) => arnOf(kind, number));
    expect(await inspector.describe(kind, arns)).toEqual(arns.map((arn) => entityOf[kind](arn as never)));
  });

  test.each(arnKinds)('of %s is asked for in as few calls as its API allows', async (kind) => {
    const calls = script(describeLikeInspector());
    const arns = Array.from({ length: 101 }, (_, number) => arnOf(kind, number));
    await inspector.describe(kind, arns);
    const sizes = calls.map((call) => call.input[describeOperations[kind].input].length);
    expect(sizes.sort((a, b) => b - a)).toEqual(kind === 'exclusion' ? [100, 1] : [...Array(10).fill(10), 1]);
  });

  test('may lack whatever is not required', async () => {
    const arn = arnOf('finding', 1);
    const { createdAt, updatedAt } = toWire('finding', arn) as Json;
    script((_call, response) =>
      sendJson(response, 200, {
        findings: [{ arn, createdAt, updatedAt, attributes: [], userAttributes: [] }],
        failedItems: {},
      }),
    );
    const [finding] = await inspector.describe('finding', [arn]);
    const { findingId, title, assetAttributes, rulesPackageArn, severity, ...others } = finding as Json;
    expect([findingId, title, assetAttributes, rulesPackageArn, severity]).toEqual(Array(5).fill(null));
    expect(others).toMatchObject({
      arn,
      attributes: [],
      userAttributes: [],
      createdAt: entityOf.finding(arn).createdAt,
    });
  });

  test('as the tags of a template arrives', async () => {
    const calls = script((_call, response) =>
      sendJson(response, 200, { tags: [{ key: 'a', value: 'b' }, { key: 'c' }] }),
    );
    expect(await inspector.listTagsForResource(arnOf('assessmentTemplate', 1))).toEqual([
      { key: 'a', value: 'b' },
      { key: 'c', value: null },
    ]);
    expect(calls[0]).toMatchObject({
      operation: 'ListTagsForResource',
      input: { resourceArn: arnOf('assessmentTemplate', 1) },
    });
  });
});

const run = arnOf('assessmentRun', 7);

/** Each List operation: the member of its output, and a good item of it. */
const lists: Record<ListKind, { name: string; member: string; item: unknown }> = {
  assessmentRun: { name: 'ListAssessmentRuns', member: 'assessmentRunArns', item: run },
  assessmentTemplate: {
    name: 'ListAssessmentTemplates',
    member: 'assessmentTemplateArns',
    item: arnOf('assessmentTemplate', 7),
  },
  assessmentTarget: {
    name: 'ListAssessmentTargets',
    member: 'assessmentTargetArns',
    item: arnOf('assessmentTarget', 7),
  },
  rulesPackage: { name: 'ListRulesPackages', member: 'rulesPackageArns', item: arnOf('rulesPackage', 7) },
  finding: { name: 'ListFindings', member: 'findingArns', item: arnIn(run, 'finding', 7) },
  exclusion: { name: 'ListExclusions', member: 'exclusionArns', item: arnIn(run, 'exclusion', 7) },
  assessmentRunAgent: { name: 'ListAssessmentRunAgents', member: 'assessmentRunAgents', item: agentOf(run, 7) },
};
const listKinds = Object.keys(lists) as ListKind[];

describe('What Inspector lists', () => {
  const between = { from: new Date('2025-01-01T00:00:00.250Z'), to: new Date('2025-01-02T00:00:00.250Z') };
  /** Whole seconds, moved outwards. */
  const range = { beginDate: 1735689600, endDate: 1735776001 };
  const templates = [arnOf('assessmentTemplate', 1), arnOf('assessmentTemplate', 2)];
  const packages = [arnOf('rulesPackage', 1)];

  test.each<{ [K in ListKind]: [K, Lists[K]['criteria'], object] }[ListKind]>([
    ['assessmentRun', {}, {}],
    [
      'assessmentRun',
      {
        assessmentTemplateArns: templates,
        rulesPackageArns: packages,
        namePattern: 'a*',
        states: ['FAILED', 'ERROR'],
        durationBetween: { from: 180, to: 3600 },
        startedBetween: between,
        completedBetween: between,
      },
      {
        assessmentTemplateArns: templates,
        filter: {
          namePattern: 'a*',
          states: ['FAILED', 'ERROR'],
          durationRange: { minSeconds: 180, maxSeconds: 3600 },
          rulesPackageArns: packages,
          startTimeRange: range,
          completionTimeRange: range,
        },
      },
    ],
    [
      'assessmentRun',
      { startedBetween: { from: between.from } },
      { filter: { startTimeRange: { beginDate: range.beginDate } } },
    ],
    [
      'assessmentRun',
      { completedBetween: { to: between.to } },
      { filter: { completionTimeRange: { endDate: range.endDate } } },
    ],
    [
      'assessmentTemplate',
      {
        assessmentTargetArns: [arnOf('assessmentTarget', 1)],
        rulesPackageArns: packages,
        namePattern: 'b',
        durationBetween: { to: 200 },
      },
      {
        assessmentTargetArns: [arnOf('assessmentTarget', 1)],
        filter: { namePattern: 'b', rulesPackageArns: packages, durationRange: { maxSeconds: 200 } },
      },
    ],
    ['assessmentTarget', {}, {}],
    ['assessmentTarget', { namePattern: 'c' }, { filter: { assessmentTargetNamePattern: 'c' } }],
    ['rulesPackage', {}, {}],
    ['finding', { assessmentRunArn: run }, { assessmentRunArns: [run] }],
    [
      'finding',
      {
        assessmentRunArn: run,
        severities: ['High'],
        agentIds: ['i-1'],
        autoScalingGroups: ['g'],
        ruleNames: ['r'],
        rulesPackageArns: packages,
        attributes: [
          { key: 'k', value: 'v' },
          { key: 'any', value: null },
        ],
        userAttributes: [{ key: 'u', value: 'v' }],
        createdBetween: between,
      },
      {
        assessmentRunArns: [run],
        filter: {
          severities: ['High'],
          agentIds: ['i-1'],
          autoScalingGroups: ['g'],
          ruleNames: ['r'],
          rulesPackageArns: packages,
          attributes: [{ key: 'k', value: 'v' }, { key: 'any' }],
          userAttributes: [{ key: 'u', value: 'v' }],
          creationTimeRange: range,
        },
      },
    ],
    ['exclusion', { assessmentRunArn: run }, { assessmentRunArn: run }],
    ['assessmentRunAgent', { assessmentRunArn: run }, { assessmentRunArn: run }],
    [
      'assessmentRunAgent',
      { assessmentRunArn: run, agentHealths: ['HEALTHY'] },
      // The API requires both.
      { assessmentRunArn: run, filter: { agentHealths: ['HEALTHY'], agentHealthCodes: [] } },
    ],
    [
      'assessmentRunAgent',
      { assessmentRunArn: run, agentHealthCodes: ['IDLE'] },
      { assessmentRunArn: run, filter: { agentHealths: [], agentHealthCodes: ['IDLE'] } },
    ],
  ])('as %s, for %j, is asked for in the words of the API', async (kind, criteria, input) => {
    const { name, member, item } = lists[kind];
    const calls = script((_call, response) => sendJson(response, 200, { [member]: [item], nextToken: 'next' }));
    const page = await inspector.list(kind, { criteria: criteria as never, maxResults: 1, nextToken: 'token' });
    expect(page).toEqual({ items: [item], nextToken: 'next' });
    expect(calls).toMatchObject([{ operation: name }]);
    expect(calls[0]?.input).toEqual({ ...input, maxResults: 1, nextToken: 'token' });
  });
});

describe('A failure of any operation', () => {
  /** Whatever does not depend on the operation: exceptions, other status codes, and answers that never come or break off. */
  const cases = failureCases.filter(
    ({ attempts, code, title }) => attempts > 0 && (code !== 'BAD_UPSTREAM_RESPONSE' || title.startsWith('a 4xx')),
  );

  test.each(cases)('$title is $code after $attempts attempts', async ({ respond, attempts, ...failure }) => {
    const calls = script((_call, response) => respond(response));
    const asked = failure.code === 'TIMEOUT' ? hurriedGateway : gateway;
    const number = freshNumber();
    // A region in which everything fails is left alone after a while: each case has one of its own.
    const region = inspectorRegions[number % inspectorRegions.length];
    const nodes = arnKinds.map(
      (kind) => `${kind}: node(id: "${arnOf(kind, number, region)}") { ... on ${typeOf(kind)} { ${FIELDS[kind]} } }`,
    );
    const around =
      'telemetry { count } findings { totalCount } exclusions { totalCount } agents { totalCount } tags { key }';

    const [result, ...results] = await Promise.all([
      asked.query(
        `{ ${nodes.join(' ')} around: assessmentRun(arn: "${arnOf('assessmentRun', number, region)}") { ${around} } }`,
      ),
      ...['assessmentRuns', 'assessmentTemplates', 'assessmentTargets', 'rulesPackages'].map((list) =>
        asked.query(`{ ${list}(filter: { regions: ["${region}"] }) { totalCount } }`),
      ),
    ]);

    expect(result.data).toEqual({
      ...Object.fromEntries(arnKinds.map((kind) => [kind, { [FIELDS[kind]]: null }])),
      around: { telemetry: null, findings: null, exclusions: null, agents: null, tags: null },
    });
    expect(results.map(({ data }) => data)).toEqual([null, null, null, null]);
    const operations = [
      ...arnKinds.map((kind) => describeOperations[kind].name),
      ...listKinds.map((kind) => lists[kind].name),
      'GetTelemetryMetadata',
      'ListTagsForResource',
    ].sort();
    const { code, errorCode, canRetry, requestId } = failure;
    expect(
      [result, ...results]
        .flatMap(({ errors }) => errors.map(({ extensions }: Json) => extensions))
        .sort((a: Json, b: Json) => (a.operation < b.operation ? -1 : 1)),
    ).toEqual(
      operations.map((operation) => ({ code, errorCode, canRetry, requestId, operation, service: 'inspector' })),
    );
    expect(calls.map(({ operation }) => operation).sort()).toEqual(
      operations.flatMap((operation) => Array(attempts).fill(operation)),
    );
    expect(JSON.stringify([result, results])).not.toMatch(/127\.0\.0\.1|user\/secret|stack|at .*\.[jt]s:/);
  });
});

describe.each(arnKinds)('Of several %s in one Describe call', (kind) => {
  const { input } = describeOperations[kind];
  const QUERY = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${typeOf(kind)} { ${FIELDS[kind]} } } }`;

  /** Three things of which the second is bad: `change` makes the answer of those that are good and the bad one. */
  async function ask(change: (good: Json[], bad: string) => object) {
    const toFresh = () => arnOf(kind, freshNumber()) as string;
    const [before, bad, after] = [toFresh(), toFresh(), toFresh()] as const;
    const calls = script(
      describeLikeInspector((_kind, arns) => {
        const good = arns.filter((arn) => arn !== bad).map((arn) => toWire(kind, arn));
        return arns.includes(bad) ? change(good, bad) : toDescribed(kind, good);
      }),
    );
    const { data, errors } = await gateway.query(QUERY, { ids: [before, bad, after] });
    expect(data.nodes).toEqual(
      [before, null, after].map((arn) => ({ [FIELDS[kind]]: arn === null ? null : readField(kind, arn) })),
    );
    expect(errors).toHaveLength(1);
    expect(errors[0].path).toEqual(['nodes', 1, FIELDS[kind]]);
    return { extensions: errors[0].extensions, sizes: calls.map((call) => call.input[input].length) };
  }

  test.each([
    { failureCode: 'ITEM_DOES_NOT_EXIST', retryable: false, code: 'NO_SUCH_ENTITY', attempts: 1 },
    { failureCode: 'ACCESS_DENIED', retryable: false, code: 'ACCESS_DENIED', attempts: 1 },
    { failureCode: 'INTERNAL_ERROR', retryable: false, code: 'INTERNAL_EXCEPTION', attempts: 1 },
    { failureCode: 'INTERNAL_ERROR', retryable: true, code: 'INTERNAL_EXCEPTION', attempts: 3 },
    { failureCode: 'LIMIT_EXCEEDED', retryable: true, code: 'LIMIT_EXCEEDED', attempts: 3 },
  ])('one that failed by $failureCode, retryable $retryable, is $code for that one alone', async (item) => {
    const { failureCode, retryable, code, attempts } = item;
    const { extensions, sizes } = await ask((good, bad) =>
      toDescribed(kind, good, { [bad]: { failureCode, retryable } }),
    );
    expect(extensions).toEqual({
      code,
      errorCode: failureCode,
      canRetry: retryable,
      requestId: 'upstream-request-id',
      service: 'inspector',
      operation: describeOperations[kind].name,
    });
    // What is asked again is the failed one alone.
    expect(sizes).toEqual([3, 1, 1].slice(0, attempts));
  });

  const field = FIELDS[kind];
  test.each<[string, (good: Json[], bad: string) => object]>([
    ['that is in neither list', (good) => toDescribed(kind, good)],
    [
      'with an object where there is text',
      (good, bad) => toDescribed(kind, [...good, { ...toWire(kind, bad), [field]: { not: 'text' } }]),
    ],
    [
      'with a list where there is text',
      (good, bad) => toDescribed(kind, [...good, { ...toWire(kind, bad), [field]: ['x'] }]),
    ],
    [
      'without its ARN',
      (good, bad) => toDescribed(kind, [...good, { ...toWire(kind, bad), arn: undefined } as object]),
    ],
    ["with another one's ARN", (good, bad) => toDescribed(kind, [...good, { ...toWire(kind, bad), arn: `${bad}0` }])],
    ['that failed without a code', (good, bad) => toDescribed(kind, good, { [bad]: {} })],
    ['that failed as text', (good, bad) => toDescribed(kind, good, { [bad]: 'failed' })],
  ])('one %s is BAD_UPSTREAM_RESPONSE of that one alone', async (_title, change) => {
    const { extensions } = await ask(change);
    expect(extensions).toMatchObject({
      code: 'BAD_UPSTREAM_RESPONSE',
      errorCode: null,
      canRetry: false,
      operation: describeOperations[kind].name,
    });
  });

  test('all are BAD_UPSTREAM_RESPONSE where the answer holds nothing, after one call', async () => {
    const arn = arnOf(kind, freshNumber());
    for (const body of [{}, { [describeOperations[kind].output]: 'none', failedItems: {} }, []]) {
      const calls = script((_call, response) => sendJson(response, 200, body));
      const { errors } = await gateway.query(QUERY, { ids: [arn] });
      expect(errors[0].extensions).toMatchObject({ code: 'BAD_UPSTREAM_RESPONSE', canRetry: false });
      expect(calls).toHaveLength(1);
    }
  });
});

describe('Members of a wrong type', () => {
  test.each<[ArnKind, string, unknown]>([
    ['assessmentRun', 'notifications', [{ date: 1458680170, event: 'NEW', error: false }]],
    ['assessmentRun', 'notifications', [{ date: 1458680170, event: 'OTHER' }]],
    ['assessmentRun', 'userAttributesForFindings', [{ value: 'v' }]],
    ['assessmentTemplate', 'assessmentRunCount', '5'],
    ['assessmentTemplate', 'durationInSeconds', 1.5],
    ['assessmentTemplate', 'createdAt', '2016-03-22T20:56:10Z'],
    ['assessmentTarget', 'updatedAt', 'soon'],
    ['assessmentTarget', 'createdAt', undefined],
    ['resourceGroup', 'tags', undefined],
    ['resourceGroup', 'tags', { key: 'value' }],
    ['rulesPackage', 'version', undefined],
    ['rulesPackage', 'provider', undefined],
    ['finding', 'severity', 'high'],
    ['finding', 'numericSeverity', '9.5'],
    ['finding', 'confidence', 2 ** 40],
    ['finding', 'assetAttributes', 'host'],
    ['finding', 'assetAttributes', { schemaVersion: 1, ipv4Addresses: [1, null] }],
    ['finding', 'attributes', 'none'],
    ['finding', 'createdAt', undefined],
    ['exclusion', 'title', undefined],
    ['exclusion', 'recommendation', undefined],
    ['exclusion', 'scopes', [{ value: 'v' }]],
  ])('of %s, %s as %j, are BAD_UPSTREAM_RESPONSE', async (kind, member, value) => {
    const arn = arnOf(kind, freshNumber());
    const calls = script(describeLikeInspector(() => toDescribed(kind, [{ ...toWire(kind, arn), [member]: value }])));
    const { data, errors } = await gateway.query(
      `{ node(id: "${arn}") { id ... on ${typeOf(kind)} { ${FIELDS[kind]} } } }`,
    );
    expect(data.node).toEqual({ id: arn, [FIELDS[kind]]: null });
    expect(errors[0].extensions).toMatchObject({ code: 'BAD_UPSTREAM_RESPONSE', errorCode: null, canRetry: false });
    expect(calls).toHaveLength(1);
  });
});

describe('A list', () => {
  const FIELD_OF: Record<ListKind, string> = {
    assessmentRun: 'assessmentRuns',
    assessmentTemplate: 'assessmentTemplates',
    assessmentTarget: 'assessmentTargets',
    rulesPackage: 'rulesPackages',
    finding: 'findings',
    exclusion: 'exclusions',
    assessmentRunAgent: 'agents',
  };
  const isOfRun = (kind: ListKind) => ['finding', 'exclusion', 'assessmentRunAgent'].includes(kind);

  const bodies = listKinds.flatMap((kind): [ListKind, string, object][] => {
    const { member, item } = lists[kind];
    return [
      [kind, 'without its items', {}],
      [kind, 'whose items are text', { [member]: 'none' }],
      [kind, 'with null for an item', { [member]: [item, null] }],
      [
        kind,
        'with an item of another kind',
        { [member]: [item, kind === 'rulesPackage' ? run : arnOf('rulesPackage', 1)] },
      ],
      [kind, 'whose token is a list', { [member]: [item], nextToken: ['x'] }],
      [kind, 'whose token leads back to its page', { [member]: [], nextToken: 'again' }],
    ];
  });
  const agent = agentOf(run, 7);
  const agents: [ListKind, string, object][] = [
    { ...agent, agentHealth: 'WELL' },
    { ...agent, agentHealthCode: undefined },
    { ...agent, agentId: undefined },
    { ...agent, assessmentRunArn: 'x' },
    { ...agent, telemetryMetadata: undefined },
    { ...agent, telemetryMetadata: [{ messageType: 'Total', count: '7' }] },
    { ...agent, telemetryMetadata: [{ messageType: 'Total', count: 2 ** 53 }] },
  ].map((bad) => ['assessmentRunAgent', `with ${JSON.stringify(bad)}`, { assessmentRunAgents: [agent, bad] }]);

  test.each([...bodies, ...agents])('of %s %s is BAD_UPSTREAM_RESPONSE', async (kind, _title, body) => {
    const calls = script((_call, response) => sendJson(response, 200, body));
    const list = `${FIELD_OF[kind]} { totalCount }`;
    const { errors } = await gateway.query(
      isOfRun(kind) ? `{ assessmentRun(arn: "${run}") { arn ${list} } }` : `{ ${list} }`,
    );
    expect(errors).toHaveLength(1);
    expect(errors[0].path.at(-1)).toBe(FIELD_OF[kind]);
    expect(errors[0].extensions).toMatchObject({
      code: 'BAD_UPSTREAM_RESPONSE',
      errorCode: null,
      canRetry: false,
      operation: lists[kind].name,
    });
    expect(calls.length).toBeLessThanOrEqual(2);
  });

  test.each<[string, object]>([
    ['no tags', {}],
    ['tags that are text', { tags: 'none' }],
    ['null for a tag', { tags: [null] }],
    ['a tag without a key', { tags: [{ value: 'v' }] }],
  ])('of tags with %s is BAD_UPSTREAM_RESPONSE', async (_title, body) => {
    const calls = script((_call, response) => sendJson(response, 200, body));
    const { data, errors } = await gateway.query(`{ assessmentRun(arn: "${run}") { arn tags { key } } }`);
    expect(data.assessmentRun).toEqual({ arn: run, tags: null });
    expect(errors[0].extensions).toMatchObject({
      code: 'BAD_UPSTREAM_RESPONSE',
      canRetry: false,
      operation: 'ListTagsForResource',
    });
    expect(calls).toHaveLength(1);
  });
});
