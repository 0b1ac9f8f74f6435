import cluster from 'node:cluster';
import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';
import { type ListeningSocket, listenOnHandle } from './listening-socket.js';
import { ARCHIVE_URL_VARIABLE, EXAMPLE_QUERY_VARIABLE, type FromWorker, type ToWorker } from './workers.js';

/** What a worker has of the process that started it. */
export interface Primary {
  /** This worker's number, which no other one has had. */
  id: number;
  listeningSocket: ListeningSocket;
  /** Of the primary's archive, if it has one. */
  archiveUrl: string | undefined;
  /** What the landing page opens with. */
  exampleQuery: string | undefined;
  /** Resolves when this worker has to stop. */
  stopAsked: Promise<unknown>;
}

/**
 * Lets this process work for the one that started it, which sees to signals: a terminal sends SIGINT to all, so it means
 * nothing here; SIGTERM to this one alone asks for its replacement. When the primary is gone, node's cluster ends it.
 */
export function joinPrimary(): Primary {
  const told = new EventEmitter();
  const doorGiven = once(told, 'listeningSocket');
  const stopAsked = once(told, 'stop');
  const closedByAll = once(told, 'closed');
  let hasDoor = false;
  let othersGoOn = false;
  let wasSignalled = false;

  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {
    if (wasSignalled) process.exit(1);
    wasSignalled = true;
    tell('leaving');
  });
  process.on('message', (message: ToWorker, handle: unknown) => {
    if (typeof message === 'object') {
      hasDoor = true;
      told.emit('listeningSocket', handle, message.listeningSocket);
    } else if (message === 'closed') {
      told.emit('closed');
    } else {
      if (!hasDoor) process.exit(0);
      othersGoOn = message === 'leave';
      told.emit('stop');
    }
  });

  return {
    id: cluster.worker?.id ?? 0,
    archiveUrl: process.env[ARCHIVE_URL_VARIABLE],
    exampleQuery: process.env[EXAMPLE_QUERY_VARIABLE],
    stopAsked,
    listeningSocket: {
      async open(server: Server) {
        tell('ready');
        const [handle, url] = await doorGiven;
        await listenOnHandle(server, handle, url);
        tell('listening');
        return url;
      },
      staysOpen: () => othersGoOn,
      async closed() {
        tell('closed');
        await closedByAll;
      },
    },
  };
}

function tell(message: FromWorker): void {
  // It fails only when the primary is gone, and this process with it.
  process.send?.(message, undefined, undefined, () => {});
}
