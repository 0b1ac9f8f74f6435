import type { ApolloServerPlugin } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { InspectorFailure, type InspectorFailureCode, toFailure } from '../inspector/inspector-failure.js';
import type { GraphQLContext } from './context.js';

/** The part of a pino logger that errors need. */
export interface ErrorLogger {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * The one place where a failure becomes an entry of `errors`: an InspectorFailure with the fields of the error table as
 * extensions, GraphQL's and Apollo's own errors as they are, and anything else masked as INTERNAL_SERVER_ERROR with the
 * request id, under which its cause is in the log.
 */
export function formatError(formatted: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError {
  return shorten(describeError(formatted, thrown));
}

/** A message quotes what it is about, and the locations of what is wrong in many places are as many. */
const MAX_MESSAGE_LENGTH = 2000;
const MAX_LOCATIONS = 20;

function shorten(error: GraphQLFormattedError): GraphQLFormattedError {
  const { message, locations } = error;
  const isLong = message.length > MAX_MESSAGE_LENGTH;
  if (!isLong && (locations === undefined || locations.length <= MAX_LOCATIONS)) return error;
  return {
    ...error,
    message: isLong ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…` : message,
    ...(locations && { locations: locations.slice(0, MAX_LOCATIONS) }),
  };
}

function describeError(formatted: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError {
  const original = unwrapResolverError(thrown);
  const { stacktrace, requestId } = formatted.extensions ?? {};
  // Apollo gives a stack trace in development only.
  const debugging = stacktrace === undefined ? {} : { stacktrace };
  if (original instanceof InspectorFailure) {
    const { code, errorCode, canRetry, operation, retryAfterMs } = original;
    return {
      ...formatted,
      message: original.message,
      extensions: {
        code,
        errorCode,
        canRetry,
        requestId: original.requestId,
        service: 'inspector',
        operation,
        ...(retryAfterMs === null ? {} : { retryAfterMs }),
        ...debugging,
      },
    };
  }
  if (original instanceof GraphQLError) return hasNoCode(original) ? withBadRequest(formatted) : formatted;
  return {
    ...formatted,
    message: 'Internal server error',
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId, ...debugging },
  };
}

/** Apollo Server refuses some requests without a code, which it would take for defects of its own. */
function hasNoCode({ extensions }: GraphQLError): boolean {
  return extensions.code === undefined && (extensions.http as { status?: unknown } | undefined)?.status === 400;
}

function withBadRequest(formatted: GraphQLFormattedError): GraphQLFormattedError {
  return { ...formatted, extensions: { ...formatted.extensions, code: 'BAD_REQUEST' } };
}

/** What the caller asked for in vain: an answer to them, and nothing for those who run the gateway to look into. */
const CALLERS_CODES = new Set<InspectorFailureCode>(['NO_SUCH_ENTITY', 'INVALID_INPUT']);

/** Logs each failure of a request once, with its cause, and tells formatError the id under which to look for it. */
export function createErrorLogPlugin(logger: ErrorLogger): ApolloServerPlugin<GraphQLContext> {
  return {
    requestDidStart: async () => ({
      async didEncounterErrors({ errors, contextValue: { requestId, failures } }) {
        for (const error of errors) {
          const original = unwrapResolverError(error);
          if (original instanceof GraphQLError) continue;
          failures.add(original);
          error.extensions.requestId = requestId;
        }
      },
      async willSendResponse({ contextValue: { requestId, failures, isAbandoned } }) {
        // What was given up failed because it was.
        if (isAbandoned()) return;
        for (const failure of failures) logFailure(logger, requestId, failure);
      },
    }),
  };
}

function logFailure(logger: ErrorLogger, requestId: string, failure: unknown): void {
  if (!(failure instanceof InspectorFailure)) {
    logger.error({ requestId, error: describe(failure, true) }, 'unexpected error');
  } else if (!CALLERS_CODES.has(failure.code)) {
    const { code, errorCode, canRetry, operation, requestId: awsRequestId, cause } = failure;
    const fields = { requestId, code, errorCode, canRetry, operation, awsRequestId, cause: describe(cause) };
    logger.warn(fields, 'inspector failed');
  }
}

const MEMBERS_BY_CODE = new Map<InspectorFailureCode, 'NoSuchEntityError' | 'InvalidInputError' | 'AccessDeniedError'>([
  ['NO_SUCH_ENTITY', 'NoSuchEntityError'],
  ['INVALID_INPUT', 'InvalidInputError'],
  ['ACCESS_DENIED', 'AccessDeniedError'],
]);

/** A failure as data, for the unions that end in `Result`; throws on whatever is not an InspectorFailure. */
export function toInspectorError(thrown: unknown) {
  const { code, errorCode, canRetry, message, requestId, retryAfterMs } = toFailure(thrown);
  return {
    __typename: MEMBERS_BY_CODE.get(code) ?? ('ServiceError' as const),
    code,
    errorCode,
    canRetry,
    message,
    requestId,
    retryAfterMs,
  };
}

/** Chosen fields only: the SDK hangs responses and other large things on what it throws. */
function describe(thrown: unknown, withStack = false): object | string | undefined {
  if (!(thrown instanceof Error)) return thrown === undefined ? undefined : String(thrown);
  const { name, message, stack } = thrown;
  return withStack ? { name, message, stack } : { name, message };
}
