import { z } from 'zod';
import { toSeverityRank } from '../domain/severities.js';
import type {
  AssessmentReport,
  AssessmentRun,
  AssessmentRunAgent,
  Entities,
  KeyValue,
  ListKind,
  ListPage,
  Lists,
  TelemetryMetadata,
} from './inspector-api.js';
import { type ArnKind, type InspectorArn, parseArn } from './inspector-arn.js';
import { createBadResponseFailure } from './inspector-failure.js';

/*
 * Checks of the responses of Inspector. Identities and JSON types have to be those of the API. Everything else is accepted:
 * absent or unknown members, values outside an enumeration, lists and numbers past a documented limit.
 */

/** The call of a response, for failures. */
export interface CallId {
  operation: string;
  requestId: string | undefined;
}

/** Rows of telemetry. z.int() takes safe integers only: a 64-bit count past 2^53-1 has already been rounded by JSON.parse. */
export const telemetryMetadata = z.array(
  z.object({ messageType: z.string(), count: z.int(), dataSize: nullable(z.int()) }).readonly(),
);

/** A smaller number of epoch seconds, of the first hours of 1970, is a year or another mistake. */
const MIN_EPOCH_SECONDS = 10_000;
/** Some clients write numbers as text. */
const EPOCH_SECONDS_TEXT = /^\d+(\.\d+)?(e\+?\d+)?$/i;

/** Epoch seconds as a Date. */
export const timestamp = z
  .union([z.number(), z.string().regex(EPOCH_SECONDS_TEXT).transform(Number)], 'expected epoch seconds')
  .refine((seconds) => seconds >= MIN_EPOCH_SECONDS, 'expected epoch seconds')
  .transform((seconds) => new Date(Math.round(seconds * 1000)))
  .refine((date) => !Number.isNaN(date.getTime()), 'expected epoch seconds');
const texts = z.array(z.string()).readonly();
const keyValues = z.array(z.object({ key: z.string(), value: nullable(z.string()) }).readonly()).readonly();
/** Counts by severity as a list, the highest severity first. */
export const findingCounts = z.record(z.string(), nullable(z.int())).transform((counts) =>
  Object.entries(counts)
    .flatMap(([severity, count]) => (count === null ? [] : [{ severity, count }]))
    // Unknown ones stay in the order of the response.
    .sort((a, b) => toSeverityRank(a.severity) - toSeverityRank(b.severity)),
);

/** A member that may be absent. */
export function nullable<T extends z.ZodType>(type: T) {
  return type.nullish().transform((value) => (value ?? null) as z.output<T> | null);
}

/** The ARN of an entity of this kind. */
export function arnOf<K extends ArnKind>(kind: K) {
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

/** The types of entities, given how they hold times and counts; of findings the members that both forms name alike. */
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

/** Entities as Inspector describes them. */
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

/** Entities as domain types. */
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

/** TelemetryMetadataList of the API, which bounds the rows of a run; more rows of an agent must not fail its page. */
const MAX_ROWS = 5000;

/** AssessmentRunAgentList of the API has up to 500 items, all other lists have up to 100. */
const MAX_ITEMS = 500;

// An empty token ends the list, as it does in the SDK's paginators.
const nextToken = z
  .string()
  .nullish()
  .transform((token) => token || null);

/** The rows of GetTelemetryMetadata. Throws BAD_UPSTREAM_RESPONSE that names the first wrong row and field. */
export function parseTelemetryMetadata(value: unknown, callId: CallId): readonly TelemetryMetadata[] {
  return Object.freeze(parse(telemetryMetadata.max(MAX_ROWS), value, 'telemetryMetadata', callId));
}

/** Checks one item of ListAssessmentRunAgents. Throws BAD_UPSTREAM_RESPONSE. */
export function parseAgent(value: unknown, callId: CallId): AssessmentRunAgent {
  return parse(listItems.assessmentRunAgent, value, 'assessmentRunAgent', callId);
}

/** The tags of ListTagsForResource. Throws BAD_UPSTREAM_RESPONSE. */
export function parseTags(value: unknown, callId: CallId): readonly KeyValue[] {
  return parse(keyValues, value, 'tags', callId);
}

/** The output of GetAssessmentReport. Throws BAD_UPSTREAM_RESPONSE. */
export function parseAssessmentReport(output: unknown, callId: CallId): AssessmentReport {
  return parse(assessmentReport, output, '', callId);
}

/**
 * The items of a Describe operation by ARN, since the API promises no order. They are unchecked, so that a wrong one is the
 * failure of that item alone. Exclusions come as a map, other items as a list. Throws BAD_UPSTREAM_RESPONSE.
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

/** Checks one item of a Describe operation. Throws BAD_UPSTREAM_RESPONSE. */
export function parseEntity<K extends ArnKind>(kind: K, value: unknown, callId: CallId): Entities[K] {
  return parse(entities[kind], value, kind, callId);
}

/** The shape of values in a shared cache, as JSON Schema: it changes with every member of an entity or a row. */
export function toCachedShape(): string {
  const shape = z.object({ ...domainEntities, telemetryMetadata });
  return JSON.stringify(z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any' }));
}

/** Checks an entity from a shared cache, with dates for its times. Throws when it is none, or has another ARN. */
export function parseCachedEntity<K extends ArnKind>(kind: K, value: unknown, arn: InspectorArn<K>): Entities[K] {
  const entity = domainEntities[kind].parse(value);
  if (entity.arn !== arn) throw new TypeError(`Expected ${arn}, but got ${entity.arn}.`);
  return entity;
}

/** Checks telemetry from a shared cache. Throws when it is none. */
export function parseCachedTelemetry(value: unknown): readonly TelemetryMetadata[] {
  return Object.freeze(telemetryMetadata.parse(value));
}

/** A page of a List operation, with its items in `member`. Throws BAD_UPSTREAM_RESPONSE. */
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

/** Checks a value. Throws BAD_UPSTREAM_RESPONSE that names the first wrong member below `name`. */
export function parse<T extends z.ZodType>(type: T, value: unknown, name: string, callId: CallId): z.output<T> {
  const result = type.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = [name, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
  throw createBadResponseFailure(`${path}: ${issue?.message}`, callId.operation, callId.requestId);
}
