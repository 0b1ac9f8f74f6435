import { GraphQLError } from 'graphql';

/** The error of an operation that costs too much; `what` names the count and its limit. */
export function createCostError(what: string): GraphQLError {
  return new GraphQLError(`This operation asks for ${what} Ask for fewer, or share them out over several operations.`, {
    extensions: { code: 'OPERATION_TOO_COSTLY', http: { status: 400 } },
  });
}
