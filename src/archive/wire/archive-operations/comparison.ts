import { toTargetArn } from '../../../domain/arn.js';
import { type ComparedRun, compareRuns } from '../../comparison.js';
import { createInvalidInputError } from '../api-error.js';
import { arn, members } from '../shared/constraints.js';
import { type OperationContext, operation, requireEntities } from '../shared/operation.js';

/** Findings are compared in memory, in a few milliseconds for so many. */
const MAX_FINDINGS = 10_000;

export const compareAssessmentRuns = operation(
  members({ assessmentRunArn: arn('assessmentRun'), baseAssessmentRunArn: arn('assessmentRun').nullish() }),
  async ({ assessmentRunArn: runArn, baseAssessmentRunArn: givenBaseArn }, context) => {
    if (givenBaseArn != null && toTargetArn(givenBaseArn) !== toTargetArn(runArn)) {
      throw createInvalidInputError('DIFFERENT_TARGETS', 'baseAssessmentRunArn: expected a run of the same target.');
    }
    await requireEntities('assessmentRun', [runArn, ...(givenBaseArn == null ? [] : [givenBaseArn])], context);
    const baseArn = givenBaseArn ?? (await context.reader.findPreviousRun(runArn));
    if (baseArn === null) return JSON.stringify({ baseAssessmentRunArn: null });
    const telemetry = await context.reader.fetchDocuments(
      'telemetryMetadata',
      [...new Set([baseArn, runArn])],
      context.visibility,
    );
    const base = await fetchRun(baseArn, telemetry, context);
    const compared = await fetchRun(runArn, telemetry, context);
    return JSON.stringify({ baseAssessmentRunArn: baseArn, ...compareRuns(base, compared) });
  },
);

async function fetchRun(
  runArn: string,
  telemetry: ReadonlyMap<string, string>,
  { reader, visibility }: OperationContext,
): Promise<ComparedRun> {
  const findings = await reader.fetchFindingsOfRun(runArn, MAX_FINDINGS + 1, visibility.scope);
  if (findings.length > MAX_FINDINGS) {
    throw createInvalidInputError('TOO_MANY_FINDINGS', `The run ${runArn} has more than ${MAX_FINDINGS} findings.`);
  }
  return {
    findings,
    telemetry: JSON.parse(telemetry.get(runArn) ?? 'null'),
    agentIds: await reader.fetchAgentIds(runArn),
  };
}
