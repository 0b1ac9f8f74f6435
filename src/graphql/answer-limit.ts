import {
  defaultFieldResolver,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import type { GraphQLContext } from './context.js';
import type { OperationLimits } from './operation-cost.js';
import { SerializedRows } from './serialized-rows.js';

/*
 * The ceiling on an answer while it is made
 *
 * operation-cost.ts lets operations in by an estimate. Inspector may give far more than that: five thousand rows for a run,
 * descriptions of twenty thousand characters. So each field adds what it is to the meter of its request, and from the one on
 * that is too much all fail at once, by the same error, so that nothing more is read, resolved or written.
 */

/** What was answered so far in one request. */
export class AnswerMeter {
  fields = 0;
  errors = 0;
  /** Of the JSON, at least. */
  bytes = 0;
  /** Why the answer is given up; null as long as it is not. */
  refusal: GraphQLError | null = null;
}

/** Lists without pages may turn out to be longer than they are estimated. */
const FIELDS_MARGIN = 2;

/** Fields of one answer that may fail, each with an entry of its own in `errors`: more is no answer any more. */
const MAX_ERRORS = 10_000;

/** What an entry of `errors` takes beside its message and its path: locations and extensions. */
const ERROR_BYTES = 250;

/** A number, a boolean, a value of an enumeration or a date: no more than so much. */
const LEAF_BYTES = 26;

/** Characters that JSON has as they are, in one byte. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** The same schema, whose fields fail when their answer becomes longer than is allowed. */
export function limitAnswers(schema: GraphQLSchema, { maxFields, maxAnswerBytes }: OperationLimits): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      field.resolve = withLimit(field.resolve ?? defaultFieldResolver);
    }
  }
  return schema;

  function withLimit(
    resolve: GraphQLFieldResolver<unknown, GraphQLContext>,
  ): GraphQLFieldResolver<unknown, GraphQLContext> {
    return (source, args, context, info) => {
      const { answer } = context;
      answer.fields += 1;
      answer.bytes += (info.path.key as string).length + LEAF_BYTES;
      check(answer);
      try {
        const value = resolve(source, args, context, info);
        if (!(value instanceof Promise)) return measure(value, answer);
        return value.then(
          (loaded) => measure(loaded, answer),
          (thrown) => fail(thrown, answer, info),
        );
      } catch (thrown) {
        return fail(thrown, answer, info);
      }
    };
  }

  function measure(value: unknown, answer: AnswerMeter): unknown {
    if (typeof value === 'string') answer.bytes += toBytes(value);
    else if (value instanceof SerializedRows) answer.bytes += value.bytes;
    else if (Array.isArray(value)) answer.bytes += toListBytes(value);
    else return value;
    check(answer);
    return value;
  }

  function fail(thrown: unknown, answer: AnswerMeter, { path }: GraphQLResolveInfo): never {
    if (thrown === answer.refusal) throw thrown;
    answer.errors += 1;
    answer.bytes += ERROR_BYTES + (thrown instanceof Error ? thrown.message.length : 0);
    for (let at: typeof path | undefined = path; at !== undefined; at = at.prev)
      answer.bytes += String(at.key).length + 3;
    check(answer);
    throw thrown;
  }

  function check(answer: AnswerMeter): void {
    if (answer.refusal !== null) throw answer.refusal;
    if (answer.bytes > maxAnswerBytes)
      refuse(answer, `answer is longer than ${maxAnswerBytes} bytes, which is the most`);
    if (answer.fields > maxFields * FIELDS_MARGIN) {
      refuse(answer, `answer has more than ${maxFields * FIELDS_MARGIN} fields, which is the most`);
    }
    if (answer.errors > MAX_ERRORS)
      refuse(answer, `answer failed at more than ${MAX_ERRORS} fields, which is the most`);
  }
}

function refuse(answer: AnswerMeter, what: string): never {
  const message = `This operation's ${what} that is given in one. Ask for fewer, or share them out over several operations.`;
  answer.refusal = new GraphQLError(message, {
    // What has a path is located, and stays the same error at each of its fields.
    path: [],
    extensions: { code: 'OPERATION_TOO_COSTLY', http: { status: 400 } },
  });
  throw answer.refusal;
}

function toBytes(text: string): number {
  return PLAIN.test(text) ? text.length : Buffer.byteLength(JSON.stringify(text));
}

function toListBytes(list: readonly unknown[]): number {
  let bytes = 0;
  for (const item of list) bytes += typeof item === 'string' ? toBytes(item) + 3 : 3;
  return bytes;
}
