import { z } from 'zod';
import { enumerations } from '../../documents.js';
import { toAttributeTest } from '../shared/attributes.js';
import { choices, describedArns, filterArns, ifAbsent, list, locale, text, violation } from '../shared/constraints.js';
import { describe } from '../shared/describe.js';
import { timeRange, whereBetween, whereIn } from '../shared/filters.js';
import { operation, requireEntities } from '../shared/operation.js';
import { listArns, page } from '../shared/paging.js';

export const describeFindings = describe('finding', { findingArns: describedArns('finding'), locale });

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_FindingFilter.html */
const findingFilter = z.object({
  agentIds: list(text('INVALID_AGENT_ID', 'an agent ID', 1, 128), 'INVALID_NUMBER_OF_AGENT_IDS', 0, 99).nullish(),
  autoScalingGroups: list(
    text('INVALID_AUTO_SCALING_GROUP', 'the name of a group', 1, 256),
    'INVALID_NUMBER_OF_AUTO_SCALING_GROUPS',
    0,
    20,
  ).nullish(),
  ruleNames: list(
    text('INVALID_RULE_NAME', 'the name of a rule', 0, 1000),
    'INVALID_NUMBER_OF_RULE_NAMES',
    0,
    50,
  ).nullish(),
  severities: choices(enumerations.severity.options, 'INVALID_SEVERITY', 'INVALID_NUMBER_OF_SEVERITIES', 50).nullish(),
  rulesPackageArns: filterArns('rulesPackage'),
  attributes: attributes('ATTRIBUTE', 'ATTRIBUTE', 'ATTRIBUTE'),
  userAttributes: attributes('USER_ATTRIBUTE', 'USER_ATTRIBUTE_KEY', 'USER_ATTRIBUTE_VALUE'),
  creationTimeRange: timeRange(),
});

/** A rule is known by the finding's `id`: the API's filter names a property ruleName that its findings do not have. */
export const listFindings = operation(
  z.object({ assessmentRunArns: filterArns('assessmentRun'), filter: findingFilter.nullish(), ...page() }),
  async ({ assessmentRunArns, filter, ...query }, context) => {
    await requireEntities('assessmentRun', assessmentRunArns, context);
    const conditions = [
      whereIn('assessment_run_arn', assessmentRunArns),
      whereIn('agent_id', filter?.agentIds),
      whereIn('severity', filter?.severities),
      whereIn('auto_scaling_group', filter?.autoScalingGroups),
      whereIn('rule_name', filter?.ruleNames),
      whereIn('rules_package_arn', filter?.rulesPackageArns),
      whereBetween('created_at', filter?.creationTimeRange),
    ];
    return listArns('finding', query, context, conditions, toAttributeTest(filter ?? {}));
  },
);

/** What the API's error codes call an attribute, its key and its value. */
function attributes(noun: string, keyNoun: string, valueNoun: string) {
  const attribute = z.object(
    {
      key: text(`INVALID_${keyNoun}`, 'a key', 1, 128),
      value: text(`INVALID_${valueNoun}`, 'a value', 1, 256).nullish(),
    },
    ifAbsent(violation(`INVALID_${noun}`, 'an attribute with a key')),
  );
  return list(attribute, `INVALID_NUMBER_OF_${noun}S`, 0, 50).nullish();
}
