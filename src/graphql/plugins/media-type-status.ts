import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import Negotiator from 'negotiator';
import type { GraphQLContext } from '../context.js';

const JSON_TYPE = 'application/json';
const GRAPHQL_RESPONSE_TYPE = 'application/graphql-response+json; charset=utf-8';

/** Codes of errors of GraphQL, in requests that are valid as HTTP. */
const GRAPHQL_LEVEL_CODES = new Set<unknown>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
  'OPERATION_TOO_COSTLY',
]);

/**
 * Sets status 200 for errors of GraphQL in the legacy media type application/json, as GraphQL over HTTP requires (section
 * 6.4.1), where Apollo Server sets 400. Refuses a client that accepts no media type of GraphQL, before any call of Inspector.
 */
export const mediaTypeStatusPlugin: ApolloServerPlugin<GraphQLContext> = {
  async requestDidStart({ request }) {
    const accept = request.http?.headers.get('accept');
    const accepted = new Negotiator({ headers: { accept: accept || '*/*' } }).mediaType([
      JSON_TYPE,
      GRAPHQL_RESPONSE_TYPE,
    ]);
    return {
      async didResolveOperation() {
        if (accepted !== undefined) return;
        throw new GraphQLError(
          `Expected an Accept header that allows ${JSON_TYPE} or application/graphql-response+json.`,
          {
            extensions: { code: 'BAD_REQUEST', http: { status: 406 } },
          },
        );
      },
      async willSendResponse({ response }) {
        if (accepted !== JSON_TYPE || response.http.status !== 400 || response.body.kind !== 'single') return;
        const { errors } = response.body.singleResult;
        if (errors?.every((error) => GRAPHQL_LEVEL_CODES.has(error.extensions?.code))) response.http.status = 200;
      },
    };
  },
};
