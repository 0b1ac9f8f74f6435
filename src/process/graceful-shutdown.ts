import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import type { ListeningSocket } from './listening-socket.js';
import { BACKLOG_LIMIT_MS, IDLE_GRACE_MS, QUIET_MS } from './shutdown-limits.js';

/**
 * Lets a listening HTTP server end without losing a request: no new connections, each response tells its client to
 * close, and what is still idle after a moment is closed. `drain` resolves when no connection is left, at the latest
 * after `limitMs`, when the rest is cut off.
 *
 * node's own server.close() closes idle connections at once, among them those with a request already in their buffer,
 * and resets those that the kernel has taken and node has not.
 *
 * Where other processes listen on the same socket and go on, what waits there is theirs, and it is left at once.
 */
export function createGracefulShutdown(
  server: Server,
  listeningSocket: Pick<ListeningSocket, 'staysOpen' | 'closed'> = { staysOpen: () => false, closed: async () => {} },
): (limitMs: number) => Promise<void> {
  let draining = false;
  /** By connection: the responses that have not been sent to their end. */
  const connections = new Map<Socket, Set<ServerResponse>>();
  /** How many bytes of a connection had come when its last response was sent. */
  const bytesAnswered = new WeakMap<Socket, number>();
  // One function for all, since each request pays for it.
  function forget(this: ServerResponse): void {
    const { socket } = this.req;
    connections.get(socket)?.delete(this);
    bytesAnswered.set(socket, socket.bytesRead);
  }
  server.prependListener('connection', (socket) => {
    connections.set(socket, new Set());
    socket.once('close', () => connections.delete(socket));
  });
  server.prependListener('request', (request, response) => {
    connections.get(request.socket)?.add(response);
    response.on('close', forget);
    if (draining) askToClose(response);
  });

  /**
   * node's own server.closeIdleConnections() also closes those whose answer is ended and still to be sent, and leaves
   * those open that never had a request.
   */
  function closeIdle(): void {
    for (const [socket, responses] of connections) {
      const hasNews = socket.bytesRead > (bytesAnswered.get(socket) ?? 0);
      if (responses.size === 0 && !hasNews) socket.destroy();
    }
  }

  return async function drain(limitMs: number): Promise<void> {
    draining = true;
    for (const responses of connections.values()) responses.forEach(askToClose);
    const limit = setTimeout(() => server.closeAllConnections(), limitMs);
    const closed = listeningSocket.staysOpen()
      ? stopListening(server)
      : await closeListener(server, listeningSocket.closed);
    const idle = setInterval(closeIdle, IDLE_GRACE_MS);
    await closed();
    clearInterval(idle);
    clearTimeout(limit);
  };
}

/**
 * Stops listening when no connection waits to be accepted, of which node accepts one each turn of its event loop. Those
 * that come meanwhile are not read until then: a client that waits for its answer opens no further connection, so that
 * the queue runs empty also under load. With several workers, queued connections are answered only once all have stopped
 * listening: keep-alive clients would reconnect to a closing worker. Gives a function that waits for the last
 * connection's end.
 */
async function closeListener(server: Server, closedByAll: () => Promise<void>): Promise<() => Promise<void>> {
  const accepted: Socket[] = [];
  const listeners = server.rawListeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket) => accepted.push(socket));
  Object.assign(server, { pauseOnConnect: true });

  const giveUpAt = performance.now() + BACKLOG_LIMIT_MS;
  let quietSince = performance.now();
  while (performance.now() < Math.min(quietSince + QUIET_MS, giveUpAt)) {
    const before = accepted.length;
    const startedAt = performance.now();
    await new Promise((resolve) => setImmediate(resolve));
    // In a turn that was long with other work a connection may have come after node had looked for one.
    const wasLong = performance.now() - startedAt > 1;
    if (wasLong || accepted.length > before) quietSince = performance.now();
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

function askToClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
