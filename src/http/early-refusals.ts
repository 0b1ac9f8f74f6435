import type { IncomingMessage } from 'node:http';
import type { FastifyBaseLogger } from 'fastify';
import type { Refuse } from '../early-refusal.js';
import type { RequestLine } from '../log.js';
import { toErrorBody } from './error-body.js';
import { SECURITY_HEADERS } from './security-headers.js';

/** Who is answered how, and who is told. */
export interface RefuseOptions {
  /** Origins whose pages may read a refusal, or `*`. */
  corsOrigins: readonly string[];
  toRequestId(request: Pick<IncomingMessage, 'headers'>): string;
  logger: FastifyBaseLogger;
  logRequest(line: RequestLine): void;
}

/** Says in GraphQL's shape what is refused before fastify sees it. */
export function createRefuse({ corsOrigins, toRequestId, logger, logRequest }: RefuseOptions): Refuse {
  return ({ status, message, request, origin }) => {
    const headers = request?.headers ?? (origin === undefined ? {} : { origin });
    const requestId = toRequestId({ headers });
    if (request === null) logger.info({ status, requestId }, 'request refused');
    else {
      const path = (request.url as string).split('?', 1)[0] as string;
      logRequest({ method: request.method as string, path, status, requestId, durationMs: 0 });
    }
    return {
      headers: {
        ...SECURITY_HEADERS,
        ...toCorsHeaders(headers.origin, corsOrigins),
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'x-request-id': requestId,
      },
      body: JSON.stringify(toErrorBody(message, status === 421 ? 'MISDIRECTED_REQUEST' : 'BAD_REQUEST', requestId)),
    };
  };
}

/** What lets a page of an allowed origin read an answer that @fastify/cors does not see. */
export function toCorsHeaders(origin: string | undefined, corsOrigins: readonly string[]): Record<string, string> {
  const exposed = { 'access-control-expose-headers': 'x-request-id' };
  if (corsOrigins.includes('*')) return { 'access-control-allow-origin': '*', ...exposed };
  if (origin === undefined || !corsOrigins.includes(origin)) return { vary: 'Origin' };
  return { 'access-control-allow-origin': origin, vary: 'Origin', ...exposed };
}
