import { GraphQLError, type GraphQLScalarType, valueFromASTUntyped } from 'graphql';

/*
 * Not those of graphql-scalars: its DateTime accepts no date alone, and its SafeInt converts text and booleans to numbers.
 */

const RFC_3339 =
  /^(?<date>\d{4}-\d\d-\d\d)(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d))?$/i;

/** Writes a Date as RFC 3339 text in UTC with milliseconds, and parses RFC 3339 text or a date alone (section 5.6). */
export const DateTime = createScalar<Date, string>({
  serialize(value) {
    if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
    throw new GraphQLError('DateTime cannot represent a value that is not a valid date.');
  },
  parse(value) {
    const date = typeof value === 'string' ? RFC_3339.exec(value)?.groups?.date : undefined;
    // `new Date` would accept 30 February as a day in March.
    if (date !== undefined && isCalendarDate(date)) return new Date((value as string).toUpperCase());
    throw new TypeError(
      'DateTime expects RFC 3339 text such as 2016-03-22T20:56:10.035Z, or a date such as 2016-03-22 for its midnight UTC.',
    );
  },
});

/** A whole number from -(2^53-1) to 2^53-1; a larger one is an error, never rounded. */
export const Long = createScalar<number, number>({
  serialize(value) {
    if (Number.isSafeInteger(value)) return value as number;
    throw new GraphQLError('Long cannot represent a value that is not a whole number between -(2^53-1) and 2^53-1.');
  },
  parse(value) {
    if (Number.isSafeInteger(value)) return value as number;
    throw new TypeError('Long expects a whole number between -(2^53-1) and 2^53-1.');
  },
});

function isCalendarDate(date: string): boolean {
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}

/**
 * The coercion of a scalar of schema.graphql. Other members would replace the schema's, even an absent description. graphql-js
 * locates errors of `parse`, and quotes the value.
 */
function createScalar<Internal, External>({
  serialize,
  parse,
}: {
  serialize: (value: unknown) => External;
  parse: (value: unknown) => Internal;
}): GraphQLScalarType<Internal, External> {
  return {
    serialize,
    parseValue: parse,
    parseLiteral: (node, variables) => parse(valueFromASTUntyped(node, variables)),
  } as GraphQLScalarType<Internal, External>;
}
