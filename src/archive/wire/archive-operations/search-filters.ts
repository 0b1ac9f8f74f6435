import { z } from 'zod';
import { type ArnKind, inspectorRegions } from '../../../domain/arn.js';
import { enumerations } from '../../documents.js';
import type { Criteria } from '../../store/search/criteria.js';
import type { TermDimension } from '../../store/tables.js';
import { type AttributeFilter, toAttributeTest } from '../shared/attributes.js';
import { arn, choice, list, members, text, violation } from '../shared/constraints.js';
import { toSortedSet } from '../shared/filters.js';

/*
 * The filters of searches, which are those of statistics as well: the constraints of each member, and the criteria that
 * they are for the reader. Criteria that mean the same are the same, for they are part of a cursor's digest.
 */

const INVALID_FILTER = 'INVALID_FILTER';
const MAX_VALUES = 100;

const values = <T extends z.ZodType>(value: T) => list(value, INVALID_FILTER, 0, MAX_VALUES).nullish();
const arns = (kind: ArnKind) => values(arn(kind, INVALID_FILTER));
const anyText = text(INVALID_FILTER, 'text', 1, 140).nullish();
const agentIds = values(text(INVALID_FILTER, 'the ID of an agent', 1, 128));

const places = {
  accountIds: values(z.string().regex(/^\d{12}$/, violation(INVALID_FILTER, 'the 12 digits of an account'))),
  regions: values(choice(inspectorRegions, INVALID_FILTER)),
};

/** What runs and findings have in common. */
const ofRuns = {
  ...places,
  assessmentTargetArns: arns('assessmentTarget'),
  assessmentTemplateArns: arns('assessmentTemplate'),
  assessmentRunArns: arns('assessmentRun'),
  rulesPackageArns: arns('rulesPackage'),
  text: anyText,
};

/** An inclusive range, each end of which may be absent. */
const range = (end: z.ZodType<number>) =>
  members({ from: end.nullish(), to: end.nullish() })
    .refine(
      ({ from, to }) => from == null || to == null || from <= to,
      violation(INVALID_FILTER, 'its beginning not to be after its end'),
    )
    .nullish();

const between = range(z.number());
const seconds = range(z.number().refine(Number.isSafeInteger, violation(INVALID_FILTER, 'whole seconds')));

const attributes = values(
  members({
    key: text(INVALID_FILTER, 'a key', 1, 128),
    value: text(INVALID_FILTER, 'a value', 1, 256).nullish(),
  }),
);

/** The filter of SearchAssessmentRuns. */
export const runFilter = members({
  ...ofRuns,
  namePattern: text(INVALID_FILTER, 'a pattern', 1, 140).nullish(),
  states: values(choice(enumerations.state.options, INVALID_FILTER)),
  agentIds,
  hasTelemetry: z.boolean().nullish(),
  durationBetween: seconds,
  createdBetween: between,
  startedBetween: between,
  completedBetween: between,
});

/** The filter of SearchFindings. */
export const findingFilter = members({
  ...ofRuns,
  severities: values(choice(enumerations.severity.options, INVALID_FILTER)),
  ruleNames: values(text(INVALID_FILTER, 'the name of a rule', 1, 1000)),
  agentIds,
  autoScalingGroups: values(text(INVALID_FILTER, 'the name of a group', 1, 256)),
  attributes,
  userAttributes: attributes,
  createdBetween: between,
});

/** The filter of SearchHosts. */
export const hostFilter = members({ ...places, agentIds, text: anyText, lastSeenBetween: between });

/** Criteria, and what stands for them in a cursor. */
export interface FilterCriteria {
  readonly criteria: Criteria;
  readonly identity: unknown;
}

/** The criteria of a filter of runs. */
export function toRunCriteria(filter: z.output<typeof runFilter>): FilterCriteria {
  const { rulesPackageArns, text, namePattern, states, agentIds, hasTelemetry } = filter;
  return toFilterCriteria({
    terms: [...toPlaces(filter), ...toRuns(filter), ...toTerms('state', 'state', states)],
    ranges: [
      ...toRange('duration_in_seconds', filter.durationBetween),
      ...toRange('created_at', filter.createdBetween),
      ...toRange('started_at', filter.startedBetween),
      ...toRange('completed_at', filter.completedBetween),
    ],
    text: text ?? undefined,
    namePattern: namePattern?.replace(/\*+/g, '*'),
    runPackages: rulesPackageArns?.length ? toSortedSet(rulesPackageArns) : undefined,
    runAgents: agentIds?.length ? toSortedSet(agentIds) : undefined,
    hasTelemetry: hasTelemetry ?? undefined,
  });
}

/** The criteria of a filter of findings. */
export function toFindingCriteria(filter: z.output<typeof findingFilter>): FilterCriteria {
  const test = toAttributeTest(filter as AttributeFilter);
  const { criteria, identity } = toFilterCriteria({
    terms: [
      ...toPlaces(filter),
      ...toRuns(filter),
      ...toTerms('package', 'rulesPackage', filter.rulesPackageArns),
      ...toTerms('severity', 'severity', filter.severities),
      ...toTerms('rule', 'rule', filter.ruleNames),
      ...toTerms('agent', 'agent', filter.agentIds),
      ...toTerms('auto_scaling_group', 'autoScalingGroup', filter.autoScalingGroups),
    ],
    ranges: toRange('created_at', filter.createdBetween),
    text: filter.text ?? undefined,
  });
  return { criteria: { ...criteria, accepts: test }, identity: [identity, test?.identity] };
}

/** The criteria of a filter of hosts. */
export function toHostCriteria(filter: z.output<typeof hostFilter>): FilterCriteria {
  return toFilterCriteria({
    terms: [...toPlaces(filter), ...toTerms('agent', 'agent', filter.agentIds)],
    ranges: toRange('last_seen_at', filter.lastSeenBetween),
    text: filter.text ?? undefined,
  });
}

const toFilterCriteria = (criteria: Criteria): FilterCriteria => ({ criteria, identity: criteria });

type Values = readonly string[] | null | undefined;

function toPlaces(filter: { accountIds?: Values; regions?: Values }): Criteria['terms'] {
  return [...toTerms('account', 'account', filter.accountIds), ...toTerms('region', 'region', filter.regions)];
}

function toRuns(filter: {
  assessmentTargetArns?: Values;
  assessmentTemplateArns?: Values;
  assessmentRunArns?: Values;
}): Criteria['terms'] {
  return [
    ...toTerms('target', 'target', filter.assessmentTargetArns),
    ...toTerms('template', 'template', filter.assessmentTemplateArns),
    ...toTerms('run', 'run', filter.assessmentRunArns),
  ];
}

/** An absent list and an empty one let everything pass. */
function toTerms(column: string, dimension: TermDimension, values: Values): Criteria['terms'] {
  return values == null || values.length === 0 ? [] : [{ column, dimension, values: toSortedSet(values) }];
}

type Between = { readonly from?: number | null | undefined; readonly to?: number | null | undefined };

function toRange(column: string, range: Between | null | undefined): Criteria['ranges'] {
  const { from = null, to = null } = range ?? {};
  return from === null && to === null ? [] : [{ column, from, to }];
}
