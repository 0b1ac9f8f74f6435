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
} from '../generated.js';
import { createUserInputError } from './arguments.js';

/*
 * The filters of schema.graphql as criteria of Inspector's lists. Null is the same as absent, and so is an empty list. What
 * Inspector would refuse is refused here, before anything is asked: with BAD_USER_INPUT, or INVALID_INPUT for an ARN.
 */

/** What a filter asks for. */
interface Criteria<C> {
  readonly criteria: C;
  readonly regions: readonly string[] | undefined;
}

/** Null when nothing can fit the filter. */
export function parseAssessmentRunFilter(
  filter: AssessmentRunFilter | null | undefined,
): Criteria<AssessmentRunCriteria> | null {
  const allTemplateArns = parseArns('templateArns', 'assessmentTemplate', filter?.templateArns);
  const accountIds = parseList('accountIds', filter?.accountIds, 50);
  const noAccount = accountIds?.find((text) => !/^\d{12}$/.test(text));
  if (noAccount !== undefined) {
    throw createUserInputError(`\`accountIds\` expects 12 digits each, but got ${JSON.stringify(noAccount)}.`);
  }
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
  const parseAttributes = (name: 'attributes' | 'userAttributes') =>
    parseList(name, filter?.[name], 50)?.map(({ key, value }) => ({ key, value: value ?? null }));
  return {
    assessmentRunArn,
    severities: parseList('severities', filter?.severities, 50),
    agentIds: parseList('agentIds', filter?.agentIds, 99),
    autoScalingGroups: parseList('autoScalingGroups', filter?.autoScalingGroups, 20),
    ruleNames: parseList('ruleNames', filter?.ruleNames, 50),
    rulesPackageArns: parseArns('rulesPackageArns', 'rulesPackage', filter?.rulesPackageArns),
    attributes: parseAttributes('attributes'),
    userAttributes: parseAttributes('userAttributes'),
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

/** Regions to list; which of them there are is known where they are asked. */
export function parseRegions(regions: readonly string[] | null | undefined): readonly string[] | undefined {
  return parseList('regions', regions, 50);
}

function parseList<T>(name: string, values: readonly T[] | null | undefined, max: number): readonly T[] | undefined {
  if (values === null || values === undefined || values.length === 0) return undefined;
  const distinct = [...new Set(values)];
  if (distinct.length <= max) return distinct;
  throw createUserInputError(`\`${name}\` expects at most ${max} values, but got ${distinct.length}.`);
}

function parseArns<K extends ArnKind>(
  name: string,
  kind: K,
  texts: readonly string[] | null | undefined,
): readonly InspectorArn<K>[] | undefined {
  return parseList(name, texts, 50)?.map((text) => parseArn(kind, text));
}

function parseNamePattern(pattern: string | null | undefined): string | undefined {
  if (pattern === null || pattern === undefined) return undefined;
  if (pattern.length >= 1 && pattern.length <= 140) return pattern;
  throw createUserInputError(`\`namePattern\` expects 1 to 140 characters, but got ${pattern.length}.`);
}

const MIN_SECONDS = 180;
const MAX_SECONDS = 86_400;

function parseDuration(name: string, range: DurationRange | null | undefined): Between<number> | undefined {
  const between = parseRange<number>(name, range);
  const isPossible = [between?.from, between?.to].every(
    (seconds) => seconds === undefined || (seconds >= MIN_SECONDS && seconds <= MAX_SECONDS),
  );
  if (isPossible) return between;
  throw createUserInputError(`\`${name}\` expects seconds from ${MIN_SECONDS} to ${MAX_SECONDS}.`);
}

function parseTimes(name: string, range: DateTimeRange | null | undefined): Between<Date> | undefined {
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
