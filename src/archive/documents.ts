import { z } from 'zod';
import { type ArnKind, arnNouns, parseArn } from './arn.js';

/*
 * The API's output structures (https://docs.aws.amazon.com/inspector/v1/APIReference/API_Types.html), as the archive
 * keeps them. Whatever client printed a structure, the document is the same: members in the order that is written here,
 * times as epoch seconds, numbers as numbers, nothing where there was null. Members that the API does not have stay.
 */

/** A whole number up to 2^53-1; beyond it JSON.parse has rounded already. AWS's documentation prints some as text. */
const integer = z.unknown().transform((value, context) => {
  const number = toNumber(value);
  if (Number.isSafeInteger(number)) return number as number;
  return refuse(context, 'a whole number between -(2^53-1) and 2^53-1', value);
});

/** A number of messages or bytes. */
const amount = integer.refine((number) => number >= 0, {
  error: ({ input }) => `expected a whole number from 0 on, but got ${show(input)}`,
});

/** What the API calls an integer has 32 bits. */
const int32 = integer.refine((number) => Math.abs(number) < 2 ** 31, {
  error: ({ input }) => `expected a whole number of 32 bits, but got ${show(input)}`,
});

const decimal = z.unknown().transform((value, context) => toNumber(value) ?? refuse(context, 'a number', value));

/** Epoch seconds, from whatever way of writing a moment the clients have. */
export const timestamp = z.unknown().transform((value, context) => {
  const seconds = toNumber(value) ?? (typeof value === 'string' ? toEpochSeconds(value) : undefined);
  if (seconds !== undefined && seconds >= EARLIEST && seconds < LATEST) return seconds;
  return refuse(
    context,
    'a moment as epoch seconds, or as ISO 8601 text with its offset, between 2001 and 2100',
    value,
  );
});

/** Years around the service's life: milliseconds or a bare year, taken for seconds, are out of them. */
const EARLIEST = Date.UTC(2001, 0) / 1000;
const LATEST = Date.UTC(2100, 0) / 1000;

const ISO_8601 = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):?(\d\d))$/i;

/** Of the digits after the point none is lost, as they would be by way of a Date. */
function toEpochSeconds(text: string): number | undefined {
  const [, year, month, day, hour, minute, second, fraction = '0', sign, hours = '0', minutes = '0'] =
    ISO_8601.exec(text) ?? [];
  if (year === undefined) return undefined;
  const fields = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const utc = new Date(Date.UTC(fields[0], fields[1] - 1, ...fields.slice(2)));
  // The 30th of February would be another day.
  const isReal = utc.toISOString().startsWith(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
  if (!isReal) return undefined;
  // So would a time zone that nobody lives in.
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offset = (sign === '-' ? -60 : 60) * (Number(hours) * 60 + Number(minutes));
  return Number(`${utc.getTime() / 1000 - offset}.${fraction}`);
}

function toNumber(value: unknown): number | undefined {
  const isNumeric = typeof value === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value);
  const number = isNumeric ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function refuse(context: z.RefinementCtx, expected: string, value: unknown): never {
  context.addIssue({ code: 'custom', message: `expected ${expected}, but got ${show(value)}` });
  return z.NEVER;
}

/** A value in an error message: short, whatever it is. */
export function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function optional<T extends z.ZodType>(type: T) {
  return z.preprocess((value) => value ?? undefined, type.optional()).optional();
}

function arnOf(kind: ArnKind) {
  return z.string().refine((text) => parseArn(kind, text) !== null, {
    error: ({ input }) => `expected the ARN of ${arnNouns[kind]}, but got ${show(input)}`,
  });
}

/** A number of things. */
const number32 = int32.refine((number) => number >= 0, {
  error: ({ input }) => `expected a whole number from 0 on, but got ${show(input)}`,
});

/** PostgreSQL has no text with U+0000. */
const text = z.string().refine((value) => !value.includes('\0'), {
  error: ({ input }) => `expected text without U+0000, but got ${show(input)}`,
});
/** The longest that the API lets an agent's ID be; the archive knows agents by it. */
const agentId = text.refine((value) => value.length <= 128, {
  error: ({ input }) => `expected at most 128 characters, but got ${show(input)}`,
});
const attributes = z.array(z.looseObject({ key: text, value: optional(text) })).max(50);

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_TelemetryMetadata.html, ordered as in its examples. */
const telemetryMetadata = z
  .array(z.looseObject({ count: amount, dataSize: optional(amount), messageType: text }))
  .max(5000);

const state = z.enum([
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
]);
const severity = z.enum(['Low', 'Medium', 'High', 'Informational', 'Undefined']);
const agentHealth = z.enum(['HEALTHY', 'UNHEALTHY', 'UNKNOWN']);
const agentHealthCode = z.enum(['IDLE', 'RUNNING', 'SHUTDOWN', 'UNHEALTHY', 'THROTTLED', 'UNKNOWN']);

const inspectorEvent = z.enum([
  'ASSESSMENT_RUN_STARTED',
  'ASSESSMENT_RUN_COMPLETED',
  'ASSESSMENT_RUN_STATE_CHANGED',
  'FINDING_REPORTED',
  'OTHER',
]);
const snsPublishStatusCode = z.enum(['SUCCESS', 'TOPIC_DOES_NOT_EXIST', 'ACCESS_DENIED', 'INTERNAL_ERROR']);

/** Of findings by their severity; sorted, since clients differ in how they print a map. */
const findingCounts = z
  .record(z.string(), number32)
  .superRefine((map, context) => {
    const other = Object.keys(map).find((key) => !severity.options.some((name) => name === key));
    if (other !== undefined) refuse(context, `the severities ${severity.options.join(', ')}`, other);
  })
  .transform((map) => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))));

/** The values of the API's enumerations that filters name as well. */
export const enumerations = { state, severity, agentHealth, agentHealthCode };

const assessmentRun = z.looseObject({
  arn: arnOf('assessmentRun'),
  name: text,
  assessmentTemplateArn: arnOf('assessmentTemplate'),
  state,
  durationInSeconds: number32,
  rulesPackageArns: z.array(arnOf('rulesPackage')).max(50),
  userAttributesForFindings: attributes,
  createdAt: timestamp,
  startedAt: optional(timestamp),
  completedAt: optional(timestamp),
  stateChangedAt: timestamp,
  dataCollected: z.boolean(),
  stateChanges: z.array(z.looseObject({ stateChangedAt: timestamp, state })),
  notifications: z.array(
    z.looseObject({
      date: timestamp,
      event: inspectorEvent,
      message: optional(text),
      error: z.boolean(),
      snsTopicArn: optional(text),
      snsPublishStatusCode: optional(snsPublishStatusCode),
    }),
  ),
  findingCounts,
});

const assessmentTemplate = z.looseObject({
  arn: arnOf('assessmentTemplate'),
  name: text,
  assessmentTargetArn: arnOf('assessmentTarget'),
  durationInSeconds: number32,
  rulesPackageArns: z.array(arnOf('rulesPackage')).max(50),
  userAttributesForFindings: attributes,
  lastAssessmentRunArn: optional(text),
  assessmentRunCount: number32,
  createdAt: timestamp,
});

const assessmentTarget = z.looseObject({
  arn: arnOf('assessmentTarget'),
  name: text,
  resourceGroupArn: optional(text),
  createdAt: timestamp,
  updatedAt: timestamp,
});

const resourceGroup = z.looseObject({ arn: arnOf('resourceGroup'), tags: attributes, createdAt: timestamp });

const rulesPackage = z.looseObject({
  arn: arnOf('rulesPackage'),
  name: text,
  version: text,
  provider: text,
  description: optional(text),
});

const finding = z.looseObject({
  arn: arnOf('finding'),
  schemaVersion: optional(integer),
  service: optional(text),
  serviceAttributes: optional(
    z.looseObject({
      schemaVersion: integer,
      assessmentRunArn: optional(text),
      rulesPackageArn: optional(text),
    }),
  ),
  assetType: optional(text),
  assetAttributes: optional(
    z.looseObject({
      schemaVersion: integer,
      agentId: optional(agentId),
      autoScalingGroup: optional(text),
      amiId: optional(text),
      hostname: optional(text),
      ipv4Addresses: optional(z.array(text)),
      tags: optional(attributes),
      networkInterfaces: optional(
        z.array(
          z.looseObject({
            networkInterfaceId: optional(text),
            subnetId: optional(text),
            vpcId: optional(text),
            privateDnsName: optional(text),
            privateIpAddress: optional(text),
            privateIpAddresses: optional(
              z.array(z.looseObject({ privateDnsName: optional(text), privateIpAddress: optional(text) })),
            ),
            publicDnsName: optional(text),
            publicIp: optional(text),
            ipv6Addresses: optional(z.array(text)),
            securityGroups: optional(z.array(z.looseObject({ groupName: optional(text), groupId: optional(text) }))),
          }),
        ),
      ),
    }),
  ),
  id: optional(text),
  title: optional(text),
  description: optional(text),
  recommendation: optional(text),
  severity: optional(severity),
  numericSeverity: optional(decimal),
  confidence: optional(int32),
  indicatorOfCompromise: optional(z.boolean()),
  attributes,
  userAttributes: attributes,
  createdAt: timestamp,
  updatedAt: timestamp,
});

const exclusion = z.looseObject({
  arn: arnOf('exclusion'),
  title: text,
  description: text,
  recommendation: text,
  scopes: z.array(z.looseObject({ key: optional(text), value: optional(text) })),
  attributes: optional(attributes),
});

const assessmentRunAgent = z.looseObject({
  agentId,
  assessmentRunArn: arnOf('assessmentRun'),
  agentHealth,
  agentHealthCode,
  agentHealthDetails: optional(text),
  autoScalingGroup: optional(text),
  telemetryMetadata,
});

/** The shape of each structure; its output is the document. */
export const documents = {
  assessmentRun,
  assessmentTemplate,
  assessmentTarget,
  resourceGroup,
  rulesPackage,
  finding,
  exclusion,
  assessmentRunAgent,
  telemetryMetadata,
  tags: attributes,
};

/** A document of one of these structures. */
export type DocumentOf<K extends keyof typeof documents> = z.output<(typeof documents)[K]>;
