import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { type TLSSocket, Server as TlsServer } from 'node:tls';
import type { ListeningSocket } from './listening-socket.js';
import { BACKLOG_LIMIT_MS, IDLE_GRACE_MS, QUIET_LIMIT_MS, QUIET_MS } from './shutdown-limits.js';

/**
 * Stops a listening HTTP server without losing a request. `drain` accepts no new connections, its responses ask clients to close
 * theirs, and connections that stay idle are closed after a moment. It resolves when no connection is left, at the
 * latest after `limitMs`, when the rest is cut off.
 *
 * node's own server.close() closes idle connections at once, even with a request in their buffer, and resets those that the
 * kernel has accepted and node has not.
 *
 * Over TLS a connection counts from its first byte: a handshake is waited for like a request of which a part has come.
 *
 * With other listeners on the socket, queued connections are left to them, and it is closed here at once.
 */
export function createGracefulShutdown(
  server: Server,
  listeningSocket: Pick<ListeningSocket, 'hasOtherListeners' | 'closed'> = {
    hasOtherListeners: () => false,
    closed: async () => {},
  },
): { drain(limitMs: number): Promise<void>; countConnections(): { connections: number; activeRequests: number } } {
  let draining = false;
  /** The unfinished responses of each connection. */
  const connections = new Map<Socket, Set<ServerResponse>>();
  /** The bytes that a connection had received when its last response was finished. */
  const bytesAnswered = new WeakMap<Socket, number>();
  // One function for all responses, since a closure for each would cost every request.
  function forget(this: ServerResponse): void {
    const { socket } = this.req;
    connections.get(socket)?.delete(this);
    bytesAnswered.set(socket, socket.bytesRead);
  }
  function add(socket: Socket): void {
    connections.set(socket, new Set());
    socket.once('close', () => connections.delete(socket));
  }
  server.prependListener('connection', add);
  /** Connections that have become secure since idle ones were last closed. */
  const secured = new Set<Socket>();
  if (server instanceof TlsServer) {
    // Requests come on another socket than that of TCP, which node does not tell: both have the same addresses.
    const handshakes = new Map<string, Socket>();
    server.prependListener('connection', (socket: Socket) => {
      const addresses = toAddresses(socket);
      handshakes.set(addresses, socket);
      socket.once('close', () => {
        if (handshakes.get(addresses) === socket) handshakes.delete(addresses);
      });
    });
    server.prependListener('secureConnection', (socket: TLSSocket) => {
      const addresses = toAddresses(socket);
      connections.delete(handshakes.get(addresses) as Socket);
      handshakes.delete(addresses);
      add(socket);
      if (draining) secured.add(socket);
    });
  }
  server.prependListener('request', (request, response) => {
    connections.get(request.socket)?.add(response);
    response.on('close', forget);
    if (draining) askToClose(response);
  });

  /**
   * Closes idle connections. node's own server.closeIdleConnections() also closes those whose response is still being sent,
   * and leaves those open that never had a request.
   */
  function closeIdle(): void {
    for (const [socket, responses] of connections) {
      const hasUnreadBytes = socket.bytesRead > (bytesAnswered.get(socket) ?? 0);
      if (responses.size === 0 && !hasUnreadBytes && !secured.has(socket)) socket.destroy();
    }
    secured.clear();
  }

  /** node's own server.closeAllConnections() leaves handshakes. */
  function closeAll(): void {
    for (const socket of connections.keys()) socket.destroy();
  }

  function countConnections() {
    let activeRequests = 0;
    for (const responses of connections.values()) activeRequests += responses.size;
    return { connections: connections.size, activeRequests };
  }

  async function drain(limitMs: number): Promise<void> {
    draining = true;
    for (const responses of connections.values()) responses.forEach(askToClose);
    const limit = setTimeout(closeAll, limitMs);
    const closed = listeningSocket.hasOtherListeners()
      ? stopListening(server)
      : await closeListener(server, listeningSocket.closed);
    const idle = setInterval(closeIdle, IDLE_GRACE_MS);
    await closed();
    clearInterval(idle);
    clearTimeout(limit);
  }

  return { drain, countConnections };
}

/**
 * Stops listening when the kernel's queue of connections is empty; node accepts one in each turn of its event loop. Accepted
 * connections are not read until then, so that their clients wait and open no further ones, and the queue empties also under
 * load. With several workers, queued connections are answered only once all have stopped listening: keep-alive clients would
 * reconnect to a closing worker. The result waits for the last connection to end.
 */
async function closeListener(server: Server, closedByAll: () => Promise<void>): Promise<() => Promise<void>> {
  const accepted: Socket[] = [];
  const listeners = server.rawListeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket) => accepted.push(socket));
  Object.assign(server, { pauseOnConnect: true });

  const beganAt = performance.now();
  let quietSince = beganAt;
  let elapsedMs = 0;
  // A busy machine is never quiet for long: the first moment in which nothing waits has to do then.
  while (elapsedMs < BACKLOG_LIMIT_MS) {
    const before = accepted.length;
    const startedAt = performance.now();
    await new Promise((resolve) => setImmediate(resolve));
    const now = performance.now();
    elapsedMs = now - beganAt;
    // In a long turn a connection may have come after node looked for one.
    if (now - startedAt > 1 || accepted.length > before) quietSince = now;
    else if (now - quietSince >= (elapsedMs < QUIET_LIMIT_MS ? QUIET_MS : 0)) break;
  }
  const closed = stopListening(server);
  await closedByAll();

  server.removeAllListeners('connection');
  for (const listener of listeners) server.on('connection', listener);
  for (const socket of accepted) {
    server.emit('connection', socket);
    socket.resume();
  }
  return closed;
}

function stopListening(server: Server): () => Promise<void> {
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
  return () => closed;
}

function toAddresses({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

function askToClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
