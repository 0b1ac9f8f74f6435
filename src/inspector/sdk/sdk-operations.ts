import {
  DescribeAssessmentRunsCommand,
  DescribeAssessmentTargetsCommand,
  DescribeAssessmentTemplatesCommand,
  DescribeExclusionsCommand,
  DescribeFindingsCommand,
  DescribeResourceGroupsCommand,
  DescribeRulesPackagesCommand,
  ListAssessmentRunAgentsCommand,
  ListAssessmentRunsCommand,
  ListAssessmentTargetsCommand,
  ListAssessmentTemplatesCommand,
  ListExclusionsCommand,
  ListFindingsCommand,
  ListRulesPackagesCommand,
} from '@aws-sdk/client-inspector';
import type { AbortSignal as CallSignal } from '@smithy/types';
import type { Between, KeyValue, ListKind, Lists } from '../inspector-api.js';
import type { ArnKind, AssessmentRunArn, InspectorArn } from '../inspector-arn.js';
import type { InspectorSender, UncheckedOutput } from './sdk-clients.js';

/** A Describe operation: how many ARNs it takes, and the member of its output that holds the items. */
interface DescribeOperation {
  readonly name: string;
  readonly maxArns: number;
  readonly member: string;
  send(client: InspectorSender, signal: CallSignal, arns: string[]): Promise<UncheckedOutput>;
}

/** The Describe operations. https://docs.aws.amazon.com/inspector/v1/APIReference/API_Operations.html */
export const describeOperations: Readonly<Record<ArnKind, DescribeOperation>> = {
  assessmentRun: {
    name: 'DescribeAssessmentRuns',
    maxArns: 10,
    member: 'assessmentRuns',
    send: (client, signal, arns) => client.send(DescribeAssessmentRunsCommand, { assessmentRunArns: arns }, signal),
  },
  assessmentTemplate: {
    name: 'DescribeAssessmentTemplates',
    maxArns: 10,
    member: 'assessmentTemplates',
    send: (client, signal, arns) =>
      client.send(DescribeAssessmentTemplatesCommand, { assessmentTemplateArns: arns }, signal),
  },
  assessmentTarget: {
    name: 'DescribeAssessmentTargets',
    maxArns: 10,
    member: 'assessmentTargets',
    send: (client, signal, arns) =>
      client.send(DescribeAssessmentTargetsCommand, { assessmentTargetArns: arns }, signal),
  },
  resourceGroup: {
    name: 'DescribeResourceGroups',
    maxArns: 10,
    member: 'resourceGroups',
    send: (client, signal, arns) => client.send(DescribeResourceGroupsCommand, { resourceGroupArns: arns }, signal),
  },
  rulesPackage: {
    name: 'DescribeRulesPackages',
    maxArns: 10,
    member: 'rulesPackages',
    send: (client, signal, arns) => client.send(DescribeRulesPackagesCommand, { rulesPackageArns: arns }, signal),
  },
  finding: {
    name: 'DescribeFindings',
    maxArns: 10,
    member: 'findings',
    send: (client, signal, arns) => client.send(DescribeFindingsCommand, { findingArns: arns }, signal),
  },
  exclusion: {
    name: 'DescribeExclusions',
    maxArns: 100,
    member: 'exclusions',
    send: (client, signal, arns) => client.send(DescribeExclusionsCommand, { exclusionArns: arns }, signal),
  },
};

/** Whether a resource is listed at a place; `isOfAccount` says whether it belongs to one account, as rules packages do not. */
export type IsListed = (arn: InspectorArn, isOfAccount: boolean) => boolean;

/** The page of a list to request. */
interface PageInput {
  maxResults: number;
  nextToken?: string;
}

/** A List operation, and the member of its output that holds the items. */
interface ListOperation<K extends ListKind> {
  readonly name: string;
  readonly member: string;
  /** The run whose items are listed, which also gives the region; absent for lists of a whole region. */
  toParentRun?(criteria: Lists[K]['criteria']): AssessmentRunArn;
  /** Whether the list is the same for all accounts. */
  readonly isShared?: boolean;
  /** ARNs of the criteria whose accounts are those that can match. */
  toNamed?(criteria: Lists[K]['criteria']): readonly InspectorArn[];
  /** Narrows the criteria down to one place; null when nothing there can match. */
  toPlace?(criteria: Lists[K]['criteria'], isListed: IsListed): Lists[K]['criteria'] | null;
  send(
    client: InspectorSender,
    signal: CallSignal,
    criteria: Lists[K]['criteria'],
    page: PageInput,
  ): Promise<UncheckedOutput>;
}

/** The List operations. */
export const listOperations: { readonly [K in ListKind]: ListOperation<K> } = {
  assessmentRun: {
    name: 'ListAssessmentRuns',
    member: 'assessmentRunArns',
    toNamed: ({ assessmentTemplateArns = [] }) => assessmentTemplateArns,
    toPlace: (criteria, isListed) => narrow(criteria, 'assessmentTemplateArns', isListed),
    send(client, signal, criteria, page) {
      const filter = toFilter({
        namePattern: criteria.namePattern,
        states: toList(criteria.states),
        durationRange: toDurationRange(criteria.durationBetween),
        rulesPackageArns: toList(criteria.rulesPackageArns),
        startTimeRange: toTimeRange(criteria.startedBetween),
        completionTimeRange: toTimeRange(criteria.completedBetween),
      });
      const assessmentTemplateArns = toList(criteria.assessmentTemplateArns);
      return client.send(ListAssessmentRunsCommand, defined({ ...page, assessmentTemplateArns, filter }), signal);
    },
  },
  assessmentTemplate: {
    name: 'ListAssessmentTemplates',
    member: 'assessmentTemplateArns',
    toNamed: ({ assessmentTargetArns = [] }) => assessmentTargetArns,
    toPlace: (criteria, isListed) => narrow(criteria, 'assessmentTargetArns', isListed),
    send(client, signal, criteria, page) {
      const filter = toFilter({
        namePattern: criteria.namePattern,
        durationRange: toDurationRange(criteria.durationBetween),
        rulesPackageArns: toList(criteria.rulesPackageArns),
      });
      const assessmentTargetArns = toList(criteria.assessmentTargetArns);
      return client.send(ListAssessmentTemplatesCommand, defined({ ...page, assessmentTargetArns, filter }), signal);
    },
  },
  assessmentTarget: {
    name: 'ListAssessmentTargets',
    member: 'assessmentTargetArns',
    send(client, signal, { namePattern }, page) {
      const filter = toFilter({ assessmentTargetNamePattern: namePattern });
      return client.send(ListAssessmentTargetsCommand, defined({ ...page, filter }), signal);
    },
  },
  rulesPackage: {
    name: 'ListRulesPackages',
    member: 'rulesPackageArns',
    isShared: true,
    send: (client, signal, _criteria, page) => client.send(ListRulesPackagesCommand, page, signal),
  },
  finding: {
    name: 'ListFindings',
    member: 'findingArns',
    toParentRun: ({ assessmentRunArn }) => assessmentRunArn,
    send(client, signal, { assessmentRunArn, ...criteria }, page) {
      const filter = toFilter({
        agentIds: toList(criteria.agentIds),
        autoScalingGroups: toList(criteria.autoScalingGroups),
        ruleNames: toList(criteria.ruleNames),
        severities: toList(criteria.severities),
        rulesPackageArns: toList(criteria.rulesPackageArns),
        attributes: toAttributes(criteria.attributes),
        userAttributes: toAttributes(criteria.userAttributes),
        creationTimeRange: toTimeRange(criteria.createdBetween),
      });
      const assessmentRunArns = [assessmentRunArn];
      return client.send(ListFindingsCommand, defined({ ...page, assessmentRunArns, filter }), signal);
    },
  },
  exclusion: {
    name: 'ListExclusions',
    member: 'exclusionArns',
    toParentRun: ({ assessmentRunArn }) => assessmentRunArn,
    send: (client, signal, criteria, page) => client.send(ListExclusionsCommand, { ...page, ...criteria }, signal),
  },
  assessmentRunAgent: {
    name: 'ListAssessmentRunAgents',
    member: 'assessmentRunAgents',
    toParentRun: ({ assessmentRunArn }) => assessmentRunArn,
    send(client, signal, { assessmentRunArn, agentHealths, agentHealthCodes }, page) {
      // The API requires both lists where there is a filter.
      const filter =
        agentHealths === undefined && agentHealthCodes === undefined
          ? undefined
          : { agentHealths: toList(agentHealths ?? []), agentHealthCodes: toList(agentHealthCodes ?? []) };
      return client.send(ListAssessmentRunAgentsCommand, defined({ ...page, assessmentRunArn, filter }), signal);
    },
  },
};

/** Filters the lists of ARNs by place; null when one becomes empty, so that nothing can match. */
function narrow<C extends { readonly rulesPackageArns?: readonly InspectorArn[] | undefined }>(
  criteria: C,
  parents: keyof C,
  isListed: IsListed,
): C | null {
  const narrowed = { ...criteria };
  for (const name of [parents, 'rulesPackageArns'] as (keyof C)[]) {
    const arns = (criteria[name] ?? []) as readonly InspectorArn[];
    const listed = arns.filter((arn) => isListed(arn, name === parents));
    if (arns.length > 0 && listed.length === 0) return null;
    if (arns.length > 0) narrowed[name] = listed as C[keyof C];
  }
  return narrowed;
}

function toList<T>(values: readonly T[]): T[];
function toList<T>(values: readonly T[] | undefined): T[] | undefined;
function toList<T>(values: readonly T[] | undefined): T[] | undefined {
  return values === undefined ? undefined : [...values];
}

function toAttributes(values: readonly KeyValue[] | undefined) {
  return values?.map(({ key, value }) => (value === null ? { key } : { key, value }));
}

function toDurationRange(between: Between<number> | undefined) {
  return between && defined({ minSeconds: between.from, maxSeconds: between.to });
}

/** Widens the range to whole seconds: the SDK would round them, and may lose what lies at the ends. */
function toTimeRange(between: Between<Date> | undefined) {
  if (between === undefined) return undefined;
  const { from, to } = between;
  return defined({
    beginDate: from && new Date(Math.floor(from.getTime() / 1000) * 1000),
    endDate: to && new Date(Math.ceil(to.getTime() / 1000) * 1000),
  });
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Drops members that are undefined. */
function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** A filter, or undefined when it is empty. */
function toFilter<T extends object>(members: T): Defined<T> | undefined {
  const filter = defined(members);
  return Object.keys(filter).length === 0 ? undefined : filter;
}
