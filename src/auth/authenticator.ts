import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { FileLogger } from '../watched-file.js';
import { type WatchedFile, watchFileOf } from '../watched-file.js';
import { type ApiKeys, hashApiKey, isApiKey, KEY_PREFIX, parseKeysFile } from './api-keys.js';
import { AuthenticationError, createInvalidError } from './authentication-error.js';
import type { Principal } from './principal.js';
import { createProviderKeys, type ProviderAccess, type ProviderKeys } from './provider-keys.js';
import { createRights, type Rights } from './rights.js';
import { type GroupRights, parseRightsFile, toEntries } from './rights-file.js';
import { createTokenVerifier, type TokenExpectations } from './token-verifier.js';

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

/** Different sets of groups whose rights are remembered. */
const MAX_RIGHTS = 10_000;

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
  let known = new LRUCache<string, Rights>({ max: MAX_RIGHTS });
  let knownOf = rightsFile.current;

  function toRights(groups: readonly string[]): Rights {
    if (knownOf !== rightsFile.current) {
      knownOf = rightsFile.current;
      known = new LRUCache({ max: MAX_RIGHTS });
    }
    const key = JSON.stringify(groups);
    const found = known.get(key) ?? createRights(toEntries(knownOf, groups));
    known.set(key, found);
    return found;
  }

  return {
    keys,
    authenticate(text) {
      const verified = verifier.verify(text);
      if (!(verified instanceof Promise)) return { ...toSubject(verified), rights: toRights(verified.groups) };
      return verified.then((token) => ({ ...toSubject(token), rights: toRights(token.groups) }));
    },
    close() {
      rightsFile.close();
      keys.close();
    },
  };
}

function toSubject({ subject }: { subject: string }): Pick<Principal, 'subject' | 'keyId'> {
  return { subject, keyId: null };
}

/** The rights of each entry of a key file, whose objects live as long as the file is not changed. */
const rightsOfKeys = new WeakMap<object, Rights>();

function toPrincipalOfKey(text: string, keys: ApiKeys, nowMs: number): Principal {
  if (!isApiKey(text)) throw createInvalidError('The API key is mistyped: its checksum is another one.');
  const key = keys.get(hashApiKey(text));
  if (key === undefined) throw createInvalidError('The API key is not known, or was revoked.');
  if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) throw createInvalidError('The API key has expired.');
  const rights = rightsOfKeys.get(key.entry) ?? createRights([key.entry]);
  rightsOfKeys.set(key.entry, rights);
  return { subject: key.name, keyId: key.id, rights };
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
