import { randomUUID } from 'node:crypto';
import { type ApolloServer, type BaseContext, HeaderMap } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import cors from '@fastify/cors';
import {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';

const MAX_BODY_BYTES = 1024 * 1024;
/** For receiving a whole request: a client that trickles its body is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** What is served, to whom, and who is told. */
export interface HttpServerOptions<Context extends BaseContext> {
  /** Started, since its landing page is part of what is served. */
  apollo: ApolloServer<Context>;
  /** A context for one request, whose x-request-id is given. */
  createContext(requestId: string): Context;
  /** Origins whose pages may ask, or `*`. */
  corsOrigins: readonly string[];
  /** Whether /readyz says that requests are welcome. */
  isReady(): boolean;
  logger: FastifyBaseLogger;
}

/** The GraphQL endpoint and what belongs around it, over HTTP; it is not listening yet. */
export function createHttpServer<Context extends BaseContext>(options: HttpServerOptions<Context>) {
  const { apollo, createContext, corsOrigins, isReady, logger } = options;
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { ignoreTrailingSlash: true },
    // A path that cannot be decoded has no route whose error handler could answer.
    frameworkErrors: (error, request, reply) => sendClientError(error, request, reply as FastifyReply),
    // Whoever stops the gateway lets its connections run out first, and answers them until then.
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
  });

  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, url } = request;
    // Without the query string: a GET request carries its variables there.
    const path = url.split('?', 1)[0];
    const durationMs = Math.round(reply.elapsedTime * 10) / 10;
    request.log.info({ method, path, status: reply.statusCode, durationMs }, 'request');
  });

  app.register(cors, {
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    methods: ['GET', 'POST'],
    exposedHeaders: ['x-request-id'],
    maxAge: 600,
  });

  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    parseJsonBody(request, body as Buffer).then((json) => done(null, json), done);
  });

  app.register(async (routes) => {
    const handler = fastifyApolloHandler(apollo, { context: async ({ id }) => createContext(id) });
    routes.route({ method: ['GET', 'POST'], url: '/graphql', handler });
    routes.get('/', async (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(await renderLandingPage(apollo)),
    );
    routes.get('/healthz', async () => ({ status: 'alive' }));
    routes.get('/readyz', async (_request, reply) =>
      isReady() ? { status: 'ready' } : reply.code(503).send({ status: 'not ready' }),
    );
  });

  app.setNotFoundHandler(async (request, reply) => {
    const message = `There is no ${request.method} ${request.url.split('?', 1)[0]} here. GraphQL is at /graphql, by GET and POST.`;
    return reply.code(404).send(toErrorBody(message, 'NOT_FOUND', request.id));
  });

  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return sendClientError(error, request, reply);
    request.log.error({ err: error }, 'unexpected error');
    return reply.code(500).send(toErrorBody('Internal server error', 'INTERNAL_SERVER_ERROR', request.id));
  });

  /** JSON is UTF-8 (RFC 8259, section 8.1); fastify would take any charset and replace what it cannot decode. */
  async function parseJsonBody(request: FastifyRequest, body: Buffer): Promise<unknown> {
    const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
    if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
      throw toHttpError(415, `Expected a body in UTF-8, but its charset is ${JSON.stringify(charset)}.`);
    }
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    } catch {
      throw toHttpError(400, 'Invalid JSON: expected a body of JSON in UTF-8.');
    }
  }

  return app;
}

/** Apollo's page asks the address that it was loaded from; ours is loaded from / and has to ask /graphql. */
async function renderLandingPage<Context extends BaseContext>(apollo: ApolloServer<Context>): Promise<string> {
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
  return body.string.replaceAll('window.location.href', "new URL('/graphql', window.location.href).href");
}

function sendClientError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.code(error.statusCode ?? 400).send(toErrorBody(error.message, 'BAD_REQUEST', request.id));
}

function toErrorBody(message: string, code: string, requestId: string) {
  return { errors: [{ message, extensions: { code, requestId } }] };
}

function toHttpError(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}
