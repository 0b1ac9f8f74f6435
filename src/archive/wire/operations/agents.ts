import { z } from 'zod';
import { enumerations } from '../../documents.js';
import { arn, choices, NO_CODE_OF_ITS_OWN } from '../shared/constraints.js';
import { whereIn } from '../shared/filters.js';
import { operation, requireEntities } from '../shared/operation.js';
import { listDocuments, page } from '../shared/paging.js';

const healths = (values: readonly string[]) => choices(values, NO_CODE_OF_ITS_OWN, NO_CODE_OF_ITS_OWN, 10);

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_AgentFilter.html: both lists are required. */
const agentFilter = z.object({
  agentHealths: healths(enumerations.agentHealth.options),
  agentHealthCodes: healths(enumerations.agentHealthCode.options),
});

export const listAssessmentRunAgents = operation(
  z.object({ assessmentRunArn: arn('assessmentRun'), filter: agentFilter.nullish(), ...page({ maxSize: 500 }) }),
  async ({ assessmentRunArn, filter, ...query }, context) => {
    await requireEntities('assessmentRun', [assessmentRunArn], context);
    const members = await listDocuments('assessmentRunAgent', query, context, [
      whereIn('assessment_run_arn', [assessmentRunArn]),
      whereIn('agent_health', filter?.agentHealths),
      whereIn('agent_health_code', filter?.agentHealthCodes),
    ]);
    return `{${members}}`;
  },
);

export const previewAgents = operation(
  z.object({ previewAgentsArn: arn('assessmentTarget'), ...page() }),
  async ({ previewAgentsArn: targetArn, ...query }, context) => {
    await requireEntities('assessmentTarget', [targetArn], context);
    return `{${await listDocuments('agentPreview', query, context, [whereIn('assessment_target_arn', [targetArn])])}}`;
  },
);
