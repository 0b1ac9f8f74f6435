import { z } from 'zod';
import { matchArn } from '../../../domain/arn.js';
import { type ApiError, createInvalidInputError } from '../api-error.js';
import { list, members } from '../shared/constraints.js';
import { operation } from '../shared/operation.js';
import { createNoTelemetryError } from '../shared/telemetry.js';

const MAX_RUNS = 100;

export const batchGetTelemetryMetadata = operation(
  members({ assessmentRunArns: list(z.string(), 'INVALID_NUMBER_OF_ASSESSMENT_RUN_ARNS', 1, MAX_RUNS) }),
  async ({ assessmentRunArns: runArns }, { reader, visibility }) => {
    const valid = [...new Set(runArns.filter((runArn) => matchArn('assessmentRun', runArn) !== null))];
    const telemetry = await reader.fetchDocuments('telemetryMetadata', valid, visibility);
    const others = valid.filter((runArn) => !telemetry.has(runArn));
    const existing =
      others.length === 0 ? new Set<string>() : await reader.findExisting('assessmentRun', others, visibility);
    const results = runArns.map((runArn) => {
      const rows = telemetry.get(runArn);
      const answer = rows === undefined ? toError(runArn, existing) : `"telemetryMetadata":${rows}`;
      return `{"assessmentRunArn":${JSON.stringify(runArn)},${answer}}`;
    });
    return `{"results":[${results.join()}]}`;
  },
);

/** What GetTelemetryMetadata fails with for the run, as a member of its result. */
function toError(runArn: string, existing: ReadonlySet<string>): string {
  const { type, members, message }: ApiError =
    matchArn('assessmentRun', runArn) === null
      ? createInvalidInputError('INVALID_ASSESSMENT_RUN_ARN', 'Expected the ARN of an assessment run.')
      : createNoTelemetryError(runArn, existing.has(runArn));
  return `"error":${JSON.stringify({ type, ...members, message })}`;
}
