import { errors, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { AuthenticationError, createInvalidError } from './authentication-error.js';
import type { ProviderKeys } from './provider-keys.js';

/** What is expected of tokens. */
export interface TokenExpectations {
  issuer: string;
  /** Any of these. */
  audiences: readonly string[];
  /** https://www.rfc-editor.org/rfc/rfc7518#section-3.1 */
  algorithms: readonly string[];
  /** The claim that names the groups: its name, or the path to it with dots. */
  groupsClaim: string;
}

/** What a token says. */
export interface VerifiedToken {
  readonly subject: string;
  readonly groups: readonly string[];
}

/** Clocks of providers differ by less than this. */
const TOLERANCE_S = 60;

/** For how long a verified token need not be verified again: to verify takes 100 us, to find it 1 us. */
const KEPT_MS = 60_000;
const MAX_KEPT_CHARACTERS = 16 * 2 ** 20;
/** What an entry takes beside its token. */
const OVERHEAD_CHARACTERS = 500;

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

interface Kept {
  readonly token: VerifiedToken;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
}

/** Verifies tokens; a verified one is kept by its text until it expires, for a minute at most. */
export function createTokenVerifier(expectations: TokenExpectations, keys: ProviderKeys, now: () => number) {
  const { issuer, audiences, algorithms, groupsClaim } = expectations;
  const kept = new LRUCache<string, Kept>({
    maxSize: MAX_KEPT_CHARACTERS,
    sizeCalculation: ({ token }, text) => OVERHEAD_CHARACTERS + text.length + token.groups.join().length,
  });

  async function verify(text: string): Promise<VerifiedToken> {
    const startedAt = now();
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(text, keys.find, {
        issuer,
        audience: [...audiences],
        algorithms: [...algorithms],
        clockTolerance: TOLERANCE_S,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(startedAt),
      }));
    } catch (error) {
      throw toAuthenticationError(error);
    }
    const { sub = '', exp = 0 } = payload;
    const token = { subject: toLogText(sub), groups: toGroups(payload, groupsClaim) };
    const expiresAtMs = Math.min((exp + TOLERANCE_S) * 1000, startedAt + KEPT_MS);
    if (expiresAtMs > now()) kept.set(text, { token, expiresAtMs });
    return token;
  }

  return {
    /** A token that was verified before, at once; others by a promise, which rejects with an AuthenticationError. */
    verify(text: string): VerifiedToken | Promise<VerifiedToken> {
      const known = kept.get(text);
      if (known !== undefined && known.expiresAtMs > now()) return known.token;
      if (!JWT.test(text)) throw createInvalidError('Expected a JSON Web Token or an API key behind Bearer.');
      return verify(text);
    },
  };
}

/** What is wrong with a token, for its owner; claims of a token that nobody has signed are not repeated. */
function toAuthenticationError(error: unknown): unknown {
  if (error instanceof AuthenticationError) return error;
  if (error instanceof errors.JWTExpired) return createInvalidError('The token has expired.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return createInvalidError(`The token's claim ${JSON.stringify(error.claim)} is missing or not as expected.`);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return createInvalidError('The token is signed by an algorithm that is not allowed.');
  }
  if (error instanceof errors.JOSEError) return createInvalidError('The token is not valid.');
  // Such as a key whose type is another one than the token's algorithm says.
  if (error instanceof TypeError) return createInvalidError('The token is not valid.');
  return error;
}

/** The groups of a claim: a list of texts, or one text. */
function toGroups(payload: JWTPayload, claim: string): string[] {
  const byPath = claim.split('.').reduce<unknown>((value, name) => toMember(value, name), payload);
  const value = toMember(payload, claim) ?? byPath;
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((group) => typeof group === 'string') : [];
}

function toMember(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

/** At most so much of a subject, in printable ASCII. */
function toLogText(text: string): string {
  return text.slice(0, 200).replace(/[^\x20-\x7e]/g, '?');
}
