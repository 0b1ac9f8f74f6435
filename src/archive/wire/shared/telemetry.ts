import { type ApiError, createNoSuchEntityError } from '../api-error.js';

/** Why there is no telemetry of a run, which the archive has otherwise or has not. */
export function createNoTelemetryError(runArn: string, exists: boolean): ApiError {
  return createNoSuchEntityError(
    'ASSESSMENT_RUN_DOES_NOT_EXIST',
    exists
      ? // An empty list would say that the run had none.
        `The archive has the assessment run ${runArn}, but not its telemetry: import its GetTelemetryMetadata output.`
      : `The assessment run ${runArn} does not exist.`,
  );
}
