/** The kinds of failure that callers can tell apart; `InspectorErrorCode` in schema.graphql describes each. */
export type InspectorFailureCode =
  | 'NO_SUCH_ENTITY'
  | 'INVALID_INPUT'
  | 'ACCESS_DENIED'
  | 'INTERNAL_EXCEPTION'
  | 'SERVICE_UNAVAILABLE'
  | 'LIMIT_EXCEEDED'
  | 'THROTTLED'
  | 'TIMEOUT'
  | 'BAD_UPSTREAM_RESPONSE';

interface InspectorFailureFields {
  code: InspectorFailureCode;
  errorCode?: string | null | undefined;
  canRetry: boolean;
  message: string;
  operation?: string | null | undefined;
  requestId?: string | null | undefined;
  retryAfterMs?: number | null | undefined;
  cause?: unknown;
}

/**
 * The one form that every failure below GraphQL takes. All its fields but `cause` are fit for the caller's eyes:
 * they never hold a host name, a credential or an AWS field outside this list.
 */
export class InspectorFailure extends Error {
  override readonly name = 'InspectorFailure';
  readonly code: InspectorFailureCode;
  /** AWS's finer code, such as ASSESSMENT_RUN_DOES_NOT_EXIST; null where there is none. */
  readonly errorCode: string | null;
  /** Advice to the caller and an order to ourselves: false is attempted once, true again within the deadline. */
  readonly canRetry: boolean;
  /** The Inspector operation that failed; null when the input was rejected before any call. */
  readonly operation: string | null;
  /** AWS's x-amzn-RequestId; null when no answer came. */
  readonly requestId: string | null;
  /** How long to leave Inspector alone, in whole milliseconds, when the gateway did not even ask it; null otherwise. */
  readonly retryAfterMs: number | null;

  constructor(fields: InspectorFailureFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code;
    this.errorCode = fields.errorCode ?? null;
    this.canRetry = fields.canRetry;
    this.operation = fields.operation ?? null;
    this.requestId = fields.requestId ?? null;
    this.retryAfterMs = fields.retryAfterMs ?? null;
  }
}

interface Row {
  code: InspectorFailureCode;
  canRetry: boolean;
  message: string;
  /** The exception's own errorCode and canRetry are taken where it has them. */
  modelled?: boolean;
  /** Its own message too: it speaks of the request, where others may name hosts of AWS or the gateway's IAM identity. */
  showsMessage?: boolean;
}

const ACCESS_DENIED: Row = {
  code: 'ACCESS_DENIED',
  canRetry: false,
  message: 'Inspector denied access to the gateway. Check its AWS credentials and their IAM policy.',
};
const THROTTLED: Row = { code: 'THROTTLED', canRetry: true, message: 'Inspector asks for fewer requests.' };
const SERVICE_UNAVAILABLE: Row = {
  code: 'SERVICE_UNAVAILABLE',
  canRetry: true,
  message: 'Inspector is not available for now.',
};
const TIMEOUT: Row = { code: 'TIMEOUT', canRetry: true, message: 'Inspector did not answer in time.' };
const UNEXPECTED_REJECTION: Row = {
  code: 'BAD_UPSTREAM_RESPONSE',
  canRetry: false,
  message: 'Inspector rejected the request in a way that its API does not describe.',
};

const UNREADABLE_ANSWER: Row = {
  code: 'BAD_UPSTREAM_RESPONSE',
  canRetry: false,
  message: 'Inspector answered with something else than its API promises.',
};

/** Exceptions by name. The first seven are modelled by the API: https://docs.aws.amazon.com/inspector/v1/APIReference/ */
const ROWS_BY_NAME = new Map<string, Row>([
  ['NoSuchEntityException', modelled('NO_SUCH_ENTITY', false, 'The entity does not exist.')],
  ['InvalidInputException', modelled('INVALID_INPUT', false, 'Inspector rejected the input.')],
  ['AccessDeniedException', { ...ACCESS_DENIED, modelled: true }],
  [
    'InternalException',
    { code: 'INTERNAL_EXCEPTION', canRetry: true, message: 'Inspector failed inside.', modelled: true },
  ],
  ['ServiceTemporarilyUnavailableException', { ...SERVICE_UNAVAILABLE, modelled: true }],
  ['LimitExceededException', modelled('LIMIT_EXCEEDED', false, 'A quota of the AWS account is used up.')],
  [
    'AssessmentRunInProgressException',
    { ...UNEXPECTED_REJECTION, message: 'The assessment run has not ended yet.', modelled: true },
  ],
  // What AWS's authentication layer answers for any service, in both spellings that are in use.
  ...rows(ACCESS_DENIED, [
    'AccessDenied',
    'ExpiredToken',
    'ExpiredTokenException',
    'IncompleteSignature',
    'IncompleteSignatureException',
    'InvalidClientTokenId',
    'InvalidSignatureException',
    'MissingAuthenticationToken',
    'MissingAuthenticationTokenException',
    'NotAuthorized',
    'OptInRequired',
    'SignatureDoesNotMatch',
    'UnrecognizedClientException',
  ]),
  // The SDK counts LimitExceededException here as well; in this API it is a quota, which waiting does not refill.
  ...rows(THROTTLED, [
    'BandwidthLimitExceeded',
    'EC2ThrottledException',
    'PriorRequestNotComplete',
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'RequestThrottled',
    'RequestThrottledException',
    'SlowDown',
    'ThrottledException',
    'Throttling',
    'ThrottlingException',
    'TooManyRequestsException',
  ]),
]);

/** What the SDK throws of its own accord, by name; an answer could have the same name in its body. */
const ROWS_BY_LOCAL_NAME = new Map<string, Row>([
  ['AbortError', TIMEOUT],
  ['CredentialsProviderError', ACCESS_DENIED],
  ['TimeoutError', SERVICE_UNAVAILABLE],
]);

/**
 * Any value that the SDK throws, as an InspectorFailure; undefined for what is not a failure of Inspector or of the way
 * to it, but a bug of ours.
 */
export function toInspectorFailure(thrown: unknown, operation: string): InspectorFailure | undefined {
  if (thrown instanceof InspectorFailure) return thrown;
  const error = toThrownFields(thrown);
  const row =
    error.status === undefined
      ? toLocalRow(error)
      : (ROWS_BY_NAME.get(error.name) ?? toRowByStatus(error, error.status));
  if (row === undefined) return undefined;

  const given = row.modelled ? error : undefined;
  const hasErrorCode = row.code !== 'INTERNAL_EXCEPTION' && row.code !== 'SERVICE_UNAVAILABLE';
  return new InspectorFailure({
    code: row.code,
    errorCode: hasErrorCode ? asText(given?.errorCode) : null,
    canRetry: typeof given?.canRetry === 'boolean' ? given.canRetry : row.canRetry,
    message: (row.showsMessage && asText(error.message)) || row.message,
    operation,
    requestId: asText(error.requestId),
    cause: thrown,
  });
}

/** A thrown value that has to be a failure; a bug of ours is thrown on. */
export function toFailure(thrown: unknown): InspectorFailure {
  if (thrown instanceof InspectorFailure) return thrown;
  throw thrown;
}

/** The same failure, with a further sentence for people. */
export function addToMessage(failure: InspectorFailure, sentence: string): InspectorFailure {
  return new InspectorFailure({ ...failure, message: `${failure.message} ${sentence}`, cause: failure.cause });
}

/** Whether Inspector answered that it does not have what was asked for. It is alive and well, and not asked again. */
export function isUnsupportedFeature(failure: InspectorFailure): boolean {
  const { name, status } = toThrownFields(failure.cause);
  return name === 'UnsupportedFeatureException' && status !== undefined;
}

/** The failure of a read that was still going on when its deadline passed. */
export function createTimeoutFailure(operation: string | null): InspectorFailure {
  return new InspectorFailure({ ...TIMEOUT, operation });
}

/** The failure of a read whose reader does not wait for it any more. */
export function createReaderGoneFailure(operation: string): InspectorFailure {
  return new InspectorFailure({
    code: 'SERVICE_UNAVAILABLE',
    canRetry: true,
    message: 'The reader has gone.',
    operation,
  });
}

/** The failure of a call that the gateway did not make, to spare an upstream that has failed before. */
export function createLeftAloneFailure(operation: string, retryAfterMs: number): InspectorFailure {
  return new InspectorFailure({
    code: 'SERVICE_UNAVAILABLE',
    canRetry: true,
    message: 'Inspector has failed repeatedly and is left alone for a moment.',
    operation,
    retryAfterMs,
  });
}

/** The failure of a call that the gateway did not make, because too many wait already. */
export function createCrowdedFailure(operation: string, retryAfterMs: number): InspectorFailure {
  return new InspectorFailure({
    code: 'SERVICE_UNAVAILABLE',
    canRetry: true,
    message: 'Too many calls of Inspector are waiting already.',
    operation,
    retryAfterMs,
  });
}

/** Input that is rejected before anything is sent; the errorCode is the one AWS would give, or null where it has none. */
export function createInvalidInputFailure(errorCode: string | null, message: string): InspectorFailure {
  return new InspectorFailure({ code: 'INVALID_INPUT', errorCode, canRetry: false, message });
}

/** An answer of status 200 that breaks the API's promises; `what` says where and how. */
export function createBadResponseFailure(what: string, operation: string | null, requestId?: string): InspectorFailure {
  return new InspectorFailure({
    code: 'BAD_UPSTREAM_RESPONSE',
    canRetry: false,
    message: `Inspector answered with something else than its API promises: ${what}.`,
    operation,
    requestId,
  });
}

/** FailedItemErrorCode of the Describe operations: https://docs.aws.amazon.com/inspector/v1/APIReference/API_FailedItemDetails.html */
const CODES_BY_FAILURE_CODE = new Map<string, InspectorFailureCode>([
  ['INVALID_ARN', 'INVALID_INPUT'],
  ['DUPLICATE_ARN', 'INVALID_INPUT'],
  ['ITEM_DOES_NOT_EXIST', 'NO_SUCH_ENTITY'],
  ['ACCESS_DENIED', 'ACCESS_DENIED'],
  ['LIMIT_EXCEEDED', 'LIMIT_EXCEEDED'],
  ['INTERNAL_ERROR', 'INTERNAL_EXCEPTION'],
]);

/** One of the failedItems of a Describe call, as the failure of that item alone. */
export function toFailedItemFailure(item: unknown, operation: string, requestId?: string): InspectorFailure {
  const { failureCode, retryable } = (item ?? {}) as { failureCode?: unknown; retryable?: unknown };
  const code = typeof failureCode === 'string' ? CODES_BY_FAILURE_CODE.get(failureCode) : undefined;
  if (code === undefined)
    return createBadResponseFailure('a failed item without a known failureCode', operation, requestId);
  return new InspectorFailure({
    code,
    errorCode: failureCode as string,
    canRetry: retryable === true,
    message: `Inspector could not describe this item (${failureCode}).`,
    operation,
    requestId,
  });
}

function modelled(code: InspectorFailureCode, canRetry: boolean, message: string): Row {
  return { code, canRetry, message, modelled: true, showsMessage: true };
}

function rows(row: Row, names: string[]): [string, Row][] {
  return names.map((name) => [name, row]);
}

function toRowByStatus(error: ThrownFields, status: number): Row {
  if (status === 429) return THROTTLED;
  // Cut off: whatever the status was, the answer did not arrive.
  if (status >= 500 || error.transportCode !== undefined) return SERVICE_UNAVAILABLE;
  if (status >= 400) return UNEXPECTED_REJECTION;
  // A success whose body is no JSON came from something between us and Inspector; any other error that was thrown while
  // a success was read means that the answer has the wrong types.
  if (error.name === 'SyntaxError') return SERVICE_UNAVAILABLE;
  return UNREADABLE_ANSWER;
}

/** No answer at all. */
function toLocalRow(error: ThrownFields): Row | undefined {
  return ROWS_BY_LOCAL_NAME.get(error.name) ?? (error.transportCode === undefined ? undefined : SERVICE_UNAVAILABLE);
}

/** Of sockets, DNS, TLS and HTTP parsing; a code of another kind, as of a file or an argument, is a bug of ours. */
const TRANSPORT_CODE =
  /^(ECONN\w+|ENOTFOUND|EAI_\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|EPROTO|HPE_\w+|ERR_(TLS|SSL)_\w+|ERR_STREAM_PREMATURE_CLOSE|UNABLE_TO_\w+|\w*CERT\w*)$/;

interface ThrownFields {
  name: string;
  message?: unknown;
  errorCode?: unknown;
  canRetry?: unknown;
  status: number | undefined;
  transportCode: string | undefined;
  requestId: unknown;
}

/** Reads only what the classification needs: the SDK copies every field of an error's body onto what it throws. */
function toThrownFields(thrown: unknown): ThrownFields {
  if (typeof thrown !== 'object' || thrown === null)
    return { name: '', status: undefined, transportCode: undefined, requestId: undefined };
  const error = thrown as {
    name?: unknown;
    code?: unknown;
    message?: unknown;
    errorCode?: unknown;
    canRetry?: unknown;
    $metadata?: { httpStatusCode?: number; requestId?: unknown };
    $response?: { statusCode?: number; headers?: Record<string, string> };
  };
  return {
    name: String(error.name),
    message: error.message,
    errorCode: error.errorCode,
    canRetry: error.canRetry,
    // The hidden $response is what arrived; $metadata is missing for a body that is no JSON, and could come from one.
    status: error.$response?.statusCode ?? error.$metadata?.httpStatusCode,
    transportCode: typeof error.code === 'string' && TRANSPORT_CODE.test(error.code) ? error.code : undefined,
    requestId: error.$response ? error.$response.headers?.['x-amzn-requestid'] : error.$metadata?.requestId,
  };
}

/** ErrorMessage of the API is at most 1,000 characters long. */
function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, 1000) : null;
}
