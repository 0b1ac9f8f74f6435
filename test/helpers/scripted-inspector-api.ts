import type { AssessmentRunArn } from '../../src/inspector/assessment-run-arn.js';
import type {
  AssessmentRun,
  AssessmentRunPage,
  InspectorApi,
  TelemetryMetadata,
} from '../../src/inspector/inspector-api.js';
import { InspectorFailure } from '../../src/inspector/inspector-failure.js';
import { detailsOf, telemetryOf } from './runs.js';

interface Script {
  telemetry?: (arn: AssessmentRunArn) => readonly TelemetryMetadata[] | Promise<readonly TelemetryMetadata[]>;
  details?: (arn: AssessmentRunArn) => AssessmentRun | InspectorFailure;
  list?: (input: {
    maxResults: number;
    nextToken?: string | undefined;
  }) => AssessmentRunPage | Promise<AssessmentRunPage>;
}

/** An InspectorApi that answers by a script and records what it was asked. */
export function createScriptedInspectorApi(script: Script = {}) {
  const calls = {
    getTelemetryMetadata: [] as AssessmentRunArn[],
    describeAssessmentRuns: [] as AssessmentRunArn[][],
    listAssessmentRuns: [] as { maxResults: number; nextToken?: string | undefined }[],
  };
  const inspector: InspectorApi = {
    async getTelemetryMetadata(arn) {
      calls.getTelemetryMetadata.push(arn);
      return (script.telemetry ?? telemetryOf)(arn);
    },
    async describeAssessmentRuns(arns) {
      calls.describeAssessmentRuns.push([...arns]);
      return arns.map(script.details ?? detailsOf);
    },
    async listAssessmentRuns(input) {
      calls.listAssessmentRuns.push(input);
      return script.list?.(input) ?? { assessmentRunArns: [], nextToken: null };
    },
  };
  return { inspector, calls };
}

export function createFailure(
  fields: Partial<ConstructorParameters<typeof InspectorFailure>[0]> = {},
): InspectorFailure {
  return new InspectorFailure({ code: 'SERVICE_UNAVAILABLE', canRetry: true, message: 'Scripted failure', ...fields });
}
