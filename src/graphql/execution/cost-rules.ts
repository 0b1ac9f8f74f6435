import type { GraphQLArgument } from 'graphql';
import { type InspectorArn, toAssessmentRunArn } from '../../inspector/inspector-arn.js';
import { MAX_ORDERED_RUNS } from '../fields/ordered-runs.js';
import { parsePage, parsePageSize, toSize } from '../fields/page-arguments.js';

/*
 * What each field costs that loads something else. operation-cost.ts adds it up.
 */

/** The arguments of a field, by name. */
export type Arguments = Record<GraphQLArgument['name'], unknown>;

/** Estimated rows of telemetry: a run of Inspector had 29 (https://docs.aws.amazon.com/inspector/v1/APIReference). */
export const ROWS_PER_LIST = 30;
/** Estimated accounts of a large company, and all regions that there were. */
const ARCHIVE_LENGTHS = { accounts: 200, regions: 14 };
/** What statistics, or a comparison of runs, cost beside their fields: as five default pages of findings. */
const ENTITIES_PER_SUMMARY = 100;
/**
 * What a page costs at least, since it takes a call of its own, 0.7 ms of the event loop: 333 of them are 230 ms, and each of
 * 100 runs may have three, such as the totals of its findings, agents and exclusions. A search of an archive takes three times
 * as long, beside what it reads.
 */
const MIN_ENTITIES_PER_PAGE = 6;
const MIN_ENTITIES_PER_SEARCH = 20;
/** What the telemetry of a host costs, which is added up of its agents in all runs: as five findings. */
const ENTITIES_PER_HOST = 5;
/** See TOO_MANY_BUCKETS in docs/archive-api.md. */
const MAX_BUCKETS = 10_000;
/** Inspector Classic began in 2015 and ended in 2026. */
const DAYS_OF_INSPECTOR = 11 * 366;
const DAYS_PER_INTERVAL = new Map<unknown, number>([
  ['DAY', 1],
  ['WEEK', 7],
  ['MONTH', 28],
  ['QUARTER', 90],
  ['YEAR', 365],
]);
/** Counts what an operation costs. Equal pages of runs have the same runs, and count once. */
export class CostCounter {
  nodes = 0;
  /** Entities other than runs: findings, agents, templates and so on. */
  nonRunEntities = 0;
  fields = 0;
  bytes = 0;
  /** Runs whose ARNs are known only from the answer. */
  private unnamedRuns = 0;
  private readonly arns = new Set<unknown>();
  private readonly pageSizes = new Map<string, number>();

  /** `isOrdered` tells whether the upstream orders runs; otherwise the details of all are read to order them. */
  constructor(readonly isOrdered = false) {}

  addRun(arn: unknown): void {
    this.nodes += 1;
    this.arns.add(arn);
  }

  addPageOfRuns(size: number, args: Arguments): void {
    this.nodes += size;
    this.pageSizes.set(JSON.stringify(args), size);
  }

  addUnnamedRuns(number: number): void {
    this.nodes += number;
    this.unnamedRuns += number;
  }

  addNonRunEntities(number: number): void {
    this.nodes += number;
    this.nonRunEntities += number;
  }

  /** Adds `times` pages of entities, each of which costs at least as `minimum` of them. */
  addPage(size: number, times: number, minimum: number): void {
    this.nodes += size * times;
    this.nonRunEntities += Math.max(size, minimum) * times;
  }

  get runs(): number {
    return [...this.pageSizes.values()].reduce((sum, size) => sum + size, this.arns.size + this.unnamedRuns);
  }
}

/** What is known of the value of a field, for the fields below it. */
export interface Scope {
  /** How many items it has: of a list at the root, or of a connection. */
  readonly items: number;
  /** The lengths of lists below, by the names of their fields. */
  readonly lengths?: Readonly<Record<string, number>>;
  /** Whether findings below may be of runs that have not been counted. */
  readonly hasOtherRuns?: boolean;
}

/** Adds the cost of a field that is resolved `times` times; the result is the number of items that it gives each time. */
type CostRule = (args: Arguments, cost: CostCounter, times: number, scope: Scope) => number | Scope;

const oneEntity: CostRule = (_args, cost, times) => {
  cost.addNonRunEntities(times);
  return 1;
};

const pageOfEntities: CostRule = ({ first }, cost, times) => {
  const size = parsePageSize(first as number | null);
  cost.addPage(size, times, MIN_ENTITIES_PER_PAGE);
  return size;
};

/** Findings of runs that have been counted. */
const pageOfFindings: CostRule = (args, cost, times) => {
  const size = toSize(parsePage(args));
  cost.addPage(size, times, MIN_ENTITIES_PER_PAGE);
  return size;
};

const pageOfSearch: CostRule = (args, cost, times) => {
  const size = toSize(parsePage(args));
  cost.addPage(size, times, MIN_ENTITIES_PER_SEARCH);
  return { items: size, hasOtherRuns: true };
};

const pageOfUnnamedRuns: CostRule = (args, cost, times) => {
  const size = toSize(parsePage(args));
  cost.addUnnamedRuns(size * times);
  return size;
};

const telemetryOfHost: CostRule = (_args, cost, times) => {
  cost.addNonRunEntities(ENTITIES_PER_HOST * times);
  return 1;
};

const unnamedRun: CostRule = (_args, cost, times) => {
  cost.addUnnamedRuns(times);
  return 1;
};

/**
 * Statistics read what they count, and answer groups times intervals; their rule says how many of each. Of an interval without
 * both ends of its time, the archive's limit of buckets is expected at most.
 */
const statistics: CostRule = ({ groupBy, interval, top, filter }, cost, times) => {
  cost.addNonRunEntities(ENTITIES_PER_SUMMARY * times);
  const keys = (groupBy as unknown[] | null | undefined)?.length ?? 0;
  const groups = keys === 0 ? 1 : parsePageSize(top as number | null, 'top');
  const buckets = Math.min(countIntervals(interval, filter), Math.floor(MAX_BUCKETS / groups));
  return { items: 1, lengths: { groups, keys, buckets } };
};

function countIntervals(interval: unknown, filter: unknown): number {
  const days = DAYS_PER_INTERVAL.get(interval);
  if (days === undefined) return 0;
  const { from, to } = (filter as { createdBetween?: { from?: Date; to?: Date } } | null)?.createdBetween ?? {};
  const span = from && to ? (to.getTime() - from.getTime()) / 86_400_000 : DAYS_OF_INSPECTOR;
  // A partial interval at each end.
  return Math.ceil(Math.max(0, span) / days) + 2;
}

/** An id may be that of a run, and counts as one. */
const addRuns = (ids: readonly unknown[], cost: CostCounter): number => {
  for (const id of ids) cost.addRun(id);
  return ids.length;
};

/** The fields that load other entities. Unlisted fields load nothing, and cost a field each. */
export const costRules: ReadonlyMap<string, CostRule> = new Map([
  ['Query.assessmentRun', ({ arn }, cost) => addRuns([arn], cost)],
  ['Query.assessmentRunsByArn', ({ arns }, cost) => addRuns(arns as unknown[], cost)],
  ['Query.node', ({ id }, cost) => addRuns([id], cost)],
  ['Query.nodes', ({ ids }, cost) => addRuns(ids as unknown[], cost)],
  [
    'Query.assessmentRuns',
    (args, cost) => {
      const size = toSize(parsePage(args));
      cost.addPageOfRuns(size, { ...args, first: size });
      if (args.orderBy != null && !cost.isOrdered) cost.addNonRunEntities(MAX_ORDERED_RUNS);
      return size;
    },
  ],
  [
    'Query.finding',
    ({ arn }, cost, times, scope) => {
      // Its run counts, too: one more only if it has not been counted yet.
      addRuns([toAssessmentRunArn(arn as InspectorArn<'finding'>)], cost);
      return oneEntity({}, cost, times, scope);
    },
  ],
  [
    'Query._entities',
    ({ representations }, cost) => {
      const references = representations as readonly ({ __typename?: unknown; arn?: unknown } | null)[];
      for (const reference of references) {
        const { __typename: typeName, arn } = reference ?? {};
        if (typeName !== 'AssessmentRun') cost.addNonRunEntities(1);
        if (typeName === 'AssessmentRun') cost.addRun(arn);
        // The run that they belong to counts, too.
        else if (typeName === 'Finding' || typeName === 'Exclusion') {
          cost.addRun(toAssessmentRunArn(String(arn) as InspectorArn<'finding'>));
        }
      }
      return references.length;
    },
  ],
  ['Query.findings', pageOfSearch],
  ['Query.hosts', pageOfSearch],
  [
    'Query.archive',
    (_args, cost) => {
      cost.addNonRunEntities(1);
      return { items: 1, lengths: ARCHIVE_LENGTHS };
    },
  ],
  ['Query.findingStatistics', statistics],
  ['Query.telemetryStatistics', statistics],
  ['Query.assessmentRunStatistics', statistics],
  ['FindingStatisticsKey.template', oneEntity],
  ['FindingStatisticsKey.rulesPackage', oneEntity],
  ['TelemetryStatisticsKey.template', oneEntity],
  ['AssessmentRunStatisticsKey.template', oneEntity],
  ['AssessmentRunStatisticsKey.rulesPackage', oneEntity],
  ['Query.assessmentTemplates', pageOfEntities],
  ['Query.assessmentTargets', pageOfEntities],
  ['Query.rulesPackages', pageOfEntities],
  ['AssessmentRun.template', oneEntity],
  ['AssessmentRun.target', oneEntity],
  ['AssessmentRun.report', oneEntity],
  // One for all packages of a run, since the runs of a region share a few.
  ['AssessmentRun.rulesPackages', oneEntity],
  ['AssessmentRun.agents', pageOfEntities],
  ['AssessmentRun.agent', oneEntity],
  ['AssessmentRun.findings', pageOfEntities],
  ['AssessmentRun.exclusions', pageOfEntities],
  [
    'AssessmentRun.comparison',
    ({ with: base }, cost, times) => {
      if (base == null) cost.addUnnamedRuns(times);
      else cost.addRun(base);
      cost.addNonRunEntities(ENTITIES_PER_SUMMARY * times);
      return { items: 1, lengths: { telemetry: ROWS_PER_LIST } };
    },
  ],
  ['AssessmentRunComparison.newFindings', pageOfFindings],
  ['AssessmentRunComparison.goneFindings', pageOfFindings],
  ['AssessmentRunComparison.remainingFindings', pageOfFindings],
  ['AssessmentTemplate.target', oneEntity],
  ['AssessmentTemplate.rulesPackages', oneEntity],
  ['AssessmentTemplate.lastAssessmentRun', unnamedRun],
  [
    'AssessmentTemplate.assessmentRuns',
    (args, cost, times) => {
      const size = toSize(parsePage(args));
      cost.addUnnamedRuns(size * times);
      if (args.orderBy != null && !cost.isOrdered) cost.addNonRunEntities(MAX_ORDERED_RUNS * times);
      return size;
    },
  ],
  ['AssessmentTarget.resourceGroup', oneEntity],
  ['AssessmentTarget.templates', pageOfEntities],
  ['AssessmentTarget.assessmentRuns', pageOfUnnamedRuns],
  ['RulesPackage.findings', pageOfSearch],
  ['Host.latestAssessmentRun', unnamedRun],
  ['Host.findings', pageOfSearch],
  ['Host.assessmentRuns', pageOfUnnamedRuns],
  ['Host.telemetry', telemetryOfHost],
  ['Host.telemetryTotal', telemetryOfHost],
  ['AssessmentRunAgent.host', oneEntity],
  ['Finding.rulesPackage', oneEntity],
  ['Finding.history', pageOfSearch],
  [
    'Finding.assessmentRun',
    (_args, cost, times, { hasOtherRuns }) => {
      if (hasOtherRuns) cost.addUnnamedRuns(times);
      return 1;
    },
  ],
]);
