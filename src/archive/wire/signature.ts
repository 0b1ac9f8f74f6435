import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.js';

/*
 * Signature Version 4, in the Authorization header or in the query string of a presigned request:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv4-authentication-methods.html. An archive knows no
 * secrets, so the signature itself is not verified.
 */

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** What a client signs for that asks for no region alone, as AWS's global services have it. */
const ALL_REGIONS = 'aws-global';
const CREDENTIAL = /^.+\/\d{8}\/([a-z0-9-]+)\/inspector\/aws4_request$/;

/** The region that a request is signed for, null for an unsigned one; throws IncompleteSignatureException. */
export function parseRegion({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): string | null {
  const credential =
    headers.authorization === undefined ? toQueryCredential(url) : toHeaderCredential(headers.authorization);
  if (credential === null) return null;
  const region = CREDENTIAL.exec(credential)?.[1];
  if (region !== undefined) return region === ALL_REGIONS ? null : toSigningRegion(region);
  throw new ApiError(
    'IncompleteSignatureException',
    400,
    `Expected ${ALGORITHM} with Credential=<key>/<date>/<region>/inspector/aws4_request in the Authorization header, or X-Amz-Algorithm and X-Amz-Credential in the query string, or no signature.`,
  );
}

/** The header's Credential, '' when it has none: `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…` in any order. */
function toHeaderCredential(authorization: string): string {
  const [algorithm, ...parameters] = authorization.split(/[\s,]+/);
  const credential = parameters.find((parameter) => parameter.startsWith('Credential='));
  return algorithm === ALGORITHM ? (credential?.slice('Credential='.length) ?? '') : '';
}

/** The query string's credential, '' when it is incomplete, or null when the query string is no signature. */
function toQueryCredential(url: string): string | null {
  const start = url.indexOf('?');
  // Nearly all requests have none.
  if (start === -1) return null;
  const parameters = new URLSearchParams(url.slice(start));
  const algorithm = parameters.get('X-Amz-Algorithm');
  const credential = parameters.get('X-Amz-Credential');
  if (algorithm === null && credential === null) return null;
  return algorithm === ALGORITHM ? (credential ?? '') : '';
}

/** Clients that are set to FIPS endpoints may have a region such as `fips-us-west-2` or `us-west-2-fips`. */
function toSigningRegion(region: string): string {
  return region.replace(/^fips-|-fips$/g, '');
}
