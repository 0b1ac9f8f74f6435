import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.js';

/*
 * The signature itself of Signature Version 4, for an archive that knows the secrets of those who may ask:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** How far the clocks of a client and the archive may be apart, as at AWS. */
const MAX_SKEW_MS = 5 * 60_000;
/** For how long a presigned request may be valid, as at AWS: a week. */
const MAX_EXPIRES_S = 604_800;

/** The secrets of access keys, by their ids. */
export interface AccessKeys {
  secretOf(accessKeyId: string): string | undefined;
}

/** Throws an ApiError unless a request is signed by a key that is known. */
export type VerifySignature = (request: IncomingMessage, body: Buffer) => void;

/** What a signature says. */
interface Signature {
  readonly accessKeyId: string;
  /** `<date>/<region>/inspector/aws4_request`. */
  readonly scope: readonly string[];
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20261126T120000Z`. */
  readonly signedAt: string;
  /** Of a presigned request: for how many seconds it is valid. */
  readonly expiresS: number | null;
}

/** `now` is in epoch milliseconds. */
export function createSignatureVerifier(keys: AccessKeys, now: () => number = Date.now): VerifySignature {
  return (request, body) => {
    const given = parseSignature(request);
    const secret = keys.secretOf(given.accessKeyId);
    if (secret === undefined) {
      throw createRefusal('UnrecognizedClientException', 'The security token included in the request is invalid.');
    }
    checkTime(given, now());
    checkHeaders(request, given);
    const expected = sign(secret, given, toCanonicalRequest(request, body, given));
    if (!isSame(expected, given.signature)) {
      throw createRefusal(
        'InvalidSignatureException',
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
      );
    }
  };
}

function createRefusal(type: string, message: string): ApiError {
  return new ApiError(type, type === 'MissingAuthenticationTokenException' ? 403 : 400, message);
}

function createIncomplete(expected: string): ApiError {
  return createRefusal('IncompleteSignatureException', `Expected ${expected} of Signature Version 4.`);
}

function parseSignature({ headers, url = '' }: IncomingMessage): Signature {
  const { authorization } = headers;
  const query = new URLSearchParams(url.split('?', 2)[1] ?? '');
  const isPresigned = authorization === undefined && query.get('X-Amz-Algorithm') === ALGORITHM;
  if (authorization === undefined && !isPresigned) {
    throw createRefusal('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  if (authorization !== undefined && !authorization.startsWith(`${ALGORITHM} `)) throw createIncomplete(ALGORITHM);
  const parts = new Map(
    (authorization ?? '')
      .slice(ALGORITHM.length)
      .split(',')
      .map((part): [string, string] => [part.trim().split('=', 1)[0] as string, part.trim().replace(/^[^=]*=/, '')]),
  );
  const find = (name: string) => (isPresigned ? query.get(`X-Amz-${name}`) : parts.get(name)) ?? '';
  const [accessKeyId = '', ...scope] = find('Credential').split('/');
  const signedAt = isPresigned ? find('Date') : String(headers['x-amz-date'] ?? '');
  if (accessKeyId === '' || scope.length !== 4 || scope[2] !== 'inspector' || scope[3] !== 'aws4_request') {
    throw createIncomplete('Credential=<key>/<date>/<region>/inspector/aws4_request');
  }
  if (!/^\d{8}T\d{6}Z$/.test(signedAt) || !signedAt.startsWith(scope[0] as string)) {
    throw createIncomplete('X-Amz-Date, of the date of the credential,');
  }
  const expires = isPresigned ? Number(find('Expires')) : null;
  if (expires !== null && !(Number.isInteger(expires) && expires >= 1 && expires <= MAX_EXPIRES_S)) {
    throw createIncomplete(`X-Amz-Expires of 1 to ${MAX_EXPIRES_S} seconds`);
  }
  return {
    accessKeyId,
    scope,
    signedHeaders: find('SignedHeaders').split(';'),
    signature: find('Signature'),
    signedAt,
    expiresS: expires,
  };
}

function checkTime({ signedAt, expiresS }: Signature, nowMs: number): void {
  const [, year, month, day, hour, minute, second] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(signedAt) ?? [];
  const signedAtMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const latestMs = signedAtMs + (expiresS === null ? MAX_SKEW_MS : expiresS * 1000);
  if (signedAtMs - MAX_SKEW_MS <= nowMs && nowMs <= latestMs) return;
  const at = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const problem = nowMs > latestMs ? 'expired' : 'not yet current';
  throw createRefusal(
    'InvalidSignatureException',
    `Signature ${problem}: it is of ${signedAt}, and the clock here says ${at}.`,
  );
}

/** The host and all headers of AWS have to be signed, or whoever is between could change what is asked. */
function checkHeaders({ headers }: IncomingMessage, { signedHeaders }: Signature): void {
  const needed = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  const missing = needed.find((name) => !signedHeaders.includes(name));
  if (missing === undefined && signedHeaders.includes('host')) return;
  throw createRefusal(
    'InvalidSignatureException',
    `'${missing ?? 'host'}' must be a 'SignedHeader' in the AWS Authorization.`,
  );
}

function toCanonicalRequest(request: IncomingMessage, body: Buffer, { signedHeaders }: Signature): string {
  const { method = '', url = '', headersDistinct } = request;
  const [path = '', search = ''] = url.split('?', 2);
  const parameters = [...new URLSearchParams(search)]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([a, valueOfA], [b, valueOfB]) => compare(a, b) || compare(valueOfA, valueOfB))
    .map(([name, value]) => `${name}=${value}`);
  const headers = signedHeaders.map((name) => {
    const values = (headersDistinct[name] ?? []).map((value) => value.trim().replace(/ +/g, ' '));
    return `${name}:${values.join(',')}\n`;
  });
  return [
    method,
    // Once more than it is in the URL, as for all services but S3.
    path.split('/').map(encode).join('/'),
    parameters.join('&'),
    headers.join(''),
    signedHeaders.join(';'),
    createHash('sha256').update(body).digest('hex'),
  ].join('\n');
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Encodes all but unreserved characters (https://www.rfc-editor.org/rfc/rfc3986#section-2.3). */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sign(secret: string, { scope, signedAt }: Signature, canonicalRequest: string): string {
  const text = [ALGORITHM, signedAt, scope.join('/'), createHash('sha256').update(canonicalRequest).digest('hex')];
  const key = scope.reduce<string | Buffer>((parent, part) => hmac(parent, part), `AWS4${secret}`);
  return hmac(key, text.join('\n')).toString('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function isSame(expected: string, given: string): boolean {
  return /^[0-9a-f]{64}$/.test(given) && timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}
