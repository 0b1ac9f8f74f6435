import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { EntityParent, TelemetryParent, GraphQLContext } from './context.js';
import type { AssessmentRunAgent as AssessmentRunAgentRow, TelemetryMetadata as TelemetryMetadataRow } from '../inspector/inspector-api.js';
import type { RunComparison } from './fields/archive/comparison.js';
import type { StatisticsKey } from './fields/archive/statistics.js';
import type { Host as HostRow } from '../inspector/archive-api.js';
import type { RunConnection } from './fields/connection.js';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type EnumResolverSignature<T, AllowedValues = any> = { [key in keyof T]?: AllowedValues };
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /**
   * A date and time as RFC 3339 text, always in UTC and with milliseconds, such as `2016-03-22T20:56:10.035Z`. As input with
   * any offset, and also a date alone, such as `2016-03-22`, which is its midnight UTC.
   */
  DateTime: { input: Date; output: Date; }
  /**
   * A whole number of up to 64 bits, sent as a JSON number. Values past 2^53-1 cannot be represented exactly in JSON by
   * most clients; they are answered with an error, never with a rounded number.
   */
  Long: { input: number; output: number; }
};

/** The gateway's AWS identity may not read this run, or the caller has no right to see its account. */
export type AccessDeniedError = InspectorError & {
  readonly __typename?: 'AccessDeniedError';
  /** Whether the same request may succeed when it is sent again. */
  readonly canRetry: Scalars['Boolean']['output'];
  /** Always ACCESS_DENIED. */
  readonly code: InspectorErrorCode;
  /** To which entity access was denied, where AWS says so. */
  readonly errorCode: Maybe<Scalars['String']['output']>;
  /** What happened, for people. */
  readonly message: Scalars['String']['output'];
  /** The id that Inspector gave to the failed request. */
  readonly requestId: Maybe<Scalars['ID']['output']>;
};

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

/** An archive of assessment runs, and what it has. */
export type Archive = {
  readonly __typename?: 'Archive';
  /** The accounts whose runs it has, by ID. */
  readonly accounts: ReadonlyArray<ArchiveAccount>;
  /** How much it has. */
  readonly counts: ArchiveCounts;
  /** When its earliest run was created. Null without any. */
  readonly firstRunAt: Maybe<Scalars['DateTime']['output']>;
  /** When an import last changed anything. Null for an archive that nothing was written to. */
  readonly lastChangedAt: Maybe<Scalars['DateTime']['output']>;
  /** When its latest run was created. Null without any. */
  readonly lastRunAt: Maybe<Scalars['DateTime']['output']>;
  /** The regions whose runs it has, by name. */
  readonly regions: ReadonlyArray<ArchiveRegion>;
  /** Another one after every import that changed anything. It has no meaning beside that. */
  readonly revision: Scalars['String']['output'];
  /** The version of its software. */
  readonly softwareVersion: Scalars['String']['output'];
};

/** An account in an archive. */
export type ArchiveAccount = {
  readonly __typename?: 'ArchiveAccount';
  /** The ID, 12 digits. */
  readonly accountId: Scalars['String']['output'];
  /** How many of the runs are in it. */
  readonly assessmentRunCount: Scalars['Long']['output'];
  /** How many of the findings are in it. */
  readonly findingCount: Scalars['Long']['output'];
};

/** How much an archive has. */
export type ArchiveCounts = {
  readonly __typename?: 'ArchiveCounts';
  /** How many agents of runs: a host counts in each of its runs. */
  readonly agents: Scalars['Long']['output'];
  /** How many runs. */
  readonly assessmentRuns: Scalars['Long']['output'];
  /** How many targets. */
  readonly assessmentTargets: Scalars['Long']['output'];
  /** How many templates. */
  readonly assessmentTemplates: Scalars['Long']['output'];
  /** How many exclusions. */
  readonly exclusions: Scalars['Long']['output'];
  /** How many findings. */
  readonly findings: Scalars['Long']['output'];
  /** How many hosts. */
  readonly hosts: Scalars['Long']['output'];
  /** How many rules packages. */
  readonly rulesPackages: Scalars['Long']['output'];
  /** How many rows of telemetry. */
  readonly telemetry: Scalars['Long']['output'];
};

/** A region in an archive. */
export type ArchiveRegion = {
  readonly __typename?: 'ArchiveRegion';
  /** How many of the runs are in it. */
  readonly assessmentRunCount: Scalars['Long']['output'];
  /** How many of the findings are in it. */
  readonly findingCount: Scalars['Long']['output'];
  /** The name, such as `us-west-2`. */
  readonly region: Scalars['String']['output'];
};

/** The report of an assessment run. */
export type AssessmentReport = {
  readonly __typename?: 'AssessmentReport';
  /** Whether the report is there yet. Null where Inspector left it out. */
  readonly status: Maybe<AssessmentReportStatus>;
  /**
   * Where to download the report. Null while there is none. Links of AWS expire. That of an archive is at the archive's address,
   * which may be one that only the gateway reaches: /report?arn=…&format=PDF of the gateway sends the same file.
   */
  readonly url: Maybe<Scalars['String']['output']>;
};

/** The format of a report. */
export type AssessmentReportFormat =
  /** A page. */
  | 'HTML'
  /** A document to print. */
  | 'PDF';

/** How far the making of a report has come. */
export type AssessmentReportStatus =
  /** It is there. */
  | 'COMPLETED'
  /** It could not be made. */
  | 'FAILED'
  /** Inspector is making it. */
  | 'WORK_IN_PROGRESS';

/** How much a report holds. */
export type AssessmentReportType =
  /** What was found. */
  | 'FINDING'
  /** What was found, and all that was checked and passed. */
  | 'FULL';

/**
 * One execution of an assessment template: Inspector collected data on the target's instances for a while, then evaluated
 * its rules on them.
 *
 * Here and in every type around a run, null without an error means that Inspector, or whoever exported its answer, left the
 * value out; an empty list is one that came empty. Null with an entry in `errors` at its path means that the value could not
 * be read, or that it is none that this schema can say, such as a state that nobody knows; the fields beside it are not
 * affected.
 */
export type AssessmentRun = Node & {
  readonly __typename?: 'AssessmentRun';
  /**
   * One of its agents. Null where the run has no such agent. Only an archive can answer this: NOT_SUPPORTED_BY_UPSTREAM over any
   * other upstream, before anything is asked.
   */
  readonly agent: Maybe<AssessmentRunAgent>;
  /** The agents that took part, page by page. */
  readonly agents: Maybe<AssessmentRunAgentConnection>;
  /** The Amazon Resource Name, which identifies the run across accounts and regions. */
  readonly arn: Scalars['ID']['output'];
  /** The ARN of the assessment template that the run executed. */
  readonly assessmentTemplateArn: Maybe<Scalars['ID']['output']>;
  /**
   * What changed in this run since another one of its target. Null where no run was given and its template has none before it.
   * Only an archive can answer this: NOT_SUPPORTED_BY_UPSTREAM over any other upstream, before anything is asked.
   */
  readonly comparison: Maybe<AssessmentRunComparison>;
  /** When the run ended, with or without success. Null while it goes on, or where Inspector left it out. */
  readonly completedAt: Maybe<Scalars['DateTime']['output']>;
  /** When the run was created. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** Whether data collection was carried out to its end. */
  readonly dataCollected: Maybe<Scalars['Boolean']['output']>;
  /** For how many seconds the run was meant to collect data. */
  readonly durationInSeconds: Maybe<Scalars['Int']['output']>;
  /** What the run could not check, and why, page by page. */
  readonly exclusions: Maybe<ExclusionConnection>;
  /**
   * How many findings the run produced, by severity, the gravest first and severities that nobody knows last. A severity that
   * Inspector did not report is left out. Null where Inspector left out all of them.
   */
  readonly findingCounts: Maybe<ReadonlyArray<FindingCount>>;
  /** What the run found, page by page. */
  readonly findings: Maybe<FindingConnection>;
  /** The ARN. */
  readonly id: Scalars['ID']['output'];
  /** The name that was given to the run when it was started. */
  readonly name: Maybe<Scalars['String']['output']>;
  /** What the run told SNS topics of, or tried to. */
  readonly notifications: Maybe<ReadonlyArray<AssessmentRunNotification>>;
  /**
   * The report of the run in this format. On AWS, Inspector makes it when it is first asked for, which takes a while: ask again
   * while its status is WORK_IN_PROGRESS. An archive has the reports that a team kept. Null where there is no such report.
   */
  readonly report: Maybe<AssessmentReport>;
  /** The ARNs of the rules packages that were evaluated. */
  readonly rulesPackageArns: Maybe<ReadonlyArray<Scalars['ID']['output']>>;
  /**
   * The rules packages that were evaluated. One that could not be read is null in its fields. Null where Inspector left the
   * list out.
   */
  readonly rulesPackages: Maybe<ReadonlyArray<RulesPackage>>;
  /** When data collection began. Null when it never did, or where Inspector left it out. */
  readonly startedAt: Maybe<Scalars['DateTime']['output']>;
  /** How far the run has come. Null where Inspector left it out. */
  readonly state: Maybe<AssessmentRunState>;
  /** When `state` last changed. */
  readonly stateChangedAt: Maybe<Scalars['DateTime']['output']>;
  /** Every state the run has been in, in Inspector's order. */
  readonly stateChanges: Maybe<ReadonlyArray<AssessmentRunStateChange>>;
  /** The tags of the run's template, since runs have none of their own. */
  readonly tags: Maybe<ReadonlyArray<Tag>>;
  /** The target whose instances were assessed. */
  readonly target: Maybe<AssessmentTarget>;
  /**
   * What the agents sent for this run, by type of message, in Inspector's order and with its `Total` row where it has one:
   * do not add that row to the others. An empty list means that there is no telemetry. Null, with an entry in `errors`,
   * means that it could not be read.
   */
  readonly telemetry: Maybe<ReadonlyArray<TelemetryMetadata>>;
  /**
   * The same read as `telemetry`, with a failure of Inspector as data instead of an entry in `errors`. Selecting it beside
   * `telemetry` costs nothing more.
   */
  readonly telemetryResult: TelemetryResult;
  /** All telemetry of the run together: Inspector's `Total` row, or the sum of the rows where there is none. */
  readonly telemetryTotal: Maybe<TelemetryTotal>;
  /** The template that the run executed. */
  readonly template: Maybe<AssessmentTemplate>;
  /** The attributes that were put on every finding of the run. */
  readonly userAttributesForFindings: Maybe<ReadonlyArray<Attribute>>;
};


/**
 * One execution of an assessment template: Inspector collected data on the target's instances for a while, then evaluated
 * its rules on them.
 *
 * Here and in every type around a run, null without an error means that Inspector, or whoever exported its answer, left the
 * value out; an empty list is one that came empty. Null with an entry in `errors` at its path means that the value could not
 * be read, or that it is none that this schema can say, such as a state that nobody knows; the fields beside it are not
 * affected.
 */
export type AssessmentRunAgentArgs = {
  agentId: Scalars['ID']['input'];
};


/**
 * One execution of an assessment template: Inspector collected data on the target's instances for a while, then evaluated
 * its rules on them.
 *
 * Here and in every type around a run, null without an error means that Inspector, or whoever exported its answer, left the
 * value out; an empty list is one that came empty. Null with an entry in `errors` at its path means that the value could not
 * be read, or that it is none that this schema can say, such as a state that nobody knows; the fields beside it are not
 * affected.
 */
export type AssessmentRunAgentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AssessmentRunAgentFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * One execution of an assessment template: Inspector collected data on the target's instances for a while, then evaluated
 * its rules on them.
 *
 * Here and in every type around a run, null without an error means that Inspector, or whoever exported its answer, left the
 * value out; an empty list is one that came empty. Null with an entry in `errors` at its path means that the value could not
 * be read, or that it is none that this schema can say, such as a state that nobody knows; the fields beside it are not
 * affected.
 */
export type AssessmentRunComparisonArgs = {
  with?: InputMaybe<Scalars['ID']['input']>;
};


/**
 * One execution of an assessment template: Inspector collected data on the target's instances for a while, then evaluated
 * its rules on them.
 *
 * Here and in every type around a run, null without an error means that Inspector, or whoever exported its answer, left the
 * value out; an empty list is one that came empty. Null with an entry in `errors` at its path means that the value could not
 * be read, or that it is none that this schema can say, such as a state that nobody knows; the fields beside it are not
 * affected.
 */
export type AssessmentRunExclusionsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * One execution of an assessment template: Inspector collected data on the target's instances for a while, then evaluated
 * its rules on them.
 *
 * Here and in every type around a run, null without an error means that Inspector, or whoever exported its answer, left the
 * value out; an empty list is one that came empty. Null with an entry in `errors` at its path means that the value could not
 * be read, or that it is none that this schema can say, such as a state that nobody knows; the fields beside it are not
 * affected.
 */
export type AssessmentRunFindingsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<FindingFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * One execution of an assessment template: Inspector collected data on the target's instances for a while, then evaluated
 * its rules on them.
 *
 * Here and in every type around a run, null without an error means that Inspector, or whoever exported its answer, left the
 * value out; an empty list is one that came empty. Null with an entry in `errors` at its path means that the value could not
 * be read, or that it is none that this schema can say, such as a state that nobody knows; the fields beside it are not
 * affected.
 */
export type AssessmentRunReportArgs = {
  format?: AssessmentReportFormat;
  type?: AssessmentReportType;
};


/**
 * One execution of an assessment template: Inspector collected data on the target's instances for a while, then evaluated
 * its rules on them.
 *
 * Here and in every type around a run, null without an error means that Inspector, or whoever exported its answer, left the
 * value out; an empty list is one that came empty. Null with an entry in `errors` at its path means that the value could not
 * be read, or that it is none that this schema can say, such as a state that nobody knows; the fields beside it are not
 * affected.
 */
export type AssessmentRunTelemetryArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  messageTypes?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  orderBy?: InputMaybe<TelemetryOrder>;
};

/** An agent that took part in a run. */
export type AssessmentRunAgent = {
  readonly __typename?: 'AssessmentRunAgent';
  /** Whether it was well. Null where Inspector left it out. */
  readonly agentHealth: Maybe<AgentHealth>;
  /** The same in finer words. Null where Inspector left it out. */
  readonly agentHealthCode: Maybe<AgentHealthCode>;
  /** What there is to say of its health. */
  readonly agentHealthDetails: Maybe<Scalars['String']['output']>;
  /** The ID of the agent, which is that of its instance. */
  readonly agentId: Scalars['ID']['output'];
  /** The Auto Scaling group of its instance. */
  readonly autoScalingGroup: Maybe<Scalars['String']['output']>;
  /**
   * Its host, with host name and addresses, as the first finding of the agent in this run describes it. Null where it has
   * none. Costs a list of findings for each agent.
   */
  readonly host: Maybe<AssetAttributes>;
  /** What this agent sent for the run. Null where Inspector left it out; an empty list means that it sent nothing. */
  readonly telemetry: Maybe<ReadonlyArray<TelemetryMetadata>>;
  /** All telemetry of the agent together. Null where Inspector left its telemetry out. */
  readonly telemetryTotal: Maybe<TelemetryTotal>;
};


/** An agent that took part in a run. */
export type AssessmentRunAgentTelemetryArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  messageTypes?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  orderBy?: InputMaybe<TelemetryOrder>;
};

/** One page of agents. */
export type AssessmentRunAgentConnection = {
  readonly __typename?: 'AssessmentRunAgentConnection';
  /** The agents of this page, each with its cursor. */
  readonly edges: ReadonlyArray<AssessmentRunAgentEdge>;
  /** The agents of this page. */
  readonly nodes: ReadonlyArray<AssessmentRunAgent>;
  /** Where this page ends, and whether another follows. */
  readonly pageInfo: PageInfo;
  /** How many there are in all, where that is known without reading on: when this page is the whole list. */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
};

/** An agent at its place in the list. */
export type AssessmentRunAgentEdge = {
  readonly __typename?: 'AssessmentRunAgentEdge';
  /** The place of the agent: give it to `after` to go on behind it. */
  readonly cursor: Scalars['String']['output'];
  /** The agent. */
  readonly node: AssessmentRunAgent;
};

/** What an agent has to fulfil to be listed. */
export type AssessmentRunAgentFilter = {
  /** In one of these finer states of health. */
  readonly agentHealthCodes?: InputMaybe<ReadonlyArray<AgentHealthCode>>;
  /** In one of these states of health. */
  readonly agentHealths?: InputMaybe<ReadonlyArray<AgentHealth>>;
};

/**
 * What changed in a run since a base run. A finding is the same in both where host, rule and rules package are: several such of one
 * run are paired in the order in which they came. Findings are in the order of severity, the gravest first.
 */
export type AssessmentRunComparison = {
  readonly __typename?: 'AssessmentRunComparison';
  /** The run that it is compared with. */
  readonly base: AssessmentRun;
  /** The agents that took part in the base run and not in this run, by ID. */
  readonly goneAgentIds: ReadonlyArray<Scalars['ID']['output']>;
  /** The findings of the base run that this run does not have, page by page. */
  readonly goneFindings: FindingConnection;
  /** The agents that took part in this run and not in the base run, by ID. */
  readonly newAgentIds: ReadonlyArray<Scalars['ID']['output']>;
  /** The findings that the base run does not have, page by page. */
  readonly newFindings: FindingConnection;
  /** The agents that took part in both, by ID. */
  readonly remainingAgentIds: ReadonlyArray<Scalars['ID']['output']>;
  /** The findings of this run that the base run has as well, page by page. */
  readonly remainingFindings: FindingConnection;
  /** The telemetry of both runs, by type of message: in the order of this run, then what the base run alone has. */
  readonly telemetry: ReadonlyArray<TelemetryComparison>;
};


/**
 * What changed in a run since a base run. A finding is the same in both where host, rule and rules package are: several such of one
 * run are paired in the order in which they came. Findings are in the order of severity, the gravest first.
 */
export type AssessmentRunComparisonGoneFindingsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * What changed in a run since a base run. A finding is the same in both where host, rule and rules package are: several such of one
 * run are paired in the order in which they came. Findings are in the order of severity, the gravest first.
 */
export type AssessmentRunComparisonNewFindingsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * What changed in a run since a base run. A finding is the same in both where host, rule and rules package are: several such of one
 * run are paired in the order in which they came. Findings are in the order of severity, the gravest first.
 */
export type AssessmentRunComparisonRemainingFindingsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** One page of assessment runs. */
export type AssessmentRunConnection = {
  readonly __typename?: 'AssessmentRunConnection';
  /** The assessment runs of this page, each with its cursor. */
  readonly edges: ReadonlyArray<AssessmentRunEdge>;
  /** The assessment runs of this page. */
  readonly nodes: ReadonlyArray<AssessmentRun>;
  /** Where this page ends, and whether another follows. */
  readonly pageInfo: PageInfo;
  /**
   * How many there are in all. An archive always knows; any other upstream when this page is the whole list, or has been put in
   * an order, and null otherwise.
   */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
};

/** By what runs can be grouped. */
export type AssessmentRunDimension =
  /** By account. */
  | 'ACCOUNT'
  /** By region. */
  | 'REGION'
  /** By rules package: a run counts in each of its packages. */
  | 'RULES_PACKAGE'
  /** By state. */
  | 'STATE'
  /** By template. */
  | 'TEMPLATE';

/** An assessment run at its place in the list. */
export type AssessmentRunEdge = {
  readonly __typename?: 'AssessmentRunEdge';
  /** The place of the assessment run: give it to `after` to go on behind it, or to `before` where the list can be read backwards. */
  readonly cursor: Scalars['String']['output'];
  /** The assessment run. */
  readonly node: AssessmentRun;
};

/** What a run has to fulfil to be listed: every criterion that is given, and of a list any one value. An empty list is no criterion. */
export type AssessmentRunFilter = {
  /**
   * In one of these accounts, 12 digits each. An archive has this criterion. Inspector cannot list by account: over any other
   * upstream this is of use together with `templateArns` only, whose accounts are known, and is refused with code
   * BAD_USER_INPUT without them.
   */
  readonly accountIds?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /**
   * In which one of these hosts took part: an agent or a finding of the run names it. 100 at most. An archive's criterion:
   * NOT_SUPPORTED_BY_UPSTREAM over any other upstream.
   */
  readonly agentIds?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Completed in this time. */
  readonly completedBetween?: InputMaybe<DateTimeRange>;
  /** Created in this time. An archive's criterion: NOT_SUPPORTED_BY_UPSTREAM over any other upstream. */
  readonly createdBetween?: InputMaybe<DateTimeRange>;
  /** Meant to collect data for so long. */
  readonly durationBetween?: InputMaybe<DurationRange>;
  /**
   * With telemetry that counts any message, or without: nothing was archived, or all counts are 0. An archive's criterion:
   * NOT_SUPPORTED_BY_UPSTREAM over any other upstream.
   */
  readonly hasTelemetry?: InputMaybe<Scalars['Boolean']['input']>;
  /** With this name; `*` stands for any text. 1 to 140 characters. */
  readonly namePattern?: InputMaybe<Scalars['String']['input']>;
  /** In one of these regions, such as `us-west-2`: only they are asked. Refused with code INVALID_INPUT where the gateway cannot list one. */
  readonly regions?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** With one of these rules packages, 50 at most. */
  readonly rulesPackageArns?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Started in this time. */
  readonly startedBetween?: InputMaybe<DateTimeRange>;
  /** In one of these states. */
  readonly states?: InputMaybe<ReadonlyArray<AssessmentRunState>>;
  /** Of one of these targets, 50 at most. An archive's criterion: NOT_SUPPORTED_BY_UPSTREAM over any other upstream. */
  readonly targetArns?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Of one of these templates, 50 at most. */
  readonly templateArns?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /**
   * With this text anywhere in the name, in ASCII letters of either case; 1 to 140 characters. An archive's criterion:
   * NOT_SUPPORTED_BY_UPSTREAM over any other upstream.
   */
  readonly text?: InputMaybe<Scalars['String']['input']>;
};

/** That a run told an SNS topic of an event, or tried to. */
export type AssessmentRunNotification = {
  readonly __typename?: 'AssessmentRunNotification';
  /** When. Null where Inspector left it out. */
  readonly date: Maybe<Scalars['DateTime']['output']>;
  /** Whether it is about an error. Null where Inspector left it out. */
  readonly error: Maybe<Scalars['Boolean']['output']>;
  /** Of what. Null where Inspector left it out. */
  readonly event: Maybe<InspectorEvent>;
  /** The message itself. */
  readonly message: Maybe<Scalars['String']['output']>;
  /** What became of it. */
  readonly snsPublishStatusCode: Maybe<SnsPublishStatusCode>;
  /** The ARN of the topic. */
  readonly snsTopicArn: Maybe<Scalars['ID']['output']>;
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

/** A change of an assessment run's state. */
export type AssessmentRunStateChange = {
  readonly __typename?: 'AssessmentRunStateChange';
  /** The state that the run entered. Null where Inspector left it out. */
  readonly state: Maybe<AssessmentRunState>;
  /** When it entered it. Null where Inspector left it out. */
  readonly stateChangedAt: Maybe<Scalars['DateTime']['output']>;
};

/** How many runs there were, in groups and over time. */
export type AssessmentRunStatistics = {
  readonly __typename?: 'AssessmentRunStatistics';
  /** How many groups there are, also those beyond `top`. */
  readonly groupCount: Scalars['Long']['output'];
  /** The largest groups, by `count`; equal ones by their keys. */
  readonly groups: ReadonlyArray<AssessmentRunStatisticsGroup>;
  /** Of all that fits the filter, also what is in none of the groups given. */
  readonly total: StatisticsTotal;
};

/** A group of runs, and how it went over time. */
export type AssessmentRunStatisticsGroup = {
  readonly __typename?: 'AssessmentRunStatisticsGroup';
  /**
   * Each interval from the first to the last of the whole answer, or of the time in the filter where that has both ends: in order,
   * the same ones for every group, with zeros where there is nothing. Null without an interval.
   */
  readonly buckets: Maybe<ReadonlyArray<StatisticsBucket>>;
  /** What its members have in common: one for each dimension of `groupBy`, in its order. */
  readonly keys: ReadonlyArray<AssessmentRunStatisticsKey>;
  /** Of the whole group. */
  readonly total: StatisticsTotal;
};

/** What the members of a group have in common, in one dimension. */
export type AssessmentRunStatisticsKey = {
  readonly __typename?: 'AssessmentRunStatisticsKey';
  /** The dimension. */
  readonly dimension: AssessmentRunDimension;
  /** The rules package, in that dimension. Null in any other, and where the members have none. */
  readonly rulesPackage: Maybe<RulesPackage>;
  /** The template, in that dimension. Null in any other, and where the members have none. */
  readonly template: Maybe<AssessmentTemplate>;
  /** The value, such as a severity, an ARN or an account. Null where the members lack it. */
  readonly value: Maybe<Scalars['String']['output']>;
};

/** Which instances an assessment looks at. */
export type AssessmentTarget = Node & {
  readonly __typename?: 'AssessmentTarget';
  /** The Amazon Resource Name. */
  readonly arn: Scalars['ID']['output'];
  /**
   * The runs that assessed the target, page by page, the newest first unless `orderBy` says otherwise. Only an archive can
   * answer this: NOT_SUPPORTED_BY_UPSTREAM over any other upstream, before anything is asked.
   */
  readonly assessmentRuns: Maybe<AssessmentRunConnection>;
  /** When the target was created. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** The ARN. */
  readonly id: Scalars['ID']['output'];
  /** The name of the target. */
  readonly name: Maybe<Scalars['String']['output']>;
  /**
   * The tags that choose the instances. Null where the target is all instances of the account and region, or where Inspector
   * left it out.
   */
  readonly resourceGroup: Maybe<ResourceGroup>;
  /** The templates that assess the target, page by page, in Inspector's own order. */
  readonly templates: Maybe<AssessmentTemplateConnection>;
  /** When the target was last changed. */
  readonly updatedAt: Maybe<Scalars['DateTime']['output']>;
};


/** Which instances an assessment looks at. */
export type AssessmentTargetAssessmentRunsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AssessmentRunFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<AssessmentRunOrder>;
};


/** Which instances an assessment looks at. */
export type AssessmentTargetTemplatesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** One page of assessment targets. */
export type AssessmentTargetConnection = {
  readonly __typename?: 'AssessmentTargetConnection';
  /** The assessment targets of this page, each with its cursor. */
  readonly edges: ReadonlyArray<AssessmentTargetEdge>;
  /** The assessment targets of this page. */
  readonly nodes: ReadonlyArray<AssessmentTarget>;
  /** Where this page ends, and whether another follows. */
  readonly pageInfo: PageInfo;
  /** How many there are in all, where that is known without reading on: when this page is the whole list. */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
};

/** An assessment target at its place in the list. */
export type AssessmentTargetEdge = {
  readonly __typename?: 'AssessmentTargetEdge';
  /** The place of the assessment target: give it to `after` to go on behind it. */
  readonly cursor: Scalars['String']['output'];
  /** The assessment target. */
  readonly node: AssessmentTarget;
};

/** What a target has to fulfil to be listed. */
export type AssessmentTargetFilter = {
  /** With this name; `*` stands for any text. 1 to 140 characters. */
  readonly namePattern?: InputMaybe<Scalars['String']['input']>;
  /** In one of these regions: only they are asked. */
  readonly regions?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};

/** What an assessment run executes: for how long to look at which target, and by which rules. */
export type AssessmentTemplate = Node & {
  readonly __typename?: 'AssessmentTemplate';
  /** The Amazon Resource Name. */
  readonly arn: Scalars['ID']['output'];
  /** How many runs there were. Null where Inspector left it out. */
  readonly assessmentRunCount: Maybe<Scalars['Int']['output']>;
  /** The runs of the template, page by page, as `Query.assessmentRuns` gives them. */
  readonly assessmentRuns: Maybe<AssessmentRunConnection>;
  /** When the template was created. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** For how many seconds its runs are meant to collect data. */
  readonly durationInSeconds: Maybe<Scalars['Int']['output']>;
  /** The ARN. */
  readonly id: Scalars['ID']['output'];
  /** The run that was the last one when this was read from Inspector. Null when there was none, or where Inspector left it out. */
  readonly lastAssessmentRun: Maybe<AssessmentRun>;
  /** The name of the template. */
  readonly name: Maybe<Scalars['String']['output']>;
  /** The ARNs of the rules packages that its runs evaluate. */
  readonly rulesPackageArns: Maybe<ReadonlyArray<Scalars['ID']['output']>>;
  /** The rules packages that its runs evaluate. Null where Inspector left the list out. */
  readonly rulesPackages: Maybe<ReadonlyArray<RulesPackage>>;
  /** The tags of the template. */
  readonly tags: Maybe<ReadonlyArray<Tag>>;
  /** The target that its runs assess. */
  readonly target: Maybe<AssessmentTarget>;
  /** The attributes that are put on every finding of its runs. */
  readonly userAttributesForFindings: Maybe<ReadonlyArray<Attribute>>;
};


/** What an assessment run executes: for how long to look at which target, and by which rules. */
export type AssessmentTemplateAssessmentRunsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AssessmentRunFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<AssessmentRunOrder>;
};

/** One page of assessment templates. */
export type AssessmentTemplateConnection = {
  readonly __typename?: 'AssessmentTemplateConnection';
  /** The assessment templates of this page, each with its cursor. */
  readonly edges: ReadonlyArray<AssessmentTemplateEdge>;
  /** The assessment templates of this page. */
  readonly nodes: ReadonlyArray<AssessmentTemplate>;
  /** Where this page ends, and whether another follows. */
  readonly pageInfo: PageInfo;
  /** How many there are in all, where that is known without reading on: when this page is the whole list. */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
};

/** An assessment template at its place in the list. */
export type AssessmentTemplateEdge = {
  readonly __typename?: 'AssessmentTemplateEdge';
  /** The place of the assessment template: give it to `after` to go on behind it. */
  readonly cursor: Scalars['String']['output'];
  /** The assessment template. */
  readonly node: AssessmentTemplate;
};

/** What a template has to fulfil to be listed: every criterion that is given, and of a list any one value. An empty list is no criterion. */
export type AssessmentTemplateFilter = {
  /** Whose runs are meant to collect data for so long. */
  readonly durationBetween?: InputMaybe<DurationRange>;
  /** With this name; `*` stands for any text. 1 to 140 characters. */
  readonly namePattern?: InputMaybe<Scalars['String']['input']>;
  /** In one of these regions: only they are asked. */
  readonly regions?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** With one of these rules packages, 50 at most. */
  readonly rulesPackageArns?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Of one of these targets, 50 at most. */
  readonly targetArns?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
};

/** A host. */
export type AssetAttributes = {
  readonly __typename?: 'AssetAttributes';
  /** The ID of its agent. */
  readonly agentId: Maybe<Scalars['ID']['output']>;
  /** The ID of its machine image. */
  readonly amiId: Maybe<Scalars['ID']['output']>;
  /** Its Auto Scaling group. */
  readonly autoScalingGroup: Maybe<Scalars['String']['output']>;
  /** Its host name. */
  readonly hostname: Maybe<Scalars['String']['output']>;
  /** Its IPv4 addresses. Null where Inspector left them out. */
  readonly ipv4Addresses: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** Its network interfaces. Null where Inspector left them out. */
  readonly networkInterfaces: Maybe<ReadonlyArray<NetworkInterface>>;
  /** Its tags. Null where Inspector left them out. */
  readonly tags: Maybe<ReadonlyArray<Tag>>;
};

/** An attribute of a finding, or of what it is about. */
export type Attribute = {
  readonly __typename?: 'Attribute';
  /** The key. */
  readonly key: Scalars['String']['output'];
  /** The value. */
  readonly value: Maybe<Scalars['String']['output']>;
};

/** Both ends are part of it; one that is absent is open. */
export type DateTimeRange = {
  /**
   * Not before. Inspector's lists compare whole seconds: fractions are cut off here and rounded up at the other end. What an
   * archive searches is compared exactly.
   */
  readonly from?: InputMaybe<Scalars['DateTime']['input']>;
  /** Not after. */
  readonly to?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Both ends are part of it; one that is absent is open. */
export type DurationRange = {
  /** At least so many seconds, from 180 to 86400. */
  readonly from?: InputMaybe<Scalars['Int']['input']>;
  /** At most so many seconds, from 180 to 86400. */
  readonly to?: InputMaybe<Scalars['Int']['input']>;
};

/** Something that an assessment run could not check. */
export type Exclusion = Node & {
  readonly __typename?: 'Exclusion';
  /** The Amazon Resource Name. */
  readonly arn: Scalars['ID']['output'];
  /** The run that could not check it. */
  readonly assessmentRun: AssessmentRun;
  /** Further attributes. */
  readonly attributes: Maybe<ReadonlyArray<Attribute>>;
  /** What could not be checked. */
  readonly description: Maybe<Scalars['String']['output']>;
  /** The ARN. */
  readonly id: Scalars['ID']['output'];
  /** What to do about it. */
  readonly recommendation: Maybe<Scalars['String']['output']>;
  /** What is concerned. */
  readonly scopes: Maybe<ReadonlyArray<ExclusionScope>>;
  /** What could not be checked, in a line. */
  readonly title: Maybe<Scalars['String']['output']>;
};

/** One page of exclusions. */
export type ExclusionConnection = {
  readonly __typename?: 'ExclusionConnection';
  /** The exclusions of this page, each with its cursor. */
  readonly edges: ReadonlyArray<ExclusionEdge>;
  /** The exclusions of this page. */
  readonly nodes: ReadonlyArray<Exclusion>;
  /** Where this page ends, and whether another follows. */
  readonly pageInfo: PageInfo;
  /** How many there are in all, where that is known without reading on: when this page is the whole list. */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
};

/** An exclusion at its place in the list. */
export type ExclusionEdge = {
  readonly __typename?: 'ExclusionEdge';
  /** The place of the exclusion: give it to `after` to go on behind it. */
  readonly cursor: Scalars['String']['output'];
  /** The exclusion. */
  readonly node: Exclusion;
};

/** What an exclusion concerns. */
export type ExclusionScope = {
  readonly __typename?: 'ExclusionScope';
  /** `INSTANCE_ID` or `RULES_PACKAGE_ARN`. Null where Inspector left it out. */
  readonly key: Maybe<Scalars['String']['output']>;
  /** The ID or the ARN. */
  readonly value: Maybe<Scalars['String']['output']>;
};

/** Something that an assessment run found out about an instance. */
export type Finding = Node & {
  readonly __typename?: 'Finding';
  /** The Amazon Resource Name. */
  readonly arn: Scalars['ID']['output'];
  /** The run that found it. */
  readonly assessmentRun: AssessmentRun;
  /** The host that it is about. */
  readonly assetAttributes: Maybe<AssetAttributes>;
  /** The type of what it is about: `ec2-instance`. */
  readonly assetType: Maybe<Scalars['String']['output']>;
  /** The attributes that Inspector gave it. */
  readonly attributes: Maybe<ReadonlyArray<Attribute>>;
  /** How sure Inspector is, from 0 to 10; Inspector never used it. */
  readonly confidence: Maybe<Scalars['Int']['output']>;
  /** When it was found. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** What was found. */
  readonly description: Maybe<Scalars['String']['output']>;
  /** Inspector's `id` of the finding, which names the rule or the CVE. */
  readonly findingId: Maybe<Scalars['String']['output']>;
  /**
   * The same finding in other runs of its target, page by page, the earliest first: that of the same host, rule and rules package.
   * Null where it lacks one of these. Only an archive can answer this: NOT_SUPPORTED_BY_UPSTREAM over any other upstream, before
   * anything is asked.
   */
  readonly history: Maybe<FindingConnection>;
  /** The ARN. */
  readonly id: Scalars['ID']['output'];
  /** Whether it points to a compromise; Inspector never used it. */
  readonly indicatorOfCompromise: Maybe<Scalars['Boolean']['output']>;
  /** How grave it is, from 0 to 10. */
  readonly numericSeverity: Maybe<Scalars['Float']['output']>;
  /** What to do about it. */
  readonly recommendation: Maybe<Scalars['String']['output']>;
  /** The rules package by which it was found. */
  readonly rulesPackage: Maybe<RulesPackage>;
  /** The service that found it: `Inspector`. */
  readonly service: Maybe<Scalars['String']['output']>;
  /** How grave it is. Null where Inspector left it out. */
  readonly severity: Maybe<Severity>;
  /** What was found, in a line. */
  readonly title: Maybe<Scalars['String']['output']>;
  /** When its user attributes were last changed. */
  readonly updatedAt: Maybe<Scalars['DateTime']['output']>;
  /** The attributes that users gave it. */
  readonly userAttributes: Maybe<ReadonlyArray<Attribute>>;
};


/** Something that an assessment run found out about an instance. */
export type FindingHistoryArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** One page of findings. */
export type FindingConnection = {
  readonly __typename?: 'FindingConnection';
  /** The findings of this page, each with its cursor. */
  readonly edges: ReadonlyArray<FindingEdge>;
  /** The findings of this page. */
  readonly nodes: ReadonlyArray<Finding>;
  /** Where this page ends, and whether another follows. */
  readonly pageInfo: PageInfo;
  /**
   * How many there are in all, of findings that an archive has found. Of those that Inspector lists for a run: where that is known
   * without reading on, when this page is the whole list.
   */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
};

/** The number of findings of one severity. */
export type FindingCount = {
  readonly __typename?: 'FindingCount';
  /** How many findings there are. Null, with an entry in `errors`, for a number past 32 bits. */
  readonly count: Maybe<Scalars['Int']['output']>;
  /** The severity of these findings. Null, with an entry in `errors` that quotes it, for one that nobody knows. */
  readonly severity: Maybe<Severity>;
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

/** A finding at its place in the list. */
export type FindingEdge = {
  readonly __typename?: 'FindingEdge';
  /** The place of the finding: give it to `after` to go on behind it, or to `before` where the list can be read backwards. */
  readonly cursor: Scalars['String']['output'];
  /** The finding. */
  readonly node: Finding;
};

/** What a finding has to fulfil to be listed: every criterion that is given, and of a list any one value. An empty list is no criterion. */
export type FindingFilter = {
  /** On the instance of one of these agents, 99 at most. */
  readonly agentIds?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** With one of these attributes, 50 at most. */
  readonly attributes?: InputMaybe<ReadonlyArray<KeyValueInput>>;
  /** In one of these Auto Scaling groups, 20 at most. */
  readonly autoScalingGroups?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Found in this time. */
  readonly createdBetween?: InputMaybe<DateTimeRange>;
  /** By one of these rules, 50 at most; a rule is known by `findingId`. */
  readonly ruleNames?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** By one of these rules packages, 50 at most. */
  readonly rulesPackageArns?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Of one of these severities. */
  readonly severities?: InputMaybe<ReadonlyArray<Severity>>;
  /** With one of these user attributes, 50 at most. */
  readonly userAttributes?: InputMaybe<ReadonlyArray<KeyValueInput>>;
};

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
  readonly accountIds?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** On the host of one of these agents, 100 at most. */
  readonly agentIds?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Of one of these runs, 100 at most. */
  readonly assessmentRunArns?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** With one of these attributes, 100 at most. */
  readonly attributes?: InputMaybe<ReadonlyArray<KeyValueInput>>;
  /** In one of these Auto Scaling groups, 100 at most. */
  readonly autoScalingGroups?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Found in this time. */
  readonly createdBetween?: InputMaybe<DateTimeRange>;
  /** In one of these regions, such as `us-west-2`, 100 at most. */
  readonly regions?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** By one of these rules, 100 at most; a rule, or a CVE, is known by `findingId`. */
  readonly ruleNames?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** By one of these rules packages, 100 at most. */
  readonly rulesPackageArns?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Of one of these severities. */
  readonly severities?: InputMaybe<ReadonlyArray<Severity>>;
  /** Of one of these targets, 100 at most. */
  readonly targetArns?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** Of one of these templates, 100 at most. */
  readonly templateArns?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** With this text anywhere in the title, in ASCII letters of either case; 1 to 140 characters. */
  readonly text?: InputMaybe<Scalars['String']['input']>;
  /** With one of these user attributes, 100 at most. */
  readonly userAttributes?: InputMaybe<ReadonlyArray<KeyValueInput>>;
};

/** How many findings there were, in groups and over time. */
export type FindingStatistics = {
  readonly __typename?: 'FindingStatistics';
  /** How many groups there are, also those beyond `top`. */
  readonly groupCount: Scalars['Long']['output'];
  /** The largest groups, by `count`; equal ones by their keys. */
  readonly groups: ReadonlyArray<FindingStatisticsGroup>;
  /** Of all that fits the filter, also what is in none of the groups given. */
  readonly total: StatisticsTotal;
};

/** A group of findings, and how it went over time. */
export type FindingStatisticsGroup = {
  readonly __typename?: 'FindingStatisticsGroup';
  /**
   * Each interval from the first to the last of the whole answer, or of the time in the filter where that has both ends: in order,
   * the same ones for every group, with zeros where there is nothing. Null without an interval.
   */
  readonly buckets: Maybe<ReadonlyArray<StatisticsBucket>>;
  /** What its members have in common: one for each dimension of `groupBy`, in its order. */
  readonly keys: ReadonlyArray<FindingStatisticsKey>;
  /** Of the whole group. */
  readonly total: StatisticsTotal;
};

/** What the members of a group have in common, in one dimension. */
export type FindingStatisticsKey = {
  readonly __typename?: 'FindingStatisticsKey';
  /** The dimension. */
  readonly dimension: FindingDimension;
  /** The rules package, in that dimension. Null in any other, and where the members have none. */
  readonly rulesPackage: Maybe<RulesPackage>;
  /** The template, in that dimension. Null in any other, and where the members have none. */
  readonly template: Maybe<AssessmentTemplate>;
  /** The value, such as a severity, an ARN or an account. Null where the members lack it. */
  readonly value: Maybe<Scalars['String']['output']>;
};

/**
 * A host that was assessed, known by the ID of its agent in an account and region. It is seen when a run was created, or began
 * where that is not known.
 */
export type Host = {
  readonly __typename?: 'Host';
  /** The account that it is in. */
  readonly accountId: Scalars['String']['output'];
  /** The ID of its agent, which is that of its instance. */
  readonly agentId: Scalars['ID']['output'];
  /** How many runs saw it. */
  readonly assessmentRunCount: Scalars['Long']['output'];
  /** The runs that saw it, page by page, the newest first unless `orderBy` says otherwise. */
  readonly assessmentRuns: Maybe<AssessmentRunConnection>;
  /** How many findings the latest run has on it, by severity, the gravest first. A severity without any is left out. */
  readonly findingCounts: ReadonlyArray<FindingCount>;
  /** What all runs found on it, page by page. */
  readonly findings: Maybe<FindingConnection>;
  /** When a run saw it first. Null where no run has a time. */
  readonly firstSeenAt: Maybe<Scalars['DateTime']['output']>;
  /** Its host name, by its latest finding that has one. Null where none has. */
  readonly hostname: Maybe<Scalars['String']['output']>;
  /** When a run saw it last. Null where no run has a time. */
  readonly lastSeenAt: Maybe<Scalars['DateTime']['output']>;
  /** The run that saw it last. */
  readonly latestAssessmentRun: Maybe<AssessmentRun>;
  /** The region that it is in. */
  readonly region: Scalars['String']['output'];
  /**
   * What its agents sent in all runs, by message type, the largest count first. Null where no agent has a row, so that nobody knows.
   * A row `Total` is there only where an agent has no other one, and is of those agents alone. Costs as much as five findings.
   */
  readonly telemetry: Maybe<ReadonlyArray<TelemetryMetadata>>;
  /** All its telemetry together: the sum of the rows of `telemetry`. Null where no agent has a row. Costs as much as five findings. */
  readonly telemetryTotal: Maybe<TelemetryTotal>;
};


/**
 * A host that was assessed, known by the ID of its agent in an account and region. It is seen when a run was created, or began
 * where that is not known.
 */
export type HostAssessmentRunsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AssessmentRunFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<AssessmentRunOrder>;
};


/**
 * A host that was assessed, known by the ID of its agent in an account and region. It is seen when a run was created, or began
 * where that is not known.
 */
export type HostFindingsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<FindingSearchFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<FindingOrder>;
};

/** One page of hosts. */
export type HostConnection = {
  readonly __typename?: 'HostConnection';
  /** The hosts of this page, each with its cursor. */
  readonly edges: ReadonlyArray<HostEdge>;
  /** The hosts of this page. */
  readonly nodes: ReadonlyArray<Host>;
  /** Where this page lies in the whole list. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
};

/** A host at its place in the list. */
export type HostEdge = {
  readonly __typename?: 'HostEdge';
  /** The place of the host: give it to `after` or `before` to go on from it. */
  readonly cursor: Scalars['String']['output'];
  /** The host. */
  readonly node: Host;
};

/** What a host has to fulfil to be found: every criterion that is given, and of a list any one value. An empty list is no criterion. */
export type HostFilter = {
  /** In one of these accounts, 12 digits each, 100 at most. */
  readonly accountIds?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** One of these agents, 100 at most. */
  readonly agentIds?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Last seen in this time. */
  readonly lastSeenBetween?: InputMaybe<DateTimeRange>;
  /** In one of these regions, such as `us-west-2`, 100 at most. */
  readonly regions?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** With this text anywhere in agent ID or host name, in ASCII letters of either case; 1 to 140 characters. */
  readonly text?: InputMaybe<Scalars['String']['input']>;
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

/** Why Inspector could not answer. The same values stand in `extensions` of an entry in `errors`. */
export type InspectorError = {
  /** Whether the same request may succeed when it is sent again. The gateway has then already tried several times. */
  readonly canRetry: Scalars['Boolean']['output'];
  /** The kind of failure: the value to branch on. */
  readonly code: InspectorErrorCode;
  /** AWS's own, finer code, such as `ASSESSMENT_RUN_DOES_NOT_EXIST`. Null where AWS gives none. */
  readonly errorCode: Maybe<Scalars['String']['output']>;
  /** What happened, for people. It may change at any time: do not parse it. */
  readonly message: Scalars['String']['output'];
  /** The id that Inspector gave to the failed request. Null when no answer came from Inspector. */
  readonly requestId: Maybe<Scalars['ID']['output']>;
};

/** The kinds of failure of Inspector, also found as `extensions.code` of an entry in `errors`. */
export type InspectorErrorCode =
  /**
   * The gateway's AWS identity is missing, not valid, or not allowed to read this; or the caller has no right to see the account, and
   * nothing was asked.
   */
  | 'ACCESS_DENIED'
  /** Inspector answered with something else than its API promises: all of it, or the value of one field. */
  | 'BAD_UPSTREAM_RESPONSE'
  /** Inspector failed inside. */
  | 'INTERNAL_EXCEPTION'
  /** A value of the request is malformed or out of range. */
  | 'INVALID_INPUT'
  /** A quota of the AWS account is used up. */
  | 'LIMIT_EXCEEDED'
  /** Only an archive can answer this, and the gateway's upstream is none. Nothing was asked. */
  | 'NOT_SUPPORTED_BY_UPSTREAM'
  /** What was asked for does not exist. */
  | 'NO_SUCH_ENTITY'
  /** Inspector, or the way to it, is out of order for now. */
  | 'SERVICE_UNAVAILABLE'
  /** Inspector asks for fewer requests. */
  | 'THROTTLED'
  /** No answer came in the time that the gateway allows. */
  | 'TIMEOUT';

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

/** Inspector rejected a value of the request. */
export type InvalidInputError = InspectorError & {
  readonly __typename?: 'InvalidInputError';
  /** Whether the same request may succeed when it is sent again. */
  readonly canRetry: Scalars['Boolean']['output'];
  /** Always INVALID_INPUT. */
  readonly code: InspectorErrorCode;
  /** Which value was rejected. */
  readonly errorCode: Maybe<Scalars['String']['output']>;
  /** What happened, for people. */
  readonly message: Scalars['String']['output'];
  /** The id that Inspector gave to the failed request. */
  readonly requestId: Maybe<Scalars['ID']['output']>;
};

/** A key with its value. */
export type KeyValueInput = {
  /** The key. */
  readonly key: Scalars['String']['input'];
  /** The value; any when it is absent. */
  readonly value?: InputMaybe<Scalars['String']['input']>;
};

/** A network interface of a host. */
export type NetworkInterface = {
  readonly __typename?: 'NetworkInterface';
  /** Its IPv6 addresses. Null where Inspector left them out. */
  readonly ipv6Addresses: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** Its ID. */
  readonly networkInterfaceId: Maybe<Scalars['ID']['output']>;
  /** Its name in the VPC. */
  readonly privateDnsName: Maybe<Scalars['String']['output']>;
  /** Its address in the VPC. */
  readonly privateIpAddress: Maybe<Scalars['String']['output']>;
  /** Its public name. */
  readonly publicDnsName: Maybe<Scalars['String']['output']>;
  /** Its public address. */
  readonly publicIp: Maybe<Scalars['String']['output']>;
  /** Its security groups. Null where Inspector left them out. */
  readonly securityGroups: Maybe<ReadonlyArray<SecurityGroup>>;
  /** The ID of its subnet. */
  readonly subnetId: Maybe<Scalars['ID']['output']>;
  /** The ID of its VPC. */
  readonly vpcId: Maybe<Scalars['ID']['output']>;
};

/** The run does not exist. */
export type NoSuchEntityError = InspectorError & {
  readonly __typename?: 'NoSuchEntityError';
  /** Whether the same request may succeed when it is sent again. */
  readonly canRetry: Scalars['Boolean']['output'];
  /** Always NO_SUCH_ENTITY. */
  readonly code: InspectorErrorCode;
  /** Which entity does not exist. */
  readonly errorCode: Maybe<Scalars['String']['output']>;
  /** What happened, for people. */
  readonly message: Scalars['String']['output'];
  /** The id that Inspector gave to the failed request. */
  readonly requestId: Maybe<Scalars['ID']['output']>;
};

/** Whatever Inspector Classic names by ARN: https://relay.dev/graphql/objectidentification.htm */
export type Node = {
  /** The ARN, which is unique across accounts and regions. */
  readonly id: Scalars['ID']['output'];
};

/** Where a page lies in its list, as in the Relay cursor connections specification. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** The cursor behind the last item, to go on with. Null where the list is empty; a page can be empty and yet not be the last. */
  readonly endCursor: Maybe<Scalars['String']['output']>;
  /** Whether there is more behind this page. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether there is more before this page, in lists that can be read backwards by `last` and `before`; false in all others. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first item. Null on an empty page. */
  readonly startCursor: Maybe<Scalars['String']['output']>;
};

/** What can be asked: assessment runs and what surrounds them, by ARN or page by page. */
export type Query = {
  readonly __typename?: 'Query';
  /**
   * The archive behind this gateway, and what it has. Only an archive can answer this:
   * NOT_SUPPORTED_BY_UPSTREAM over any other upstream, before anything is asked.
   */
  readonly archive: Maybe<Archive>;
  /**
   * The assessment run with this ARN. Asking for it costs nothing by itself: Inspector is called only for the fields that
   * are selected on it, so a run that does not exist shows up as an error at those fields. Null, with code INVALID_INPUT,
   * when the text is not the ARN of an assessment run.
   */
  readonly assessmentRun: Maybe<AssessmentRun>;
  /**
   * How many runs there were, in groups and over time, largest groups first. Only an archive can
   * answer this: NOT_SUPPORTED_BY_UPSTREAM over any other upstream, before anything is asked.
   */
  readonly assessmentRunStatistics: AssessmentRunStatistics;
  /**
   * The assessment runs, page by page: as Inspector lists them, or as an archive finds them, which also can order any number of
   * them, and has criteria that Inspector has not.
   */
  readonly assessmentRuns: AssessmentRunConnection;
  /**
   * The assessment runs with these ARNs, in the order asked, with duplicates kept. An ARN that is not an assessment run's
   * gives null at its place and an error with code INVALID_INPUT; the others are not affected.
   */
  readonly assessmentRunsByArn: ReadonlyArray<Maybe<AssessmentRun>>;
  /** The assessment targets that Inspector lists, page by page, in Inspector's own order. */
  readonly assessmentTargets: AssessmentTargetConnection;
  /** The assessment templates that Inspector lists, page by page, in Inspector's own order. */
  readonly assessmentTemplates: AssessmentTemplateConnection;
  /** The finding with this ARN. It is read when its fields are, as an assessment run is. */
  readonly finding: Maybe<Finding>;
  /**
   * How many findings there were, in groups and over time, largest groups first. Only an archive can
   * answer this: NOT_SUPPORTED_BY_UPSTREAM over any other upstream, before anything is asked.
   */
  readonly findingStatistics: FindingStatistics;
  /**
   * The findings of all runs, page by page, with their details. Only an archive can answer this:
   * NOT_SUPPORTED_BY_UPSTREAM over any other upstream, before anything is asked.
   */
  readonly findings: FindingConnection;
  /**
   * The hosts that agents and findings name, page by page. Only an archive can answer this:
   * NOT_SUPPORTED_BY_UPSTREAM over any other upstream, before anything is asked.
   */
  readonly hosts: HostConnection;
  /**
   * Whatever has this global ID, which is its ARN. It is read when its fields are. Null, with code INVALID_INPUT, when the
   * text is no ARN of Inspector Classic.
   */
  readonly node: Maybe<Node>;
  /** Whatever has these global IDs, in the order asked; null at the place of an ID that is no ARN of Inspector Classic. */
  readonly nodes: ReadonlyArray<Maybe<Node>>;
  /** The rules packages that Inspector lists, page by page, in Inspector's own order. */
  readonly rulesPackages: RulesPackageConnection;
  /**
   * How much telemetry the agents sent, in groups and over time, largest groups first. Only an archive can
   * answer this: NOT_SUPPORTED_BY_UPSTREAM over any other upstream, before anything is asked.
   */
  readonly telemetryStatistics: TelemetryStatistics;
};


/** What can be asked: assessment runs and what surrounds them, by ARN or page by page. */
export type QueryAssessmentRunArgs = {
  arn: Scalars['ID']['input'];
};


/** What can be asked: assessment runs and what surrounds them, by ARN or page by page. */
export type QueryAssessmentRunStatisticsArgs = {
  filter?: InputMaybe<AssessmentRunFilter>;
  groupBy?: InputMaybe<ReadonlyArray<AssessmentRunDimension>>;
  interval?: InputMaybe<StatisticsInterval>;
  timeZone?: InputMaybe<Scalars['String']['input']>;
  top?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be asked: assessment runs and what surrounds them, by ARN or page by page. */
export type QueryAssessmentRunsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AssessmentRunFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<AssessmentRunOrder>;
};


/** What can be asked: assessment runs and what surrounds them, by ARN or page by page. */
export type QueryAssessmentRunsByArnArgs = {
  arns: ReadonlyArray<Scalars['ID']['input']>;
};


/** What can be asked: assessment runs and what surrounds them, by ARN or page by page. */
export type QueryAssessmentTargetsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AssessmentTargetFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be asked: assessment runs and what surrounds them, by ARN or page by page. */
export type QueryAssessmentTemplatesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AssessmentTemplateFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be asked: assessment runs and what surrounds them, by ARN or page by page. */
export type QueryFindingArgs = {
  arn: Scalars['ID']['input'];
};


/** What can be asked: assessment runs and what surrounds them, by ARN or page by page. */
export type QueryFindingStatisticsArgs = {
  filter?: InputMaybe<FindingSearchFilter>;
  groupBy?: InputMaybe<ReadonlyArray<FindingDimension>>;
  interval?: InputMaybe<StatisticsInterval>;
  timeZone?: InputMaybe<Scalars['String']['input']>;
  top?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be asked: assessment runs and what surrounds them, by ARN or page by page. */
export type QueryFindingsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<FindingSearchFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<FindingOrder>;
};


/** What can be asked: assessment runs and what surrounds them, by ARN or page by page. */
export type QueryHostsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<HostFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<HostOrder>;
};


/** What can be asked: assessment runs and what surrounds them, by ARN or page by page. */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/** What can be asked: assessment runs and what surrounds them, by ARN or page by page. */
export type QueryNodesArgs = {
  ids: ReadonlyArray<Scalars['ID']['input']>;
};


/** What can be asked: assessment runs and what surrounds them, by ARN or page by page. */
export type QueryRulesPackagesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<RulesPackageFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be asked: assessment runs and what surrounds them, by ARN or page by page. */
export type QueryTelemetryStatisticsArgs = {
  filter?: InputMaybe<AssessmentRunFilter>;
  groupBy?: InputMaybe<ReadonlyArray<TelemetryDimension>>;
  interval?: InputMaybe<StatisticsInterval>;
  timeZone?: InputMaybe<Scalars['String']['input']>;
  top?: InputMaybe<Scalars['Int']['input']>;
};

/** Instances, chosen by their tags. */
export type ResourceGroup = Node & {
  readonly __typename?: 'ResourceGroup';
  /** The Amazon Resource Name. */
  readonly arn: Scalars['ID']['output'];
  /** When the group was created. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** The ARN. */
  readonly id: Scalars['ID']['output'];
  /** The tags of the instances. */
  readonly tags: Maybe<ReadonlyArray<Tag>>;
};

/** Rules that are evaluated together. */
export type RulesPackage = Node & {
  readonly __typename?: 'RulesPackage';
  /** The Amazon Resource Name. */
  readonly arn: Scalars['ID']['output'];
  /** What it is for. */
  readonly description: Maybe<Scalars['String']['output']>;
  /**
   * What was found by it, in all runs, page by page. Only an archive can answer this: NOT_SUPPORTED_BY_UPSTREAM over any other
   * upstream, before anything is asked.
   */
  readonly findings: Maybe<FindingConnection>;
  /** The ARN. */
  readonly id: Scalars['ID']['output'];
  /** The name of the package. */
  readonly name: Maybe<Scalars['String']['output']>;
  /** Who provides it. */
  readonly provider: Maybe<Scalars['String']['output']>;
  /** Its version. */
  readonly version: Maybe<Scalars['String']['output']>;
};


/** Rules that are evaluated together. */
export type RulesPackageFindingsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<FindingSearchFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<FindingOrder>;
};

/** One page of rules packages. */
export type RulesPackageConnection = {
  readonly __typename?: 'RulesPackageConnection';
  /** The rules packages of this page, each with its cursor. */
  readonly edges: ReadonlyArray<RulesPackageEdge>;
  /** The rules packages of this page. */
  readonly nodes: ReadonlyArray<RulesPackage>;
  /** Where this page ends, and whether another follows. */
  readonly pageInfo: PageInfo;
  /** How many there are in all, where that is known without reading on: when this page is the whole list. */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
};

/** A rules package at its place in the list. */
export type RulesPackageEdge = {
  readonly __typename?: 'RulesPackageEdge';
  /** The place of the rules package: give it to `after` to go on behind it. */
  readonly cursor: Scalars['String']['output'];
  /** The rules package. */
  readonly node: RulesPackage;
};

/** What a rules package has to fulfil to be listed. */
export type RulesPackageFilter = {
  /** In one of these regions: only they are asked. */
  readonly regions?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};

/** A security group of a network interface. */
export type SecurityGroup = {
  readonly __typename?: 'SecurityGroup';
  /** Its ID. */
  readonly groupId: Maybe<Scalars['ID']['output']>;
  /** Its name. */
  readonly groupName: Maybe<Scalars['String']['output']>;
};

/** Inspector failed, was out of reach, or answered with something else than its API promises. */
export type ServiceError = InspectorError & {
  readonly __typename?: 'ServiceError';
  /** Whether the same request may succeed when it is sent again. */
  readonly canRetry: Scalars['Boolean']['output'];
  /** Which of the service's failures it was. */
  readonly code: InspectorErrorCode;
  /** AWS's own, finer code, where there is one. */
  readonly errorCode: Maybe<Scalars['String']['output']>;
  /** What happened, for people. */
  readonly message: Scalars['String']['output'];
  /** The id that Inspector gave to the failed request. */
  readonly requestId: Maybe<Scalars['ID']['output']>;
  /**
   * How many milliseconds to wait before the same request makes sense. Null where Inspector was asked: only what the gateway
   * turned away by itself has it, since Inspector has failed repeatedly, or too much is waiting for it.
   */
  readonly retryAfterMs: Maybe<Scalars['Int']['output']>;
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

/** A number of findings or runs in an interval of time, by when they were created. */
export type StatisticsBucket = {
  readonly __typename?: 'StatisticsBucket';
  /** How many there are. */
  readonly count: Scalars['Long']['output'];
  /** The first day of the interval in the time zone, such as `2024-01-01`. Null for what has no time, in the last bucket. */
  readonly start: Maybe<Scalars['String']['output']>;
};

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

/** A number of findings or runs. */
export type StatisticsTotal = {
  readonly __typename?: 'StatisticsTotal';
  /** How many there are. */
  readonly count: Scalars['Long']['output'];
};

/** A tag of a resource. */
export type Tag = {
  readonly __typename?: 'Tag';
  /** The key. */
  readonly key: Scalars['String']['output'];
  /** The value. */
  readonly value: Maybe<Scalars['String']['output']>;
};

/** The telemetry of a run, when it could be read. */
export type Telemetry = {
  readonly __typename?: 'Telemetry';
  /** One row for each type of message, in Inspector's order, with its `Total` row where it has one. */
  readonly telemetryMetadata: ReadonlyArray<TelemetryMetadata>;
  /** All telemetry of the run together. */
  readonly total: TelemetryTotal;
};

/** Telemetry of one type in two runs. */
export type TelemetryComparison = {
  readonly __typename?: 'TelemetryComparison';
  /** That of the base run. Null where it has none of this type. */
  readonly base: Maybe<TelemetryCount>;
  /** That of the run that is compared with it. Null where it has none of this type. */
  readonly compared: Maybe<TelemetryCount>;
  /** The type of message, such as `InspectorPackageInfo`, or `Total` for the sum of all the types. */
  readonly messageType: Scalars['String']['output'];
};

/** How much telemetry of one type a run has. */
export type TelemetryCount = {
  readonly __typename?: 'TelemetryCount';
  /** How many messages were sent. */
  readonly count: Scalars['Long']['output'];
  /** Their size in bytes. Null where Inspector did not report it. */
  readonly dataSize: Maybe<Scalars['Long']['output']>;
};

/** By what telemetry can be grouped. */
export type TelemetryDimension =
  /** By account. */
  | 'ACCOUNT'
  /** By type of message. */
  | 'MESSAGE_TYPE'
  /** By region. */
  | 'REGION'
  /** By the state of its runs. */
  | 'STATE'
  /** By the template of its runs. */
  | 'TEMPLATE';

/** How much telemetry of one type the agents sent during a run. */
export type TelemetryMetadata = {
  readonly __typename?: 'TelemetryMetadata';
  /** How many messages of this type were sent. */
  readonly count: Scalars['Long']['output'];
  /** Their size in bytes. Null where Inspector did not report it. */
  readonly dataSize: Maybe<Scalars['Long']['output']>;
  /** The type of message, such as `InspectorPackageInfo`, or `Total` for the sum of all the types. */
  readonly messageType: Scalars['String']['output'];
};

/** The orders in which rows of telemetry can be had; equal ones are in Inspector's order. */
export type TelemetryOrder =
  /** By number of messages, the most first; without the `Total` row, unless `messageTypes` names it. */
  | 'COUNT_DESC'
  /** By size, the largest first and unknown sizes last; without the `Total` row, unless `messageTypes` names it. */
  | 'DATA_SIZE_DESC'
  /** By type of message, from A to Z. */
  | 'MESSAGE_TYPE_ASC';

/** The telemetry of a run, or the reason why it could not be read. */
export type TelemetryResult = AccessDeniedError | InvalidInputError | NoSuchEntityError | ServiceError | Telemetry;

/** How much telemetry the agents sent, in groups and over time. */
export type TelemetryStatistics = {
  readonly __typename?: 'TelemetryStatistics';
  /** How many groups there are, also those beyond `top`. */
  readonly groupCount: Scalars['Long']['output'];
  /** The largest groups, by `count`; equal ones by their keys. */
  readonly groups: ReadonlyArray<TelemetryStatisticsGroup>;
  /** Of all that fits the filter, also what is in none of the groups given. */
  readonly total: TelemetryStatisticsTotal;
};

/** An amount of telemetry in an interval of time, by when its runs were created. */
export type TelemetryStatisticsBucket = {
  readonly __typename?: 'TelemetryStatisticsBucket';
  /** In how many runs. */
  readonly assessmentRunCount: Scalars['Long']['output'];
  /** How many messages were sent. */
  readonly count: Scalars['Long']['output'];
  /** Their size in bytes. Null where a row does not have its size. */
  readonly dataSize: Maybe<Scalars['Long']['output']>;
  /** The first day of the interval in the time zone, such as `2024-01-01`. Null for runs without a time, in the last bucket. */
  readonly start: Maybe<Scalars['String']['output']>;
};

/** A group of telemetry, and how it went over time. */
export type TelemetryStatisticsGroup = {
  readonly __typename?: 'TelemetryStatisticsGroup';
  /**
   * Each interval from the first to the last of the whole answer, or of the time in the filter where that has both ends: in order,
   * the same ones for every group, with zeros where there is nothing. Null without an interval.
   */
  readonly buckets: Maybe<ReadonlyArray<TelemetryStatisticsBucket>>;
  /** What its members have in common: one for each dimension of `groupBy`, in its order. */
  readonly keys: ReadonlyArray<TelemetryStatisticsKey>;
  /** Of the whole group. */
  readonly total: TelemetryStatisticsTotal;
};

/** What the members of a group have in common, in one dimension. */
export type TelemetryStatisticsKey = {
  readonly __typename?: 'TelemetryStatisticsKey';
  /** The dimension. */
  readonly dimension: TelemetryDimension;
  /** The template, in that dimension. Null in any other, and where the members have none. */
  readonly template: Maybe<AssessmentTemplate>;
  /** The value, such as a severity, an ARN or an account. Null where the members lack it. */
  readonly value: Maybe<Scalars['String']['output']>;
};

/** An amount of telemetry. A run's `Total` row is counted where the run has no other. */
export type TelemetryStatisticsTotal = {
  readonly __typename?: 'TelemetryStatisticsTotal';
  /** In how many runs. */
  readonly assessmentRunCount: Scalars['Long']['output'];
  /** How many messages were sent. */
  readonly count: Scalars['Long']['output'];
  /** Their size in bytes. Null where a row does not have its size. */
  readonly dataSize: Maybe<Scalars['Long']['output']>;
};

/** All telemetry of a run together. */
export type TelemetryTotal = {
  readonly __typename?: 'TelemetryTotal';
  /** How many messages were sent. */
  readonly count: Scalars['Long']['output'];
  /** Their size in bytes. Null where Inspector did not report the size of every type. */
  readonly dataSize: Maybe<Scalars['Long']['output']>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;



/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  TelemetryResult:
    | ( AccessDeniedError )
    | ( InvalidInputError )
    | ( NoSuchEntityError )
    | ( ServiceError )
    | ( TelemetryParent )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  InspectorError:
    | ( AccessDeniedError )
    | ( InvalidInputError )
    | ( NoSuchEntityError )
    | ( ServiceError )
  ;
  Node:
    | ( EntityParent<"assessmentRun"> )
    | ( EntityParent<"assessmentTarget"> )
    | ( EntityParent<"assessmentTemplate"> )
    | ( EntityParent<"exclusion"> )
    | ( EntityParent<"finding"> )
    | ( EntityParent<"resourceGroup"> )
    | ( EntityParent<"rulesPackage"> )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AccessDeniedError: ResolverTypeWrapper<AccessDeniedError>;
  AgentHealth: ResolverTypeWrapper<string>;
  AgentHealthCode: ResolverTypeWrapper<string>;
  Archive: ResolverTypeWrapper<Archive>;
  ArchiveAccount: ResolverTypeWrapper<ArchiveAccount>;
  ArchiveCounts: ResolverTypeWrapper<ArchiveCounts>;
  ArchiveRegion: ResolverTypeWrapper<ArchiveRegion>;
  AssessmentReport: ResolverTypeWrapper<Omit<AssessmentReport, 'status'> & { status?: Maybe<ResolversTypes['AssessmentReportStatus']> }>;
  AssessmentReportFormat: AssessmentReportFormat;
  AssessmentReportStatus: ResolverTypeWrapper<string>;
  AssessmentReportType: AssessmentReportType;
  AssessmentRun: ResolverTypeWrapper<EntityParent<"assessmentRun">>;
  AssessmentRunAgent: ResolverTypeWrapper<AssessmentRunAgentRow>;
  AssessmentRunAgentConnection: ResolverTypeWrapper<Omit<AssessmentRunAgentConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['AssessmentRunAgentEdge']>, nodes: ReadonlyArray<ResolversTypes['AssessmentRunAgent']> }>;
  AssessmentRunAgentEdge: ResolverTypeWrapper<Omit<AssessmentRunAgentEdge, 'node'> & { node: ResolversTypes['AssessmentRunAgent'] }>;
  AssessmentRunAgentFilter: AssessmentRunAgentFilter;
  AssessmentRunComparison: ResolverTypeWrapper<RunComparison>;
  AssessmentRunConnection: ResolverTypeWrapper<RunConnection>;
  AssessmentRunDimension: AssessmentRunDimension;
  AssessmentRunEdge: ResolverTypeWrapper<Omit<AssessmentRunEdge, 'node'> & { node: ResolversTypes['AssessmentRun'] }>;
  AssessmentRunFilter: AssessmentRunFilter;
  AssessmentRunNotification: ResolverTypeWrapper<Omit<AssessmentRunNotification, 'event' | 'snsPublishStatusCode'> & { event?: Maybe<ResolversTypes['InspectorEvent']>, snsPublishStatusCode?: Maybe<ResolversTypes['SnsPublishStatusCode']> }>;
  AssessmentRunOrder: AssessmentRunOrder;
  AssessmentRunState: ResolverTypeWrapper<string>;
  AssessmentRunStateChange: ResolverTypeWrapper<Omit<AssessmentRunStateChange, 'state'> & { state?: Maybe<ResolversTypes['AssessmentRunState']> }>;
  AssessmentRunStatistics: ResolverTypeWrapper<Omit<AssessmentRunStatistics, 'groups'> & { groups: ReadonlyArray<ResolversTypes['AssessmentRunStatisticsGroup']> }>;
  AssessmentRunStatisticsGroup: ResolverTypeWrapper<Omit<AssessmentRunStatisticsGroup, 'keys'> & { keys: ReadonlyArray<ResolversTypes['AssessmentRunStatisticsKey']> }>;
  AssessmentRunStatisticsKey: ResolverTypeWrapper<StatisticsKey<"assessmentRuns">>;
  AssessmentTarget: ResolverTypeWrapper<EntityParent<"assessmentTarget">>;
  AssessmentTargetConnection: ResolverTypeWrapper<Omit<AssessmentTargetConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['AssessmentTargetEdge']>, nodes: ReadonlyArray<ResolversTypes['AssessmentTarget']> }>;
  AssessmentTargetEdge: ResolverTypeWrapper<Omit<AssessmentTargetEdge, 'node'> & { node: ResolversTypes['AssessmentTarget'] }>;
  AssessmentTargetFilter: AssessmentTargetFilter;
  AssessmentTemplate: ResolverTypeWrapper<EntityParent<"assessmentTemplate">>;
  AssessmentTemplateConnection: ResolverTypeWrapper<Omit<AssessmentTemplateConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['AssessmentTemplateEdge']>, nodes: ReadonlyArray<ResolversTypes['AssessmentTemplate']> }>;
  AssessmentTemplateEdge: ResolverTypeWrapper<Omit<AssessmentTemplateEdge, 'node'> & { node: ResolversTypes['AssessmentTemplate'] }>;
  AssessmentTemplateFilter: AssessmentTemplateFilter;
  AssetAttributes: ResolverTypeWrapper<AssetAttributes>;
  Attribute: ResolverTypeWrapper<Attribute>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DateTimeRange: DateTimeRange;
  DurationRange: DurationRange;
  Exclusion: ResolverTypeWrapper<EntityParent<"exclusion">>;
  ExclusionConnection: ResolverTypeWrapper<Omit<ExclusionConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['ExclusionEdge']>, nodes: ReadonlyArray<ResolversTypes['Exclusion']> }>;
  ExclusionEdge: ResolverTypeWrapper<Omit<ExclusionEdge, 'node'> & { node: ResolversTypes['Exclusion'] }>;
  ExclusionScope: ResolverTypeWrapper<ExclusionScope>;
  Finding: ResolverTypeWrapper<EntityParent<"finding">>;
  FindingConnection: ResolverTypeWrapper<Omit<FindingConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['FindingEdge']>, nodes: ReadonlyArray<ResolversTypes['Finding']> }>;
  FindingCount: ResolverTypeWrapper<Omit<FindingCount, 'severity'> & { severity?: Maybe<ResolversTypes['Severity']> }>;
  FindingDimension: FindingDimension;
  FindingEdge: ResolverTypeWrapper<Omit<FindingEdge, 'node'> & { node: ResolversTypes['Finding'] }>;
  FindingFilter: FindingFilter;
  FindingOrder: FindingOrder;
  FindingSearchFilter: FindingSearchFilter;
  FindingStatistics: ResolverTypeWrapper<Omit<FindingStatistics, 'groups'> & { groups: ReadonlyArray<ResolversTypes['FindingStatisticsGroup']> }>;
  FindingStatisticsGroup: ResolverTypeWrapper<Omit<FindingStatisticsGroup, 'keys'> & { keys: ReadonlyArray<ResolversTypes['FindingStatisticsKey']> }>;
  FindingStatisticsKey: ResolverTypeWrapper<StatisticsKey<"findings">>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Host: ResolverTypeWrapper<HostRow>;
  HostConnection: ResolverTypeWrapper<Omit<HostConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['HostEdge']>, nodes: ReadonlyArray<ResolversTypes['Host']> }>;
  HostEdge: ResolverTypeWrapper<Omit<HostEdge, 'node'> & { node: ResolversTypes['Host'] }>;
  HostFilter: HostFilter;
  HostOrder: HostOrder;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  InspectorError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['InspectorError']>;
  InspectorErrorCode: InspectorErrorCode;
  InspectorEvent: ResolverTypeWrapper<string>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  InvalidInputError: ResolverTypeWrapper<InvalidInputError>;
  KeyValueInput: KeyValueInput;
  Long: ResolverTypeWrapper<Scalars['Long']['output']>;
  NetworkInterface: ResolverTypeWrapper<NetworkInterface>;
  NoSuchEntityError: ResolverTypeWrapper<NoSuchEntityError>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ResourceGroup: ResolverTypeWrapper<EntityParent<"resourceGroup">>;
  RulesPackage: ResolverTypeWrapper<EntityParent<"rulesPackage">>;
  RulesPackageConnection: ResolverTypeWrapper<Omit<RulesPackageConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['RulesPackageEdge']>, nodes: ReadonlyArray<ResolversTypes['RulesPackage']> }>;
  RulesPackageEdge: ResolverTypeWrapper<Omit<RulesPackageEdge, 'node'> & { node: ResolversTypes['RulesPackage'] }>;
  RulesPackageFilter: RulesPackageFilter;
  SecurityGroup: ResolverTypeWrapper<SecurityGroup>;
  ServiceError: ResolverTypeWrapper<ServiceError>;
  Severity: ResolverTypeWrapper<string>;
  SnsPublishStatusCode: ResolverTypeWrapper<string>;
  StatisticsBucket: ResolverTypeWrapper<StatisticsBucket>;
  StatisticsInterval: StatisticsInterval;
  StatisticsTotal: ResolverTypeWrapper<StatisticsTotal>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Tag: ResolverTypeWrapper<Tag>;
  Telemetry: ResolverTypeWrapper<TelemetryParent>;
  TelemetryComparison: ResolverTypeWrapper<TelemetryComparison>;
  TelemetryCount: ResolverTypeWrapper<TelemetryCount>;
  TelemetryDimension: TelemetryDimension;
  TelemetryMetadata: ResolverTypeWrapper<TelemetryMetadataRow>;
  TelemetryOrder: TelemetryOrder;
  TelemetryResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['TelemetryResult']>;
  TelemetryStatistics: ResolverTypeWrapper<Omit<TelemetryStatistics, 'groups'> & { groups: ReadonlyArray<ResolversTypes['TelemetryStatisticsGroup']> }>;
  TelemetryStatisticsBucket: ResolverTypeWrapper<TelemetryStatisticsBucket>;
  TelemetryStatisticsGroup: ResolverTypeWrapper<Omit<TelemetryStatisticsGroup, 'keys'> & { keys: ReadonlyArray<ResolversTypes['TelemetryStatisticsKey']> }>;
  TelemetryStatisticsKey: ResolverTypeWrapper<StatisticsKey<"telemetry">>;
  TelemetryStatisticsTotal: ResolverTypeWrapper<TelemetryStatisticsTotal>;
  TelemetryTotal: ResolverTypeWrapper<TelemetryTotal>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AccessDeniedError: AccessDeniedError;
  Archive: Archive;
  ArchiveAccount: ArchiveAccount;
  ArchiveCounts: ArchiveCounts;
  ArchiveRegion: ArchiveRegion;
  AssessmentReport: AssessmentReport;
  AssessmentRun: EntityParent<"assessmentRun">;
  AssessmentRunAgent: AssessmentRunAgentRow;
  AssessmentRunAgentConnection: Omit<AssessmentRunAgentConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['AssessmentRunAgentEdge']>, nodes: ReadonlyArray<ResolversParentTypes['AssessmentRunAgent']> };
  AssessmentRunAgentEdge: Omit<AssessmentRunAgentEdge, 'node'> & { node: ResolversParentTypes['AssessmentRunAgent'] };
  AssessmentRunAgentFilter: AssessmentRunAgentFilter;
  AssessmentRunComparison: RunComparison;
  AssessmentRunConnection: RunConnection;
  AssessmentRunEdge: Omit<AssessmentRunEdge, 'node'> & { node: ResolversParentTypes['AssessmentRun'] };
  AssessmentRunFilter: AssessmentRunFilter;
  AssessmentRunNotification: AssessmentRunNotification;
  AssessmentRunStateChange: AssessmentRunStateChange;
  AssessmentRunStatistics: Omit<AssessmentRunStatistics, 'groups'> & { groups: ReadonlyArray<ResolversParentTypes['AssessmentRunStatisticsGroup']> };
  AssessmentRunStatisticsGroup: Omit<AssessmentRunStatisticsGroup, 'keys'> & { keys: ReadonlyArray<ResolversParentTypes['AssessmentRunStatisticsKey']> };
  AssessmentRunStatisticsKey: StatisticsKey<"assessmentRuns">;
  AssessmentTarget: EntityParent<"assessmentTarget">;
  AssessmentTargetConnection: Omit<AssessmentTargetConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['AssessmentTargetEdge']>, nodes: ReadonlyArray<ResolversParentTypes['AssessmentTarget']> };
  AssessmentTargetEdge: Omit<AssessmentTargetEdge, 'node'> & { node: ResolversParentTypes['AssessmentTarget'] };
  AssessmentTargetFilter: AssessmentTargetFilter;
  AssessmentTemplate: EntityParent<"assessmentTemplate">;
  AssessmentTemplateConnection: Omit<AssessmentTemplateConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['AssessmentTemplateEdge']>, nodes: ReadonlyArray<ResolversParentTypes['AssessmentTemplate']> };
  AssessmentTemplateEdge: Omit<AssessmentTemplateEdge, 'node'> & { node: ResolversParentTypes['AssessmentTemplate'] };
  AssessmentTemplateFilter: AssessmentTemplateFilter;
  AssetAttributes: AssetAttributes;
  Attribute: Attribute;
  Boolean: Scalars['Boolean']['output'];
  DateTime: Scalars['DateTime']['output'];
  DateTimeRange: DateTimeRange;
  DurationRange: DurationRange;
  Exclusion: EntityParent<"exclusion">;
  ExclusionConnection: Omit<ExclusionConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['ExclusionEdge']>, nodes: ReadonlyArray<ResolversParentTypes['Exclusion']> };
  ExclusionEdge: Omit<ExclusionEdge, 'node'> & { node: ResolversParentTypes['Exclusion'] };
  ExclusionScope: ExclusionScope;
  Finding: EntityParent<"finding">;
  FindingConnection: Omit<FindingConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['FindingEdge']>, nodes: ReadonlyArray<ResolversParentTypes['Finding']> };
  FindingCount: FindingCount;
  FindingEdge: Omit<FindingEdge, 'node'> & { node: ResolversParentTypes['Finding'] };
  FindingFilter: FindingFilter;
  FindingSearchFilter: FindingSearchFilter;
  FindingStatistics: Omit<FindingStatistics, 'groups'> & { groups: ReadonlyArray<ResolversParentTypes['FindingStatisticsGroup']> };
  FindingStatisticsGroup: Omit<FindingStatisticsGroup, 'keys'> & { keys: ReadonlyArray<ResolversParentTypes['FindingStatisticsKey']> };
  FindingStatisticsKey: StatisticsKey<"findings">;
  Float: Scalars['Float']['output'];
  Host: HostRow;
  HostConnection: Omit<HostConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['HostEdge']>, nodes: ReadonlyArray<ResolversParentTypes['Host']> };
  HostEdge: Omit<HostEdge, 'node'> & { node: ResolversParentTypes['Host'] };
  HostFilter: HostFilter;
  ID: Scalars['ID']['output'];
  InspectorError: ResolversInterfaceTypes<ResolversParentTypes>['InspectorError'];
  Int: Scalars['Int']['output'];
  InvalidInputError: InvalidInputError;
  KeyValueInput: KeyValueInput;
  Long: Scalars['Long']['output'];
  NetworkInterface: NetworkInterface;
  NoSuchEntityError: NoSuchEntityError;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  PageInfo: PageInfo;
  Query: Record<PropertyKey, never>;
  ResourceGroup: EntityParent<"resourceGroup">;
  RulesPackage: EntityParent<"rulesPackage">;
  RulesPackageConnection: Omit<RulesPackageConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['RulesPackageEdge']>, nodes: ReadonlyArray<ResolversParentTypes['RulesPackage']> };
  RulesPackageEdge: Omit<RulesPackageEdge, 'node'> & { node: ResolversParentTypes['RulesPackage'] };
  RulesPackageFilter: RulesPackageFilter;
  SecurityGroup: SecurityGroup;
  ServiceError: ServiceError;
  StatisticsBucket: StatisticsBucket;
  StatisticsTotal: StatisticsTotal;
  String: Scalars['String']['output'];
  Tag: Tag;
  Telemetry: TelemetryParent;
  TelemetryComparison: TelemetryComparison;
  TelemetryCount: TelemetryCount;
  TelemetryMetadata: TelemetryMetadataRow;
  TelemetryResult: ResolversUnionTypes<ResolversParentTypes>['TelemetryResult'];
  TelemetryStatistics: Omit<TelemetryStatistics, 'groups'> & { groups: ReadonlyArray<ResolversParentTypes['TelemetryStatisticsGroup']> };
  TelemetryStatisticsBucket: TelemetryStatisticsBucket;
  TelemetryStatisticsGroup: Omit<TelemetryStatisticsGroup, 'keys'> & { keys: ReadonlyArray<ResolversParentTypes['TelemetryStatisticsKey']> };
  TelemetryStatisticsKey: StatisticsKey<"telemetry">;
  TelemetryStatisticsTotal: TelemetryStatisticsTotal;
  TelemetryTotal: TelemetryTotal;
};

export type SemanticNonNullDirectiveArgs = {
  levels?: ReadonlyArray<Scalars['Int']['input']>;
};

export type SemanticNonNullDirectiveResolver<Result, Parent, ContextType = GraphQLContext, Args = SemanticNonNullDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type AccessDeniedErrorResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AccessDeniedError'] = ResolversParentTypes['AccessDeniedError']> = {
  canRetry?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  code?: Resolver<ResolversTypes['InspectorErrorCode'], ParentType, ContextType>;
  errorCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  requestId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AgentHealthResolvers = EnumResolverSignature<{ HEALTHY?: any, UNHEALTHY?: any, UNKNOWN?: any }, ResolversTypes['AgentHealth']>;

export type AgentHealthCodeResolvers = EnumResolverSignature<{ IDLE?: any, RUNNING?: any, SHUTDOWN?: any, THROTTLED?: any, UNHEALTHY?: any, UNKNOWN?: any }, ResolversTypes['AgentHealthCode']>;

export type ArchiveResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Archive'] = ResolversParentTypes['Archive']> = {
  accounts?: Resolver<ReadonlyArray<ResolversTypes['ArchiveAccount']>, ParentType, ContextType>;
  counts?: Resolver<ResolversTypes['ArchiveCounts'], ParentType, ContextType>;
  firstRunAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastChangedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastRunAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  regions?: Resolver<ReadonlyArray<ResolversTypes['ArchiveRegion']>, ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  softwareVersion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ArchiveAccountResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['ArchiveAccount'] = ResolversParentTypes['ArchiveAccount']> = {
  accountId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  assessmentRunCount?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  findingCount?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
};

export type ArchiveCountsResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['ArchiveCounts'] = ResolversParentTypes['ArchiveCounts']> = {
  agents?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  assessmentRuns?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  assessmentTargets?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  assessmentTemplates?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  exclusions?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  findings?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  hosts?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  rulesPackages?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  telemetry?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
};

export type ArchiveRegionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['ArchiveRegion'] = ResolversParentTypes['ArchiveRegion']> = {
  assessmentRunCount?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  findingCount?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  region?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AssessmentReportResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentReport'] = ResolversParentTypes['AssessmentReport']> = {
  status?: Resolver<Maybe<ResolversTypes['AssessmentReportStatus']>, ParentType, ContextType>;
  url?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type AssessmentReportStatusResolvers = EnumResolverSignature<{ COMPLETED?: any, FAILED?: any, WORK_IN_PROGRESS?: any }, ResolversTypes['AssessmentReportStatus']>;

export type AssessmentRunResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRun'] = ResolversParentTypes['AssessmentRun']> = {
  agent?: Resolver<Maybe<ResolversTypes['AssessmentRunAgent']>, ParentType, ContextType, RequireFields<AssessmentRunAgentArgs, 'agentId'>>;
  agents?: Resolver<Maybe<ResolversTypes['AssessmentRunAgentConnection']>, ParentType, ContextType, RequireFields<AssessmentRunAgentsArgs, 'first'>>;
  arn?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  assessmentTemplateArn?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  comparison?: Resolver<Maybe<ResolversTypes['AssessmentRunComparison']>, ParentType, ContextType, Partial<AssessmentRunComparisonArgs>>;
  completedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  dataCollected?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  durationInSeconds?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  exclusions?: Resolver<Maybe<ResolversTypes['ExclusionConnection']>, ParentType, ContextType, RequireFields<AssessmentRunExclusionsArgs, 'first'>>;
  findingCounts?: Resolver<Maybe<ReadonlyArray<ResolversTypes['FindingCount']>>, ParentType, ContextType>;
  findings?: Resolver<Maybe<ResolversTypes['FindingConnection']>, ParentType, ContextType, RequireFields<AssessmentRunFindingsArgs, 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  notifications?: Resolver<Maybe<ReadonlyArray<ResolversTypes['AssessmentRunNotification']>>, ParentType, ContextType>;
  report?: Resolver<Maybe<ResolversTypes['AssessmentReport']>, ParentType, ContextType, RequireFields<AssessmentRunReportArgs, 'format' | 'type'>>;
  rulesPackageArns?: Resolver<Maybe<ReadonlyArray<ResolversTypes['ID']>>, ParentType, ContextType>;
  rulesPackages?: Resolver<Maybe<ReadonlyArray<ResolversTypes['RulesPackage']>>, ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  state?: Resolver<Maybe<ResolversTypes['AssessmentRunState']>, ParentType, ContextType>;
  stateChangedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  stateChanges?: Resolver<Maybe<ReadonlyArray<ResolversTypes['AssessmentRunStateChange']>>, ParentType, ContextType>;
  tags?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Tag']>>, ParentType, ContextType>;
  target?: Resolver<Maybe<ResolversTypes['AssessmentTarget']>, ParentType, ContextType>;
  telemetry?: Resolver<Maybe<ReadonlyArray<ResolversTypes['TelemetryMetadata']>>, ParentType, ContextType, Partial<AssessmentRunTelemetryArgs>>;
  telemetryResult?: Resolver<ResolversTypes['TelemetryResult'], ParentType, ContextType>;
  telemetryTotal?: Resolver<Maybe<ResolversTypes['TelemetryTotal']>, ParentType, ContextType>;
  template?: Resolver<Maybe<ResolversTypes['AssessmentTemplate']>, ParentType, ContextType>;
  userAttributesForFindings?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Attribute']>>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AssessmentRunAgentResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRunAgent'] = ResolversParentTypes['AssessmentRunAgent']> = {
  agentHealth?: Resolver<Maybe<ResolversTypes['AgentHealth']>, ParentType, ContextType>;
  agentHealthCode?: Resolver<Maybe<ResolversTypes['AgentHealthCode']>, ParentType, ContextType>;
  agentHealthDetails?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  agentId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  autoScalingGroup?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  host?: Resolver<Maybe<ResolversTypes['AssetAttributes']>, ParentType, ContextType>;
  telemetry?: Resolver<Maybe<ReadonlyArray<ResolversTypes['TelemetryMetadata']>>, ParentType, ContextType, Partial<AssessmentRunAgentTelemetryArgs>>;
  telemetryTotal?: Resolver<Maybe<ResolversTypes['TelemetryTotal']>, ParentType, ContextType>;
};

export type AssessmentRunAgentConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRunAgentConnection'] = ResolversParentTypes['AssessmentRunAgentConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['AssessmentRunAgentEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['AssessmentRunAgent']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type AssessmentRunAgentEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRunAgentEdge'] = ResolversParentTypes['AssessmentRunAgentEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AssessmentRunAgent'], ParentType, ContextType>;
};

export type AssessmentRunComparisonResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRunComparison'] = ResolversParentTypes['AssessmentRunComparison']> = {
  base?: Resolver<ResolversTypes['AssessmentRun'], ParentType, ContextType>;
  goneAgentIds?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
  goneFindings?: Resolver<ResolversTypes['FindingConnection'], ParentType, ContextType, Partial<AssessmentRunComparisonGoneFindingsArgs>>;
  newAgentIds?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
  newFindings?: Resolver<ResolversTypes['FindingConnection'], ParentType, ContextType, Partial<AssessmentRunComparisonNewFindingsArgs>>;
  remainingAgentIds?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
  remainingFindings?: Resolver<ResolversTypes['FindingConnection'], ParentType, ContextType, Partial<AssessmentRunComparisonRemainingFindingsArgs>>;
  telemetry?: Resolver<ReadonlyArray<ResolversTypes['TelemetryComparison']>, ParentType, ContextType>;
};

export type AssessmentRunConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRunConnection'] = ResolversParentTypes['AssessmentRunConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['AssessmentRunEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['AssessmentRun']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type AssessmentRunEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRunEdge'] = ResolversParentTypes['AssessmentRunEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AssessmentRun'], ParentType, ContextType>;
};

export type AssessmentRunNotificationResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRunNotification'] = ResolversParentTypes['AssessmentRunNotification']> = {
  date?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  event?: Resolver<Maybe<ResolversTypes['InspectorEvent']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  snsPublishStatusCode?: Resolver<Maybe<ResolversTypes['SnsPublishStatusCode']>, ParentType, ContextType>;
  snsTopicArn?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type AssessmentRunStateResolvers = EnumResolverSignature<{ CANCELED?: any, COLLECTING_DATA?: any, COMPLETED?: any, COMPLETED_WITH_ERRORS?: any, CREATED?: any, DATA_COLLECTED?: any, ERROR?: any, EVALUATING_RULES?: any, FAILED?: any, START_DATA_COLLECTION_IN_PROGRESS?: any, START_DATA_COLLECTION_PENDING?: any, START_EVALUATING_RULES_PENDING?: any, STOP_DATA_COLLECTION_PENDING?: any }, ResolversTypes['AssessmentRunState']>;

export type AssessmentRunStateChangeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRunStateChange'] = ResolversParentTypes['AssessmentRunStateChange']> = {
  state?: Resolver<Maybe<ResolversTypes['AssessmentRunState']>, ParentType, ContextType>;
  stateChangedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type AssessmentRunStatisticsResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRunStatistics'] = ResolversParentTypes['AssessmentRunStatistics']> = {
  groupCount?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  groups?: Resolver<ReadonlyArray<ResolversTypes['AssessmentRunStatisticsGroup']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['StatisticsTotal'], ParentType, ContextType>;
};

export type AssessmentRunStatisticsGroupResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRunStatisticsGroup'] = ResolversParentTypes['AssessmentRunStatisticsGroup']> = {
  buckets?: Resolver<Maybe<ReadonlyArray<ResolversTypes['StatisticsBucket']>>, ParentType, ContextType>;
  keys?: Resolver<ReadonlyArray<ResolversTypes['AssessmentRunStatisticsKey']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['StatisticsTotal'], ParentType, ContextType>;
};

export type AssessmentRunStatisticsKeyResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRunStatisticsKey'] = ResolversParentTypes['AssessmentRunStatisticsKey']> = {
  dimension?: Resolver<ResolversTypes['AssessmentRunDimension'], ParentType, ContextType>;
  rulesPackage?: Resolver<Maybe<ResolversTypes['RulesPackage']>, ParentType, ContextType>;
  template?: Resolver<Maybe<ResolversTypes['AssessmentTemplate']>, ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type AssessmentTargetResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentTarget'] = ResolversParentTypes['AssessmentTarget']> = {
  arn?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  assessmentRuns?: Resolver<Maybe<ResolversTypes['AssessmentRunConnection']>, ParentType, ContextType, Partial<AssessmentTargetAssessmentRunsArgs>>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  resourceGroup?: Resolver<Maybe<ResolversTypes['ResourceGroup']>, ParentType, ContextType>;
  templates?: Resolver<Maybe<ResolversTypes['AssessmentTemplateConnection']>, ParentType, ContextType, RequireFields<AssessmentTargetTemplatesArgs, 'first'>>;
  updatedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AssessmentTargetConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentTargetConnection'] = ResolversParentTypes['AssessmentTargetConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['AssessmentTargetEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['AssessmentTarget']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type AssessmentTargetEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentTargetEdge'] = ResolversParentTypes['AssessmentTargetEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AssessmentTarget'], ParentType, ContextType>;
};

export type AssessmentTemplateResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentTemplate'] = ResolversParentTypes['AssessmentTemplate']> = {
  arn?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  assessmentRunCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  assessmentRuns?: Resolver<Maybe<ResolversTypes['AssessmentRunConnection']>, ParentType, ContextType, Partial<AssessmentTemplateAssessmentRunsArgs>>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  durationInSeconds?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastAssessmentRun?: Resolver<Maybe<ResolversTypes['AssessmentRun']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  rulesPackageArns?: Resolver<Maybe<ReadonlyArray<ResolversTypes['ID']>>, ParentType, ContextType>;
  rulesPackages?: Resolver<Maybe<ReadonlyArray<ResolversTypes['RulesPackage']>>, ParentType, ContextType>;
  tags?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Tag']>>, ParentType, ContextType>;
  target?: Resolver<Maybe<ResolversTypes['AssessmentTarget']>, ParentType, ContextType>;
  userAttributesForFindings?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Attribute']>>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AssessmentTemplateConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentTemplateConnection'] = ResolversParentTypes['AssessmentTemplateConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['AssessmentTemplateEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['AssessmentTemplate']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type AssessmentTemplateEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentTemplateEdge'] = ResolversParentTypes['AssessmentTemplateEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AssessmentTemplate'], ParentType, ContextType>;
};

export type AssetAttributesResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssetAttributes'] = ResolversParentTypes['AssetAttributes']> = {
  agentId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  amiId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  autoScalingGroup?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hostname?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ipv4Addresses?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  networkInterfaces?: Resolver<Maybe<ReadonlyArray<ResolversTypes['NetworkInterface']>>, ParentType, ContextType>;
  tags?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Tag']>>, ParentType, ContextType>;
};

export type AttributeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Attribute'] = ResolversParentTypes['Attribute']> = {
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type ExclusionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Exclusion'] = ResolversParentTypes['Exclusion']> = {
  arn?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  assessmentRun?: Resolver<ResolversTypes['AssessmentRun'], ParentType, ContextType>;
  attributes?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Attribute']>>, ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  recommendation?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  scopes?: Resolver<Maybe<ReadonlyArray<ResolversTypes['ExclusionScope']>>, ParentType, ContextType>;
  title?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ExclusionConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['ExclusionConnection'] = ResolversParentTypes['ExclusionConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ExclusionEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Exclusion']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type ExclusionEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['ExclusionEdge'] = ResolversParentTypes['ExclusionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Exclusion'], ParentType, ContextType>;
};

export type ExclusionScopeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['ExclusionScope'] = ResolversParentTypes['ExclusionScope']> = {
  key?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type FindingResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Finding'] = ResolversParentTypes['Finding']> = {
  arn?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  assessmentRun?: Resolver<ResolversTypes['AssessmentRun'], ParentType, ContextType>;
  assetAttributes?: Resolver<Maybe<ResolversTypes['AssetAttributes']>, ParentType, ContextType>;
  assetType?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  attributes?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Attribute']>>, ParentType, ContextType>;
  confidence?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  findingId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  history?: Resolver<Maybe<ResolversTypes['FindingConnection']>, ParentType, ContextType, RequireFields<FindingHistoryArgs, 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  indicatorOfCompromise?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  numericSeverity?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  recommendation?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  rulesPackage?: Resolver<Maybe<ResolversTypes['RulesPackage']>, ParentType, ContextType>;
  service?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  severity?: Resolver<Maybe<ResolversTypes['Severity']>, ParentType, ContextType>;
  title?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  updatedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  userAttributes?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Attribute']>>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FindingConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['FindingConnection'] = ResolversParentTypes['FindingConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['FindingEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Finding']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type FindingCountResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['FindingCount'] = ResolversParentTypes['FindingCount']> = {
  count?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  severity?: Resolver<Maybe<ResolversTypes['Severity']>, ParentType, ContextType>;
};

export type FindingEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['FindingEdge'] = ResolversParentTypes['FindingEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Finding'], ParentType, ContextType>;
};

export type FindingStatisticsResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['FindingStatistics'] = ResolversParentTypes['FindingStatistics']> = {
  groupCount?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  groups?: Resolver<ReadonlyArray<ResolversTypes['FindingStatisticsGroup']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['StatisticsTotal'], ParentType, ContextType>;
};

export type FindingStatisticsGroupResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['FindingStatisticsGroup'] = ResolversParentTypes['FindingStatisticsGroup']> = {
  buckets?: Resolver<Maybe<ReadonlyArray<ResolversTypes['StatisticsBucket']>>, ParentType, ContextType>;
  keys?: Resolver<ReadonlyArray<ResolversTypes['FindingStatisticsKey']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['StatisticsTotal'], ParentType, ContextType>;
};

export type FindingStatisticsKeyResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['FindingStatisticsKey'] = ResolversParentTypes['FindingStatisticsKey']> = {
  dimension?: Resolver<ResolversTypes['FindingDimension'], ParentType, ContextType>;
  rulesPackage?: Resolver<Maybe<ResolversTypes['RulesPackage']>, ParentType, ContextType>;
  template?: Resolver<Maybe<ResolversTypes['AssessmentTemplate']>, ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type HostResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Host'] = ResolversParentTypes['Host']> = {
  accountId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  agentId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  assessmentRunCount?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  assessmentRuns?: Resolver<Maybe<ResolversTypes['AssessmentRunConnection']>, ParentType, ContextType, Partial<HostAssessmentRunsArgs>>;
  findingCounts?: Resolver<ReadonlyArray<ResolversTypes['FindingCount']>, ParentType, ContextType>;
  findings?: Resolver<Maybe<ResolversTypes['FindingConnection']>, ParentType, ContextType, RequireFields<HostFindingsArgs, 'orderBy'>>;
  firstSeenAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  hostname?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lastSeenAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  latestAssessmentRun?: Resolver<Maybe<ResolversTypes['AssessmentRun']>, ParentType, ContextType>;
  region?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  telemetry?: Resolver<Maybe<ReadonlyArray<ResolversTypes['TelemetryMetadata']>>, ParentType, ContextType>;
  telemetryTotal?: Resolver<Maybe<ResolversTypes['TelemetryTotal']>, ParentType, ContextType>;
};

export type HostConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['HostConnection'] = ResolversParentTypes['HostConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['HostEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Host']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type HostEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['HostEdge'] = ResolversParentTypes['HostEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Host'], ParentType, ContextType>;
};

export type InspectorErrorResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['InspectorError'] = ResolversParentTypes['InspectorError']> = {
  __resolveType: TypeResolveFn<'AccessDeniedError' | 'InvalidInputError' | 'NoSuchEntityError' | 'ServiceError', ParentType, ContextType>;
};

export type InspectorEventResolvers = EnumResolverSignature<{ ASSESSMENT_RUN_COMPLETED?: any, ASSESSMENT_RUN_STARTED?: any, ASSESSMENT_RUN_STATE_CHANGED?: any, FINDING_REPORTED?: any, OTHER?: any }, ResolversTypes['InspectorEvent']>;

export type InvalidInputErrorResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['InvalidInputError'] = ResolversParentTypes['InvalidInputError']> = {
  canRetry?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  code?: Resolver<ResolversTypes['InspectorErrorCode'], ParentType, ContextType>;
  errorCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  requestId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface LongScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Long'], any> {
  name: 'Long';
}

export type NetworkInterfaceResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['NetworkInterface'] = ResolversParentTypes['NetworkInterface']> = {
  ipv6Addresses?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  networkInterfaceId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  privateDnsName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  privateIpAddress?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  publicDnsName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  publicIp?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  securityGroups?: Resolver<Maybe<ReadonlyArray<ResolversTypes['SecurityGroup']>>, ParentType, ContextType>;
  subnetId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  vpcId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type NoSuchEntityErrorResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['NoSuchEntityError'] = ResolversParentTypes['NoSuchEntityError']> = {
  canRetry?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  code?: Resolver<ResolversTypes['InspectorErrorCode'], ParentType, ContextType>;
  errorCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  requestId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type NodeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'AssessmentRun' | 'AssessmentTarget' | 'AssessmentTemplate' | 'Exclusion' | 'Finding' | 'ResourceGroup' | 'RulesPackage', ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  archive?: Resolver<Maybe<ResolversTypes['Archive']>, ParentType, ContextType>;
  assessmentRun?: Resolver<Maybe<ResolversTypes['AssessmentRun']>, ParentType, ContextType, RequireFields<QueryAssessmentRunArgs, 'arn'>>;
  assessmentRunStatistics?: Resolver<ResolversTypes['AssessmentRunStatistics'], ParentType, ContextType, RequireFields<QueryAssessmentRunStatisticsArgs, 'timeZone' | 'top'>>;
  assessmentRuns?: Resolver<ResolversTypes['AssessmentRunConnection'], ParentType, ContextType, Partial<QueryAssessmentRunsArgs>>;
  assessmentRunsByArn?: Resolver<ReadonlyArray<Maybe<ResolversTypes['AssessmentRun']>>, ParentType, ContextType, RequireFields<QueryAssessmentRunsByArnArgs, 'arns'>>;
  assessmentTargets?: Resolver<ResolversTypes['AssessmentTargetConnection'], ParentType, ContextType, RequireFields<QueryAssessmentTargetsArgs, 'first'>>;
  assessmentTemplates?: Resolver<ResolversTypes['AssessmentTemplateConnection'], ParentType, ContextType, RequireFields<QueryAssessmentTemplatesArgs, 'first'>>;
  finding?: Resolver<Maybe<ResolversTypes['Finding']>, ParentType, ContextType, RequireFields<QueryFindingArgs, 'arn'>>;
  findingStatistics?: Resolver<ResolversTypes['FindingStatistics'], ParentType, ContextType, RequireFields<QueryFindingStatisticsArgs, 'timeZone' | 'top'>>;
  findings?: Resolver<ResolversTypes['FindingConnection'], ParentType, ContextType, RequireFields<QueryFindingsArgs, 'orderBy'>>;
  hosts?: Resolver<ResolversTypes['HostConnection'], ParentType, ContextType, RequireFields<QueryHostsArgs, 'orderBy'>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  nodes?: Resolver<ReadonlyArray<Maybe<ResolversTypes['Node']>>, ParentType, ContextType, RequireFields<QueryNodesArgs, 'ids'>>;
  rulesPackages?: Resolver<ResolversTypes['RulesPackageConnection'], ParentType, ContextType, RequireFields<QueryRulesPackagesArgs, 'first'>>;
  telemetryStatistics?: Resolver<ResolversTypes['TelemetryStatistics'], ParentType, ContextType, RequireFields<QueryTelemetryStatisticsArgs, 'timeZone' | 'top'>>;
};

export type ResourceGroupResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['ResourceGroup'] = ResolversParentTypes['ResourceGroup']> = {
  arn?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  tags?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Tag']>>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RulesPackageResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['RulesPackage'] = ResolversParentTypes['RulesPackage']> = {
  arn?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  findings?: Resolver<Maybe<ResolversTypes['FindingConnection']>, ParentType, ContextType, RequireFields<RulesPackageFindingsArgs, 'orderBy'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  provider?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  version?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RulesPackageConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['RulesPackageConnection'] = ResolversParentTypes['RulesPackageConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['RulesPackageEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['RulesPackage']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type RulesPackageEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['RulesPackageEdge'] = ResolversParentTypes['RulesPackageEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['RulesPackage'], ParentType, ContextType>;
};

export type SecurityGroupResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['SecurityGroup'] = ResolversParentTypes['SecurityGroup']> = {
  groupId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  groupName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ServiceErrorResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['ServiceError'] = ResolversParentTypes['ServiceError']> = {
  canRetry?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  code?: Resolver<ResolversTypes['InspectorErrorCode'], ParentType, ContextType>;
  errorCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  requestId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  retryAfterMs?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SeverityResolvers = EnumResolverSignature<{ High?: any, Informational?: any, Low?: any, Medium?: any, Undefined?: any }, ResolversTypes['Severity']>;

export type SnsPublishStatusCodeResolvers = EnumResolverSignature<{ ACCESS_DENIED?: any, INTERNAL_ERROR?: any, SUCCESS?: any, TOPIC_DOES_NOT_EXIST?: any }, ResolversTypes['SnsPublishStatusCode']>;

export type StatisticsBucketResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['StatisticsBucket'] = ResolversParentTypes['StatisticsBucket']> = {
  count?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  start?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type StatisticsTotalResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['StatisticsTotal'] = ResolversParentTypes['StatisticsTotal']> = {
  count?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
};

export type TagResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Tag'] = ResolversParentTypes['Tag']> = {
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type TelemetryResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Telemetry'] = ResolversParentTypes['Telemetry']> = {
  telemetryMetadata?: Resolver<ReadonlyArray<ResolversTypes['TelemetryMetadata']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['TelemetryTotal'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TelemetryComparisonResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['TelemetryComparison'] = ResolversParentTypes['TelemetryComparison']> = {
  base?: Resolver<Maybe<ResolversTypes['TelemetryCount']>, ParentType, ContextType>;
  compared?: Resolver<Maybe<ResolversTypes['TelemetryCount']>, ParentType, ContextType>;
  messageType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type TelemetryCountResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['TelemetryCount'] = ResolversParentTypes['TelemetryCount']> = {
  count?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  dataSize?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
};

export type TelemetryMetadataResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['TelemetryMetadata'] = ResolversParentTypes['TelemetryMetadata']> = {
  count?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  dataSize?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  messageType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type TelemetryResultResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['TelemetryResult'] = ResolversParentTypes['TelemetryResult']> = {
  __resolveType: TypeResolveFn<'AccessDeniedError' | 'InvalidInputError' | 'NoSuchEntityError' | 'ServiceError' | 'Telemetry', ParentType, ContextType>;
};

export type TelemetryStatisticsResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['TelemetryStatistics'] = ResolversParentTypes['TelemetryStatistics']> = {
  groupCount?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  groups?: Resolver<ReadonlyArray<ResolversTypes['TelemetryStatisticsGroup']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['TelemetryStatisticsTotal'], ParentType, ContextType>;
};

export type TelemetryStatisticsBucketResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['TelemetryStatisticsBucket'] = ResolversParentTypes['TelemetryStatisticsBucket']> = {
  assessmentRunCount?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  dataSize?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  start?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type TelemetryStatisticsGroupResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['TelemetryStatisticsGroup'] = ResolversParentTypes['TelemetryStatisticsGroup']> = {
  buckets?: Resolver<Maybe<ReadonlyArray<ResolversTypes['TelemetryStatisticsBucket']>>, ParentType, ContextType>;
  keys?: Resolver<ReadonlyArray<ResolversTypes['TelemetryStatisticsKey']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['TelemetryStatisticsTotal'], ParentType, ContextType>;
};

export type TelemetryStatisticsKeyResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['TelemetryStatisticsKey'] = ResolversParentTypes['TelemetryStatisticsKey']> = {
  dimension?: Resolver<ResolversTypes['TelemetryDimension'], ParentType, ContextType>;
  template?: Resolver<Maybe<ResolversTypes['AssessmentTemplate']>, ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type TelemetryStatisticsTotalResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['TelemetryStatisticsTotal'] = ResolversParentTypes['TelemetryStatisticsTotal']> = {
  assessmentRunCount?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  dataSize?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
};

export type TelemetryTotalResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['TelemetryTotal'] = ResolversParentTypes['TelemetryTotal']> = {
  count?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  dataSize?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = GraphQLContext> = {
  AccessDeniedError?: AccessDeniedErrorResolvers<ContextType>;
  AgentHealth?: AgentHealthResolvers;
  AgentHealthCode?: AgentHealthCodeResolvers;
  Archive?: ArchiveResolvers<ContextType>;
  ArchiveAccount?: ArchiveAccountResolvers<ContextType>;
  ArchiveCounts?: ArchiveCountsResolvers<ContextType>;
  ArchiveRegion?: ArchiveRegionResolvers<ContextType>;
  AssessmentReport?: AssessmentReportResolvers<ContextType>;
  AssessmentReportStatus?: AssessmentReportStatusResolvers;
  AssessmentRun?: AssessmentRunResolvers<ContextType>;
  AssessmentRunAgent?: AssessmentRunAgentResolvers<ContextType>;
  AssessmentRunAgentConnection?: AssessmentRunAgentConnectionResolvers<ContextType>;
  AssessmentRunAgentEdge?: AssessmentRunAgentEdgeResolvers<ContextType>;
  AssessmentRunComparison?: AssessmentRunComparisonResolvers<ContextType>;
  AssessmentRunConnection?: AssessmentRunConnectionResolvers<ContextType>;
  AssessmentRunEdge?: AssessmentRunEdgeResolvers<ContextType>;
  AssessmentRunNotification?: AssessmentRunNotificationResolvers<ContextType>;
  AssessmentRunState?: AssessmentRunStateResolvers;
  AssessmentRunStateChange?: AssessmentRunStateChangeResolvers<ContextType>;
  AssessmentRunStatistics?: AssessmentRunStatisticsResolvers<ContextType>;
  AssessmentRunStatisticsGroup?: AssessmentRunStatisticsGroupResolvers<ContextType>;
  AssessmentRunStatisticsKey?: AssessmentRunStatisticsKeyResolvers<ContextType>;
  AssessmentTarget?: AssessmentTargetResolvers<ContextType>;
  AssessmentTargetConnection?: AssessmentTargetConnectionResolvers<ContextType>;
  AssessmentTargetEdge?: AssessmentTargetEdgeResolvers<ContextType>;
  AssessmentTemplate?: AssessmentTemplateResolvers<ContextType>;
  AssessmentTemplateConnection?: AssessmentTemplateConnectionResolvers<ContextType>;
  AssessmentTemplateEdge?: AssessmentTemplateEdgeResolvers<ContextType>;
  AssetAttributes?: AssetAttributesResolvers<ContextType>;
  Attribute?: AttributeResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Exclusion?: ExclusionResolvers<ContextType>;
  ExclusionConnection?: ExclusionConnectionResolvers<ContextType>;
  ExclusionEdge?: ExclusionEdgeResolvers<ContextType>;
  ExclusionScope?: ExclusionScopeResolvers<ContextType>;
  Finding?: FindingResolvers<ContextType>;
  FindingConnection?: FindingConnectionResolvers<ContextType>;
  FindingCount?: FindingCountResolvers<ContextType>;
  FindingEdge?: FindingEdgeResolvers<ContextType>;
  FindingStatistics?: FindingStatisticsResolvers<ContextType>;
  FindingStatisticsGroup?: FindingStatisticsGroupResolvers<ContextType>;
  FindingStatisticsKey?: FindingStatisticsKeyResolvers<ContextType>;
  Host?: HostResolvers<ContextType>;
  HostConnection?: HostConnectionResolvers<ContextType>;
  HostEdge?: HostEdgeResolvers<ContextType>;
  InspectorError?: InspectorErrorResolvers<ContextType>;
  InspectorEvent?: InspectorEventResolvers;
  InvalidInputError?: InvalidInputErrorResolvers<ContextType>;
  Long?: GraphQLScalarType;
  NetworkInterface?: NetworkInterfaceResolvers<ContextType>;
  NoSuchEntityError?: NoSuchEntityErrorResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  ResourceGroup?: ResourceGroupResolvers<ContextType>;
  RulesPackage?: RulesPackageResolvers<ContextType>;
  RulesPackageConnection?: RulesPackageConnectionResolvers<ContextType>;
  RulesPackageEdge?: RulesPackageEdgeResolvers<ContextType>;
  SecurityGroup?: SecurityGroupResolvers<ContextType>;
  ServiceError?: ServiceErrorResolvers<ContextType>;
  Severity?: SeverityResolvers;
  SnsPublishStatusCode?: SnsPublishStatusCodeResolvers;
  StatisticsBucket?: StatisticsBucketResolvers<ContextType>;
  StatisticsTotal?: StatisticsTotalResolvers<ContextType>;
  Tag?: TagResolvers<ContextType>;
  Telemetry?: TelemetryResolvers<ContextType>;
  TelemetryComparison?: TelemetryComparisonResolvers<ContextType>;
  TelemetryCount?: TelemetryCountResolvers<ContextType>;
  TelemetryMetadata?: TelemetryMetadataResolvers<ContextType>;
  TelemetryResult?: TelemetryResultResolvers<ContextType>;
  TelemetryStatistics?: TelemetryStatisticsResolvers<ContextType>;
  TelemetryStatisticsBucket?: TelemetryStatisticsBucketResolvers<ContextType>;
  TelemetryStatisticsGroup?: TelemetryStatisticsGroupResolvers<ContextType>;
  TelemetryStatisticsKey?: TelemetryStatisticsKeyResolvers<ContextType>;
  TelemetryStatisticsTotal?: TelemetryStatisticsTotalResolvers<ContextType>;
  TelemetryTotal?: TelemetryTotalResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = GraphQLContext> = {
  semanticNonNull?: SemanticNonNullDirectiveResolver<any, any, ContextType>;
};
