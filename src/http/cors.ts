import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyBaseLogger } from 'fastify';

/** The CORS protocol (https://fetch.spec.whatwg.org/#http-cors-protocol) for a list of allowed origins. */
export interface CorsPolicy {
  isAllowed(origin: string): boolean;
  /** The headers of a response to this origin, or to a client without one. */
  toHeaders(origin: string | undefined): Readonly<Record<string, string>>;
  /** The further headers of a response to a preflight request. */
  toPreflightHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>>;
}

/** Headers that pages may read beside the safelisted ones (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name). */
const EXPOSED = { 'access-control-expose-headers': 'retry-after, etag, x-request-id' };

/** How long browsers cache a preflight response, in seconds. */
const PREFLIGHT_MAX_AGE = '600';

/**
 * Creates a policy that allows these origins: `https://*.portal.example` matches all names below one, `http://localhost:*` all
 * ports, and `*` any origin. With `credentials`, pages may send cookies and the like.
 */
export function createCorsPolicy(origins: readonly string[], credentials: boolean): CorsPolicy {
  const names = new Set(origins);
  const patterns = origins.filter((origin) => origin !== '*' && origin.includes('*')).map(toPattern);
  const withCredentials = credentials ? { 'access-control-allow-credentials': 'true' } : {};
  const allowsAll = names.has('*');

  function isAllowed(origin: string): boolean {
    return allowsAll || names.has(origin) || patterns.some((pattern) => pattern.test(origin));
  }

  return {
    isAllowed,
    toHeaders(origin) {
      if (allowsAll) return { 'access-control-allow-origin': '*', ...EXPOSED };
      if (origin === undefined || !isAllowed(origin)) return { vary: 'Origin' };
      return { 'access-control-allow-origin': origin, vary: 'Origin', ...EXPOSED, ...withCredentials };
    },
    toPreflightHeaders(headers) {
      if (headers.origin !== undefined && !isAllowed(headers.origin)) return {};
      const asked = headers['access-control-request-headers'];
      return {
        // For caches of responses to OPTIONS.
        vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Private-Network',
        'access-control-allow-methods': 'GET, POST',
        'access-control-max-age': PREFLIGHT_MAX_AGE,
        ...(asked !== undefined && { 'access-control-allow-headers': asked }),
        // For public pages with a gateway on a private network (https://wicg.github.io/private-network-access/).
        ...(headers['access-control-request-private-network'] === 'true' && {
          'access-control-allow-private-network': 'true',
        }),
      };
    },
  };
}

/** Refused origins to log at most, since clients choose them. */
const MAX_LOGGED_ORIGINS = 100;
const MAX_ORIGIN_LENGTH = 300;

/** Logs each refused origin once, with the setting that would allow it. */
export function createRefusedOriginLog({ isAllowed }: CorsPolicy, logger: Pick<FastifyBaseLogger, 'info'>) {
  const logged = new Set<string>();
  return (origin: string, { host, 'sec-fetch-site': site }: IncomingHttpHeaders): void => {
    if (isAllowed(origin) || site === 'same-origin' || origin.endsWith(`://${host}`)) return;
    if (logged.size >= MAX_LOGGED_ORIGINS || logged.has(origin) || origin.length > MAX_ORIGIN_LENGTH) return;
    logged.add(origin);
    const help =
      origin === 'null'
        ? 'Pages without an origin, such as files, may ask only where CORS_ORIGINS is *.'
        : 'To let its pages ask, add it to CORS_ORIGINS.';
    logger.info({ origin, help }, 'origin refused');
  };
}

function toPattern(origin: string): RegExp {
  const escaped = origin.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace('://*\\.', '://(?:[\\w-]+\\.)+').replace(/:\*$/, '(?::\\d+)?')}$`);
}
