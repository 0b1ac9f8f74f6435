// graphql-js executes every field of every row, and JSON.stringify writes it; with that, runs have no ready texts either.
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, GraphQLError } from 'graphql';
import { refuseUnknownValues } from '../fields/known-values.js';
import { createSubgraph } from '../fields/subgraph.js';
import { limitAnswers } from './answer-limit.js';

export function createExecutableGraph(typeDefs, resolvers, { limits, hidesSuggestions, servesSubgraph }) {
  const subgraph = createSubgraph(typeDefs, servesSubgraph);
  const schema = makeExecutableSchema({
    typeDefs: typeDefs + subgraph.typeDefs,
    resolvers: { ...resolvers, ...subgraph.resolvers, Query: { ...resolvers.Query, ...subgraph.resolvers.Query } },
  });
  limitAnswers(refuseUnknownValues(schema), limits);
  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => {};
    },
    load: async () => ({
      async executor({ document, request, context }) {
        const result = await execute({
          schema,
          document,
          contextValue: context,
          variableValues: request.variables ?? null,
          operationName: request.operationName ?? null,
          hideSuggestions: hidesSuggestions,
        });
        const { refusal } = context.answer;
        if (refusal === null) return result;
        return { data: null, errors: [new GraphQLError(refusal.message, { extensions: refusal.extensions })] };
      },
    }),
    stop: async () => {},
  };
}
