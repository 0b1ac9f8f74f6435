import type { AssessmentRun, TelemetryMetadata } from '../../src/inspector/inspector-api.js';
import { type AssessmentRunArn, parseAssessmentRunArn } from '../../src/inspector/inspector-arn.js';

/** The run of AWS's documentation, which the archive's sample holds. */
export const exampleArn = toArn(
  'arn:aws:inspector:us-west-2:123456789012:target/0-0kFIPusq/template/0-4r1V2mAw/run/0-MKkpXXPE',
);

/** A second run of the same template, of which the sample has only the ARN. */
export const listedArn = toArn(exampleArn.replace('0-MKkpXXPE', '0-v5D6fI3v'));

/** The ARN of the nth made-up run. */
export function runArn(number: number, region = 'us-west-2'): AssessmentRunArn {
  const id = String(number).padStart(8, '0');
  const partition = region.startsWith('us-gov') ? 'aws-us-gov' : 'aws';
  return toArn(`arn:${partition}:inspector:${region}:123456789012:target/0-Target00/template/0-Templat0/run/0-${id}`);
}

let fresh = 1000;

/** The ARN of a run that no test of the file has used before, so that no cache has it. */
export function freshArn(): AssessmentRunArn {
  fresh += 1;
  return runArn(fresh);
}

/** The number that runArn was given. Telemetry and names contain it, so that mixed-up runs show. */
export function toRunNumber(arn: string): number {
  return Number(arn.slice(-8)) || 0;
}

export function telemetryOf(arn: string): TelemetryMetadata[] {
  return [{ messageType: 'InspectorGroup', count: toRunNumber(arn), dataSize: null }];
}

export function detailsOf(arn: AssessmentRunArn): AssessmentRun {
  const createdAt = new Date('2025-01-06T09:00:00.125Z');
  return {
    arn,
    name: `Run ${toRunNumber(arn)}`,
    state: 'COMPLETED',
    assessmentTemplateArn: arn.slice(0, arn.indexOf('/run/')),
    createdAt,
    startedAt: createdAt,
    completedAt: null,
    stateChangedAt: createdAt,
    durationInSeconds: 3600,
    dataCollected: true,
    rulesPackageArns: [],
    findingCounts: [{ severity: 'High', count: 1 }],
    stateChanges: [{ state: 'CREATED', stateChangedAt: createdAt }],
    notifications: [],
    userAttributesForFindings: [],
  };
}

function toArn(text: string): AssessmentRunArn {
  return parseAssessmentRunArn(text);
}

/** Limits of a cache in which nothing expires during a test. */
export const cacheLimits = {
  ttlMs: 1_000_000,
  terminalTtlMs: 1_000_000,
  runningTtlMs: 1_000_000,
  staleMs: 0,
  maxRuns: 100,
};
