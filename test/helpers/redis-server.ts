import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import type { Certificate } from './certificates.js';
import { endAfterAll } from './cleanup.js';
import { findInstalled } from './installed.js';

const command = findInstalled(['redis-server', 'valkey-server']);

/** Whether Redis or Valkey is installed. */
export const hasRedisServer = command !== undefined;

/**
 * Starts a server that the test can stop, pause and start again on the same port; with a certificate it takes connections
 * over TLS alone, by clients that know its CA.
 */
export async function startRedisServer(options: string[] = [], tls?: { certificate: Certificate; ca: string }) {
  const port = await findFreePort();
  const url = `${tls === undefined ? 'redis' : 'rediss'}://127.0.0.1:${port}`;
  const ports =
    tls === undefined
      ? ['--port', String(port)]
      : [
          ...['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'],
          ...['--tls-cert-file', tls.certificate.certFile, '--tls-key-file', tls.certificate.keyFile],
        ];
  const folder = await mkdtemp(join(tmpdir(), 'inspector-gateway-redis-'));
  endAfterAll(() => rm(folder, { recursive: true, force: true }));
  let child = await start();
  endAfterAll(async () => child.kill('SIGKILL'));

  async function start(): Promise<ChildProcess> {
    const started = spawn(command as string, [
      ...ports,
      ...['--bind', '127.0.0.1', '--dir', folder, '--save', ''],
      ...options,
    ]);
    let output = '';
    for await (const chunk of started.stdout) {
      output += chunk;
      if (/Ready to accept connections/.test(output)) break;
    }
    started.stdout?.resume();
    return started;
  }

  /** Runs commands on the server. */
  async function ask<T>(question: (client: ReturnType<typeof createClient>) => Promise<T>): Promise<T> {
    const client = createClient({ url, ...(tls && { socket: { tls: true, ca: tls.ca } }) });
    client.on('error', () => {});
    await client.connect();
    try {
      return await question(client as ReturnType<typeof createClient>);
    } finally {
      client.destroy();
    }
  }

  return {
    url,
    ask,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    async startAgain() {
      child = await start();
    },
    wipe: () => ask((client) => client.sendCommand(['FLUSHALL'])),
  };
}

/** A free port. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
