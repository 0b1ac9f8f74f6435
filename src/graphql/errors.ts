import type { ApolloServerPlugin } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { InspectorFailure, type InspectorFailureCode, toFailure } from '../inspector/inspector-failure.js';
import { type Counts, count } from '../metrics.js';
import type { GraphQLContext } from './context.js';

/** The part of a pino logger that errors need. */
export interface ErrorLogger {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Turns a failure into an entry of `errors`. An InspectorFailure has the fields of the error table as extensions. Errors of
 * GraphQL and Apollo stay as they are. Any other error is masked as INTERNAL_SERVER_ERROR with the request id, by which the
 * log has its cause.
 */
export function formatError(formatted: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError {
  return shorten(describeError(formatted, thrown));
}

/** Messages quote their subject, and an error may have thousands of locations: both are cut, far above usual errors. */
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
  // Apollo Server adds a stack trace in development only.
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

/** Apollo Server refuses some requests with an error that has no code. */
function hasNoCode({ extensions }: GraphQLError): boolean {
  return extensions.code === undefined && (extensions.http as { status?: unknown } | undefined)?.status === 400;
}

function withBadRequest(formatted: GraphQLFormattedError): GraphQLFormattedError {
  return { ...formatted, extensions: { ...formatted.extensions, code: 'BAD_REQUEST' } };
}

/** Codes of failures that are the caller's, and are not logged. */
const CALLER_CODES = new Set<InspectorFailureCode>(['NO_SUCH_ENTITY', 'INVALID_INPUT', 'NOT_SUPPORTED_BY_UPSTREAM']);

/** Counts entries of `errors` by their codes, which are the gateway's own and Apollo Server's. */
export function countErrors(counts: Counts): typeof formatError {
  return (formatted, thrown) => {
    const error = formatError(formatted, thrown);
    count(counts, String(error.extensions?.code));
    return error;
  };
}

/**
 * Logs each failure of a request once, with its cause, and gives formatError the request id. Failures that are given as data
 * are counted by their codes, once each.
 */
export function createErrorLogPlugin(logger: ErrorLogger, counts: Counts): ApolloServerPlugin<GraphQLContext> {
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
      async willSendResponse({ contextValue: { requestId, failures, isAborted }, errors = [] }) {
        // Its failures come from the abort.
        if (failures.size === 0 || isAborted()) return;
        const thrown = new Set(errors.map(unwrapResolverError));
        for (const failure of failures) {
          logFailure(logger, requestId, failure);
          if (failure instanceof InspectorFailure && !thrown.has(failure)) count(counts, failure.code);
        }
      },
    }),
  };
}

function logFailure(logger: ErrorLogger, requestId: string, failure: unknown): void {
  if (!(failure instanceof InspectorFailure)) {
    logger.error({ requestId, error: describe(failure, true) }, 'unexpected error');
  } else if (!CALLER_CODES.has(failure.code)) {
    const { code, errorCode, canRetry, operation, requestId: awsRequestId, cause } = failure;
    const fields = { requestId, code, errorCode, canRetry, operation, awsRequestId, cause: describe(cause) };
    logger.warn(fields, 'inspector failed');
  }
}

const TYPES_BY_CODE = new Map<InspectorFailureCode, 'NoSuchEntityError' | 'InvalidInputError' | 'AccessDeniedError'>([
  ['NO_SUCH_ENTITY', 'NoSuchEntityError'],
  ['INVALID_INPUT', 'InvalidInputError'],
  ['ACCESS_DENIED', 'AccessDeniedError'],
]);

/** A failure as data, for unions such as TelemetryResult. Rethrows what is not an InspectorFailure. */
export function toInspectorError(thrown: unknown) {
  const { code, errorCode, canRetry, message, requestId, retryAfterMs } = toFailure(thrown);
  return {
    __typename: TYPES_BY_CODE.get(code) ?? ('ServiceError' as const),
    code,
    errorCode,
    canRetry,
    message,
    requestId,
    retryAfterMs,
  };
}

/** Picks fields to log, since the SDK attaches responses and other large objects to its errors. */
function describe(thrown: unknown, withStack = false): object | string | undefined {
  if (!(thrown instanceof Error)) return thrown === undefined ? undefined : String(thrown);
  const { name, message, stack } = thrown;
  return withStack ? { name, message, stack } : { name, message };
}
