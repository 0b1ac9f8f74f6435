import { createHash } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { type ApolloServer, type BaseContext, HeaderMap } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../auth/principal.js';
import type { AuditedOperation } from '../graphql/audited-operation.js';
import type { OperationCost } from '../graphql/execution/counted-cost.js';
import type { TextJoin } from '../graphql/execution/text-join.js';
import type { Waiters } from '../shared-abort.js';
import { type Audience, CALLER_HEADERS, type Callers } from './callers.js';
import { CONTENT_HEADERS, type DataRevision, isMatch, noRevision, toCacheControl } from './conditional-request.js';
import { type Compression, MIN_COMPRESSED_LENGTH, toContentEncoding } from './content-encoding.js';
import type { CorsPolicy } from './cors.js';
import { isSafeFromForgery } from './csrf.js';
import { explain, isExplained } from './explanation.js';
import type { RawRequestCache } from './raw-request-cache.js';
import {
  type AddWaiter,
  type Answer,
  executeFor,
  isBuffered,
  isCacheable,
  LARGE_LENGTH,
  type ResponseCache,
} from './response-cache.js';

/** What has more values in its variables is compared with nothing: no operation uses as many. */
const MAX_KEY_VALUES = 10_000;

/** How the graph is asked. */
export interface GraphQLRouteOptions<Context extends BaseContext> {
  apollo: ApolloServer<Context>;
  /** A context for one execution: the request that it is made for, who waits for it, and who asks. */
  createContext(requestId: string, waiters: Waiters, caller: GraphQLCaller): Context;
  /** For how many ms an answer may be cached: 0 for not at all, null where those who asked the same must not share it. */
  toMaxAgeMs(context: Context): number | null;
  /** The operation that was executed: its name, if it has one, how it is answered with other variables, and its cost. */
  toOperation(context: Context): AskedOperation | undefined;
  revision?: DataRevision | undefined;
  cache: ResponseCache;
  rawRequestCache: RawRequestCache | null;
  cors: CorsPolicy;
  callers: Callers;
  toGraphQLCaller(request: FastifyRequest): GraphQLCaller;
}

/** Who asks: the principal where that is known, and the address; undefined when the connection has closed. */
export interface GraphQLCaller {
  readonly principal: Principal | null;
  readonly remoteAddress: string | undefined;
}

/** What was executed. */
export interface AskedOperation {
  readonly name: string | undefined;
  readonly join: TextJoin | null;
  readonly cost: OperationCost | null;
  readonly calls: { readonly made: number };
  readonly audited: AuditedOperation | null;
}

/** What a route tells the log. */
export interface LoggedRequest extends FastifyRequest {
  operation?: string | undefined;
  cache?: 'answer' | 'miss' | 'bypass' | undefined;
  cost?: Answer['cost'];
  upstreamCalls?: number | undefined;
  audited?: AuditedOperation | undefined;
}

/** Handles GET and POST of the GraphQL endpoint. */
export function createGraphQLRoute<Context extends BaseContext>(options: GraphQLRouteOptions<Context>) {
  const {
    apollo,
    createContext,
    toMaxAgeMs,
    toOperation,
    revision = noRevision,
    cache,
    rawRequestCache,
    cors,
    callers,
    toGraphQLCaller,
  } = options;

  async function execute(request: FastifyRequest, waiters: Waiters): Promise<Answer> {
    let context: Context | undefined;
    const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method,
        headers: toHeaderMap(request, cors),
        search: toSearch(request.url),
        body: request.body,
      },
      async context() {
        context = createContext(request.id, waiters, toGraphQLCaller(request));
        return context;
      },
    });
    const maxAgeMs = context === undefined || body.kind === 'chunked' ? null : toMaxAgeMs(context);
    const operation = context === undefined ? undefined : toOperation(context);
    return {
      status: status ?? 200,
      headers,
      body: body.kind === 'chunked' ? body.asyncIterator : toBody(body.string),
      operation: operation?.name,
      join: operation?.join,
      cost: operation?.cost,
      upstreamCalls: operation?.calls.made,
      audited: operation?.audited ?? undefined,
      isPublic: maxAgeMs !== null && (status ?? 200) === 200,
      expiresAt: maxAgeMs ? performance.now() + maxAgeMs : 0,
    };
  }

  return async function handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const key = toKey(request, [revision.current, callers.toKey(request.raw)], cors);
    const kept = key === null ? undefined : cache.find(key);
    if (kept !== undefined) {
      if (isExplained(request.headers)) reply.headers(explain('hit; detail=answer', kept));
      (request as LoggedRequest).cache = 'answer';
      return send(request, reply, key, kept, true);
    }
    const addWaiter = toAddWaiter(reply);
    const executeAsked = (waiters: Waiters) => execute(request, waiters);
    const answer =
      key === null ? await executeFor(executeAsked, addWaiter) : await cache.make(key, executeAsked, addWaiter);
    if (isExplained(request.headers)) reply.headers(explain(key === null ? 'fwd=bypass' : 'fwd=miss', answer));
    (request as LoggedRequest).cache = key === null ? 'bypass' : 'miss';
    (request as LoggedRequest).upstreamCalls = answer.upstreamCalls;
    // Small answers enter the raw-request cache at once, large ones when they are asked for again.
    return send(request, reply, key, answer, typeof answer.body === 'string');
  };

  /** Sends an answer to `key`, compressed if that is worth it. With `isHot`, it may be kept by its text. */
  async function send(
    request: LoggedRequest,
    reply: FastifyReply,
    key: string | null,
    answer: Answer,
    isHot: boolean,
  ): Promise<FastifyReply> {
    const { body } = answer;
    request.operation = answer.operation;
    request.cost = answer.cost;
    request.audited = answer.audited;
    reply.code(answer.status);
    const audience = callers.toAudience(request.raw);
    sendHeaders(reply, answer, audience);
    if (!isBuffered(body)) return reply.send(Readable.from(body));
    const encoding =
      body.length < MIN_COMPRESSED_LENGTH ? 'identity' : toContentEncoding(request.headers['accept-encoding']);
    const isRemembered = rawRequestCache !== null && isHot && isCacheable(answer);
    const etag = request.method === 'GET' && isCacheable(answer) ? toEtag(answer, encoding) : undefined;
    if (etag !== undefined) {
      const cacheControl = toCacheControl(answer.expiresAt, revision.maxClientAgeMs, audience === 'private');
      reply.header('etag', etag).header('cache-control', cacheControl);
    }
    const isUnchanged = etag !== undefined && isMatch(request.headers['if-none-match'], etag);
    if (isUnchanged && !isRemembered) return sendNotModified(reply);
    if (encoding !== 'identity') reply.header('content-encoding', encoding);
    const encoded = encoding === 'identity' ? body : await cache.compress(key, answer, encoding);
    if (answer.join != null && encoding === 'identity' && isCacheable(answer)) {
      rawRequestCache?.keepJoin(request.raw, reply.getHeaders() as OutgoingHttpHeaders, answer);
    }
    if (isRemembered)
      rawRequestCache.keep(request.raw, reply.getHeaders() as OutgoingHttpHeaders, { ...answer, body: encoded });
    return isUnchanged ? sendNotModified(reply) : reply.send(encoded);
  }
}

/** Registers the client as a waiter until its connection closes. */
export function toAddWaiter({ raw }: FastifyReply): AddWaiter {
  return (waiters) => {
    const leave = waiters.enter();
    if (raw.closed) return leave();
    raw.once('close', () => {
      if (!raw.writableFinished) leave();
    });
  };
}

/** Large text as bytes: it is measured and written as it is then, however often it is sent. */
function toBody(text: string): string | Buffer {
  return text.length < LARGE_LENGTH ? text : Buffer.from(text);
}

function sendHeaders(reply: FastifyReply, { headers }: Answer, audience: Audience): FastifyReply {
  for (const [name, value] of headers) if (name !== 'content-length') reply.header(name, value);
  const own = audience === 'everybody' ? [] : CALLER_HEADERS;
  return reply.header('vary', [reply.getHeader('vary') ?? [], 'Accept', 'Accept-Encoding', own].flat().join(', '));
}

function sendNotModified(reply: FastifyReply): FastifyReply {
  for (const name of CONTENT_HEADERS) reply.removeHeader(name);
  return reply.code(304).send();
}

/**
 * Whatever can change an answer: the revision of the data and what the caller may see, what is asked, in a form that is the
 * same for the same question, and which media types are accepted. Null for requests that are none that Apollo Server would answer, and for it to refuse.
 */
function toKey(request: FastifyRequest, start: readonly (string | null)[], cors: CorsPolicy): string | null {
  const { headers } = request;
  const asked = request.method === 'GET' ? toAskedByGet(request, cors) : request.body;
  if (typeof asked !== 'object' || asked === null || Array.isArray(asked)) return null;
  const { query, operationName, variables, extensions, documentId } = asked as Record<string, unknown>;
  if (!isAbsentOr('string', query) || !isAbsentOr('string', operationName)) return null;
  if (!isAbsentOr('string', documentId)) return null;
  if (!isAbsentOr('object', variables) || !isAbsentOr('object', extensions)) return null;
  const persistedQuery = (extensions as { persistedQuery?: unknown } | null | undefined)?.persistedQuery;
  try {
    const budget = { values: MAX_KEY_VALUES };
    const asked = [toCanonical(variables, budget), toCanonical(persistedQuery, budget)];
    return JSON.stringify([...start, headers.accept, query, operationName, documentId, ...asked]);
  } catch {
    // Nested too deeply, of too many values, or with a number that is too large.
    return null;
  }
}

/** Null for a request that a page of another origin could make a browser send, which Apollo Server refuses. */
function toAskedByGet({ headers, url }: FastifyRequest, cors: CorsPolicy): unknown {
  if (!isSafeFromForgery(headers, cors)) return null;
  const parameters = new URLSearchParams(toSearch(url));
  const asked = Object.fromEntries(parameters);
  if (Object.keys(asked).length !== parameters.size) return null;
  try {
    const variables = asked.variables === undefined ? undefined : JSON.parse(asked.variables);
    const extensions = asked.extensions === undefined ? undefined : JSON.parse(asked.extensions);
    return { ...asked, variables, extensions };
  } catch {
    return null;
  }
}

function isAbsentOr(type: 'string' | 'object', value: unknown): boolean {
  return value === undefined || value === null || (typeof value === type && !Array.isArray(value));
}

/** The same value, with the members of its objects in order of their names. Throws where there are more than `budget`. */
function toCanonical(value: unknown, budget: { values: number }): unknown {
  // What JSON has no way to write is null there: 1e999 is another question than null.
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`${value} is no JSON.`);
  if (typeof value !== 'object' || value === null) return value;
  const members: unknown[] = Array.isArray(value) ? value : Object.entries(value);
  budget.values -= members.length;
  if (budget.values < 0) throw new RangeError('That are too many values to compare.');
  if (Array.isArray(value)) return value.map((item) => toCanonical(item, budget));
  const sorted = (members as [string, unknown][]).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, member]) => [name, toCanonical(member, budget)]));
}

const etags = new WeakMap<Answer, string>();

/** Of the text that is sent (https://www.rfc-editor.org/rfc/rfc9110#name-etag). */
function toEtag(answer: Answer, encoding: Compression | 'identity'): string {
  let etag = etags.get(answer);
  if (etag === undefined) {
    etag = createHash('sha256')
      .update(answer.body as string | Buffer)
      .digest('base64url');
    etags.set(answer, etag);
  }
  return encoding === 'identity' ? `"${etag}"` : `"${etag}-${encoding}"`;
}

function toSearch(url: string): string {
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start);
}

/** A GET that is safe has, for Apollo Server, one of the headers by which it tells that. */
function toHeaderMap({ headers, method }: FastifyRequest, cors: CorsPolicy): HeaderMap {
  const map = new HeaderMap();
  if (method === 'GET' && isSafeFromForgery(headers, cors)) map.set('apollo-require-preflight', 'true');
  for (const name in headers) {
    const value = headers[name];
    if (value) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}
