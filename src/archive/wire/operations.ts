import { z } from 'zod';
import { createAccessDeniedError } from './api-error.js';
import * as agents from './operations/agents.js';
import * as reports from './operations/assessment-reports.js';
import * as runs from './operations/assessment-runs.js';
import * as targets from './operations/assessment-targets.js';
import * as templates from './operations/assessment-templates.js';
import * as roles from './operations/cross-account-access-role.js';
import * as exclusions from './operations/exclusions.js';
import * as findings from './operations/findings.js';
import * as rulesPackages from './operations/rules-packages.js';
import * as telemetry from './operations/telemetry.js';
import { type Operation, operation } from './shared/operation.js';

/** Operations that change something, with what the API's error code calls the thing. */
const writes = {
  AddAttributesToFindings: 'FINDING',
  CreateAssessmentTarget: 'ASSESSMENT_TARGET',
  CreateAssessmentTemplate: 'ASSESSMENT_TEMPLATE',
  CreateExclusionsPreview: 'ASSESSMENT_TEMPLATE',
  CreateResourceGroup: 'RESOURCE_GROUP',
  DeleteAssessmentRun: 'ASSESSMENT_RUN',
  DeleteAssessmentTarget: 'ASSESSMENT_TARGET',
  DeleteAssessmentTemplate: 'ASSESSMENT_TEMPLATE',
  RegisterCrossAccountAccessRole: 'IAM_ROLE',
  RemoveAttributesFromFindings: 'FINDING',
  SetTagsForResource: 'ASSESSMENT_TEMPLATE',
  StartAssessmentRun: 'ASSESSMENT_RUN',
  StopAssessmentRun: 'ASSESSMENT_RUN',
  SubscribeToEvent: 'SNS_TOPIC',
  UnsubscribeFromEvent: 'SNS_TOPIC',
  UpdateAssessmentTarget: 'ASSESSMENT_TARGET',
};

/** The operations of Inspector Classic, by their names in the API. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ...Object.entries({
    GetTelemetryMetadata: telemetry.getTelemetryMetadata,
    GetAssessmentReport: reports.getAssessmentReport,
    GetExclusionsPreview: exclusions.getExclusionsPreview,
    DescribeAssessmentRuns: runs.describeAssessmentRuns,
    DescribeAssessmentTargets: targets.describeAssessmentTargets,
    DescribeAssessmentTemplates: templates.describeAssessmentTemplates,
    DescribeCrossAccountAccessRole: roles.describeCrossAccountAccessRole,
    DescribeExclusions: exclusions.describeExclusions,
    DescribeFindings: findings.describeFindings,
    DescribeResourceGroups: targets.describeResourceGroups,
    DescribeRulesPackages: rulesPackages.describeRulesPackages,
    ListAssessmentRuns: runs.listAssessmentRuns,
    ListAssessmentRunAgents: agents.listAssessmentRunAgents,
    ListAssessmentTargets: targets.listAssessmentTargets,
    ListAssessmentTemplates: templates.listAssessmentTemplates,
    ListEventSubscriptions: templates.listEventSubscriptions,
    ListExclusions: exclusions.listExclusions,
    ListFindings: findings.listFindings,
    ListRulesPackages: rulesPackages.listRulesPackages,
    ListTagsForResource: templates.listTagsForResource,
    PreviewAgents: agents.previewAgents,
  }),
  ...Object.entries(writes).map(([name, noun]): [string, Operation] => [name, refuse(name, noun)]),
]);

function refuse(name: string, noun: string): Operation {
  return operation(z.unknown(), async () => {
    throw createAccessDeniedError(`ACCESS_DENIED_TO_${noun}`, `${name} is denied: the archive is read-only.`);
  });
}
