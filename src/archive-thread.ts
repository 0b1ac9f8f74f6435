import { once } from 'node:events';
import { MessageChannel, type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';
import { ArchiveOpenError } from './archive/archive-url.js';
import type { ArchiveConfig, RunningArchive } from './archive-service.js';
import type { Metric } from './metrics.js';
import type { ClientLimits } from './process/bounded-server.js';
import { ListenError } from './process/listening-socket.js';
import { createLog } from './process/log.js';
import { ARCHIVE_LIMIT_MS } from './process/shutdown-limits.js';
import { startTracing, stopTracing } from './start-tracing.js';
import { getTracing } from './tracing.js';

/*
 * The archive inside a gateway has a thread of its own: SQLite is synchronous, and a long query would hold up GraphQL.
 */

/** The workerData of the thread. */
interface ThreadData {
  readonly config: ArchiveConfig;
  readonly limits: ClientLimits;
}

/** The first message of the thread: its address, or why it did not start, since an Error's class does not cross threads. */
type Started =
  | Omit<RunningArchive, 'stop' | 'collectMetrics'>
  | { readonly failure: 'ArchiveOpenError' | 'ListenError'; message: string };

/** A message to the thread: to stop, or where to tell its metrics. */
type ToThread = 'stop' | MessagePort;

/** How long its metrics are waited for: a query may hold it up. */
const METRICS_TIMEOUT_MS = 1000;

/**
 * Starts the archive on a thread of its own. Rejects with a ListenError or an ArchiveOpenError. A later error of the thread
 * ends the process, as any error outside of a request does.
 */
export async function startArchiveOnThread(config: ArchiveConfig, limits: ClientLimits): Promise<RunningArchive> {
  // Only members that can be cloned.
  const { host, allowedHosts, archivePort, archiveUrl, archiveReadUrl, archiveKeysFile, mayCreateArchive } = config;
  const { gatewayKey, logLevel } = config;
  const data: ThreadData = {
    config: {
      host,
      allowedHosts,
      archivePort,
      archiveUrl,
      archiveReadUrl,
      archiveKeysFile,
      mayCreateArchive,
      gatewayKey,
      logLevel,
    },
    limits,
  };
  const thread = new Worker(new URL('./main.js', import.meta.url), { argv: [], workerData: data });
  const ended = once(thread, 'exit');
  const [started] = (await Promise.race([
    once(thread, 'message'),
    ended.then(([code]) => Promise.reject(new Error(`The archive's thread ended with ${code}.`))),
  ])) as [Started];
  if ('failure' in started) {
    await ended;
    throw started.failure === 'ListenError' ? new ListenError(started.message) : new ArchiveOpenError(started.message);
  }
  thread.on('error', (error) => {
    throw error;
  });
  let lastMetrics: readonly Metric[] = [];
  return {
    ...started,
    async collectMetrics() {
      const { port1, port2 } = new MessageChannel();
      thread.postMessage(port2 satisfies ToThread, [port2]);
      try {
        [lastMetrics] = await once(port1, 'message', { signal: AbortSignal.timeout(METRICS_TIMEOUT_MS) });
      } catch {
        // The latest known ones, then.
      }
      port1.close();
      return lastMetrics;
    },
    async stop() {
      thread.postMessage('stop' satisfies ToThread);
      await ended;
    },
  };
}

/** Runs the archive on this thread until the main thread stops it. */
export async function runArchiveThread(): Promise<void> {
  const { config, limits } = workerData as ThreadData;
  const port = parentPort as NonNullable<typeof parentPort>;
  const { logger } = createLog(config.logLevel);
  const [{ startArchive }] = await Promise.all([import('./archive-service.js'), startTracing(logger)]);
  try {
    const { stop, collectMetrics, ...started } = await startArchive(config, logger, ARCHIVE_LIMIT_MS, limits);
    port.on('message', async (message: ToThread) => {
      if (message !== 'stop') return message.postMessage(await collectMetrics());
      port.unref();
      await stop();
      await stopTracing();
      // A collector that hangs would hold it up.
      if (getTracing() !== null) process.exit();
    });
    port.postMessage(started satisfies Started);
  } catch (error) {
    const failure = error instanceof ListenError ? 'ListenError' : 'ArchiveOpenError';
    if (!(error instanceof ListenError || error instanceof ArchiveOpenError)) throw error;
    port.postMessage({ failure, message: error.message } satisfies Started);
  }
}
