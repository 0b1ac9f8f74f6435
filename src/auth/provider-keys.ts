import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import type { FileLogger } from '../watched-file.js';
import { createUnavailableError } from './authentication-error.js';

/*
 * The keys of an OpenID Connect provider
 *
 * Not jose's own remote set: it forgets the keys that it knows when they are ten minutes old and the provider is away. These
 * stay until the provider has named others, are read again by a timer, and once per cooldown when a token names a key that is
 * not among them.
 */

/** How often keys are read again, and how soon after a failure. */
const REFRESH_MS = 10 * 60_000;
const RETRY_MS = 5000;

/** How often a key that is not known is looked for. */
const COOLDOWN_MS = 30_000;

/** For each of the two requests. */
const TIMEOUT_MS = 5000;
/** Of a provider's answer. */
const MAX_BYTES = 1024 * 1024;

/** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
const url = z.url({ protocol: /^https?$/ });
const metadata = z.looseObject({
  issuer: z.string(),
  jwks_uri: url,
  authorization_endpoint: url.optional(),
  token_endpoint: url.optional(),
});
const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

/** The keys by which tokens of a provider are verified. */
export interface ProviderKeys {
  /** For jose. Rejects with an AuthenticationError while there is nobody to ask for a key. */
  readonly find: JWTVerifyGetKey;
  /** Where people sign in, and pages get their tokens; null while that is not known. */
  readonly endpoints: { readonly authorization: string; readonly token: string } | null;
  /** Whether there are any. */
  readonly areKnown: boolean;
  /** Resolves when the first attempt to read them has ended. */
  readonly firstRead: Promise<void>;
  close(): void;
}

/** What the keys need of the world, for tests with a clock of their own. */
export interface ProviderAccess {
  fetch: typeof fetch;
  /** Epoch milliseconds. */
  now(): number;
  /** Calls back after a time, unless it is cancelled by what it returns. */
  schedule(callback: () => void, delayMs: number): () => void;
}

/** Reads the keys of the provider at `issuer`, and goes on doing so. */
export function createProviderKeys(issuer: string, access: ProviderAccess, logger: FileLogger): ProviderKeys {
  let find: JWTVerifyGetKey | null = null;
  let endpoints: ProviderKeys['endpoints'] = null;
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let hasFailed = false;
  let reading: Promise<void> | undefined;
  let cancel = () => {};
  let isClosed = false;

  async function read(): Promise<void> {
    attemptedAt = access.now();
    try {
      const { provider, keys } = await fetchKeys(issuer, access.fetch);
      find = createLocalJWKSet(keys);
      const { authorization_endpoint: authorization, token_endpoint: token } = provider;
      endpoints = authorization === undefined || token === undefined ? null : { authorization, token };
      if (hasFailed) logger.info({ issuer }, 'identity provider is back');
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) {
        logger.error({ issuer, reason: toReason(error) }, 'keys of the identity provider cannot be read');
      }
      hasFailed = true;
    }
    if (!isClosed) {
      cancel();
      cancel = access.schedule(() => void refresh(), hasFailed ? RETRY_MS : REFRESH_MS);
    }
  }

  function refresh(): Promise<void> {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  return {
    get endpoints() {
      return endpoints;
    },
    get areKnown() {
      return find !== null;
    },
    firstRead: refresh(),
    async find(header, token) {
      if (find !== null) {
        try {
          return await find(header, token);
        } catch (error) {
          if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        }
      }
      if (reading !== undefined || access.now() - attemptedAt >= COOLDOWN_MS) await refresh();
      if (find === null) throw createUnavailableError(RETRY_MS);
      try {
        return await find(header, token);
      } catch (error) {
        // The provider may have a key by now that it could not be asked for.
        if (error instanceof errors.JWKSNoMatchingKey && hasFailed) throw createUnavailableError(RETRY_MS);
        throw error;
      }
    },
    close() {
      isClosed = true;
      cancel();
    },
  };
}

async function fetchKeys(
  issuer: string,
  fetchUrl: typeof fetch,
): Promise<{ provider: z.output<typeof metadata>; keys: JSONWebKeySet }> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const provider = metadata.parse(await fetchJson(url, fetchUrl));
  if (provider.issuer !== issuer) {
    throw new Error(`expected the issuer ${issuer} at ${url}, but got ${JSON.stringify(provider.issuer)}`);
  }
  return { provider, keys: keySet.parse(await fetchJson(provider.jwks_uri, fetchUrl)) as JSONWebKeySet };
}

async function fetchJson(url: string, fetchUrl: typeof fetch): Promise<unknown> {
  const response = await fetchUrl(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`expected 200 from ${url}, but got ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`expected at most ${MAX_BYTES} bytes from ${url}`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

function toReason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
