import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { importSources } from '../src/archive/import/importer.js';
import { openDatabase } from '../src/archive/store/database.js';
import { engines } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { createHistory, toRecords } from './helpers/histories.js';

const RUNS = 25;
const histories = Array.from({ length: RUNS }, (_, number) =>
  createHistory(number + 1, { region: number % 2 === 0 ? 'us-west-2' : 'eu-west-1' }),
);

describe.each(engines)('The graph over an archive in $name', (engine) => {
  let gateway: Awaited<ReturnType<typeof startGateway>>;

  beforeAll(async () => {
    const url = await engine.createUrl();
    const database = await openDatabase(url);
    const records = histories.map(toRecords).join('');
    const read = async function* () {
      yield Buffer.from(records);
    };
    await importSources(database, [{ name: 'history', sizeBytes: null, isRepeatable: true, read }]);
    await database.close();
    gateway = await startGateway({ ARCHIVE_URL: url });
    endAfterAll(gateway.kill);
  });

  /** The answer to a query, and the number of its calls of each operation. */
  async function ask(query: string, variables: object = {}) {
    const { result, calls } = await gateway.withArchiveCalls(() => gateway.post({ query, variables }));
    const counts: Record<string, number> = {};
    for (const operation of calls) counts[operation] = (counts[operation] ?? 0) + 1;
    return { body: result.body, calls: counts };
  }

  test("answers the README's page of 20 runs within its budget of calls, and a known page with the list alone", async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const page = /```graphql\n(query Page[\s\S]*?)```/.exec(readme)?.[1] as string;

    const { body, calls } = await ask(page);

    expect(body.errors).toBeUndefined();
    const { edges, pageInfo } = body.data.assessmentRuns;
    expect(edges.map(({ node }: Json) => node)).toEqual(
      histories.slice(0, 20).map(({ run, template, telemetry }) => ({
        id: run.arn,
        name: run.name,
        state: run.state,
        startedAt: new Date(run.startedAt * 1000).toISOString(),
        template: { id: template.arn, name: template.name },
        findingCounts: ['High', 'Medium', 'Low', 'Informational', 'Undefined'].map((severity) => ({
          severity,
          count: run.findingCounts[severity],
        })),
        telemetryTotal: { count: telemetry.find(({ messageType }) => messageType === 'Total')?.count, dataSize: null },
      })),
    );
    const { GetTelemetryMetadata, BatchGetTelemetryMetadata, ...others } = calls;
    expect(others).toEqual({ ListAssessmentRuns: 1, DescribeAssessmentRuns: 2, DescribeAssessmentTemplates: 2 });
    // An archive that did not answer just now is asked as Inspector is, until it is known to be one again.
    expect([
      [1, undefined],
      [undefined, 20],
    ]).toContainEqual([BatchGetTelemetryMetadata, GetTelemetryMetadata]);
    expect((await ask(page)).calls).toEqual({ ListAssessmentRuns: 1 });

    const rest = await ask(page, { after: pageInfo.endCursor });
    expect(rest.body.data.assessmentRuns.edges.map(({ node }: Json) => node.id)).toEqual(
      histories.slice(20).map(({ run }) => run.arn),
    );
    expect(rest.body.data.assessmentRuns.pageInfo.hasNextPage).toBe(false);
  });

  test('returns the entities around a run as they were imported', async () => {
    const { run, template, target, resourceGroup, rulesPackage, agent, finding, exclusion, tags } =
      histories[7] as Json;
    const { body, calls } = await ask(
      `query ($arn: ID!) {
        assessmentRun(arn: $arn) {
          template { arn name target { name resourceGroup { tags { key value } } } lastAssessmentRun { arn } }
          rulesPackages { arn name description }
          agents { totalCount nodes { agentId agentHealth telemetry(orderBy: MESSAGE_TYPE_ASC, first: 1) { messageType }
            host { ipv4Addresses } } }
          findings(filter: { severities: [High] }) { nodes { arn findingId numericSeverity attributes { key value }
            rulesPackage { arn } assessmentRun { arn } } }
          none: findings(filter: { severities: [Low] }) { totalCount }
          exclusions { nodes { title scopes { key value } } }
          notifications { event error }
          tags { key value }
        }
      }`,
      { arn: run.arn },
    );
    expect(body.errors).toBeUndefined();
    const withValue = ({ key, value = null }: Json) => ({ key, value });
    expect(body.data.assessmentRun).toEqual({
      template: {
        arn: template.arn,
        name: template.name,
        target: { name: target.name, resourceGroup: { tags: resourceGroup.tags.map(withValue) } },
        lastAssessmentRun: { arn: run.arn },
      },
      rulesPackages: [{ arn: rulesPackage.arn, name: rulesPackage.name, description: rulesPackage.description }],
      agents: {
        totalCount: 1,
        nodes: [
          {
            agentId: agent.agentId,
            agentHealth: agent.agentHealth,
            telemetry: [{ messageType: 'InspectorDuplicateProcess' }],
            host: { ipv4Addresses: finding.assetAttributes.ipv4Addresses },
          },
        ],
      },
      findings: {
        nodes: [
          {
            arn: finding.arn,
            findingId: finding.id,
            numericSeverity: finding.numericSeverity,
            attributes: finding.attributes,
            rulesPackage: { arn: rulesPackage.arn },
            assessmentRun: { arn: run.arn },
          },
        ],
      },
      none: { totalCount: 0 },
      exclusions: { nodes: [{ title: exclusion.title, scopes: exclusion.scopes }] },
      notifications: [{ event: run.notifications[0].event, error: false }],
      tags,
    });
    expect(calls).toMatchObject({ ListFindings: 3, DescribeFindings: 1, ListAssessmentRunAgents: 1 });
  });

  test('lists by region, by a call of that region only', async () => {
    const { body, calls } = await ask(
      '{ assessmentRuns(first: 50, filter: { regions: ["eu-west-1"] }) { totalCount nodes { arn } } }',
    );
    const arns = histories.map(({ run }) => run.arn).filter((arn) => arn.includes(':eu-west-1:'));
    expect(body.data.assessmentRuns).toEqual({ totalCount: arns.length, nodes: arns.map((arn) => ({ arn })) });
    expect(calls).toEqual({ ListAssessmentRuns: 1 });
  });

  test('lists by time, template, package and name, in order', async () => {
    const some = histories.slice(3, 9);
    const { body } = await ask(
      `query ($filter: AssessmentRunFilter!) {
        assessmentRuns(filter: $filter, orderBy: STARTED_AT_DESC, first: 3) { totalCount nodes { arn } pageInfo { endCursor } }
      }`,
      {
        filter: {
          startedBetween: {
            from: new Date((some[0] as Json).run.startedAt * 1000).toISOString(),
            to: new Date((some.at(-1) as Json).run.startedAt * 1000).toISOString(),
          },
          templateArns: histories.slice(0, 20).map(({ template }) => template.arn),
          rulesPackageArns: histories.slice(0, 20).map(({ rulesPackage }) => rulesPackage.arn),
          namePattern: 'Run*',
          states: ['COMPLETED', 'FAILED'],
          durationBetween: { from: 3600, to: 3600 },
        },
      },
    );
    expect(body.errors).toBeUndefined();
    expect(body.data.assessmentRuns).toMatchObject({
      totalCount: some.length,
      nodes: some
        .toReversed()
        .slice(0, 3)
        .map(({ run }) => ({ arn: run.arn })),
    });
  });
});
