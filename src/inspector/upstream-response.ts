import { z } from 'zod';
import {
  agentHealthCodes,
  agentHealths,
  assessmentRunStates,
  type Entities,
  inspectorEvents,
  type KeyValue,
  type ListKind,
  type ListPage,
  type Lists,
  type Severity,
  severities,
  snsPublishStatusCodes,
  type TelemetryMetadata,
} from './inspector-api.js';
import { type ArnKind, type InspectorArn, parseArn } from './inspector-arn.js';
import { createBadResponseFailure } from './inspector-failure.js';

/** Which call an answer belongs to, for the failure that names it. */
export interface CallId {
  operation: string;
  requestId: string | undefined;
}

// z.int() takes safe integers only: a 64-bit count past 2^53-1 has already been rounded by JSON.parse.
const telemetryMetadata = z
  .array(z.object({ messageType: z.string(), count: z.int(), dataSize: nullable(z.int()) }).readonly())
  .max(5000);

// The SDK reads ISO text, which this API never sends, as its leading year in seconds: some minutes of 1970.
const timestamp = z.date().refine((date) => date.getTime() >= 10_000_000, 'expected epoch seconds');
const state = z.enum(assessmentRunStates);
const severity = z.enum(severities);
const texts = z.array(z.string()).readonly();
const keyValues = z
  .array(z.object({ key: z.string(), value: nullable(z.string()) }).readonly())
  .max(50)
  .readonly();
/** Scopes are the one list of pairs whose keys the API does not promise. */
const scopes = z.array(z.object({ key: z.string(), value: nullable(z.string()) }).readonly()).readonly();

function nullable<T extends z.ZodType>(type: T) {
  return type.nullish().transform((value) => (value ?? null) as z.output<T> | null);
}

/** An optional list is as good as an empty one. */
function optionalList<T>(type: z.ZodType<readonly T[]>) {
  return type.nullish().transform((value): readonly T[] => value ?? []);
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
    ipv4Addresses: optionalList(texts),
    tags: optionalList(keyValues),
    networkInterfaces: optionalList(
      z.array(
        z.object({
          networkInterfaceId: nullable(z.string()),
          subnetId: nullable(z.string()),
          vpcId: nullable(z.string()),
          privateDnsName: nullable(z.string()),
          privateIpAddress: nullable(z.string()),
          publicDnsName: nullable(z.string()),
          publicIp: nullable(z.string()),
          ipv6Addresses: optionalList(texts),
          securityGroups: optionalList(
            z.array(z.object({ groupId: nullable(z.string()), groupName: nullable(z.string()) })),
          ),
        }),
      ),
    ),
  })
  .readonly();

const entities: { readonly [K in ArnKind]: z.ZodType<Entities[K]> } = {
  assessmentRun: z
    .object({
      arn: arnOf('assessmentRun'),
      name: z.string(),
      state,
      assessmentTemplateArn: z.string(),
      createdAt: timestamp,
      startedAt: nullable(timestamp),
      completedAt: nullable(timestamp),
      stateChangedAt: timestamp,
      durationInSeconds: z.int32(),
      dataCollected: z.boolean(),
      rulesPackageArns: texts,
      findingCounts: z
        .partialRecord(severity, z.int32())
        .transform((counts) =>
          severities.flatMap((name: Severity) => {
            const count = counts[name];
            return count === undefined ? [] : [{ severity: name, count }];
          }),
        )
        .readonly(),
      stateChanges: z.array(z.object({ state, stateChangedAt: timestamp })).readonly(),
      notifications: optionalList(
        z.array(
          z.object({
            date: timestamp,
            event: z.enum(inspectorEvents),
            message: nullable(z.string()),
            error: z.boolean(),
            snsTopicArn: nullable(z.string()),
            snsPublishStatusCode: nullable(z.enum(snsPublishStatusCodes)),
          }),
        ),
      ),
      userAttributesForFindings: optionalList(keyValues),
    })
    .readonly(),
  assessmentTemplate: z
    .object({
      arn: arnOf('assessmentTemplate'),
      name: z.string(),
      assessmentTargetArn: z.string(),
      durationInSeconds: z.int32(),
      rulesPackageArns: texts,
      userAttributesForFindings: optionalList(keyValues),
      lastAssessmentRunArn: nullable(z.string()),
      assessmentRunCount: z.int32(),
      createdAt: timestamp,
    })
    .readonly(),
  assessmentTarget: z
    .object({
      arn: arnOf('assessmentTarget'),
      name: z.string(),
      resourceGroupArn: nullable(z.string()),
      createdAt: timestamp,
      updatedAt: timestamp,
    })
    .readonly(),
  resourceGroup: z.object({ arn: arnOf('resourceGroup'), tags: keyValues, createdAt: timestamp }).readonly(),
  rulesPackage: z
    .object({
      arn: arnOf('rulesPackage'),
      name: z.string(),
      version: z.string(),
      provider: z.string(),
      description: nullable(z.string()),
    })
    .readonly(),
  finding: z
    .object({
      arn: arnOf('finding'),
      id: nullable(z.string()),
      title: nullable(z.string()),
      description: nullable(z.string()),
      recommendation: nullable(z.string()),
      severity: nullable(severity),
      numericSeverity: nullable(z.number()),
      confidence: nullable(z.int32()),
      indicatorOfCompromise: nullable(z.boolean()),
      service: nullable(z.string()),
      serviceAttributes: nullable(z.object({ rulesPackageArn: nullable(z.string()) })),
      assetType: nullable(z.string()),
      assetAttributes: nullable(assetAttributes),
      attributes: optionalList(keyValues),
      userAttributes: optionalList(keyValues),
      createdAt: timestamp,
      updatedAt: timestamp,
    })
    .transform(({ id, serviceAttributes, ...finding }) => ({
      ...finding,
      findingId: id,
      rulesPackageArn: serviceAttributes?.rulesPackageArn ?? null,
    }))
    .readonly(),
  exclusion: z
    .object({
      arn: arnOf('exclusion'),
      title: z.string(),
      description: z.string(),
      recommendation: z.string(),
      scopes,
      attributes: optionalList(keyValues),
    })
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
      agentHealth: z.enum(agentHealths),
      agentHealthCode: z.enum(agentHealthCodes),
      agentHealthDetails: nullable(z.string()),
      autoScalingGroup: nullable(z.string()),
      telemetryMetadata: telemetryMetadata.readonly(),
    })
    .readonly(),
};

/** Lists of agents hold up to 500, all others up to 100. */
const MAX_ITEMS = 500;

// An empty token ends the list, as it does in the SDK's paginators.
const nextToken = z
  .string()
  .nullish()
  .transform((token) => token || null);

/** The rows of GetTelemetryMetadata; throws BAD_UPSTREAM_RESPONSE that names the first row and field at fault. */
export function parseTelemetryMetadata(value: unknown, callId: CallId): readonly TelemetryMetadata[] {
  return Object.freeze(parse(telemetryMetadata, value, 'telemetryMetadata', callId));
}

/** The tags of ListTagsForResource; throws BAD_UPSTREAM_RESPONSE. */
export function parseTags(value: unknown, callId: CallId): readonly KeyValue[] {
  return parse(keyValues, value, 'tags', callId);
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
