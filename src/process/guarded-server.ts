import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { type ClientLimits, type ClosedConnection, createBoundedServer } from './bounded-server.js';
import type { Refuse } from './early-refusal.js';
import { createHostGuard } from './host-guard.js';
import { isOutOfFiles, OUT_OF_FILES } from './open-files.js';
import type { TlsFiles } from './tls-files.js';

/** Creates the server of gateway and archive, which refuses foreign hosts and bounds the resources of clients. */
export function createGuardedServer(
  listener: RequestListener,
  refuse: Refuse,
  allowedHosts: readonly string[],
  limits: ClientLimits,
  logger: Logger,
  tls: TlsFiles | null = null,
): Server {
  const hosts = createHostGuard(allowedHosts, refuse);
  const onClosed = (closed: ClosedConnection) => logger.warn(closed, 'connection closed');
  const server = createBoundedServer(hosts.wrap(listener), limits, onClosed, refuse, tls);
  server.once('listening', () => hosts.listenAt(server.address() as AddressInfo));
  server.on('tlsClientError', ({ code, message }: NodeJS.ErrnoException) => {
    logger.debug({ code, reason: message }, 'a TLS handshake failed');
  });
  // listen() reports earlier errors. Open connections are served, and later ones may be accepted again.
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (!server.listening) return;
    const help = isOutOfFiles(error) ? OUT_OF_FILES : undefined;
    logger.error({ code: error.code, help }, 'a connection could not be taken');
  });
  return server;
}
