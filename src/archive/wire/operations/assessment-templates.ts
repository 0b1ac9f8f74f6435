import { z } from 'zod';
import { arn, describedArns, filterArns } from '../shared/constraints.js';
import { describe } from '../shared/describe.js';
import { durationRange, namePattern, whereBetween, whereEvaluates, whereIn, whereMatches } from '../shared/filters.js';
import { operation, requireEntities } from '../shared/operation.js';
import { listArns, listDocuments, page } from '../shared/paging.js';

export const describeAssessmentTemplates = describe('assessmentTemplate', {
  assessmentTemplateArns: describedArns('assessmentTemplate'),
});

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_AssessmentTemplateFilter.html */
const templateFilter = z.object({
  namePattern: namePattern('INVALID_ASSESSMENT_TEMPLATE_NAME_PATTERN'),
  durationRange: durationRange('INVALID_ASSESSMENT_TEMPLATE_DURATION_RANGE'),
  rulesPackageArns: filterArns('rulesPackage'),
});

export const listAssessmentTemplates = operation(
  z.object({ assessmentTargetArns: filterArns('assessmentTarget'), filter: templateFilter.nullish(), ...page() }),
  async ({ assessmentTargetArns, filter, ...query }, context) => {
    await requireEntities('assessmentTarget', assessmentTargetArns, context);
    return listArns('assessmentTemplate', query, context, [
      whereIn('assessment_target_arn', assessmentTargetArns),
      whereEvaluates(filter?.rulesPackageArns),
      whereMatches('name', filter?.namePattern),
      whereBetween('duration_in_seconds', filter?.durationRange),
    ]);
  },
);

const templateArn = arn('assessmentTemplate', 'INVALID_RESOURCE_ARN');

export const listTagsForResource = operation(
  z.object({ resourceArn: templateArn }),
  async ({ resourceArn }, context) => {
    const tags = (await context.reader.fetchDocuments('tags', [resourceArn], context.visibility)).get(resourceArn);
    if (tags === undefined) await requireEntities('assessmentTemplate', [resourceArn], context);
    return `{"tags":${tags ?? '[]'}}`;
  },
);

/** Those that there were: nothing happens in an archive that one could be told of. */
export const listEventSubscriptions = operation(
  z.object({ resourceArn: templateArn.nullish(), ...page({ maxSize: 50 }) }),
  async ({ resourceArn, ...query }, context) => {
    const resourceArns = resourceArn == null ? [] : [resourceArn];
    await requireEntities('assessmentTemplate', resourceArns, context);
    return `{${await listDocuments('eventSubscription', query, context, [whereIn('resource_arn', resourceArns)])}}`;
  },
);
