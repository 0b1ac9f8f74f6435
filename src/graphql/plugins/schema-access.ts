import type { ApolloServerPlugin } from '@apollo/server';
import { BREAK, type DocumentNode, GraphQLError, visit } from 'graphql';
import type { GraphQLContext } from '../context.js';

/** What a caller is told who may not see the schema. */
export const SCHEMA_DENIED = {
  message: 'The caller has no right to ask for the schema.',
  extensions: { code: 'ACCESS_DENIED', errorCode: null, canRetry: false },
} as const;

/** The fields of introspection, and the one by which the router of a supergraph reads the schema. */
const SCHEMA_FIELDS: ReadonlySet<string> = new Set(['__schema', '__type', '_service']);

/** Refuses operations that ask for the schema to callers who may not see it, before anything of them is executed. */
export const schemaAccessPlugin: ApolloServerPlugin<GraphQLContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ contextValue, document }) {
        if (contextValue.maySeeSchema || !asksForSchema(document)) return;
        const { message, extensions } = SCHEMA_DENIED;
        throw new GraphQLError(message, { extensions: { ...extensions, http: { status: 403 } } });
      },
    };
  },
};

function asksForSchema(document: DocumentNode): boolean {
  let asks = false;
  visit(document, {
    Field({ name }) {
      if (!SCHEMA_FIELDS.has(name.value)) return undefined;
      asks = true;
      return BREAK;
    },
  });
  return asks;
}
