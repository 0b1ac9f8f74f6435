import type { Scope } from '../domain/scope.js';
import type {
  AssessmentRun,
  AssessmentRunAgent,
  AssessmentRunState,
  Between,
  Finding,
  FindingCount,
  InspectorApi,
  KeyValue,
  ReadOptions,
  Severity,
  TelemetryMetadata,
} from './inspector-api.js';
import type { AssessmentRunArn, InspectorArn } from './inspector-arn.js';
import { createNotSupportedFailure, type InspectorFailure } from './inspector-failure.js';

/*
 * What only an archive can answer. Its wire form, with every constraint, is in docs/archive-api.md; the names here are the
 * same ones.
 */

/** The version of these operations, as the archive gives it in GetArchiveRevision, and in the header of each response. */
export const ARCHIVE_API_VERSION = '1';

/** What the archive is, and what it has. Times are null where there is nothing. */
export interface ArchiveDescription {
  readonly softwareVersion: string;
  readonly revision: string;
  readonly lastChangedAt: Date | null;
  readonly counts: Readonly<Record<ArchiveCount, number>>;
  readonly accounts: readonly {
    readonly accountId: string;
    readonly assessmentRunCount: number;
    readonly findingCount: number;
  }[];
  readonly regions: readonly {
    readonly region: string;
    readonly assessmentRunCount: number;
    readonly findingCount: number;
  }[];
  readonly firstRunAt: Date | null;
  readonly lastRunAt: Date | null;
}

/** What an archive counts of itself. */
export type ArchiveCount =
  | 'assessmentRuns'
  | 'assessmentTemplates'
  | 'assessmentTargets'
  | 'findings'
  | 'hosts'
  | 'rulesPackages'
  | 'agents'
  | 'exclusions'
  | 'telemetry';

/** Which runs to search; all that is given has to hold, and of a list any one. */
export interface AssessmentRunSearchFilter {
  readonly accountIds?: readonly string[] | undefined;
  readonly regions?: readonly string[] | undefined;
  readonly assessmentTargetArns?: readonly InspectorArn<'assessmentTarget'>[] | undefined;
  readonly assessmentTemplateArns?: readonly InspectorArn<'assessmentTemplate'>[] | undefined;
  readonly assessmentRunArns?: readonly AssessmentRunArn[] | undefined;
  readonly rulesPackageArns?: readonly InspectorArn<'rulesPackage'>[] | undefined;
  /** Anywhere in the name, in ASCII letters of either case. */
  readonly text?: string | undefined;
  readonly namePattern?: string | undefined;
  readonly states?: readonly AssessmentRunState[] | undefined;
  /** Of agents that the run's agents or findings name. */
  readonly agentIds?: readonly string[] | undefined;
  /** Whether its telemetry counts any message. */
  readonly hasTelemetry?: boolean | undefined;
  /** In seconds. */
  readonly durationBetween?: Between<number> | undefined;
  readonly createdBetween?: Between<Date> | undefined;
  readonly startedBetween?: Between<Date> | undefined;
  readonly completedBetween?: Between<Date> | undefined;
}

/** Which findings to search, of any run. */
export interface FindingSearchFilter {
  readonly accountIds?: readonly string[] | undefined;
  readonly regions?: readonly string[] | undefined;
  readonly assessmentTargetArns?: readonly InspectorArn<'assessmentTarget'>[] | undefined;
  readonly assessmentTemplateArns?: readonly InspectorArn<'assessmentTemplate'>[] | undefined;
  readonly assessmentRunArns?: readonly AssessmentRunArn[] | undefined;
  readonly rulesPackageArns?: readonly InspectorArn<'rulesPackage'>[] | undefined;
  /** Anywhere in the title, in ASCII letters of either case. */
  readonly text?: string | undefined;
  readonly severities?: readonly Severity[] | undefined;
  readonly ruleNames?: readonly string[] | undefined;
  readonly agentIds?: readonly string[] | undefined;
  readonly autoScalingGroups?: readonly string[] | undefined;
  readonly attributes?: readonly KeyValue[] | undefined;
  readonly userAttributes?: readonly KeyValue[] | undefined;
  readonly createdBetween?: Between<Date> | undefined;
}

/** Which hosts to search. */
export interface HostSearchFilter {
  readonly accountIds?: readonly string[] | undefined;
  readonly regions?: readonly string[] | undefined;
  readonly agentIds?: readonly string[] | undefined;
  /** Anywhere in the agent's ID or the host's name, in ASCII letters of either case. */
  readonly text?: string | undefined;
  readonly lastSeenBetween?: Between<Date> | undefined;
}

/** What a host is known by. */
export interface HostId {
  readonly accountId: string;
  readonly region: string;
  readonly agentId: string;
}

/** What an agent of a run is known by. */
export interface AgentId {
  readonly assessmentRunArn: AssessmentRunArn;
  /** 1 to 128 characters. */
  readonly agentId: string;
}

/** A host, known by the ID of its agent. */
export interface Host extends HostId {
  readonly hostname: string | null;
  readonly firstSeenAt: Date | null;
  readonly lastSeenAt: Date | null;
  readonly assessmentRunCount: number;
  readonly latestAssessmentRunArn: AssessmentRunArn | null;
  /** Of the latest run. Known severities, the highest first, then unknown ones. */
  readonly findingCounts: readonly FindingCount[];
}

/** The orders of a search; the first one of each kind is its default. */
export interface SearchOrders {
  assessmentRun:
    | 'CREATED_AT_DESC'
    | 'CREATED_AT_ASC'
    | 'STARTED_AT_DESC'
    | 'STARTED_AT_ASC'
    | 'COMPLETED_AT_DESC'
    | 'COMPLETED_AT_ASC'
    | 'NAME_ASC'
    | 'NAME_DESC';
  finding: 'CREATED_AT_DESC' | 'CREATED_AT_ASC' | 'SEVERITY_DESC' | 'SEVERITY_ASC' | 'TITLE_ASC' | 'TITLE_DESC';
  host:
    | 'LAST_SEEN_AT_DESC'
    | 'LAST_SEEN_AT_ASC'
    | 'FIRST_SEEN_AT_DESC'
    | 'FIRST_SEEN_AT_ASC'
    | 'AGENT_ID_ASC'
    | 'AGENT_ID_DESC';
}

/** What is searched: filters, orders and items. */
export interface Searches {
  assessmentRun: {
    filter: AssessmentRunSearchFilter;
    orderBy: SearchOrders['assessmentRun'];
    /** `assessmentRun` is null where nothing has described the run. */
    item: { readonly arn: AssessmentRunArn; readonly entity: AssessmentRun | InspectorFailure | null };
  };
  finding: {
    filter: FindingSearchFilter;
    orderBy: SearchOrders['finding'];
    item: {
      readonly arn: InspectorArn<'finding'>;
      readonly assessmentRunArn: AssessmentRunArn;
      readonly entity: Finding | InspectorFailure | null;
    };
  };
  host: { filter: HostSearchFilter; orderBy: SearchOrders['host']; item: Host };
}

/** The name of a search. */
export type SearchKind = keyof Searches;

/** The operation of each search. */
export const searchOperations: Readonly<Record<SearchKind, string>> = {
  assessmentRun: 'SearchAssessmentRuns',
  finding: 'SearchFindings',
  host: 'SearchHosts',
};

/** A request for a page of a search: forwards by `first` and `after`, or backwards by `last` and `before`. */
export interface SearchQuery<K extends SearchKind> {
  readonly filter: Searches[K]['filter'];
  readonly orderBy: Searches[K]['orderBy'];
  /** 1 to 100. */
  readonly first?: number | undefined;
  readonly after?: string | undefined;
  /** 1 to 100. */
  readonly last?: number | undefined;
  readonly before?: string | undefined;
  readonly includeTotalCount: boolean;
  /** What the caller may see; absent for all. */
  readonly scope?: Scope | undefined;
}

/** A page of a search, in the order of the query whichever way it was paged. */
export interface SearchPage<T> {
  readonly items: readonly { readonly cursor: string; readonly item: T }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Null where it was not asked for. */
  readonly totalCount: number | null;
}

/** How long a bucket of statistics is. */
export type SummaryInterval = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

/** What is summarized: filters, dimensions and sums. */
export interface Summaries {
  findings: {
    filter: FindingSearchFilter;
    groupBy: 'SEVERITY' | 'RULES_PACKAGE' | 'RULE' | 'ACCOUNT' | 'REGION' | 'TEMPLATE' | 'HOST';
    sums: { readonly count: number };
  };
  telemetry: {
    filter: AssessmentRunSearchFilter;
    groupBy: 'MESSAGE_TYPE' | 'ACCOUNT' | 'REGION' | 'TEMPLATE' | 'STATE';
    /** `dataSize` is in bytes, and null where a row lacks it. */
    sums: { readonly count: number; readonly dataSize: number | null; readonly assessmentRunCount: number };
  };
  assessmentRuns: {
    filter: AssessmentRunSearchFilter;
    groupBy: 'STATE' | 'ACCOUNT' | 'REGION' | 'TEMPLATE' | 'RULES_PACKAGE';
    sums: { readonly count: number };
  };
}

/** The name of a summary. */
export type SummaryKind = keyof Summaries;

/** The operation of each summary. */
export const summaryOperations: Readonly<Record<SummaryKind, string>> = {
  findings: 'SummarizeFindings',
  telemetry: 'SummarizeTelemetry',
  assessmentRuns: 'SummarizeAssessmentRuns',
};

/** A request for statistics. */
export interface SummaryQuery<K extends SummaryKind> {
  readonly filter: Summaries[K]['filter'];
  /** At most two. */
  readonly groupBy: readonly Summaries[K]['groupBy'][];
  readonly interval?: SummaryInterval | undefined;
  /** An IANA name. */
  readonly timeZone: string;
  /** At most so many groups, 1 to 100. */
  readonly top: number;
  /** What the caller may see; absent for all. */
  readonly scope?: Scope | undefined;
}

/** Statistics: the largest groups, each with its buckets in order where there is an interval. */
export interface Summary<Sums> {
  readonly groups: readonly {
    /** One for each dimension; null for what lacks the value. */
    readonly keys: readonly (string | null)[];
    readonly total: Sums;
    readonly buckets: readonly { readonly start: string | null; readonly sums: Sums }[] | null;
  }[];
  readonly groupCount: number;
  /** Of everything that fits the filter. */
  readonly total: Sums;
}

/** Telemetry of one type in two runs; null in a run that has no such row. */
export interface TelemetryComparison {
  readonly messageType: string;
  readonly base: { readonly count: number; readonly dataSize: number | null } | null;
  readonly compared: { readonly count: number; readonly dataSize: number | null } | null;
}

/** What changed from one run to another of the same target. */
export interface AssessmentRunComparison {
  readonly baseAssessmentRunArn: AssessmentRunArn;
  readonly newFindings: readonly InspectorArn<'finding'>[];
  /** Findings of the base run. */
  readonly goneFindings: readonly InspectorArn<'finding'>[];
  readonly remainingFindings: readonly {
    readonly findingArn: InspectorArn<'finding'>;
    readonly baseFindingArn: InspectorArn<'finding'>;
  }[];
  readonly telemetry: readonly TelemetryComparison[];
  readonly newAgentIds: readonly string[];
  readonly goneAgentIds: readonly string[];
  readonly remainingAgentIds: readonly string[];
}

/**
 * The archive's own operations. They reject with an InspectorFailure; its code is NOT_SUPPORTED_BY_UPSTREAM where the
 * upstream has them not, and then nothing is asked but what tells that.
 */
export interface ArchiveApi {
  /**
   * The revision of the archive's data, as it was last learnt, for keys of caches: what was read at another one is not kept.
   * Empty for an upstream that has none, or is not known to have one; null while it is being asked for.
   */
  readonly revision: string | null;
  /**
   * Whether the upstream has these operations. Asks it unless that is known, and again after it was away. Rejects while
   * nobody answers that.
   */
  isSupported(options?: ReadOptions): Promise<boolean>;
  /**
   * Whether the upstream is known to have these operations, for what they only make faster: nothing is asked to tell. That of
   * an embedded archive is known from the start, that of another one after its first answer.
   */
  readonly isDetected: boolean;
  /** Of what is in the scope, if there is one. */
  describeArchive(options?: ReadOptions, scope?: Scope): Promise<ArchiveDescription>;
  search<K extends SearchKind>(
    kind: K,
    query: SearchQuery<K>,
    options?: ReadOptions,
  ): Promise<SearchPage<Searches[K]['item']>>;
  summarize<K extends SummaryKind>(
    kind: K,
    query: SummaryQuery<K>,
    options?: ReadOptions,
  ): Promise<Summary<Summaries[K]['sums']>>;
  /** Null where no base was given and the template has no earlier run. */
  compareRuns(
    arn: AssessmentRunArn,
    baseArn: AssessmentRunArn | null,
    options?: ReadOptions,
  ): Promise<AssessmentRunComparison | null>;
  /** One result for each ARN, in their order: its rows, or the failure of this ARN alone. Rejects only on bugs. */
  batchGetTelemetryMetadata(
    arns: readonly AssessmentRunArn[],
    options?: ReadOptions,
  ): Promise<readonly (readonly TelemetryMetadata[] | InspectorFailure)[]>;
  /** One result for each of at most MAX_BATCH agents, in their order: null where the run has no such agent. */
  batchGetAssessmentRunAgents(
    agents: readonly AgentId[],
    options?: ReadOptions,
  ): Promise<readonly (AssessmentRunAgent | InspectorFailure | null)[]>;
  /**
   * One result for each of at most MAX_BATCH hosts, in their order: what its agents sent in all runs, by message type. Null
   * where nothing says that.
   */
  batchGetHostTelemetry(
    hosts: readonly HostId[],
    options?: ReadOptions,
  ): Promise<readonly (readonly TelemetryMetadata[] | InspectorFailure | null)[]>;
}

/** Items in a call of an operation that takes a batch. */
export const MAX_BATCH = 100;

/** What the graph reads from: Inspector's operations, and the archive's own. */
export interface UpstreamApi extends InspectorApi {
  readonly archive: ArchiveApi;
}

/** The archive's own operations of an upstream that is no archive. */
export const unsupportedArchiveApi: ArchiveApi = {
  revision: '',
  isSupported: async () => false,
  isDetected: false,
  describeArchive: async () => {
    throw createNotSupportedFailure('DescribeArchive');
  },
  search: async (kind) => {
    throw createNotSupportedFailure(searchOperations[kind]);
  },
  summarize: async (kind) => {
    throw createNotSupportedFailure(summaryOperations[kind]);
  },
  compareRuns: async () => {
    throw createNotSupportedFailure('CompareAssessmentRuns');
  },
  batchGetTelemetryMetadata: async (arns) => arns.map(() => createNotSupportedFailure('BatchGetTelemetryMetadata')),
  batchGetAssessmentRunAgents: async () => {
    throw createNotSupportedFailure('BatchGetAssessmentRunAgents');
  },
  batchGetHostTelemetry: async () => {
    throw createNotSupportedFailure('BatchGetHostTelemetry');
  },
};
