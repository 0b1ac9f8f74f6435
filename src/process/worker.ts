import cluster from 'node:cluster';
import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';
import type { Metric } from '../metrics.js';
import { type ListeningSocket, listenOnHandle } from './listening-socket.js';
import { ARCHIVE_URL_VARIABLE, EXAMPLE_QUERY_VARIABLE, type FromWorker, type ToWorker } from './workers.js';

/** What a worker gets from the process that started it. */
export interface Primary {
  /** This worker's number, which is never used again. */
  id: number;
  listeningSocket: ListeningSocket;
  /** Of the primary's archive, if it has one. */
  archiveUrl: string | undefined;
  /** What the landing page opens with. */
  exampleQuery: string | undefined;
  /** Resolves when this worker has to stop. */
  stopAsked: Promise<unknown>;
  /** Answers for its metrics from now on. The result tells them once more, for a worker that ends. */
  answerMetrics(collect: () => Promise<readonly Metric[]>): () => Promise<void>;
}

/**
 * Connects this process to the one that started it, which handles signals. SIGINT is ignored here, since a terminal sends it
 * to all processes. SIGTERM to a worker asks for its replacement. When the primary ends, node's cluster ends its workers.
 */
export function joinPrimary(): Primary {
  const told = new EventEmitter();
  const socketReceived = once(told, 'listeningSocket');
  const stopAsked = once(told, 'stop');
  const closedByAll = once(told, 'allClosed');
  let othersListen = false;
  let wasSignalled = false;

  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {
    if (wasSignalled) process.exit(1);
    wasSignalled = true;
    tell('wantsReplacement');
  });
  process.on('message', (message: ToWorker, handle: unknown) => {
    if (typeof message === 'object' && 'asked' in message) {
      told.emit('metricsAsked', message.asked);
    } else if (typeof message === 'object') {
      told.emit('listeningSocket', handle, message.listeningSocket);
    } else if (message === 'allClosed') {
      told.emit('allClosed');
    } else {
      othersListen = message === 'stopAlone';
      told.emit('stop');
    }
  });

  return {
    id: cluster.worker?.id ?? 0,
    archiveUrl: process.env[ARCHIVE_URL_VARIABLE],
    exampleQuery: process.env[EXAMPLE_QUERY_VARIABLE],
    stopAsked,
    answerMetrics(collect) {
      const answer = async (asked: number) => tell({ metrics: await collect(), asked });
      told.on('metricsAsked', answer);
      return () => answer(0);
    },
    listeningSocket: {
      async open(server: Server) {
        tell('ready');
        const [handle, url] = await socketReceived;
        await listenOnHandle(server, handle, url);
        tell('listening');
        return url;
      },
      hasOtherListeners: () => othersListen,
      async closed() {
        tell('closed');
        await closedByAll;
      },
    },
  };
}

/** Resolves when it was sent. */
function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    // It fails only when the primary has ended, and this process ends then, too.
    process.send?.(message, undefined, undefined, () => resolve());
  });
}
