import { readFileSync } from 'node:fs';
import { ApolloServer, type ApolloServerOptions } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import {
  ApolloServerPluginLandingPageLocalDefault,
  ApolloServerPluginLandingPageProductionDefault,
} from '@apollo/server/plugin/landingPage/default';
import type { GraphQLContext } from './context.js';
import { createErrorLogPlugin, type ErrorLogger, formatError } from './errors.js';
import { createDocumentStore } from './execution/document-store.js';
import { createExecutableGraph } from './execution/executable-graph.js';
import { createOperationCostPlugin, type OperationLimits } from './execution/operation-cost.js';
import { stringifyResult } from './execution/serialized-text.js';
import { resolvers } from './fields/resolvers.js';
import { freshnessPlugin } from './plugins/freshness-plugin.js';
import { KnownOperationTypesRule } from './plugins/known-operation-types.js';
import { operationNamePlugin } from './plugins/operation-name.js';
import { createPersistedQueries, type SharedQueries } from './plugins/persisted-queries.js';
import { createRequestGuardPlugin, MAX_TOKENS } from './plugins/request-guard.js';
import { responseStatusPlugin } from './plugins/response-status.js';
import { retryAfterPlugin } from './plugins/retry-after.js';

const MAX_VALIDATION_ERRORS = 20;

/** How the graph behaves; see Config. */
export interface GraphQLServerOptions {
  limits: OperationLimits;
  /** Whether the schema can be asked for; where not, messages do not tell of it either. */
  introspection: boolean;
  /** Whether the landing page is Apollo's Sandbox. */
  explorer: boolean;
  /** Shows stack traces in `errors`. */
  isDevelopment: boolean;
  /** What the landing page opens with. */
  exampleQuery?: string | undefined;
  /** What several processes share of automatic persisted queries; each keeps its own when it is absent. */
  sharedQueries?: SharedQueries | undefined;
  logger: ErrorLogger;
}

/** The graph, as an Apollo Server that is not started yet. */
export function createGraphQLServer(options: GraphQLServerOptions): ApolloServer<GraphQLContext> {
  const { introspection, limits, logger } = options;
  return new ApolloServer<GraphQLContext>({
    gateway: createExecutableGraph(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'), resolvers, {
      limits,
      hidesSuggestions: !introspection,
      servesSubgraph: introspection,
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
    formatError,
    // The process's signals are the business of whoever starts this.
    stopOnTerminationSignals: false,
    plugins: [
      createErrorLogPlugin(logger),
      createRequestGuardPlugin(limits.maxRuns),
      createOperationCostPlugin(limits),
      responseStatusPlugin,
      freshnessPlugin,
      retryAfterPlugin,
      operationNamePlugin,
      // Its way of telling how long an answer may be kept costs a call for each field, and freshnessPlugin's none.
      ApolloServerPluginCacheControlDisabled(),
      options.explorer
        ? ApolloServerPluginLandingPageLocalDefault({
            footer: false,
            ...(options.exampleQuery !== undefined && { document: options.exampleQuery }),
          })
        : ApolloServerPluginLandingPageProductionDefault({ footer: false }),
    ],
  });
}

/** What Apollo Server has to say of itself, as lines of the log. */
function createApolloLogger(logger: ErrorLogger): NonNullable<ApolloServerOptions<GraphQLContext>['logger']> {
  const warn = (message: unknown) => logger.warn({}, String(message));
  return { debug() {}, info() {}, warn, error: (message) => logger.error({}, String(message)) };
}
