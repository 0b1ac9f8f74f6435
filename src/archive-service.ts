import type { Logger } from 'pino';
import { openArchive } from './archive/archive.js';
import type { ArchiveLocation } from './archive/archive-url.js';
import type { ExampleRun } from './archive/example-run.js';
import { isUnavailable } from './archive/store/database.js';
import { type ArchiveRequest, createArchiveServer } from './archive/wire/archive-server.js';
import type { Config } from './config.js';
import { SAMPLE_FILE } from './package-files.js';
import { type ClientLimits, clientLimits } from './process/bounded-server.js';
import { createGracefulShutdown } from './process/graceful-shutdown.js';
import { createGuardedServer } from './process/guarded-server.js';
import { listen } from './process/listening-socket.js';

/** The settings of an archive. */
export type ArchiveConfig = Pick<
  Config,
  'host' | 'allowedHosts' | 'archivePort' | 'archiveUrl' | 'archiveReadUrl' | 'mayCreateArchive' | 'logLevel'
>;

/** A running archive. */
export interface RunningArchive {
  /** The address that was taken, as a URL without a path. */
  url: string;
  /** For people. */
  description: string;
  /** A run to try it with; null when there is none. */
  exampleRun: ExampleRun | null;
  /** Answers what is in flight and resolves when nothing is left. */
  stop(): Promise<void>;
}

/** Starts the archive. Its `stop` cuts off requests after `stopLimitMs`. Rejects with a ListenError or an ArchiveOpenError. */
export async function startArchive(
  config: ArchiveConfig,
  logger: Logger,
  stopLimitMs: number,
  limits: ClientLimits = clientLimits,
): Promise<RunningArchive> {
  const log = logger.child({ server: 'archive' });
  const { allowedHosts } = config;
  const archive = await openArchive(toLocation(config), SAMPLE_FILE);
  const server = createArchiveServer({
    reader: archive.reader,
    probe: archive.probe,
    createServer: (listener, refuse) => createGuardedServer(listener, refuse, allowedHosts, limits, log),
    // Gateways ask for the revision every second.
    onRequest: (request: ArchiveRequest) =>
      log[request.operation === 'GetArchiveRevision' ? 'debug' : 'info'](request, 'request'),
    onDefect(error, requestId) {
      // The operator needs to know that the database is away; a stack trace would not help.
      if (isUnavailable(error))
        log.error({ requestId, reason: (error as Error).message }, 'the archive is out of reach');
      else log.error({ requestId, err: error }, 'unexpected error');
    },
  });
  const drain = createGracefulShutdown(server);
  try {
    const url = await listen(server, config.host, config.archivePort, 'ARCHIVE_PORT');
    const stop = async () => {
      await drain(stopLimitMs);
      await archive.close();
    };
    return { url, description: archive.description, exampleRun: archive.exampleRun, stop };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

/** Null for the sample. Nothing can be made on a read replica. */
function toLocation({ archiveUrl, archiveReadUrl, mayCreateArchive }: ArchiveConfig): ArchiveLocation | null {
  if (archiveReadUrl !== null) return { url: archiveReadUrl, mayCreate: false };
  return archiveUrl === null ? null : { url: archiveUrl, mayCreate: mayCreateArchive };
}
