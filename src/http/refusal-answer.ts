import type { IncomingMessage } from 'node:http';
import type { FastifyBaseLogger } from 'fastify';
import type { Refuse } from '../process/early-refusal.js';
import type { RequestLine } from '../process/log.js';
import type { Caller } from './client-identity.js';
import type { CorsPolicy } from './cors.js';
import { toErrorBody } from './error-body.js';
import type { RequestTracing } from './request-tracing.js';
import { SECURITY_HEADERS } from './security-headers.js';

/** The parts of the HTTP server that a refusal needs. */
export interface RefuseOptions {
  cors: CorsPolicy;
  tracing: RequestTracing;
  toCaller(request: IncomingMessage): Caller;
  toRequestId(request: Pick<IncomingMessage, 'headers'>): string;
  logger: FastifyBaseLogger;
  logRequest(line: RequestLine): void;
}

const CODES: Readonly<Record<number, string>> = { 421: 'MISDIRECTED_REQUEST' };

/** Answers requests that are refused before fastify, in GraphQL's form of errors. */
export function createRefuse({ cors, tracing, toCaller, toRequestId, logger, logRequest }: RefuseOptions): Refuse {
  return ({ status, message, request, origin, headers: further, extensions, requestId: known }) => {
    const headers = request?.headers ?? (origin === undefined ? {} : { origin });
    const requestId = known ?? toRequestId({ headers });
    if (request === null) logger.info({ status, requestId }, 'request refused');
    else {
      const path = (request.url as string).split('?', 1)[0] as string;
      const caller = toCaller(request);
      const asked = { method: request.method as string, path, status, requestId, durationMs: 0 };
      logRequest({ ...asked, ...caller, ...tracing.describe(request, '') });
    }
    return {
      headers: {
        ...SECURITY_HEADERS,
        ...cors.toHeaders(headers.origin),
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'x-request-id': requestId,
        ...further,
      },
      body: JSON.stringify(toErrorBody(message, { code: CODES[status] ?? 'BAD_REQUEST', ...extensions, requestId })),
    };
  };
}
