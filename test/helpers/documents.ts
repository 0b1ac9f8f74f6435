import fc from 'fast-check';
import { toIso } from './histories.js';

/*
 * Documents of every kind as they may be: each with any of its members, and with values that nobody expected. What a
 * document says is kept apart from how a client prints it.
 */

/** What a member says, whatever way it is printed. */
export type Value =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'word'; readonly text: string }
  | { readonly type: 'number'; readonly number: number }
  | { readonly type: 'flag'; readonly flag: boolean }
  | { readonly type: 'time'; readonly seconds: number }
  | { readonly type: 'nothing' }
  | { readonly type: 'other'; readonly json: unknown }
  | { readonly type: 'list'; readonly items: readonly Value[] }
  | Structure;

/** Members by their names in the API, and further ones that the API does not have. */
interface Structure {
  readonly type: 'structure';
  readonly members: Readonly<Record<string, Value>>;
  readonly further: Readonly<Record<string, unknown>>;
}

/** How a client prints. */
export interface Client {
  toName(name: string): string;
  toTime(seconds: number): unknown;
  toWord(word: string): unknown;
  toNumber(number: number): unknown;
  toFlag(flag: boolean): unknown;
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const toMs = (seconds: number) => Math.round(seconds * 1000);
const isoOf = (seconds: number) => new Date(toMs(seconds)).toISOString();

/** Any client; times without an offset are in UTC. */
export const client: fc.Arbitrary<Client> = fc.record({
  toName: fc.constantFrom(
    (name: string) => name,
    (name: string) => name.charAt(0).toUpperCase() + name.slice(1),
    snake,
  ),
  toTime: fc.constantFrom<Client['toTime'][]>(
    (seconds) => seconds,
    String,
    toMs,
    (seconds) => String(toMs(seconds)),
    isoOf,
    toIso('T', 345),
    toIso(' ', -420),
    (seconds) => isoOf(seconds).replace('Z', ''),
    (seconds) => isoOf(seconds).replace('T', ' ').replace('Z', ' UTC'),
    (seconds) => `/Date(${toMs(seconds)})/`,
    (seconds) => ({ $date: isoOf(seconds) }),
    (seconds) => ({ $date: { $numberLong: String(toMs(seconds)) } }),
    (seconds) => ({ value: `/Date(${toMs(seconds)})/`, DisplayHint: 2, DateTime: 'a day' }),
  ),
  toWord: fc.constantFrom<Client['toWord'][]>(
    (word) => word,
    (word) => ({ Value: word }),
    (word) => ({ value: word }),
  ),
  toNumber: fc.constantFrom<Client['toNumber'][]>((number) => number, JSON.stringify),
  toFlag: fc.constantFrom<Client['toFlag'][]>(
    (flag) => flag,
    String,
    (flag) => (flag ? 'True' : 'False'),
  ),
});

/** The value as this client prints it. */
export function print(value: Value, by: Client): unknown {
  switch (value.type) {
    case 'text':
      return value.text;
    case 'word':
      return by.toWord(value.text);
    case 'number':
      return by.toNumber(value.number);
    case 'flag':
      return by.toFlag(value.flag);
    case 'time':
      return by.toTime(value.seconds);
    case 'nothing':
      return null;
    case 'other':
      return value.json;
    case 'list':
      return value.items.map((item) => print(item, by));
    case 'structure': {
      const members = Object.entries(value.members).map(([name, member]) => [by.toName(name), print(member, by)]);
      return { ...Object.fromEntries(members), ...value.further };
    }
  }
}

/** What the archive has to give back. */
export function toCanonical(value: Value): unknown {
  if (value.type === 'list') return value.items.map(toCanonical);
  if (value.type === 'structure') {
    const members = Object.entries(value.members).filter(([, member]) => member.type !== 'nothing');
    return { ...Object.fromEntries(members.map(([name, member]) => [name, toCanonical(member)])), ...value.further };
  }
  const plain: Client = {
    toName: (name) => name,
    toTime: (seconds) => seconds,
    toWord: (word) => word,
    toNumber: (number) => number,
    toFlag: (flag) => flag,
  };
  return print(value, plain);
}

/** Text that JSON can hold; PostgreSQL has none with U+0000. */
const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }) },
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\0', '')),
  fc.constantFrom('', '\ufeff', '{"arn":1}', '[]', 'null', 'x'.repeat(3000), '漢字 – “é” ✓ 😀', '2016-03-22T20:56:10Z'),
);
const text = anyText.map((value): Value => ({ type: 'text', text: value }));
const word = (...known: string[]) =>
  fc
    .oneof(fc.constantFrom(...known), fc.constantFrom('SOMETHING_NEW', 'high', ''))
    .map((value): Value => ({ type: 'word', text: value }));
const integer = fc
  .oneof(fc.nat({ max: 100_000 }), fc.maxSafeInteger(), fc.constantFrom(2 ** 31, Number.MAX_SAFE_INTEGER))
  .map((number): Value => ({ type: 'number', number }));
const amount = fc
  .oneof(fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER))
  .map((number): Value => ({ type: 'number', number }));
const decimal = fc
  .double({ min: -1e15, max: 1e15, noNaN: true })
  .map((number): Value => ({ type: 'number', number: number === 0 ? 0 : number }));
const flag = fc.boolean().map((value): Value => ({ type: 'flag', flag: value }));
const time = fc
  .integer({ min: Date.UTC(2015, 0), max: Date.UTC(2027, 0) - 1 })
  .map((ms): Value => ({ type: 'time', seconds: ms / 1000 }));
const constant = (value: string) => fc.constant<Value>({ type: 'text', text: value });

function list(item: fc.Arbitrary<Value>, maxLength = 3): fc.Arbitrary<Value> {
  return fc
    .oneof({ weight: 9, arbitrary: fc.array(item, { maxLength }) }, fc.array(item, { minLength: 60, maxLength: 60 }))
    .map((items) => ({ type: 'list', items }));
}

/** What the API does not have, and is no entity by itself. */
const furtherValue = fc.oneof(
  fc
    .jsonValue({ maxDepth: 2 })
    .filter((value) => !/e\+|\d{17}|__proto__/.test(JSON.stringify(value)))
    // JSON has no -0.
    .map((value) => JSON.parse(JSON.stringify(value))),
  fc.constantFrom<unknown>(null, [], {}, { Arn: 'x' }, [{ findingArns: [] }], { tags: null }, '{"a":1}'),
);
const further = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  fc.dictionary(fc.constantFrom('further', 'Further_More', 'X-1', '0', 'toString', 'input', 'output'), furtherValue, {
    maxKeys: 3,
  }),
);

type Members = Record<string, fc.Arbitrary<Value>>;

/** A structure that has the required members, and any of the optional ones; what is null says nothing. */
function structure(required: Members, optional: Members, hasFurther = true): fc.Arbitrary<Structure> {
  const nothing = fc.constant<Value>({ type: 'nothing' });
  const maybe = Object.entries(optional).map(([name, value]) => [
    name,
    fc.oneof({ weight: 6, arbitrary: value }, nothing),
  ]);
  return fc.record({
    type: fc.constant('structure' as const),
    members: fc.record(
      { ...required, ...Object.fromEntries(maybe) },
      { requiredKeys: Object.keys(required) },
    ) as fc.Arbitrary<Record<string, Value>>,
    further: hasFurther ? further : fc.constant({}),
  });
}

const attribute = structure({ key: text }, { value: text });
const attributes = list(attribute);
const state = word('CREATED', 'COMPLETED', 'FAILED');
const scope = structure({}, { key: word('INSTANCE_ID', 'RULES_PACKAGE_ARN'), value: text });
const telemetryRow = structure({ count: amount, messageType: text }, { dataSize: amount });
const exclusionMembers = {
  title: text,
  description: text,
  recommendation: text,
  scopes: list(scope),
  attributes,
};
const findingCounts = fc
  .dictionary(fc.constantFrom('High', 'Low', 'Medium', 'Informational', 'Undefined', 'Critical'), fc.nat())
  .map((json): Value => ({ type: 'other', json }));

const INSPECTOR = 'arn:aws:inspector:us-west-2:123456789012';
const TARGET = `${INSPECTOR}:target/0-T0000001`;
const TEMPLATE = `${TARGET}/template/0-L0000001`;
/** What the documents below belong to. */
export const RUN = `${TEMPLATE}/run/0-R0000001`;
const TOKEN = '01234567-89ab-cdef-0123-456789abcdef';

/** A kind of document: what there is of it, where an operation puts it, and what it belongs to. */
export interface Kind {
  readonly value: fc.Arbitrary<Value>;
  readonly operation: string;
  readonly member: string;
  readonly placed: 'in a list' | 'in a map' | 'as the member' | 'as the output';
  /** The input that names it, or what it belongs to. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Whether it says itself what it is. */
  readonly hasIdentity: boolean;
}

function described(operation: string, member: string, input: string, arn: string, optional: Members): Kind {
  return {
    value: structure({ arn: constant(arn) }, optional),
    operation,
    member,
    placed: member === 'exclusions' ? 'in a map' : 'in a list',
    input: { [input]: [arn] },
    hasIdentity: true,
  };
}

/** Every kind but reports, which are files. */
export const kinds: Readonly<Record<string, Kind>> = {
  rulesPackage: described(
    'DescribeRulesPackages',
    'rulesPackages',
    'rulesPackageArns',
    'arn:aws:inspector:us-west-2:758058086616:rulespackage/0-9hgA516p',
    { name: text, version: text, provider: text, description: text },
  ),
  resourceGroup: described(
    'DescribeResourceGroups',
    'resourceGroups',
    'resourceGroupArns',
    `${INSPECTOR}:resourcegroup/0-G0000001`,
    { tags: attributes, createdAt: time },
  ),
  assessmentTarget: described('DescribeAssessmentTargets', 'assessmentTargets', 'assessmentTargetArns', TARGET, {
    name: text,
    resourceGroupArn: text,
    createdAt: time,
    updatedAt: time,
  }),
  assessmentTemplate: described(
    'DescribeAssessmentTemplates',
    'assessmentTemplates',
    'assessmentTemplateArns',
    TEMPLATE,
    {
      name: text,
      assessmentTargetArn: text,
      durationInSeconds: integer,
      rulesPackageArns: list(text),
      userAttributesForFindings: attributes,
      lastAssessmentRunArn: text,
      assessmentRunCount: integer,
      createdAt: time,
    },
  ),
  assessmentRun: described('DescribeAssessmentRuns', 'assessmentRuns', 'assessmentRunArns', RUN, {
    name: text,
    assessmentTemplateArn: text,
    state,
    durationInSeconds: integer,
    rulesPackageArns: list(
      fc.oneof(text, constant('arn:aws:inspector:us-west-2:758058086616:rulespackage/0-9hgA516p')),
    ),
    userAttributesForFindings: attributes,
    createdAt: time,
    startedAt: time,
    completedAt: time,
    stateChangedAt: time,
    dataCollected: flag,
    stateChanges: list(structure({}, { stateChangedAt: time, state })),
    notifications: list(
      structure(
        {},
        {
          date: time,
          event: word('ASSESSMENT_RUN_COMPLETED', 'OTHER'),
          message: text,
          error: flag,
          snsTopicArn: text,
          snsPublishStatusCode: word('SUCCESS', 'ACCESS_DENIED'),
        },
      ),
    ),
    findingCounts,
  }),
  finding: described('DescribeFindings', 'findings', 'findingArns', `${RUN}/finding/0-F0000001`, {
    schemaVersion: integer,
    service: text,
    serviceAttributes: structure({}, { schemaVersion: integer, assessmentRunArn: text, rulesPackageArn: text }),
    assetType: word('ec2-instance'),
    assetAttributes: structure(
      {},
      {
        schemaVersion: integer,
        agentId: text,
        autoScalingGroup: text,
        amiId: text,
        hostname: text,
        ipv4Addresses: list(text),
        tags: attributes,
        networkInterfaces: list(
          structure(
            {},
            {
              networkInterfaceId: text,
              subnetId: text,
              vpcId: text,
              privateDnsName: text,
              privateIpAddress: text,
              privateIpAddresses: list(structure({}, { privateDnsName: text, privateIpAddress: text })),
              publicDnsName: text,
              publicIp: text,
              ipv6Addresses: list(text),
              securityGroups: list(structure({}, { groupName: text, groupId: text })),
            },
          ),
          2,
        ),
      },
    ),
    id: text,
    title: text,
    description: text,
    recommendation: text,
    severity: word('Low', 'High', 'Undefined'),
    numericSeverity: decimal,
    confidence: integer,
    indicatorOfCompromise: flag,
    attributes,
    userAttributes: attributes,
    createdAt: time,
    updatedAt: time,
  }),
  exclusion: described(
    'DescribeExclusions',
    'exclusions',
    'exclusionArns',
    `${RUN}/exclusion/0-E0000001`,
    exclusionMembers,
  ),
  assessmentRunAgent: {
    value: structure(
      { agentId: constant('i-0123456789abcdef0'), assessmentRunArn: constant(RUN) },
      {
        agentHealth: word('HEALTHY', 'UNKNOWN'),
        agentHealthCode: word('RUNNING', 'IDLE'),
        agentHealthDetails: text,
        autoScalingGroup: text,
        telemetryMetadata: list(telemetryRow),
      },
    ),
    operation: 'ListAssessmentRunAgents',
    member: 'assessmentRunAgents',
    placed: 'in a list',
    input: { assessmentRunArn: RUN },
    hasIdentity: true,
  },
  eventSubscription: {
    value: structure(
      {
        resourceArn: constant(TEMPLATE),
        topicArn: constant('arn:aws:sns:us-west-2:123456789012:topic'),
        eventSubscriptions: list(structure({}, { event: word('FINDING_REPORTED'), subscribedAt: time })),
      },
      {},
    ),
    operation: 'ListEventSubscriptions',
    member: 'subscriptions',
    placed: 'in a list',
    input: { resourceArn: TEMPLATE },
    hasIdentity: true,
  },
  telemetryMetadata: {
    value: list(telemetryRow),
    operation: 'GetTelemetryMetadata',
    member: 'telemetryMetadata',
    placed: 'as the member',
    input: { assessmentRunArn: RUN },
    hasIdentity: false,
  },
  tags: {
    value: attributes,
    operation: 'ListTagsForResource',
    member: 'tags',
    placed: 'as the member',
    input: { resourceArn: TEMPLATE },
    hasIdentity: false,
  },
  agentPreview: {
    value: structure(
      { agentId: constant('i-0123456789abcdef0') },
      {
        hostname: text,
        autoScalingGroup: text,
        agentHealth: word('HEALTHY', 'UNKNOWN'),
        agentVersion: text,
        operatingSystem: text,
        kernelVersion: text,
        ipv4Address: text,
      },
    ),
    operation: 'PreviewAgents',
    member: 'agentPreviews',
    placed: 'in a list',
    input: { previewAgentsArn: TARGET },
    hasIdentity: false,
  },
  exclusionPreview: {
    value: structure({}, exclusionMembers),
    operation: 'GetExclusionsPreview',
    member: 'exclusionPreviews',
    placed: 'in a list',
    input: { assessmentTemplateArn: TEMPLATE, previewToken: TOKEN },
    hasIdentity: false,
  },
  crossAccountAccessRole: {
    // It is told by its members, all of which are the API's.
    value: structure(
      { roleArn: constant('arn:aws:iam::123456789012:role/inspector'), valid: flag },
      { registeredAt: time },
      false,
    ),
    operation: 'DescribeCrossAccountAccessRole',
    member: 'roleArn',
    placed: 'as the output',
    input: {},
    hasIdentity: false,
  },
};

/** The output of the kind's operation that holds this document, its members in this client's spelling. */
export function toOutput({ member, placed, operation, input }: Kind, printed: unknown, { toName }: Client): object {
  if (placed === 'as the output') return printed as object;
  const [arn = ''] = Object.values(input).flat() as string[];
  const held = placed === 'in a list' ? [printed] : placed === 'in a map' ? { [arn]: printed } : printed;
  const status = operation === 'GetExclusionsPreview' ? { [toName('previewStatus')]: 'COMPLETED' } : {};
  return { ...status, [toName(member)]: held };
}
