import { beforeAll, describe, expect, test } from '@jest/globals';
import { openDatabase } from '../src/archive/store/database.js';
import { engines } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { importFiles } from './helpers/exports.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { createHistory, toRecords } from './helpers/histories.js';
import { runArn } from './helpers/runs.js';
import { answerLikeInspector, sendJson, startScriptedUpstream } from './helpers/scripted-upstream.js';

const histories = Array.from({ length: 25 }, (_, number) => createHistory(number + 1));
const [{ run, template, target, rulesPackage, finding }] = histories as [Json];
const newest = histories.toReversed().slice(0, 20);

describe.each(engines)('A gateway over an archive in $name', (engine) => {
  let gateway: Awaited<ReturnType<typeof startGateway>>;

  beforeAll(async () => {
    const url = await engine.createUrl();
    const database = await openDatabase(url);
    await importFiles(database, { 'history.ndjson': histories.map(toRecords).join('') });
    await database.close();
    gateway = await startGateway({ ARCHIVE_URL: url });
    endAfterAll(gateway.kill);
  }, 60_000);

  /** The answer to a query, and the calls that it took; the gateway asks for the revision by itself. */
  async function ask(query: string) {
    const { result, calls } = await gateway.withArchiveCalls(() => gateway.post({ query }));
    return { ...result.body, calls };
  }

  test('answers the newest runs with names, states, counts and telemetry by two calls', async () => {
    const { data, errors, calls } = await ask(`{ assessmentRuns(orderBy: CREATED_AT_DESC, first: 20) {
      totalCount nodes { name state findingCounts { severity count } telemetryTotal { count } }
    } }`);
    expect(errors).toBeUndefined();
    expect(data.assessmentRuns.totalCount).toBe(25);
    expect(
      data.assessmentRuns.nodes.map(({ name, state, findingCounts, telemetryTotal }: Json) => [
        name,
        state,
        findingCounts[0],
        telemetryTotal,
      ]),
    ).toEqual(
      newest.map((history) => [
        history.run.name,
        'COMPLETED',
        { severity: 'High', count: 1 },
        { count: Number.MAX_SAFE_INTEGER },
      ]),
    );
    expect(calls).toHaveLength(2);
  });

  test('counts the runs that it lists in the order of Inspector', async () => {
    const { data } = await ask('{ assessmentRuns(first: 3) { totalCount nodes { name } } }');
    expect(data.assessmentRuns).toEqual({
      totalCount: 25,
      nodes: histories.slice(0, 3).map((history) => ({ name: history.run.name })),
    });
  });

  test.each([
    [
      'findings(first: 20) { totalCount nodes { title severity assetAttributes { hostname } assessmentRun { arn } } }',
      1,
    ],
    [
      'hosts(first: 20) { totalCount nodes { agentId assessmentRunCount findingCounts { severity count } latestAssessmentRun { name } } }',
      3,
    ],
    [
      'archive { counts { findings } accounts { accountId findingCount } regions { region assessmentRunCount } revision }',
      1,
    ],
    [
      'findingStatistics(groupBy: [SEVERITY], interval: MONTH) { groups { keys { value } buckets { start count } } }',
      1,
    ],
    ['telemetryStatistics(groupBy: [MESSAGE_TYPE], filter: { namePattern: "Run 1" }) { total { count dataSize } }', 1],
    [
      'assessmentRunStatistics(groupBy: [TEMPLATE], top: 3) { groups { keys { template { name } } total { count } } }',
      2,
    ],
    [`assessmentRun(arn: "${run.arn}") { comparison(with: "${run.arn}") { remainingFindings { totalCount } } }`, 1],
    [`finding(arn: "${finding.arn}") { history { totalCount } }`, 4],
  ])('answers %s by at most %i calls', async (query, most) => {
    const { data, errors, calls } = await ask(`{ ${query} }`);
    expect(errors).toBeUndefined();
    expect(Object.values(Object.values(data)[0] as object)).not.toContain(null);
    expect(calls.length).toBeLessThanOrEqual(most);
  });

  test.each([
    [
      'a cursor of another order',
      'INVALID_CURSOR',
      async () => {
        const { data } = await ask('{ assessmentRuns(first: 1, orderBy: NAME_ASC) { pageInfo { endCursor } } }');
        return `assessmentRuns(orderBy: NAME_DESC, after: "${data.assessmentRuns.pageInfo.endCursor}") { totalCount }`;
      },
    ],
    [
      'a cursor of another filter',
      'INVALID_CURSOR',
      async () => {
        const { data } = await ask('{ findings(first: 1) { pageInfo { endCursor } } }');
        return `findings(filter: { severities: [High] }, before: "${data.findings.pageInfo.endCursor}") { totalCount }`;
      },
    ],
    [
      'runs of different targets',
      'DIFFERENT_TARGETS',
      async () =>
        `assessmentRun(arn: "${run.arn}") { comparison(with: "${(histories[1] as Json).run.arn}") { newAgentIds } }`,
    ],
  ])('refuses %s as the archive does', async (_title, errorCode, toQuery) => {
    const { errors } = await ask(`{ ${await toQuery()} }`);
    expect(errors[0].extensions).toMatchObject({ code: 'INVALID_INPUT', errorCode, canRetry: false });
  });
});

describe('A gateway over any other upstream', () => {
  let upstream: Awaited<ReturnType<typeof startScriptedUpstream>>;
  let gateway: Awaited<ReturnType<typeof startGateway>>;

  beforeAll(async () => {
    upstream = await startScriptedUpstream((call, response) => {
      if (call.operation.startsWith('InspectorArchive.')) {
        return sendJson(response, 400, { __type: 'UnknownOperationException' });
      }
      if (call.operation === 'ListAssessmentTemplates') {
        return sendJson(response, 200, { assessmentTemplateArns: [template.arn] });
      }
      return answerLikeInspector(call, response);
    });
    endAfterAll(upstream.stop);
    gateway = await startGateway({ INSPECTOR_ENDPOINT: upstream.url });
    endAfterAll(gateway.kill);
  }, 60_000);

  const of = (id: string, type: string, field: string) => `node(id: "${id}") { ... on ${type} { ${field} } }`;

  test.each([
    'assessmentRuns(filter: { text: "a" }) { totalCount }',
    `assessmentRuns(filter: { targetArns: ["${target.arn}"] }) { totalCount }`,
    'assessmentRuns(filter: { createdBetween: { from: "2024-01-01" } }) { totalCount }',
    'findings { totalCount }',
    'hosts { totalCount }',
    'archive { revision }',
    'findingStatistics { groupCount }',
    'telemetryStatistics { groupCount }',
    'assessmentRunStatistics { groupCount }',
    `assessmentRun(arn: "${run.arn}") { comparison { newAgentIds } }`,
    of(target.arn, 'AssessmentTarget', 'assessmentRuns { totalCount }'),
    of(rulesPackage.arn, 'RulesPackage', 'findings { totalCount }'),
    of(finding.arn, 'Finding', 'history { totalCount }'),
  ])('says of %s that it cannot be answered, and asks for nothing', async (field) => {
    upstream.calls.length = 0;
    const { errors } = await gateway.query(`{ ${field} }`);
    expect(errors).toHaveLength(1);
    expect(errors[0].extensions).toMatchObject({
      code: 'NOT_SUPPORTED_BY_UPSTREAM',
      errorCode: null,
      canRetry: false,
    });
    expect(
      upstream.calls.map(({ operation }) => operation).filter((name) => !name.startsWith('InspectorArchive.')),
    ).toEqual([]);
  });

  test('lists the runs of a template, and the templates of a target', async () => {
    const { data, errors } = await gateway.query(`{
      runs: ${of(template.arn, 'AssessmentTemplate', 'assessmentRuns(orderBy: CREATED_AT_DESC, last: 1) { totalCount }')}
      templates: ${of(target.arn, 'AssessmentTarget', 'templates { nodes { arn } }')}
      known: assessmentRun(arn: "${runArn(1)}") { name }
    }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      runs: { assessmentRuns: { totalCount: 0 } },
      templates: { templates: { nodes: [{ arn: template.arn }] } },
      known: { name: 'Run 1' },
    });
  });
});
