import { describe, expect, test } from '@jest/globals';
import type { GraphQLInputObjectType } from 'graphql';
import type { ListKind } from '../src/inspector/inspector-api.js';
import { type ArnKind, arnKinds } from '../src/inspector/inspector-arn.js';
import { agentOf, arnIn, arnOf, entityOf, toNumber } from './helpers/entities.js';
import type { Json } from './helpers/gateway.js';
import { createTestGraph } from './helpers/graph.js';
import { toPages } from './helpers/pages.js';
import { createFailure, createScriptedInspectorApi } from './helpers/scripted-inspector-api.js';
import { schema, selectionOf, typeOf } from './helpers/selection.js';

/** An InspectorApi in which any ARN exists. */
function createFullInspector(script: Parameters<typeof createScriptedInspectorApi>[0] = {}) {
  return createScriptedInspectorApi({ describe: entityOf, ...script });
}

const json = (value: unknown): Json => JSON.parse(JSON.stringify(value));

const run = arnOf('assessmentRun', 7);
const ofRun = (fields: string) => `{ assessmentRun(arn: "${run}") { ${fields} } }`;

describe('Every field', () => {
  /** Fields that lead to other entities, or have tests of their own. */
  const relations = new Set(['lastAssessmentRunArn', 'assessmentTargetArn', 'resourceGroupArn', 'rulesPackageArn']);

  test.each(arnKinds)('of %s is as Inspector gives it', async (kind) => {
    const { inspector } = createFullInspector();
    const arn = arnOf(kind, 7);
    const { data, errors } = await createTestGraph(inspector).query(
      `{ node(id: "${arn}") { ... on ${typeOf(kind)} { ${selectionOf(typeOf(kind))} } } }`,
    );

    expect(errors).toBeUndefined();
    const expected = Object.entries(json(entityOf[kind](arn as never))).filter(([name]) => !relations.has(name));
    expect(data.node).toEqual({ id: arn, ...Object.fromEntries(expected) });
  });

  test('of an agent is as Inspector gives it', async () => {
    const { inspector } = createFullInspector({
      lists: {
        assessmentRunAgent: ({ criteria }) => toPages([agentOf(criteria.assessmentRunArn, 3)])({ maxResults: 1 }),
      },
    });
    const { data } = await createTestGraph(inspector).query(
      ofRun(`agents { nodes { agentId agentHealth agentHealthCode agentHealthDetails autoScalingGroup
        telemetry { messageType count dataSize } telemetryTotal { count dataSize } } }`),
    );
    const { assessmentRunArn, telemetryMetadata, ...own } = agentOf(run, 3);
    expect(data.assessmentRun.agents.nodes).toEqual([
      { ...own, telemetry: telemetryMetadata, telemetryTotal: { count: 3, dataSize: 6 } },
    ]);
  });

  const RELATIONS: Partial<Record<ArnKind, string>> = {
    assessmentRun: 'rulesPackages',
    assessmentTemplate: 'rulesPackages lastAssessmentRun',
    assessmentTarget: 'resourceGroup',
    finding: 'rulesPackage',
  };
  test.each(arnKinds)('of %s that Inspector left out is null, a list as well', async (kind) => {
    const arn = arnOf(kind, 7);
    const sparse = Object.fromEntries(
      Object.keys(entityOf[kind](arn as never)).map((name) => [name, name === 'arn' ? arn : null]),
    );
    const { inspector } = createFullInspector({ describe: { [kind]: () => sparse as never } });
    const related = RELATIONS[kind]?.split(' ') ?? [];
    const { data, errors } = await createTestGraph(inspector).query(
      `{ node(id: "${arn}") { ... on ${typeOf(kind)} {
        ${selectionOf(typeOf(kind))} ${related.map((name) => `${name} { id }`).join(' ')}
      } } }`,
    );
    expect(errors).toBeUndefined();
    const { id, arn: itsArn, ...others } = data.node;
    expect([id, itsArn]).toEqual([arn, arn]);
    expect(Object.keys(others)).toEqual(expect.arrayContaining(related));
    expect(new Set(Object.values(others))).toEqual(new Set([null]));
  });

  test('of an agent that Inspector left out is null, its telemetry as well', async () => {
    const { inspector } = createFullInspector({
      lists: {
        assessmentRunAgent: toPages([
          {
            agentId: 'i-3',
            assessmentRunArn: run,
            agentHealth: null,
            agentHealthCode: null,
            agentHealthDetails: null,
            autoScalingGroup: null,
            telemetryMetadata: null,
          },
        ]),
      },
    });
    const fields = 'agentHealth agentHealthCode agentHealthDetails autoScalingGroup';
    const { data, errors } = await createTestGraph(inspector).query(
      ofRun(`agents { nodes { agentId ${fields} telemetry { count } telemetryTotal { count } } }`),
    );
    expect(errors).toBeUndefined();
    expect(data.assessmentRun.agents.nodes).toEqual([
      {
        agentId: 'i-3',
        ...Object.fromEntries([...fields.split(' '), 'telemetry', 'telemetryTotal'].map((name) => [name, null])),
      },
    ]);
  });

  test.each<[string, string, string, ArnKind]>([
    ['template', `run { template { FIELDS } }`, 'run.template', 'assessmentTemplate'],
    ['target', `run { target { FIELDS } }`, 'run.target', 'assessmentTarget'],
    ['rules package', `run { rulesPackages { FIELDS } }`, 'run.rulesPackages.0', 'rulesPackage'],
    ["template's target", `run { template { target { FIELDS } } }`, 'run.template.target', 'assessmentTarget'],
    [
      "template's package",
      `run { template { rulesPackages { FIELDS } } }`,
      'run.template.rulesPackages.0',
      'rulesPackage',
    ],
    [
      "template's last run",
      `run { template { lastAssessmentRun { FIELDS } } }`,
      'run.template.lastAssessmentRun',
      'assessmentRun',
    ],
    [
      "target's resource group",
      `run { target { resourceGroup { FIELDS } } }`,
      'run.target.resourceGroup',
      'resourceGroup',
    ],
    ["finding's run", `finding { assessmentRun { FIELDS } }`, 'finding.assessmentRun', 'assessmentRun'],
    ["finding's package", `finding { rulesPackage { FIELDS } }`, 'finding.rulesPackage', 'rulesPackage'],
    [
      "exclusion's run",
      `exclusion { ... on Exclusion { assessmentRun { FIELDS } } }`,
      'exclusion.assessmentRun',
      'assessmentRun',
    ],
  ])('that leads to a %s leads to the right one', async (_title, query, path, kind) => {
    const { inspector } = createFullInspector();
    const fields = kind === 'resourceGroup' ? 'arn createdAt' : 'arn name';
    const roots = {
      run: `run: assessmentRun(arn: "${run}")`,
      finding: `finding(arn: "${arnOf('finding', 7)}")`,
      exclusion: `exclusion: node(id: "${arnOf('exclusion', 7)}")`,
    };
    const root = roots[path.split('.')[0] as keyof typeof roots];
    const { data, errors } = await createTestGraph(inspector).query(
      `{ ${query.replace(/^\w+/, root).replace('FIELDS', fields)} }`,
    );
    expect(errors).toBeUndefined();
    const { name, createdAt } = json(entityOf[kind](arnOf(kind, 7) as never));
    const found = path.split('.').reduce((value, key) => value[key], data);
    expect(found).toEqual({ arn: arnOf(kind, 7), ...(kind === 'resourceGroup' ? { createdAt } : { name }) });
  });

  test('of the tags is that of the template, for a run as well', async () => {
    const { inspector, calls } = createFullInspector({
      tags: (arn) => [
        { key: 'template', value: `${toNumber(arn)}` },
        { key: 'none', value: null },
      ],
    });
    const { data } = await createTestGraph(inspector).query(
      ofRun('tags { key value } template { tags { key value } }'),
    );
    const tags = [
      { key: 'template', value: '7' },
      { key: 'none', value: null },
    ];
    expect(data.assessmentRun).toEqual({ tags, template: { tags } });
    expect(calls.listTagsForResource).toEqual([arnOf('assessmentTemplate', 7)]);
  });
});

describe('An unknown value', () => {
  const expected = (complaint: string) => ({
    message: `Inspector answered with something else than its API promises: ${complaint}.`,
    extensions: {
      code: 'BAD_UPSTREAM_RESPONSE',
      errorCode: null,
      canRetry: false,
      requestId: null,
      service: 'inspector',
      operation: null,
    },
  });
  const unknown = (name: string, value: string) => expected(`${name}: "${value}" is not a value that is known`);
  const tooLong = (name: string, value: number) => expected(`${name}: ${value} is past 32 bits`);

  test.each<[ArnKind, object, Record<string, ReturnType<typeof expected>>]>([
    ['assessmentRun', { state: 'PAUSED' }, { state: unknown('state', 'PAUSED') }],
    ['assessmentRun', { durationInSeconds: 2 ** 31 }, { durationInSeconds: tooLong('durationInSeconds', 2 ** 31) }],
    [
      'assessmentRun',
      {
        findingCounts: [
          { severity: 'High', count: 2 ** 40 },
          { severity: 'Critical', count: 3 },
        ],
      },
      {
        'findingCounts.0.count': tooLong('count', 2 ** 40),
        'findingCounts.1.severity': unknown('severity', 'Critical'),
      },
    ],
    [
      'assessmentRun',
      {
        stateChanges: [
          { state: 'PAUSED', stateChangedAt: null },
          { state: 'FAILED', stateChangedAt: null },
        ],
      },
      { 'stateChanges.0.state': unknown('state', 'PAUSED') },
    ],
    [
      'assessmentRun',
      {
        notifications: [
          {
            date: null,
            event: 'RUN_PAUSED',
            message: 'm',
            error: false,
            snsTopicArn: null,
            snsPublishStatusCode: 'LOST',
          },
        ],
      },
      {
        'notifications.0.event': unknown('event', 'RUN_PAUSED'),
        'notifications.0.snsPublishStatusCode': unknown('snsPublishStatusCode', 'LOST'),
      },
    ],
    [
      'assessmentTemplate',
      { durationInSeconds: -(2 ** 31) - 1, assessmentRunCount: 2 ** 40 },
      {
        durationInSeconds: tooLong('durationInSeconds', -(2 ** 31) - 1),
        assessmentRunCount: tooLong('assessmentRunCount', 2 ** 40),
      },
    ],
    [
      'finding',
      { severity: 'high', confidence: 2 ** 31 },
      { severity: unknown('severity', 'high'), confidence: tooLong('confidence', 2 ** 31) },
    ],
    // Without the message, which is for people.
    ['finding', { severity: 'x'.repeat(5000) }, { severity: unknown('severity', 'x'.repeat(100)) }],
  ])('of %s, %j, fails its field alone', async (kind, change, failures) => {
    const arn = arnOf(kind, 7);
    const entity = { ...(entityOf[kind](arn as never) as object), ...change };
    const { inspector } = createFullInspector({ describe: { [kind]: () => entity as never } });
    const { data, errors } = await createTestGraph(inspector).query(
      `{ node(id: "${arn}") { ... on ${typeOf(kind)} { ${selectionOf(typeOf(kind))} } } }`,
    );
    const given: Record<string, unknown> = {};
    for (const { message, path, extensions } of errors) given[path.slice(1).join('.')] = { message, extensions };
    expect(given).toEqual(failures);
    const rest = json(entity);
    for (const path of Object.keys(failures)) {
      const names = path.split('.');
      const last = names.pop() as string;
      names.reduce((value, name) => value[name], rest)[last] = null;
    }
    for (const [name, value] of Object.entries(data.node))
      expect({ [name]: value }).toEqual({ [name]: rest[name === 'id' ? 'arn' : name] });
  });

  test('of an agent fails neither the agent, nor others, nor telemetry, and is logged once', async () => {
    const agents = [1, 2, 3].map((number) => ({
      ...agentOf(run, number),
      agentHealthCode: number === 2 ? 'IDLE' : 'HEALTHY',
    }));
    const { inspector } = createFullInspector({ lists: { assessmentRunAgent: toPages(agents) } });
    const graph = createTestGraph(inspector);
    const { data, errors } = await graph.query(
      ofRun('agents { nodes { agentId code: agentHealthCode telemetry { count } } }'),
    );
    expect(data.assessmentRun.agents.nodes).toEqual(
      agents.map(({ agentId, agentHealthCode, telemetryMetadata }) => ({
        agentId,
        code: agentHealthCode === 'IDLE' ? 'IDLE' : null,
        telemetry: telemetryMetadata?.map(({ count }) => ({ count })),
      })),
    );
    expect(errors).toEqual(
      [0, 2].map((place) =>
        expect.objectContaining({
          ...unknown('agentHealthCode', 'HEALTHY'),
          path: ['assessmentRun', 'agents', 'nodes', place, 'code'],
        }),
      ),
    );
    expect(graph.log).toHaveLength(1);
  });

  test('is not one at the ends of 32 bits', async () => {
    const { inspector } = createFullInspector({
      describe: {
        assessmentTemplate: (arn) => ({
          ...entityOf.assessmentTemplate(arn),
          durationInSeconds: -(2 ** 31),
          assessmentRunCount: 2 ** 31 - 1,
        }),
      },
    });
    const { data, errors } = await createTestGraph(inspector).query(
      ofRun('template { durationInSeconds assessmentRunCount }'),
    );
    expect(errors).toBeUndefined();
    expect(data.assessmentRun.template).toEqual({ durationInSeconds: -(2 ** 31), assessmentRunCount: 2 ** 31 - 1 });
  });

  test('of a report fails its field alone', async () => {
    const { inspector } = createFullInspector({ report: () => ({ status: 'PRINTED', url: 'https://example.com/r' }) });
    const { data, errors } = await createTestGraph(inspector).query(ofRun('report { status url }'));
    expect(data.assessmentRun.report).toEqual({ status: null, url: 'https://example.com/r' });
    expect(errors).toEqual([
      expect.objectContaining({ ...unknown('status', 'PRINTED'), path: ['assessmentRun', 'report', 'status'] }),
    ]);
  });
});

describe('The report of a run', () => {
  test('has the requested format and type, or PDF and FULL', async () => {
    const { inspector, calls } = createFullInspector({
      report: ({ format, type }) => ({ status: 'COMPLETED', url: `https://example.com/${format}/${type}` }),
    });
    const { data, errors } = await createTestGraph(inspector).query(
      ofRun(`report { status url } again: report(format: PDF, type: FULL) { url }
        findings: report(type: FINDING) { url } page: report(format: HTML) { url }`),
    );
    expect(errors).toBeUndefined();
    expect(data.assessmentRun).toEqual({
      report: { status: 'COMPLETED', url: 'https://example.com/PDF/FULL' },
      again: { url: 'https://example.com/PDF/FULL' },
      findings: { url: 'https://example.com/PDF/FINDING' },
      page: { url: 'https://example.com/HTML/FULL' },
    });
    expect(calls.getAssessmentReport).toEqual([
      { assessmentRunArn: run, format: 'PDF', type: 'FULL' },
      { assessmentRunArn: run, format: 'PDF', type: 'FINDING' },
      { assessmentRunArn: run, format: 'HTML', type: 'FULL' },
    ]);
    expect(calls.describeAssessmentRuns).toEqual([]);
  });

  test.each([
    ['is null without an error where there is none', null],
    ['may be in the making, without a link', { status: 'WORK_IN_PROGRESS', url: null }],
    ['may lack all that it has', { status: null, url: null }],
  ])('%s', async (_title, report) => {
    const { inspector } = createFullInspector({ report: () => report });
    expect(await createTestGraph(inspector).query(ofRun('name report { status url }'))).toEqual({
      data: { assessmentRun: { name: 'Run 7', report } },
    });
  });
});

describe('What a query costs', () => {
  const runs = Array.from({ length: 20 }, (_, number) => arnOf('assessmentRun', number));
  const page = { lists: { assessmentRun: toPages(runs) } };

  test('is no read of the run for its template, its target and their ARNs', async () => {
    const { inspector, calls } = createFullInspector();
    await createTestGraph(inspector).query(ofRun('id arn template { name } target { name } tags { key }'));
    expect(calls.describeAssessmentRuns).toEqual([]);
    expect(calls.describe.map(({ kind }) => kind).sort()).toEqual(['assessmentTarget', 'assessmentTemplate']);
  });

  test.each<[ArnKind, string, number]>([
    ['assessmentTemplate', 'template { name durationInSeconds } again: template { createdAt }', 20],
    ['assessmentTarget', 'target { name } template { target { createdAt } }', 20],
    ['resourceGroup', 'target { resourceGroup { tags { key } createdAt } }', 20],
    // Run n has packages n and n + 1.
    ['rulesPackage', 'rulesPackages { name version } again: rulesPackages { provider }', 21],
    ['finding', 'findings(first: 2) { nodes { title severity } edges { node { assetType } } }', 40],
    ['exclusion', 'exclusions(first: 2) { nodes { title } edges { node { description } } }', 40],
  ])('is one Describe for each %s of 20 runs, of each once', async (kind, fields, number) => {
    const { inspector, calls } = createFullInspector({
      lists: {
        ...page.lists,
        finding: ({ criteria, ...query }) =>
          toPages([1, 2].map((n) => arnIn(criteria.assessmentRunArn, 'finding', n)))(query),
        exclusion: ({ criteria, ...query }) =>
          toPages([1, 2].map((n) => arnIn(criteria.assessmentRunArn, 'exclusion', n)))(query),
      },
    });
    const { errors } = await createTestGraph(inspector).query(`{ assessmentRuns { nodes { ${fields} } } }`);
    expect(errors).toBeUndefined();
    const described = calls.describe.filter((call) => call.kind === kind);
    expect(described).toHaveLength(1);
    expect(new Set(described[0]?.arns).size).toBe(number);
    expect(described[0]?.arns).toHaveLength(number);
  });

  test('is one Describe of runs for all their fields, lists of packages and notifications included', async () => {
    const { inspector, calls } = createFullInspector(page);
    await createTestGraph(inspector).query(
      '{ assessmentRuns { nodes { name state rulesPackages { arn } notifications { event } userAttributesForFindings { key } } } }',
    );
    expect(calls.describeAssessmentRuns).toEqual([runs]);
    expect(calls.listAssessmentRuns).toHaveLength(1);
  });

  test('is one Describe for entities of one kind that are reached in different ways', async () => {
    const { inspector, calls } = createFullInspector();
    const [a, b] = [arnOf('finding', 1), arnOf('finding', 2)];
    await createTestGraph(inspector).query(
      `{ a: finding(arn: "${a}") { title } b: node(id: "${b}") { ... on Finding { title } } nodes(ids: ["${a}", "${b}"]) { ... on Finding { title } } }`,
    );
    expect(calls.describe).toEqual([{ kind: 'finding', arns: [a, b] }]);
  });

  test('is one page of a list for any number of aliases', async () => {
    const { inspector, calls } = createFullInspector(page);
    const lists = [
      'assessmentRuns(filter: { states: [FAILED] }) { totalCount }',
      'assessmentTemplates { nodes { arn } }',
      'assessmentTargets { edges { cursor } }',
      'rulesPackages { totalCount }',
      ofRun('findings { totalCount } agents { totalCount } exclusions { totalCount } tags { key }').slice(2, -2),
    ];
    const aliases = lists.flatMap((list, place) => [1, 2, 3].map((n) => `a${place}${n}: ${list}`));
    const { errors } = await createTestGraph(inspector).query(`{ ${aliases.join(' ')} }`);
    expect(errors).toBeUndefined();
    expect(calls.listAssessmentRuns).toHaveLength(1);
    expect(calls.listTagsForResource).toHaveLength(1);
    expect(calls.list.map(({ kind }) => kind).sort()).toEqual([
      'assessmentRunAgent',
      'assessmentTarget',
      'assessmentTemplate',
      'exclusion',
      'finding',
      'rulesPackage',
    ]);
  });

  test("is a finding's list and its description for the host of an agent", async () => {
    const finding = arnIn(run, 'finding', 3);
    const { inspector, calls } = createFullInspector({
      lists: {
        assessmentRunAgent: ({ criteria, ...query }) =>
          toPages([3, 4].map((n) => agentOf(criteria.assessmentRunArn, n)))(query),
        finding: ({ criteria, ...query }) => toPages(criteria.agentIds?.[0] === 'i-3' ? [finding] : [])(query),
      },
    });
    const { data, errors } = await createTestGraph(inspector).query(
      ofRun('agents { nodes { agentId host { hostname ipv4Addresses } } }'),
    );
    expect(errors).toBeUndefined();
    expect(data.assessmentRun.agents.nodes).toEqual([
      { agentId: 'i-3', host: { hostname: 'host-3', ipv4Addresses: ['10.0.0.3', '10.0.1.3'] } },
      { agentId: 'i-4', host: null },
    ]);
    expect(calls.list.filter(({ kind }) => kind === 'finding').map(({ query }) => query)).toEqual(
      ['i-3', 'i-4'].map((agentId) => ({ criteria: { assessmentRunArn: run, agentIds: [agentId] }, maxResults: 1 })),
    );
    expect(calls.describe).toEqual([{ kind: 'finding', arns: [finding] }]);
  });
});

describe('A filter', () => {
  const template = arnOf('assessmentTemplate', 1);
  const target = arnOf('assessmentTarget', 1);
  const rulesPackage = arnOf('rulesPackage', 1);
  const times = { from: '2025-01-01T00:00:00.250Z', to: '2025-02-01T01:00:00+01:00' };
  const between = { from: new Date('2025-01-01T00:00:00.250Z'), to: new Date('2025-02-01T00:00:00Z') };

  const LISTS: Partial<Record<ListKind, string>> = {
    assessmentRun: 'query ($filter: AssessmentRunFilter) { assessmentRuns(filter: $filter) { totalCount } }',
    assessmentTemplate:
      'query ($filter: AssessmentTemplateFilter) { assessmentTemplates(filter: $filter) { totalCount } }',
    assessmentTarget: 'query ($filter: AssessmentTargetFilter) { assessmentTargets(filter: $filter) { totalCount } }',
    rulesPackage: 'query ($filter: RulesPackageFilter) { rulesPackages(filter: $filter) { totalCount } }',
    finding: `query ($filter: FindingFilter) ${ofRun('findings(filter: $filter) { totalCount }')}`,
    assessmentRunAgent: `query ($filter: AssessmentRunAgentFilter) ${ofRun('agents(filter: $filter) { totalCount }')}`,
  };

  async function list(kind: ListKind, filter: object | null) {
    const { inspector, calls } = createFullInspector();
    const { data, errors } = await createTestGraph(inspector).query(LISTS[kind] as string, { filter });
    const queries = [...calls.listAssessmentRuns, ...calls.list.map(({ query }) => query)];
    return { data, errors, queries, calls };
  }

  test.each<[ListKind, object, object]>([
    ['assessmentRun', { states: ['FAILED', 'ERROR', 'FAILED'] }, { states: ['FAILED', 'ERROR'] }],
    ['assessmentRun', { namePattern: 'a*' }, { namePattern: 'a*' }],
    ['assessmentRun', { namePattern: 'x'.repeat(140) }, { namePattern: 'x'.repeat(140) }],
    ['assessmentRun', { templateArns: [template, template] }, { assessmentTemplateArns: [template] }],
    ['assessmentRun', { rulesPackageArns: [rulesPackage] }, { rulesPackageArns: [rulesPackage] }],
    ['assessmentRun', { startedBetween: times }, { startedBetween: between }],
    ['assessmentRun', { startedBetween: { from: times.from } }, { startedBetween: { from: between.from } }],
    ['assessmentRun', { completedBetween: { from: null, to: times.to } }, { completedBetween: { to: between.to } }],
    [
      'assessmentRun',
      { completedBetween: { from: times.from, to: times.from } },
      { completedBetween: { from: between.from, to: between.from } },
    ],
    ['assessmentRun', { durationBetween: { from: 180, to: 86400 } }, { durationBetween: { from: 180, to: 86400 } }],
    ['assessmentRun', { durationBetween: { to: 3600 } }, { durationBetween: { to: 3600 } }],
    ['assessmentTemplate', { namePattern: 'b' }, { namePattern: 'b' }],
    ['assessmentTemplate', { targetArns: [target] }, { assessmentTargetArns: [target] }],
    ['assessmentTemplate', { rulesPackageArns: [rulesPackage] }, { rulesPackageArns: [rulesPackage] }],
    ['assessmentTemplate', { durationBetween: { from: 180 } }, { durationBetween: { from: 180 } }],
    ['assessmentTarget', { namePattern: 'c' }, { namePattern: 'c' }],
    ['rulesPackage', {}, {}],
    ['finding', { severities: ['High', 'Undefined'] }, { severities: ['High', 'Undefined'] }],
    ['finding', { agentIds: ['i-1', 'i-2'] }, { agentIds: ['i-1', 'i-2'] }],
    ['finding', { autoScalingGroups: ['g'] }, { autoScalingGroups: ['g'] }],
    ['finding', { ruleNames: ['r'] }, { ruleNames: ['r'] }],
    ['finding', { rulesPackageArns: [rulesPackage] }, { rulesPackageArns: [rulesPackage] }],
    [
      'finding',
      { attributes: [{ key: 'k', value: 'v' }, { key: 'any' }] },
      {
        attributes: [
          { key: 'k', value: 'v' },
          { key: 'any', value: null },
        ],
      },
    ],
    ['finding', { userAttributes: [{ key: 'k', value: 'v' }] }, { userAttributes: [{ key: 'k', value: 'v' }] }],
    ['finding', { createdBetween: times }, { createdBetween: between }],
    ['assessmentRunAgent', { agentHealths: ['HEALTHY'] }, { agentHealths: ['HEALTHY'] }],
    ['assessmentRunAgent', { agentHealthCodes: ['IDLE', 'RUNNING'] }, { agentHealthCodes: ['IDLE', 'RUNNING'] }],
  ])('of %s, %j, becomes exactly these criteria', async (kind, filter, criteria) => {
    const owner = kind === 'finding' || kind === 'assessmentRunAgent' ? { assessmentRunArn: run } : {};
    const { errors, queries } = await list(kind, filter);
    expect(errors).toBeUndefined();
    expect(queries).toEqual([{ criteria: { ...owner, ...criteria }, maxResults: 20 }]);
  });

  test('with several criteria has all of them', async () => {
    const filter = { states: ['FAILED'], namePattern: 'a', templateArns: [template], durationBetween: { from: 200 } };
    const { templateArns, ...others } = filter;
    expect((await list('assessmentRun', filter)).queries).toEqual([
      { criteria: { ...others, assessmentTemplateArns: templateArns }, maxResults: 20 },
    ]);
  });

  test.each(Object.keys(LISTS) as ListKind[])('of %s with nothing but nulls and empty lists is none', async (kind) => {
    const filterType = schema.getType(`${typeOf(kind)}Filter`) as GraphQLInputObjectType;
    const owner = kind === 'finding' || kind === 'assessmentRunAgent' ? { assessmentRunArn: run } : {};
    const none = { criteria: owner, maxResults: 20 };
    for (const toNothing of [(_type: string) => null, (text: string) => (text.startsWith('[') ? [] : null)]) {
      const filter = Object.fromEntries(
        Object.values(filterType.getFields()).map(({ name, type }) => [name, toNothing(String(type))]),
      );
      const { errors, queries } = await list(kind, filter);
      expect(errors).toBeUndefined();
      expect(queries).toEqual([none]);
    }
    expect((await list(kind, null)).queries).toEqual([none]);
  });

  test.each<ListKind>(['assessmentRun', 'assessmentTemplate', 'assessmentTarget', 'rulesPackage'])(
    'of %s has its regions',
    async (kind) => {
      const { queries } = await list(kind, { regions: ['eu-west-1', 'us-east-1', 'eu-west-1'] });
      expect(queries).toEqual([{ criteria: {}, regions: ['eu-west-1', 'us-east-1'], maxResults: 20 }]);
    },
  );

  const many = (number: number) => Array.from({ length: number }, (_, n) => `x${n}`);
  const arns = (kind: ArnKind, number: number) => Array.from({ length: number }, (_, n) => arnOf(kind, n));

  test.each<[ListKind, object, RegExp]>([
    ['assessmentRun', { namePattern: '' }, /`namePattern` expects 1 to 140 characters, but got 0/],
    ['assessmentRun', { namePattern: 'x'.repeat(141) }, /`namePattern` expects 1 to 140 characters, but got 141/],
    [
      'assessmentRun',
      { templateArns: arns('assessmentTemplate', 51) },
      /`templateArns` expects at most 50 values, but got 51/,
    ],
    ['assessmentRun', { rulesPackageArns: arns('rulesPackage', 51) }, /`rulesPackageArns` expects at most 50/],
    [
      'assessmentRun',
      { startedBetween: { from: times.to, to: times.from } },
      /`startedBetween` expects `from` not to be after `to`/,
    ],
    [
      'assessmentRun',
      { completedBetween: { from: times.to, to: times.from } },
      /`completedBetween` expects `from` not/,
    ],
    ['assessmentRun', { durationBetween: { from: 300, to: 200 } }, /`durationBetween` expects `from` not/],
    ['assessmentRun', { durationBetween: { from: 179 } }, /`durationBetween` expects seconds from 180 to 86400/],
    ['assessmentRun', { durationBetween: { to: 86401 } }, /`durationBetween` expects seconds from 180 to 86400/],
    ['assessmentRun', { accountIds: ['123456789012'] }, /`accountIds` expects `templateArns` beside it/],
    [
      'assessmentRun',
      { accountIds: ['123456789012'], templateArns: [] },
      /`accountIds` expects `templateArns` beside it/,
    ],
    [
      'assessmentRun',
      { accountIds: ['1234'], templateArns: [template] },
      /`accountIds` expects 12 digits each, but got "1234"/,
    ],
    // Also where no template of the accounts is left.
    ['assessmentRun', { accountIds: ['000000000000'], templateArns: [template], namePattern: '' }, /`namePattern`/],
    ['assessmentRun', { regions: many(51) }, /`regions` expects at most 50/],
    ['assessmentTemplate', { targetArns: arns('assessmentTarget', 51) }, /`targetArns` expects at most 50/],
    ['assessmentTemplate', { durationBetween: { from: 0 } }, /`durationBetween`/],
    ['assessmentTarget', { namePattern: '' }, /`namePattern`/],
    ['finding', { agentIds: many(100) }, /`agentIds` expects at most 99/],
    ['finding', { autoScalingGroups: many(21) }, /`autoScalingGroups` expects at most 20/],
    ['finding', { ruleNames: many(51) }, /`ruleNames` expects at most 50/],
    ['finding', { attributes: many(51).map((key) => ({ key })) }, /`attributes` expects at most 50/],
    ['finding', { userAttributes: many(51).map((key) => ({ key })) }, /`userAttributes` expects at most 50/],
    ['finding', { createdBetween: { from: times.to, to: times.from } }, /`createdBetween`/],
  ])('of %s, %j, is refused without a call', async (kind, filter, message) => {
    const { errors, calls } = await list(kind, filter);
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(message) })]);
    expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT' });
    expect(Object.values(calls).flat()).toEqual([]);
  });

  test.each<[ListKind, object, string]>([
    ['assessmentRun', { templateArns: [template, 'x'] }, 'INVALID_ASSESSMENT_TEMPLATE_ARN'],
    ['assessmentRun', { templateArns: [run] }, 'INVALID_ASSESSMENT_TEMPLATE_ARN'],
    ['assessmentRun', { rulesPackageArns: [template] }, 'INVALID_RULES_PACKAGE_ARN'],
    ['assessmentTemplate', { targetArns: ['x'] }, 'INVALID_ASSESSMENT_TARGET_ARN'],
    ['assessmentTemplate', { rulesPackageArns: ['x'] }, 'INVALID_RULES_PACKAGE_ARN'],
    ['finding', { rulesPackageArns: [rulesPackage.replace('us-west-2', 'eu-west-3')] }, 'INVALID_RULES_PACKAGE_ARN'],
  ])('of %s with an invalid ARN, %j, is refused without a call', async (kind, filter, errorCode) => {
    const { errors, calls } = await list(kind, filter);
    expect(errors).toHaveLength(1);
    expect(errors[0].extensions).toMatchObject({ code: 'INVALID_INPUT', errorCode, canRetry: false });
    expect(Object.values(calls).flat()).toEqual([]);
  });

  const elsewhere = template.replace('123456789012', '210987654321');

  test('by account lists the templates of these accounts', async () => {
    const filter = { accountIds: ['210987654321', '000000000000'], templateArns: [template, elsewhere] };
    expect((await list('assessmentRun', filter)).queries).toEqual([
      { criteria: { assessmentTemplateArns: [elsewhere] }, maxResults: 20 },
    ]);
  });

  test('by account without a template of it is an empty page, without a call', async () => {
    const { inspector, calls } = createFullInspector();
    const { data } = await createTestGraph(inspector).query(`{
      assessmentRuns(filter: { accountIds: ["000000000000"], templateArns: ["${template}"] }, orderBy: NAME_ASC) {
        nodes { name } edges { cursor } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`);
    const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
    expect(data.assessmentRuns).toEqual({ nodes: [], edges: [], totalCount: 0, pageInfo });
    expect(Object.values(calls).flat()).toEqual([]);
  });
});

describe('A node', () => {
  test.each(arnKinds)('of the ARN of %s has its type, the ARN as its id, and costs no call', async (kind) => {
    const { inspector, calls } = createFullInspector();
    const id = arnOf(kind, 7);
    const { data, errors } = await createTestGraph(inspector).query(
      `{ node(id: "${id}") { __typename id } nodes(ids: ["${id}", "${id}"]) { __typename id } }`,
    );
    const node = { __typename: typeOf(kind), id };
    expect({ data, errors }).toEqual({ data: { node, nodes: [node, node] }, errors: undefined });
    expect(Object.values(calls).flat()).toEqual([]);
  });

  const garbage = {
    'no ARN': 'x',
    'no text': '',
    'the ARN of another service': 'arn:aws:iam::123456789012:role/x',
    'a region that Inspector Classic never had': run.replace('us-west-2', 'eu-west-3'),
    'a region of another partition': arnOf('finding', 1).replace('us-west-2', 'us-gov-west-1'),
    'a path that leads on': `${arnOf('finding', 1)}/x`,
    'a very long text': `${run}${'0'.repeat(300)}`,
  };
  test.each(Object.entries(garbage))('of %s is null alone', async (_title, bad) => {
    const { inspector, calls } = createFullInspector();
    const ids = [arnOf('rulesPackage', 1), bad, arnOf('exclusion', 2)];
    const { data, errors } = await createTestGraph(inspector).query(
      'query ($bad: ID!, $ids: [ID!]!) { node(id: $bad) { id } nodes(ids: $ids) { id } }',
      { bad, ids },
    );
    expect(data).toEqual({ node: null, nodes: [{ id: ids[0] }, null, { id: ids[2] }] });
    expect(errors.map(({ path }: Json) => path)).toEqual([['node'], ['nodes', 1]]);
    for (const { extensions } of errors) {
      expect(extensions).toMatchObject({
        code: 'INVALID_INPUT',
        errorCode: expect.stringMatching(/^INVALID_\w+_ARN$/),
      });
    }
    expect(Object.values(calls).flat()).toEqual([]);
  });

  test.each(arnKinds)('of %s that does not exist fails at the fields that are read', async (kind) => {
    const { inspector } = createScriptedInspectorApi({
      details: () => createFailure({ code: 'NO_SUCH_ENTITY', canRetry: false }),
    });
    const id = arnOf(kind, 7);
    const field = { exclusion: 'title', finding: 'title', resourceGroup: 'createdAt' }[kind as string] ?? 'name';
    const { data, errors } = await createTestGraph(inspector).query(
      `{ node(id: "${id}") { id ... on ${typeOf(kind)} { ${field} } } }`,
    );
    expect(data).toEqual({ node: { id, [field]: null } });
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['node', field],
        extensions: expect.objectContaining({ code: 'NO_SUCH_ENTITY' }),
      }),
    ]);
  });

  test('that is no finding is refused where a finding is asked for', async () => {
    const { inspector } = createFullInspector();
    const { data, errors } = await createTestGraph(inspector).query(`{ finding(arn: "${run}") { title } }`);
    expect(data).toEqual({ finding: null });
    expect(errors[0].extensions).toMatchObject({ code: 'INVALID_INPUT', errorCode: 'INVALID_FINDING_ARN' });
  });
});

describe('A failure of Inspector', () => {
  const failure = createFailure({
    code: 'LIMIT_EXCEEDED',
    errorCode: 'SOME_LIMIT_EXCEEDED',
    canRetry: false,
    operation: 'SomeOperation',
    requestId: 'some-id',
  });
  const extensions = {
    code: 'LIMIT_EXCEEDED',
    errorCode: 'SOME_LIMIT_EXCEEDED',
    canRetry: false,
    operation: 'SomeOperation',
    requestId: 'some-id',
    service: 'inspector',
  };
  const fail = () => {
    throw failure;
  };

  /** Everything around a run, in one query. */
  const EVERYTHING = `{
    assessmentRun(arn: "${run}") {
      name
      telemetry { count }
      template { name lastAssessmentRun { id } tags { value } }
      target { name resourceGroup { createdAt } }
      rulesPackages { name }
      tags { value }
      report { url }
      agents { nodes { agentId } }
      findings { nodes { title } }
      exclusions { nodes { title } }
    }
  }`;
  const everything = {
    name: 'Run 7',
    telemetry: [{ count: 7 }],
    template: { name: 'Template 7', lastAssessmentRun: { id: run }, tags: [{ value: '7' }] },
    target: {
      name: 'Target 7',
      resourceGroup: { createdAt: json(entityOf.resourceGroup(arnOf('resourceGroup', 7))).createdAt },
    },
    rulesPackages: [{ name: 'Package 7' }, { name: 'Package 8' }],
    tags: [{ value: '7' }],
    report: { url: 'https://example.com/report' },
    agents: { nodes: [{ agentId: 'i-3' }] },
    findings: { nodes: [{ title: 'Finding 7' }, { title: 'Finding 8' }] },
    exclusions: { nodes: [{ title: 'Exclusion 7' }] },
  };
  type Script = NonNullable<Parameters<typeof createScriptedInspectorApi>[0]>;
  const script: Script = {
    describe: entityOf,
    tags: (arn) => [{ key: 'k', value: `${toNumber(arn)}` }],
    report: () => ({ status: 'COMPLETED', url: 'https://example.com/report' }),
    lists: {
      assessmentRunAgent: toPages([agentOf(run, 3)]),
      finding: toPages([arnIn(run, 'finding', 7), arnIn(run, 'finding', 8)]),
      exclusion: toPages([arnIn(run, 'exclusion', 7)]),
    },
  };

  test('is none where everything can be read', async () => {
    const { inspector } = createScriptedInspectorApi(script);
    expect(await createTestGraph(inspector).query(EVERYTHING)).toEqual({ data: { assessmentRun: everything } });
  });

  test.each<[string, Script, object, string[]]>([
    [
      'a run',
      { describe: { ...entityOf, assessmentRun: () => failure } },
      { name: null, rulesPackages: null },
      ['name', 'rulesPackages'],
    ],
    [
      'a template',
      { describe: { ...entityOf, assessmentTemplate: () => failure } },
      { template: { ...everything.template, name: null, lastAssessmentRun: null } },
      ['template.name', 'template.lastAssessmentRun'],
    ],
    [
      'a target',
      { describe: { ...entityOf, assessmentTarget: () => failure } },
      { target: { name: null, resourceGroup: null } },
      ['target.name', 'target.resourceGroup'],
    ],
    [
      'a resource group',
      { describe: { ...entityOf, resourceGroup: () => failure } },
      { target: { ...everything.target, resourceGroup: { createdAt: null } } },
      ['target.resourceGroup.createdAt'],
    ],
    [
      'one of the rules packages',
      {
        describe: { ...entityOf, rulesPackage: (arn) => (toNumber(arn) === 7 ? failure : entityOf.rulesPackage(arn)) },
      },
      { rulesPackages: [{ name: null }, { name: 'Package 8' }] },
      ['rulesPackages.0.name'],
    ],
    [
      'one of the findings',
      { describe: { ...entityOf, finding: (arn) => (toNumber(arn) === 8 ? failure : entityOf.finding(arn)) } },
      { findings: { nodes: [{ title: 'Finding 7' }, { title: null }] } },
      ['findings.nodes.1.title'],
    ],
    [
      'an exclusion',
      { describe: { ...entityOf, exclusion: () => failure } },
      { exclusions: { nodes: [{ title: null }] } },
      ['exclusions.nodes.0.title'],
    ],
    ['telemetry', { telemetry: fail }, { telemetry: null }, ['telemetry']],
    [
      'tags',
      { tags: fail },
      { tags: null, template: { ...everything.template, tags: null } },
      ['tags', 'template.tags'],
    ],
    ['a report', { report: fail }, { report: null }, ['report']],
    ['the list of agents', { lists: { ...script.lists, assessmentRunAgent: fail } }, { agents: null }, ['agents']],
    ['the list of findings', { lists: { ...script.lists, finding: fail } }, { findings: null }, ['findings']],
    ['the list of exclusions', { lists: { ...script.lists, exclusion: fail } }, { exclusions: null }, ['exclusions']],
  ])('to read %s is null with an error there, and fails nothing else', async (_title, failing, missing, paths) => {
    const { inspector } = createScriptedInspectorApi({ ...script, ...failing });
    const graph = createTestGraph(inspector);
    const { data, errors } = await graph.query(EVERYTHING);
    expect(data.assessmentRun).toEqual({ ...everything, ...missing });
    expect(errors.map(({ path }: Json) => path.slice(1).join('.')).sort()).toEqual([...paths].sort());
    for (const error of errors) expect(error.extensions).toEqual(extensions);
    // Once for all fields that it failed.
    expect(graph.log).toHaveLength(1);
  });

  test.each<ListKind>(['assessmentRun', 'assessmentTemplate', 'assessmentTarget', 'rulesPackage'])(
    'to list %s is an error of that list',
    async (kind) => {
      const { inspector } = createFullInspector({ lists: { [kind]: fail } });
      const { data, errors } = await createTestGraph(inspector).query(`{ ${kind}s { nodes { id } } }`);
      expect(data).toBeNull();
      expect(errors).toEqual([expect.objectContaining({ path: [`${kind}s`], extensions })]);
    },
  );

  test("to read the findings of an agent is at the agent's host", async () => {
    const { inspector } = createScriptedInspectorApi({ ...script, lists: { ...script.lists, finding: fail } });
    const { data, errors } = await createTestGraph(inspector).query(
      ofRun('agents { nodes { agentId host { hostname } } }'),
    );
    expect(data.assessmentRun.agents.nodes).toEqual([{ agentId: 'i-3', host: null }]);
    expect(errors).toEqual([
      expect.objectContaining({ path: ['assessmentRun', 'agents', 'nodes', 0, 'host'], extensions }),
    ]);
  });

  test.each<[string, Script['describe'], string, object]>([
    [
      "a template's last run",
      { assessmentTemplate: (arn) => ({ ...entityOf.assessmentTemplate(arn), lastAssessmentRunArn: arn }) },
      'template { name lastAssessmentRun { id } }',
      { template: { name: 'Template 7', lastAssessmentRun: null } },
    ],
    [
      "a target's resource group",
      { assessmentTarget: (arn) => ({ ...entityOf.assessmentTarget(arn), resourceGroupArn: 'x' }) },
      'target { name resourceGroup { id } }',
      { target: { name: 'Target 7', resourceGroup: null } },
    ],
    [
      "a run's rules packages",
      {
        assessmentRun: (arn) => ({ ...entityOf.assessmentRun(arn), rulesPackageArns: [arnOf('rulesPackage', 1), ''] }),
      },
      'name rulesPackages { id }',
      { name: 'Run 7', rulesPackages: null },
    ],
    [
      "a template's rules packages",
      {
        assessmentTemplate: (arn) => ({ ...entityOf.assessmentTemplate(arn), rulesPackageArns: ['x@evil.invalid/#'] }),
      },
      'template { name rulesPackages { id } }',
      { template: { name: 'Template 7', rulesPackages: null } },
    ],
    [
      "a finding's rules package",
      { finding: (arn) => ({ ...entityOf.finding(arn), rulesPackageArn: 'arn:aws:s3:::bucket' }) },
      'findings(first: 1) { nodes { title rulesPackage { id } } }',
      { findings: { nodes: [{ title: 'Finding 7', rulesPackage: null }] } },
    ],
  ])('to return a valid ARN of %s is BAD_UPSTREAM_RESPONSE there alone', async (_title, describe, fields, expected) => {
    const { inspector } = createScriptedInspectorApi({ ...script, describe: { ...entityOf, ...describe } });
    const { data, errors } = await createTestGraph(inspector).query(ofRun(fields));
    expect(data.assessmentRun).toEqual(expected);
    expect(errors).toHaveLength(1);
    expect(errors[0].extensions).toMatchObject({ code: 'BAD_UPSTREAM_RESPONSE', errorCode: null, canRetry: false });
  });
});
