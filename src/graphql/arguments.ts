import { GraphQLError } from 'graphql';

/** ListReturnedArnList of the API holds up to 100 ARNs. */
export const MAX_PAGE_SIZE = 100;

const DEFAULT_PAGE_SIZE = 20;

/** The argument `first`, for which null is as good as absent. Throws BAD_USER_INPUT outside 1..100. */
export function parsePageSize(first: number | null | undefined): number {
  const size = first ?? DEFAULT_PAGE_SIZE;
  if (size >= 1 && size <= MAX_PAGE_SIZE) return size;
  throw new GraphQLError(`\`first\` expects a number from 1 to ${MAX_PAGE_SIZE}, but got ${size}.`, {
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  });
}

/** An argument of a field that is wrong, while the rest of the operation goes on. */
export function createUserInputError(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
