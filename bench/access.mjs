// What it costs to know who asks: an identity provider, and a token for everything that the bench sends. A gateway that does not
// ask who its callers are does not look at it, so that both are sent the same.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** Starts the provider; `env` is that of a gateway which asks it, `authorization` what is sent. */
export async function startAccess(folder) {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }];
  const server = createServer(({ url, headers }, response) => {
    const issuer = `http://${headers.host}`;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(url.endsWith('/keys') ? { keys } : { issuer, jwks_uri: `${issuer}/keys` }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const rightsFile = join(folder, 'rights.json');
  writeFileSync(rightsFile, JSON.stringify({ groups: { portal: { accounts: ['12*'], regions: ['*'] } } }));
  const token = await new SignJWT({ iss: issuer, aud: 'gateway', sub: 'bench', groups: ['portal'] })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .setExpirationTime('1d')
    .sign(privateKey);
  return {
    authorization: `Bearer ${token}`,
    env: { AUTH: 'oidc', OIDC_ISSUER: issuer, OIDC_AUDIENCE: 'gateway', RIGHTS_FILE: rightsFile },
    stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}
