import type {
  AssessmentRunAgentCriteria,
  AssessmentRunCriteria,
  AssessmentTemplateCriteria,
  Between,
  FindingCriteria,
} from '../../inspector/inspector-api.js';
import {
  type ArnKind,
  type AssessmentRunArn,
  type InspectorArn,
  parseArn,
  toAccount,
} from '../../inspector/inspector-arn.js';
import type {
  AssessmentRunAgentFilter,
  AssessmentRunFilter,
  AssessmentTargetFilter,
  AssessmentTemplateFilter,
  DateTimeRange,
  DurationRange,
  FindingFilter,
  KeyValueInput,
} from '../generated.js';
import { createUserInputError } from './user-input.js';

/*
 * Turns the filters of schema.graphql into criteria of Inspector's lists. Null and empty lists count as absent. Values that
 * Inspector would reject are rejected here, before any call: with BAD_USER_INPUT, or INVALID_INPUT for an ARN. The limits of
 * lists and texts are those of the API's shapes.
 */

/** The criteria of a filter, and its regions. */
interface Criteria<C> {
  readonly criteria: C;
  readonly regions: readonly string[] | undefined;
}

/** The criteria of runs, or null when nothing can match. */
export function parseAssessmentRunFilter(
  filter: AssessmentRunFilter | null | undefined,
): Criteria<AssessmentRunCriteria> | null {
  const allTemplateArns = parseArns('templateArns', 'assessmentTemplate', filter?.templateArns);
  const accountIds = parseAccountIds(filter?.accountIds);
  if (accountIds !== undefined && allTemplateArns === undefined) {
    throw createUserInputError(
      '`accountIds` expects `templateArns` beside it: Inspector lists by region and not by account. Without them, ask a ' +
        'gateway whose INSPECTOR_ENDPOINT holds that account alone.',
    );
  }
  const templateArns = allTemplateArns?.filter((arn) => accountIds?.includes(toAccount(arn)) ?? true);
  const parsed = {
    criteria: {
      assessmentTemplateArns: templateArns,
      rulesPackageArns: parseArns('rulesPackageArns', 'rulesPackage', filter?.rulesPackageArns),
      namePattern: parseNamePattern(filter?.namePattern),
      states: parseList('states', filter?.states, 50),
      durationBetween: parseDuration('durationBetween', filter?.durationBetween),
      startedBetween: parseTimes('startedBetween', filter?.startedBetween),
      completedBetween: parseTimes('completedBetween', filter?.completedBetween),
    },
    regions: parseRegions(filter?.regions),
  };
  return templateArns?.length === 0 ? null : parsed;
}

/** The criteria of templates. */
export function parseAssessmentTemplateFilter(
  filter: AssessmentTemplateFilter | null | undefined,
): Criteria<AssessmentTemplateCriteria> {
  return {
    criteria: {
      assessmentTargetArns: parseArns('targetArns', 'assessmentTarget', filter?.targetArns),
      rulesPackageArns: parseArns('rulesPackageArns', 'rulesPackage', filter?.rulesPackageArns),
      namePattern: parseNamePattern(filter?.namePattern),
      durationBetween: parseDuration('durationBetween', filter?.durationBetween),
    },
    regions: parseRegions(filter?.regions),
  };
}

/** The criteria of targets. */
export function parseAssessmentTargetFilter(filter: AssessmentTargetFilter | null | undefined) {
  return {
    criteria: { namePattern: parseNamePattern(filter?.namePattern) },
    regions: parseRegions(filter?.regions),
  };
}

/** The criteria of the findings of a run. */
export function parseFindingFilter(
  assessmentRunArn: AssessmentRunArn,
  filter: FindingFilter | null | undefined,
): FindingCriteria {
  return {
    assessmentRunArn,
    severities: parseList('severities', filter?.severities, 50),
    agentIds: parseList('agentIds', filter?.agentIds, 99),
    autoScalingGroups: parseList('autoScalingGroups', filter?.autoScalingGroups, 20),
    ruleNames: parseList('ruleNames', filter?.ruleNames, 50),
    rulesPackageArns: parseArns('rulesPackageArns', 'rulesPackage', filter?.rulesPackageArns),
    attributes: parseAttributes('attributes', filter?.attributes),
    userAttributes: parseAttributes('userAttributes', filter?.userAttributes),
    createdBetween: parseTimes('createdBetween', filter?.createdBetween),
  };
}

/** The criteria of the agents of a run. */
export function parseAssessmentRunAgentFilter(
  assessmentRunArn: AssessmentRunArn,
  filter: AssessmentRunAgentFilter | null | undefined,
): AssessmentRunAgentCriteria {
  return {
    assessmentRunArn,
    agentHealths: parseList('agentHealths', filter?.agentHealths, 10),
    agentHealthCodes: parseList('agentHealthCodes', filter?.agentHealthCodes, 10),
  };
}

/** The ID of an agent. Throws BAD_USER_INPUT for one that none can have. */
export function parseAgentId(agentId: string): string {
  if (/^[^\0]{1,128}$/su.test(agentId)) return agentId;
  throw createUserInputError('`agentId` expects 1 to 128 characters.');
}

/** IDs of accounts. Throws BAD_USER_INPUT for anything else than 12 digits. */
export function parseAccountIds(accountIds: readonly string[] | null | undefined, max = 50) {
  const distinct = parseList('accountIds', accountIds, max);
  const noAccount = distinct?.find((text) => !/^\d{12}$/.test(text));
  if (noAccount === undefined) return distinct;
  throw createUserInputError(`\`accountIds\` expects 12 digits each, but got ${JSON.stringify(noAccount)}.`);
}

/** Regions to list; region-pager.ts checks their names. */
export function parseRegions(regions: readonly string[] | null | undefined): readonly string[] | undefined {
  return parseList('regions', regions, 50);
}

/** Attributes; a value of null stands for any. */
export function parseAttributes(name: string, attributes: readonly KeyValueInput[] | null | undefined, max = 50) {
  return parseList(name, attributes, max)?.map(({ key, value }) => ({ key, value: value ?? null }));
}

/** The distinct values of a list, or undefined without any. Throws BAD_USER_INPUT for more than `max`. */
export function parseList<T>(
  name: string,
  values: readonly T[] | null | undefined,
  max: number,
): readonly T[] | undefined {
  if (values === null || values === undefined || values.length === 0) return undefined;
  const distinct = [...new Set(values)];
  if (distinct.length <= max) return distinct;
  throw createUserInputError(`\`${name}\` expects at most ${max} values, but got ${distinct.length}.`);
}

/** The ARNs of a list. Throws INVALID_INPUT for one of another kind, and BAD_USER_INPUT for more than `max`. */
export function parseArns<K extends ArnKind>(
  name: string,
  kind: K,
  texts: readonly string[] | null | undefined,
  max = 50,
): readonly InspectorArn<K>[] | undefined {
  return parseList(name, texts, max)?.map((text) => parseArn(kind, text));
}

/** A pattern of 1 to 140 characters. */
export function parseNamePattern(pattern: string | null | undefined): string | undefined {
  if (pattern === null || pattern === undefined) return undefined;
  if (pattern.length >= 1 && pattern.length <= 140) return pattern;
  throw createUserInputError(`\`namePattern\` expects 1 to 140 characters, but got ${pattern.length}.`);
}

// AssessmentRunDuration of the API.
const MIN_SECONDS = 180;
const MAX_SECONDS = 86_400;

/** A range of seconds that a run may be meant to last. */
export function parseDuration(name: string, range: DurationRange | null | undefined): Between<number> | undefined {
  const between = parseRange<number>(name, range);
  const isPossible = [between?.from, between?.to].every(
    (seconds) => seconds === undefined || (seconds >= MIN_SECONDS && seconds <= MAX_SECONDS),
  );
  if (isPossible) return between;
  throw createUserInputError(`\`${name}\` expects seconds from ${MIN_SECONDS} to ${MAX_SECONDS}.`);
}

/** A range of times. */
export function parseTimes(name: string, range: DateTimeRange | null | undefined): Between<Date> | undefined {
  return parseRange<Date>(name, range);
}

function parseRange<T extends number | Date>(
  name: string,
  range: { readonly from?: T | null | undefined; readonly to?: T | null | undefined } | null | undefined,
): Between<T> | undefined {
  const from = range?.from ?? undefined;
  const to = range?.to ?? undefined;
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined || from <= to) return { from, to };
  throw createUserInputError(`\`${name}\` expects \`from\` not to be after \`to\`.`);
}
