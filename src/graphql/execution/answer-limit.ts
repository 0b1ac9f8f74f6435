import {
  defaultFieldResolver,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import type { AnswerMeter } from '../answer-meter.js';
import type { GraphQLContext } from '../context.js';
import { locate } from '../fields/located-error.js';
import type { OperationLimits } from './operation-cost.js';
import { SerializedText } from './serialized-text.js';

/*
 * Limits an answer while it is made
 *
 * operation-cost.ts admits operations by an estimate. Inspector may return far more: five thousand rows for a run,
 * descriptions of twenty thousand characters. So each field adds its size to the meter of its request. When the sum passes
 * a limit, this field and all later ones fail with the same error, and nothing more is read, resolved or written.
 */

/** How many times its estimated fields an answer may have, since lists without pages may be longer than estimated. */
const FIELDS_MARGIN = 2;

/** Failed fields of one answer, each with an entry in `errors`: a page of 100 runs with fifty fields each. */
const MAX_ERRORS = 5000;

/** Bytes of an entry of `errors` beside its message and its path: locations and extensions. */
const ERROR_BYTES = 250;

/** The most bytes of a number, a boolean, a value of an enumeration or a date: those of a date in quotes. */
const LEAF_BYTES = 26;

/** Text that JSON does not escape and UTF-8 has in one byte a character. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** Wraps the resolvers of a schema, so that they fail when their answer becomes longer than is allowed. */
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
        if (!(value instanceof Promise)) return measure(value, answer, info);
        return value.then(
          (loaded) => measure(loaded, answer, info),
          (thrown) => fail(thrown, answer, info),
        );
      } catch (thrown) {
        return fail(thrown, answer, info);
      }
    };
  }

  function measure(value: unknown, answer: AnswerMeter, info: GraphQLResolveInfo): unknown {
    let measured = value;
    if (typeof value === 'string') answer.bytes += toBytes(value);
    else if (value instanceof SerializedText) answer.bytes += value.bytes;
    else if (Array.isArray(value)) measured = measureList(value, answer, info);
    else return value;
    check(answer);
    return measured;
  }

  /** Measures a list, in which an Error is the failure of its item alone. */
  function measureList(list: readonly unknown[], answer: AnswerMeter, info: GraphQLResolveInfo): readonly unknown[] {
    let hasFailures = false;
    for (const item of list) {
      answer.bytes += typeof item === 'string' ? toBytes(item) + 3 : 3;
      hasFailures ||= item instanceof Error;
    }
    if (!hasFailures) return list;
    return list.map((item, index) => (item instanceof Error ? toFailure(item, answer, info, index) : item));
  }

  function fail(thrown: unknown, answer: AnswerMeter, info: GraphQLResolveInfo): never {
    throw thrown === answer.refusal || !(thrown instanceof Error) ? thrown : toFailure(thrown, answer, info);
  }

  function toFailure(thrown: Error, answer: AnswerMeter, info: GraphQLResolveInfo, index?: number): GraphQLError {
    const error = locate(thrown, info, index);
    answer.errors += 1;
    answer.bytes += ERROR_BYTES + error.message.length;
    for (const key of error.path ?? []) answer.bytes += String(key).length + 3;
    check(answer);
    return error;
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
    // graphql-js keeps an error with a path as it is, so that all fields have the same one.
    path: [],
    extensions: { code: 'OPERATION_TOO_COSTLY', http: { status: 400 } },
  });
  throw answer.refusal;
}

function toBytes(text: string): number {
  return PLAIN.test(text) ? text.length : Buffer.byteLength(JSON.stringify(text));
}
