import { once } from 'node:events';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { ArchiveOpenError } from './archive/archive-url.js';
import type { ArchiveConfig, RunningArchive } from './archive-service.js';
import type { ClientLimits } from './process/bounded-server.js';
import { ListenError } from './process/listening-socket.js';
import { createLog } from './process/log.js';
import { ARCHIVE_LIMIT_MS } from './process/shutdown-limits.js';

/*
 * The archive inside a gateway has a thread of its own: SQLite is synchronous, and a long query would hold up GraphQL.
 */

/** The workerData of the thread. */
interface ThreadData {
  readonly config: ArchiveConfig;
  readonly limits: ClientLimits;
}

/** The first message of the thread: its address, or why it did not start, since an Error's class does not cross threads. */
type Started = Omit<RunningArchive, 'stop'> | { readonly failure: 'ArchiveOpenError' | 'ListenError'; message: string };

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
  return {
    ...started,
    async stop() {
      thread.postMessage('stop');
      await ended;
    },
  };
}

/** Runs the archive on this thread until the main thread stops it. */
export async function runArchiveThread(): Promise<void> {
  const { config, limits } = workerData as ThreadData;
  const port = parentPort as NonNullable<typeof parentPort>;
  const { startArchive } = await import('./archive-service.js');
  try {
    const { logger } = createLog(config.logLevel);
    const { stop, ...started } = await startArchive(config, logger, ARCHIVE_LIMIT_MS, limits);
    port.once('message', () => stop());
    port.postMessage(started satisfies Started);
  } catch (error) {
    const failure = error instanceof ListenError ? 'ListenError' : 'ArchiveOpenError';
    if (!(error instanceof ListenError || error instanceof ArchiveOpenError)) throw error;
    port.postMessage({ failure, message: error.message } satisfies Started);
  }
}
