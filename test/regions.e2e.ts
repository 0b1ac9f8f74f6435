import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AssessmentRunArn } from '../src/inspector/assessment-run-arn.js';
import { createAwsSource } from '../src/inspector/inspector-source.js';
import { createSdkInspectorApi } from '../src/inspector/sdk-inspector-api.js';
import { endAfterAll } from './helpers/cleanup.js';
import { detailsOf, runArn } from './helpers/runs.js';
import {
  answerLikeInspector,
  sendJson,
  startScriptedUpstream,
  type UpstreamCall,
} from './helpers/scripted-upstream.js';

const regions = ['us-east-1', 'eu-west-1', 'us-gov-west-1'];
const limits = { connectTimeoutMs: 1000, deadlineMs: 5000, maxAttempts: 1, concurrency: 10 };

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

/** As with AWS, but that each region's endpoint is one of ours. */
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
    const results = await createInspector().describeAssessmentRuns([...arns, arns[0] as AssessmentRunArn]);
    expect(results.map((run) => ('name' in run ? run.name : run))).toEqual(
      [...arns, runArn(0)].map((arn) => detailsOf(arn).name),
    );
    expect(calls.map(({ call }) => call.input.assessmentRunArns.length).sort()).toEqual([10, 10, 2, 2]);
    for (const { region, call } of calls) {
      expect(new Set(call.input.assessmentRunArns.map((arn: string) => arn.split(':')[3]))).toEqual(new Set([region]));
    }
  });

  test('no runs are no call', async () => {
    expect(await createInspector().describeAssessmentRuns([])).toEqual([]);
    expect(calls).toEqual([]);
  });

  test('the list goes through the regions one after the other, and ends with the last', async () => {
    const inspector = createInspector();
    const arns: string[] = [];
    let nextToken: string | null | undefined;
    do {
      const page = await inspector.listAssessmentRuns({ maxResults: 5, nextToken: nextToken ?? undefined });
      arns.push(...page.assessmentRunArns);
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
      await expect(createInspector().listAssessmentRuns({ maxResults: 5, nextToken })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        errorCode: 'INVALID_PAGINATION_TOKEN',
        canRetry: false,
      });
      expect(calls).toEqual([]);
    },
  );
});
