const CODES = [
  'NO_SUCH_ENTITY',
  'INVALID_INPUT',
  'ACCESS_DENIED',
  'INTERNAL_EXCEPTION',
  'SERVICE_UNAVAILABLE',
  'LIMIT_EXCEEDED',
  'THROTTLED',
  'TIMEOUT',
  'BAD_UPSTREAM_RESPONSE',
  'NOT_SUPPORTED_BY_UPSTREAM',
  'OPERATION_TOO_COSTLY',
  'RATE_LIMITED',
  'UNAUTHENTICATED',
] as const;

/** The kinds of failure: `extensions.code` of an entry in `errors`, and `code` of an error that is data. */
export type InspectorErrorCode = (typeof CODES)[number];

/** What the gateway says of one failure. */
export interface InspectorError {
  readonly code: InspectorErrorCode;
  /** AWS's own, finer code, such as `ASSESSMENT_RUN_DOES_NOT_EXIST`; null where there is none. */
  readonly errorCode: string | null;
  /** Whether the same request may succeed when it is sent again. */
  readonly canRetry: boolean;
  /** What happened, for people. */
  readonly message: string;
  /** The id that Inspector gave to the failed request; null when no answer came from Inspector. */
  readonly requestId: string | null;
  /** How many milliseconds to wait before the same request makes sense; null where the gateway does not say. */
  readonly retryAfterMs: number | null;
  /** The field that failed; null for an error that is data, or of the whole request. */
  readonly path: readonly (string | number)[] | null;
}

/** HTTP statuses of a gateway, or of a proxy before it, that answers later. */
const RETRYABLE_STATUSES = [429, 502, 503, 504];

/**
 * The gateway's errors in whatever a client throws or returns: what Apollo Client, urql, Relay and graphql-request throw, a
 * body or result with `errors`, one entry of them, or an error of a union such as `telemetryResult`. Nothing is told by
 * class, so that it does not matter whose copy of which package made it.
 */
export function inspectorErrors(error: unknown): InspectorError[] {
  if (Array.isArray(error)) return error.flatMap(inspectorErrors);
  if (!isObject(error)) return [];
  const own = toInspectorError(error, isObject(error.extensions) ? error.extensions : error);
  if (own !== undefined) return [own];
  const { source, response, bodyText } = error;
  const lists = [
    error.errors, // Apollo Client, a body
    error.graphQLErrors, // urql
    isObject(source) && source.errors, // Relay, when there is no data
    isObject(response) && response.errors, // graphql-request
    typeof bodyText === 'string' && parseErrors(bodyText), // Apollo Client, for a status that is not 2xx
  ];
  return inspectorErrors(lists.find(Array.isArray));
}

/** Whether it holds an error of the gateway; with a code, one of that kind. */
export function isInspectorError(error: unknown, code?: InspectorErrorCode): boolean {
  return inspectorErrors(error).some((known) => code === undefined || known.code === code);
}

/**
 * Whether the same request may succeed when it is sent again: the gateway says so of one of its errors, or the answer is
 * none of the gateway's and has HTTP status 429, 502, 503 or 504.
 */
export function isRetryable(error: unknown): boolean {
  const known = inspectorErrors(error);
  if (known.length > 0) return known.some(({ canRetry }) => canRetry);
  return RETRYABLE_STATUSES.includes(responseOf(error)?.status as number);
}

/**
 * How many milliseconds to wait before it makes sense to ask again: the longest that one of the errors asks for, since asking
 * again asks for all; otherwise what a Retry-After header says in seconds. Undefined where nothing says it.
 */
export function retryAfterMs(error: unknown): number | undefined {
  const asked = inspectorErrors(error).flatMap((known) => known.retryAfterMs ?? []);
  if (asked.length > 0) return Math.max(...asked);
  const headers = responseOf(error)?.headers as Partial<Headers> | undefined;
  const seconds = headers?.get?.('retry-after') ?? '';
  return /^\d+$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

type Fields = Record<string, unknown>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function toInspectorError({ message, path }: Fields, fields: Fields): InspectorError | undefined {
  const code = CODES.find((known) => known === fields.code);
  if (code === undefined) return undefined;
  const { errorCode, canRetry, requestId, retryAfterMs } = fields;
  return {
    code,
    errorCode: typeof errorCode === 'string' ? errorCode : null,
    canRetry: canRetry === true,
    message: typeof message === 'string' ? message : '',
    requestId: typeof requestId === 'string' ? requestId : null,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : null,
    path: Array.isArray(path) ? path : null,
  };
}

function parseErrors(text: string): unknown {
  try {
    return JSON.parse(text)?.errors;
  } catch {
    return undefined;
  }
}

/** The HTTP response on what Apollo Client, urql and graphql-request throw. */
function responseOf(error: unknown): Fields | undefined {
  return isObject(error) && isObject(error.response) ? error.response : undefined;
}
