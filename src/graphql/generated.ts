import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { AssessmentRunParent, GraphQLContext } from './context.js';
import type { TelemetryMetadata as TelemetryMetadataRow } from '../inspector/inspector-api.js';
import type { TelemetryParent } from './telemetry.js';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A date and time as RFC 3339 text, always in UTC and with milliseconds, such as `2016-03-22T20:56:10.035Z`. */
  DateTime: { input: Date; output: Date; }
  /**
   * A whole number of up to 64 bits, sent as a JSON number. Values past 2^53-1 cannot be represented exactly in JSON by
   * most clients; they are answered with an error, never with a rounded number.
   */
  Long: { input: number; output: number; }
};

/** The gateway's AWS identity may not read this run. */
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

/**
 * One execution of an assessment template: Inspector collected data on the target's instances for a while, then evaluated
 * its rules on them. Details that could not be read are null, with an entry in `errors` whose path names the run.
 */
export type AssessmentRun = {
  readonly __typename?: 'AssessmentRun';
  /** The Amazon Resource Name, which identifies the run across accounts and regions. */
  readonly arn: Scalars['ID']['output'];
  /** The ARN of the assessment template that the run executed. */
  readonly assessmentTemplateArn: Maybe<Scalars['ID']['output']>;
  /** When the run ended, with or without success. Null while it goes on. */
  readonly completedAt: Maybe<Scalars['DateTime']['output']>;
  /** When the run was created. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** Whether data collection was carried out to its end. */
  readonly dataCollected: Maybe<Scalars['Boolean']['output']>;
  /** For how many seconds the run was meant to collect data. */
  readonly durationInSeconds: Maybe<Scalars['Int']['output']>;
  /** How many findings the run produced, by severity, the gravest first. A severity that Inspector did not report is left out. */
  readonly findingCounts: Maybe<ReadonlyArray<FindingCount>>;
  /** The name that was given to the run when it was started. */
  readonly name: Maybe<Scalars['String']['output']>;
  /** The ARNs of the rules packages that were evaluated. */
  readonly rulesPackageArns: Maybe<ReadonlyArray<Scalars['ID']['output']>>;
  /** When data collection began. Null when it never did. */
  readonly startedAt: Maybe<Scalars['DateTime']['output']>;
  /** How far the run has come. */
  readonly state: Maybe<AssessmentRunState>;
  /** When `state` last changed. */
  readonly stateChangedAt: Maybe<Scalars['DateTime']['output']>;
  /** Every state the run has been in, in Inspector's order. */
  readonly stateChanges: Maybe<ReadonlyArray<AssessmentRunStateChange>>;
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
};

/** One page of assessment runs. */
export type AssessmentRunConnection = {
  readonly __typename?: 'AssessmentRunConnection';
  /** The runs of this page, each with its cursor. */
  readonly edges: ReadonlyArray<AssessmentRunEdge>;
  /** The runs of this page. */
  readonly nodes: ReadonlyArray<AssessmentRun>;
  /** Where this page ends, and whether another follows. */
  readonly pageInfo: PageInfo;
};

/** An assessment run at its place in the list. */
export type AssessmentRunEdge = {
  readonly __typename?: 'AssessmentRunEdge';
  /** The place of the run: give it to `after` to go on behind it. */
  readonly cursor: Scalars['String']['output'];
  /** The run. */
  readonly node: AssessmentRun;
};

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
  /** The state that the run entered. */
  readonly state: AssessmentRunState;
  /** When it entered it. */
  readonly stateChangedAt: Scalars['DateTime']['output'];
};

/** The number of findings of one severity. */
export type FindingCount = {
  readonly __typename?: 'FindingCount';
  /** How many findings there are. */
  readonly count: Scalars['Int']['output'];
  /** The severity of these findings. */
  readonly severity: Severity;
};

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
  /** The gateway's AWS identity is missing, not valid, or not allowed to read this. */
  | 'ACCESS_DENIED'
  /** Inspector answered with something else than its API promises. */
  | 'BAD_UPSTREAM_RESPONSE'
  /** Inspector failed inside. */
  | 'INTERNAL_EXCEPTION'
  /** A value of the request is malformed or out of range. */
  | 'INVALID_INPUT'
  /** A quota of the AWS account is used up. */
  | 'LIMIT_EXCEEDED'
  /** What was asked for does not exist. */
  | 'NO_SUCH_ENTITY'
  /** Inspector, or the way to it, is out of order for now. */
  | 'SERVICE_UNAVAILABLE'
  /** Inspector asks for fewer requests. */
  | 'THROTTLED'
  /** No answer came in the time that the gateway allows. */
  | 'TIMEOUT';

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

/** Where a page lies in its list, as in the Relay cursor connections specification. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** The cursor of the last item. Null on an empty page. */
  readonly endCursor: Maybe<Scalars['String']['output']>;
  /** Whether Inspector has more behind this page. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Always false: Inspector's lists are read forwards only. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first item. Null on an empty page. */
  readonly startCursor: Maybe<Scalars['String']['output']>;
};

/** What can be asked: assessment runs, by ARN or page by page. */
export type Query = {
  readonly __typename?: 'Query';
  /**
   * The assessment run with this ARN. Asking for it costs nothing by itself: Inspector is called only for the fields that
   * are selected on it, so a run that does not exist shows up as an error at those fields. Null, with code INVALID_INPUT,
   * when the text is not the ARN of an assessment run.
   */
  readonly assessmentRun: Maybe<AssessmentRun>;
  /** The assessment runs that Inspector lists, page by page, in Inspector's own order. */
  readonly assessmentRuns: AssessmentRunConnection;
  /**
   * The assessment runs with these ARNs, in the order asked, with duplicates kept. An ARN that is not an assessment run's
   * gives null at its place and an error with code INVALID_INPUT; the others are not affected.
   */
  readonly assessmentRunsByArn: ReadonlyArray<Maybe<AssessmentRun>>;
};


/** What can be asked: assessment runs, by ARN or page by page. */
export type QueryAssessmentRunArgs = {
  arn: Scalars['ID']['input'];
};


/** What can be asked: assessment runs, by ARN or page by page. */
export type QueryAssessmentRunsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be asked: assessment runs, by ARN or page by page. */
export type QueryAssessmentRunsByArnArgs = {
  arns: ReadonlyArray<Scalars['ID']['input']>;
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

/** The telemetry of a run, when it could be read. */
export type Telemetry = {
  readonly __typename?: 'Telemetry';
  /** One row for each type of message, in Inspector's order, with its `Total` row where it has one. */
  readonly telemetryMetadata: ReadonlyArray<TelemetryMetadata>;
  /** All telemetry of the run together. */
  readonly total: TelemetryTotal;
};

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

/** The telemetry of a run, or the reason why it could not be read. */
export type TelemetryResult = AccessDeniedError | InvalidInputError | NoSuchEntityError | ServiceError | Telemetry;

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
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AccessDeniedError: ResolverTypeWrapper<AccessDeniedError>;
  AssessmentRun: ResolverTypeWrapper<AssessmentRunParent>;
  AssessmentRunConnection: ResolverTypeWrapper<Omit<AssessmentRunConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['AssessmentRunEdge']>, nodes: ReadonlyArray<ResolversTypes['AssessmentRun']> }>;
  AssessmentRunEdge: ResolverTypeWrapper<Omit<AssessmentRunEdge, 'node'> & { node: ResolversTypes['AssessmentRun'] }>;
  AssessmentRunState: AssessmentRunState;
  AssessmentRunStateChange: ResolverTypeWrapper<AssessmentRunStateChange>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  FindingCount: ResolverTypeWrapper<FindingCount>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  InspectorError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['InspectorError']>;
  InspectorErrorCode: InspectorErrorCode;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  InvalidInputError: ResolverTypeWrapper<InvalidInputError>;
  Long: ResolverTypeWrapper<Scalars['Long']['output']>;
  NoSuchEntityError: ResolverTypeWrapper<NoSuchEntityError>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ServiceError: ResolverTypeWrapper<ServiceError>;
  Severity: Severity;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Telemetry: ResolverTypeWrapper<TelemetryParent>;
  TelemetryMetadata: ResolverTypeWrapper<TelemetryMetadataRow>;
  TelemetryResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['TelemetryResult']>;
  TelemetryTotal: ResolverTypeWrapper<TelemetryTotal>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AccessDeniedError: AccessDeniedError;
  AssessmentRun: AssessmentRunParent;
  AssessmentRunConnection: Omit<AssessmentRunConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['AssessmentRunEdge']>, nodes: ReadonlyArray<ResolversParentTypes['AssessmentRun']> };
  AssessmentRunEdge: Omit<AssessmentRunEdge, 'node'> & { node: ResolversParentTypes['AssessmentRun'] };
  AssessmentRunStateChange: AssessmentRunStateChange;
  Boolean: Scalars['Boolean']['output'];
  DateTime: Scalars['DateTime']['output'];
  FindingCount: FindingCount;
  ID: Scalars['ID']['output'];
  InspectorError: ResolversInterfaceTypes<ResolversParentTypes>['InspectorError'];
  Int: Scalars['Int']['output'];
  InvalidInputError: InvalidInputError;
  Long: Scalars['Long']['output'];
  NoSuchEntityError: NoSuchEntityError;
  PageInfo: PageInfo;
  Query: Record<PropertyKey, never>;
  ServiceError: ServiceError;
  String: Scalars['String']['output'];
  Telemetry: TelemetryParent;
  TelemetryMetadata: TelemetryMetadataRow;
  TelemetryResult: ResolversUnionTypes<ResolversParentTypes>['TelemetryResult'];
  TelemetryTotal: TelemetryTotal;
};

export type AccessDeniedErrorResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AccessDeniedError'] = ResolversParentTypes['AccessDeniedError']> = {
  canRetry?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  code?: Resolver<ResolversTypes['InspectorErrorCode'], ParentType, ContextType>;
  errorCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  requestId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AssessmentRunResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRun'] = ResolversParentTypes['AssessmentRun']> = {
  arn?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  assessmentTemplateArn?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  completedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  dataCollected?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  durationInSeconds?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  findingCounts?: Resolver<Maybe<ReadonlyArray<ResolversTypes['FindingCount']>>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  rulesPackageArns?: Resolver<Maybe<ReadonlyArray<ResolversTypes['ID']>>, ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  state?: Resolver<Maybe<ResolversTypes['AssessmentRunState']>, ParentType, ContextType>;
  stateChangedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  stateChanges?: Resolver<Maybe<ReadonlyArray<ResolversTypes['AssessmentRunStateChange']>>, ParentType, ContextType>;
  telemetry?: Resolver<Maybe<ReadonlyArray<ResolversTypes['TelemetryMetadata']>>, ParentType, ContextType>;
  telemetryResult?: Resolver<ResolversTypes['TelemetryResult'], ParentType, ContextType>;
  telemetryTotal?: Resolver<Maybe<ResolversTypes['TelemetryTotal']>, ParentType, ContextType>;
};

export type AssessmentRunConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRunConnection'] = ResolversParentTypes['AssessmentRunConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['AssessmentRunEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['AssessmentRun']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type AssessmentRunEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRunEdge'] = ResolversParentTypes['AssessmentRunEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AssessmentRun'], ParentType, ContextType>;
};

export type AssessmentRunStateChangeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AssessmentRunStateChange'] = ResolversParentTypes['AssessmentRunStateChange']> = {
  state?: Resolver<ResolversTypes['AssessmentRunState'], ParentType, ContextType>;
  stateChangedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type FindingCountResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['FindingCount'] = ResolversParentTypes['FindingCount']> = {
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  severity?: Resolver<ResolversTypes['Severity'], ParentType, ContextType>;
};

export type InspectorErrorResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['InspectorError'] = ResolversParentTypes['InspectorError']> = {
  __resolveType: TypeResolveFn<'AccessDeniedError' | 'InvalidInputError' | 'NoSuchEntityError' | 'ServiceError', ParentType, ContextType>;
};

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

export type NoSuchEntityErrorResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['NoSuchEntityError'] = ResolversParentTypes['NoSuchEntityError']> = {
  canRetry?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  code?: Resolver<ResolversTypes['InspectorErrorCode'], ParentType, ContextType>;
  errorCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  requestId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  assessmentRun?: Resolver<Maybe<ResolversTypes['AssessmentRun']>, ParentType, ContextType, RequireFields<QueryAssessmentRunArgs, 'arn'>>;
  assessmentRuns?: Resolver<ResolversTypes['AssessmentRunConnection'], ParentType, ContextType, RequireFields<QueryAssessmentRunsArgs, 'first'>>;
  assessmentRunsByArn?: Resolver<ReadonlyArray<Maybe<ResolversTypes['AssessmentRun']>>, ParentType, ContextType, RequireFields<QueryAssessmentRunsByArnArgs, 'arns'>>;
};

export type ServiceErrorResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['ServiceError'] = ResolversParentTypes['ServiceError']> = {
  canRetry?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  code?: Resolver<ResolversTypes['InspectorErrorCode'], ParentType, ContextType>;
  errorCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  requestId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TelemetryResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Telemetry'] = ResolversParentTypes['Telemetry']> = {
  telemetryMetadata?: Resolver<ReadonlyArray<ResolversTypes['TelemetryMetadata']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['TelemetryTotal'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TelemetryMetadataResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['TelemetryMetadata'] = ResolversParentTypes['TelemetryMetadata']> = {
  count?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  dataSize?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  messageType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type TelemetryResultResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['TelemetryResult'] = ResolversParentTypes['TelemetryResult']> = {
  __resolveType: TypeResolveFn<'AccessDeniedError' | 'InvalidInputError' | 'NoSuchEntityError' | 'ServiceError' | 'Telemetry', ParentType, ContextType>;
};

export type TelemetryTotalResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['TelemetryTotal'] = ResolversParentTypes['TelemetryTotal']> = {
  count?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  dataSize?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = GraphQLContext> = {
  AccessDeniedError?: AccessDeniedErrorResolvers<ContextType>;
  AssessmentRun?: AssessmentRunResolvers<ContextType>;
  AssessmentRunConnection?: AssessmentRunConnectionResolvers<ContextType>;
  AssessmentRunEdge?: AssessmentRunEdgeResolvers<ContextType>;
  AssessmentRunStateChange?: AssessmentRunStateChangeResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  FindingCount?: FindingCountResolvers<ContextType>;
  InspectorError?: InspectorErrorResolvers<ContextType>;
  InvalidInputError?: InvalidInputErrorResolvers<ContextType>;
  Long?: GraphQLScalarType;
  NoSuchEntityError?: NoSuchEntityErrorResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  ServiceError?: ServiceErrorResolvers<ContextType>;
  Telemetry?: TelemetryResolvers<ContextType>;
  TelemetryMetadata?: TelemetryMetadataResolvers<ContextType>;
  TelemetryResult?: TelemetryResultResolvers<ContextType>;
  TelemetryTotal?: TelemetryTotalResolvers<ContextType>;
};

