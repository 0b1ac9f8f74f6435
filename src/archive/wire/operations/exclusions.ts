import { z } from 'zod';
import { arn, describedArns, ifAbsent, locale, NO_CODE_OF_ITS_OWN, violation } from '../shared/constraints.js';
import { describe } from '../shared/describe.js';
import { whereIn } from '../shared/filters.js';
import { operation, requireEntities } from '../shared/operation.js';
import { listArns, listDocuments, page } from '../shared/paging.js';

export const describeExclusions = describe('exclusion', { exclusionArns: describedArns('exclusion', 100), locale });

export const listExclusions = operation(
  z.object({ assessmentRunArn: arn('assessmentRun'), ...page({ defaultSize: 100 }) }),
  async ({ assessmentRunArn, ...query }, context) => {
    await requireEntities('assessmentRun', [assessmentRunArn], context);
    return listArns('exclusion', query, context, [whereIn('assessment_run_arn', [assessmentRunArn])]);
  },
);

const invalidToken = violation(NO_CODE_OF_ITS_OWN, 'the UUID that CreateExclusionsPreview gave');

/** A preview under a token that the archive does not have has nothing in it. */
export const getExclusionsPreview = operation(
  z.object({
    assessmentTemplateArn: arn('assessmentTemplate'),
    previewToken: z.string(ifAbsent(invalidToken)).regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, invalidToken),
    locale,
    ...page({ defaultSize: 100 }),
  }),
  async ({ assessmentTemplateArn, previewToken, ...query }, context) => {
    await requireEntities('assessmentTemplate', [assessmentTemplateArn], context);
    const members = await listDocuments('exclusionPreview', query, context, [
      whereIn('assessment_template_arn', [assessmentTemplateArn]),
      whereIn('preview_token', [previewToken]),
    ]);
    return `{"previewStatus":"COMPLETED",${members}}`;
  },
);
