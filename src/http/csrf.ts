import type { IncomingHttpHeaders } from 'node:http';
import type { CorsPolicy } from './cors.js';

/*
 * Cross-site request forgery
 *
 * A page can make a browser send a GET to any site, and may read the answer only where CORS lets it. So that no foreign page
 * makes anything happen here, a GET is answered only if none can have sent it without having been allowed to.
 */

/** Whether a GET is one that no foreign page can have sent, or only one that is allowed to ask. */
export function isSafeFromForgery(headers: IncomingHttpHeaders, { isAllowed }: Pick<CorsPolicy, 'isAllowed'>): boolean {
  const type = headers['content-type'];
  // Of a body that is not there: Apollo Server refuses all others.
  if (type && !isJson(type)) return false;
  if (isPreflighted(headers)) return true;
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  // Pages of this server itself, and what was typed or chosen by the user (https://www.w3.org/TR/fetch-metadata/).
  if (site === 'same-origin' || site === 'none') return true;
  if (origin !== undefined) return isAllowed(origin);
  return !isFromBrowser(headers) && headers.accept?.includes('application/graphql-response+json') === true;
}

/** Whether it has a header that a page of another origin can send only after a preflight request was answered. */
function isPreflighted(headers: IncomingHttpHeaders): boolean {
  return Boolean(
    headers['apollo-require-preflight'] || headers['x-apollo-operation-name'] || isJson(headers['content-type']),
  );
}

/**
 * Whether it may come from a browser, all of which have `Mozilla/` in User-Agent, where no page can change it without a
 * preflight request. Node's fetch sends `Sec-Fetch-Mode: cors` alone: from a browser that would come with an Origin.
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
