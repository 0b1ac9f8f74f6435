import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import { toAccounts } from '../graphql/execution/touched-accounts.js';
import { CacheStats } from '../metrics.js';
import type { Audit } from './audit.js';
import { type Callers, everybody } from './callers.js';
import { CONTENT_HEADERS, type DataRevision, isMatch, noRevision, toCacheControl } from './conditional-request.js';
import { toContentEncoding } from './content-encoding.js';
import type { CorsPolicy } from './cors.js';
import { isSafeFromForgery } from './csrf.js';
import { EXPLANATION_HEADERS, explain, isExplained } from './explanation.js';
import { createJoinedAnswers, type JoinedAnswer } from './joined-answers.js';
import { type Answer, isBuffered, LARGE_LENGTH, toAuditedBytes } from './response-cache.js';

/** Longer bodies are seldom sent twice. */
const MAX_BODY_BYTES = 16_384;

/** What an entry takes besides its strings: measured, some 700 bytes. */
const OVERHEAD_BYTES = 1024;

/** Headers of a response that are not kept with it: each response has its own. */
const OWN_HEADERS = new Set([
  'x-request-id',
  'content-length',
  'connection',
  'date',
  'keep-alive',
  'transfer-encoding',
  ...EXPLANATION_HEADERS,
]);

/** A response that was sent, to be sent again to whoever sends the same request. */
interface Sent {
  readonly headers: readonly string[];
  readonly body: string | Buffer;
  /** ASCII is written as Latin-1, which need not be encoded, and so are bytes that are few: with the headers, at once. */
  readonly encoding: 'latin1' | 'utf8';
  readonly etag: string | undefined;
  readonly operation: string | undefined;
  readonly cost: Answer['cost'];
  readonly audited: Answer['audited'];
  readonly expiresAt: number;
}

/** A request that was not answered here: its key, the part of that which headers give, and the body of a POST. */
interface Missed {
  readonly key: string;
  readonly headerKey: string;
  readonly body: Buffer | null;
}

/** What the rest of the server need not see again. */
export interface RawRequestCache {
  /** Answers a request whose text was answered before, and leaves every other one to `listener`, untouched. */
  wrap(listener: RequestListener): RequestListener;
  /** The answer to a request of `listener`'s, as it is sent, and all of its headers. */
  keep(request: IncomingMessage, headers: OutgoingHttpHeaders, answer: Answer): void;
  /** The same for all requests that differ in their variables alone; the answer has a `join`. */
  keepJoin(request: IncomingMessage, headers: OutgoingHttpHeaders, answer: Answer): void;
}

/** Who is told of a request that was answered from the raw-request cache. */
export type OnAnswered = (
  request: IncomingMessage,
  status: number,
  requestId: string,
  operation: string | undefined,
  durationMs: number,
  cache: 'raw-request' | 'joined',
  cost: Answer['cost'],
) => void;

/** How requests are looked at; `toRequestId` is the server's. */
export interface RawRequestCacheOptions {
  path: string;
  /** Of what is kept. */
  maxBytes: number;
  cors: Pick<CorsPolicy, 'isAllowed'>;
  revision?: DataRevision | undefined;
  callers?: Callers | undefined;
  toRequestId(request: IncomingMessage): string;
  onAnswered: OnAnswered;
  /** Answers of executions have what it needs. */
  audit?: Audit | undefined;
  stats?: CacheStats | undefined;
  joinedStats?: CacheStats | undefined;
}

/**
 * Serves byte-identical requests from a cache before any parsing, by the URL of a GET or the body of a POST and those
 * headers that can change an answer. Bounded by bytes.
 */
export function createRawRequestCache({
  path,
  maxBytes,
  cors,
  revision = noRevision,
  callers = everybody,
  toRequestId,
  onAnswered,
  audit,
  stats = new CacheStats(),
  joinedStats,
}: RawRequestCacheOptions): RawRequestCache {
  const sent = new LRUCache<string, Sent>({
    maxSize: maxBytes,
    // Strings of Latin-1 take a byte a character, and such are all but some bodies.
    sizeCalculation: ({ headers, body, encoding, audited }, key) =>
      OVERHEAD_BYTES +
      key.length +
      (encoding === 'latin1' ? 1 : 2) * body.length +
      headers.join().length +
      toAuditedBytes({ audited }),
    dispose: stats.onDispose,
  });
  stats.track(sent);
  const joined = createJoinedAnswers(joinedStats);
  const missed = new WeakMap<IncomingMessage, Missed>();
  const pathAndSearch = `${path}?`;

  /** Whether the request was answered, as the same one was before, or one with other variables. */
  function answer(
    request: IncomingMessage,
    response: ServerResponse,
    question: string,
    body: Buffer | null,
    startedAt: number,
  ): boolean {
    const { accept, origin, 'accept-encoding': acceptEncoding } = request.headers;
    const encoding = toContentEncoding(acceptEncoding);
    const headerKey = `${revision.current} ${callers.toKey(request)} ${encoding} ${accept ?? ''}\n${origin ?? ''}\n`;
    const key = headerKey + question;
    const known = sent.get(key);
    if (known === undefined || known.expiresAt <= performance.now()) {
      stats.misses += 1;
      const arns: string[] = [];
      const mayRead = (arn: string) => {
        if (audit !== undefined) arns.push(arn);
        return callers.mayRead(request, arn);
      };
      const found = body === null ? null : joined.find(headerKey, body, encoding, mayRead);
      if (found !== null) {
        answerJoined(request, response, found, arns, startedAt);
        return true;
      }
      missed.set(request, { key, headerKey, body });
      return false;
    }
    stats.hits += 1;
    const requestId = toRequestId(request);
    const isUnchanged = known.etag !== undefined && isMatch(request.headers['if-none-match'], known.etag);
    const status = isUnchanged ? 304 : 200;
    const { audited, operation, cost } = known;
    if (audit === undefined || audited === undefined) send(request, response, known, requestId, status, startedAt);
    else {
      const answer = { requestId, path, status, operation, cache: 'raw-request', cost: cost?.fields, audited };
      audit.beforeAnswer(request, response, answer, () => send(request, response, known, requestId, status, startedAt));
    }
    return true;
  }

  function send(
    request: IncomingMessage,
    response: ServerResponse,
    known: Sent,
    requestId: string,
    status: 200 | 304,
    startedAt: number,
  ): void {
    const isUnchanged = status === 304;
    const headers = isUnchanged ? withoutContent(known.headers) : [...known.headers];
    headers.push('x-request-id', requestId);
    if (isExplained(request.headers)) headers.push(...Object.entries(explain('hit; detail=raw-request', known)).flat());
    if (known.etag !== undefined) {
      const isPrivate = callers.toAudience(request) === 'private';
      headers.push('cache-control', toCacheControl(known.expiresAt, revision.maxClientAgeMs, isPrivate));
    }
    response.writeHead(status, headers);
    if (isUnchanged) response.end();
    else response.end(known.body, known.encoding);
    const durationMs = performance.now() - startedAt;
    onAnswered(request, status, requestId, known.operation, durationMs, 'raw-request', known.cost);
  }

  function answerJoined(
    request: IncomingMessage,
    response: ServerResponse,
    joined: JoinedAnswer,
    arns: readonly string[],
    startedAt: number,
  ): void {
    const { operation, audited } = joined;
    const requestId = toRequestId(request);
    if (audit === undefined || audited === undefined) {
      sendJoined(request, response, joined, requestId, startedAt);
      return;
    }
    const itsOwn = { ...audited, accounts: toAccounts(arns) };
    const answer = { requestId, path, status: 200, operation, cache: 'joined', audited: itsOwn };
    audit.beforeAnswer(request, response, answer, () => sendJoined(request, response, joined, requestId, startedAt));
  }

  function sendJoined(
    request: IncomingMessage,
    response: ServerResponse,
    { headers, operation, text, bytes }: JoinedAnswer,
    requestId: string,
    startedAt: number,
  ): void {
    const explanation = isExplained(request.headers) ? Object.entries(explain('hit; detail=joined', null)).flat() : [];
    response.writeHead(200, [...headers, ...explanation, 'content-length', String(bytes), 'x-request-id', requestId]);
    response.end(text, bytes === text.length ? 'latin1' : 'utf8');
    onAnswered(request, 200, requestId, operation, performance.now() - startedAt, 'joined', null);
  }

  function lookAtGet(request: IncomingMessage, response: ServerResponse): boolean {
    const { headers } = request;
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) return false;
    // What is refused is refused by those behind.
    if (!isSafeFromForgery(headers, cors)) return false;
    return answer(request, response, request.url as string, null, performance.now());
  }

  return {
    wrap: (listener) => (request, response) => {
      const { headers, method, url } = request;
      if (method === 'GET' && url?.startsWith(pathAndSearch)) {
        if (!lookAtGet(request, response)) listener(request, response);
        return;
      }
      const length = Number(headers['content-length']);
      const isCandidate =
        method === 'POST' &&
        url === path &&
        headers['content-type'] === 'application/json' &&
        headers['content-encoding'] === undefined &&
        length > 0 &&
        length <= MAX_BODY_BYTES;
      if (!isCandidate) return listener(request, response);
      const startedAt = performance.now();
      const chunks: Buffer[] = [];
      let bytes = 0;
      const onReadable = () => {
        for (let chunk = request.read(); chunk !== null; chunk = request.read()) {
          chunks.push(chunk);
          bytes += chunk.length;
        }
        if (bytes < length && !request.readableEnded) return;
        request.removeListener('readable', onReadable);
        const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
        if (answer(request, response, `\n${body.toString('latin1')}`, body, startedAt)) return;
        // As if nobody had looked: https://nodejs.org/api/stream.html#readableunshiftchunk-encoding
        request.unshift(body);
        listener(request, response);
      };
      request.on('readable', onReadable);
    },
    keep(request, headers, { body, operation, cost, audited, expiresAt }) {
      const key = missed.get(request)?.key;
      if (key === undefined || !isBuffered(body) || sent.peek(key)?.expiresAt === expiresAt) return;
      const list = toHeaderList(headers);
      const bytes = Buffer.byteLength(body);
      list.push('content-length', String(bytes));
      const isFew = typeof body !== 'string' && bytes < LARGE_LENGTH;
      sent.set(key, {
        headers: list,
        body: isFew ? body.toString('latin1') : body,
        encoding: isFew || bytes === body.length ? 'latin1' : 'utf8',
        etag: headers.etag === undefined ? undefined : String(headers.etag),
        operation,
        cost,
        audited,
        expiresAt,
      });
    },
    keepJoin(request, headers, answer) {
      const { headerKey, body } = missed.get(request) ?? { body: null };
      if (headerKey !== undefined && body !== null) joined.keep(headerKey, body, toHeaderList(headers), answer);
    },
  };
}

/** Names and values, as writeHead takes them. */
function toHeaderList(headers: OutgoingHttpHeaders): string[] {
  // With an ETag, Cache-Control tells how fresh the answer still is.
  const isOwn = (name: string) => OWN_HEADERS.has(name) || (name === 'cache-control' && headers.etag !== undefined);
  const names = Object.keys(headers).filter((name) => !isOwn(name));
  return names.flatMap((name) => [name, String(headers[name])]);
}

function withoutContent(headers: readonly string[]): string[] {
  return headers.filter((_, at) => !CONTENT_HEADERS.includes(headers[at - (at % 2)] as string));
}
