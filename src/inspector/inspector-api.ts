import type { AssessmentRunArn } from './assessment-run-arn.js';
import type { InspectorFailure } from './inspector-failure.js';

/** AssessmentRunState of the API. */
export const assessmentRunStates = [
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
] as const;
/** One of the API's states. */
export type AssessmentRunState = (typeof assessmentRunStates)[number];

/** Severity of the API, in its spelling, the gravest first. */
export const severities = ['High', 'Medium', 'Low', 'Informational', 'Undefined'] as const;
/** One of the API's severities. */
export type Severity = (typeof severities)[number];

/** One row of a run's telemetry; `dataSize` is in bytes, and null where Inspector left it out. */
export interface TelemetryMetadata {
  readonly messageType: string;
  readonly count: number;
  readonly dataSize: number | null;
}

/** The details of an assessment run, as DescribeAssessmentRuns gives them. */
export interface AssessmentRun {
  readonly arn: AssessmentRunArn;
  readonly name: string;
  readonly state: AssessmentRunState;
  readonly assessmentTemplateArn: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly stateChangedAt: Date;
  readonly durationInSeconds: number;
  readonly dataCollected: boolean;
  readonly rulesPackageArns: readonly string[];
  readonly findingCounts: readonly { readonly severity: Severity; readonly count: number }[];
  readonly stateChanges: readonly { readonly state: AssessmentRunState; readonly stateChangedAt: Date }[];
}

/** A page of a list; `nextToken` is null on the last one. */
export interface AssessmentRunPage {
  readonly assessmentRunArns: readonly AssessmentRunArn[];
  readonly nextToken: string | null;
}

/**
 * The reads that the graph needs, in plain domain types. Each is one logical read: however many HTTP calls it takes,
 * its deadline covers them all. Rejects with an InspectorFailure.
 */
export interface InspectorApi {
  /** The rows in Inspector's order, its `Total` row included; empty when the run has no telemetry. */
  getTelemetryMetadata(arn: AssessmentRunArn): Promise<readonly TelemetryMetadata[]>;
  /** One result for each ARN, in their order: a failure of one run stands at its place and spares the others. */
  describeAssessmentRuns(arns: readonly AssessmentRunArn[]): Promise<readonly (AssessmentRun | InspectorFailure)[]>;
  /** A page of at most `maxResults` (1..100) runs; `nextToken` is one that an earlier page gave. */
  listAssessmentRuns(input: { maxResults: number; nextToken?: string | undefined }): Promise<AssessmentRunPage>;
}
