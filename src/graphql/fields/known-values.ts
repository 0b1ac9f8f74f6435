import {
  defaultFieldResolver,
  type GraphQLEnumType,
  type GraphQLFieldResolver,
  GraphQLInt,
  type GraphQLSchema,
  getNullableType,
  isEnumType,
  isObjectType,
} from 'graphql';
import { createBadResponseFailure, type InspectorFailure } from '../../inspector/inspector-failure.js';
import type { GraphQLContext } from '../context.js';

/*
 * Values that the schema cannot say
 *
 * What Inspector answers is taken with values that its API does not promise: a state of health from a client that is
 * older or newer than the enumeration, a number past 32 bits. Most of what is asked never looks at them. So they fail
 * where they are selected, as the failure of that one field; every such field is nullable.
 */

/** How much of a value a message quotes. */
const MAX_QUOTED_CHARACTERS = 100;

/** The values that a type can say, and why not another one. */
interface Range {
  has(value: unknown): boolean;
  readonly complaint: string;
}

const int32: Range = {
  has: (value) => (value as number) >= -(2 ** 31) && (value as number) < 2 ** 31,
  complaint: 'is past 32 bits',
};

/** The same schema, whose enumerations and Ints fail by BAD_UPSTREAM_RESPONSE, by a message that names field and value. */
export function refuseUnknownValues(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const leaf = getNullableType(field.type);
      const range = isEnumType(leaf) ? toRange(leaf) : leaf === GraphQLInt ? int32 : null;
      if (range !== null) field.resolve = withRange(field.name, field.resolve ?? defaultFieldResolver, range);
    }
  }
  return schema;
}

function toRange(type: GraphQLEnumType): Range {
  const values = new Set<unknown>(type.getValues().map(({ value }) => value));
  return { has: (value) => values.has(value), complaint: 'is not a value that is known' };
}

function withRange(
  name: string,
  resolve: GraphQLFieldResolver<unknown, GraphQLContext>,
  range: Range,
): GraphQLFieldResolver<unknown, GraphQLContext> {
  // One failure a request for each value, so that a page of a hundred agents is one line of the log.
  const failures = new WeakMap<GraphQLContext, Map<unknown, InspectorFailure>>();

  function check(value: unknown, context: GraphQLContext): unknown {
    if (value === null || value === undefined || range.has(value)) return value;
    const ofRequest = failures.get(context) ?? new Map<unknown, InspectorFailure>();
    failures.set(context, ofRequest);
    const known = ofRequest.get(value);
    if (known !== undefined) throw known;
    const quoted = JSON.stringify(typeof value === 'string' ? value.slice(0, MAX_QUOTED_CHARACTERS) : value);
    const failure = createBadResponseFailure(`${name}: ${quoted} ${range.complaint}`, null);
    ofRequest.set(value, failure);
    throw failure;
  }

  return (source, args, context, info) => {
    const value = resolve(source, args, context, info);
    return value instanceof Promise ? value.then((loaded) => check(loaded, context)) : check(value, context);
  };
}
