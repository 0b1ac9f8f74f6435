/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

/** What a finding has to fulfil to be listed: every criterion that is given, and of a list any one value. An empty list is no criterion. */
export type FindingFilter = {
  /** On the instance of one of these agents, 99 at most. */
  readonly agentIds?: ReadonlyArray<string> | null | undefined;
  /** With one of these attributes, 50 at most. */
  readonly attributes?: ReadonlyArray<KeyValueInput> | null | undefined;
  /** In one of these Auto Scaling groups, 20 at most. */
  readonly autoScalingGroups?: ReadonlyArray<string> | null | undefined;
  /** Found in this time. */
  readonly createdBetween?: DateTimeRange | null | undefined;
  /** By one of these rules, 50 at most; a rule is known by `findingId`. */
  readonly ruleNames?: ReadonlyArray<string> | null | undefined;
  /** By one of these rules packages, 50 at most. */
  readonly rulesPackageArns?: ReadonlyArray<string> | null | undefined;
  /** Of one of these severities. */
  readonly severities?: ReadonlyArray<Severity> | null | undefined;
  /** With one of these user attributes, 50 at most. */
  readonly userAttributes?: ReadonlyArray<KeyValueInput> | null | undefined;
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

export type AssessmentRunQueryVariables = Exact<{
  arn: string;
}>;


export type AssessmentRunQuery = { readonly assessmentRun: { readonly id: string, readonly name: string | null, readonly state: AssessmentRunState | null, readonly startedAt: string | null, readonly completedAt: string | null, readonly telemetry: ReadonlyArray<{ readonly messageType: string, readonly count: number, readonly dataSize: number | null }> | null, readonly telemetryTotal: { readonly count: number, readonly dataSize: number | null } | null } | null };

export type AssessmentRunsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: AssessmentRunFilter | null | undefined;
  orderBy?: AssessmentRunOrder | null | undefined;
}>;


export type AssessmentRunsQuery = { readonly assessmentRuns: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly name: string | null, readonly state: AssessmentRunState | null, readonly startedAt: string | null, readonly completedAt: string | null, readonly findingCounts: ReadonlyArray<{ readonly severity: Severity | null, readonly count: number | null }> | null, readonly telemetryTotal: { readonly count: number, readonly dataSize: number | null } | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type FindingsQueryVariables = Exact<{
  arn: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: FindingFilter | null | undefined;
}>;


export type FindingsQuery = { readonly assessmentRun: { readonly id: string, readonly findings: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly findingId: string | null, readonly title: string | null, readonly severity: Severity | null, readonly numericSeverity: number | null, readonly createdAt: string | null, readonly assetAttributes: { readonly agentId: string | null, readonly hostname: string | null } | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null } | null };

export type TelemetryResultQueryVariables = Exact<{
  arn: string;
}>;


export type TelemetryResultQuery = { readonly assessmentRun: { readonly id: string, readonly telemetryResult:
      | { readonly __typename: 'AccessDeniedError', readonly code: InspectorErrorCode, readonly errorCode: string | null, readonly canRetry: boolean, readonly message: string }
      | { readonly __typename: 'InvalidInputError', readonly code: InspectorErrorCode, readonly errorCode: string | null, readonly canRetry: boolean, readonly message: string }
      | { readonly __typename: 'NoSuchEntityError', readonly code: InspectorErrorCode, readonly errorCode: string | null, readonly canRetry: boolean, readonly message: string }
      | { readonly __typename: 'ServiceError', readonly code: InspectorErrorCode, readonly errorCode: string | null, readonly canRetry: boolean, readonly message: string, readonly retryAfterMs: number | null }
      | { readonly __typename: 'Telemetry', readonly telemetryMetadata: ReadonlyArray<{ readonly messageType: string, readonly count: number, readonly dataSize: number | null }>, readonly total: { readonly count: number, readonly dataSize: number | null } }
     } | null };

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

export const AssessmentRunDocument = new TypedDocumentString(`
    query AssessmentRun($arn: ID!) {
  assessmentRun(arn: $arn) {
    id
    name
    state
    startedAt
    completedAt
    telemetry {
      messageType
      count
      dataSize
    }
    telemetryTotal {
      count
      dataSize
    }
  }
}
    `) as unknown as TypedDocumentString<AssessmentRunQuery, AssessmentRunQueryVariables>;
export const AssessmentRunsDocument = new TypedDocumentString(`
    query AssessmentRuns($first: Int, $after: String, $filter: AssessmentRunFilter, $orderBy: AssessmentRunOrder) {
  assessmentRuns(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    edges {
      node {
        id
        name
        state
        startedAt
        completedAt
        findingCounts {
          severity
          count
        }
        telemetryTotal {
          count
          dataSize
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<AssessmentRunsQuery, AssessmentRunsQueryVariables>;
export const FindingsDocument = new TypedDocumentString(`
    query Findings($arn: ID!, $first: Int, $after: String, $filter: FindingFilter) {
  assessmentRun(arn: $arn) {
    id
    findings(first: $first, after: $after, filter: $filter) {
      edges {
        node {
          id
          findingId
          title
          severity
          numericSeverity
          assetAttributes {
            agentId
            hostname
          }
          createdAt
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FindingsQuery, FindingsQueryVariables>;
export const TelemetryResultDocument = new TypedDocumentString(`
    query TelemetryResult($arn: ID!) {
  assessmentRun(arn: $arn) {
    id
    telemetryResult {
      __typename
      ... on Telemetry {
        telemetryMetadata {
          messageType
          count
          dataSize
        }
        total {
          count
          dataSize
        }
      }
      ... on NoSuchEntityError {
        code
        errorCode
        canRetry
        message
      }
      ... on InvalidInputError {
        code
        errorCode
        canRetry
        message
      }
      ... on AccessDeniedError {
        code
        errorCode
        canRetry
        message
      }
      ... on ServiceError {
        code
        errorCode
        canRetry
        message
        retryAfterMs
      }
    }
  }
}
    `) as unknown as TypedDocumentString<TelemetryResultQuery, TelemetryResultQueryVariables>;