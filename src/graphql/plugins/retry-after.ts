import type { ApolloServerPlugin } from '@apollo/server';
import { InspectorFailure } from '../../inspector/inspector-failure.js';
import type { GraphQLContext } from '../context.js';

/**
 * Says in Retry-After what failures say in `retryAfterMs`, in `errors` or as data: the longest of them, in seconds, since
 * whoever asks again asks for all (https://www.rfc-editor.org/rfc/rfc9110#name-retry-after).
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
