import { GraphQLError } from 'graphql';

/** The error of an operation that costs too much; `what` names the count and its limit. */
export function createCostError(what: string): GraphQLError {
  return new GraphQLError(`This operation asks for ${what} Ask for fewer, or share them out over several operations.`, {
    extensions: { code: 'OPERATION_TOO_COSTLY', http: { status: 400 } },
  });
}

/** The error of a caller whose budget is used up. */
export function createBudgetError(units: number, retryAfterMs: number): GraphQLError {
  return new GraphQLError(
    `Your budget is used up for now: this operation costs ${units}, and there will be enough in ${retryAfterMs} ms.`,
    { extensions: { code: 'RATE_LIMITED', errorCode: null, canRetry: true, retryAfterMs, http: { status: 429 } } },
  );
}
