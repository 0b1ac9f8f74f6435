import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import {
  ApolloServerPluginLandingPageLocalDefault,
  ApolloServerPluginLandingPageProductionDefault,
} from '@apollo/server/plugin/landingPage/default';
import type { GraphQLContext } from './context.js';
import { createErrorLogPlugin, type ErrorLogger, formatError } from './errors.js';
import { createExecutableGraph } from './executable-graph.js';
import { freshnessPlugin } from './freshness-plugin.js';
import { createOperationCostPlugin } from './operation-cost.js';
import { createPersistedQueries, type SharedQueries } from './persisted-queries.js';
import { resolvers } from './resolvers.js';
import { responseStatusPlugin } from './response-status.js';
import { stringifyResult } from './serialized-rows.js';

/** How the graph behaves; see Config. */
export interface GraphQLServerOptions {
  /** How many distinct runs one operation may ask for. */
  maxRunsPerOperation: number;
  /** Hides the schema and the Sandbox. */
  isProduction: boolean;
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
  const { isProduction } = options;
  return new ApolloServer<GraphQLContext>({
    gateway: createExecutableGraph(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'), resolvers),
    stringifyResult,
    introspection: !isProduction,
    hideSchemaDetailsFromClientErrors: isProduction,
    includeStacktraceInErrorResponses: options.isDevelopment,
    csrfPrevention: true,
    persistedQueries: { cache: createPersistedQueries(options.sharedQueries) },
    // Far above any query that people write; what is longer is refused before it is parsed.
    parseOptions: { maxTokens: 10_000 },
    validationOptions: { maxErrors: 20 },
    maxRecursiveSelections: true,
    formatError,
    // The process's signals are the business of whoever starts this.
    stopOnTerminationSignals: false,
    plugins: [
      createErrorLogPlugin(options.logger),
      createOperationCostPlugin(options.maxRunsPerOperation),
      responseStatusPlugin,
      freshnessPlugin,
      // Its way of telling how long an answer may be kept costs a call for each field, and freshnessPlugin's none.
      ApolloServerPluginCacheControlDisabled(),
      isProduction
        ? ApolloServerPluginLandingPageProductionDefault({ footer: false })
        : ApolloServerPluginLandingPageLocalDefault({
            footer: false,
            ...(options.exampleQuery !== undefined && { document: options.exampleQuery }),
          }),
    ],
  });
}
