import { isRetryable, retryAfterMs } from './inspector-error.js';

export interface RetryOptions {
  /** How often a request is sent at most, the first time included. 3 by default. */
  attempts?: number;
}

/** What the gateway asks for is 5 s at most while an upstream fails; who is asked to wait longer is to be told. */
const MAX_WAIT_MS = 10_000;

const BACKOFF_MS = 250;

/**
 * How many milliseconds to wait before a request is sent again that failed for the nth time: as long as the gateway asks for,
 * and a random time that doubles, so that not all ask at once. Undefined when it is not to be sent again.
 */
export function toRetryDelayMs(failure: unknown, attempt: number, { attempts = 3 }: RetryOptions): number | undefined {
  if (attempt >= attempts || !isRetryable(failure)) return undefined;
  const askedMs = retryAfterMs(failure) ?? 0;
  return askedMs > MAX_WAIT_MS ? undefined : askedMs + Math.random() * BACKOFF_MS * 2 ** attempt;
}

/**
 * Sends a request again when one of its errors says that it may succeed then, as late as the gateway asks for: for plain fetch,
 * graphql-request, and others that give a promise. What the last attempt gives is the result, whatever it is.
 */
export async function retry<T>(send: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const sent = send();
    const failure: unknown = await sent.catch((error: unknown) => error);
    const delayMs = toRetryDelayMs(failure, attempt, options);
    if (delayMs === undefined) return sent;
    await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
}
