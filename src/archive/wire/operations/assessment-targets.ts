import { z } from 'zod';
import { describedArns } from '../shared/constraints.js';
import { describe } from '../shared/describe.js';
import { namePattern, whereMatches } from '../shared/filters.js';
import { operation } from '../shared/operation.js';
import { listArns, page } from '../shared/paging.js';

export const describeAssessmentTargets = describe('assessmentTarget', {
  assessmentTargetArns: describedArns('assessmentTarget'),
});

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_AssessmentTargetFilter.html */
const targetFilter = z.object({ assessmentTargetNamePattern: namePattern('INVALID_ASSESSMENT_TARGET_NAME_PATTERN') });

export const listAssessmentTargets = operation(
  z.object({ filter: targetFilter.nullish(), ...page() }),
  ({ filter, ...query }, context) =>
    listArns('assessmentTarget', query, context, [whereMatches('name', filter?.assessmentTargetNamePattern)]),
);

/** What a target takes its instances from. */
export const describeResourceGroups = describe('resourceGroup', { resourceGroupArns: describedArns('resourceGroup') });
