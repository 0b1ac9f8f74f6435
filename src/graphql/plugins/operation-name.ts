import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLContext } from '../context.js';

/** Longer names are cut: the log has a line for each request. */
const MAX_LENGTH = 100;

/** Tells the context which operation of a document is executed. */
export const operationNamePlugin: ApolloServerPlugin<GraphQLContext> = {
  requestDidStart: async () => ({
    async didResolveOperation({ operationName, contextValue }) {
      contextValue.operation.name = operationName?.slice(0, MAX_LENGTH);
    },
  }),
};
