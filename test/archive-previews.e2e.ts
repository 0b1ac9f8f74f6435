import * as sdk from '@aws-sdk/client-inspector';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { engines } from './helpers/archives.js';
import { createClient, createUnsignedClient } from './helpers/aws-client.js';
import { call, importRecords, startEndpoint } from './helpers/endpoint.js';
import { createHistory, toLines, toRecords } from './helpers/histories.js';

const here = createHistory(1);
const elsewhere = createHistory(2, { region: 'eu-west-1' });
/** A target and a template that nothing but previews and subscriptions names. */
const named = createHistory(3);
const unknown = createHistory(4);

const token = '148256d2-8f8b-4a14-a9ae-a0a7ea5b3a4c';
const otherToken = '00000000-8f8b-4a14-a9ae-a0a7ea5b3a4c';

const agentPreviews = [1, 2, 3].map((number) => ({ hostname: `host-${number}`, agentId: `i-${number}` }));
const otherPreview = { agentId: 'i-1', agentHealth: 'UNHEALTHY', further: { kept: 'as it is' } };
const exclusionPreviews = [1, 2].map((number) => ({
  title: `Preview ${number}`,
  description: 'It would be left out.',
  recommendation: 'Take it in.',
  scopes: [{ key: 'INSTANCE_ID', value: `i-${number}` }],
}));
const subscription = (resourceArn: string, topic: string, ...events: string[]) => ({
  resourceArn,
  topicArn: `arn:aws:sns:us-west-2:123456789012:${topic}`,
  eventSubscriptions: events.map((event, place) => ({ event, subscribedAt: 1_459_455_440.867 + place })),
});
const subscriptions = [
  subscription(here.template.arn, 'one', 'ASSESSMENT_RUN_COMPLETED', 'FINDING_REPORTED'),
  subscription(named.template.arn, 'one', 'OTHER'),
  subscription(here.template.arn, 'two', 'ASSESSMENT_RUN_STARTED'),
];
const subscriptionElsewhere = subscription(elsewhere.template.arn, 'one', 'OTHER');

const records = toLines([
  ...[
    { previewAgentsArn: here.target.arn, agentPreviews },
    { previewAgentsArn: named.target.arn, agentPreviews: [otherPreview] },
  ].map(({ previewAgentsArn, ...output }) => ({ operation: 'PreviewAgents', input: { previewAgentsArn }, output })),
  ...[
    { template: here.template, previewToken: token, previews: exclusionPreviews },
    { template: here.template, previewToken: otherToken, previews: exclusionPreviews.slice(1) },
    { template: named.template, previewToken: token, previews: exclusionPreviews.slice(0, 1) },
  ].map(({ template, previewToken, previews }) => ({
    operation: 'GetExclusionsPreview',
    input: { assessmentTemplateArn: template.arn, previewToken },
    output: { previewStatus: 'COMPLETED', exclusionPreviews: previews },
  })),
  {
    operation: 'ListEventSubscriptions',
    input: {},
    output: { subscriptions: [...subscriptions, subscriptionElsewhere] },
  },
]);
const role = { roleArn: 'arn:aws:iam::123456789012:role/inspector', valid: true, registeredAt: 1_458_069_182.826 };
const roleOfOther = { roleArn: 'arn:aws:iam::999999999999:role/inspector', registeredAt: role.registeredAt + 1 };
const toRoleRecord = (output: object) => ({ operation: 'DescribeCrossAccountAccessRole', input: {}, output });

/** A list as an AWS SDK pages through it, and as its pages are long. */
async function paginate(client: sdk.InspectorClient, operation: string, input: object, member: string, size: number) {
  const pages: unknown[][] = [];
  // biome-ignore lint/suspicious/noExplicitAny: known by its name
  for await (const page of (sdk as any)[`paginate${operation}`]({ client, pageSize: size }, { ...input })) {
    pages.push(page[member]);
  }
  return { items: pages.flat(), sizes: pages.map((page) => page.length) };
}

describe.each(engines)('What was imported into $name and belongs to no run', (engine) => {
  let url: string;
  beforeAll(async () => {
    const archiveUrl = await engine.createUrl();
    await importRecords(archiveUrl, [here, elsewhere].map(toRecords).join('') + records);
    await importRecords(archiveUrl, toLines([toRoleRecord(role)]));
    ({ url } = await startEndpoint(archiveUrl));
  });

  const askFor = (operation: string, input: object, region?: string) => call(url, operation, input, region);

  test('is answered by PreviewAgents for its target, in the order of the import', async () => {
    const input = { previewAgentsArn: here.target.arn };
    expect((await askFor('PreviewAgents', input)).body).toEqual({ agentPreviews });
    expect((await askFor('PreviewAgents', input, 'us-west-2')).body).toEqual({ agentPreviews });
  });

  test('is answered by PreviewAgents for a target that only its previews name', async () => {
    const input = { previewAgentsArn: named.target.arn };
    expect((await askFor('PreviewAgents', input, 'us-west-2')).body).toEqual({ agentPreviews: [otherPreview] });
    expect((await askFor('PreviewAgents', input, 'eu-west-1')).body).toMatchObject({
      errorCode: 'ASSESSMENT_TARGET_DOES_NOT_EXIST',
    });
  });

  test('is answered by GetExclusionsPreview for its template and token', async () => {
    const get = async (assessmentTemplateArn: string, previewToken: string) =>
      (await askFor('GetExclusionsPreview', { assessmentTemplateArn, previewToken, locale: 'EN_US' })).body;
    const toOutput = (previews: readonly object[]) => ({ previewStatus: 'COMPLETED', exclusionPreviews: previews });
    expect(await get(here.template.arn, token)).toEqual(toOutput(exclusionPreviews));
    expect(await get(here.template.arn, otherToken)).toEqual(toOutput(exclusionPreviews.slice(1)));
    expect(await get(named.template.arn, token)).toEqual(toOutput(exclusionPreviews.slice(0, 1)));
    expect(await get(named.template.arn, otherToken)).toEqual(toOutput([]));
    expect(await get(unknown.template.arn, token)).toMatchObject({ errorCode: 'ASSESSMENT_TEMPLATE_DOES_NOT_EXIST' });
  });

  test('is answered by ListEventSubscriptions for a template, for a region, or for all', async () => {
    const list = async (input: object, region?: string) =>
      (await askFor('ListEventSubscriptions', input, region)).body.subscriptions;
    expect(await list({ resourceArn: here.template.arn })).toEqual([subscriptions[0], subscriptions[2]]);
    expect(await list({ resourceArn: named.template.arn }, 'us-west-2')).toEqual([subscriptions[1]]);
    expect(await list({}, 'us-west-2')).toEqual(subscriptions);
    expect(await list({}, 'eu-west-1')).toEqual([subscriptionElsewhere]);
    expect(await list({})).toEqual([...subscriptions, subscriptionElsewhere]);
  });

  test.each<[string, object, string, readonly object[], number[]]>([
    ['PreviewAgents', { previewAgentsArn: here.target.arn }, 'agentPreviews', agentPreviews, [2, 1]],
    ['ListEventSubscriptions', {}, 'subscriptions', [...subscriptions, subscriptionElsewhere], [2, 2]],
    [
      'GetExclusionsPreview',
      { assessmentTemplateArn: here.template.arn, previewToken: token },
      'exclusionPreviews',
      exclusionPreviews,
      [2],
    ],
  ])('comes in pages of any size from %s', async (operation, input, member, items, sizesOfTwo) => {
    const client = createUnsignedClient(url);
    const inWire = (list: unknown) => JSON.parse(JSON.stringify(list));
    for (const size of [1, 2, 500]) {
      const paged = await paginate(client, operation, input, member, size);
      if (operation !== 'ListEventSubscriptions') expect(inWire(paged.items)).toMatchObject(inWire(items));
      expect(paged.items).toHaveLength(items.length);
      if (size === 2) expect(paged.sizes).toEqual(sizesOfTwo);
    }
  });

  test.each<[string, object, object]>([
    ['PreviewAgents', { previewAgentsArn: here.target.arn }, { previewAgentsArn: named.target.arn }],
    ['ListEventSubscriptions', {}, { resourceArn: here.template.arn }],
    [
      'GetExclusionsPreview',
      { assessmentTemplateArn: here.template.arn, previewToken: token },
      { assessmentTemplateArn: here.template.arn, previewToken: otherToken },
    ],
  ])('goes on in %s with a token of the same query only', async (operation, input, other) => {
    const { nextToken } = (await askFor(operation, { ...input, maxResults: 1 })).body;
    expect((await askFor(operation, { ...input, nextToken })).status).toBe(200);
    expect((await askFor(operation, { ...other, nextToken })).body).toMatchObject({
      __type: 'InvalidInputException',
      errorCode: 'INVALID_PAGINATION_TOKEN',
    });
  });

  test('has the one role of DescribeCrossAccountAccessRole for every caller', async () => {
    expect((await askFor('DescribeCrossAccountAccessRole', {})).body).toEqual(role);
    expect((await askFor('DescribeCrossAccountAccessRole', {}, 'eu-west-1')).body).toEqual(role);
    const answer = await createClient(url).send(new sdk.DescribeCrossAccountAccessRoleCommand({}));
    expect(answer).toMatchObject({ ...role, registeredAt: new Date(role.registeredAt * 1000) });
  });

  test('does not guess which of several roles is meant', async () => {
    const archiveUrl = await engine.createUrl();
    await importRecords(archiveUrl, toLines([role, roleOfOther].map(toRoleRecord)));
    const { url: urlOfSeveral } = await startEndpoint(archiveUrl);
    for (const region of [undefined, 'us-west-2']) {
      expect(await call(urlOfSeveral, 'DescribeCrossAccountAccessRole', {}, region)).toMatchObject({
        status: 500,
        body: {
          __type: 'InternalException',
          canRetry: false,
          message: `The archive has several cross-account access roles, such as ${role.roleArn} and ${roleOfOther.roleArn}, and nothing says which is meant.`,
        },
      });
    }
  });
});
