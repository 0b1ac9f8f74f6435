import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { listen } from '../../src/process/listening-socket.js';
import { endAfterAll } from './cleanup.js';

type Key = Awaited<ReturnType<typeof generateKeyPair>> & { kid: string; alg: string };

/** An OpenID Connect provider: its metadata and keys, and tokens of any content. */
export async function startIdentityProvider() {
  const asked: string[] = [];
  let keys: Key[] = [];
  let isDown = false;
  const server: Server = createServer(async (request, response) => {
    asked.push(request.url as string);
    if (isDown) {
      response.writeHead(503).end('Away');
      return;
    }
    const issuer = `http://${request.headers.host}`;
    const answer = request.url?.startsWith('/.well-known/')
      ? { issuer, jwks_uri: `${issuer}/keys` }
      : {
          keys: await Promise.all(
            keys.map(async ({ publicKey, kid, alg }) => ({ ...(await exportJWK(publicKey)), kid, alg })),
          ),
        };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  const issuer = await listen(server, '127.0.0.1', 0, 'PORT');
  endAfterAll(async () => server.close());

  async function addKey(kid: string, alg = 'RS256'): Promise<Key> {
    const key = { ...(await generateKeyPair(alg, { extractable: true })), kid, alg };
    keys.push(key);
    return key;
  }

  const first = await addKey('first');

  return {
    issuer,
    /** The paths that were asked for so far. */
    asked,
    addKey,
    removeKey(kid: string): void {
      keys = keys.filter((key) => key.kid !== kid);
    },
    setDown(value: boolean): void {
      isDown = value;
    },
    /** A token for `gateway` of a caller in these groups, valid for an hour from `nowMs`, with anything else instead. */
    async createToken(
      claims: Record<string, unknown> = {},
      { key = first, nowMs = Date.now(), header = {} }: { key?: Key; nowMs?: number; header?: object } = {},
    ): Promise<string> {
      const now = Math.floor(nowMs / 1000);
      const all = { iss: issuer, aud: 'gateway', sub: 'ada', iat: now, exp: now + 3600, ...claims };
      const jwt = new SignJWT(JSON.parse(JSON.stringify(all)));
      return jwt.setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey);
    },
  };
}
