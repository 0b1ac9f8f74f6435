import type { IncomingHttpHeaders } from 'node:http';
import type { CorsPolicy } from './cors.js';

/*
 * Cross-site request forgery
 *
 * A page can make a browser send a GET to any site, even where CORS does not let it read the answer. So a GET is executed
 * only if no page of another origin can have sent it, or if that origin is allowed.
 */

/** Whether a GET cannot be forged by a page of an origin that is not allowed. */
export function isSafeFromForgery(headers: IncomingHttpHeaders, { isAllowed }: Pick<CorsPolicy, 'isAllowed'>): boolean {
  const type = headers['content-type'];
  // Apollo Server refuses a GET with another content-type.
  if (type && !isJson(type)) return false;
  if (isPreflighted(headers)) return true;
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  // From a page of this server, or from an address that the user typed or chose, also where another site has sent them on from
  // there (https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header): they might as well have been given the address itself.
  if (site === 'same-origin' || site === 'none') return true;
  if (origin !== undefined) return isAllowed(origin);
  return !isFromBrowser(headers) && headers.accept?.includes('application/graphql-response+json') === true;
}

/** Whether a request has a header that pages of other origins can send only after a preflight request. */
function isPreflighted(headers: IncomingHttpHeaders): boolean {
  return Boolean(
    headers['apollo-require-preflight'] || headers['x-apollo-operation-name'] || isJson(headers['content-type']),
  );
}

/**
 * Whether a request may come from a browser. All browsers send `Mozilla/` in User-Agent, which pages can change only with a
 * preflight request. Node's fetch sends `Sec-Fetch-Mode: cors` alone, with which a browser would send an Origin.
 */
function isFromBrowser(headers: IncomingHttpHeaders): boolean {
  if (headers['user-agent']?.includes('Mozilla/')) return true;
  for (const name in headers) {
    if (name.startsWith('sec-fetch-') && !(name === 'sec-fetch-mode' && headers[name] === 'cors')) return true;
  }
  return false;
}

function isJson(type: string | undefined): boolean {
  return type?.toLowerCase() === 'application/json';
}
