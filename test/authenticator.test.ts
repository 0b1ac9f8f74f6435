import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createApiKey, hashApiKey, toKeyLine } from '../src/auth/api-keys.js';
import { AuthenticationError } from '../src/auth/authentication-error.js';
import { type Authenticator, createAuthenticator } from '../src/auth/authenticator.js';
import type { Principal } from '../src/auth/principal.js';
import { endAfterAll } from './helpers/cleanup.js';
import { startIdentityProvider } from './helpers/identity-provider.js';

type Provider = Awaited<ReturnType<typeof startIdentityProvider>>;

const MINUTE_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'auth-'));
endAfterAll(async () => rmSync(folder, { recursive: true }));
const rightsFile = join(folder, 'rights.yaml');
const keysFile = join(folder, 'keys.ndjson');
const noLog = { info() {}, error() {} };

/** A clock that is set by hand, and calls back when it is time. */
function createClock() {
  let nowMs = Date.parse('2026-11-26T12:00:00Z');
  const timers = new Map<() => void, number>();
  return {
    now: () => nowMs,
    fetch,
    schedule(callback: () => void, delayMs: number) {
      timers.set(callback, nowMs + delayMs);
      return () => void timers.delete(callback);
    },
    advance(ms: number): void {
      nowMs += ms;
      for (const [callback, at] of [...timers]) {
        if (at > nowMs) continue;
        timers.delete(callback);
        callback();
      }
    },
  };
}

let provider: Provider;
let clock: ReturnType<typeof createClock>;
let authenticator: Authenticator;

beforeAll(async () => {
  provider = await startIdentityProvider();
});

async function start(over: object = {}): Promise<Authenticator> {
  const oidc = {
    issuer: provider.issuer,
    audiences: ['gateway', 'other'],
    algorithms: ['RS256', 'ES256'],
    groupsClaim: 'groups',
    rightsFile,
    ...over,
  };
  const started = createAuthenticator({ oidc, keysFile }, noLog, clock);
  running.push(started);
  await started.started;
  return started;
}

/** Those of the test, which end with it. */
const running: Authenticator[] = [];
afterEach(() => {
  for (const started of running.splice(0)) started.close();
});

beforeEach(async () => {
  writeFileSync(
    rightsFile,
    'groups: { security: { accounts: ["123456789012", "9999*"], regions: ["eu-*"] }, all: { accounts: ["*"] } }',
  );
  writeFileSync(keysFile, '');
  provider.setDown(false);
  provider.asked.length = 0;
  clock = createClock();
  authenticator = await start();
});

const ask = async (token: string): Promise<Principal> =>
  authenticator.authenticate({ authorization: `Bearer ${token}` });

/** The kind of the error with which a caller is refused, and its message. */
async function refusal(token: string): Promise<[string, string]> {
  const error = await ask(token).catch((thrown: unknown) => thrown);
  if (!(error instanceof AuthenticationError)) throw new Error(`Expected a refusal, but got ${JSON.stringify(error)}`);
  return [error.kind, error.message];
}

const createToken = (...[claims, options]: Parameters<Provider['createToken']>) =>
  provider.createToken(claims, { nowMs: clock.now(), ...options });

describe('A token', () => {
  test('says who asks, with the rights of all groups that the rights file names', async () => {
    const { subject, keyId, rights } = await ask(await createToken({ groups: ['security', 'unknown'] }));
    expect([subject, keyId]).toEqual(['ada', null]);
    expect(rights.isAll).toBe(false);
    expect(rights.scope).toEqual([{ accounts: ['123456789012', '9999*'], regions: ['eu-*'] }]);
    expect((await ask(await createToken({ groups: ['security', 'all'] }))).rights.isAll).toBe(true);
  });

  test.each([
    ['no groups', {}],
    ['no group that is known', { groups: ['unknown', '__proto__', 'constructor'] }],
    ['groups that are no texts', { groups: [1, { security: true }] }],
  ])('with %s has no rights', async (_name, claims) => {
    const { rights } = await ask(await createToken(claims));
    expect([rights.isAll, rights.scope]).toEqual([false, []]);
  });

  test('may have its groups deeper, in a claim with dots in its name, or as one text', async () => {
    authenticator = await start({ groupsClaim: 'realm_access.roles' });
    expect((await ask(await createToken({ realm_access: { roles: ['all'] } }))).rights.isAll).toBe(true);
    authenticator = await start({ groupsClaim: 'https://example.com/groups' });
    expect((await ask(await createToken({ 'https://example.com/groups': 'all' }))).rights.isAll).toBe(true);
  });

  test.each([
    ['of another issuer', { iss: 'https://evil.example' }, 'iss'],
    ['for another audience', { aud: 'somebody' }, 'aud'],
    ['for no audience', { aud: undefined }, 'aud'],
    ['without a subject', { sub: undefined }, 'sub'],
    ['without an end', { exp: undefined }, 'exp'],
    ['that is not yet valid', { nbf: Date.parse('2026-11-26T12:01:01Z') / 1000 }, 'nbf'],
  ])('%s is refused', async (_name, claims, claim) => {
    expect(await refusal(await createToken(claims))).toEqual([
      'invalid',
      `The token's claim "${claim}" is missing or not as expected.`,
    ]);
  });

  test("is refused when its signature is not the provider's, or of an algorithm that is not allowed", async () => {
    const token = await createToken();
    expect(await refusal(`${token.slice(0, -6)}AAAAAA`)).toEqual(['invalid', 'The token is not valid.']);
    const [, payload] = token.split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    expect((await refusal(none))[0]).toBe('invalid');
    authenticator = await start({ algorithms: ['ES256'] });
    expect(await refusal(token)).toEqual(['invalid', 'The token is signed by an algorithm that is not allowed.']);
  });

  test('may be for one of several audiences', async () => {
    expect((await ask(await createToken({ aud: ['somebody', 'other'] }))).subject).toBe('ada');
  });

  test('of a provider whose clock is 50 s off is taken, and not of one that is 70 s off', async () => {
    const now = clock.now() / 1000;
    await ask(await createToken({ nbf: now + 50 }));
    await ask(await createToken({ exp: now - 50 }));
    expect((await refusal(await createToken({ nbf: now + 70 })))[0]).toBe('invalid');
    expect(await refusal(await createToken({ exp: now - 70 }))).toEqual(['invalid', 'The token has expired.']);
  });

  test('is verified once a minute, and never beyond its end', async () => {
    const token = await createToken({ exp: clock.now() / 1000 + 30 });
    await ask(token);
    expect(authenticator.authenticate({ authorization: `Bearer ${token}` })).not.toBeInstanceOf(Promise);
    clock.advance(59_000);
    expect(authenticator.authenticate({ authorization: `Bearer ${token}` })).not.toBeInstanceOf(Promise);
    clock.advance(2000);
    expect(authenticator.authenticate({ authorization: `Bearer ${token}` })).toBeInstanceOf(Promise);
    await ask(token);
    clock.advance(30_000);
    expect(await refusal(token)).toEqual(['invalid', 'The token has expired.']);
  });

  test.each([
    [undefined, 'missing'],
    ['', 'invalid'],
    ['Basic YTpi', 'invalid'],
    ['Bearer', 'invalid'],
    ['Bearer a b', 'invalid'],
    ['Bearer nonsense', 'invalid'],
    ['Bearer ..', 'invalid'],
    ['Bearer e30.e30.e30', 'invalid'],
  ])('is expected in Authorization, where %p is %s', async (authorization, kind) => {
    const asked = (async () => authenticator.authenticate({ authorization }))();
    await expect(asked).rejects.toMatchObject({ kind });
  });
});

describe('The keys of the provider', () => {
  test('are known before the first request, and asked for once', async () => {
    expect(authenticator.isReady).toBe(true);
    await Promise.all([ask(await createToken()), ask(await createToken({ sub: 'bob' }))]);
    expect(provider.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  test('that are new are looked for when a token names one, once in 30 s', async () => {
    const unknown = await createToken({}, { header: { kid: 'made up' } });
    clock.advance(30_000);
    const key = await provider.addKey('second', 'ES256');
    await Promise.all([ask(await createToken({}, { key })), ask(await createToken({ sub: 'bob' }, { key }))]);
    expect(provider.asked).toHaveLength(4);
    for (let times = 0; times < 10; times += 1) expect((await refusal(unknown))[0]).toBe('invalid');
    expect(provider.asked).toHaveLength(4);
    provider.removeKey('second');
  });

  test('stay while the provider is away, for as long as that is', async () => {
    const token = await createToken({ exp: clock.now() / 1000 + 7200 });
    provider.setDown(true);
    for (let minutes = 0; minutes < 30; minutes += 1) {
      clock.advance(MINUTE_MS);
      expect((await ask(token)).subject).toBe('ada');
    }
    expect(authenticator.isReady).toBe(true);
  });

  test('that the provider does not name any more are not taken', async () => {
    const key = await provider.addKey('old', 'ES256');
    clock.advance(30_000);
    const token = await createToken({ exp: clock.now() / 1000 + 7200 }, { key });
    await ask(token);
    provider.removeKey('old');
    clock.advance(10 * MINUTE_MS);
    // Asks for keys once more, behind the read that the timer has started.
    expect((await refusal(await createToken({}, { header: { kid: 'made up' } })))[0]).toBe('invalid');
    expect((await refusal(token))[0]).toBe('invalid');
  });

  test('that cannot be asked for are no fault of the token', async () => {
    provider.setDown(true);
    clock.advance(30_000);
    const unknown = await createToken({}, { header: { kid: 'made up' } });
    await expect(ask(unknown)).rejects.toMatchObject({ kind: 'unavailable', retryAfterMs: 5000 });
    const asked = provider.asked.length;
    await expect(ask(unknown)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(provider.asked).toHaveLength(asked);
    expect((await refusal(await createToken({ iss: 'https://evil.example' })))[0]).toBe('invalid');
  });

  test('are waited for by a gateway that starts while the provider is away', async () => {
    provider.setDown(true);
    authenticator = await start();
    expect(authenticator.isReady).toBe(false);
    await expect(ask(await createToken())).rejects.toMatchObject({ kind: 'unavailable' });
    provider.setDown(false);
    clock.advance(5000);
    await ask(await createToken());
    expect(authenticator.isReady).toBe(true);
  });
});

describe('An API key', () => {
  const entry = { accounts: ['123456789012'], regions: ['eu-west-1'], schema: true };

  function writeKeys(...keys: { key: string; id: string; expiresAtMs?: number }[]): void {
    const lines = keys.map(({ key, id, expiresAtMs = null as never }) =>
      toKeyLine({ id, name: `portal ${id}`, sha256: hashApiKey(key), entry, expiresAtMs }),
    );
    writeFileSync(`${keysFile}.new`, `# Keys of the portals\n${lines.join('\n')}`);
    renameSync(`${keysFile}.new`, keysFile);
  }

  test('says who asks, behind Bearer and in X-API-Key', async () => {
    const key = createApiKey();
    expect(key).toMatch(/^igk_[0-9a-f]{56}$/);
    writeKeys({ key, id: 'a1' });
    authenticator = await start();
    const { accounts, regions } = entry;
    const rights = { scope: [{ accounts, regions }], isAll: false, maySeeSchema: true };
    const expected = { subject: 'portal a1', keyId: 'a1', rights };
    expect(await ask(key)).toMatchObject(expected);
    expect(await authenticator.authenticate({ 'x-api-key': key })).toMatchObject(expected);
  });

  test('is refused when it is mistyped, unknown or expired', async () => {
    const key = createApiKey();
    writeKeys({ key, id: 'a1', expiresAtMs: clock.now() + 1000 });
    authenticator = await start();
    await ask(key);
    const other = key.at(-1) === '0' ? '1' : '0';
    expect((await refusal(key.slice(0, -1) + other))[1]).toMatch('mistyped');
    expect((await refusal(createApiKey()))[1]).toMatch('not known');
    clock.advance(1000);
    expect((await refusal(key))[1]).toMatch('expired');
  });
});
