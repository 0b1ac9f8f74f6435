import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { type ApolloServer, type BaseContext, HeaderMap } from '@apollo/server';
import {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import type { Refuse } from '../process/early-refusal.js';
import type { RequestLine } from '../process/log.js';
import { type Caller, createToCaller } from './caller.js';
import { toContentEncoding } from './content-encoding.js';
import { createCorsPolicy, createRefusedOriginLog } from './cors.js';
import { createRefuse } from './early-refusals.js';
import { toErrorBody } from './error-body.js';
import { createGraphQLRoute, type GraphQLRouteOptions, type LoggedRequest } from './graphql-route.js';
import { createRawRequestCache } from './raw-request-cache.js';
import { type Answer, createResponseCache } from './response-cache.js';
import { SECURITY_HEADERS } from './security-headers.js';

const GRAPHQL_PATH = '/graphql';
/** What is served beside GraphQL, by GET. */
const PAGES = ['/', '/healthz', '/readyz', '/schema.graphql'];
const MAX_BODY_BYTES = 1024 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** What is served, to whom, and who is told; `apollo` is started, since its landing page is part of what is served. */
export interface HttpServerOptions<Context extends BaseContext>
  extends Omit<GraphQLRouteOptions<Context>, 'cache' | 'rawRequestCache' | 'cors'> {
  /** How much is kept of answers; 0 for none. */
  maxCacheBytes: number;
  /** Origins whose pages may ask, or patterns of them, and whether with cookies and the like. */
  corsOrigins: readonly string[];
  corsCredentials: boolean;
  /** The path under which everything is served, beside the root: a proxy may have taken it away. Empty for none. */
  basePath: string;
  /** Addresses, and ranges of them, whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  /** What /schema.graphql answers; null where the schema is nobody's business. */
  schemaText: string | null;
  /** Makes the server in front, which says with `refuse` what does not reach the listener. */
  createServer(listener: RequestListener, refuse: Refuse): Server;
  /** Whether /readyz says that requests are welcome. */
  isReady(): boolean;
  logger: FastifyBaseLogger;
  logRequest(line: RequestLine): void;
}

/** A request, and what its line in the log says of it. */
interface CalledRequest extends LoggedRequest {
  caller: Caller;
}

/** The GraphQL endpoint and what belongs around it, over HTTP; it is not listening yet. */
export function createHttpServer<Context extends BaseContext>(options: HttpServerOptions<Context>) {
  const { apollo, basePath, createServer, isReady, logger, logRequest, maxCacheBytes, schemaText } = options;
  const cors = createCorsPolicy(options.corsOrigins, options.corsCredentials);
  const logRefusedOrigin = createRefusedOriginLog(cors, logger);
  const toCaller = createToCaller(options.trustedProxies);
  // Half of the bytes for the response cache, half for the raw-request cache.
  const maxBytes = Math.floor(maxCacheBytes / 2);
  const cache = createResponseCache(maxBytes);
  const rawRequestCache =
    maxBytes === 0
      ? null
      : createRawRequestCache({
          path: GRAPHQL_PATH,
          maxBytes,
          cors,
          toRequestId,
          onAnswered(request, status, requestId, operation, elapsedMs) {
            const { remoteAddress, clientName, clientVersion } = toCaller(request);
            logRequest({
              method: request.method as string,
              path: GRAPHQL_PATH,
              status,
              requestId,
              durationMs: toDurationMs(elapsedMs),
              remoteAddress,
              operation,
              clientName,
              clientVersion,
            });
          },
        });
  const refuse = createRefuse({ cors, toCaller, toRequestId, logger, logRequest });
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: MAX_BODY_BYTES,
    serverFactory: (handler) =>
      createServer(withoutBasePath(basePath, rawRequestCache?.wrap(handler) ?? handler), refuse),
    routerOptions: { ignoreTrailingSlash: true },
    // A path that cannot be decoded has no route whose error handler could answer.
    frameworkErrors({ statusCode: status = 400, message }, { raw: request }, reply) {
      const { headers, body } = refuse({ status, message, request });
      (reply as FastifyReply).code(status).headers(headers).send(body);
    },
    // The server in front has answered what is no HTTP.
    clientErrorHandler: () => {},
    // Whoever stops the gateway lets its connections run out first, and answers them until then.
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: toRequestId,
  });

  app.decorateRequest('caller').decorateRequest('operation');
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    (request as CalledRequest).caller = toCaller(request.raw);
    reply.headers(SECURITY_HEADERS).headers(cors.toHeaders(origin)).header('x-request-id', request.id);
    if (origin !== undefined) logRefusedOrigin(origin, request.headers);
    // A page's question or anybody's, OPTIONS is answered with what is allowed.
    if (request.method === 'OPTIONS') reply.headers(cors.toPreflightHeaders(request.headers)).code(204).send();
    else done();
  });
  // A cache on the way may keep a 404, among others, where nobody says that it must not.
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (reply.statusCode >= 400 && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    done(null, payload);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, url, id: requestId, operation, caller } = request as CalledRequest;
    // Without the query string: a GET request carries its variables there.
    const path = url.split('?', 1)[0] as string;
    const durationMs = toDurationMs(reply.elapsedTime);
    logRequest({ method, path, status: reply.statusCode, requestId, durationMs, operation, ...caller });
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
      handler: createGraphQLRoute({ ...options, cache, rawRequestCache, cors }),
    });
    let landingPage: Answer | undefined;
    routes.get('/', async (request, reply) => {
      landingPage ??= toPage('text/html; charset=utf-8', await renderLandingPage(apollo, basePath));
      return sendPage(request, reply, landingPage);
    });
    if (schemaText !== null) {
      const schema = toPage('text/plain; charset=utf-8', schemaText);
      routes.get('/schema.graphql', async (request, reply) => sendPage(request, reply, schema));
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

  app.setNotFoundHandler(async (request, reply) => sendNotFound(request, reply));

  function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { method, id } = request;
    const path = request.url.split('?', 1)[0] as string;
    const known = path === '/' ? path : path.replace(/\/$/, '');
    const isPage = PAGES.includes(known) && (known !== '/schema.graphql' || schemaText !== null);
    if (known === GRAPHQL_PATH || isPage) {
      const methods = known === GRAPHQL_PATH ? ['GET', 'POST'] : ['GET', 'HEAD'];
      const message = `${basePath}${known} is asked by ${methods.join(' and ')}, not by ${method}.`;
      reply.header('allow', methods.join(', '));
      return reply.code(405).send(toErrorBody(message, 'METHOD_NOT_ALLOWED', id));
    }
    const message = `There is no ${method} ${path} here. GraphQL is at ${basePath}${GRAPHQL_PATH}, by GET and POST.`;
    return reply.code(404).send(toErrorBody(message, 'NOT_FOUND', id));
  }

  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    // Whatever is wrong with the body of what nobody answers.
    if (request.is404) return sendNotFound(request, reply);
    const status = error.statusCode ?? 500;
    if (status < 500) return sendClientError(error, request, reply);
    request.log.error({ err: error }, 'unexpected error');
    return reply.code(500).send(toErrorBody('Internal server error', 'INTERNAL_SERVER_ERROR', request.id));
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

/** The caller's own id, if it is one that can stand in a log, or a new one. */
function toRequestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Has those behind see paths from the root on, whether a request names the base path or a proxy has taken it away. */
function withoutBasePath(basePath: string, listener: RequestListener): RequestListener {
  if (basePath === '') return listener;
  return (request, response) => {
    // https://www.rfc-editor.org/rfc/rfc9112#name-absolute-form
    const path = request.url?.replace(/^https?:\/\/[^/?]*/i, '') ?? '';
    const rest = path.slice(basePath.length);
    if (path.startsWith(basePath) && /^(?:[/?]|$)/.test(rest)) request.url = rest.startsWith('/') ? rest : `/${rest}`;
    listener(request, response);
  };
}

/** To a tenth of a millisecond. */
function toDurationMs(elapsedMs: number): number {
  return Math.round(elapsedMs * 10) / 10;
}

/** What is the same for everybody as long as the gateway runs. */
function toPage(type: string, text: string): Answer {
  return { status: 200, headers: [['content-type', type]], body: text, isPublic: true, expiresAt: 0 };
}

/** Apollo's page asks the address that it was loaded from; ours is loaded from above and has to ask /graphql. */
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
  return reply.code(error.statusCode ?? 400).send(toErrorBody(message, 'BAD_REQUEST', request.id));
}

function toTypeMessage({ headers }: FastifyRequest): string {
  const type = headers['content-type'];
  return `Expected a body of application/json, but its content-type is ${type ? JSON.stringify(type) : 'missing'}.`;
}

function toHttpError(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}
