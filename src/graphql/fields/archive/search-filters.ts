import type {
  AssessmentRunSearchFilter,
  FindingSearchFilter,
  HostSearchFilter,
} from '../../../inspector/archive-api.js';
import type {
  AssessmentRunFilter,
  FindingSearchFilter as FindingSearchInput,
  HostFilter as HostInput,
} from '../../generated.js';
import {
  parseAccountIds,
  parseArns,
  parseAttributes,
  parseDuration,
  parseList,
  parseNamePattern,
  parseTimes,
} from '../criteria.js';
import { createUserInputError } from '../user-input.js';

/*
 * Turns the filters of schema.graphql into those of the archive's searches, as criteria.ts does for Inspector's lists. The limits
 * are those of docs/archive-api.md.
 */

const MAX_VALUES = 100;
const MAX_TEXT_LENGTH = 140;

/** The filter of a search of runs. */
export function parseAssessmentRunSearch(filter: AssessmentRunFilter | null | undefined): AssessmentRunSearchFilter {
  return {
    accountIds: parseAccountIds(filter?.accountIds),
    regions: parseList('regions', filter?.regions, 50),
    assessmentTargetArns: parseArns('targetArns', 'assessmentTarget', filter?.targetArns),
    assessmentTemplateArns: parseArns('templateArns', 'assessmentTemplate', filter?.templateArns),
    rulesPackageArns: parseArns('rulesPackageArns', 'rulesPackage', filter?.rulesPackageArns),
    text: parseText(filter?.text),
    namePattern: parseNamePattern(filter?.namePattern),
    states: parseList('states', filter?.states, 50),
    agentIds: parseList('agentIds', filter?.agentIds, MAX_VALUES),
    hasTelemetry: filter?.hasTelemetry ?? undefined,
    durationBetween: parseDuration('durationBetween', filter?.durationBetween),
    createdBetween: parseTimes('createdBetween', filter?.createdBetween),
    startedBetween: parseTimes('startedBetween', filter?.startedBetween),
    completedBetween: parseTimes('completedBetween', filter?.completedBetween),
  };
}

/** The filter of a search of findings. */
export function parseFindingSearch(filter: FindingSearchInput | null | undefined): FindingSearchFilter {
  const texts = (name: 'severities' | 'ruleNames' | 'agentIds' | 'autoScalingGroups' | 'regions') =>
    parseList<string>(name, filter?.[name], MAX_VALUES);
  return {
    accountIds: parseAccountIds(filter?.accountIds, MAX_VALUES),
    regions: texts('regions'),
    assessmentTargetArns: parseArns('targetArns', 'assessmentTarget', filter?.targetArns, MAX_VALUES),
    assessmentTemplateArns: parseArns('templateArns', 'assessmentTemplate', filter?.templateArns, MAX_VALUES),
    assessmentRunArns: parseArns('assessmentRunArns', 'assessmentRun', filter?.assessmentRunArns, MAX_VALUES),
    rulesPackageArns: parseArns('rulesPackageArns', 'rulesPackage', filter?.rulesPackageArns, MAX_VALUES),
    text: parseText(filter?.text),
    severities: parseList('severities', filter?.severities, MAX_VALUES),
    ruleNames: texts('ruleNames'),
    agentIds: texts('agentIds'),
    autoScalingGroups: texts('autoScalingGroups'),
    attributes: parseAttributes('attributes', filter?.attributes, MAX_VALUES),
    userAttributes: parseAttributes('userAttributes', filter?.userAttributes, MAX_VALUES),
    createdBetween: parseTimes('createdBetween', filter?.createdBetween),
  };
}

/** The filter of a search of hosts. */
export function parseHostSearch(filter: HostInput | null | undefined): HostSearchFilter {
  return {
    accountIds: parseAccountIds(filter?.accountIds, MAX_VALUES),
    regions: parseList('regions', filter?.regions, MAX_VALUES),
    agentIds: parseList('agentIds', filter?.agentIds, MAX_VALUES),
    text: parseText(filter?.text),
    lastSeenBetween: parseTimes('lastSeenBetween', filter?.lastSeenBetween),
  };
}

/** A filter below an entity, which gives some criteria itself. Throws BAD_USER_INPUT where the filter has one of them as well. */
export function withOwn<Filter extends object>(filter: Filter | null | undefined, own: Partial<Filter>): Filter {
  const taken = (Object.keys(own) as (keyof Filter & string)[]).find((name) => filter?.[name] != null);
  if (taken === undefined) return { ...filter, ...own } as Filter;
  throw createUserInputError(`\`${taken}\` is given by where this field is, and not by its filter.`);
}

function parseText(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined) return undefined;
  if (text.length >= 1 && text.length <= MAX_TEXT_LENGTH) return text;
  throw createUserInputError(`\`text\` expects 1 to ${MAX_TEXT_LENGTH} characters, but got ${text.length}.`);
}
