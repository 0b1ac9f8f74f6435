import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import Negotiator from 'negotiator';
import type { GraphQLContext } from '../context.js';

const JSON_TYPE = 'application/json';
const GRAPHQL_RESPONSE_TYPE = 'application/graphql-response+json; charset=utf-8';

/** Codes of requests that are well-formed over HTTP and wrong as GraphQL. */
const GRAPHQL_LEVEL_CODES = new Set<unknown>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
  'OPERATION_TOO_COSTLY',
]);

/**
 * Gives clients of application/json status 200 for errors of the GraphQL level, as the GraphQL over HTTP specification
 * (section 6.4.1) asks for; Apollo Server gives 400 under either media type. A client that accepts neither is refused
 * here, where nothing has been asked of Inspector yet.
 */
export const responseStatusPlugin: ApolloServerPlugin<GraphQLContext> = {
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
