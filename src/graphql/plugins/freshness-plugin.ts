import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLContext } from '../context.js';

/**
 * Lets no answer be kept that holds a failure, in `errors` or as data, and says in `extensions.stale` how old an answer is
 * that is too old. What may not be kept is `no-store` for everybody on its way.
 */
export const freshnessPlugin: ApolloServerPlugin<GraphQLContext> = {
  requestDidStart: async () => ({
    async willSendResponse({ contextValue: { freshness, failures }, response: { body, http } }) {
      if (body.kind !== 'single' || body.singleResult.errors?.length || failures.size > 0) freshness.refuse();
      if (!freshness.maxAgeMs) http.headers.set('cache-control', 'no-store');
      if (body.kind !== 'single' || freshness.staleAgeMs === null) return;
      const stale = { ageSeconds: Math.floor(freshness.staleAgeMs / 1000) };
      body.singleResult.extensions = { ...body.singleResult.extensions, stale };
    },
  }),
};
