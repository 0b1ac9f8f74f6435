import { z } from 'zod';
import { enumerations } from '../../documents.js';
import { choices, describedArns, filterArns } from '../shared/constraints.js';
import { describe } from '../shared/describe.js';
import {
  durationRange,
  namePattern,
  timeRange,
  whereBetween,
  whereEvaluates,
  whereIn,
  whereMatches,
} from '../shared/filters.js';
import { operation, requireEntities } from '../shared/operation.js';
import { listArns, page } from '../shared/paging.js';

export const describeAssessmentRuns = describe('assessmentRun', { assessmentRunArns: describedArns('assessmentRun') });

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_AssessmentRunFilter.html */
const runFilter = z.object({
  namePattern: namePattern('INVALID_ASSESSMENT_TEMPLATE_NAME_PATTERN'),
  states: choices(
    enumerations.state.options,
    'INVALID_ASSESSMENT_RUN_STATE',
    'INVALID_NUMBER_OF_ASSESSMENT_RUN_STATES',
    50,
  ).nullish(),
  durationRange: durationRange('INVALID_ASSESSMENT_RUN_DURATION_RANGE'),
  rulesPackageArns: filterArns('rulesPackage'),
  startTimeRange: timeRange('INVALID_ASSESSMENT_RUN_START_TIME_RANGE'),
  completionTimeRange: timeRange('INVALID_ASSESSMENT_RUN_COMPLETION_TIME_RANGE'),
  stateChangeTimeRange: timeRange('INVALID_ASSESSMENT_RUN_STATE_CHANGE_TIME_RANGE'),
});

export const listAssessmentRuns = operation(
  z.object({ assessmentTemplateArns: filterArns('assessmentTemplate'), filter: runFilter.nullish(), ...page() }),
  async ({ assessmentTemplateArns, filter, ...query }, context) => {
    await requireEntities('assessmentTemplate', assessmentTemplateArns, context);
    return listArns('assessmentRun', query, context, [
      whereIn('assessment_template_arn', assessmentTemplateArns),
      whereEvaluates(filter?.rulesPackageArns),
      whereIn('state', filter?.states),
      whereMatches('name', filter?.namePattern),
      whereBetween('duration_in_seconds', filter?.durationRange),
      whereBetween('started_at', filter?.startTimeRange),
      whereBetween('completed_at', filter?.completionTimeRange),
      whereBetween('state_changed_at', filter?.stateChangeTimeRange),
    ]);
  },
);
