import { randomUUID } from 'node:crypto';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { MAX_SCOPE_LENGTH } from '../../domain/scope.js';
import { getTracing, type Span } from '../../tracing.js';
import { isUnavailable } from '../store/database.js';
import type { Reader } from '../store/reader.js';
import { ApiError, createInternalError, createSerializationError } from './api-error.js';
import { isExpected } from './modelled-errors.js';
import { toOrigin } from './origin.js';
import { fetchReportFile, REPORTS_PATH } from './report-files.js';
import { parseTarget, type Target, targets } from './services.js';
import { runOperation } from './shared/operation.js';
import type { VerifySignature } from './signature-verifier.js';
import { parseScopeHeader, parseVisibility } from './visibility.js';

const MAX_BODY_BYTES = 1024 * 1024;
/** The URL and the headers of a request: a scope, and as much as node takes by default. */
export const MAX_HEADER_BYTES = MAX_SCOPE_LENGTH + 16 * 1024;
/** The common errors of AWS's APIs: https://docs.aws.amazon.com/inspector/v1/APIReference/CommonErrors.html */
const REFUSAL_TYPES = new Map([
  [408, 'RequestTimeoutException'],
  [413, 'RequestEntityTooLargeException'],
]);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A request, for the log. */
export interface ArchiveRequest {
  requestId: string;
  /** The operation that was asked for, or null when the request named none. */
  operation: string | null;
  status: number;
  /** The `__type` of the error that answered it, or null. */
  errorType: string | null;
  durationMs: number;
}

/** A response without the headers that all have. */
interface Answer {
  readonly status: number;
  /** The `__type` of an error. */
  readonly errorType: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** The protocol's error for a request that is refused before it reaches the archive; `request` is null if unreadable. */
type Refuse = (refusal: { status: number; message: string; request: IncomingMessage | null }) => {
  headers: Record<string, string>;
  body: string;
};

/**
 * Sent with every response: headers for security, as by the gateway, though a report has a policy of its own; and the version
 * of the archive's own operations, by which a gateway knows an archive.
 */
const COMMON_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-inspector-archive': '1',
};

/** What the server reads from, and callbacks for what it does. */
export interface ArchiveServerOptions {
  readonly reader: Reader;
  /** Resolves when the archive can be read, for /readyz; rejects with why not. */
  readonly probe?: () => Promise<void>;
  /** Replaces node's own; it takes headers of MAX_HEADER_BYTES, and answers with `refuse` what it does not let through to the listener. */
  createServer?: (listener: RequestListener, refuse: Refuse) => Server;
  /** Refuses requests for operations that nobody who may ask has signed; without it, any signature or none is taken. */
  verifySignature?: VerifySignature | undefined;
  onRequest?: (request: ArchiveRequest) => void;
  /** Called with what failed behind an error of the server. */
  onDefect?: (error: unknown, requestId: string) => void;
}

/**
 * A read-only endpoint for the archive's services in awsJson1.1
 * (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html), with report files, /healthz and /readyz beside it. Without
 * `verifySignature` any signature or none is accepted; one for a region sees that region only, and a scope what it has. It is not
 * listening yet.
 */
export function createArchiveServer(options: ArchiveServerOptions): Server {
  const {
    reader,
    probe,
    createServer = (listener) => createHttpServer({ maxHeaderSize: MAX_HEADER_BYTES }, listener),
    onRequest,
    onDefect,
    verifySignature,
  } = options;

  async function run(request: IncomingMessage, { operation, text, isRegional }: Target, body: Buffer): Promise<string> {
    if (operation === undefined) {
      const expected = `Expected an X-Amz-Target of ${targets.join(', ')}`;
      throw new ApiError('UnknownOperationException', 404, `${expected}, but got ${text ?? 'none'}.`);
    }
    const visibility = parseVisibility(request);
    const input = parseJson(body);
    const context = {
      reader,
      visibility: isRegional ? visibility : { ...visibility, region: null },
      origin: toOrigin(request),
    };
    return retryOnce(() => runOperation(operation, input, context));
  }

  const takeTurn = createTurns();

  /** Null when the client is gone. */
  async function answerOperation(request: IncomingMessage, target: Target, requestId: string): Promise<Answer | null> {
    const headers = { 'Content-Type': 'application/x-amz-json-1.1' };
    try {
      const body = await readBody(request);
      verifySignature?.(request, body);
      await takeTurn();
      if (request.socket.destroyed) return null;
      return { status: 200, errorType: null, headers, body: await run(request, target, body) };
    } catch (thrown) {
      if (request.destroyed && !request.complete) return null;
      const error = toExpectedError(thrown, target);
      if (error !== thrown) onDefect?.(thrown, requestId);
      const { status, type: errorType, members, message } = error;
      return { status, errorType, headers, body: JSON.stringify({ __type: errorType, ...members, message }) };
    }
  }

  async function answerReport({ headers }: IncomingMessage, path: string, requestId: string): Promise<Answer> {
    try {
      const scope = parseScopeHeader(headers);
      const file = await retryOnce(() => fetchReportFile(reader, path, scope));
      if (file === null) return toTextAnswer(404, 'The archive has no such assessment report.');
      return { status: 200, errorType: null, headers: file.headers, body: file.content };
    } catch (error) {
      if (error instanceof ApiError) return toTextAnswer(error.status, error.message);
      onDefect?.(error, requestId);
      return isUnavailable(error)
        ? toTextAnswer(503, 'The archive is out of reach.')
        : toTextAnswer(500, 'The archive failed inside.');
    }
  }

  /** /healthz and /readyz, as the gateway answers them; null for any other request. */
  async function answerHealth({ method, url }: IncomingMessage, requestId: string): Promise<Answer | null> {
    if (method !== 'GET' && method !== 'HEAD') return null;
    if (url === '/healthz') return toHealthAnswer(200, 'alive');
    if (url !== '/readyz') return null;
    try {
      await probe?.();
      return toHealthAnswer(200, 'ready');
    } catch (error) {
      onDefect?.(error, requestId);
      return toHealthAnswer(503, 'not ready');
    }
  }

  const refuse: Refuse = ({ status, message, request }) => {
    const requestId = randomUUID();
    const errorType = REFUSAL_TYPES.get(status) ?? 'MalformedHttpRequestException';
    onRequest?.({ requestId, operation: parseTarget(request?.headers).name, status, errorType, durationMs: 0 });
    return {
      headers: { ...COMMON_HEADERS, 'x-amzn-RequestId': requestId, 'Content-Type': 'application/x-amz-json-1.1' },
      body: JSON.stringify({ __type: errorType, message }),
    };
  };

  async function handle(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    span: Span | null = null,
  ): Promise<void> {
    const startedAt = performance.now();
    const requestId = randomUUID();
    const reportPath = toReportPath(request);
    const answer =
      (await answerHealth(request, requestId)) ??
      (reportPath === null
        ? await answerOperation(request, target, requestId)
        : await answerReport(request, reportPath, requestId));
    if (answer === null) return;
    const { status, errorType, headers, body } = answer;
    if (errorType !== null) span?.fail(errorType);
    // node adds the current Date, by which the SDKs correct their clocks.
    response.writeHead(status, {
      ...COMMON_HEADERS,
      'x-amzn-RequestId': requestId,
      ...headers,
      'Content-Length': Buffer.byteLength(body),
    });
    response.end(body);
    // A client that is still sending a body that was refused would be reset before it reads why.
    request.resume();
    onRequest?.({ requestId, operation: target.name, status, errorType, durationMs: performance.now() - startedAt });
  }

  const tracing = getTracing();
  return createServer(async (request, response) => {
    const target = parseTarget(request.headers);
    if (tracing === null || target.operation === undefined || isPoll(request, target)) {
      return handle(request, response, target);
    }
    // By the conventions for what the AWS SDK calls: https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/
    const attributes = { 'rpc.system': 'aws-api', 'rpc.service': 'Inspector', 'rpc.method': target.name as string };
    const span = tracing.startRequest(`Inspector/${target.name}`, request.headers, attributes);
    await tracing.within(span, () => handle(request, response, target, span)).finally(() => span.end());
  }, refuse);
}

/**
 * Lets one request begin in each turn of the event loop. SQLite holds the thread while it reads: many requests that have come
 * at once would all be read before it is seen that their clients have given up.
 */
function createTurns(): () => Promise<void> {
  const waiting: (() => void)[] = [];
  let isTaken = false;

  function next(): void {
    const begin = waiting.shift();
    isTaken = begin !== undefined;
    if (begin === undefined) return;
    setImmediate(next);
    begin();
  }

  return async () => {
    if (isTaken) return new Promise((resolve) => waiting.push(resolve));
    isTaken = true;
    setImmediate(next);
  };
}

/** Gateways ask for the revision every second, beside any request. */
function isPoll({ headers }: IncomingMessage, { name }: Target): boolean {
  return name === 'GetArchiveRevision' && headers.traceparent === undefined;
}

/** A pooled connection may have been lost without a sign; everything is a read, so a second attempt is safe. */
async function retryOnce<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return read();
  }
}

/** The path of a request for the file of a report, or null. */
function toReportPath({ method, url = '' }: IncomingMessage): string | null {
  const isReport = (method === 'GET' || method === 'HEAD') && url.startsWith(REPORTS_PATH);
  return isReport ? (url.split('?', 1)[0] as string) : null;
}

function toTextAnswer(status: number, message: string): Answer {
  return { status, errorType: null, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${message}\n` };
}

function toHealthAnswer(status: number, text: string): Answer {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  return { status, errorType: null, headers, body: JSON.stringify({ status: text }) };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (request.method !== 'POST') {
    throw new ApiError('MalformedHttpRequestException', 400, `Expected a POST request, but got ${request.method}.`);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new ApiError('RequestEntityTooLargeException', 413, `Expected a body of at most ${MAX_BODY_BYTES} bytes.`);
    }
  }
  return Buffer.concat(chunks);
}

/** Other encodings than UTF-8 are refused (RFC 8259, section 8.1). */
function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw createSerializationError('Expected a body of JSON in UTF-8.');
  }
}

/** What was thrown as an error that the operation's model has. */
function toExpectedError(thrown: unknown, { modelledErrors }: Target): ApiError {
  if (thrown instanceof ApiError && isExpected(thrown.type, modelledErrors)) return thrown;
  if (!isUnavailable(thrown)) return createInternalError('The archive failed inside.');
  const message = 'The archive is out of reach.';
  return isExpected('ServiceTemporarilyUnavailableException', modelledErrors)
    ? new ApiError('ServiceTemporarilyUnavailableException', 503, message, { canRetry: true })
    : createInternalError(message, true);
}
