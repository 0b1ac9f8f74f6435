import type * as sdk from '@aws-sdk/client-inspector';
import {
  paginateListAssessmentRunAgents,
  paginateListAssessmentRuns,
  paginateListAssessmentTargets,
  paginateListAssessmentTemplates,
  paginateListExclusions,
  paginateListFindings,
  paginateListRulesPackages,
} from '@aws-sdk/client-inspector';
import { describe, expect, test } from '@jest/globals';
import { engines, openEmptyArchive } from './helpers/archives.js';
import { createClient, createUnsignedClient } from './helpers/aws-client.js';
import { call, importRecords, startEndpoint } from './helpers/endpoint.js';
import type { Json } from './helpers/gateway.js';
import { createHistory, type History, type Structure, toLines, toRecords } from './helpers/histories.js';

/** Histories from one number to another one, each in one of two regions. */
function createHistories(from: number, to: number) {
  return Array.from({ length: to - from + 1 }, (_, place) =>
    createHistory(from + place, { region: (from + place) % 2 === 0 ? 'eu-west-1' : 'us-west-2' }),
  );
}

/** All that belongs to a run, so many of each: agents, findings and exclusions. */
function createCrowd(run: Structure, from: number, to: number): string {
  const { agent, finding, exclusion } = createHistory(1);
  const numbers = Array.from({ length: to - from + 1 }, (_, place) => from + place);
  const findings = numbers.map((number) => ({ ...finding, arn: `${run.arn}/finding/0-F${number}` }));
  const exclusions = numbers.map((number) => ({ ...exclusion, arn: `${run.arn}/exclusion/0-E${number}` }));
  const agents = numbers.map((number) => ({ ...agent, assessmentRunArn: run.arn, agentId: `i-${number}` }));
  return toLines([
    { assessmentRunAgents: agents },
    { findings, failedItems: {} },
    { exclusions: Object.fromEntries(exclusions.map((one) => [one.arn, one])), failedItems: {} },
  ]);
}

type Paginate = (configuration: { client: sdk.InspectorClient; pageSize: number }, input: Json) => AsyncIterable<Json>;

/** A list, the member of its pages, its input for a run, and how its items are told apart. */
const lists: [string, Paginate, string, (run: Structure) => object, (item: Json) => string][] = [
  ['ListAssessmentRuns', paginateListAssessmentRuns, 'assessmentRunArns', () => ({}), String],
  [
    'ListAssessmentRuns with a filter',
    paginateListAssessmentRuns,
    'assessmentRunArns',
    () => ({ filter: { namePattern: 'Run *', states: ['COMPLETED', 'FAILED'] } }),
    String,
  ],
  ['ListAssessmentTargets', paginateListAssessmentTargets, 'assessmentTargetArns', () => ({}), String],
  ['ListAssessmentTemplates', paginateListAssessmentTemplates, 'assessmentTemplateArns', () => ({}), String],
  ['ListRulesPackages', paginateListRulesPackages, 'rulesPackageArns', () => ({}), String],
  ['ListFindings', paginateListFindings, 'findingArns', () => ({}), String],
  [
    'ListFindings of a run and a severity',
    paginateListFindings,
    'findingArns',
    ({ arn }) => ({ assessmentRunArns: [arn], filter: { severities: ['High', 'Low'] } }),
    String,
  ],
  [
    'ListFindings with an attribute',
    paginateListFindings,
    'findingArns',
    () => ({ filter: { attributes: [{ key: 'package_name' }] } }),
    String,
  ],
  ['ListExclusions', paginateListExclusions, 'exclusionArns', ({ arn }) => ({ assessmentRunArn: arn }), String],
  [
    'ListAssessmentRunAgents',
    paginateListAssessmentRunAgents,
    'assessmentRunAgents',
    ({ arn }) => ({ assessmentRunArn: arn }),
    (agent) => agent.agentId,
  ],
];

describe.each(engines)('Pages over $name', (engine) => {
  /** One for the archive that the tests have in turn. */
  let endpoint: Awaited<ReturnType<typeof startEndpoint>> | undefined;

  async function startWith(records: string) {
    const { url: archiveUrl } = await openEmptyArchive(engine);
    await importRecords(archiveUrl, records);
    endpoint ??= await startEndpoint(archiveUrl);
    return { archiveUrl, url: endpoint.url };
  }

  test.each(lists)('of %s have all items in the same order, whatever their size', async (...row) => {
    const [, paginate, member, toInput, toKey] = row;
    const histories = createHistories(1, 5);
    const [first] = histories as [ReturnType<typeof createHistory>];
    const { url } = await startWith(histories.map(toRecords).join('') + createCrowd(first.run, 1, 120));
    const client = createUnsignedClient(url);
    const seen: string[][] = [];
    for (const pageSize of [3, 100, 500]) {
      const pages: string[][] = [];
      for await (const page of paginate({ client, pageSize }, toInput(first.run))) pages.push(page[member].map(toKey));
      const keys = pages.flat();
      expect(new Set(keys).size).toBe(keys.length);
      // No list of ARNs is longer than the API's type for it; that of agents may be.
      const most = Math.min(pageSize, member === 'assessmentRunAgents' ? 500 : 100);
      expect(pages.map((page) => page.length)).toEqual(
        pages.map((_, place) => Math.min(most, keys.length - place * most)),
      );
      seen.push(keys);
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    expect(seen[0]?.length).toBeGreaterThanOrEqual(5);
  });

  test.each(lists)('of %s give each item once while an import goes on', async (...row) => {
    const [, paginate, member, toInput, toKey] = row;
    const histories = createHistories(1, 6);
    const [{ run }] = histories as [ReturnType<typeof createHistory>];
    const { archiveUrl, url } = await startWith(histories.map(toRecords).join('') + createCrowd(run, 1, 6));
    const client = createUnsignedClient(url);
    const before: string[] = [];
    for await (const page of paginate({ client, pageSize: 100 }, toInput(run))) before.push(...page[member].map(toKey));
    const seen: string[] = [];
    let number = 0;
    for await (const page of paginate({ client, pageSize: 2 }, toInput(run))) {
      seen.push(...page[member].map(toKey));
      if (number >= 4) continue;
      number += 1;
      // New ones, and a newer state of one that was listed and of one that was not.
      const newer = [histories[0], histories[5]].map((history) => ({
        ...history?.run,
        state: 'FAILED',
        stateChangedAt: 1_600_000_000 + number,
      }));
      await importRecords(
        archiveUrl,
        toLines([{ assessmentRuns: newer, failedItems: {} }]) +
          createHistories(6 + number, 6 + number)
            .map(toRecords)
            .join('') +
          createCrowd(run, 6 + number, 6 + number),
      );
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.slice(0, before.length)).toEqual(before);
    // What came before the last page was read is there as well.
    expect(seen.length).toBeGreaterThanOrEqual(before.length + 3);
  });

  test('of one region and of some rules packages give each run once while an import brings further templates', async () => {
    const histories = createHistories(1, 12);
    const { archiveUrl, url } = await startWith(histories.slice(0, 6).map(toRecords).join(''));
    const client = createClient(url, 'us-west-2');
    const filter = { rulesPackageArns: histories.map(({ rulesPackage }) => rulesPackage.arn as string) };
    const seen: string[] = [];
    let number = 6;
    for await (const page of paginateListAssessmentRuns({ client, pageSize: 1 }, { filter })) {
      seen.push(...(page.assessmentRunArns ?? []));
      const added = histories.slice(number, number + 2);
      number += 2;
      if (added.length > 0) await importRecords(archiveUrl, added.map(toRecords).join(''));
    }
    const here = histories.filter(({ run }) => run.arn.includes(':us-west-2:'));
    expect(seen).toEqual(here.map(({ run }) => run.arn));
  });

  test('go on after a restart, and at another replica', async () => {
    const histories = createHistories(1, 5);
    const first = await startWith(histories.map(toRecords).join(''));
    const input = { maxResults: 2, filter: { states: ['COMPLETED'] } };
    const { body: page } = await call(first.url, 'ListAssessmentRuns', input);
    await endpoint?.kill();
    endpoint = await startEndpoint(first.archiveUrl);
    const replica = await startEndpoint(first.archiveUrl);
    const next = { ...input, nextToken: page.nextToken };
    const { body } = await call(endpoint.url, 'ListAssessmentRuns', next);
    expect([...page.assessmentRunArns, ...body.assessmentRunArns]).toEqual(
      histories.slice(0, 4).map(({ run }) => run.arn),
    );
    expect((await call(replica.url, 'ListAssessmentRuns', next)).body).toEqual(body);
  });

  test('may change their size from one to the next', async () => {
    const histories = createHistories(1, 5);
    const { url } = await startWith(histories.map(toRecords).join(''));
    const { body: page } = await call(url, 'ListAssessmentRuns', { maxResults: 1 });
    const { body } = await call(url, 'ListAssessmentRuns', { maxResults: 500, nextToken: page.nextToken });
    expect(body).toEqual({ assessmentRunArns: histories.slice(1).map(({ run }) => run.arn) });
  });

  test('have tokens of 300 characters at most, good for their own query only', async () => {
    const histories = createHistories(1, 4);
    const [first, second] = histories as [ReturnType<typeof createHistory>, ReturnType<typeof createHistory>];
    const { url } = await startWith(histories.map(toRecords).join('') + createCrowd(first.run, 1, 3));
    const list = async (operation: string, input: object, region?: string) =>
      (await call(url, operation, { maxResults: 1, ...input }, region)).body;
    const { nextToken } = await list('ListAssessmentRuns', {});
    expect(nextToken.length).toBeLessThanOrEqual(300);
    const ofExclusions = await list('ListExclusions', { assessmentRunArn: first.run.arn });
    const tampered = Buffer.from(nextToken, 'base64url').map((byte, place) => (place === 0 ? byte ^ 1 : byte));
    const refused: [string, object, string?][] = [
      ['ListAssessmentRuns', { nextToken, filter: { states: ['COMPLETED'] } }],
      ['ListAssessmentRuns', { nextToken, filter: { namePattern: '*' } }],
      ['ListAssessmentRuns', { nextToken, assessmentTemplateArns: [first.template.arn] }],
      ['ListAssessmentRuns', { nextToken }, 'us-west-2'],
      ['ListAssessmentTemplates', { nextToken }],
      ['ListFindings', { nextToken }],
      ['ListRulesPackages', { nextToken }],
      ['ListExclusions', { assessmentRunArn: first.run.arn, nextToken }],
      ['ListExclusions', { assessmentRunArn: second.run.arn, nextToken: ofExclusions.nextToken }],
      ['ListAssessmentRunAgents', { assessmentRunArn: first.run.arn, nextToken: ofExclusions.nextToken }],
      ['ListAssessmentRuns', { nextToken: `${nextToken}=` }],
      ['ListAssessmentRuns', { nextToken: `${nextToken}A` }],
      ['ListAssessmentRuns', { nextToken: nextToken.toLowerCase() }],
      ['ListAssessmentRuns', { nextToken: Buffer.from(tampered).toString('base64url') }],
      ['PreviewAgents', { previewAgentsArn: first.target.arn, nextToken }],
    ];
    for (const [operation, input, region] of refused) {
      expect(await list(operation, input, region)).toMatchObject({ errorCode: 'INVALID_PAGINATION_TOKEN' });
    }
    // In what is absent, empty or null there is no difference.
    expect(
      await list('ListAssessmentRuns', { nextToken, filter: { states: [] }, assessmentTemplateArns: null }),
    ).toEqual(await list('ListAssessmentRuns', { nextToken }));
  });

  test('go on with the same values in another order, and with some of them twice', async () => {
    const withAttributes = (history: History) => ({
      ...history,
      finding: {
        ...history.finding,
        userAttributes: [{ key: 'team', value: 'a' }],
        assetAttributes: { ...history.finding.assetAttributes, autoScalingGroup: 'group' },
      },
    });
    const [first, second, third] = [1, 2, 3].map((number) => createHistory(number)) as [History, History, History];
    const histories = [first, second, third].map(withAttributes);
    const { url } = await startWith(histories.map(toRecords).join('') + createCrowd(first.run, 1, 3));
    /** Operation, and the same list twice: with its values once, and in another order. */
    const sameLists: [string, object, object][] = [
      ...(
        [
          ['ListAssessmentRuns', 'assessmentTemplateArns', first.template.arn, second.template.arn],
          ['ListAssessmentTemplates', 'assessmentTargetArns', first.target.arn, second.target.arn],
          ['ListFindings', 'assessmentRunArns', first.run.arn, second.run.arn],
        ] as const
      ).map(([operation, member, one, other]): [string, object, object] => [
        operation,
        { [member]: [one, other] },
        { [member]: [other, one, other] },
      ]),
      ...(
        [
          ['ListAssessmentRuns', 'states', 'COMPLETED', 'FAILED'],
          ['ListAssessmentRuns', 'rulesPackageArns', first.rulesPackage.arn, second.rulesPackage.arn],
          ['ListAssessmentTemplates', 'rulesPackageArns', first.rulesPackage.arn, second.rulesPackage.arn],
          ['ListFindings', 'agentIds', 'i-1', 'i-2'],
          ['ListFindings', 'autoScalingGroups', 'group', 'another'],
          ['ListFindings', 'ruleNames', 'CVE-2016-0001', 'CVE-2016-0002'],
          ['ListFindings', 'severities', 'High', 'Low'],
          ['ListFindings', 'rulesPackageArns', first.rulesPackage.arn, second.rulesPackage.arn],
          ['ListFindings', 'attributes', { key: 'package_name', value: 'openssl' }, { key: 'a' }],
          ['ListFindings', 'userAttributes', { key: 'team', value: 'a' }, { key: 'team', value: 'b' }],
        ] as const
      ).map(([operation, member, one, other]): [string, object, object] => [
        operation,
        { filter: { [member]: [one, other] } },
        { filter: { [member]: [other, one, other] } },
      ]),
      [
        'ListFindings',
        { filter: { attributes: [{ key: 'package_name' }] } },
        { filter: { attributes: [{ value: null, key: 'package_name' }], userAttributes: [] } },
      ],
      [
        'ListAssessmentRunAgents',
        {
          assessmentRunArn: first.run.arn,
          filter: { agentHealths: ['HEALTHY', 'UNKNOWN'], agentHealthCodes: ['RUNNING', 'IDLE'] },
        },
        {
          assessmentRunArn: first.run.arn,
          filter: { agentHealths: ['UNKNOWN', 'HEALTHY'], agentHealthCodes: ['IDLE', 'IDLE', 'RUNNING'] },
        },
      ],
    ];
    for (const [operation, input, same] of sameLists) {
      const { nextToken } = (await call(url, operation, { ...input, maxResults: 1 })).body;
      const { body } = await call(url, operation, { ...input, nextToken });
      expect([operation, input, body]).toEqual([
        operation,
        input,
        (await call(url, operation, { ...same, nextToken })).body,
      ]);
      expect([operation, input, nextToken, body.__type]).toEqual([operation, input, expect.any(String), undefined]);
    }
    const attributes = [{ key: 'package_name' }];
    const { nextToken } = (await call(url, 'ListFindings', { maxResults: 1, filter: { attributes } })).body;
    const narrower = { attributes: [{ key: 'package_name', value: 'openssl' }] };
    expect((await call(url, 'ListFindings', { nextToken, filter: narrower })).body.errorCode).toBe(
      'INVALID_PAGINATION_TOKEN',
    );
  });
});
