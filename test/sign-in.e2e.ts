import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
// @ts-expect-error It has no types.
import Provider from 'oidc-provider';
import { listen } from '../src/process/listening-socket.js';
import { createFolder } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { createKeysFile } from './helpers/keys.js';
import { isBrowserInstalled, openPage, startBrowser } from './helpers/watched-page.js';

/** A provider in which anybody is a member of these groups, whatever they are called. */
async function startProvider(groups: readonly string[]): Promise<string> {
  const server = createServer((request, response) => callback(request, response));
  const issuer = await listen(server, '127.0.0.1', 0, 'PORT');
  const provider = new Provider(issuer, {
    // Of a native client, the port of a redirection to this machine may be any (RFC 8252, section 7.3).
    clients: [
      {
        client_id: 'portal',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1/'],
      },
    ],
    clientBasedCORS: () => true,
    cookies: { keys: ['a test'] },
    extraTokenClaims: () => ({ groups }),
    features: {
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:gateway',
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'openid',
          audience: 'gateway',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  const callback = provider.callback();
  endAfterAll(async () => server.closeAllConnections());
  endAfterAll(async () => server.close());
  return issuer;
}

const describeInBrowser = isBrowserInstalled() ? describe : describe.skip;

describeInBrowser('A visitor of the portal (left out where there is no chromium)', () => {
  let browser: Awaited<ReturnType<typeof startBrowser>>;
  beforeAll(async () => {
    browser = await startBrowser();
  });

  test('signs in at the identity provider, and sees what is theirs where they wanted to go', async () => {
    const issuer = await startProvider(['payments']);
    const rights = join(await createFolder(), 'rights.yaml');
    writeFileSync(rights, 'groups: { payments: { accounts: ["123456789012"] } }');
    const gateway = await startGateway({
      AUTH: 'oidc',
      OIDC_ISSUER: issuer,
      OIDC_AUDIENCE: 'gateway',
      OIDC_CLIENT_ID: 'portal',
      RIGHTS_FILE: rights,
    });
    endAfterAll(gateway.kill);
    const { page } = await openPage(browser, gateway.url);
    await page.goto(`${gateway.url}/runs?state=COMPLETED`);
    await page.getByText('The gateway wants to know who you are').first().waitFor();
    await page.getByRole('button', { name: 'Sign in' }).first().click();
    await page.locator('input[name=login]').fill('ada');
    await page.locator('input[name=password]').fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(page.url()).toBe(`${gateway.url}/runs?state=COMPLETED`);
    await page.locator('main table tbody tr').first().waitFor();
    expect(await page.getByText('The gateway wants to know who you are').count()).toBe(0);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('The gateway wants to know who you are').first().waitFor();
    // Whoever comes back from the provider without an answer is where they look, not where they were.
    await page.getByRole('button', { name: 'Sign in' }).first().click();
    await page.waitForURL((url) => url.origin === new URL(issuer).origin);
    await page.goto(`${gateway.url}/runs?state=FAILED`);
    await page.getByText('The gateway wants to know who you are').first().waitFor();
    expect(page.url()).toBe(`${gateway.url}/runs?state=FAILED`);
    expect(await page.getByText('You could not be signed in').count()).toBe(0);
  }, 60_000);

  test('shows an API key where the gateway takes no tokens', async () => {
    const { path, keys } = createKeysFile({ visitor: { accounts: ['*'] } });
    const gateway = await startGateway({ AUTH: 'keys', API_KEYS_FILE: path });
    endAfterAll(gateway.kill);
    const { page } = await openPage(browser, gateway.url);
    await page.goto(`${gateway.url}/runs`);
    await page.getByLabel('API key').first().fill('igk_of_nobody');
    await page.getByRole('button', { name: 'Show the history' }).first().click();
    await page.getByText('got none').waitFor({ state: 'detached' });
    // A space that is not seen comes along with what is copied from some programs.
    await page.getByLabel('API key').first().fill(`${keys.visitor}\u200b`);
    await page.getByRole('button', { name: 'Show the history' }).first().click();
    await page.locator('main table tbody tr').first().waitFor();
    // Addresses are in the browser's history and in logs.
    expect(page.url()).toBe(`${gateway.url}/runs`);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    // It stays for this tab.
    await page.reload();
    await page.locator('main table tbody tr').first().waitFor();
  }, 60_000);
});
