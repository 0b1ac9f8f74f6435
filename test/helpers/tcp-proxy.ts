import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { endAfterAll } from './cleanup.js';

/**
 * A proxy in front of a server. `silence` forwards nothing more on open connections and closes none, like a firewall that has
 * dropped them. Later connections work.
 */
export async function startTcpProxy(host: string, port: number) {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((client) => {
    const pair = [client, connect(port, host)] as const;
    const [, upstream] = pair;
    pairs.add(pair);
    client.pipe(upstream).pipe(client);
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endAfterAll(async () => {
    server.close();
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  });

  return {
    port: (server.address() as AddressInfo).port,
    /** The number of open connections. */
    count: () => pairs.size,
    silence(): void {
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream);
        upstream.unpipe(client);
        // Acknowledged, and dropped.
        client.resume();
        upstream.resume();
      }
    },
  };
}
