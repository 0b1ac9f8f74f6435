import { z } from 'zod';
import { type ArnKind, arnNouns, matchArn } from '../domain/arn.js';
import { createSpeller, toCanonicalName } from './spelling.js';
import { createTimestampParser } from './timestamps.js';

/*
 * The API's structures (https://docs.aws.amazon.com/inspector/v1/APIReference/API_Types.html), as the archive keeps them.
 * Whatever client printed a structure, the document is the same: members in the order that is written here and by the
 * API's names, times as epoch seconds, numbers as numbers, nothing where there was null. Members that the API does not
 * have stay as they are.
 *
 * What has to be there is what tells which thing a document is and what it belongs to: its ARN, which names its run,
 * template and target as well; of an agent its ID and its run; of a row of telemetry its type and its count, without which
 * it says nothing; of a tag or attribute its key. Everything else may be absent, whatever the API's model says: members
 * were added over the years, and old clients dropped those that they did not know. Absent stays absent. Values outside an
 * enumeration and lists beyond a limit stay too: what the service said is what there is to keep. A value of another JSON
 * type is refused, since no client could read it.
 */

/** A whole number up to 2^53-1; beyond it JSON.parse has rounded already. AWS's documentation prints some as text. */
const integer = z.unknown().transform((value, context) => {
  const plain = unwrapNumber(value);
  // As text it has to be whole before it is rounded.
  const number = typeof plain === 'string' && !/^-?\d+$/.test(plain) ? undefined : toNumber(plain);
  if (Number.isSafeInteger(number)) return number as number;
  return refuse(context, 'a whole number between -(2^53-1) and 2^53-1', value);
});

/** A number of messages or bytes. */
const amount = integer.refine((number) => number >= 0, {
  error: ({ input }) => `expected a whole number from 0 on, but got ${show(input)}`,
});

const decimal = z.unknown().transform((value, context) => {
  const number = toNumber(unwrapNumber(value));
  if (number !== undefined && Math.abs(number) <= Number.MAX_SAFE_INTEGER) return number;
  return refuse(context, 'a number between -(2^53-1) and 2^53-1', value);
});

/** MongoDB exports numbers as objects: `{"$numberLong": "3600"}`. */
function unwrapNumber(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { $numberInt, $numberLong, $numberDouble } = value as Record<string, unknown>;
  return $numberInt ?? $numberLong ?? $numberDouble ?? value;
}

/** AWS's documentation and YAML of other tools print some as text. */
const flag = z.preprocess(
  (value) => (typeof value === 'string' && /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value),
  z.boolean(),
);

function toNumber(value: unknown): number | undefined {
  const isNumeric = typeof value === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value);
  const number = isNumeric ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function refuse(context: z.RefinementCtx, expected: string, value: unknown): never {
  context.addIssue({ code: 'custom', message: `expected ${expected}, but got ${show(value)}` });
  return z.NEVER;
}

/** A number that JavaScript cannot hold, as it was written: nothing that has one can be kept. */
export class UnsafeNumber {
  constructor(readonly text: string) {}

  toJSON(): never {
    throw new UnsafeNumberError(this.text);
  }
}

/** That a value is to be written which holds a number that JavaScript cannot hold. */
export class UnsafeNumberError extends Error {
  override readonly name = 'UnsafeNumberError';

  constructor(readonly number: string) {
    super(`expected numbers of at most 2^53-1, but got ${clip(number)}`);
  }
}

/** A value in an error message: short, whatever it is. */
export function show(value: unknown): string {
  if (value instanceof UnsafeNumber) return clip(value.text);
  if (value === undefined) return 'nothing';
  try {
    return clip(JSON.stringify(value));
  } catch (error) {
    if (error instanceof UnsafeNumberError) return `something that holds ${clip(error.number)}`;
    throw error;
  }
}

/** The first names of members in an error message. */
export function showNames(names: readonly string[]): string {
  return names.slice(0, 5).map(clip).join(', ');
}

function clip(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function optional<T extends z.ZodType>(type: T) {
  return z.preprocess((value) => value ?? undefined, type.optional()).optional();
}

function arnOf(kind: ArnKind) {
  return z.string().refine((text) => matchArn(kind, text) !== null, {
    error: ({ input }) => `expected the ARN of ${arnNouns[kind]}, but got ${show(input)}`,
  });
}

/** PostgreSQL has no text with U+0000. */
const text = z.string().refine((value) => !value.includes('\0'), {
  error: ({ input }) => `expected text without U+0000, but got ${show(input)}`,
});

/** What the archive knows things by: no engine keeps half of a surrogate pair. */
const name = text.refine((value) => !/\p{Cs}/u.test(value), {
  error: ({ input }) => `expected text that is Unicode, but got ${show(input)}`,
});

/** The longest that the API lets an agent's ID be; the archive knows agents by it. */
const agentId = name.refine((value) => [...value].length <= 128, {
  error: ({ input }) => `expected at most 128 characters, but got ${show(input)}`,
});

/** .NET and PowerShell print a constant of the SDK as an object: `{"Value": "High"}`. */
const enumerated = optional(
  z.preprocess((value) => {
    if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return value;
    const { Value, value: lower } = value as { Value?: unknown; value?: unknown };
    return Value ?? lower ?? value;
  }, text),
);

/** A structure whose members are known by these names, in whatever spelling a client prints them. */
function structure<T extends z.ZodRawShape>(shape: T) {
  const spell = createSpeller(Object.keys(shape));
  return z.preprocess(spell, z.looseObject(shape));
}

const texts = optional(z.array(text));
const attributes = z.array(structure({ key: text, value: optional(text) }));

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_TelemetryMetadata.html, ordered as in its examples. */
const telemetryMetadata = z.array(structure({ count: amount, dataSize: optional(amount), messageType: text }));

/** The numbers of findings by severity; sorted, since clients differ in how they print a map. */
const findingCounts = z
  .record(z.string(), integer)
  .transform((map) => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))));

/** The values of the API's enumerations by which filters choose. */
export const enumerations = {
  state: z.enum([
    'CREATED',
    'START_DATA_COLLECTION_PENDING',
    'START_DATA_COLLECTION_IN_PROGRESS',
    'COLLECTING_DATA',
    'STOP_DATA_COLLECTION_PENDING',
    'DATA_COLLECTED',
    'START_EVALUATING_RULES_PENDING',
    'EVALUATING_RULES',
    'FAILED',
    'ERROR',
    'COMPLETED',
    'COMPLETED_WITH_ERRORS',
    'CANCELED',
  ]),
  severity: z.enum(['Low', 'Medium', 'High', 'Informational', 'Undefined']),
  agentHealth: z.enum(['HEALTHY', 'UNHEALTHY', 'UNKNOWN']),
  agentHealthCode: z.enum(['IDLE', 'RUNNING', 'SHUTDOWN', 'UNHEALTHY', 'THROTTLED', 'UNKNOWN']),
};

/** The shapes, with times that lack an offset read as those of `timeZone`, or refused when it is null. */
export function createDocumentTypes(timeZone: string | null) {
  const parseTimestamp = createTimestampParser(timeZone);
  const timestamp = optional(
    z.unknown().transform((value, context) => {
      const parsed = parseTimestamp(value);
      if (typeof parsed === 'number') return parsed;
      return refuse(context, parsed.expected, value);
    }),
  );

  const serviceAttributes = structure({
    schemaVersion: optional(integer),
    assessmentRunArn: optional(text),
    rulesPackageArn: optional(text),
  });
  const networkInterface = structure({
    networkInterfaceId: optional(text),
    subnetId: optional(text),
    vpcId: optional(text),
    privateDnsName: optional(text),
    privateIpAddress: optional(text),
    privateIpAddresses: optional(
      z.array(structure({ privateDnsName: optional(text), privateIpAddress: optional(text) })),
    ),
    publicDnsName: optional(text),
    publicIp: optional(text),
    ipv6Addresses: texts,
    securityGroups: optional(z.array(structure({ groupName: optional(text), groupId: optional(text) }))),
  });
  const assetAttributes = structure({
    schemaVersion: optional(integer),
    agentId: optional(text),
    autoScalingGroup: optional(text),
    amiId: optional(text),
    hostname: optional(text),
    ipv4Addresses: texts,
    tags: optional(attributes),
    networkInterfaces: optional(z.array(networkInterface)),
  });
  const scopes = optional(z.array(structure({ key: enumerated, value: optional(text) })));

  return {
    assessmentRun: structure({
      arn: arnOf('assessmentRun'),
      name: optional(text),
      assessmentTemplateArn: optional(text),
      state: enumerated,
      durationInSeconds: optional(integer),
      rulesPackageArns: texts,
      userAttributesForFindings: optional(attributes),
      createdAt: timestamp,
      startedAt: timestamp,
      completedAt: timestamp,
      stateChangedAt: timestamp,
      dataCollected: optional(flag),
      stateChanges: optional(z.array(structure({ stateChangedAt: timestamp, state: enumerated }))),
      notifications: optional(
        z.array(
          structure({
            date: timestamp,
            event: enumerated,
            message: optional(text),
            error: optional(flag),
            snsTopicArn: optional(text),
            snsPublishStatusCode: enumerated,
          }),
        ),
      ),
      findingCounts: optional(findingCounts),
    }),
    assessmentTemplate: structure({
      arn: arnOf('assessmentTemplate'),
      name: optional(text),
      assessmentTargetArn: optional(text),
      durationInSeconds: optional(integer),
      rulesPackageArns: texts,
      userAttributesForFindings: optional(attributes),
      lastAssessmentRunArn: optional(text),
      assessmentRunCount: optional(integer),
      createdAt: timestamp,
    }),
    assessmentTarget: structure({
      arn: arnOf('assessmentTarget'),
      name: optional(text),
      resourceGroupArn: optional(text),
      createdAt: timestamp,
      updatedAt: timestamp,
    }),
    resourceGroup: structure({ arn: arnOf('resourceGroup'), tags: optional(attributes), createdAt: timestamp }),
    rulesPackage: structure({
      arn: arnOf('rulesPackage'),
      name: optional(text),
      version: optional(text),
      provider: optional(text),
      description: optional(text),
    }),
    finding: structure({
      arn: arnOf('finding'),
      schemaVersion: optional(integer),
      service: optional(text),
      serviceAttributes: optional(serviceAttributes),
      assetType: enumerated,
      assetAttributes: optional(assetAttributes),
      id: optional(text),
      title: optional(text),
      description: optional(text),
      recommendation: optional(text),
      severity: enumerated,
      numericSeverity: optional(decimal),
      confidence: optional(integer),
      indicatorOfCompromise: optional(flag),
      attributes: optional(attributes),
      userAttributes: optional(attributes),
      createdAt: timestamp,
      updatedAt: timestamp,
    }),
    exclusion: structure({
      arn: arnOf('exclusion'),
      title: optional(text),
      description: optional(text),
      recommendation: optional(text),
      scopes,
      attributes: optional(attributes),
    }),
    assessmentRunAgent: structure({
      agentId,
      assessmentRunArn: arnOf('assessmentRun'),
      agentHealth: enumerated,
      agentHealthCode: enumerated,
      agentHealthDetails: optional(text),
      autoScalingGroup: optional(text),
      telemetryMetadata: optional(telemetryMetadata),
    }),
    telemetryMetadata,
    tags: attributes,
    eventSubscription: structure({
      resourceArn: arnOf('assessmentTemplate'),
      topicArn: name,
      eventSubscriptions: z.array(structure({ event: enumerated, subscribedAt: timestamp })),
    }),
    agentPreview: structure({
      hostname: optional(text),
      agentId,
      autoScalingGroup: optional(text),
      agentHealth: enumerated,
      agentVersion: optional(text),
      operatingSystem: optional(text),
      kernelVersion: optional(text),
      ipv4Address: optional(text),
    }),
    exclusionPreview: structure({
      title: optional(text),
      description: optional(text),
      recommendation: optional(text),
      scopes,
      attributes: optional(attributes),
    }),
    crossAccountAccessRole: structure({ roleArn: name, valid: optional(flag), registeredAt: timestamp }),
    /** Of a file that is kept beside it, by its digest. */
    assessmentReport: structure({
      assessmentRunArn: arnOf('assessmentRun'),
      reportFileFormat: z.enum(['HTML', 'PDF']),
      reportType: optional(z.enum(['FINDING', 'FULL'])),
      sizeBytes: integer,
      sha256: text,
    }),
  };
}

/** The shape of each structure; its output is the document. */
export type DocumentTypes = ReturnType<typeof createDocumentTypes>;

/** A document of one of these structures. */
export type DocumentOf<K extends keyof DocumentTypes> = z.output<DocumentTypes[K]>;

/** The members that a structure of the API has, by their names and by what all spellings of them have in common. */
export const memberNames = Object.fromEntries(
  Object.entries(createDocumentTypes(null)).flatMap(([kind, type]) => {
    const shape = (type as { out?: { shape?: object } }).out?.shape;
    if (shape === undefined) return [];
    return [[kind, new Set(Object.keys(shape).flatMap((name) => [name, toCanonicalName(name)]))]];
  }),
) as Partial<Record<keyof DocumentTypes, ReadonlySet<string>>>;

/** Whether the structure has a member of this name, in whichever spelling. */
export function isMemberOf(kind: keyof DocumentTypes, name: string): boolean {
  const names = memberNames[kind];
  return names !== undefined && (names.has(name) || names.has(toCanonicalName(name)));
}
