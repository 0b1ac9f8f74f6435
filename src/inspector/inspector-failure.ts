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
  | 'BAD_UPSTREAM_RESPONSE'
  | 'NOT_SUPPORTED_BY_UPSTREAM';

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
 * The form of every failure below GraphQL. All its fields but `cause` may be shown to callers: they never hold a host name,
 * a credential or an AWS field outside this list.
 */
export class InspectorFailure extends Error {
  override readonly name = 'InspectorFailure';
  readonly code: InspectorFailureCode;
  /** AWS's finer code, such as ASSESSMENT_RUN_DOES_NOT_EXIST; null where there is none. */
  readonly errorCode: string | null;
  /** Advice to the caller, and what the gateway does itself: true is retried within the deadline, unless `retryAfterMs` is set; false is not. */
  readonly canRetry: boolean;
  /** The Inspector operation that failed; null when the input was rejected before any call. */
  readonly operation: string | null;
  /** AWS's x-amzn-RequestId; null when no answer came. */
  readonly requestId: string | null;
  /** When to ask again, in whole milliseconds, where the gateway made no call; null otherwise. */
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

/** How an error of AWS or the SDK becomes an InspectorFailure. */
interface ErrorMapping {
  code: InspectorFailureCode;
  canRetry: boolean;
  message: string;
  /** Takes the exception's own errorCode and canRetry where it has them. */
  modelled?: boolean;
  /** Takes its own message, too, which is about the request. Others may name hosts of AWS or the gateway's IAM identity. */
  showsMessage?: boolean;
}

const ACCESS_DENIED: ErrorMapping = {
  code: 'ACCESS_DENIED',
  canRetry: false,
  message: 'Inspector denied access to the gateway. Check its AWS credentials and their IAM policy.',
};
const THROTTLED: ErrorMapping = { code: 'THROTTLED', canRetry: true, message: 'Inspector asks for fewer requests.' };
const SERVICE_UNAVAILABLE: ErrorMapping = {
  code: 'SERVICE_UNAVAILABLE',
  canRetry: true,
  message: 'Inspector is not available for now.',
};
const TIMEOUT: ErrorMapping = { code: 'TIMEOUT', canRetry: true, message: 'Inspector did not answer in time.' };
const UNEXPECTED_REJECTION: ErrorMapping = {
  code: 'BAD_UPSTREAM_RESPONSE',
  canRetry: false,
  message: 'Inspector rejected the request in a way that its API does not describe.',
};

const UNREADABLE_ANSWER: ErrorMapping = {
  code: 'BAD_UPSTREAM_RESPONSE',
  canRetry: false,
  message: 'Inspector answered with something else than its API promises.',
};

/** Exceptions by name. The first seven are modelled by the API: https://docs.aws.amazon.com/inspector/v1/APIReference/ */
const MAPPINGS_BY_NAME = new Map<string, ErrorMapping>([
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
  // The errors of AWS's authentication layer, the same for all services, in both spellings that are in use.
  ...mapAll(ACCESS_DENIED, [
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
  // Without the SDK's LimitExceededException, which in this API is a quota that waiting does not refill.
  ...mapAll(THROTTLED, [
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

/** Errors that the SDK throws without a response, by name; a response could have the same name in its body. */
const MAPPINGS_BY_LOCAL_NAME = new Map<string, ErrorMapping>([
  ['AbortError', TIMEOUT],
  ['CredentialsProviderError', ACCESS_DENIED],
  ['TimeoutError', SERVICE_UNAVAILABLE],
]);

/** Maps any value that the SDK throws; undefined for a bug of ours, which is no failure of Inspector or of the network. */
export function toInspectorFailure(thrown: unknown, operation: string): InspectorFailure | undefined {
  if (thrown instanceof InspectorFailure) return thrown;
  const error = toThrownFields(thrown);
  const mapping =
    error.status === undefined
      ? toLocalMapping(error)
      : (MAPPINGS_BY_NAME.get(error.name) ?? toMappingByStatus(error, error.status));
  if (mapping === undefined) return undefined;

  const given = mapping.modelled ? error : undefined;
  const hasErrorCode = mapping.code !== 'INTERNAL_EXCEPTION' && mapping.code !== 'SERVICE_UNAVAILABLE';
  return new InspectorFailure({
    code: mapping.code,
    errorCode: hasErrorCode ? asText(given?.errorCode) : null,
    canRetry: typeof given?.canRetry === 'boolean' ? given.canRetry : mapping.canRetry,
    message: (mapping.showsMessage && asText(error.message)) || mapping.message,
    operation,
    requestId: asText(error.requestId),
    cause: thrown,
  });
}

/** Maps what AssumeRole of STS throws. Whatever is not a matter of time is one of the role, which only an administrator can change. */
export function toAssumeRoleFailure(thrown: unknown, account: string): InspectorFailure {
  const failure = toInspectorFailure(thrown, 'AssumeRole');
  // A bug of ours.
  if (failure === undefined) throw thrown;
  const { code, canRetry, requestId, cause } = failure;
  const { status = 0 } = toThrownFields(thrown);
  if (code === 'BAD_UPSTREAM_RESPONSE' && status < 300) {
    return createBadResponseFailure('STS gave no credentials', 'AssumeRole', requestId ?? undefined);
  }
  const fields = { operation: 'AssumeRole', requestId, cause };
  if (canRetry) {
    const message =
      code === 'THROTTLED'
        ? `STS asks for fewer requests for the role of account ${account}.`
        : `STS, which gives the role of account ${account}, is not available for now.`;
    return new InspectorFailure({ ...fields, code, canRetry, message });
  }
  const message = `The gateway may not take its role in account ${account}. Check the role, whom it trusts, its external ID, and the credentials of the gateway.`;
  return new InspectorFailure({ ...fields, code: 'ACCESS_DENIED', canRetry, message });
}

/** Narrows a thrown value to a failure; rethrows a bug of ours. */
export function toFailure(thrown: unknown): InspectorFailure {
  if (thrown instanceof InspectorFailure) return thrown;
  throw thrown;
}

/** The same failure, with a further sentence for people. */
export function addToMessage(failure: InspectorFailure, sentence: string): InspectorFailure {
  return new InspectorFailure({ ...failure, message: `${failure.message} ${sentence}`, cause: failure.cause });
}

/** Whether Inspector answered that it does not have the feature, which is the answer of a healthy upstream. */
export function isUnsupportedFeature(failure: InspectorFailure): boolean {
  const { name, status } = toThrownFields(failure.cause);
  return name === 'UnsupportedFeatureException' && status !== undefined;
}

/** The failure of a read that the caller has no right to, whether there is something or not. */
export function createAccessDeniedFailure(account: string, region: string): InspectorFailure {
  const message = `You have no right to see account ${account} in ${region}. Those who run this gateway give rights.`;
  return new InspectorFailure({ code: 'ACCESS_DENIED', canRetry: false, message });
}

/** The failure of a list at an upstream that cannot leave out what the caller may not see. */
export function createListDeniedFailure(): InspectorFailure {
  const message =
    'The upstream of this gateway cannot list what you have a right to see and nothing else: only callers who may see everything may list there.';
  return new InspectorFailure({ code: 'ACCESS_DENIED', canRetry: false, message });
}

/** The failure of a read that only an archive can answer, at an upstream that is none. */
export function createNotSupportedFailure(operation: string): InspectorFailure {
  return new InspectorFailure({
    code: 'NOT_SUPPORTED_BY_UPSTREAM',
    canRetry: false,
    message:
      "This gateway's upstream cannot answer this: only an archive can. Import the runs into an archive (inspector-gateway" +
      ' archive import), and start the gateway with INSPECTOR_ENDPOINT=embedded, or with the URL of an archive.',
    operation,
  });
}

/** Whether the upstream answered that it has no such operation: the archive, AWS, and by 501 other servers. */
export function isUnknownOperation(failure: InspectorFailure): boolean {
  const { name, status } = toThrownFields(failure.cause);
  return status === 501 || (name === 'UnknownOperationException' && status !== undefined);
}

/** The failure of a read at its deadline. */
export function createTimeoutFailure(operation: string | null): InspectorFailure {
  return new InspectorFailure({ ...TIMEOUT, operation });
}

/** The failure of a read that its caller aborted. */
export function createCallerAbortedFailure(operation: string): InspectorFailure {
  return new InspectorFailure({
    code: 'SERVICE_UNAVAILABLE',
    canRetry: true,
    message: 'The reader has gone.',
    operation,
  });
}

/** The failure of a call that was not made, since the circuit is open. */
export function createCircuitOpenFailure(operation: string, retryAfterMs: number): InspectorFailure {
  return new InspectorFailure({
    code: 'SERVICE_UNAVAILABLE',
    canRetry: true,
    message: 'Inspector has failed repeatedly and is left alone for a moment.',
    operation,
    retryAfterMs,
  });
}

/** The failure of a call that was not made, since the queue is full. */
export function createQueueFullFailure(operation: string, retryAfterMs: number): InspectorFailure {
  return new InspectorFailure({
    code: 'SERVICE_UNAVAILABLE',
    canRetry: true,
    message: 'Too many calls of Inspector are waiting already.',
    operation,
    retryAfterMs,
  });
}

/** Rejects input before any call; the errorCode is the one that AWS would give, or null where it has none. */
export function createInvalidInputFailure(errorCode: string | null, message: string): InspectorFailure {
  return new InspectorFailure({ code: 'INVALID_INPUT', errorCode, canRetry: false, message });
}

/** The failure of a response of status 200 that breaks the API's promises; `what` says where and how. */
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

/** Maps one of the failedItems of a Describe call to the failure of that item. */
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

/** Maps the error of one result of the archive's batch to the failure that the run's own call would have. */
export function toResultFailure(error: unknown, operation: string, requestId?: string): InspectorFailure {
  const { type, ...fields } = Object(error) as { type?: unknown };
  const thrown = { ...fields, name: String(type), $metadata: { httpStatusCode: 400, requestId } };
  return toInspectorFailure(thrown, operation) as InspectorFailure;
}

function modelled(code: InspectorFailureCode, canRetry: boolean, message: string): ErrorMapping {
  return { code, canRetry, message, modelled: true, showsMessage: true };
}

function mapAll(mapping: ErrorMapping, names: string[]): [string, ErrorMapping][] {
  return names.map((name) => [name, mapping]);
}

function toMappingByStatus(error: ThrownFields, status: number): ErrorMapping {
  if (status === 429) return THROTTLED;
  // With a transport error the response did not arrive completely, so that its status says nothing.
  if (status >= 500 || error.transportCode !== undefined) return SERVICE_UNAVAILABLE;
  if (status >= 400) return UNEXPECTED_REJECTION;
  // A success whose body is no JSON came from a proxy. Any other error while a success is read is one of wrong types.
  if (error.name === 'SyntaxError') return SERVICE_UNAVAILABLE;
  return UNREADABLE_ANSWER;
}

/** The mapping of an error without a response. */
function toLocalMapping(error: ThrownFields): ErrorMapping | undefined {
  return (
    MAPPINGS_BY_LOCAL_NAME.get(error.name) ?? (error.transportCode === undefined ? undefined : SERVICE_UNAVAILABLE)
  );
}

/** Codes of sockets, DNS, TLS and HTTP parsing. Another code, such as that of a file or an argument, is a bug of ours. */
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

/** Picks the fields that the mapping needs: the SDK copies every field of an error's body onto what it throws. */
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
    // $response is what arrived. $metadata is missing for a body that is no JSON, and a body could pretend it.
    status: error.$response?.statusCode ?? error.$metadata?.httpStatusCode,
    transportCode: typeof error.code === 'string' && TRANSPORT_CODE.test(error.code) ? error.code : undefined,
    requestId: error.$response ? error.$response.headers?.['x-amzn-requestid'] : error.$metadata?.requestId,
  };
}

/** Cuts text to 1,000 characters, the most that ErrorMessage of the API has. */
function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, 1000) : null;
}

/** A value, or the failure that it could not be had by. */
export function catchFailure<T>(compute: () => T): T | InspectorFailure {
  try {
    return compute();
  } catch (thrown) {
    return toFailure(thrown);
  }
}
