import type { IncomingHttpHeaders } from 'node:http';
import { type FileLogger, type WatchedFile, watchFileOf } from '../watched-file.js';
import { type ApiKey, type ApiKeys, hashApiKey, isApiKey, KEY_PREFIX, parseKeysFile } from './api-keys.js';
import { AuthenticationError, createInvalidError } from './authentication-error.js';
import type { Principal } from './principal.js';
import { createProviderKeys, type ProviderAccess, type ProviderKeys } from './provider-keys.js';
import { createRights } from './rights.js';
import { type GroupRights, parseRightsFile, toEntries } from './rights-file.js';
import { createTokenVerifier, type TokenExpectations, type VerifiedToken } from './token-verifier.js';

/** How callers are known. */
export interface AuthSettings {
  /** Null where no tokens are taken. */
  readonly oidc: (TokenExpectations & { readonly rightsFile: string }) | null;
  /** Null where no API keys are taken. */
  readonly keysFile: string | null;
}

/** Says who asks. */
export interface Authenticator {
  /** By the headers of a request, at once where that is known. Throws or rejects with an AuthenticationError. */
  authenticate(headers: IncomingHttpHeaders): Principal | Promise<Principal>;
  /** The provider's, see ProviderKeys; null without a provider. */
  readonly endpoints: ProviderKeys['endpoints'];
  /** Whether it can tell. */
  readonly isReady: boolean;
  /** Resolves when it was tried once to get ready. */
  readonly started: Promise<void>;
  close(): void;
}

const ofNow: ProviderAccess = {
  fetch,
  now: Date.now,
  schedule(callback, delayMs) {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

/** Creates an authenticator. Throws a FileError for a file that is wrong. */
export function createAuthenticator(
  { oidc, keysFile }: AuthSettings,
  logger: FileLogger,
  access: ProviderAccess = ofNow,
): Authenticator {
  const keys = keysFile === null ? null : watchFileOf('API_KEYS_FILE', keysFile, parseKeysFile, logger);
  const tokens = oidc === null ? null : createTokens(oidc, logger, access);

  function authenticate(headers: IncomingHttpHeaders): Principal | Promise<Principal> {
    const text = toCredentials(headers);
    if (!text.startsWith(KEY_PREFIX)) {
      if (tokens === null) throw createInvalidError(`Expected an API key, which begins with ${KEY_PREFIX}.`);
      return tokens.authenticate(text);
    }
    if (keys === null)
      throw createInvalidError('Expected a token of the identity provider: API keys are not taken here.');
    return toPrincipalOfKey(text, keys.current, access.now());
  }

  return {
    authenticate,
    get endpoints() {
      return tokens?.keys.endpoints ?? null;
    },
    get isReady() {
      return tokens?.keys.areKnown ?? true;
    },
    started: tokens?.keys.firstRead ?? Promise.resolve(),
    close() {
      keys?.close();
      tokens?.close();
    },
  };
}

function createTokens(
  oidc: NonNullable<AuthSettings['oidc']>,
  logger: FileLogger,
  access: ProviderAccess,
): { keys: ProviderKeys; authenticate(text: string): Principal | Promise<Principal>; close(): void } {
  const rightsFile: WatchedFile<GroupRights> = watchFileOf('RIGHTS_FILE', oidc.rightsFile, parseRightsFile, logger);
  const keys = createProviderKeys(oidc.issuer, access, logger);
  const verifier = createTokenVerifier(oidc, keys, access.now);
  /** Of tokens that the verifier keeps, by the rights that the file gives now. */
  let principals = new WeakMap<VerifiedToken, Principal>();
  let ofRights = rightsFile.current;

  function toPrincipal(token: VerifiedToken): Principal {
    if (ofRights !== rightsFile.current) {
      ofRights = rightsFile.current;
      principals = new WeakMap();
    }
    let principal = principals.get(token);
    if (principal === undefined) {
      principal = { subject: token.subject, keyId: null, rights: createRights(toEntries(ofRights, token.groups)) };
      principals.set(token, principal);
    }
    return principal;
  }

  return {
    keys,
    authenticate(text) {
      const verified = verifier.verify(text);
      return verified instanceof Promise ? verified.then(toPrincipal) : toPrincipal(verified);
    },
    close() {
      rightsFile.close();
      keys.close();
    },
  };
}

/** The keys that were asked with, by their text: as many as the file has at most. */
const principalsOfKeys = new WeakMap<ApiKeys, Map<string, { principal: Principal; key: ApiKey }>>();

function toPrincipalOfKey(text: string, keys: ApiKeys, nowMs: number): Principal {
  const known = principalsOfKeys.get(keys) ?? new Map();
  principalsOfKeys.set(keys, known);
  const { principal, key } = known.get(text) ?? findKey(text, keys);
  known.set(text, { principal, key });
  if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) throw createInvalidError('The API key has expired.');
  return principal;
}

function findKey(text: string, keys: ApiKeys): { principal: Principal; key: ApiKey } {
  if (!isApiKey(text)) throw createInvalidError('The API key is mistyped: its checksum is another one.');
  const key = keys.get(hashApiKey(text));
  if (key === undefined) throw createInvalidError('The API key is not known, or was revoked.');
  return { principal: { subject: key.name, keyId: key.id, rights: createRights([key.entry]) }, key };
}

/** What stands behind `Authorization: Bearer`, or in `X-API-Key`. */
function toCredentials({ authorization, 'x-api-key': apiKey }: IncomingHttpHeaders): string {
  if (authorization !== undefined) {
    const [, text] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    if (text !== undefined) return text;
    throw createInvalidError('Expected Authorization: Bearer and a token or an API key.');
  }
  if (typeof apiKey === 'string' && apiKey !== '') {
    if (apiKey.startsWith(KEY_PREFIX)) return apiKey;
    throw createInvalidError(`Expected an API key in X-API-Key, which begins with ${KEY_PREFIX}.`);
  }
  throw new AuthenticationError('Expected Authorization: Bearer and a token or an API key, but got none.', 'missing');
}
