import { GraphQLError, GraphQLScalarType } from 'graphql';

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** Date to RFC 3339 text in UTC with milliseconds, and back from any RFC 3339 text (section 5.6). */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize(value) {
    if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
    throw new GraphQLError('DateTime cannot represent a value that is not a valid date.');
  },
  parseValue(value) {
    const date = new Date(typeof value === 'string' && RFC_3339.test(value) ? value : Number.NaN);
    if (!Number.isNaN(date.getTime())) return date;
    throw new GraphQLError(`DateTime expects RFC 3339 text such as 2016-03-22T20:56:10.035Z, but got ${show(value)}.`);
  },
});

/** A whole number up to 2^53-1 either way; a larger one is an error, never rounded. */
export const Long = new GraphQLScalarType<number, number>({ name: 'Long', serialize: toLong, parseValue: toLong });

function toLong(value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw new GraphQLError(`Long expects a whole number between -(2^53-1) and 2^53-1, but got ${show(value)}.`);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
