/** Why a caller is not known: no or no valid credentials, or nobody who could tell. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError';

  constructor(
    /** For the caller: what was expected, and nothing of what was given. */
    message: string,
    readonly kind: 'missing' | 'invalid' | 'unavailable',
    /** When to ask again, where nobody could tell. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }
}

/** Credentials that are wrong. */
export function createInvalidError(message: string): AuthenticationError {
  return new AuthenticationError(message, 'invalid');
}

/** The provider that could tell is out of reach. */
export function createUnavailableError(retryAfterMs: number): AuthenticationError {
  return new AuthenticationError('The identity provider is out of reach for now.', 'unavailable', retryAfterMs);
}
