import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AssessmentRunArn } from '../src/inspector/inspector-arn.js';
import { createAwsSource, createEndpointSource } from '../src/inspector/sdk/inspector-source.js';
import { createSdkInspectorApi } from '../src/inspector/sdk/sdk-inspector-api.js';
import { endAfterAll } from './helpers/cleanup.js';
import { arnOf } from './helpers/entities.js';
import { createTestGraph } from './helpers/graph.js';
import { readAll } from './helpers/pages.js';
import { detailsOf, runArn } from './helpers/runs.js';
import {
  answerLikeInspector,
  sendJson,
  startScriptedUpstream,
  type UpstreamCall,
} from './helpers/scripted-upstream.js';

const regions = ['us-east-1', 'eu-west-1', 'us-gov-west-1'];
const limits = { connectTimeoutMs: 1000, deadlineMs: 5000, maxAttempts: 1, concurrency: 10 };

/** Operations whose lists are empty here, with the members that hold them. */
const EMPTY_LISTS: Record<string, string> = {
  ListAssessmentTemplates: 'assessmentTemplateArns',
  ListAssessmentTargets: 'assessmentTargetArns',
  ListRulesPackages: 'rulesPackageArns',
  ListFindings: 'findingArns',
  ListExclusions: 'exclusionArns',
  ListAssessmentRunAgents: 'assessmentRunAgents',
  ListTagsForResource: 'tags',
};

/** The calls of each region's endpoint, in their order. */
const calls: { region: string; call: UpstreamCall }[] = [];
const urls = new Map<string, string>();

beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  for (const [place, region] of regions.entries()) {
    // Two runs in every region but the second, which has none; in pages of one.
    const runs = place === 1 ? [] : [runArn(1, region), runArn(2, region)];
    const upstream = await startScriptedUpstream((call, response) => {
      calls.push({ region, call });
      const member = EMPTY_LISTS[call.operation];
      if (member !== undefined) return sendJson(response, 200, { [member]: [] });
      if (call.operation !== 'ListAssessmentRuns') return answerLikeInspector(call, response);
      const start = Number(call.input.nextToken ?? 0);
      const next = start + 1 < runs.length ? { nextToken: String(start + 1) } : {};
      return sendJson(response, 200, { assessmentRunArns: runs.slice(start, start + 1), ...next });
    });
    endAfterAll(upstream.stop);
    urls.set(region, upstream.url);
  }
});

beforeEach(() => {
  calls.length = 0;
});

/** As with AWS, but each region's endpoint is a scripted one. */
function createInspector() {
  const source = { ...createAwsSource(regions), endpointFor: (region: string) => urls.get(region) as string };
  const inspector = createSdkInspectorApi(source, limits);
  endAfterAll(async () => inspector.close());
  return inspector;
}

test("AWS's endpoints are those of its documentation, in both partitions", () => {
  const { endpointFor } = createAwsSource([]);
  expect(endpointFor('eu-north-1')).toBe('https://inspector.eu-north-1.amazonaws.com');
  expect(endpointFor('us-gov-east-1')).toBe('https://inspector.us-gov-east-1.amazonaws.com');
});

describe('With an endpoint for each region', () => {
  test("a run is asked for at its own region's, in a request that is signed for it", async () => {
    const inspector = createInspector();
    await inspector.getTelemetryMetadata(runArn(7, 'us-gov-west-1'));
    expect(calls.map(({ region }) => region)).toEqual(['us-gov-west-1']);
    expect(calls[0]?.call.headers.authorization).toMatch(
      /Credential=AKIDEXAMPLE\/\d{8}\/us-gov-west-1\/inspector\/aws4_request/,
    );
  });

  test('a Describe call holds runs of one region only, and the results come in the order asked', async () => {
    const arns = Array.from({ length: 24 }, (_, n) => runArn(n, regions[n % 2]));
    const results = await createInspector().describe('assessmentRun', [...arns, arns[0] as AssessmentRunArn]);
    expect(results.map((run) => ('name' in run ? run.name : run))).toEqual(
      [...arns, runArn(0)].map((arn) => detailsOf(arn).name),
    );
    expect(calls.map(({ call }) => call.input.assessmentRunArns.length).sort()).toEqual([10, 10, 2, 2]);
    for (const { region, call } of calls) {
      expect(new Set(call.input.assessmentRunArns.map((arn: string) => arn.split(':')[3]))).toEqual(new Set([region]));
    }
  });

  test('an empty list of runs costs no call', async () => {
    expect(await createInspector().describe('assessmentRun', [])).toEqual([]);
    expect(calls).toEqual([]);
  });

  test('the list pages through the regions one by one', async () => {
    const inspector = createInspector();
    const arns: string[] = [];
    let nextToken: string | null | undefined;
    do {
      const page = await inspector.list('assessmentRun', {
        criteria: {},
        maxResults: 5,
        nextToken: nextToken ?? undefined,
      });
      arns.push(...page.items);
      nextToken = page.nextToken;
    } while (nextToken !== null);
    expect(arns).toEqual(
      [1, 2].map((n) => runArn(n, 'us-east-1')).concat([1, 2].map((n) => runArn(n, 'us-gov-west-1'))),
    );
    expect(calls.map(({ region }) => region)).toEqual([
      'us-east-1',
      'us-east-1',
      'eu-west-1',
      'us-gov-west-1',
      'us-gov-west-1',
    ]);
  });

  test.each(['us-west-2 1', 'evil.invalid/# 1', 'nothing', ''])(
    'a token for %j is refused without a call',
    async (nextToken) => {
      await expect(
        createInspector().list('assessmentRun', { criteria: {}, maxResults: 5, nextToken }),
      ).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        errorCode: 'INVALID_PAGINATION_TOKEN',
        canRetry: false,
      });
      expect(calls).toEqual([]);
    },
  );
});

describe('A filter by region', () => {
  const LIST = `query ($regions: [String!], $first: Int, $after: String) {
    assessmentRuns(filter: { regions: $regions }, first: $first, after: $after) {
      nodes { arn } edges { cursor } totalCount pageInfo { hasNextPage endCursor }
    }
  }`;

  test.each([[['us-gov-west-1', 'us-east-1']], [['us-east-1', 'us-gov-west-1', 'us-east-1']]])(
    "of %j calls these regions' endpoints only, in the order of the gateway, and each cursor continues in its region",
    async (asked) => {
      const graph = createTestGraph(createInspector());
      const { nodes } = await readAll(
        async (after) => (await graph.query(LIST, { regions: asked, first: 1, after })).data.assessmentRuns,
      );
      expect(nodes.map(({ arn }) => arn)).toEqual(
        ['us-east-1', 'us-gov-west-1'].flatMap((region) => [1, 2].map((n) => runArn(n, region))),
      );
      expect(calls.map(({ region }) => region)).toEqual(['us-east-1', 'us-east-1', 'us-gov-west-1', 'us-gov-west-1']);
    },
  );

  test('is one page of them all, where it is large enough', async () => {
    const { data } = await createTestGraph(createInspector()).query(LIST, { regions: ['us-gov-west-1', 'us-east-1'] });
    expect(data.assessmentRuns).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: false } });
  });

  test.each([[['us-west-2']], [['us-east-1', 'eu-west-3']], [['evil.invalid/#']], [['']]])(
    'of %j, which the gateway does not list, is refused without a call',
    async (asked) => {
      const { errors } = await createTestGraph(createInspector()).query(LIST, { regions: asked });
      expect(errors).toHaveLength(1);
      expect(errors[0].message).toMatch(/^Expected regions among .*us-east-1, eu-west-1, us-gov-west-1/);
      expect(errors[0].extensions).toMatchObject({ code: 'INVALID_INPUT', errorCode: null, canRetry: false });
      expect(calls).toEqual([]);
    },
  );

  test('refuses a cursor of a region that it leaves out, without a call', async () => {
    const graph = createTestGraph(createInspector());
    const { data } = await graph.query(LIST, { regions: ['us-east-1'], first: 1 });
    calls.length = 0;
    const after = data.assessmentRuns.pageInfo.endCursor;
    const { errors } = await graph.query(LIST, { regions: ['us-gov-west-1'], after });
    expect(errors[0].extensions).toMatchObject({ code: 'INVALID_INPUT', errorCode: 'INVALID_PAGINATION_TOKEN' });
    expect(calls).toEqual([]);
  });

  test.each(['assessmentTemplates', 'assessmentTargets', 'rulesPackages'])('is one of %s as well', async (list) => {
    const { errors } = await createTestGraph(createInspector()).query(
      `{ ${list}(filter: { regions: ["eu-west-1"] }) { totalCount } }`,
    );
    expect(errors).toBeUndefined();
    expect(calls.map(({ region }) => region)).toEqual(['eu-west-1']);
  });
});

describe('A filter by ARNs', () => {
  const [east, gov] = ['us-east-1', 'us-gov-west-1'] as const;

  test('of templates asks the regions of the templates only, each for its own', async () => {
    const templateArns = [
      arnOf('assessmentTemplate', 1, gov),
      arnOf('assessmentTemplate', 2, east),
      arnOf('assessmentTemplate', 3, gov),
    ];
    await createTestGraph(createInspector()).query(
      'query ($templateArns: [ID!]) { assessmentRuns(filter: { templateArns: $templateArns }) { totalCount } }',
      { templateArns },
    );
    expect(new Map(calls.map(({ region, call }) => [region, call.input.assessmentTemplateArns]))).toEqual(
      new Map([
        [east, [templateArns[1]]],
        [gov, [templateArns[0], templateArns[2]]],
      ]),
    );
  });

  test('of templates and packages asks only where there are both', async () => {
    const filter = {
      templateArns: [arnOf('assessmentTemplate', 1, east), arnOf('assessmentTemplate', 2, 'eu-west-1')],
      rulesPackageArns: [arnOf('rulesPackage', 3, east), arnOf('rulesPackage', 4, gov)],
    };
    await createTestGraph(createInspector()).query(
      'query ($filter: AssessmentRunFilter) { assessmentRuns(filter: $filter, first: 2) { totalCount } }',
      { filter },
    );
    expect(calls.map(({ region, call: { input } }) => [region, input.filter, input.assessmentTemplateArns])).toEqual(
      Array(2).fill([east, { rulesPackageArns: [filter.rulesPackageArns[0]] }, [filter.templateArns[0]]]),
    );
  });

  test('of targets narrows the regions of templates', async () => {
    const targetArns = [arnOf('assessmentTarget', 1, gov)];
    await createTestGraph(createInspector()).query(
      'query ($targetArns: [ID!]) { assessmentTemplates(filter: { targetArns: $targetArns }) { totalCount } }',
      { targetArns },
    );
    expect(calls.map(({ region, call }) => [region, call.input.assessmentTargetArns])).toEqual([[gov, targetArns]]);
  });

  test('of other regions than the requested ones is an empty list, without a call', async () => {
    const { data, errors } = await createTestGraph(createInspector()).query(
      'query ($filter: AssessmentRunFilter) { assessmentRuns(filter: $filter) { nodes { arn } totalCount } }',
      { filter: { regions: [east], templateArns: [arnOf('assessmentTemplate', 1, gov)] } },
    );
    expect({ data, errors }).toEqual({ data: { assessmentRuns: { nodes: [], totalCount: 0 } }, errors: undefined });
    expect(calls).toEqual([]);
  });
});

describe('What belongs to a run', () => {
  test.each([
    ['findings { totalCount }', 'ListFindings'],
    ['exclusions { totalCount }', 'ListExclusions'],
    ['agents { totalCount }', 'ListAssessmentRunAgents'],
    ['tags { key }', 'ListTagsForResource'],
    ['telemetry { count }', 'GetTelemetryMetadata'],
    ['name', 'DescribeAssessmentRuns'],
  ])("%s is asked for at the run's own region, in a request that is signed for it", async (field, operation) => {
    const { errors } = await createTestGraph(createInspector()).query(
      `{ assessmentRun(arn: "${runArn(7, 'us-gov-west-1')}") { ${field} } }`,
    );
    expect(errors).toBeUndefined();
    expect(calls.map(({ region, call }) => [region, call.operation])).toEqual([['us-gov-west-1', operation]]);
    expect(calls[0]?.call.headers.authorization).toContain('/us-gov-west-1/inspector/aws4_request');
  });

  test('is found, whichever regions the runs are of', async () => {
    const arns = regions.map((region) => runArn(7, region));
    const { errors } = await createTestGraph(createInspector()).query(
      'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { findings { totalCount } } }',
      { arns },
    );
    expect(errors).toBeUndefined();
    expect(calls.map(({ region, call }) => [region, call.input.assessmentRunArns])).toEqual(
      regions.map((region, place) => [region, [arns[place]]]),
    );
  });
});

describe('With one endpoint for all regions', () => {
  let upstream: Awaited<ReturnType<typeof startScriptedUpstream>>;

  beforeAll(async () => {
    upstream = await startScriptedUpstream((call, response) => {
      const member = EMPTY_LISTS[call.operation];
      if (member !== undefined) return sendJson(response, 200, { [member]: [] });
      if (call.operation !== 'ListAssessmentRuns') return answerLikeInspector(call, response);
      const region = scopeOf(call) ?? 'us-west-2';
      const token = call.input.nextToken;
      const page = { assessmentRunArns: [runArn(token === undefined ? 1 : 2, region)] };
      return sendJson(response, 200, token === undefined ? { ...page, nextToken: 'more' } : page);
    });
    endAfterAll(upstream.stop);
  });

  /** The region that the request is signed for, or null. */
  function scopeOf({ headers: { authorization } }: UpstreamCall): string | null {
    return /\/\d{8}\/([a-z0-9-]+)\/inspector\/aws4_request/.exec(String(authorization))?.[1] ?? null;
  }

  function createEndpointGraph() {
    const inspector = createSdkInspectorApi(createEndpointSource(upstream.url), limits);
    endAfterAll(async () => inspector.close());
    upstream.calls.length = 0;
    return createTestGraph(inspector);
  }

  const LIST = `query ($filter: AssessmentRunFilter, $first: Int, $after: String) {
    assessmentRuns(filter: $filter, first: $first, after: $after) { nodes { arn } totalCount pageInfo { hasNextPage endCursor } }
  }`;

  test('a list of all is one request, which goes out unsigned', async () => {
    const { data } = await createEndpointGraph().query(LIST, { first: 1 });
    expect(data.assessmentRuns.nodes).toEqual([{ arn: runArn(1) }]);
    expect(upstream.calls.map((call) => call.headers.authorization)).toEqual([undefined]);
  });

  test('a list of some regions is a list for each, signed for it with nothing secret', async () => {
    const graph = createEndpointGraph();
    const filter = { regions: ['us-gov-west-1', 'eu-north-1'] };
    const { nodes } = await readAll(
      async (after) => (await graph.query(LIST, { filter, first: 1, after })).data.assessmentRuns,
    );
    expect(nodes.map(({ arn }) => arn)).toEqual(
      ['eu-north-1', 'us-gov-west-1'].flatMap((region) => [1, 2].map((n) => runArn(n, region))),
    );
    expect(upstream.calls.map(scopeOf)).toEqual(['eu-north-1', 'eu-north-1', 'us-gov-west-1', 'us-gov-west-1']);
    for (const call of upstream.calls) expect(call.headers.authorization).not.toContain('AKIDEXAMPLE');
  });

  test('a list of some regions holds the ARNs of each in its own request', async () => {
    const templateArns = ['eu-north-1', 'us-east-1'].map((region) => arnOf('assessmentTemplate', 1, region));
    const filter = { regions: ['us-east-1', 'us-east-2', 'eu-north-1'], templateArns };
    await createEndpointGraph().query(LIST, { filter });
    expect(new Map(upstream.calls.map((call) => [scopeOf(call), call.input.assessmentTemplateArns]))).toEqual(
      new Map([
        ['us-east-1', [templateArns[1]]],
        ['eu-north-1', [templateArns[0]]],
      ]),
    );
  });

  test('ARNs of any regions are one request where no regions are asked for', async () => {
    const templateArns = ['eu-north-1', 'us-east-1'].map((region) => arnOf('assessmentTemplate', 1, region));
    await createEndpointGraph().query(LIST, { filter: { templateArns }, first: 1 });
    expect(upstream.calls.map((call) => [scopeOf(call), call.input.assessmentTemplateArns])).toEqual([
      [null, templateArns],
    ]);
  });

  test('a region that Inspector Classic never had is refused without a call', async () => {
    const { errors } = await createEndpointGraph().query(LIST, { filter: { regions: ['eu-west-3'] } });
    expect(errors[0].extensions).toMatchObject({ code: 'INVALID_INPUT', errorCode: null, canRetry: false });
    expect(upstream.calls).toEqual([]);
  });

  test('requests for items of a run are unsigned, also beside a list of regions', async () => {
    const { errors } = await createEndpointGraph().query(`{
      assessmentRuns(filter: { regions: ["eu-north-1"] }) {
        nodes {
          name telemetry { count } findings { totalCount } agents { totalCount } exclusions { totalCount } tags { key }
        }
      }
    }`);
    expect(errors).toBeUndefined();
    const signed = upstream.calls.filter((call) => scopeOf(call) !== null);
    expect(new Set(signed.map(({ operation }) => operation))).toEqual(new Set(['ListAssessmentRuns']));
    expect(new Set(upstream.calls.map(({ operation }) => operation)).size).toBe(7);
  });
});
