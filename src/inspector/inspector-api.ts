import type { Scope } from '../domain/scope.js';
import type { severities } from '../domain/severities.js';
import type { CallCount, Signal } from '../signal.js';
import type { ArnKind, AssessmentRunArn, InspectorArn } from './inspector-arn.js';
import type { InspectorFailure } from './inspector-failure.js';

/**
 * A value of an enumeration as the upstream gives it: one of T, or an unknown one. Services add values over time, and a new
 * one must not fail the entity that has it; see graphql/fields/known-values.ts.
 */
export type OpenEnum<T extends string> = T | (string & Record<never, never>);

/** AssessmentRunState of the API. */
export type AssessmentRunState =
  | 'CREATED'
  | 'START_DATA_COLLECTION_PENDING'
  | 'START_DATA_COLLECTION_IN_PROGRESS'
  | 'COLLECTING_DATA'
  | 'STOP_DATA_COLLECTION_PENDING'
  | 'DATA_COLLECTED'
  | 'START_EVALUATING_RULES_PENDING'
  | 'EVALUATING_RULES'
  | 'FAILED'
  | 'ERROR'
  | 'COMPLETED'
  | 'COMPLETED_WITH_ERRORS'
  | 'CANCELED';

/** The states that a run never leaves: its telemetry and details do not change afterwards. */
export const terminalStates: ReadonlySet<string | null> = new Set<AssessmentRunState>([
  'COMPLETED',
  'COMPLETED_WITH_ERRORS',
  'FAILED',
  'ERROR',
  'CANCELED',
]);

/** Severity of the API. */
export type Severity = (typeof severities)[number];

/** AgentHealth of the API. */
export type AgentHealth = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';

/** AgentHealthCode of the API. */
export type AgentHealthCode = 'IDLE' | 'RUNNING' | 'SHUTDOWN' | 'UNHEALTHY' | 'THROTTLED' | 'UNKNOWN';

/** InspectorEvent of the API. */
export type InspectorEvent =
  | 'ASSESSMENT_RUN_STARTED'
  | 'ASSESSMENT_RUN_COMPLETED'
  | 'ASSESSMENT_RUN_STATE_CHANGED'
  | 'FINDING_REPORTED'
  | 'OTHER';

/** AssessmentRunNotificationSnsStatusCode of the API. */
export type SnsPublishStatusCode = 'SUCCESS' | 'TOPIC_DOES_NOT_EXIST' | 'ACCESS_DENIED' | 'INTERNAL_ERROR';

/** ReportFileFormat of the API. */
export type AssessmentReportFormat = 'HTML' | 'PDF';
/** ReportType of the API: the findings alone, or all that was checked. */
export type AssessmentReportType = 'FINDING' | 'FULL';
/** ReportStatus of the API. */
export type AssessmentReportStatus = 'WORK_IN_PROGRESS' | 'FAILED' | 'COMPLETED';

/** A tag or an attribute. */
export interface KeyValue {
  readonly key: string;
  readonly value: string | null;
}

/** One row of a run's telemetry; `dataSize` is in bytes, and null where Inspector left it out. */
export interface TelemetryMetadata {
  readonly messageType: string;
  readonly count: number;
  readonly dataSize: number | null;
}

/*
 * Entities and list items. Only their identities are always present. Any other member may be null, since an upstream leaves
 * out members that the API gained over the years, or that an export has lost. An absent list is null as well: an empty one
 * would say that there is nothing.
 */

/** The details of an assessment run, as DescribeAssessmentRuns gives them. */
export interface AssessmentRun {
  readonly arn: AssessmentRunArn;
  readonly name: string | null;
  readonly state: OpenEnum<AssessmentRunState> | null;
  readonly assessmentTemplateArn: string | null;
  readonly createdAt: Date | null;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly stateChangedAt: Date | null;
  readonly durationInSeconds: number | null;
  readonly dataCollected: boolean | null;
  readonly rulesPackageArns: readonly string[] | null;
  /** Known severities, the highest first, then unknown ones. */
  readonly findingCounts: readonly FindingCount[] | null;
  readonly stateChanges: readonly AssessmentRunStateChange[] | null;
  readonly notifications: readonly AssessmentRunNotification[] | null;
  readonly userAttributesForFindings: readonly KeyValue[] | null;
}

/** How many findings of a severity a run has. */
export interface FindingCount {
  readonly severity: OpenEnum<Severity>;
  readonly count: number;
}

/** A change of a run's state. */
export interface AssessmentRunStateChange {
  readonly state: OpenEnum<AssessmentRunState> | null;
  readonly stateChangedAt: Date | null;
}

/** A notification of an SNS topic, or an attempt at one. */
export interface AssessmentRunNotification {
  readonly date: Date | null;
  readonly event: OpenEnum<InspectorEvent> | null;
  readonly message: string | null;
  readonly error: boolean | null;
  readonly snsTopicArn: string | null;
  readonly snsPublishStatusCode: OpenEnum<SnsPublishStatusCode> | null;
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_AssessmentTemplate.html */
export interface AssessmentTemplate {
  readonly arn: InspectorArn<'assessmentTemplate'>;
  readonly name: string | null;
  readonly assessmentTargetArn: string | null;
  readonly durationInSeconds: number | null;
  readonly rulesPackageArns: readonly string[] | null;
  readonly userAttributesForFindings: readonly KeyValue[] | null;
  readonly lastAssessmentRunArn: string | null;
  readonly assessmentRunCount: number | null;
  readonly createdAt: Date | null;
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_AssessmentTarget.html */
export interface AssessmentTarget {
  readonly arn: InspectorArn<'assessmentTarget'>;
  readonly name: string | null;
  readonly resourceGroupArn: string | null;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_ResourceGroup.html */
export interface ResourceGroup {
  readonly arn: InspectorArn<'resourceGroup'>;
  readonly tags: readonly KeyValue[] | null;
  readonly createdAt: Date | null;
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_RulesPackage.html */
export interface RulesPackage {
  readonly arn: InspectorArn<'rulesPackage'>;
  readonly name: string | null;
  readonly version: string | null;
  readonly provider: string | null;
  readonly description: string | null;
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_Finding.html; its `id` is findingId here. */
export interface Finding {
  readonly arn: InspectorArn<'finding'>;
  readonly findingId: string | null;
  readonly title: string | null;
  readonly description: string | null;
  readonly recommendation: string | null;
  readonly severity: OpenEnum<Severity> | null;
  readonly numericSeverity: number | null;
  readonly confidence: number | null;
  readonly indicatorOfCompromise: boolean | null;
  readonly service: string | null;
  readonly assetType: string | null;
  readonly assetAttributes: AssetAttributes | null;
  readonly rulesPackageArn: string | null;
  readonly attributes: readonly KeyValue[] | null;
  readonly userAttributes: readonly KeyValue[] | null;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

/** The host that a finding is about. */
export interface AssetAttributes {
  readonly agentId: string | null;
  readonly autoScalingGroup: string | null;
  readonly amiId: string | null;
  readonly hostname: string | null;
  readonly ipv4Addresses: readonly string[] | null;
  readonly tags: readonly KeyValue[] | null;
  readonly networkInterfaces: readonly NetworkInterface[] | null;
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_NetworkInterface.html */
export interface NetworkInterface {
  readonly networkInterfaceId: string | null;
  readonly subnetId: string | null;
  readonly vpcId: string | null;
  readonly privateDnsName: string | null;
  readonly privateIpAddress: string | null;
  readonly publicDnsName: string | null;
  readonly publicIp: string | null;
  readonly ipv6Addresses: readonly string[] | null;
  readonly securityGroups: readonly { readonly groupId: string | null; readonly groupName: string | null }[] | null;
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_Exclusion.html */
export interface Exclusion {
  readonly arn: InspectorArn<'exclusion'>;
  readonly title: string | null;
  readonly description: string | null;
  readonly recommendation: string | null;
  /** Unlike other pairs, these may lack their keys. */
  readonly scopes: readonly { readonly key: string | null; readonly value: string | null }[] | null;
  readonly attributes: readonly KeyValue[] | null;
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_AssessmentRunAgent.html */
export interface AssessmentRunAgent {
  readonly agentId: string;
  readonly assessmentRunArn: AssessmentRunArn;
  readonly agentHealth: OpenEnum<AgentHealth> | null;
  readonly agentHealthCode: OpenEnum<AgentHealthCode> | null;
  readonly agentHealthDetails: string | null;
  readonly autoScalingGroup: string | null;
  readonly telemetryMetadata: readonly TelemetryMetadata[] | null;
}

/** The report of a run to get. */
export interface AssessmentReportQuery {
  readonly assessmentRunArn: AssessmentRunArn;
  readonly format: AssessmentReportFormat;
  readonly type: AssessmentReportType;
}

/** A report's status, and its URL once it is completed. */
export interface AssessmentReport {
  readonly status: OpenEnum<AssessmentReportStatus> | null;
  readonly url: string | null;
}

/** The entities that Describe operations give, by kind. */
export interface Entities {
  assessmentRun: AssessmentRun;
  assessmentTemplate: AssessmentTemplate;
  assessmentTarget: AssessmentTarget;
  resourceGroup: ResourceGroup;
  rulesPackage: RulesPackage;
  finding: Finding;
  exclusion: Exclusion;
}

/** A range with inclusive ends; an absent end is open. */
export interface Between<T> {
  readonly from?: T | undefined;
  readonly to?: T | undefined;
}

/** AssessmentRunFilter of the API, with the templates to list. */
export interface AssessmentRunCriteria {
  readonly assessmentTemplateArns?: readonly InspectorArn<'assessmentTemplate'>[] | undefined;
  readonly rulesPackageArns?: readonly InspectorArn<'rulesPackage'>[] | undefined;
  readonly namePattern?: string | undefined;
  readonly states?: readonly AssessmentRunState[] | undefined;
  /** In seconds. */
  readonly durationBetween?: Between<number> | undefined;
  /** Inspector compares whole seconds. */
  readonly startedBetween?: Between<Date> | undefined;
  readonly completedBetween?: Between<Date> | undefined;
}

/** AssessmentTemplateFilter of the API, with the targets to list. */
export interface AssessmentTemplateCriteria {
  readonly assessmentTargetArns?: readonly InspectorArn<'assessmentTarget'>[] | undefined;
  readonly rulesPackageArns?: readonly InspectorArn<'rulesPackage'>[] | undefined;
  readonly namePattern?: string | undefined;
  readonly durationBetween?: Between<number> | undefined;
}

/** FindingFilter of the API, for one run. */
export interface FindingCriteria {
  readonly assessmentRunArn: AssessmentRunArn;
  readonly severities?: readonly Severity[] | undefined;
  readonly agentIds?: readonly string[] | undefined;
  readonly autoScalingGroups?: readonly string[] | undefined;
  readonly ruleNames?: readonly string[] | undefined;
  readonly rulesPackageArns?: readonly InspectorArn<'rulesPackage'>[] | undefined;
  readonly attributes?: readonly KeyValue[] | undefined;
  readonly userAttributes?: readonly KeyValue[] | undefined;
  readonly createdBetween?: Between<Date> | undefined;
}

/** AgentFilter of the API, for one run. */
export interface AssessmentRunAgentCriteria {
  readonly assessmentRunArn: AssessmentRunArn;
  readonly agentHealths?: readonly AgentHealth[] | undefined;
  readonly agentHealthCodes?: readonly AgentHealthCode[] | undefined;
}

/** The lists of the API: their criteria and their items. */
export interface Lists {
  assessmentRun: { criteria: AssessmentRunCriteria; item: AssessmentRunArn };
  assessmentTemplate: { criteria: AssessmentTemplateCriteria; item: InspectorArn<'assessmentTemplate'> };
  assessmentTarget: { criteria: { readonly namePattern?: string | undefined }; item: InspectorArn<'assessmentTarget'> };
  rulesPackage: { criteria: object; item: InspectorArn<'rulesPackage'> };
  finding: { criteria: FindingCriteria; item: InspectorArn<'finding'> };
  exclusion: { criteria: { readonly assessmentRunArn: AssessmentRunArn }; item: InspectorArn<'exclusion'> };
  assessmentRunAgent: { criteria: AssessmentRunAgentCriteria; item: AssessmentRunAgent };
}

/** The name of a list. */
export type ListKind = keyof Lists;

/** A request for a page of a list. */
export interface ListQuery<K extends ListKind> {
  readonly criteria: Lists[K]['criteria'];
  /** The regions to list; absent for all that the upstream has. Lists of one run ignore them. */
  readonly regions?: readonly string[] | undefined;
  /** 1 to 100. */
  readonly maxResults: number;
  /** From an earlier page of the same list. */
  readonly nextToken?: string | undefined;
  /** What the caller may see, at an archive; absent for all. */
  readonly scope?: Scope | undefined;
}

/** A page of a list; `nextToken` is null on the last one. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly nextToken: string | null;
}

/** How long a value may be cached, from now on (https://www.rfc-editor.org/rfc/rfc9111#name-freshness). */
export interface Freshness {
  /** 0 for a value that may not be cached. */
  readonly maxAgeMs: number;
  /** The age of a stale value, served because the upstream fails; null for a fresh one. */
  readonly staleAgeMs: number | null;
}

/** Options of every read. */
export interface ReadOptions {
  /** Who reads: turns at the upstream are shared out between callers. */
  readonly caller?: string | undefined;
  /** Counts the calls that this read makes; those of a read under way count with who has started it. */
  readonly calls?: CallCount | undefined;
  /** Aborts the read, unless other callers wait for it, too. */
  readonly signal?: Signal | undefined;
  /** When the read that this one is part of ends, on the clock of `performance.now()`; it may not take longer. */
  readonly endsAtMs?: number | undefined;
  /** Called for each value that is returned; not for failures. */
  readonly onFreshness?: ((freshness: Freshness) => void) | undefined;
  /** Whether the same caller has read the same before, so that it is not counted again. */
  readonly isRepeated?: boolean | undefined;
}

/** Cached values, without a promise; undefined for one that has to be read. */
export interface KnownValues {
  telemetryMetadata(arn: AssessmentRunArn, options?: ReadOptions): readonly TelemetryMetadata[] | undefined;
  entity<K extends ArnKind>(kind: K, arn: InspectorArn<K>, options?: ReadOptions): Entities[K] | undefined;
}

/**
 * The reads that the graph needs, in plain domain types. Each is one logical read: however many HTTP calls it takes,
 * its deadline covers them all. Rejects with an InspectorFailure.
 */
export interface InspectorApi {
  /** The rows in Inspector's order, its `Total` row included; empty when the run has no telemetry. */
  getTelemetryMetadata(arn: AssessmentRunArn, options?: ReadOptions): Promise<readonly TelemetryMetadata[]>;
  /** One result for each ARN, in their order: the entity, or the failure of this ARN alone. */
  describe<K extends ArnKind>(
    kind: K,
    arns: readonly InspectorArn<K>[],
    options?: ReadOptions,
  ): Promise<readonly (Entities[K] | InspectorFailure)[]>;
  /** A page, in Inspector's order. */
  list<K extends ListKind>(kind: K, query: ListQuery<K>, options?: ReadOptions): Promise<ListPage<Lists[K]['item']>>;
  /** The tags of a template, the one resource that has any. */
  listTagsForResource(arn: InspectorArn<'assessmentTemplate'>, options?: ReadOptions): Promise<readonly KeyValue[]>;
  /** A report of a run, or null where the upstream has no such report. AWS makes the report when it is first asked for. */
  getAssessmentReport(query: AssessmentReportQuery, options?: ReadOptions): Promise<AssessmentReport | null>;
  /** Absent without a cache. */
  readonly known?: KnownValues;
  /** Whether the caller may see a resource; absent where all may be seen. */
  readonly mayRead?: (arn: InspectorArn) => boolean;
}
