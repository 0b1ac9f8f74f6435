import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLContext } from '../context.js';

/**
 * Makes an answer private that has a failure, in `errors` or as data, and sets `no-store` where it may not be cached. Gives
 * the age of stale answers in `extensions.stale`.
 */
export const cacheHeadersPlugin: ApolloServerPlugin<GraphQLContext> = {
  requestDidStart: async () => ({
    async willSendResponse({ contextValue: { freshness, failures }, response: { body, http } }) {
      if (body.kind !== 'single' || body.singleResult.errors?.length || failures.size > 0) freshness.setPrivate();
      if (!freshness.maxAgeMs) http.headers.set('cache-control', 'no-store');
      if (body.kind !== 'single' || freshness.staleAgeMs === null) return;
      const stale = { ageSeconds: Math.floor(freshness.staleAgeMs / 1000) };
      body.singleResult.extensions = { ...body.singleResult.extensions, stale };
    },
  }),
};
