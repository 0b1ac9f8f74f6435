import { describe, expect, test } from '@jest/globals';
import type { Host } from '../src/inspector/archive-api.js';
import type { AssessmentRunArn, InspectorArn } from '../src/inspector/inspector-arn.js';
import { arnIn, arnOf, entityOf, toNumber } from './helpers/entities.js';
import type { Json } from './helpers/gateway.js';
import { createTestGraph } from './helpers/graph.js';
import { toPages } from './helpers/pages.js';
import { createFailure, createScriptedInspectorApi } from './helpers/scripted-inspector-api.js';
import { searchThrough } from './helpers/searches.js';
import { selectionOf } from './helpers/selection.js';

type Script = NonNullable<Parameters<typeof createScriptedInspectorApi>[0]>;

const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);
const json = (value: unknown): Json => JSON.parse(JSON.stringify(value));

const toRunItem = (arn: AssessmentRunArn) => ({ arn, entity: entityOf.assessmentRun(arn) });
const toFindingItem = (arn: InspectorArn<'finding'>) => ({
  arn,
  assessmentRunArn: arn.split('/finding/')[0] as AssessmentRunArn,
  entity: entityOf.finding(arn),
});
const toHost = (number: number): Host => ({
  agentId: `i-${number}`,
  hostname: number % 2 === 0 ? null : `host-${number}`,
  accountId: '123456789012',
  region: 'us-west-2',
  firstSeenAt: new Date(Date.UTC(2024, 0, number)),
  lastSeenAt: number % 3 === 0 ? null : new Date(Date.UTC(2025, 0, number)),
  assessmentRunCount: number,
  latestAssessmentRunArn: number % 3 === 0 ? null : arnOf('assessmentRun', number),
  findingCounts: [{ severity: 'High', count: number }],
});

const runs = upTo(45).map((n) => arnOf('assessmentRun', n));
const findings = upTo(45).map((n) => arnOf('finding', n));

/** An archive with 45 runs, findings and hosts, whatever they are searched by. */
function createArchive(script: Script = {}) {
  return createScriptedInspectorApi({
    list: toPages(runs),
    details: entityOf.assessmentRun,
    describe: entityOf,
    ...script,
    archive: {
      ...script.archive,
      searches: {
        assessmentRun: searchThrough(runs.map(toRunItem)),
        finding: searchThrough(findings.map(toFindingItem)),
        host: searchThrough(upTo(45).map(toHost)),
        ...script.archive?.searches,
      },
    },
  });
}

const template = arnOf('assessmentTemplate', 3);
const target = arnOf('assessmentTarget', 3);
const rulesPackage = arnOf('rulesPackage', 3);

/** The fields that an archive searches, what each is, and how to find it in an answer. */
const searched: {
  name: string;
  kind: 'assessmentRun' | 'finding' | 'host';
  field: (args: string, below: string) => string;
}[] = [
  {
    name: 'assessmentRuns',
    kind: 'assessmentRun',
    field: (args, below) => `{ page: assessmentRuns(orderBy: NAME_DESC ${args}) ${below} }`,
  },
  {
    name: 'findings',
    kind: 'finding',
    field: (args, below) => `{ page: findings(orderBy: SEVERITY_DESC ${args}) ${below} }`,
  },
  { name: 'hosts', kind: 'host', field: (args, below) => `{ page: hosts(orderBy: AGENT_ID_ASC ${args}) ${below} }` },
  {
    name: 'AssessmentTemplate.assessmentRuns',
    kind: 'assessmentRun',
    field: (args, below) =>
      `{ node(id: "${template}") { ... on AssessmentTemplate { page: assessmentRuns(orderBy: CREATED_AT_ASC ${args}) ${below} } } }`,
  },
  {
    name: 'AssessmentTarget.assessmentRuns',
    kind: 'assessmentRun',
    field: (args, below) =>
      `{ node(id: "${target}") { ... on AssessmentTarget { page: assessmentRuns(orderBy: CREATED_AT_ASC ${args}) ${below} } } }`,
  },
  {
    name: 'RulesPackage.findings',
    kind: 'finding',
    field: (args, below) =>
      `{ node(id: "${rulesPackage}") { ... on RulesPackage { page: findings(orderBy: TITLE_ASC ${args}) ${below} } } }`,
  },
];

const findPage = ({ data }: Json): Json => data?.page ?? data?.node?.page;
const toId = (kind: string) => (kind === 'host' ? 'id: agentId' : 'id: arn');

describe.each(searched)('A page of $name', ({ kind, field }) => {
  const ids = { assessmentRun: runs, finding: findings, host: upTo(45).map((n) => `i-${n}`) }[kind];
  const page = `{ nodes { ${toId(kind)} } edges { cursor node { ${toId(kind)} } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount }`;

  async function ask(args: string, below = page): Promise<Json> {
    const { inspector, calls } = createArchive();
    const answer = await createTestGraph(inspector).query(field(args, below));
    return { ...findPage(answer), errors: answer.errors, calls };
  }

  test.each([1, 20, 45])('of %i goes forwards and backwards over the same items in the same order', async (size) => {
    const forwards: Json[] = [];
    for (let after = ''; ; ) {
      const { nodes, edges, pageInfo, totalCount } = await ask(`first: ${size} ${after && `after: "${after}"`}`);
      expect(edges.map(({ node }: Json) => node)).toEqual(nodes);
      expect(pageInfo).toMatchObject({
        hasPreviousPage: after !== '',
        startCursor: edges[0].cursor,
        endCursor: edges.at(-1).cursor,
      });
      expect(totalCount).toBe(45);
      forwards.push(...nodes);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(forwards.map(({ id }) => id)).toEqual(ids);

    const backwards: Json[] = [];
    for (let before = ''; ; ) {
      const { nodes, pageInfo } = await ask(`last: ${size} ${before && `before: "${before}"`}`);
      expect(pageInfo.hasNextPage).toBe(before !== '');
      backwards.unshift(...nodes);
      if (!pageInfo.hasPreviousPage) break;
      before = pageInfo.startCursor;
    }
    expect(backwards).toEqual(forwards);
  });

  test('is twenty items by one call, which counts the rest where that is asked', async () => {
    const { nodes, calls } = await ask('', `{ nodes { ${toId(kind)} } }`);
    expect(nodes).toHaveLength(20);
    expect(
      calls.archive.map(({ operation, input }: Json) => [operation, input.first, input.includeTotalCount]),
    ).toEqual([[kind, 20, false]]);
    const counted = await ask('', `{ ... { counted: totalCount } }`);
    expect(counted.counted).toBe(45);
    expect(counted.calls.archive.map(({ input }: Json) => input.includeTotalCount)).toEqual([true]);
  });

  test.each([
    ['first: 0'],
    ['first: 101'],
    ['last: 0'],
    ['last: 101'],
    ['first: 2, last: 2'],
    ['first: 2, before: "x"'],
    ['last: 2, after: "x"'],
    ['filter: { regions: ["us-west-2"], accountIds: ["1234"] }'],
    ['filter: { text: "" }'],
    [`filter: { text: "${'x'.repeat(141)}" }`],
    [`filter: { accountIds: ${JSON.stringify(upTo(101).map((n) => String(n).padStart(12, '0')))} }`],
  ])('is refused for %s, before anything is asked', async (args) => {
    const { errors, calls } = await ask(args);
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } })]);
    expect(Object.values(calls).flat()).toEqual([]);
  });

  test('is NOT_SUPPORTED_BY_UPSTREAM over any other upstream, which is not asked', async () => {
    const { inspector, calls } = createScriptedInspectorApi({ list: toPages(runs) });
    const { errors } = await createTestGraph(inspector).query(
      field(kind === 'assessmentRun' ? 'filter: { text: "x" }' : '', page),
    );
    expect(errors).toHaveLength(1);
    expect(errors[0].extensions).toMatchObject({
      code: 'NOT_SUPPORTED_BY_UPSTREAM',
      errorCode: null,
      canRetry: false,
    });
    expect(Object.values(calls).flat()).toEqual([]);
  });
});

describe('Runs of an archive', () => {
  async function ask(args: string, below = '{ nodes { arn } totalCount }', script: Script = {}) {
    const { inspector, calls } = createArchive(script);
    const answer = await createTestGraph(inspector).query(`{ assessmentRuns${args} ${below} }`);
    return { ...answer, calls };
  }

  test('with names, states, counts and telemetry are two calls', async () => {
    const { data, errors, calls } = await ask(
      '(orderBy: CREATED_AT_DESC, first: 20)',
      '{ totalCount nodes { name state findingCounts { severity count } telemetryTotal { count dataSize } } }',
    );
    expect(errors).toBeUndefined();
    expect(data.assessmentRuns).toMatchObject({ totalCount: 45 });
    expect(data.assessmentRuns.nodes.map(({ name }: Json) => name)).toEqual(upTo(20).map((n) => `Run ${n}`));
    expect(calls.archive.map(({ operation }: Json) => operation)).toEqual(['assessmentRun', 'telemetry']);
    expect({ ...calls, archive: [] }).toEqual(createArchive().calls);
  });

  test('come in the order of Inspector without an order, and are counted beside its list where that is asked', async () => {
    const { data, calls } = await ask(
      '(filter: { startedBetween: { from: "2025-01-01T00:00:00.500Z", to: "2026-01-01T00:00:00.500Z" } })',
    );
    expect(data.assessmentRuns.nodes.map(({ arn }: Json) => toNumber(arn))).toEqual(upTo(20));
    expect(data.assessmentRuns.totalCount).toBe(45);
    expect(calls.listAssessmentRuns).toHaveLength(1);
    expect(json(calls.archive)).toEqual([
      {
        operation: 'assessmentRun',
        input: {
          // As Inspector's list compares it.
          filter: { startedBetween: { from: '2025-01-01T00:00:00.000Z', to: '2026-01-01T00:00:01.000Z' } },
          orderBy: 'CREATED_AT_DESC',
          first: 1,
          includeTotalCount: true,
        },
      },
    ]);
  });

  test('that are a whole page, or whose count is not asked, are listed alone', async () => {
    for (const [args, below] of [
      ['(first: 45)', '{ totalCount }'],
      ['', '{ nodes { arn } }'],
    ]) {
      const { calls } = await ask(args as string, below);
      expect(calls.archive).toEqual([]);
      expect(calls.listAssessmentRuns).toHaveLength(1);
    }
  });

  test('cannot be read backwards without an order', async () => {
    const { errors, calls } = await ask('(last: 3)');
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('`last` and `before` expect `orderBy`'),
        extensions: { code: 'BAD_USER_INPUT' },
      }),
    ]);
    expect(Object.values(calls).flat()).toEqual([]);
  });

  test.each([
    ['accountIds: ["123456789012"]', { accountIds: ['123456789012'] }],
    ['text: "nightly"', { text: 'nightly' }],
    [`targetArns: ["${target}"]`, { assessmentTargetArns: [target] }],
    ['createdBetween: { from: "2024-01-01" }', { createdBetween: { from: '2024-01-01T00:00:00.000Z' } }],
  ])('are searched by %s, the newest first', async (filter, expected) => {
    const { calls } = await ask(`(filter: { ${filter}, states: [COMPLETED], regions: [] })`);
    expect(json(calls.archive)).toEqual([
      {
        operation: 'assessmentRun',
        input: {
          filter: { ...expected, states: ['COMPLETED'] },
          orderBy: 'CREATED_AT_DESC',
          first: 20,
          includeTotalCount: true,
        },
      },
    ]);
    expect(calls.listAssessmentRuns).toEqual([]);
  });

  test('of one template, target, package or host have that criterion beside those of the filter', async () => {
    const { inspector, calls } = createArchive();
    const { errors } = await createTestGraph(inspector).query(`{
      template: node(id: "${template}") { ... on AssessmentTemplate { assessmentRuns(orderBy: NAME_ASC, filter: { text: "a" }) { totalCount } } }
      target: node(id: "${target}") { ... on AssessmentTarget { assessmentRuns(filter: { text: "b" }) { totalCount } } }
      package: node(id: "${rulesPackage}") { ... on RulesPackage { findings(filter: { text: "c" }) { totalCount } } }
      hosts(first: 1) { nodes { findings(filter: { text: "d" }) { totalCount } } }
    }`);
    expect(errors).toBeUndefined();
    const filters = calls.archive.map(({ input }) => json(input.filter));
    expect(filters).toEqual(
      expect.arrayContaining([
        { assessmentTemplateArns: [template], text: 'a' },
        { assessmentTargetArns: [target], text: 'b' },
        { rulesPackageArns: [rulesPackage], text: 'c' },
        { agentIds: ['i-0'], accountIds: ['123456789012'], regions: ['us-west-2'], text: 'd' },
      ]),
    );
    const { errors: refused } = await createTestGraph(inspector).query(
      `{ node(id: "${target}") { ... on AssessmentTarget { assessmentRuns(filter: { targetArns: ["${target}"] }) { totalCount } } } }`,
    );
    expect(refused[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  test('that nothing has described are described, and those whose documents cannot be read fail at their fields', async () => {
    const failure = createFailure({ code: 'BAD_UPSTREAM_RESPONSE', canRetry: false });
    const items = [
      toRunItem(runs[0] as AssessmentRunArn),
      { arn: runs[1] as AssessmentRunArn, entity: null },
      { arn: runs[2] as AssessmentRunArn, entity: failure },
    ];
    const { data, errors, calls } = await ask('(orderBy: NAME_ASC)', '{ nodes { arn name } }', {
      archive: { searches: { assessmentRun: searchThrough(items) } },
    });
    expect(data.assessmentRuns.nodes).toEqual([
      { arn: runs[0], name: 'Run 0' },
      { arn: runs[1], name: 'Run 1' },
      { arn: runs[2], name: null },
    ]);
    expect(errors.map(({ path }: Json) => path)).toEqual([['assessmentRuns', 'nodes', 2, 'name']]);
    expect(calls.describeAssessmentRuns).toEqual([[runs[1]]]);
  });

  test('are counted and listed for any other upstream as far as it can', async () => {
    const { inspector, calls } = createScriptedInspectorApi({ list: toPages(runs), details: entityOf.assessmentRun });
    const { data } = await createTestGraph(inspector).query(`{
      all: assessmentRuns(first: 5) { totalCount }
      last: assessmentRuns(last: 2, orderBy: CREATED_AT_DESC) { nodes { arn } totalCount pageInfo { hasNextPage hasPreviousPage } }
      before: assessmentRuns(last: 1, before: "${Buffer.from(`NAME_DESC ${runs[0]}`).toString('base64url')}", orderBy: NAME_DESC) { nodes { name } }
    }`);
    expect(data.all.totalCount).toBeNull();
    expect(data.last).toEqual({
      nodes: [{ arn: runs[1] }, { arn: runs[0] }],
      totalCount: 45,
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
    expect(data.before.nodes).toEqual([{ name: 'Run 1' }]);
    expect(calls.archive).toEqual([]);
    const { errors } = await createTestGraph(inspector).query(
      '{ assessmentRuns(filter: { accountIds: ["123456789012"] }) { totalCount } }',
    );
    expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });
});

test('Findings of all runs come with their details in one call', async () => {
  const { inspector, calls } = createArchive();
  const { data, errors } = await createTestGraph(inspector).query(`{
    findings(first: 3, filter: {
      accountIds: ["123456789012"], regions: ["us-west-2"], targetArns: ["${target}"], templateArns: ["${template}"],
      assessmentRunArns: ["${runs[1]}"], rulesPackageArns: ["${rulesPackage}"], ruleNames: ["CVE-1"], severities: [High],
      agentIds: ["i-1"], autoScalingGroups: ["g"], attributes: [{ key: "a" }], userAttributes: [{ key: "b", value: "c" }],
      text: "title", createdBetween: { to: "2025-01-01" }
    }) { nodes { title severity assessmentRun { arn } } }
  }`);
  expect(errors).toBeUndefined();
  expect(data.findings.nodes).toEqual(
    upTo(3).map((n) => ({ title: `Finding ${n}`, severity: 'Medium', assessmentRun: { arn: runs[n] } })),
  );
  expect(calls.describe).toEqual([]);
  expect(json(calls.archive)).toEqual([
    {
      operation: 'finding',
      input: {
        filter: {
          accountIds: ['123456789012'],
          regions: ['us-west-2'],
          assessmentTargetArns: [target],
          assessmentTemplateArns: [template],
          assessmentRunArns: [runs[1]],
          rulesPackageArns: [rulesPackage],
          ruleNames: ['CVE-1'],
          severities: ['High'],
          agentIds: ['i-1'],
          autoScalingGroups: ['g'],
          attributes: [{ key: 'a', value: null }],
          userAttributes: [{ key: 'b', value: 'c' }],
          text: 'title',
          createdBetween: { to: '2025-01-01T00:00:00.000Z' },
        },
        orderBy: 'CREATED_AT_DESC',
        first: 3,
        includeTotalCount: false,
      },
    },
  ]);
});

test('Hosts have what the archive says of them, and their latest run', async () => {
  const telemetry = [{ messageType: 'Total', count: 3, dataSize: 4 }];
  const { inspector } = createArchive({ archive: { hostTelemetry: () => telemetry } });
  const { data, errors } = await createTestGraph(inspector).query(
    `{ hosts(first: 4, filter: { text: "i-", lastSeenBetween: { from: "2024-01-01" } }) {
      nodes { ${selectionOf('Host')} findingCounts { severity count } latestAssessmentRun { name } } } }`,
  );
  expect(errors).toBeUndefined();
  expect(data.hosts.nodes).toEqual(
    upTo(4).map((n) => {
      const { latestAssessmentRunArn, ...host } = json(toHost(n));
      const sent = { telemetry, telemetryTotal: { count: 3, dataSize: 4 } };
      return { ...host, ...sent, latestAssessmentRun: latestAssessmentRunArn && { name: `Run ${n}` } };
    }),
  );
});

test('The telemetry of the hosts of a page is one call, and a host of which nothing is known has none', async () => {
  const rows = [
    { messageType: 'A', count: 5, dataSize: 10 },
    { messageType: 'Total', count: 2, dataSize: null },
  ];
  const failure = createFailure({ code: 'BAD_UPSTREAM_RESPONSE', canRetry: false });
  const byAgent = new Map<string, typeof rows | typeof failure>([
    ['i-0', rows],
    ['i-1', [{ messageType: 'A', count: 0, dataSize: 0 }]],
    ['i-3', failure],
    ['i-4', ['A', 'B'].map((messageType) => ({ messageType, count: Number.MAX_SAFE_INTEGER, dataSize: 0 }))],
  ]);
  const { inspector, calls } = createArchive({
    archive: { hostTelemetry: ({ agentId }) => byAgent.get(agentId) ?? null },
  });
  const { data, errors } = await createTestGraph(inspector).query(
    '{ hosts(first: 5) { nodes { telemetry { messageType count dataSize } telemetryTotal { count dataSize } } } }',
  );
  expect(data.hosts.nodes).toEqual([
    // A row `Total` is that of agents without another one: it is summed in, and nothing else.
    { telemetry: rows, telemetryTotal: { count: 7, dataSize: null } },
    { telemetry: byAgent.get('i-1'), telemetryTotal: { count: 0, dataSize: 0 } },
    { telemetry: null, telemetryTotal: null },
    { telemetry: null, telemetryTotal: null },
    { telemetry: byAgent.get('i-4'), telemetryTotal: null },
  ]);
  expect(errors.map(({ path, extensions }: Json) => [path.slice(2).join('.'), extensions.code])).toEqual([
    ['3.telemetry', 'BAD_UPSTREAM_RESPONSE'],
    ['3.telemetryTotal', 'BAD_UPSTREAM_RESPONSE'],
    ['4.telemetryTotal', 'BAD_UPSTREAM_RESPONSE'],
  ]);
  const hosts = upTo(5).map((n) => ({ accountId: '123456789012', region: 'us-west-2', agentId: `i-${n}` }));
  expect(calls.archive.slice(1)).toEqual([{ operation: 'hostTelemetry', input: hosts }]);
});

describe('What a host sent in each of its runs', () => {
  const text = `{ hosts(first: 1) { nodes { assessmentRuns(filter: { hasTelemetry: true }, orderBy: CREATED_AT_ASC, first: 3) {
    nodes { arn agent(agentId: "i-0") { agentId agentHealth telemetryTotal { count dataSize } } } } } } }`;
  const toAgent = (assessmentRunArn: AssessmentRunArn) => ({
    agentId: 'i-0',
    assessmentRunArn,
    agentHealth: 'HEALTHY',
    agentHealthCode: null,
    agentHealthDetails: null,
    autoScalingGroup: null,
    telemetryMetadata: assessmentRunArn === runs[1] ? null : [{ messageType: 'A', count: 3, dataSize: 4 }],
  });

  test('is one query, of a call for the host, one for its runs and one for its agents', async () => {
    const { inspector, calls } = createArchive({
      archive: {
        agent: ({ assessmentRunArn }) => (assessmentRunArn === runs[2] ? null : toAgent(assessmentRunArn)),
      },
    });
    const { data, errors } = await createTestGraph(inspector).query(text);
    expect(errors).toBeUndefined();
    const agent = { agentId: 'i-0', agentHealth: 'HEALTHY' };
    expect(data.hosts.nodes[0].assessmentRuns.nodes).toEqual([
      { arn: runs[0], agent: { ...agent, telemetryTotal: { count: 3, dataSize: 4 } } },
      { arn: runs[1], agent: { ...agent, telemetryTotal: null } },
      { arn: runs[2], agent: null },
    ]);
    expect(json(calls.archive.slice(1))).toEqual([
      {
        operation: 'assessmentRun',
        input: {
          filter: {
            accountIds: ['123456789012'],
            regions: ['us-west-2'],
            agentIds: ['i-0'],
            hasTelemetry: true,
          },
          orderBy: 'CREATED_AT_ASC',
          first: 3,
          includeTotalCount: false,
        },
      },
      { operation: 'agents', input: runs.slice(0, 3).map((arn) => ({ assessmentRunArn: arn, agentId: 'i-0' })) },
    ]);
  });

  test('fails for the run whose agent cannot be read, and for no other one', async () => {
    const failure = createFailure({ code: 'BAD_UPSTREAM_RESPONSE', canRetry: false });
    const { inspector } = createArchive({
      archive: {
        agent: ({ assessmentRunArn }) => (assessmentRunArn === runs[0] ? failure : toAgent(assessmentRunArn)),
      },
    });
    const { data, errors } = await createTestGraph(inspector).query(text);
    expect(data.hosts.nodes[0].assessmentRuns.nodes.map(({ agent }: Json) => agent?.agentId ?? null)).toEqual([
      null,
      'i-0',
      'i-0',
    ]);
    expect(errors.map(({ path }: Json) => path.join('.'))).toEqual(['hosts.nodes.0.assessmentRuns.nodes.0.agent']);
  });

  test.each(['', 'x'.repeat(129)])('is refused for the ID %p, which no agent has', async (agentId) => {
    const { inspector, calls } = createArchive();
    const { errors } = await createTestGraph(inspector).query(
      `{ assessmentRun(arn: "${runs[0]}") { agent(agentId: "${agentId}") { agentId } } }`,
    );
    expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT' });
    expect(Object.values(calls).flat()).toEqual([]);
  });

  test('is refused beside a filter that names other agents, accounts or regions', async () => {
    for (const filter of ['agentIds: ["i-1"]', 'accountIds: ["123456789012"]', 'regions: ["us-west-2"]']) {
      const { errors } = await createTestGraph(createArchive().inspector).query(
        `{ hosts(first: 1) { nodes { assessmentRuns(filter: { ${filter} }) { totalCount } } } }`,
      );
      expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT' });
    }
  });
});

test.each([
  ['assessmentRuns by agent', '{ assessmentRuns(filter: { agentIds: ["i-0"] }) { totalCount } }'],
  ['assessmentRuns with telemetry', '{ assessmentRuns(filter: { hasTelemetry: false }) { totalCount } }'],
  ['AssessmentRun.agent', `{ assessmentRun(arn: "${runs[0]}") { agent(agentId: "i-0") { agentId } } }`],
])('%s is NOT_SUPPORTED_BY_UPSTREAM over any other upstream, which is not asked', async (_name, text) => {
  const { inspector, calls } = createScriptedInspectorApi({ list: toPages(runs) });
  const { errors } = await createTestGraph(inspector).query(text);
  expect(errors.map(({ extensions }: Json) => extensions.code)).toEqual(['NOT_SUPPORTED_BY_UPSTREAM']);
  expect(Object.values(calls).flat()).toEqual([]);
});

test('An archive says what it is and has', async () => {
  const counts = {
    assessmentRuns: 2 ** 40,
    assessmentTemplates: 2,
    assessmentTargets: 3,
    findings: 4,
    hosts: 5,
    rulesPackages: 6,
    agents: 7,
    exclusions: 8,
    telemetry: 9,
  };
  const description = {
    softwareVersion: '0.1.0',
    revision: '17',
    lastChangedAt: new Date(1458680170035),
    counts,
    accounts: [{ accountId: '123456789012', assessmentRunCount: 1, findingCount: 2 }],
    regions: [{ region: 'us-west-2', assessmentRunCount: 1, findingCount: 2 }],
    firstRunAt: new Date(0),
    lastRunAt: null,
  };
  const { inspector, calls } = createArchive({ archive: { description } });
  const all = `{ ${selectionOf('Archive')} }`;
  const { data, errors } = await createTestGraph(inspector).query(`{ archive ${all} again: archive ${all} }`);
  expect(errors).toBeUndefined();
  expect(data).toEqual({ archive: json(description), again: json(description) });
  expect(calls.archive.map(({ operation }) => operation)).toEqual(['describe']);
});

describe('Statistics of an archive', () => {
  const sums = { count: 5, dataSize: null, assessmentRunCount: 2 };
  const kinds = [
    { field: 'findingStatistics', kind: 'findings', dimensions: ['TEMPLATE', 'RULES_PACKAGE'], sums: 'count' },
    {
      field: 'telemetryStatistics',
      kind: 'telemetry',
      dimensions: ['TEMPLATE', 'STATE'],
      sums: 'count dataSize assessmentRunCount',
    },
    {
      field: 'assessmentRunStatistics',
      kind: 'assessmentRuns',
      dimensions: ['TEMPLATE', 'RULES_PACKAGE'],
      sums: 'count',
    },
  ] as const;

  /** Two groups, one of which lacks the values, with or without buckets. */
  const toSummary = ({ groupBy, interval }: { groupBy: readonly string[]; interval?: unknown }) => ({
    groups: [
      [template, rulesPackage],
      [null, null],
    ].map((values) => ({
      keys: values.slice(0, groupBy.length),
      total: sums,
      buckets:
        interval === undefined
          ? null
          : [
              { start: '2024-01-01', sums },
              { start: null, sums: { count: 0, dataSize: 0, assessmentRunCount: 0 } },
            ],
    })),
    groupCount: 7,
    total: { ...sums, count: 2 ** 40 },
  });

  async function ask(query: string, options: Parameters<typeof createTestGraph>[1] = {}) {
    const { inspector, calls } = createArchive({
      archive: { summaries: { findings: toSummary, telemetry: toSummary, assessmentRuns: toSummary } },
    });
    return { ...(await createTestGraph(inspector, options).query(query)), calls };
  }

  test.each(kinds)(
    'are groups with keys, entities, totals and buckets: $field',
    async ({ field, kind, dimensions, sums: names }) => {
      const hasPackages = dimensions[1] === 'RULES_PACKAGE';
      const { data, errors, calls } = await ask(`{ ${field}(
      filter: { regions: ["us-west-2"], createdBetween: { from: "2024-01-01" } }
      groupBy: [${dimensions}], interval: WEEK, timeZone: "Europe/Berlin", top: 2
    ) {
      groups {
        keys { dimension value template { name } ${hasPackages ? 'rulesPackage { name }' : ''} }
        total { ${names} } buckets { start ${names} }
      }
      groupCount total { ${names} }
    } }`);
      expect(errors).toBeUndefined();
      const pick = (values: object) =>
        Object.fromEntries(names.split(' ').map((name) => [name, (values as Json)[name]]));
      const toKeys = (values: (string | null)[], templateOf: Json, packageOf: Json) =>
        values.map((value, index) => ({
          dimension: dimensions[index],
          value,
          template: index === 0 ? templateOf : null,
          ...(hasPackages && { rulesPackage: index === 1 ? packageOf : null }),
        }));
      const buckets = [
        { start: '2024-01-01', ...pick(sums) },
        { start: null, ...pick({ count: 0, dataSize: 0, assessmentRunCount: 0 }) },
      ];
      expect(data[field]).toEqual({
        groups: [
          {
            keys: toKeys([template, rulesPackage], { name: 'Template 3' }, { name: 'Package 3' }),
            total: pick(sums),
            buckets,
          },
          { keys: toKeys([null, null], null, null), total: pick(sums), buckets },
        ],
        groupCount: 7,
        total: pick({ ...sums, count: 2 ** 40 }),
      });
      expect(json(calls.archive)).toEqual([
        {
          operation: kind,
          input: {
            filter: { regions: ['us-west-2'], createdBetween: { from: '2024-01-01T00:00:00.000Z' } },
            groupBy: dimensions,
            interval: 'WEEK',
            timeZone: 'Europe/Berlin',
            top: 2,
          },
        },
      ]);
    },
  );

  test.each(kinds)(
    'are one group of all without dimensions, and have no buckets without an interval: $field',
    async ({ field }) => {
      const { data, calls } = await ask(`{ ${field} { groups { keys { value } buckets { start } } } }`);
      expect(data[field].groups[0]).toEqual({ keys: [], buckets: null });
      expect(json(calls.archive[0]?.input)).toEqual({ filter: {}, groupBy: [], timeZone: 'UTC', top: 20 });
    },
  );

  test.each(
    kinds.flatMap(({ field, dimensions: [one, two] }) =>
      [
        'top: 0',
        'top: 101',
        `groupBy: [${one}, ${one}]`,
        `groupBy: [${one}, ${two}, ACCOUNT]`,
        'timeZone: "Mars/Olympus"',
        'timeZone: "+01:00"',
        'timeZone: ""',
        'filter: { text: "" }',
      ].map((args) => [field, args]),
    ),
  )('are refused before anything is asked: %s(%s)', async (field, args) => {
    const { errors, calls } = await ask(`{ ${field}(${args}) { groupCount } }`);
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } })]);
    expect(Object.values(calls).flat()).toEqual([]);
  });

  test.each(kinds)(
    'are NOT_SUPPORTED_BY_UPSTREAM over any other upstream, which is not asked: $field',
    async ({ field }) => {
      const { inspector, calls } = createScriptedInspectorApi();
      const { errors } = await createTestGraph(inspector).query(`{ ${field} { groupCount } }`);
      expect(errors[0].extensions).toMatchObject({ code: 'NOT_SUPPORTED_BY_UPSTREAM', canRetry: false });
      expect(Object.values(calls).flat()).toEqual([]);
    },
  );

  const byDay = (args: string, aliases: number) =>
    `{ findingStatistics(groupBy: [HOST], interval: DAY, ${args}) { groups { ${upTo(aliases)
      .map((n) => `b${n}: buckets { start count }`)
      .join(' ')} } } }`;

  test.each<[string, string]>([
    [
      'places in groups',
      `{ ${upTo(30)
        .map((n) => `s${n}: findingStatistics(groupBy: [SEVERITY]) { groupCount }`)
        .join(' ')} }`,
    ],
    ['buckets of days', byDay('top: 100', 3)],
    [
      'buckets of days of ten years',
      byDay('top: 10, filter: { createdBetween: { from: "2015-01-01", to: "2024-12-31" } }', 3),
    ],
    [
      'templates',
      '{ findingStatistics(groupBy: [TEMPLATE], top: 100) { groups { keys { template { target { name } } rulesPackage { name } } } } }',
    ],
  ])('are refused for too many %s, before anything is asked', async (_title, query) => {
    const { errors, calls } = await ask(query, { maxRunsPerOperation: 15 });
    expect(errors[0].extensions).toEqual({ code: 'OPERATION_TOO_COSTLY' });
    expect(Object.values(calls).flat()).toEqual([]);
  });

  test('are answered for days of a month in as many groups', async () => {
    const { errors } = await ask(
      byDay('top: 100, filter: { createdBetween: { from: "2024-12-01", to: "2024-12-31" } }', 3),
    );
    expect(errors).toBeUndefined();
  });
});

test("A target's templates are those that Inspector lists for it, over any upstream", async () => {
  const templates = upTo(3).map((n) => arnOf('assessmentTemplate', n));
  const { inspector, calls } = createScriptedInspectorApi({ lists: { assessmentTemplate: toPages(templates) } });
  const { data } = await createTestGraph(inspector).query(
    `{ node(id: "${target}") { ... on AssessmentTarget { templates(first: 2) { nodes { arn } pageInfo { hasNextPage } } } } }`,
  );
  expect(data.node.templates).toEqual({
    nodes: templates.slice(0, 2).map((arn) => ({ arn })),
    pageInfo: { hasNextPage: true },
  });
  expect(json(calls.list)).toEqual([
    { kind: 'assessmentTemplate', query: { criteria: { assessmentTargetArns: [target] }, maxResults: 2 } },
  ]);
});

test.each<[string, string]>([
  [
    'runs of findings',
    '{ findings(first: 100) { nodes { assessmentRun { name } } } more: findings(first: 1) { nodes { assessmentRun { name } } } }',
  ],
  [
    'latest runs of hosts',
    '{ hosts(first: 100) { nodes { latestAssessmentRun { name } } } more: hosts(first: 1) { nodes { latestAssessmentRun { name } } } }',
  ],
  [
    'runs of templates',
    '{ assessmentTemplates(first: 11) { nodes { assessmentRuns(last: 10, orderBy: NAME_ASC) { totalCount } } } }',
  ],
  ['runs of targets', '{ assessmentTargets(first: 11) { nodes { assessmentRuns(first: 10) { totalCount } } } }'],
  ['findings of hosts', '{ hosts(first: 20) { nodes { findings(last: 100) { totalCount } } } }'],
  ['findings of packages', '{ rulesPackages(first: 20) { nodes { findings(first: 100) { totalCount } } } }'],
  ['templates of targets', '{ assessmentTargets(first: 20) { nodes { templates(first: 100) { totalCount } } } }'],
])('Too many %s are refused before anything is asked', async (_title, query) => {
  const { inspector, calls } = createArchive();
  const { errors } = await createTestGraph(inspector).query(query);
  expect(errors[0].extensions).toEqual({ code: 'OPERATION_TOO_COSTLY' });
  expect(Object.values(calls).flat()).toEqual([]);
});

test('A page of findings of one run, whose run is known, counts no other runs', async () => {
  const run = runs[7] as AssessmentRunArn;
  const { inspector } = createArchive({
    lists: { finding: toPages(upTo(100).map((n) => arnIn(run, 'finding', n))) },
  });
  const { errors } = await createTestGraph(inspector, { maxRunsPerOperation: 10 }).query(
    `{ assessmentRun(arn: "${run}") { findings(first: 100) { nodes { assessmentRun { name } } } } }`,
  );
  expect(errors).toBeUndefined();
});

describe('A comparison of runs', () => {
  const [run, base] = [arnOf('assessmentRun', 7), arnOf('assessmentRun', 6)];
  const of = (owner: AssessmentRunArn, from: number, to: number) =>
    upTo(to - from).map((n) => arnIn(owner, 'finding', from + n));
  const comparison = {
    baseAssessmentRunArn: base,
    newFindings: of(run, 0, 45),
    goneFindings: of(base, 100, 103),
    remainingFindings: of(run, 50, 55).map((findingArn) => ({ findingArn, baseFindingArn: arnIn(base, 'finding', 1) })),
    telemetry: [
      { messageType: 'A', base: { count: 1, dataSize: null }, compared: { count: 2 ** 40, dataSize: 3 } },
      { messageType: 'B', base: null, compared: { count: 4, dataSize: 5 } },
      { messageType: 'C', base: { count: 6, dataSize: 7 }, compared: null },
    ],
    newAgentIds: ['i-1'],
    goneAgentIds: [],
    remainingAgentIds: ['i-2', 'i-3'],
  };

  async function ask(fields: string, args = '', compare: () => typeof comparison | null = () => comparison) {
    const { inspector, calls } = createArchive({ archive: { compare } });
    const answer = await createTestGraph(inspector).query(
      `{ assessmentRun(arn: "${run}") { comparison${args} { ${fields} } } }`,
    );
    return { comparison: answer.data?.assessmentRun?.comparison, errors: answer.errors, calls };
  }

  test('has both runs, telemetry side by side and agents, by one call', async () => {
    const {
      comparison: given,
      errors,
      calls,
    } = await ask(
      `base { arn } telemetry { messageType base { count dataSize } compared { count dataSize } }
       newAgentIds goneAgentIds remainingAgentIds`,
    );
    expect(errors).toBeUndefined();
    const { telemetry, newAgentIds, goneAgentIds, remainingAgentIds } = comparison;
    expect(given).toEqual({ base: { arn: base }, telemetry, newAgentIds, goneAgentIds, remainingAgentIds });
    expect(calls.archive).toEqual([{ operation: 'compare', input: { arn: run, baseArn: null } }]);
  });

  test('with another run asks for that one', async () => {
    const other = arnOf('assessmentRun', 5);
    const { calls } = await ask('newAgentIds', `(with: "${other}")`);
    expect(calls.archive).toEqual([{ operation: 'compare', input: { arn: run, baseArn: other } }]);
  });

  test('is null where there is no run before', async () => {
    expect(await ask('newAgentIds', '', () => null)).toMatchObject({ comparison: null, errors: undefined });
  });

  test.each([
    ['newFindings', comparison.newFindings],
    ['goneFindings', comparison.goneFindings],
    ['remainingFindings', comparison.remainingFindings.map(({ findingArn }) => findingArn)],
  ])('has all %s in pages of any size, in both directions', async (list, arns) => {
    const page = '{ nodes { arn title } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }';
    for (const size of [2, 45]) {
      const forwards: Json[] = [];
      let after = '';
      do {
        const { comparison: given } = await ask(`${list}(first: ${size} ${after}) ${page}`);
        const { nodes, totalCount, pageInfo } = given[list];
        expect({ totalCount, hasPreviousPage: pageInfo.hasPreviousPage }).toEqual({
          totalCount: arns.length,
          hasPreviousPage: after !== '',
        });
        forwards.push(...nodes);
        after = pageInfo.hasNextPage ? `after: "${pageInfo.endCursor}"` : '';
      } while (after !== '');
      expect(forwards).toEqual(arns.map((arn) => ({ arn, title: `Finding ${toNumber(arn)}` })));
      const backwards: Json[] = [];
      let before = '';
      do {
        const { comparison: given } = await ask(`${list}(last: ${size} ${before}) ${page}`);
        const { nodes, pageInfo } = given[list];
        backwards.unshift(...nodes);
        before = pageInfo.hasPreviousPage ? `before: "${pageInfo.startCursor}"` : '';
      } while (before !== '');
      expect(backwards).toEqual(forwards);
    }
  });

  test('refuses cursors of other lists and runs, and pages that are none', async () => {
    const { comparison: given } = await ask('newFindings(first: 1) { pageInfo { endCursor } }');
    const after = given.newFindings.pageInfo.endCursor;
    for (const args of [`first: 1, after: "${after}"`, 'after: "nonsense"', 'after: ""', 'before: "nonsense"']) {
      const { errors } = await ask(`goneFindings(${args}) { totalCount }`);
      expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } })]);
    }
    const other = { ...comparison, baseAssessmentRunArn: arnOf('assessmentRun', 5) };
    const { errors } = await ask(`newFindings(after: "${after}") { totalCount }`, '', () => other);
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } })]);
  });

  test('with what is no run is refused before anything is asked', async () => {
    const { errors, calls } = await ask('newAgentIds', '(with: "x")');
    expect(errors[0].extensions).toMatchObject({ code: 'INVALID_INPUT', errorCode: 'INVALID_ASSESSMENT_RUN_ARN' });
    expect(Object.values(calls).flat()).toEqual([]);
  });

  test('is NOT_SUPPORTED_BY_UPSTREAM over any other upstream, and what stands beside it is answered', async () => {
    const { inspector, calls } = createScriptedInspectorApi({ details: entityOf.assessmentRun });
    const { data, errors } = await createTestGraph(inspector).query(
      `{ assessmentRun(arn: "${run}") { name comparison { newAgentIds } } }`,
    );
    expect(data.assessmentRun).toEqual({ name: 'Run 7', comparison: null });
    expect(errors[0].extensions).toMatchObject({ code: 'NOT_SUPPORTED_BY_UPSTREAM', canRetry: false });
    expect(calls.archive).toEqual([]);
  });

  test.each<[string, string]>([
    ['base runs', '{ assessmentRuns(first: 60) { nodes { comparison { base { name } } } } }'],
    ['comparisons', '{ assessmentRuns(first: 21) { nodes { comparison { newAgentIds } } } }'],
    [
      'findings',
      `{ assessmentRun(arn: "${run}") { ${upTo(20)
        .map((n) => `c${n}: comparison { newFindings(last: 100) { totalCount } }`)
        .join(' ')} } }`,
    ],
  ])('is refused for too many %s, before anything is asked', async (_title, query) => {
    const { inspector, calls } = createArchive({ archive: { compare: () => comparison } });
    const { errors } = await createTestGraph(inspector).query(query);
    expect(errors[0].extensions).toEqual({ code: 'OPERATION_TOO_COSTLY' });
    expect(Object.values(calls).flat()).toEqual([]);
  });
});

describe('The history of a finding', () => {
  const own = arnIn(arnOf('assessmentRun', 7), 'finding', 7);
  /** The finding in other runs, and twice in its own. */
  const others = upTo(30).map((n) => arnIn(arnOf('assessmentRun', 100 + n), 'finding', n));
  const all = [...others.slice(0, 4), own, arnIn(arnOf('assessmentRun', 7), 'finding', 8), ...others.slice(4)];
  const items = all.map(toFindingItem);

  function createHistory() {
    return createArchive({
      archive: {
        searches: {
          finding: (query) =>
            searchThrough(
              items.filter(
                ({ assessmentRunArn }) => query.filter.assessmentRunArns?.includes(assessmentRunArn) ?? true,
              ),
            )(query),
        },
      },
    });
  }
  const ask = async (args: string, below = '{ nodes { arn } totalCount pageInfo { hasNextPage endCursor } }') => {
    const { inspector, calls } = createHistory();
    const { data, errors } = await createTestGraph(inspector).query(
      `{ finding(arn: "${own}") { history${args} ${below} } }`,
    );
    return { history: data?.finding?.history, errors, calls };
  };

  test.each([1, 3, 4, 5, 6, 29, 30, 100])('is that of all other runs, in pages of %i', async (size) => {
    const nodes: Json[] = [];
    let after = '';
    do {
      const { history } = await ask(`(first: ${size} ${after})`);
      expect(history.totalCount).toBe(30);
      expect(history.nodes.length).toBeLessThanOrEqual(size);
      nodes.push(...history.nodes);
      after = history.pageInfo.hasNextPage ? `after: "${history.pageInfo.endCursor}"` : '';
    } while (after !== '');
    expect(nodes).toEqual(others.map((arn) => ({ arn })));
  });

  test('is found by host, rule, package and target, the earliest first', async () => {
    const { calls } = await ask('(first: 3)', '{ nodes { title assessmentRun { arn } } }');
    expect(json(calls.archive)).toEqual([
      {
        operation: 'finding',
        input: {
          filter: {
            agentIds: ['i-7'],
            ruleNames: ['CVE-2025-7'],
            rulesPackageArns: [arnOf('rulesPackage', 7)],
            assessmentTargetArns: [arnOf('assessmentTarget', 7)],
          },
          orderBy: 'CREATED_AT_ASC',
          // One more, to know whether there is one.
          first: 4,
          includeTotalCount: false,
        },
      },
    ]);
    expect(calls.describe).toEqual([{ kind: 'finding', arns: [own] }]);
  });

  test('is null for a finding that lacks host, rule or package', async () => {
    const finding = entityOf.finding(own);
    for (const change of [{ findingId: null }, { rulesPackageArn: null }, { assetAttributes: null }]) {
      const { inspector } = createArchive({ describe: { finding: () => ({ ...finding, ...change }) } });
      const { data, errors } = await createTestGraph(inspector).query(
        `{ finding(arn: "${own}") { history { totalCount } } }`,
      );
      expect({ data, errors }).toEqual({ data: { finding: { history: null } }, errors: undefined });
    }
  });

  test('is refused for a page of another size, and over any other upstream, before anything is asked', async () => {
    const { errors, calls } = await ask('(first: 101)');
    expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT' });
    expect(Object.values(calls).flat()).toEqual([]);

    const plain = createScriptedInspectorApi({ describe: entityOf });
    const answer = await createTestGraph(plain.inspector).query(
      `{ finding(arn: "${own}") { history { totalCount } } }`,
    );
    expect(answer.errors[0].extensions).toMatchObject({ code: 'NOT_SUPPORTED_BY_UPSTREAM' });
    expect(Object.values(plain.calls).flat()).toEqual([]);
  });
});
