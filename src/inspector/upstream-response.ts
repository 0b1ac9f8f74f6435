import { z } from 'zod';
import {
  type AssessmentReport,
  type AssessmentRun,
  type Entities,
  type KeyValue,
  type ListKind,
  type ListPage,
  type Lists,
  severities,
  type TelemetryMetadata,
} from './inspector-api.js';
import { type ArnKind, type InspectorArn, parseArn } from './inspector-arn.js';
import { createBadResponseFailure } from './inspector-failure.js';

/*
 * What an answer has to look like. Identities and JSON types are held to what the API promises. Everything else is taken
 * as it comes: members that are absent or that nobody has heard of, values outside an enumeration, lists and numbers past
 * a documented limit.
 */

/** Which call an answer belongs to, for the failure that names it. */
export interface CallId {
  operation: string;
  requestId: string | undefined;
}

// z.int() takes safe integers only: a 64-bit count past 2^53-1 has already been rounded by JSON.parse.
const telemetryMetadata = z.array(
  z.object({ messageType: z.string(), count: z.int(), dataSize: nullable(z.int()) }).readonly(),
);

/** Epoch seconds of a time long before the service; a smaller number is a year, or some other mistake. */
const MIN_EPOCH_SECONDS = 10_000;
/** Some clients write numbers as text. */
const EPOCH_SECONDS_TEXT = /^\d+(\.\d+)?(e\+?\d+)?$/i;

const timestamp = z
  .union([z.number(), z.string().regex(EPOCH_SECONDS_TEXT).transform(Number)], 'expected epoch seconds')
  .refine((seconds) => seconds >= MIN_EPOCH_SECONDS, 'expected epoch seconds')
  .transform((seconds) => new Date(Math.round(seconds * 1000)))
  .refine((date) => !Number.isNaN(date.getTime()), 'expected epoch seconds');
const texts = z.array(z.string()).readonly();
const keyValues = z.array(z.object({ key: z.string(), value: nullable(z.string()) }).readonly()).readonly();
const findingCounts = z.record(z.string(), nullable(z.int())).transform((counts) =>
  Object.entries(counts)
    .flatMap(([severity, count]) => (count === null ? [] : [{ severity, count }]))
    .sort((a, b) => toRank(a.severity) - toRank(b.severity)),
);

/** The gravest first; severities that nobody knows come last, in the order of the answer. */
function toRank(severity: string): number {
  const rank = (severities as readonly string[]).indexOf(severity);
  return rank === -1 ? severities.length : rank;
}

/** A member that may be absent. */
function nullable<T extends z.ZodType>(type: T) {
  return type.nullish().transform((value) => (value ?? null) as z.output<T> | null);
}

function arnOf<K extends ArnKind>(kind: K) {
  return z.string().transform((text, context): InspectorArn<K> => {
    try {
      return parseArn(kind, text);
    } catch {
      context.addIssue(`expected the ARN of ${kind}`);
      return z.NEVER;
    }
  });
}

const assetAttributes = z
  .object({
    agentId: nullable(z.string()),
    autoScalingGroup: nullable(z.string()),
    amiId: nullable(z.string()),
    hostname: nullable(z.string()),
    ipv4Addresses: nullable(texts),
    tags: nullable(keyValues),
    networkInterfaces: nullable(
      z.array(
        z.object({
          networkInterfaceId: nullable(z.string()),
          subnetId: nullable(z.string()),
          vpcId: nullable(z.string()),
          privateDnsName: nullable(z.string()),
          privateIpAddress: nullable(z.string()),
          publicDnsName: nullable(z.string()),
          publicIp: nullable(z.string()),
          ipv6Addresses: nullable(texts),
          securityGroups: nullable(
            z.array(z.object({ groupId: nullable(z.string()), groupName: nullable(z.string()) })),
          ),
        }),
      ),
    ),
  })
  .readonly();

type EntityTypes = { readonly [K in ArnKind]: z.ZodType<Entities[K]> };

/** The types of all entities but findings, by how they hold times and counts; and the members of a finding. */
function createTypes<T extends z.ZodType<Date>, C extends z.ZodType<NonNullable<AssessmentRun['findingCounts']>>>(
  timestamp: T,
  findingCounts: C,
) {
  const findingMembers = z.object({
    arn: arnOf('finding'),
    title: nullable(z.string()),
    description: nullable(z.string()),
    recommendation: nullable(z.string()),
    severity: nullable(z.string()),
    numericSeverity: nullable(z.number()),
    confidence: nullable(z.int()),
    indicatorOfCompromise: nullable(z.boolean()),
    service: nullable(z.string()),
    assetType: nullable(z.string()),
    assetAttributes: nullable(assetAttributes),
    attributes: nullable(keyValues),
    userAttributes: nullable(keyValues),
    createdAt: nullable(timestamp),
    updatedAt: nullable(timestamp),
  });
  const others: Omit<EntityTypes, 'finding'> = {
    assessmentRun: z
      .object({
        arn: arnOf('assessmentRun'),
        name: nullable(z.string()),
        state: nullable(z.string()),
        assessmentTemplateArn: nullable(z.string()),
        createdAt: nullable(timestamp),
        startedAt: nullable(timestamp),
        completedAt: nullable(timestamp),
        stateChangedAt: nullable(timestamp),
        durationInSeconds: nullable(z.int()),
        dataCollected: nullable(z.boolean()),
        rulesPackageArns: nullable(texts),
        findingCounts: nullable(findingCounts),
        stateChanges: nullable(z.array(z.object({ state: nullable(z.string()), stateChangedAt: nullable(timestamp) }))),
        notifications: nullable(
          z.array(
            z.object({
              date: nullable(timestamp),
              event: nullable(z.string()),
              message: nullable(z.string()),
              error: nullable(z.boolean()),
              snsTopicArn: nullable(z.string()),
              snsPublishStatusCode: nullable(z.string()),
            }),
          ),
        ),
        userAttributesForFindings: nullable(keyValues),
      })
      .readonly(),
    assessmentTemplate: z
      .object({
        arn: arnOf('assessmentTemplate'),
        name: nullable(z.string()),
        assessmentTargetArn: nullable(z.string()),
        durationInSeconds: nullable(z.int()),
        rulesPackageArns: nullable(texts),
        userAttributesForFindings: nullable(keyValues),
        lastAssessmentRunArn: nullable(z.string()),
        assessmentRunCount: nullable(z.int()),
        createdAt: nullable(timestamp),
      })
      .readonly(),
    assessmentTarget: z
      .object({
        arn: arnOf('assessmentTarget'),
        name: nullable(z.string()),
        resourceGroupArn: nullable(z.string()),
        createdAt: nullable(timestamp),
        updatedAt: nullable(timestamp),
      })
      .readonly(),
    resourceGroup: z
      .object({ arn: arnOf('resourceGroup'), tags: nullable(keyValues), createdAt: nullable(timestamp) })
      .readonly(),
    rulesPackage: z
      .object({
        arn: arnOf('rulesPackage'),
        name: nullable(z.string()),
        version: nullable(z.string()),
        provider: nullable(z.string()),
        description: nullable(z.string()),
      })
      .readonly(),
    exclusion: z
      .object({
        arn: arnOf('exclusion'),
        title: nullable(z.string()),
        description: nullable(z.string()),
        recommendation: nullable(z.string()),
        scopes: nullable(
          z.array(z.object({ key: nullable(z.string()), value: nullable(z.string()) }).readonly()).readonly(),
        ),
        attributes: nullable(keyValues),
      })
      .readonly(),
  };
  return { others, findingMembers };
}

const upstream = createTypes(timestamp, findingCounts);

/** As Inspector describes them. */
const entities: EntityTypes = {
  ...upstream.others,
  finding: upstream.findingMembers
    .extend({
      id: nullable(z.string()),
      serviceAttributes: nullable(z.object({ rulesPackageArn: nullable(z.string()) })),
    })
    .transform(({ id, serviceAttributes, ...finding }) => ({
      ...finding,
      findingId: id,
      rulesPackageArn: serviceAttributes?.rulesPackageArn ?? null,
    }))
    .readonly(),
};

const domain = createTypes(z.date(), z.array(z.object({ severity: z.string(), count: z.int() })));

/** As the graph knows them. */
const domainEntities: EntityTypes = {
  ...domain.others,
  finding: domain.findingMembers
    .extend({ findingId: nullable(z.string()), rulesPackageArn: nullable(z.string()) })
    .readonly(),
};

const listItems: { readonly [K in ListKind]: z.ZodType<Lists[K]['item']> } = {
  assessmentRun: arnOf('assessmentRun'),
  assessmentTemplate: arnOf('assessmentTemplate'),
  assessmentTarget: arnOf('assessmentTarget'),
  rulesPackage: arnOf('rulesPackage'),
  finding: arnOf('finding'),
  exclusion: arnOf('exclusion'),
  assessmentRunAgent: z
    .object({
      agentId: z.string(),
      assessmentRunArn: arnOf('assessmentRun'),
      agentHealth: nullable(z.string()),
      agentHealthCode: nullable(z.string()),
      agentHealthDetails: nullable(z.string()),
      autoScalingGroup: nullable(z.string()),
      telemetryMetadata: nullable(telemetryMetadata.readonly()),
    })
    .readonly(),
};

const assessmentReport = z.object({ status: nullable(z.string()), url: nullable(z.string()) }).readonly();

/** Of a run. An agent with more of them costs its neighbours nothing. */
const MAX_ROWS = 5000;

/** Lists of agents hold up to 500, all others up to 100. */
const MAX_ITEMS = 500;

// An empty token ends the list, as it does in the SDK's paginators.
const nextToken = z
  .string()
  .nullish()
  .transform((token) => token || null);

/** The rows of GetTelemetryMetadata; throws BAD_UPSTREAM_RESPONSE that names the first row and field at fault. */
export function parseTelemetryMetadata(value: unknown, callId: CallId): readonly TelemetryMetadata[] {
  return Object.freeze(parse(telemetryMetadata.max(MAX_ROWS), value, 'telemetryMetadata', callId));
}

/** The tags of ListTagsForResource; throws BAD_UPSTREAM_RESPONSE. */
export function parseTags(value: unknown, callId: CallId): readonly KeyValue[] {
  return parse(keyValues, value, 'tags', callId);
}

/** What GetAssessmentReport says; throws BAD_UPSTREAM_RESPONSE. */
export function parseAssessmentReport(output: unknown, callId: CallId): AssessmentReport {
  return parse(assessmentReport, output, '', callId);
}

/**
 * What a Describe operation says of each item, unchecked, so that a bad one is the failure of that item alone: by ARN,
 * since their order is not promised. They are a list, or a map of exclusions. Throws BAD_UPSTREAM_RESPONSE.
 */
export function parseDescribed(output: unknown, member: string, callId: CallId) {
  const type = z.object({
    [member]: z
      .union([z.array(z.unknown()), z.record(z.string(), z.unknown()).transform((map) => Object.values(map))])
      .catch([]),
    failedItems: z.record(z.string(), z.unknown()).catch({}),
  });
  const parsed = parse(type, output, '', callId);
  const items = parsed[member] as readonly unknown[];
  return {
    itemsByArn: new Map(items.map((item) => [(item as { arn?: unknown } | null)?.arn, item])),
    failedItems: parsed.failedItems as Readonly<Record<string, unknown>>,
  };
}

/** One item of a Describe operation; throws BAD_UPSTREAM_RESPONSE. */
export function parseEntity<K extends ArnKind>(kind: K, value: unknown, callId: CallId): Entities[K] {
  return parse(entities[kind], value, kind, callId);
}

/** An entity that was read before and kept somewhere, with dates for its times; throws when it is none, or another one. */
export function parseKeptEntity<K extends ArnKind>(kind: K, value: unknown, arn: InspectorArn<K>): Entities[K] {
  const entity = domainEntities[kind].parse(value);
  if (entity.arn !== arn) throw new TypeError(`Expected ${arn}, but got ${entity.arn}.`);
  return entity;
}

/** Telemetry that was read before and kept somewhere; throws when it is none. */
export function parseKeptTelemetry(value: unknown): readonly TelemetryMetadata[] {
  return Object.freeze(telemetryMetadata.parse(value));
}

/** A page of a List operation, its items under the name of `member`; throws BAD_UPSTREAM_RESPONSE. */
export function parsePage<K extends ListKind>(
  kind: K,
  output: unknown,
  member: string,
  callId: CallId,
): ListPage<Lists[K]['item']> {
  const type = z.object({ [member]: z.array(listItems[kind]).max(MAX_ITEMS), nextToken });
  const parsed = parse(type, output, '', callId) as Record<string, unknown>;
  return { items: parsed[member] as Lists[K]['item'][], nextToken: parsed.nextToken as string | null };
}

function parse<T extends z.ZodType>(type: T, value: unknown, name: string, callId: CallId): z.output<T> {
  const result = type.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = [name, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
  throw createBadResponseFailure(`${path}: ${issue?.message}`, callId.operation, callId.requestId);
}
