import { arn, list, members, NO_CODE_OF_ITS_OWN, text } from '../shared/constraints.js';
import { operation } from '../shared/operation.js';

const MAX_AGENTS = 100;

export const batchGetAssessmentRunAgents = operation(
  members({
    agents: list(
      members({
        assessmentRunArn: arn('assessmentRun'),
        agentId: text(NO_CODE_OF_ITS_OWN, 'the ID of an agent', 1, 128),
      }),
      NO_CODE_OF_ITS_OWN,
      1,
      MAX_AGENTS,
    ),
  }),
  async ({ agents }, { reader, visibility }) => {
    const keyed = agents.map(({ assessmentRunArn, agentId }) => {
      return { assessmentRunArn, agentId, key: `${assessmentRunArn} ${agentId}` };
    });
    const keys = [...new Set(keyed.map(({ key }) => key))];
    const documents = await reader.fetchDocuments('assessmentRunAgent', keys, visibility);
    const results = keyed.map(({ key, ...agent }) => {
      return `${JSON.stringify(agent).slice(0, -1)},"assessmentRunAgent":${documents.get(key) ?? null}}`;
    });
    return `{"results":[${results.join()}]}`;
  },
);
