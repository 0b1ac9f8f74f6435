import type { ApolloServerPlugin } from '@apollo/server';
import { InspectorFailure } from '../../inspector/inspector-failure.js';
import type { GraphQLContext } from '../context.js';

/**
 * Sets Retry-After (https://www.rfc-editor.org/rfc/rfc9110#name-retry-after) to the longest `retryAfterMs` of all failures,
 * in `errors` or as data, since a client repeats the whole request.
 */
export const retryAfterPlugin: ApolloServerPlugin<GraphQLContext> = {
  requestDidStart: async () => ({
    async willSendResponse({ contextValue: { failures }, response: { body, http } }) {
      const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
      let longestMs = 0;
      for (const failure of failures) {
        if (failure instanceof InspectorFailure) longestMs = Math.max(longestMs, failure.retryAfterMs ?? 0);
      }
      for (const { extensions } of errors) longestMs = Math.max(longestMs, Number(extensions?.retryAfterMs ?? 0));
      if (longestMs > 0) http.headers.set('retry-after', String(Math.ceil(longestMs / 1000)));
    },
  }),
};
