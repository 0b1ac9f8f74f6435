import type { Signal } from '../signal.js';
import type { ArnKind, AssessmentRunArn, InspectorArn } from './inspector-arn.js';
import type { InspectorFailure } from './inspector-failure.js';

/** AssessmentRunState of the API. */
export const assessmentRunStates = [
  'CREATED',
  'START_DATA_COLLECTION_PENDING',
  'START_DATA_COLLECTION_IN_PROGRESS',
  'COLLECTING_DATA',
  'STOP_DATA_COLLECTION_PENDING',
  'DATA_COLLECTED',
  'START_EVALUATING_RULES_PENDING',
  'EVALUATING_RULES',
  'FAILED',
  'ERROR',
  'COMPLETED',
  'COMPLETED_WITH_ERRORS',
  'CANCELED',
] as const;
/** One of the API's states. */
export type AssessmentRunState = (typeof assessmentRunStates)[number];

/** The states that a run never leaves: its telemetry and its details change no more. */
export const terminalStates: ReadonlySet<AssessmentRunState> = new Set<AssessmentRunState>([
  'COMPLETED',
  'COMPLETED_WITH_ERRORS',
  'FAILED',
  'ERROR',
  'CANCELED',
]);

/** Severity of the API, in its spelling, the gravest first. */
export const severities = ['High', 'Medium', 'Low', 'Informational', 'Undefined'] as const;
/** One of the API's severities. */
export type Severity = (typeof severities)[number];

/** AgentHealth of the API. */
export const agentHealths = ['HEALTHY', 'UNHEALTHY', 'UNKNOWN'] as const;
/** One of the API's states of health. */
export type AgentHealth = (typeof agentHealths)[number];

/** AgentHealthCode of the API. */
export const agentHealthCodes = ['IDLE', 'RUNNING', 'SHUTDOWN', 'UNHEALTHY', 'THROTTLED', 'UNKNOWN'] as const;
/** One of the API's finer states of health. */
export type AgentHealthCode = (typeof agentHealthCodes)[number];

/** InspectorEvent of the API. */
export const inspectorEvents = [
  'ASSESSMENT_RUN_STARTED',
  'ASSESSMENT_RUN_COMPLETED',
  'ASSESSMENT_RUN_STATE_CHANGED',
  'FINDING_REPORTED',
  'OTHER',
] as const;
/** One of the API's events. */
export type InspectorEvent = (typeof inspectorEvents)[number];

/** AssessmentRunNotificationSnsStatusCode of the API. */
export const snsPublishStatusCodes = ['SUCCESS', 'TOPIC_DOES_NOT_EXIST', 'ACCESS_DENIED', 'INTERNAL_ERROR'] as const;
/** What became of a notification. */
export type SnsPublishStatusCode = (typeof snsPublishStatusCodes)[number];

/** A key with its value, of tags and attributes alike. */
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

/** The details of an assessment run, as DescribeAssessmentRuns gives them. */
export interface AssessmentRun {
  readonly arn: AssessmentRunArn;
  readonly name: string;
  readonly state: AssessmentRunState;
  readonly assessmentTemplateArn: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly stateChangedAt: Date;
  readonly durationInSeconds: number;
  readonly dataCollected: boolean;
  readonly rulesPackageArns: readonly string[];
  readonly findingCounts: readonly { readonly severity: Severity; readonly count: number }[];
  readonly stateChanges: readonly { readonly state: AssessmentRunState; readonly stateChangedAt: Date }[];
  readonly notifications: readonly AssessmentRunNotification[];
  readonly userAttributesForFindings: readonly KeyValue[];
}

/** That a run told an SNS topic of an event, or tried to. */
export interface AssessmentRunNotification {
  readonly date: Date;
  readonly event: InspectorEvent;
  readonly message: string | null;
  readonly error: boolean;
  readonly snsTopicArn: string | null;
  readonly snsPublishStatusCode: SnsPublishStatusCode | null;
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_AssessmentTemplate.html */
export interface AssessmentTemplate {
  readonly arn: InspectorArn<'assessmentTemplate'>;
  readonly name: string;
  readonly assessmentTargetArn: string;
  readonly durationInSeconds: number;
  readonly rulesPackageArns: readonly string[];
  readonly userAttributesForFindings: readonly KeyValue[];
  readonly lastAssessmentRunArn: string | null;
  readonly assessmentRunCount: number;
  readonly createdAt: Date;
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_AssessmentTarget.html */
export interface AssessmentTarget {
  readonly arn: InspectorArn<'assessmentTarget'>;
  readonly name: string;
  readonly resourceGroupArn: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_ResourceGroup.html */
export interface ResourceGroup {
  readonly arn: InspectorArn<'resourceGroup'>;
  readonly tags: readonly KeyValue[];
  readonly createdAt: Date;
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_RulesPackage.html */
export interface RulesPackage {
  readonly arn: InspectorArn<'rulesPackage'>;
  readonly name: string;
  readonly version: string;
  readonly provider: string;
  readonly description: string | null;
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_Finding.html; its `id` is called findingId here. */
export interface Finding {
  readonly arn: InspectorArn<'finding'>;
  readonly findingId: string | null;
  readonly title: string | null;
  readonly description: string | null;
  readonly recommendation: string | null;
  readonly severity: Severity | null;
  readonly numericSeverity: number | null;
  readonly confidence: number | null;
  readonly indicatorOfCompromise: boolean | null;
  readonly service: string | null;
  readonly assetType: string | null;
  readonly assetAttributes: AssetAttributes | null;
  readonly rulesPackageArn: string | null;
  readonly attributes: readonly KeyValue[];
  readonly userAttributes: readonly KeyValue[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The host that a finding is about. */
export interface AssetAttributes {
  readonly agentId: string | null;
  readonly autoScalingGroup: string | null;
  readonly amiId: string | null;
  readonly hostname: string | null;
  readonly ipv4Addresses: readonly string[];
  readonly tags: readonly KeyValue[];
  readonly networkInterfaces: readonly NetworkInterface[];
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
  readonly ipv6Addresses: readonly string[];
  readonly securityGroups: readonly { readonly groupId: string | null; readonly groupName: string | null }[];
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_Exclusion.html */
export interface Exclusion {
  readonly arn: InspectorArn<'exclusion'>;
  readonly title: string;
  readonly description: string;
  readonly recommendation: string;
  readonly scopes: readonly KeyValue[];
  readonly attributes: readonly KeyValue[];
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_AssessmentRunAgent.html */
export interface AssessmentRunAgent {
  readonly agentId: string;
  readonly assessmentRunArn: AssessmentRunArn;
  readonly agentHealth: AgentHealth;
  readonly agentHealthCode: AgentHealthCode;
  readonly agentHealthDetails: string | null;
  readonly autoScalingGroup: string | null;
  readonly telemetryMetadata: readonly TelemetryMetadata[];
}

/** What is described by ARN, by its kind. */
export interface Entities {
  assessmentRun: AssessmentRun;
  assessmentTemplate: AssessmentTemplate;
  assessmentTarget: AssessmentTarget;
  resourceGroup: ResourceGroup;
  rulesPackage: RulesPackage;
  finding: Finding;
  exclusion: Exclusion;
}

/** Both ends are inclusive, and open where they are absent. */
export interface Between<T> {
  readonly from?: T | undefined;
  readonly to?: T | undefined;
}

/** AssessmentRunFilter of the API, and the templates to which it narrows down. */
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

/** AssessmentTemplateFilter of the API, and the targets to which it narrows down. */
export interface AssessmentTemplateCriteria {
  readonly assessmentTargetArns?: readonly InspectorArn<'assessmentTarget'>[] | undefined;
  readonly rulesPackageArns?: readonly InspectorArn<'rulesPackage'>[] | undefined;
  readonly namePattern?: string | undefined;
  readonly durationBetween?: Between<number> | undefined;
}

/** FindingFilter of the API, of one run. */
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

/** AgentFilter of the API, of one run. */
export interface AssessmentRunAgentCriteria {
  readonly assessmentRunArn: AssessmentRunArn;
  readonly agentHealths?: readonly AgentHealth[] | undefined;
  readonly agentHealthCodes?: readonly AgentHealthCode[] | undefined;
}

/** What is listed: by what it can be narrowed down, and what an item is. */
export interface Lists {
  assessmentRun: { criteria: AssessmentRunCriteria; item: AssessmentRunArn };
  assessmentTemplate: { criteria: AssessmentTemplateCriteria; item: InspectorArn<'assessmentTemplate'> };
  assessmentTarget: { criteria: { readonly namePattern?: string | undefined }; item: InspectorArn<'assessmentTarget'> };
  rulesPackage: { criteria: object; item: InspectorArn<'rulesPackage'> };
  finding: { criteria: FindingCriteria; item: InspectorArn<'finding'> };
  exclusion: { criteria: { readonly assessmentRunArn: AssessmentRunArn }; item: InspectorArn<'exclusion'> };
  assessmentRunAgent: { criteria: AssessmentRunAgentCriteria; item: AssessmentRunAgent };
}

/** What is listed by ARN or as it is. */
export type ListKind = keyof Lists;

/** A page to ask for. */
export interface ListQuery<K extends ListKind> {
  readonly criteria: Lists[K]['criteria'];
  /** The regions to list; absent for all that the upstream has. Of no use to lists of one run. */
  readonly regions?: readonly string[] | undefined;
  /** 1 to 100. */
  readonly maxResults: number;
  /** One that an earlier page of the same list gave. */
  readonly nextToken?: string | undefined;
}

/** A page of a list; `nextToken` is null on the last one. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly nextToken: string | null;
}

/** How long a value may be kept, from now on. */
export interface Freshness {
  /** 0 for what may not be kept. */
  readonly maxAgeMs: number;
  /** How old the value is, when it stands in for an upstream that fails; null for one that is as it should be. */
  readonly staleAgeMs: number | null;
}

/** Who reads. */
export interface ReadOptions {
  /** Aborted when the reader has gone: what nobody else waits for is given up. */
  readonly signal?: Signal | undefined;
  /** Told of each value that the reader is given; not of failures. */
  readonly onFreshness?: ((freshness: Freshness) => void) | undefined;
}

/** What can be had at once, without a promise; undefined for whatever has to be read. */
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
  /** One result for each ARN, in their order: a failure of one stands at its place and spares the others. */
  describe<K extends ArnKind>(
    kind: K,
    arns: readonly InspectorArn<K>[],
    options?: ReadOptions,
  ): Promise<readonly (Entities[K] | InspectorFailure)[]>;
  /** A page, in Inspector's order. */
  list<K extends ListKind>(kind: K, query: ListQuery<K>, options?: ReadOptions): Promise<ListPage<Lists[K]['item']>>;
  /** The tags of a template, the one resource that has any. */
  listTagsForResource(arn: InspectorArn<'assessmentTemplate'>, options?: ReadOptions): Promise<readonly KeyValue[]>;
  /** Absent where nothing is remembered. */
  readonly known?: KnownValues;
}
