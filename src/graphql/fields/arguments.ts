import { GraphQLError } from 'graphql';
import { InspectorFailure } from '../../inspector/inspector-failure.js';

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

/** Each item parsed or, at its place, why it cannot be: graphql-js takes an Error in a list for the failure of that item. */
export function parseEach<Item, T>(items: readonly Item[], parse: (item: Item) => T): T[] {
  const parsed = new Map<Item, T>();
  return items.map((item) => {
    const known = parsed.get(item);
    if (known !== undefined) return known;
    let value: T;
    try {
      value = parse(item);
    } catch (thrown) {
      if (!(thrown instanceof InspectorFailure || thrown instanceof GraphQLError)) throw thrown;
      value = thrown as unknown as T;
    }
    parsed.set(item, value);
    return value;
  });
}
