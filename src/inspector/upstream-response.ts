import { z } from 'zod';
import { type AssessmentRunArn, parseAssessmentRunArn } from './assessment-run-arn.js';
import {
  type AssessmentRun,
  assessmentRunStates,
  type Severity,
  severities,
  type TelemetryMetadata,
} from './inspector-api.js';
import { createBadResponseFailure } from './inspector-failure.js';

/** Which call an answer belongs to, for the failure that names it. */
export interface CallId {
  operation: string;
  requestId: string | undefined;
}

// z.int() takes safe integers only: a 64-bit count past 2^53-1 has already been rounded by JSON.parse.
const telemetryMetadata = z
  .array(
    z.object({ messageType: z.string(), count: z.int(), dataSize: z.int().nullish().transform(toNull) }).readonly(),
  )
  .max(5000);

// The SDK reads ISO text, which this API never sends, as its leading year in seconds: some minutes of 1970.
const timestamp = z.date().refine((date) => date.getTime() >= 10_000_000, 'expected epoch seconds');
const state = z.enum(assessmentRunStates);
const arn = z.string().transform((text, context): AssessmentRunArn => {
  try {
    return parseAssessmentRunArn(text);
  } catch {
    context.addIssue('expected the ARN of an assessment run');
    return z.NEVER;
  }
});

const assessmentRun = z
  .object({
    arn,
    name: z.string(),
    state,
    assessmentTemplateArn: z.string(),
    createdAt: timestamp,
    startedAt: timestamp.nullish().transform(toNull),
    completedAt: timestamp.nullish().transform(toNull),
    stateChangedAt: timestamp,
    durationInSeconds: z.int32(),
    dataCollected: z.boolean(),
    rulesPackageArns: z.array(z.string()).readonly(),
    findingCounts: z
      .partialRecord(z.enum(severities), z.int32())
      .transform((counts) =>
        severities.flatMap((severity: Severity) => {
          const count = counts[severity];
          return count === undefined ? [] : [{ severity, count }];
        }),
      )
      .readonly(),
    stateChanges: z.array(z.object({ state, stateChangedAt: timestamp })).readonly(),
  })
  .readonly();

/** Each item is checked by itself, so that a bad one is the failure of its run alone. */
const describedRuns = z.object({
  assessmentRuns: z.array(z.unknown()).catch([]),
  failedItems: z.record(z.string(), z.unknown()).catch({}),
});

const assessmentRunPage = z.object({
  assessmentRunArns: z.array(arn).max(100).readonly(),
  // An empty token ends the list, as it does in the SDK's paginators.
  nextToken: z
    .string()
    .nullish()
    .transform((token) => token || null),
});

/** The rows of GetTelemetryMetadata; throws BAD_UPSTREAM_RESPONSE that names the first row and field at fault. */
export function parseTelemetryMetadata(value: unknown, callId: CallId): readonly TelemetryMetadata[] {
  return Object.freeze(parse(telemetryMetadata, value, 'telemetryMetadata', callId));
}

/** What DescribeAssessmentRuns says of each run, unchecked: runs by their ARN, since their order is not promised. */
export function parseDescribedRuns(value: unknown, callId: CallId) {
  const { assessmentRuns, failedItems } = parse(describedRuns, value, '', callId);
  const runsByArn = new Map(assessmentRuns.map((run) => [(run as { arn?: unknown } | null)?.arn, run]));
  return { runsByArn, failedItems };
}

/** One run of DescribeAssessmentRuns; throws BAD_UPSTREAM_RESPONSE. */
export function parseAssessmentRun(value: unknown, callId: CallId): AssessmentRun {
  return parse(assessmentRun, value, 'assessmentRun', callId);
}

/** A page of ListAssessmentRuns; throws BAD_UPSTREAM_RESPONSE. */
export function parseAssessmentRunPage(value: unknown, callId: CallId) {
  return parse(assessmentRunPage, value, '', callId);
}

function parse<T extends z.ZodType>(type: T, value: unknown, name: string, callId: CallId): z.output<T> {
  const result = type.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = [name, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
  throw createBadResponseFailure(`${path}: ${issue?.message}`, callId.operation, callId.requestId);
}

function toNull<T>(value: T | null | undefined): T | null {
  return value ?? null;
}
