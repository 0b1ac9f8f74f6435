import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endAfterAll } from './cleanup.js';
import { findInstalled } from './installed.js';
import { findFreePort } from './redis-server.js';

const command = findInstalled(['nginx', '/usr/sbin/nginx']);

/** Whether nginx is installed. */
export const hasNginx = command !== undefined;

/** Starts the proxy of the Compose file in front of gateways, and returns its URL. */
export async function startNginx(...gatewayUrls: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'inspector-gateway-nginx-'));
  endAfterAll(() => rm(folder, { recursive: true, force: true }));
  const port = await findFreePort();
  const config = readFileSync(new URL('../../deploy/nginx.conf', import.meta.url), 'utf8')
    .replace('server gateway:4000 resolve;', gatewayUrls.map((url) => `server ${new URL(url).host};`).join(' '))
    .replace('listen 8080', `listen 127.0.0.1:${port}`);
  writeFileSync(join(folder, 'nginx.conf'), config);
  // Started by root, its processes could not read the folder of another user.
  const directives = `daemon off;${process.getuid?.() === 0 ? ' user root;' : ''}`;
  const child = spawn(command as string, ['-p', folder, '-c', 'nginx.conf', '-g', directives], { stdio: 'ignore' });
  endAfterAll(async () => {
    if (child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  });
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}.`);
  }
  return url;
}
