import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ListKind, Lists } from '../src/inspector/inspector-api.js';
import { type ArnKind, arnKinds, inspectorRegions } from '../src/inspector/inspector-arn.js';
import { createEndpointSource } from '../src/inspector/sdk/inspector-source.js';
import { createSdkInspectorApi } from '../src/inspector/sdk/sdk-inspector-api.js';
import { endAfterAll } from './helpers/cleanup.js';
import { agentOf, arnIn, arnOf, describeOperations, entityOf, toDescribed, toWire } from './helpers/entities.js';
import { failureCases, MAX_ATTEMPTS } from './helpers/failures.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { createTestGraph } from './helpers/graph.js';
import { type Answer, sendJson, startScriptedUpstream, type UpstreamCall } from './helpers/scripted-upstream.js';
import { selectionOf, typeOf } from './helpers/selection.js';

/** The script of the current test. */
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

/** Sets the script of a test, and returns the calls since. */
function script(its: Answer) {
  answer = its;
  upstream.calls.length = 0;
  return upstream.calls;
}

let fresh = 0;
/** A number that no test has used before, so that its entities are not cached. */
function freshNumber(): number {
  fresh += 1;
  return fresh;
}

const kindOf = (call: UpstreamCall) => arnKinds.find((kind) => describeOperations[kind].name === call.operation);

/** Describes any entity; `change` may modify some. */
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

/** A field of each kind that has to be read, with its value. */
const FIELDS: Record<ArnKind, string> = {
  assessmentRun: 'name',
  assessmentTemplate: 'name',
  assessmentTarget: 'name',
  resourceGroup: 'createdAt',
  rulesPackage: 'name',
  finding: 'title',
  exclusion: 'title',
};
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

  test.each(arnKinds)('of %s is read in as few calls as its API allows', async (kind) => {
    const calls = script(describeLikeInspector());
    const arns = Array.from({ length: 101 }, (_, number) => arnOf(kind, number));
    await inspector.describe(kind, arns);
    const sizes = calls.map((call) => call.input[describeOperations[kind].input].length);
    expect(sizes.sort((a, b) => b - a)).toEqual(kind === 'exclusion' ? [100, 1] : [...Array(10).fill(10), 1]);
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
  ])('as %s, for %j, is requested in the terms of the API', async (kind, criteria, input) => {
    const { name, member, item } = lists[kind];
    const calls = script((_call, response) => sendJson(response, 200, { [member]: [item], nextToken: 'next' }));
    const page = await inspector.list(kind, { criteria: criteria as never, maxResults: 1, nextToken: 'token' });
    expect(page).toEqual({ items: [item], nextToken: 'next' });
    expect(calls).toMatchObject([{ operation: name }]);
    expect(calls[0]?.input).toEqual({ ...input, maxResults: 1, nextToken: 'token' });
  });
});

describe('A failure of any operation', () => {
  /** Failures of any operation: exceptions, other status codes, and missing or incomplete answers. */
  const cases = failureCases.filter(
    ({ attempts, code, title }) => attempts > 0 && (code !== 'BAD_UPSTREAM_RESPONSE' || title.startsWith('a 4xx')),
  );

  test.each(cases)('$title is $code after $attempts attempts', async ({ respond, attempts, ...failure }) => {
    const calls = script((_call, response) => respond(response));
    const asked = failure.code === 'TIMEOUT' ? hurriedGateway : gateway;
    const number = freshNumber();
    // Each case has a region of its own, since the circuit of a failing one opens.
    const region = inspectorRegions[number % inspectorRegions.length];
    const nodes = arnKinds.map(
      (kind) => `${kind}: node(id: "${arnOf(kind, number, region)}") { ... on ${typeOf(kind)} { ${FIELDS[kind]} } }`,
    );
    const around =
      'telemetry { count } findings { totalCount } exclusions { totalCount } agents { totalCount } tags { key } report { url }';

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
      around: { telemetry: null, findings: null, exclusions: null, agents: null, tags: null, report: null },
    });
    expect(results.map(({ data }) => data)).toEqual([null, null, null, null]);
    const operations = [
      ...arnKinds.map((kind) => describeOperations[kind].name),
      ...listKinds.map((kind) => lists[kind].name),
      'GetAssessmentReport',
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

  /** Three entities of which the second is bad: `change` makes the answer of the good ones and the bad one. */
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
    // The retry describes the failed one alone.
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
    ['assessmentRun', 'userAttributesForFindings', [{ value: 'v' }]],
    ['assessmentRun', 'state', 7],
    ['assessmentRun', 'dataCollected', 'true'],
    ['assessmentRun', 'notifications', [{ date: 'soon' }]],
    ['assessmentRun', 'notifications', [null]],
    ['assessmentRun', 'stateChanges', { state: 'CREATED' }],
    ['assessmentRun', 'findingCounts', { High: '1' }],
    ['assessmentRun', 'findingCounts', { Critical: 2 ** 53 }],
    ['assessmentRun', 'rulesPackageArns', [arnOf('rulesPackage', 1), null]],
    ['assessmentTemplate', 'assessmentRunCount', '5'],
    ['assessmentTemplate', 'durationInSeconds', 1.5],
    ['assessmentTemplate', 'createdAt', '2016-03-22T20:56:10Z'],
    ['assessmentTarget', 'updatedAt', 'soon'],
    ['resourceGroup', 'tags', { key: 'value' }],
    ['resourceGroup', 'tags', [{ value: 'v' }]],
    ['rulesPackage', 'version', 1.1],
    ['exclusion', 'scopes', [{ key: 7 }]],
    ['finding', 'numericSeverity', '9.5'],
    ['finding', 'confidence', 2 ** 53],
    ['finding', 'severity', 7],
    ['finding', 'assetAttributes', 'host'],
    ['finding', 'assetAttributes', { schemaVersion: 1, ipv4Addresses: [1, null] }],
    ['finding', 'attributes', 'none'],
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

/** The paths of all members of a document except the identities of it and its parts. */
function toOptionalPaths(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, place) => toOptionalPaths(item, [...path, String(place)]));
  const isScope = path.includes('scopes');
  return Object.entries(value).flatMap(([name, member]) => {
    const own = [...path, name];
    const isIdentity =
      ['arn', 'agentId', 'assessmentRunArn', 'messageType', 'count'].includes(name) &&
      !path.includes('assetAttributes');
    if (isIdentity || (name === 'key' && !isScope) || path.at(-1) === 'findingCounts') return [];
    return [own, ...toOptionalPaths(member, own)];
  });
}

/** Leaves the members at these paths out. */
function leaveOut(document: object, paths: string[][]): Json {
  const copy = structuredClone(document);
  for (const path of paths) {
    const owner = path.slice(0, -1).reduce((value: Json, name) => value?.[name], copy);
    if (owner !== undefined) delete owner[path.at(-1) as string];
  }
  return copy;
}

/** The expected answer for a document: null for absent members, and lists only where they are present. */
function toNulls(whole: Json, document: Json): Json {
  if (document === undefined) return null;
  if (Array.isArray(whole)) return whole.map((item, place) => toNulls(item, document[place]));
  if (typeof whole !== 'object' || whole === null) return whole;
  return Object.fromEntries(Object.entries(whole).map(([name, member]) => [name, toNulls(member, document[name])]));
}

describe('A member that Inspector leaves out', () => {
  const RELATIONS: Partial<Record<ArnKind, string>> = {
    assessmentRun: 'rulesPackages { id }',
    assessmentTemplate: 'rulesPackages { id } lastAssessmentRun { id }',
    assessmentTarget: 'resourceGroup { id }',
    finding: 'rulesPackage { id }',
  };

  /** A document with its members named as in the graph. */
  function toGraphNames(kind: ArnKind, { arn, ...document }: Json): Json {
    const toNode = (id: string | undefined) => id && { id };
    const named = { ...document, id: arn, arn };
    if ('findingCounts' in document) {
      named.findingCounts = Object.entries(document.findingCounts).map(([severity, count]) => ({ severity, count }));
    }
    if ('rulesPackageArns' in document) named.rulesPackages = document.rulesPackageArns.map(toNode);
    if (kind === 'assessmentTemplate') named.lastAssessmentRun = toNode(document.lastAssessmentRunArn);
    if (kind === 'assessmentTarget') named.resourceGroup = toNode(document.resourceGroupArn);
    if (kind === 'finding') {
      named.findingId = document.id;
      named.rulesPackage = toNode(document.serviceAttributes?.rulesPackageArn);
    }
    return named;
  }

  test.each(arnKinds)('of %s is null, and the others are returned, nested ones as well', async (kind) => {
    const arn = arnOf(kind, freshNumber());
    const whole = toWire(kind, arn);
    const query = `{ node(id: "${arn}") { ... on ${typeOf(kind)} {
      ${selectionOf(typeOf(kind))} ${RELATIONS[kind] ?? ''}
    } } }`;
    const graph = createTestGraph(inspector);
    const ask = async (document: Json) => {
      script(describeLikeInspector(() => toDescribed(kind, [document])));
      return graph.query(query);
    };
    const full = (await ask(whole)).data.node;
    const check = async (paths: string[][]) => {
      const document = leaveOut(whole, paths);
      const { data, errors } = await ask(document);
      expect(errors).toBeUndefined();
      expect(data.node).toEqual(toNulls(full, toGraphNames(kind, document)));
    };
    const optional = toOptionalPaths(whole);
    await check(optional);
    for (const path of optional) await check([path]);
    await fc.assert(fc.asyncProperty(fc.subarray(optional), check), { numRuns: 30 });
  });

  test('of an agent is null, and the others are returned', async () => {
    const whole = toWireAgent(7);
    const graph = createTestGraph(inspector);
    const optional = toOptionalPaths(whole);
    const check = async (paths: string[][]) => {
      const document = leaveOut(whole, paths);
      script((_call, response) => sendJson(response, 200, { assessmentRunAgents: [document, whole] }));
      const { data, errors } = await graph.query(
        `{ assessmentRun(arn: "${run}") { agents { nodes {
          agentId agentHealth agentHealthCode agentHealthDetails autoScalingGroup
          telemetryMetadata: telemetry { messageType count dataSize }
        } } } }`,
      );
      expect(errors).toBeUndefined();
      const { assessmentRunArn, ...full } = whole;
      expect(data.assessmentRun.agents.nodes).toEqual([toNulls(full, document), full]);
    };
    await check(optional);
    await fc.assert(fc.asyncProperty(fc.subarray(optional), check), { numRuns: 50 });
  });

  const toWireAgent = (number: number): Json => JSON.parse(JSON.stringify(agentOf(run, number)));
});

describe('A value that the API does not promise', () => {
  const pairs = (number: number) => Array.from({ length: number }, (_, n) => ({ key: `k${n}`, value: `${n}` }));

  test.each<[string, ArnKind, object, string, object]>([
    ['a member that nobody has heard of', 'rulesPackage', { colour: { red: [1, null] } }, 'version', {}],
    ['52 tags', 'resourceGroup', { tags: pairs(52) }, 'tags { key value }', { tags: pairs(52) }],
    [
      '52 attributes',
      'finding',
      { attributes: pairs(52), userAttributes: pairs(51) },
      'attributes { key value } userAttributes { key value }',
      { attributes: pairs(52), userAttributes: pairs(51) },
    ],
    [
      'severities that nobody knows, after the others',
      'assessmentRun',
      { findingCounts: { Worst: 1, Low: 2, High: 3, Undefined: null } },
      'findingCounts { count }',
      { findingCounts: [{ count: 3 }, { count: 2 }, { count: 1 }] },
    ],
    [
      'times as text',
      'assessmentTarget',
      { createdAt: '1458680170.035' },
      'createdAt',
      { createdAt: '2016-03-22T20:56:10.035Z' },
    ],
    [
      'a duration that no run can have',
      'assessmentRun',
      { durationInSeconds: 5 },
      'durationInSeconds',
      { durationInSeconds: 5 },
    ],
  ])('%s, of %s, is returned as it is', async (_title, kind, change, fields, expected) => {
    const arn = arnOf(kind, freshNumber());
    script(describeLikeInspector(() => toDescribed(kind, [{ ...toWire(kind, arn), ...change }])));
    const { data, errors } = await gateway.query(`{ node(id: "${arn}") { id ... on ${typeOf(kind)} { ${fields} } } }`);
    expect(errors).toBeUndefined();
    expect(data.node).toMatchObject({ id: arn, ...expected });
  });

  test('such as 52 tags of a template is returned as it is', async () => {
    script((_call, response) => sendJson(response, 200, { tags: pairs(52) }));
    const { data } = await gateway.query(`{ assessmentRun(arn: "${run}") { tags { key value } } }`);
    expect(data.assessmentRun.tags).toEqual(pairs(52));
  });

  test.each<[ArnKind, object, string, string]>([
    ['assessmentRun', { state: 'PAUSED' }, 'state', 'state: "PAUSED" is not a value that is known'],
    [
      'assessmentRun',
      { durationInSeconds: 2 ** 40 },
      'durationInSeconds',
      'durationInSeconds: 1099511627776 is past 32 bits',
    ],
    [
      'assessmentTemplate',
      { assessmentRunCount: 2 ** 31 },
      'assessmentRunCount',
      'assessmentRunCount: 2147483648 is past 32 bits',
    ],
    ['finding', { severity: 'high' }, 'severity', 'severity: "high" is not a value that is known'],
    ['finding', { confidence: 2 ** 40 }, 'confidence', 'confidence: 1099511627776 is past 32 bits'],
  ])('of %s, %j, fails its field alone', async (kind, change, field, what) => {
    const [before, odd, after] = [1, 2, 3].map(() => arnOf(kind, freshNumber()) as string);
    const calls = script(
      describeLikeInspector((_kind, arns) =>
        toDescribed(
          kind,
          arns.map((arn) => ({ ...toWire(kind, arn), ...(arn === odd ? change : {}) })),
        ),
      ),
    );
    const { data, errors } = await gateway.query(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${typeOf(kind)} { ${FIELDS[kind]} ${field} } } }`,
      { ids: [before, odd, after] },
    );
    const usual = JSON.parse(JSON.stringify(entityOf[kind](before as never)))[field];
    expect(usual).not.toBeNull();
    expect(data.nodes.map((node: Json) => node[FIELDS[kind]])).toEqual(
      [before, odd, after].map((arn) => readField(kind, arn as string)),
    );
    expect(data.nodes[1][field]).toBeNull();
    expect(data.nodes[0][field]).not.toBeNull();
    expect(errors).toEqual([
      expect.objectContaining({
        message: `Inspector answered with something else than its API promises: ${what}.`,
        path: ['nodes', 1, field],
        extensions: {
          code: 'BAD_UPSTREAM_RESPONSE',
          errorCode: null,
          canRetry: false,
          requestId: null,
          service: 'inspector',
          operation: null,
        },
      }),
    ]);
    expect(calls).toHaveLength(1);
  });

  test('of the health of an agent, as in the example of the AWS CLI, fails its field alone', async () => {
    const agents = [agentOf(run, 1), { ...agentOf(run, 2), agentHealthCode: 'HEALTHY' }, agentOf(run, 3)];
    script((_call, response) => sendJson(response, 200, { assessmentRunAgents: agents }));
    const { data, errors } = await gateway.query(
      `{ assessmentRun(arn: "${run}") { agents { nodes { agentId agentHealthCode telemetryTotal { count } } } } }`,
    );
    expect(data.assessmentRun.agents.nodes).toEqual(
      [1, 2, 3].map((n) => ({
        agentId: `i-${n}`,
        agentHealthCode: n === 2 ? null : 'SHUTDOWN',
        telemetryTotal: { count: n },
      })),
    );
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('agentHealthCode: "HEALTHY" is not a value that is known'),
        path: ['assessmentRun', 'agents', 'nodes', 1, 'agentHealthCode'],
        extensions: { code: 'BAD_UPSTREAM_RESPONSE', canRetry: false },
      },
    ]);
  });
});

describe('The report of a run', () => {
  const ask = (args = '') => gateway.query(`{ assessmentRun(arn: "${run}") { arn report${args} { status url } } }`);

  test('is requested in the terms of the API, and arrives', async () => {
    const calls = script((_call, response) =>
      sendJson(response, 200, { status: 'COMPLETED', url: 'https://example.com/report' }),
    );
    expect(await ask('(format: HTML, type: FINDING)')).toEqual({
      data: { assessmentRun: { arn: run, report: { status: 'COMPLETED', url: 'https://example.com/report' } } },
    });
    expect(calls).toMatchObject([
      {
        operation: 'GetAssessmentReport',
        input: { assessmentRunArn: run, reportFileFormat: 'HTML', reportType: 'FINDING' },
      },
    ]);
  });

  test('is requested again by the next request, since it may be ready by then', async () => {
    const calls = script((_call, response) =>
      sendJson(response, 200, calls.length === 1 ? { status: 'WORK_IN_PROGRESS' } : { status: 'COMPLETED', url: 'u' }),
    );
    expect((await ask()).data.assessmentRun.report).toEqual({ status: 'WORK_IN_PROGRESS', url: null });
    expect((await ask()).data.assessmentRun.report).toEqual({ status: 'COMPLETED', url: 'u' });
  });

  test.each([false, true])('is null without an error where there is none, also with canRetry %s', async (canRetry) => {
    const calls = script((_call, response) =>
      sendJson(response, 400, { __type: 'UnsupportedFeatureException', message: 'no', canRetry }),
    );
    expect(await ask()).toEqual({ data: { assessmentRun: { arn: run, report: null } } });
    expect(calls).toHaveLength(1);
  });

  test.each([
    { canRetry: false, attempts: 1 },
    { canRetry: true, attempts: MAX_ATTEMPTS },
  ])('of a run that goes on is a failure, with canRetry $canRetry after $attempts attempts', async (failure) => {
    const { canRetry, attempts } = failure;
    const calls = script((_call, response) =>
      sendJson(response, 400, {
        __type: 'AssessmentRunInProgressException',
        message: 'arn:aws:iam::123456789012:user/secret',
        canRetry,
        assessmentRunArns: [run],
        assessmentRunArnsTruncated: false,
      }),
    );
    const { data, errors } = await ask();
    expect(data.assessmentRun).toEqual({ arn: run, report: null });
    expect(errors).toEqual([
      expect.objectContaining({
        message: 'The assessment run has not ended yet.',
        path: ['assessmentRun', 'report'],
        extensions: {
          code: 'BAD_UPSTREAM_RESPONSE',
          errorCode: null,
          canRetry,
          requestId: 'upstream-request-id',
          service: 'inspector',
          operation: 'GetAssessmentReport',
        },
      }),
    ]);
    expect(calls).toHaveLength(attempts);
  });

  test.each([[{ status: 7 }], [{ status: 'COMPLETED', url: ['u'] }]])(
    'as %j is BAD_UPSTREAM_RESPONSE',
    async (body) => {
      script((_call, response) => sendJson(response, 200, body));
      const { data, errors } = await ask();
      expect(data.assessmentRun).toEqual({ arn: run, report: null });
      expect(errors[0].extensions).toMatchObject({ code: 'BAD_UPSTREAM_RESPONSE', operation: 'GetAssessmentReport' });
    },
  );
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
    { ...agent, agentHealth: 7 },
    { ...agent, agentId: undefined },
    { ...agent, assessmentRunArn: 'x' },
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
