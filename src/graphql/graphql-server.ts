import { readFileSync } from 'node:fs';
import { ApolloServer, type ApolloServerOptions } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { CacheStats, Counts } from '../metrics.js';
import { SCHEMA_FILE } from '../package-files.js';
import type { GraphQLContext } from './context.js';
import { countErrors, createErrorLogPlugin, type ErrorLogger } from './errors.js';
import { createDocumentStore } from './execution/document-store.js';
import { createExecutableGraph } from './execution/executable-graph.js';
import { createOperationCostPlugin, type OperationLimits } from './execution/operation-cost.js';
import { stringifyResult } from './execution/serialized-text.js';
import { resolvers } from './fields/resolvers.js';
import { auditPlugin } from './plugins/audit.js';
import { cacheHeadersPlugin } from './plugins/cache-headers.js';
import { KnownOperationTypesRule } from './plugins/known-operation-types.js';
import { mediaTypeStatusPlugin } from './plugins/media-type-status.js';
import { operationNamePlugin } from './plugins/operation-name.js';
import { createPersistedQueries, type SharedQueries } from './plugins/persisted-queries.js';
import { createRequestGuardPlugin, MAX_TOKENS } from './plugins/request-guard.js';
import { retryAfterPlugin } from './plugins/retry-after.js';
import { schemaAccessPlugin } from './plugins/schema-access.js';
import { createTrustedDocumentsPlugin } from './plugins/trusted-documents.js';
import type { TrustedDocuments, TrustedDocumentsMode } from './trusted-documents.js';

const MAX_VALIDATION_ERRORS = 20;

/** Settings of the graph; see Config. */
export interface GraphQLServerOptions {
  limits: OperationLimits;
  /** Whether introspection is allowed; if not, messages hide the schema, too. */
  introspection: boolean;
  /** Whether there is a landing page: Apollo's Sandbox. */
  explorer: boolean;
  /** Shows stack traces in `errors`. */
  isDevelopment: boolean;
  /** The query that the landing page opens with. */
  exampleQuery?: string | undefined;
  /** Documents that clients may ask by their ids, and what is done with others; absent for none. */
  trusted?: { documents: TrustedDocuments; mode: TrustedDocumentsMode } | null | undefined;
  /** A store of persisted queries that processes share; without one each has its own. */
  sharedQueries?: SharedQueries | undefined;
  /** The revision of the upstream's data, at which texts of runs are kept; absent for an upstream without. */
  toRevision?: (() => string | null) | undefined;
  /** Counts the errors of answers by their codes, those that are given as data as well. */
  errorCounts?: Counts | undefined;
  textStats?: CacheStats | undefined;
  /** Whether the context says what the audit needs of an operation. */
  isAudited?: boolean | undefined;
  logger: ErrorLogger;
}

/** Creates the graph as an Apollo Server, which is not started yet. */
export function createGraphQLServer(options: GraphQLServerOptions): ApolloServer<GraphQLContext> {
  const { introspection, limits, logger, errorCounts = {} } = options;
  return new ApolloServer<GraphQLContext>({
    gateway: createExecutableGraph(readFileSync(SCHEMA_FILE, 'utf8'), resolvers, {
      limits,
      hidesSuggestions: !introspection,
      servesSubgraph: introspection,
      toRevision: options.toRevision,
      textStats: options.textStats,
    }),
    logger: createApolloLogger(logger),
    stringifyResult,
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: options.isDevelopment,
    csrfPrevention: true,
    persistedQueries: { cache: createPersistedQueries(options.sharedQueries) },
    documentStore: createDocumentStore(),
    parseOptions: { maxTokens: MAX_TOKENS },
    validationRules: [KnownOperationTypesRule],
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS, hideSuggestions: !introspection },
    maxRecursiveSelections: true,
    formatError: countErrors(errorCounts),
    // The command line handles signals.
    stopOnTerminationSignals: false,
    plugins: [
      ...(options.isAudited ? [auditPlugin] : []),
      createErrorLogPlugin(logger, errorCounts),
      createRequestGuardPlugin(limits.maxRuns),
      ...(options.trusted == null
        ? []
        : [createTrustedDocumentsPlugin(options.trusted.documents, options.trusted.mode, logger)]),
      schemaAccessPlugin,
      createOperationCostPlugin(limits),
      mediaTypeStatusPlugin,
      cacheHeadersPlugin,
      retryAfterPlugin,
      operationNamePlugin,
      // It would call a function for each field; cacheHeadersPlugin does not.
      ApolloServerPluginCacheControlDisabled(),
      options.explorer
        ? ApolloServerPluginLandingPageLocalDefault({
            footer: false,
            ...(options.exampleQuery !== undefined && { document: options.exampleQuery }),
          })
        : ApolloServerPluginLandingPageDisabled(),
    ],
  });
}

/** Apollo Server's own messages as log lines. */
function createApolloLogger(logger: ErrorLogger): NonNullable<ApolloServerOptions<GraphQLContext>['logger']> {
  const warn = (message: unknown) => logger.warn({}, String(message));
  return { debug() {}, info() {}, warn, error: (message) => logger.error({}, String(message)) };
}
