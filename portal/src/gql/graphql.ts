/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Whether an agent is well. */
export type AgentHealth =
  /** It is. */
  | 'HEALTHY'
  /** It is not. */
  | 'UNHEALTHY'
  /** Nobody knows. */
  | 'UNKNOWN';

/** How an agent is, in finer words. */
export type AgentHealthCode =
  /** It has nothing to do. */
  | 'IDLE'
  /** It collects data. */
  | 'RUNNING'
  /** It is shut down. */
  | 'SHUTDOWN'
  /** It is held back. */
  | 'THROTTLED'
  /** It does not work. */
  | 'UNHEALTHY'
  /** Nobody knows. */
  | 'UNKNOWN';

/** What a run has to fulfil to be listed: every criterion that is given, and of a list any one value. An empty list is no criterion. */
export type AssessmentRunFilter = {
  /**
   * In one of these accounts, 12 digits each. An archive has this criterion. Inspector cannot list by account: over any other
   * upstream this is of use together with `templateArns` only, whose accounts are known, and is refused with code
   * BAD_USER_INPUT without them.
   */
  readonly accountIds?: ReadonlyArray<string> | null | undefined;
  /**
   * In which one of these hosts took part: an agent or a finding of the run names it. 100 at most. An archive's criterion:
   * NOT_SUPPORTED_BY_UPSTREAM over any other upstream.
   */
  readonly agentIds?: ReadonlyArray<string> | null | undefined;
  /** Completed in this time. */
  readonly completedBetween?: DateTimeRange | null | undefined;
  /** Created in this time. An archive's criterion: NOT_SUPPORTED_BY_UPSTREAM over any other upstream. */
  readonly createdBetween?: DateTimeRange | null | undefined;
  /** Meant to collect data for so long. */
  readonly durationBetween?: DurationRange | null | undefined;
  /**
   * With telemetry that counts any message, or without: nothing was archived, or all counts are 0. An archive's criterion:
   * NOT_SUPPORTED_BY_UPSTREAM over any other upstream.
   */
  readonly hasTelemetry?: boolean | null | undefined;
  /** With this name; `*` stands for any text. 1 to 140 characters. */
  readonly namePattern?: string | null | undefined;
  /** In one of these regions, such as `us-west-2`: only they are asked. Refused with code INVALID_INPUT where the gateway cannot list one. */
  readonly regions?: ReadonlyArray<string> | null | undefined;
  /** With one of these rules packages, 50 at most. */
  readonly rulesPackageArns?: ReadonlyArray<string> | null | undefined;
  /** Started in this time. */
  readonly startedBetween?: DateTimeRange | null | undefined;
  /** In one of these states. */
  readonly states?: ReadonlyArray<AssessmentRunState> | null | undefined;
  /** Of one of these targets, 50 at most. An archive's criterion: NOT_SUPPORTED_BY_UPSTREAM over any other upstream. */
  readonly targetArns?: ReadonlyArray<string> | null | undefined;
  /** Of one of these templates, 50 at most. */
  readonly templateArns?: ReadonlyArray<string> | null | undefined;
  /**
   * With this text anywhere in the name, in ASCII letters of either case; 1 to 140 characters. An archive's criterion:
   * NOT_SUPPORTED_BY_UPSTREAM over any other upstream.
   */
  readonly text?: string | null | undefined;
};

/**
 * The orders in which runs can be had. Runs that lack the name or the time come last, and so do runs that cannot be read;
 * equal ones are in Inspector's order, or in its reverse where an archive orders descendingly.
 */
export type AssessmentRunOrder =
  /** By end, the earliest first. */
  | 'COMPLETED_AT_ASC'
  /** By end, the latest first. */
  | 'COMPLETED_AT_DESC'
  /** By creation, the earliest first. */
  | 'CREATED_AT_ASC'
  /** By creation, the latest first. */
  | 'CREATED_AT_DESC'
  /** By name, from A to Z. */
  | 'NAME_ASC'
  /** By name, from Z to A. */
  | 'NAME_DESC'
  /** By start, the earliest first. */
  | 'STARTED_AT_ASC'
  /** By start, the latest first. */
  | 'STARTED_AT_DESC';

/** A state of an assessment run. */
export type AssessmentRunState =
  /** The run was stopped before its end. */
  | 'CANCELED'
  /** The agents collect data. */
  | 'COLLECTING_DATA'
  /** The run ended with success. */
  | 'COMPLETED'
  /** The run ended, and some of its instances or rules could not be assessed. */
  | 'COMPLETED_WITH_ERRORS'
  /** The run exists and nothing has happened yet. */
  | 'CREATED'
  /** Data collection has ended. */
  | 'DATA_COLLECTED'
  /** The run ended by an error inside Inspector. */
  | 'ERROR'
  /** The rules are being evaluated on the data. */
  | 'EVALUATING_RULES'
  /** The run could not be carried out. */
  | 'FAILED'
  /** The agents are being told to collect data. */
  | 'START_DATA_COLLECTION_IN_PROGRESS'
  /** The agents are about to be told to collect data. */
  | 'START_DATA_COLLECTION_PENDING'
  /** The evaluation of the rules is about to begin. */
  | 'START_EVALUATING_RULES_PENDING'
  /** The agents are about to be told to stop. */
  | 'STOP_DATA_COLLECTION_PENDING';

/** Both ends are part of it; one that is absent is open. */
export type DateTimeRange = {
  /**
   * Not before. Inspector's lists compare whole seconds: fractions are cut off here and rounded up at the other end. What an
   * archive searches is compared exactly.
   */
  readonly from?: string | null | undefined;
  /** Not after. */
  readonly to?: string | null | undefined;
};

/** Both ends are part of it; one that is absent is open. */
export type DurationRange = {
  /** At least so many seconds, from 180 to 86400. */
  readonly from?: number | null | undefined;
  /** At most so many seconds, from 180 to 86400. */
  readonly to?: number | null | undefined;
};

/** By what findings can be grouped. */
export type FindingDimension =
  /** By account. */
  | 'ACCOUNT'
  /** By host, which is an agent ID. */
  | 'HOST'
  /** By region. */
  | 'REGION'
  /** By rule or CVE, which is the `findingId`. */
  | 'RULE'
  /** By rules package. */
  | 'RULES_PACKAGE'
  /** By severity. */
  | 'SEVERITY'
  /** By the template of their runs. */
  | 'TEMPLATE';

/**
 * The orders in which findings can be had. Those that lack the value come last; equal ones are in the order in which they came to
 * the archive, or in its reverse in descending orders.
 */
export type FindingOrder =
  /** By time, the earliest first. */
  | 'CREATED_AT_ASC'
  /** By time, the latest first. */
  | 'CREATED_AT_DESC'
  /** By severity, the gravest last. */
  | 'SEVERITY_ASC'
  /** By severity, the gravest first. */
  | 'SEVERITY_DESC'
  /** By title, from A to Z. */
  | 'TITLE_ASC'
  /** By title, from Z to A. */
  | 'TITLE_DESC';

/**
 * What a finding of any run has to fulfil to be found: every criterion that is given, and of a list any one value. An empty list
 * is no criterion.
 */
export type FindingSearchFilter = {
  /** In one of these accounts, 12 digits each, 100 at most. */
  readonly accountIds?: ReadonlyArray<string> | null | undefined;
  /** On the host of one of these agents, 100 at most. */
  readonly agentIds?: ReadonlyArray<string> | null | undefined;
  /** Of one of these runs, 100 at most. */
  readonly assessmentRunArns?: ReadonlyArray<string> | null | undefined;
  /** With one of these attributes, 100 at most. */
  readonly attributes?: ReadonlyArray<KeyValueInput> | null | undefined;
  /** In one of these Auto Scaling groups, 100 at most. */
  readonly autoScalingGroups?: ReadonlyArray<string> | null | undefined;
  /** Found in this time. */
  readonly createdBetween?: DateTimeRange | null | undefined;
  /** In one of these regions, such as `us-west-2`, 100 at most. */
  readonly regions?: ReadonlyArray<string> | null | undefined;
  /** By one of these rules, 100 at most; a rule, or a CVE, is known by `findingId`. */
  readonly ruleNames?: ReadonlyArray<string> | null | undefined;
  /** By one of these rules packages, 100 at most. */
  readonly rulesPackageArns?: ReadonlyArray<string> | null | undefined;
  /** Of one of these severities. */
  readonly severities?: ReadonlyArray<Severity> | null | undefined;
  /** Of one of these targets, 100 at most. */
  readonly targetArns?: ReadonlyArray<string> | null | undefined;
  /** Of one of these templates, 100 at most. */
  readonly templateArns?: ReadonlyArray<string> | null | undefined;
  /** With this text anywhere in the title, in ASCII letters of either case; 1 to 140 characters. */
  readonly text?: string | null | undefined;
  /** With one of these user attributes, 100 at most. */
  readonly userAttributes?: ReadonlyArray<KeyValueInput> | null | undefined;
};

/** What a host has to fulfil to be found: every criterion that is given, and of a list any one value. An empty list is no criterion. */
export type HostFilter = {
  /** In one of these accounts, 12 digits each, 100 at most. */
  readonly accountIds?: ReadonlyArray<string> | null | undefined;
  /** One of these agents, 100 at most. */
  readonly agentIds?: ReadonlyArray<string> | null | undefined;
  /** Last seen in this time. */
  readonly lastSeenBetween?: DateTimeRange | null | undefined;
  /** In one of these regions, such as `us-west-2`, 100 at most. */
  readonly regions?: ReadonlyArray<string> | null | undefined;
  /** With this text anywhere in agent ID or host name, in ASCII letters of either case; 1 to 140 characters. */
  readonly text?: string | null | undefined;
};

/**
 * The orders in which hosts can be had. Those that lack the time come last; equal ones are in the order in which they came to the
 * archive, or in its reverse in descending orders.
 */
export type HostOrder =
  /** By agent ID, from A to Z. */
  | 'AGENT_ID_ASC'
  /** By agent ID, from Z to A. */
  | 'AGENT_ID_DESC'
  /** By when they were first seen, the earliest first. */
  | 'FIRST_SEEN_AT_ASC'
  /** By when they were first seen, the latest first. */
  | 'FIRST_SEEN_AT_DESC'
  /** By when they were last seen, the earliest first. */
  | 'LAST_SEEN_AT_ASC'
  /** By when they were last seen, the latest first. */
  | 'LAST_SEEN_AT_DESC';

/** An event that Inspector can tell of. */
export type InspectorEvent =
  /** A run ended. */
  | 'ASSESSMENT_RUN_COMPLETED'
  /** A run began. */
  | 'ASSESSMENT_RUN_STARTED'
  /** A run came to another state. */
  | 'ASSESSMENT_RUN_STATE_CHANGED'
  /** A finding was reported. */
  | 'FINDING_REPORTED'
  /** Something else. */
  | 'OTHER';

/** A key with its value. */
export type KeyValueInput = {
  /** The key. */
  readonly key: string;
  /** The value; any when it is absent. */
  readonly value?: string | null | undefined;
};

/** How grave a finding is, in Inspector's own spelling. */
export type Severity =
  /** To be dealt with at once. */
  | 'High'
  /** A fact worth knowing, which needs no action. */
  | 'Informational'
  /** To be dealt with as part of the next update. */
  | 'Low'
  /** To be dealt with at the next opportunity. */
  | 'Medium'
  /** Inspector gave no severity. */
  | 'Undefined';

/** What became of a notification. */
export type SnsPublishStatusCode =
  /** Inspector may not publish to the topic. */
  | 'ACCESS_DENIED'
  /** It failed inside. */
  | 'INTERNAL_ERROR'
  /** The topic took it. */
  | 'SUCCESS'
  /** There is no such topic. */
  | 'TOPIC_DOES_NOT_EXIST';

/** How long a bucket of time is. */
export type StatisticsInterval =
  /** A day. */
  | 'DAY'
  /** A month. */
  | 'MONTH'
  /** A quarter of a year, from January, April, July and October. */
  | 'QUARTER'
  /** A week, from Monday. */
  | 'WEEK'
  /** A year. */
  | 'YEAR';

export type CompareQueryVariables = Exact<{
  arn: string;
  base?: string | null | undefined;
  newAfter?: string | null | undefined;
  goneAfter?: string | null | undefined;
  remainingAfter?: string | null | undefined;
}>;


export type CompareQuery = { readonly assessmentRun: { readonly arn: string, readonly name: string | null, readonly state: AssessmentRunState | null, readonly createdAt: string | null, readonly template: { readonly name: string | null, readonly assessmentRuns: { readonly nodes: ReadonlyArray<{ readonly arn: string, readonly name: string | null, readonly createdAt: string | null }> } | null } | null, readonly comparison: { readonly newAgentIds: ReadonlyArray<string>, readonly goneAgentIds: ReadonlyArray<string>, readonly remainingAgentIds: ReadonlyArray<string>, readonly base: { readonly arn: string, readonly name: string | null, readonly state: AssessmentRunState | null, readonly createdAt: string | null }, readonly newFindings: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly arn: string, readonly findingId: string | null, readonly title: string | null, readonly severity: Severity | null, readonly createdAt: string | null, readonly assetAttributes: { readonly agentId: string | null, readonly hostname: string | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } }, readonly goneFindings: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly arn: string, readonly findingId: string | null, readonly title: string | null, readonly severity: Severity | null, readonly createdAt: string | null, readonly assetAttributes: { readonly agentId: string | null, readonly hostname: string | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } }, readonly remainingFindings: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly arn: string, readonly findingId: string | null, readonly title: string | null, readonly severity: Severity | null, readonly createdAt: string | null, readonly assetAttributes: { readonly agentId: string | null, readonly hostname: string | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } }, readonly telemetry: ReadonlyArray<{ readonly messageType: string, readonly base: { readonly count: number, readonly dataSize: number | null } | null, readonly compared: { readonly count: number, readonly dataSize: number | null } | null }> } | null } | null };

export type ComparableQueryVariables = Exact<{
  withRuns: boolean;
}>;


export type ComparableQuery = { readonly archive: { readonly lastRunAt: string | null } | null, readonly runs?: { readonly nodes: ReadonlyArray<{ readonly arn: string, readonly name: string | null, readonly state: AssessmentRunState | null, readonly createdAt: string | null, readonly findingCounts: ReadonlyArray<{ readonly severity: Severity | null, readonly count: number | null }> | null, readonly telemetryTotal: { readonly count: number, readonly dataSize: number | null } | null }> } };

export type FindingQueryVariables = Exact<{
  arn: string;
  historyAfter?: string | null | undefined;
}>;


export type FindingQuery = { readonly finding: { readonly arn: string, readonly findingId: string | null, readonly title: string | null, readonly description: string | null, readonly recommendation: string | null, readonly severity: Severity | null, readonly numericSeverity: number | null, readonly confidence: number | null, readonly assetType: string | null, readonly createdAt: string | null, readonly updatedAt: string | null, readonly assetAttributes: { readonly agentId: string | null, readonly hostname: string | null, readonly autoScalingGroup: string | null, readonly amiId: string | null, readonly ipv4Addresses: ReadonlyArray<string> | null, readonly tags: ReadonlyArray<{ readonly key: string, readonly value: string | null }> | null, readonly networkInterfaces: ReadonlyArray<{ readonly networkInterfaceId: string | null, readonly vpcId: string | null, readonly subnetId: string | null, readonly privateIpAddress: string | null, readonly publicIp: string | null, readonly securityGroups: ReadonlyArray<{ readonly groupId: string | null, readonly groupName: string | null }> | null }> | null } | null, readonly attributes: ReadonlyArray<{ readonly key: string, readonly value: string | null }> | null, readonly userAttributes: ReadonlyArray<{ readonly key: string, readonly value: string | null }> | null, readonly rulesPackage: { readonly arn: string, readonly name: string | null, readonly version: string | null } | null, readonly assessmentRun: { readonly arn: string, readonly name: string | null, readonly createdAt: string | null }, readonly history: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly arn: string, readonly severity: Severity | null, readonly createdAt: string | null, readonly assessmentRun: { readonly arn: string, readonly name: string | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null } | null };

export type FindingsQueryVariables = Exact<{
  filter?: FindingSearchFilter | null | undefined;
  orderBy?: FindingOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  withList: boolean;
  withSeverities: boolean;
}>;


export type FindingsQuery = { readonly archive: { readonly accounts: ReadonlyArray<{ readonly accountId: string, readonly assessmentRunCount: number, readonly findingCount: number }>, readonly regions: ReadonlyArray<{ readonly region: string, readonly assessmentRunCount: number, readonly findingCount: number }> } | null, readonly severities?: { readonly groups: ReadonlyArray<{ readonly keys: ReadonlyArray<{ readonly value: string | null }>, readonly total: { readonly count: number } }> }, readonly list?: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly arn: string, readonly findingId: string | null, readonly title: string | null, readonly severity: Severity | null, readonly createdAt: string | null, readonly assessmentRun: { readonly arn: string, readonly name: string | null }, readonly assetAttributes: { readonly agentId: string | null, readonly hostname: string | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly hasPreviousPage: boolean, readonly startCursor: string | null, readonly endCursor: string | null } } };

export type FindingGroupsQueryVariables = Exact<{
  filter?: FindingSearchFilter | null | undefined;
  groupBy: FindingDimension;
  withGroups: boolean;
}>;


export type FindingGroupsQuery = { readonly archive: { readonly accounts: ReadonlyArray<{ readonly accountId: string, readonly assessmentRunCount: number, readonly findingCount: number }>, readonly regions: ReadonlyArray<{ readonly region: string, readonly assessmentRunCount: number, readonly findingCount: number }> } | null, readonly groups?: { readonly groupCount: number, readonly total: { readonly count: number }, readonly groups: ReadonlyArray<{ readonly keys: ReadonlyArray<{ readonly value: string | null, readonly template: { readonly name: string | null } | null, readonly rulesPackage: { readonly name: string | null } | null }>, readonly total: { readonly count: number } }> } };

export type RunRowFragment = { readonly arn: string, readonly name: string | null, readonly state: AssessmentRunState | null, readonly createdAt: string | null, readonly findingCounts: ReadonlyArray<{ readonly severity: Severity | null, readonly count: number | null }> | null, readonly telemetryTotal: { readonly count: number, readonly dataSize: number | null } | null };

export type FindingRowFragment = { readonly arn: string, readonly findingId: string | null, readonly title: string | null, readonly severity: Severity | null, readonly createdAt: string | null, readonly assetAttributes: { readonly agentId: string | null, readonly hostname: string | null } | null };

export type FindingPageFragment = { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly arn: string, readonly findingId: string | null, readonly title: string | null, readonly severity: Severity | null, readonly createdAt: string | null, readonly assetAttributes: { readonly agentId: string | null, readonly hostname: string | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } };

export type TelemetryRowFragment = { readonly messageType: string, readonly count: number, readonly dataSize: number | null };

export type PlacesFragment = { readonly accounts: ReadonlyArray<{ readonly accountId: string, readonly assessmentRunCount: number, readonly findingCount: number }>, readonly regions: ReadonlyArray<{ readonly region: string, readonly assessmentRunCount: number, readonly findingCount: number }> };

export type HostQueryVariables = Exact<{
  agentId: string;
  filter: HostFilter;
  runsAfter?: string | null | undefined;
  findingsAfter?: string | null | undefined;
}>;


export type HostQuery = { readonly hosts: { readonly nodes: ReadonlyArray<{ readonly agentId: string, readonly hostname: string | null, readonly accountId: string, readonly region: string, readonly firstSeenAt: string | null, readonly lastSeenAt: string | null, readonly latestAssessmentRun: { readonly arn: string, readonly name: string | null, readonly state: AssessmentRunState | null } | null, readonly findingCounts: ReadonlyArray<{ readonly severity: Severity | null, readonly count: number | null }>, readonly telemetry: ReadonlyArray<{ readonly messageType: string, readonly count: number, readonly dataSize: number | null }> | null, readonly telemetryTotal: { readonly count: number, readonly dataSize: number | null } | null, readonly assessmentRuns: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly arn: string, readonly name: string | null, readonly state: AssessmentRunState | null, readonly createdAt: string | null, readonly agent: { readonly agentHealth: AgentHealth | null, readonly telemetryTotal: { readonly count: number, readonly dataSize: number | null } | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null, readonly findings: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly arn: string, readonly findingId: string | null, readonly title: string | null, readonly severity: Severity | null, readonly createdAt: string | null, readonly assessmentRun: { readonly arn: string, readonly name: string | null }, readonly assetAttributes: { readonly agentId: string | null, readonly hostname: string | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null }> } };

export type HostsQueryVariables = Exact<{
  filter?: HostFilter | null | undefined;
  orderBy?: HostOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  withList: boolean;
}>;


export type HostsQuery = { readonly archive: { readonly accounts: ReadonlyArray<{ readonly accountId: string, readonly assessmentRunCount: number, readonly findingCount: number }>, readonly regions: ReadonlyArray<{ readonly region: string, readonly assessmentRunCount: number, readonly findingCount: number }> } | null, readonly list?: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly agentId: string, readonly hostname: string | null, readonly accountId: string, readonly region: string, readonly lastSeenAt: string | null, readonly assessmentRunCount: number, readonly findingCounts: ReadonlyArray<{ readonly severity: Severity | null, readonly count: number | null }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly hasPreviousPage: boolean, readonly startCursor: string | null, readonly endCursor: string | null } } };

export type ImportQueryVariables = Exact<{ [key: string]: never; }>;


export type ImportQuery = { readonly archive: { readonly lastChangedAt: string | null, readonly counts: { readonly assessmentRuns: number } } | null };

export type OverviewQueryVariables = Exact<{
  interval: StatisticsInterval;
  timeZone: string;
  order?: AssessmentRunOrder | null | undefined;
  withRuns: boolean;
  withFindings: boolean;
  withNewest: boolean;
  withFailed: boolean;
  withLacking: boolean;
}>;


export type OverviewQuery = { readonly archive: { readonly lastChangedAt: string | null, readonly firstRunAt: string | null, readonly lastRunAt: string | null, readonly counts: { readonly assessmentRuns: number, readonly assessmentTemplates: number, readonly findings: number, readonly hosts: number }, readonly accounts: ReadonlyArray<{ readonly accountId: string, readonly assessmentRunCount: number, readonly findingCount: number }>, readonly regions: ReadonlyArray<{ readonly region: string, readonly assessmentRunCount: number, readonly findingCount: number }> } | null, readonly runs?: { readonly groups: ReadonlyArray<{ readonly keys: ReadonlyArray<{ readonly value: string | null }>, readonly total: { readonly count: number }, readonly buckets: ReadonlyArray<{ readonly start: string | null, readonly count: number }> | null }> }, readonly findings?: { readonly groups: ReadonlyArray<{ readonly keys: ReadonlyArray<{ readonly value: string | null }>, readonly total: { readonly count: number }, readonly buckets: ReadonlyArray<{ readonly start: string | null, readonly count: number }> | null }> }, readonly newest?: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly arn: string, readonly name: string | null, readonly state: AssessmentRunState | null, readonly createdAt: string | null, readonly findingCounts: ReadonlyArray<{ readonly severity: Severity | null, readonly count: number | null }> | null, readonly telemetryTotal: { readonly count: number, readonly dataSize: number | null } | null }> }, readonly failed?: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly arn: string, readonly name: string | null, readonly createdAt: string | null, readonly state: AssessmentRunState | null, readonly durationInSeconds: number | null, readonly stateChanges: ReadonlyArray<{ readonly state: AssessmentRunState | null, readonly stateChangedAt: string | null }> | null, readonly notifications: ReadonlyArray<{ readonly date: string | null, readonly event: InspectorEvent | null, readonly message: string | null, readonly error: boolean | null }> | null, readonly unwell: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly agentId: string, readonly agentHealth: AgentHealth | null, readonly agentHealthCode: AgentHealthCode | null, readonly agentHealthDetails: string | null }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null }> }, readonly lacking?: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly arn: string, readonly name: string | null, readonly state: AssessmentRunState | null, readonly createdAt: string | null }> } };

export type ReasonsFragment = { readonly state: AssessmentRunState | null, readonly durationInSeconds: number | null, readonly stateChanges: ReadonlyArray<{ readonly state: AssessmentRunState | null, readonly stateChangedAt: string | null }> | null, readonly notifications: ReadonlyArray<{ readonly date: string | null, readonly event: InspectorEvent | null, readonly message: string | null, readonly error: boolean | null }> | null, readonly unwell: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly agentId: string, readonly agentHealth: AgentHealth | null, readonly agentHealthCode: AgentHealthCode | null, readonly agentHealthDetails: string | null }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null };

export type RunQueryVariables = Exact<{
  arn: string;
  agentsAfter?: string | null | undefined;
  findingsAfter?: string | null | undefined;
  exclusionsAfter?: string | null | undefined;
}>;


export type RunQuery = { readonly assessmentRun: { readonly arn: string, readonly name: string | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly completedAt: string | null, readonly dataCollected: boolean | null, readonly state: AssessmentRunState | null, readonly durationInSeconds: number | null, readonly findingCounts: ReadonlyArray<{ readonly severity: Severity | null, readonly count: number | null }> | null, readonly userAttributesForFindings: ReadonlyArray<{ readonly key: string, readonly value: string | null }> | null, readonly notifications: ReadonlyArray<{ readonly snsTopicArn: string | null, readonly snsPublishStatusCode: SnsPublishStatusCode | null, readonly date: string | null, readonly event: InspectorEvent | null, readonly message: string | null, readonly error: boolean | null }> | null, readonly telemetry: ReadonlyArray<{ readonly messageType: string, readonly count: number, readonly dataSize: number | null }> | null, readonly telemetryTotal: { readonly count: number, readonly dataSize: number | null } | null, readonly template: { readonly arn: string, readonly name: string | null } | null, readonly target: { readonly arn: string, readonly name: string | null } | null, readonly rulesPackages: ReadonlyArray<{ readonly arn: string, readonly name: string | null, readonly version: string | null }> | null, readonly tags: ReadonlyArray<{ readonly key: string, readonly value: string | null }> | null, readonly agents: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly agentId: string, readonly agentHealth: AgentHealth | null, readonly agentHealthCode: AgentHealthCode | null, readonly agentHealthDetails: string | null, readonly autoScalingGroup: string | null, readonly telemetry: ReadonlyArray<{ readonly messageType: string, readonly count: number, readonly dataSize: number | null }> | null, readonly telemetryTotal: { readonly count: number, readonly dataSize: number | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null, readonly findings: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly arn: string, readonly findingId: string | null, readonly title: string | null, readonly severity: Severity | null, readonly createdAt: string | null, readonly assetAttributes: { readonly agentId: string | null, readonly hostname: string | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null, readonly exclusions: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly arn: string, readonly title: string | null, readonly description: string | null, readonly recommendation: string | null, readonly scopes: ReadonlyArray<{ readonly key: string | null, readonly value: string | null }> | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null, readonly fullPdf: { readonly url: string | null } | null, readonly fullHtml: { readonly url: string | null } | null, readonly findingPdf: { readonly url: string | null } | null, readonly findingHtml: { readonly url: string | null } | null, readonly comparison: { readonly base: { readonly arn: string, readonly name: string | null, readonly createdAt: string | null }, readonly newFindings: { readonly totalCount: number | null }, readonly goneFindings: { readonly totalCount: number | null }, readonly remainingFindings: { readonly totalCount: number | null } } | null, readonly stateChanges: ReadonlyArray<{ readonly state: AssessmentRunState | null, readonly stateChangedAt: string | null }> | null, readonly unwell: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly agentId: string, readonly agentHealth: AgentHealth | null, readonly agentHealthCode: AgentHealthCode | null, readonly agentHealthDetails: string | null }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null } | null };

export type RunsQueryVariables = Exact<{
  filter?: AssessmentRunFilter | null | undefined;
  orderBy?: AssessmentRunOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  withRuns: boolean;
  withTemplates: boolean;
}>;


export type RunsQuery = { readonly archive: { readonly accounts: ReadonlyArray<{ readonly accountId: string, readonly assessmentRunCount: number, readonly findingCount: number }>, readonly regions: ReadonlyArray<{ readonly region: string, readonly assessmentRunCount: number, readonly findingCount: number }> } | null, readonly runs?: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly arn: string, readonly name: string | null, readonly state: AssessmentRunState | null, readonly createdAt: string | null, readonly template: { readonly arn: string, readonly name: string | null } | null, readonly findingCounts: ReadonlyArray<{ readonly severity: Severity | null, readonly count: number | null }> | null, readonly telemetryTotal: { readonly count: number, readonly dataSize: number | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly hasPreviousPage: boolean, readonly startCursor: string | null, readonly endCursor: string | null } }, readonly templates?: { readonly groups: ReadonlyArray<{ readonly keys: ReadonlyArray<{ readonly value: string | null, readonly template: { readonly name: string | null } | null }> }> } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const RunRowFragmentDoc = new TypedDocumentString(`
    fragment RunRow on AssessmentRun {
  arn
  name
  state
  createdAt
  findingCounts {
    severity
    count
  }
  telemetryTotal {
    count
    dataSize
  }
}
    `, {"fragmentName":"RunRow"}) as unknown as TypedDocumentString<RunRowFragment, unknown>;
export const FindingRowFragmentDoc = new TypedDocumentString(`
    fragment FindingRow on Finding {
  arn
  findingId
  title
  severity
  createdAt
  assetAttributes {
    agentId
    hostname
  }
}
    `, {"fragmentName":"FindingRow"}) as unknown as TypedDocumentString<FindingRowFragment, unknown>;
export const FindingPageFragmentDoc = new TypedDocumentString(`
    fragment FindingPage on FindingConnection {
  totalCount
  nodes {
    ...FindingRow
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}
    fragment FindingRow on Finding {
  arn
  findingId
  title
  severity
  createdAt
  assetAttributes {
    agentId
    hostname
  }
}`, {"fragmentName":"FindingPage"}) as unknown as TypedDocumentString<FindingPageFragment, unknown>;
export const TelemetryRowFragmentDoc = new TypedDocumentString(`
    fragment TelemetryRow on TelemetryMetadata {
  messageType
  count
  dataSize
}
    `, {"fragmentName":"TelemetryRow"}) as unknown as TypedDocumentString<TelemetryRowFragment, unknown>;
export const PlacesFragmentDoc = new TypedDocumentString(`
    fragment Places on Archive {
  accounts {
    accountId
    assessmentRunCount
    findingCount
  }
  regions {
    region
    assessmentRunCount
    findingCount
  }
}
    `, {"fragmentName":"Places"}) as unknown as TypedDocumentString<PlacesFragment, unknown>;
export const ReasonsFragmentDoc = new TypedDocumentString(`
    fragment Reasons on AssessmentRun {
  state
  durationInSeconds
  stateChanges {
    state
    stateChangedAt
  }
  notifications {
    date
    event
    message
    error
  }
  unwell: agents(first: 5, filter: {agentHealths: [UNHEALTHY, UNKNOWN]}) {
    totalCount
    nodes {
      agentId
      agentHealth
      agentHealthCode
      agentHealthDetails
    }
    pageInfo {
      hasNextPage
    }
  }
}
    `, {"fragmentName":"Reasons"}) as unknown as TypedDocumentString<ReasonsFragment, unknown>;
export const CompareDocument = {"__meta__":{"hash":"sha256:eb4df70d573933e240f22534c1d165d7fe6e3ccd7a861377904314b114e2da5a"}} as unknown as TypedDocumentString<CompareQuery, CompareQueryVariables>;
export const ComparableDocument = {"__meta__":{"hash":"sha256:6fe770119e9424310de0dfe59ad2b30f302bce23bc35ff3cbc9c387be3eedbeb"}} as unknown as TypedDocumentString<ComparableQuery, ComparableQueryVariables>;
export const FindingDocument = {"__meta__":{"hash":"sha256:320f267c60cdc19351f1f29267ffa33bccff211400ac2b83542b1340c03ed3bd"}} as unknown as TypedDocumentString<FindingQuery, FindingQueryVariables>;
export const FindingsDocument = {"__meta__":{"hash":"sha256:61e4b0f5bd677f4343ecd36b632aec3a3d28a9d6dcc0d17dad77e44007414007"}} as unknown as TypedDocumentString<FindingsQuery, FindingsQueryVariables>;
export const FindingGroupsDocument = {"__meta__":{"hash":"sha256:dbb1acd277b16ff2c96722f7bc6d879a5dc6396d6deca8c9e6f6fcbd2fb7d331"}} as unknown as TypedDocumentString<FindingGroupsQuery, FindingGroupsQueryVariables>;
export const HostDocument = {"__meta__":{"hash":"sha256:988af981dcacccaf6d2116952d5153bb63d91579e1e1aced4981b30d6fc32fee"}} as unknown as TypedDocumentString<HostQuery, HostQueryVariables>;
export const HostsDocument = {"__meta__":{"hash":"sha256:387fd71bc8199dd8952efb4701425c93d4c411b6525b0a43e8acabd7890e5493"}} as unknown as TypedDocumentString<HostsQuery, HostsQueryVariables>;
export const ImportDocument = {"__meta__":{"hash":"sha256:5452cc63a4596d563a55ba54d00ff9f7d82ea772ccd47b5f26a0d9bffd4a13d0"}} as unknown as TypedDocumentString<ImportQuery, ImportQueryVariables>;
export const OverviewDocument = {"__meta__":{"hash":"sha256:51bab8fc31d398352005c827e80bed773798200de04c0eddbca2f712e0a346c0"}} as unknown as TypedDocumentString<OverviewQuery, OverviewQueryVariables>;
export const RunDocument = {"__meta__":{"hash":"sha256:a26201b621204b196d25ce2add1efac4b14dfd8d472088c0d1de2336c160f9f1"}} as unknown as TypedDocumentString<RunQuery, RunQueryVariables>;
export const RunsDocument = {"__meta__":{"hash":"sha256:ff4eed4194f2e9269bf89ee21794fc29a9495b9da2427cc76600b37cbc63379a"}} as unknown as TypedDocumentString<RunsQuery, RunsQueryVariables>;