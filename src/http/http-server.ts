import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { Readable } from 'node:stream';
import { type ApolloServer, type BaseContext, HeaderMap } from '@apollo/server';
import {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import type { Authenticator } from '../auth/authenticator.js';
import { SCHEMA_DENIED } from '../graphql/plugins/schema-access.js';
import { CacheStats, createHistograms, DURATION_BOUNDS, type Histograms } from '../metrics.js';
import type { Refuse } from '../process/early-refusal.js';
import type { RequestLine } from '../process/log.js';
import { type AuditSink, createAudit, toRefused, UNAUDITED } from './audit.js';
import { createAuthentication, type ToPrincipal } from './authentication.js';
import { type Callers, createCallers, everybody } from './callers.js';
import { type Caller, createToCaller } from './client-identity.js';
import { toContentEncoding } from './content-encoding.js';
import { createCorsPolicy, createRefusedOriginLog } from './cors.js';
import { toErrorBody } from './error-body.js';
import { EXPLANATION_HEADERS } from './explanation.js';
import {
  createGraphQLRoute,
  type GraphQLCaller,
  type GraphQLRouteOptions,
  type LoggedRequest,
} from './graphql-route.js';
import { addPages, type PagesOptions, toPagePaths } from './pages.js';
import { createRawRequestCache } from './raw-request-cache.js';
import { createRefuse } from './refusal-answer.js';
import { createReportRoute, REPORT_PATH, type ReportRouteOptions } from './report-route.js';
import { createRequestTracing } from './request-tracing.js';
import { type Answer, createResponseCache } from './response-cache.js';
import { SECURITY_HEADERS } from './security-headers.js';

const GRAPHQL_PATH = '/graphql';
const SANDBOX_PATH = '/sandbox';
/** The other routes, by GET, beside those of the pages. */
const PAGES = ['/healthz', '/readyz', '/schema.graphql', REPORT_PATH];
/** Fastify's default. */
const MAX_BODY_BYTES = 1024 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });
const REQUEST_ID = /^[\w.:-]{1,128}$/;
/** Those that metrics name, and what they call any other one. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);
const OTHER_METHOD = '_OTHER';

/** Headers of an answer that those of a refusal in its place must not have. */
const ANSWER_HEADERS = [
  'content-length',
  'content-encoding',
  'content-disposition',
  'etag',
  'location',
  'cache-control',
  ...EXPLANATION_HEADERS,
];

/** What has happened to requests. */
export interface HttpStats {
  /** By method, route and status. */
  readonly requests: Histograms;
  readonly rawRequests: CacheStats;
  readonly joined: CacheStats;
  readonly answers: CacheStats;
}

/** Nothing has happened yet. */
export function createHttpStats(): HttpStats {
  return {
    requests: createHistograms(DURATION_BOUNDS, 'http_request_method', 'http_route', 'http_response_status_code'),
    rawRequests: new CacheStats(),
    joined: new CacheStats(),
    answers: new CacheStats(),
  };
}

/** Settings and parts of the HTTP server. `apollo` has to be started, since its landing page is served, too. */
export interface HttpServerOptions<Context extends BaseContext>
  extends Omit<GraphQLRouteOptions<Context>, 'cache' | 'rawRequestCache' | 'cors' | 'callers' | 'toGraphQLCaller'>,
    Pick<ReportRouteOptions<Context>, 'reportsEndpoint'> {
  /** Null where nobody is asked who they are. */
  authenticator?: Authenticator | null | undefined;
  /** Whether caches that callers share may keep answers for all who may see everything. */
  arePublicToCaches?: boolean | undefined;
  /** Bytes of cached answers; 0 caches none. */
  maxCacheBytes: number;
  /** Allowed origins, or patterns of them, and whether their pages may send cookies and the like. */
  corsOrigins: readonly string[];
  corsCredentials: boolean;
  /** A path under which everything is served, beside the root, since a proxy may strip it. Empty for none. */
  basePath: string;
  /** Addresses and ranges of proxies whose X-Forwarded-For is trusted. */
  trustedProxies: readonly string[];
  /** The text of /schema.graphql; null where the schema is hidden. */
  schemaText: string | null;
  pages: PagesOptions;
  /** Creates the server in front, which uses `refuse` for requests that do not reach the listener. */
  createServer(listener: RequestListener, refuse: Refuse): Server;
  /** The answer of /readyz. */
  isReady(): boolean;
  logger: FastifyBaseLogger;
  logRequest(line: RequestLine): void;
  /** Where audit lines go; absent where nothing is audited. */
  auditSink?: AuditSink | undefined;
  stats?: HttpStats | undefined;
}

/** A request with its caller, for the log. */
interface CalledRequest extends LoggedRequest {
  caller: Caller;
}

/** Creates the HTTP server of the GraphQL endpoint and its further routes. It is not listening yet. */
export function createHttpServer<Context extends BaseContext>(options: HttpServerOptions<Context>) {
  const { apollo, basePath, createServer, isReady, logger, logRequest, maxCacheBytes, pages, schemaText } = options;
  const { stats = createHttpStats() } = options;
  const paths = [...PAGES, ...toPagePaths(pages), ...(pages.explorer ? [SANDBOX_PATH] : [])];
  const cors = createCorsPolicy(options.corsOrigins, options.corsCredentials);
  const logRefusedOrigin = createRefusedOriginLog(cors, logger);
  const toCaller = createToCaller(options.trustedProxies);
  const tracing = createRequestTracing();
  const toRefusal = createRefuse({
    cors,
    tracing,
    toCaller,
    toRequestId,
    logger,
    logRequest: (line) => onAnswered(line, ''),
  });
  const refuse: Refuse = (refusal) => {
    // It has no line of a request.
    if (refusal.request === null) stats.requests.observe(0, OTHER_METHOD, '', refusal.status);
    return toRefusal(refusal);
  };
  // Who asks is known only after those are refused who are not.
  const toPrincipal: ToPrincipal = (request) => callers.toPrincipal(request);
  const audit =
    options.auditSink === undefined ? undefined : createAudit(options.auditSink, toPrincipal, toCaller, refuse);
  const authentication =
    options.authenticator == null
      ? null
      : createAuthentication({
          authenticator: options.authenticator,
          isPublic: createIsPublic(pages),
          refuse,
          onDefect: (error) => logger.error({ err: error }, 'unexpected error'),
          toAudited(request) {
            const path = toAuditedPath(request.url);
            return audit === undefined || path === null ? null : { audit, requestId: toRequestId(request), path };
          },
        });
  const callers: Callers =
    authentication === null ? everybody : createCallers(authentication.toPrincipal, options.arePublicToCaches === true);
  // Half of the bytes for the response cache, half for the raw-request cache.
  const maxBytes = Math.floor(maxCacheBytes / 2);
  const cache = createResponseCache(maxBytes, stats.answers);
  const rawRequestCache =
    maxBytes === 0
      ? null
      : createRawRequestCache({
          path: GRAPHQL_PATH,
          maxBytes,
          cors,
          revision: options.revision,
          callers,
          toRequestId,
          audit,
          stats: stats.rawRequests,
          joinedStats: stats.joined,
          onAnswered(request, status, requestId, operation, durationMs, kind, cost) {
            const { remoteAddress, clientName, clientVersion } = toCaller(request);
            const line = {
              method: request.method as string,
              path: GRAPHQL_PATH,
              status,
              requestId,
              durationMs,
              remoteAddress,
              operation,
              cache: kind,
              cost: cost?.fields,
              clientName,
              clientVersion,
              ...toSubject(request),
              ...tracing.describe(request, GRAPHQL_PATH, kind),
            };
            onAnswered(line, GRAPHQL_PATH);
          },
        });
  const atBasePath = new WeakSet<IncomingMessage>();
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: MAX_BODY_BYTES,
    serverFactory(handler) {
      const cached = rawRequestCache?.wrap(handler) ?? handler;
      // Who asks is known before anything that was kept is given.
      const known = tracing.wrap(authentication?.wrap(cached) ?? cached);
      return createServer(withoutBasePath(basePath, atBasePath, known), refuse);
    },
    routerOptions: { ignoreTrailingSlash: true },
    // For a path that cannot be decoded, which has no route and so no error handler.
    frameworkErrors({ statusCode: status = 400, message }, { raw: request }, reply) {
      const { headers, body } = refuse({ status, message, request });
      (reply as FastifyReply).code(status).headers(headers).send(body);
    },
    // The server in front answers invalid HTTP.
    clientErrorHandler: () => {},
    // Requests are answered until the connections are drained, and only then the app is closed.
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: toRequestId,
  });

  for (const name of ['caller', 'operation', 'cache', 'upstreamCalls', 'cost', 'audited']) app.decorateRequest(name);
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    (request as CalledRequest).caller = toCaller(request.raw);
    reply.headers(SECURITY_HEADERS).headers(cors.toHeaders(origin)).header('x-request-id', request.id);
    if (origin !== undefined) logRefusedOrigin(origin, request.headers);
    // Any OPTIONS request is answered like a preflight request.
    if (request.method === 'OPTIONS') reply.headers(cors.toPreflightHeaders(request.headers)).code(204).send();
    // The parts of a page have relative addresses.
    else if (atBasePath.has(request.raw) && request.method === 'GET') reply.redirect(basePath + request.url, 308);
    else done();
  });
  // Before the hook that sets Cache-Control of errors.
  if (audit !== undefined) {
    app.addHook('onSend', async (request, reply, payload) => {
      const { url: path } = request.routeOptions;
      if (path !== GRAPHQL_PATH && path !== REPORT_PATH) return payload;
      const { id: requestId, operation, cache, cost, raw } = request as CalledRequest;
      const status = reply.statusCode;
      let { audited } = request as CalledRequest;
      // A page for people is no operation.
      if (audited === undefined && status < 400) return payload;
      audited ??= toRefused('refused', toErrorCode(payload));
      const answer = { requestId, path, status, operation, cache, cost: cost?.fields, audited };
      if (await audit.record(raw, answer)) return payload;
      if (payload instanceof Readable) payload.destroy();
      for (const name of ANSWER_HEADERS) reply.removeHeader(name);
      const { message, extensions, headers } = UNAUDITED;
      reply.code(UNAUDITED.status).headers(headers).type('application/json; charset=utf-8');
      return JSON.stringify(toErrorBody(message, { ...extensions, requestId }));
    });
  }
  // HTTP caches may store a 404 and some other errors unless they are no-store.
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (reply.statusCode >= 400 && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    done(null, payload);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, url, id: requestId, operation, cache, upstreamCalls, cost, caller } = request as CalledRequest;
    // Without the query string, which has the variables of a GET.
    const path = url.split('?', 1)[0] as string;
    const { url: route = '' } = request.routeOptions;
    const durationMs = reply.elapsedTime;
    const status = reply.statusCode;
    const asked = { method, path, status, requestId, durationMs, operation, cache, upstreamCalls };
    const traced = tracing.describe(request.raw, route, cache);
    onAnswered({ ...asked, cost: cost?.fields, ...caller, ...toSubject(request.raw), ...traced }, route);
    done();
  });

  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    let json: unknown;
    try {
      json = parseJsonBody(request, body as Buffer);
    } catch (error) {
      return done(error as Error);
    }
    done(null, json);
  });

  app.register(async (routes) => {
    routes.route({
      method: ['GET', 'POST'],
      url: GRAPHQL_PATH,
      handler: createGraphQLRoute({ ...options, cache, rawRequestCache, cors, callers, toGraphQLCaller }),
    });
    routes.get(REPORT_PATH, createReportRoute({ ...options, toGraphQLCaller }));
    addPages(routes, pages);
    if (pages.explorer) {
      let sandbox: Answer | undefined;
      routes.get(SANDBOX_PATH, async (request, reply) => {
        sandbox ??= toPage('text/html; charset=utf-8', await renderLandingPage(apollo, basePath));
        return sendPage(request, reply, sandbox);
      });
    }
    if (schemaText !== null) {
      const schema = toPage('text/plain; charset=utf-8', schemaText);
      routes.get('/schema.graphql', async (request, reply) => {
        if (callers.toPrincipal(request.raw)?.rights.maySeeSchema !== false) return sendPage(request, reply, schema);
        const { message, extensions } = SCHEMA_DENIED;
        return reply.code(403).send(toErrorBody(message, { ...extensions, requestId: request.id }));
      });
    }
    routes.get('/healthz', async () => ({ status: 'alive' }));
    routes.get('/readyz', async (_request, reply) =>
      isReady() ? { status: 'ready' } : reply.code(503).header('retry-after', '1').send({ status: 'not ready' }),
    );
  });

  async function sendPage(request: FastifyRequest, reply: FastifyReply, page: Answer): Promise<FastifyReply> {
    const encoding = toContentEncoding(request.headers['accept-encoding']);
    const vary = [reply.getHeader('vary') ?? [], 'Accept-Encoding'].flat().join(', ');
    reply.header('vary', vary).headers(Object.fromEntries(page.headers));
    if (encoding === 'identity') return reply.send(page.body);
    return reply.header('content-encoding', encoding).send(await cache.compress(null, page, encoding));
  }

  function toGraphQLCaller({ raw }: FastifyRequest): GraphQLCaller {
    return { principal: callers.toPrincipal(raw), remoteAddress: toCaller(raw).remoteAddress };
  }

  /** Counts a request, and logs its line. The route is one of the gateway's own, or empty. */
  function onAnswered(line: RequestLine, route: string): void {
    const method = METHODS.has(line.method) ? line.method : OTHER_METHOD;
    stats.requests.observe(line.durationMs / 1000, method, route, line.status);
    line.durationMs = toTenths(line.durationMs);
    logRequest(line);
  }

  /** For the log. */
  function toSubject(request: IncomingMessage): { subject?: string; keyId?: string | undefined } {
    const principal = callers.toPrincipal(request);
    return principal === null ? {} : { subject: principal.subject, keyId: principal.keyId ?? undefined };
  }

  app.setNotFoundHandler(async (request, reply) => sendNotFound(request, reply));

  function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { method, id } = request;
    const path = request.url.split('?', 1)[0] as string;
    const known = path === '/' ? path : path.replace(/\/$/, '');
    const isPage = paths.includes(known) && (known !== '/schema.graphql' || schemaText !== null);
    if (known === GRAPHQL_PATH || isPage) {
      const methods = known === GRAPHQL_PATH ? ['GET', 'POST'] : ['GET', 'HEAD'];
      const message = `${basePath}${known} is asked by ${methods.join(' and ')}, not by ${method}.`;
      reply.header('allow', methods.join(', '));
      return reply.code(405).send(toErrorBody(message, { code: 'METHOD_NOT_ALLOWED', requestId: id }));
    }
    const message = `There is no ${method} ${path} here. GraphQL is at ${basePath}${GRAPHQL_PATH}, by GET and POST.`;
    return reply.code(404).send(toErrorBody(message, { code: 'NOT_FOUND', requestId: id }));
  }

  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    // An error in the body of a request without a route.
    if (request.is404) return sendNotFound(request, reply);
    const status = error.statusCode ?? 500;
    if (status === 413) {
      // A client that is still sending would be reset before it reads why.
      reply.removeHeader('connection');
      request.raw.resume();
    }
    if (status < 500) return sendClientError(error, request, reply);
    request.log.error({ err: error }, 'unexpected error');
    return reply
      .code(500)
      .send(toErrorBody('Internal server error', { code: 'INTERNAL_SERVER_ERROR', requestId: request.id }));
  });

  /** JSON is UTF-8 (RFC 8259, section 8.1); fastify would take any charset and replace what it cannot decode. */
  function parseJsonBody(request: FastifyRequest, body: Buffer): unknown {
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      throw toHttpError(415, `Expected application/json as it is, but its encoding is ${JSON.stringify(encoding)}.`);
    }
    const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
    if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
      throw toHttpError(415, `Expected a body in UTF-8, but its charset is ${JSON.stringify(charset)}.`);
    }
    try {
      return JSON.parse(utf8.decode(body));
    } catch {
      throw toHttpError(400, 'Invalid JSON: expected a body of JSON in UTF-8.');
    }
  }

  return app;
}

/** What has no data in it: health, and the pages with their parts, from which people sign in. */
function createIsPublic(pages: PagesOptions): (path: string) => boolean {
  const paths = new Set(['/', '/healthz', '/readyz', ...toPagePaths(pages), ...(pages.explorer ? [SANDBOX_PATH] : [])]);
  return (path) => paths.has(path === '/' ? path : path.replace(/\/$/, '')) || path.startsWith('/assets/');
}

/** The client's own request id if it is safe in a log, or a new one. */
function toRequestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** The path of an operation, without what the client has added to it; null for any other path. */
function toAuditedPath(url = ''): string | null {
  const path = (url.split('?', 1)[0] as string).replace(/(?<=.)\/$/, '');
  return path === GRAPHQL_PATH || path === REPORT_PATH ? path : null;
}

/** The code of an error that is not one of GraphQL's execution: its body is short. */
function toErrorCode(payload: unknown): string | null {
  try {
    const { errors } = JSON.parse(String(payload)) as { errors?: { extensions?: { code?: unknown } }[] };
    const code = errors?.[0]?.extensions?.code;
    return typeof code === 'string' ? code : null;
  } catch {
    return null;
  }
}

/** Strips the base path, unless a proxy has done so; requests for the base path itself, without a slash, are remembered. */
function withoutBasePath(
  basePath: string,
  atBasePath: WeakSet<IncomingMessage>,
  listener: RequestListener,
): RequestListener {
  if (basePath === '') return listener;
  return (request, response) => {
    // https://www.rfc-editor.org/rfc/rfc9112#name-absolute-form
    const path = request.url?.replace(/^https?:\/\/[^/?]*/i, '') ?? '';
    const rest = path.slice(basePath.length);
    if (path.startsWith(basePath) && /^(?:[/?]|$)/.test(rest)) {
      request.url = rest.startsWith('/') ? rest : `/${rest}`;
      if (!rest.startsWith('/')) atBasePath.add(request);
    }
    listener(request, response);
  };
}

function toTenths(number: number): number {
  return Math.round(number * 10) / 10;
}

/** A static page as an answer. */
function toPage(type: string, text: string): Answer {
  return { status: 200, headers: [['content-type', type]], body: text, isPublic: true, expiresAt: 0 };
}

/** Renders Apollo's landing page, which sends queries to its own URL, so that it sends them to /graphql. */
async function renderLandingPage<Context extends BaseContext>(
  apollo: ApolloServer<Context>,
  basePath: string,
): Promise<string> {
  const { body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: 'GET',
      headers: new HeaderMap([['accept', 'text/html']]),
      search: '',
      body: undefined,
    },
    context: () => Promise.reject(new Error('The landing page needs no context.')),
  });
  if (body.kind !== 'complete') throw new Error('Apollo Server rendered no landing page.');
  const endpoint = `new URL('${basePath}${GRAPHQL_PATH}', window.location.href).href`;
  return body.string.replaceAll('window.location.href', endpoint);
}

function sendClientError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' ? toTypeMessage(request) : error.message;
  return reply.code(error.statusCode ?? 400).send(toErrorBody(message, { code: 'BAD_REQUEST', requestId: request.id }));
}

function toTypeMessage({ headers }: FastifyRequest): string {
  const type = headers['content-type'];
  return `Expected a body of application/json, but its content-type is ${type ? JSON.stringify(type) : 'missing'}.`;
}

function toHttpError(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}
