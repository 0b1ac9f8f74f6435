import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLContext } from '../context.js';

/** Longer names are cut in the log. */
const MAX_LENGTH = 100;

/** Sets the name of the executed operation in the context. */
export const operationNamePlugin: ApolloServerPlugin<GraphQLContext> = {
  requestDidStart: async () => ({
    async didResolveOperation({ operationName, contextValue }) {
      contextValue.operation.name = operationName?.slice(0, MAX_LENGTH);
    },
  }),
};
