import { createContext } from '../../src/graphql/context.js';
import { createGraphQLServer } from '../../src/graphql/graphql-server.js';
import type { InspectorApi } from '../../src/inspector/inspector-api.js';
import type { Json } from './gateway.js';

/** The graph in process, over an InspectorApi of the test's; `log` holds what it would have logged. */
export function createTestGraph(inspector: InspectorApi, options: { maxRunsPerOperation?: number } = {}) {
  const log: { fields: Json; message: string }[] = [];
  const write = (fields: object, message: string) => log.push({ fields, message });
  const apollo = createGraphQLServer({
    maxRunsPerOperation: options.maxRunsPerOperation ?? 100,
    isProduction: false,
    isDevelopment: false,
    logger: { warn: write, error: write },
  });
  return {
    log,
    /** The GraphQL answer to an operation, as it would be sent. */
    async query(query: string, variables: Record<string, unknown> = {}): Promise<Json> {
      const contextValue = createContext(inspector, 'request-id');
      const { body } = await apollo.executeOperation({ query, variables }, { contextValue });
      return body.kind === 'single' ? JSON.parse(JSON.stringify(body.singleResult)) : body;
    },
  };
}
