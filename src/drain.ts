import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';

/** For how long a connection may stay idle once draining has begun: a request may be on its way on it. */
const IDLE_GRACE_MS = 500;

/**
 * Lets a listening HTTP server end without losing a request: no new connections, each response tells its client to
 * close, and what is still idle after a moment is closed. `drain` resolves when no connection is left, at the latest
 * after `limitMs`, when the rest is cut off.
 *
 * node's own server.close() closes idle connections at once, among them those with a request already in their buffer.
 */
export function createDrain(server: Server): (limitMs: number) => Promise<void> {
  let draining = false;
  const open = new Set<ServerResponse>();
  server.prependListener('request', (_request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    if (draining) askToClose(response);
  });

  return async function drain(limitMs: number): Promise<void> {
    draining = true;
    open.forEach(askToClose);
    // Connections that the kernel has already accepted are picked up in the poll phase that comes before this.
    await new Promise((resolve) => setImmediate(resolve));
    const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_GRACE_MS);
    const limit = setTimeout(() => server.closeAllConnections(), limitMs);
    await closed;
    clearInterval(idle);
    clearTimeout(limit);
  };
}

function askToClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
