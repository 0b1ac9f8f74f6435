import { GraphQLError } from 'graphql';
import { InspectorFailure } from '../../inspector/inspector-failure.js';

/** The error of a field whose argument is wrong, while the rest of the operation is executed. */
export function createUserInputError(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

/** Parses each item, or replaces it by its error, which graphql-js takes for the failure of that item. */
export function parseEach<Item, T>(items: readonly Item[], parse: (item: Item) => T): T[] {
  const parsed = new Map<Item, T>();
  return items.map((item) => {
    const earlier = parsed.get(item);
    if (earlier !== undefined) return earlier;
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
