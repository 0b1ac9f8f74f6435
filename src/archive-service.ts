import type { Logger } from 'pino';
import { openArchive } from './archive/archive.js';
import { type ArchiveLocation, ArchiveOpenError } from './archive/archive-url.js';
import type { ExampleRun } from './archive/example-run.js';
import { isUnavailable } from './archive/store/database.js';
import { parseAccessKeys } from './archive/wire/access-keys.js';
import { type ArchiveRequest, createArchiveServer, MAX_HEADER_BYTES } from './archive/wire/archive-server.js';
import { targets } from './archive/wire/services.js';
import { createSignatureVerifier } from './archive/wire/signature-verifier.js';
import type { Config } from './config.js';
import { createHistograms, DURATION_BOUNDS, type Metric } from './metrics.js';
import { SAMPLE_FILE } from './package-files.js';
import { type ClientLimits, clientLimits } from './process/bounded-server.js';
import { createGracefulShutdown } from './process/graceful-shutdown.js';
import { createGuardedServer } from './process/guarded-server.js';
import { listen } from './process/listening-socket.js';
import { startMetricsServer } from './process/metrics-server.js';
import { createProcessMetrics } from './process/process-metrics.js';
import { DRAIN_LIMIT_MS } from './process/shutdown-limits.js';
import { startTracing } from './start-tracing.js';
import { type WatchedFile, watchFileOf } from './watched-file.js';

/** The settings of an archive. */
export type ArchiveConfig = Pick<
  Config,
  | 'host'
  | 'allowedHosts'
  | 'archivePort'
  | 'archiveUrl'
  | 'archiveReadUrl'
  | 'archiveKeysFile'
  | 'mayCreateArchive'
  | 'logLevel'
> & {
  /** The key by which the gateway signs whose archive this is; null where it does not. */
  readonly gatewayKey?: AccessKey | null | undefined;
};

/** An access key of Signature Version 4. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
}

/** A running archive. */
export interface RunningArchive {
  /** The address that was taken, as a URL without a path. */
  url: string;
  /** For people. */
  description: string;
  /** A run to try it with; null when there is none. */
  exampleRun: ExampleRun | null;
  /** How its operations went. Rejects with nothing: what cannot be had now is what was had last. */
  collectMetrics(): Promise<readonly Metric[]>;
  /** Answers what is in flight and resolves when nothing is left. */
  stop(): Promise<void>;
}

/** The operations that are named in metrics. */
const OPERATIONS: ReadonlySet<string | null> = new Set(targets.map((target) => target.split('.')[1] as string));

/** Starts the archive as a process of its own, with its metrics. Rejects with a ListenError or an ArchiveOpenError. */
export async function startArchiveAlone(config: ArchiveConfig & Pick<Config, 'metricsPort'>, logger: Logger) {
  await startTracing(logger);
  const archive = await startArchive(config, logger, DRAIN_LIMIT_MS);
  const { metricsPort } = config;
  if (metricsPort === null) return { ...archive, metricsUrl: null };
  const toProcessMetrics = createProcessMetrics();
  const collect = async () => [...toProcessMetrics(), ...(await archive.collectMetrics())];
  try {
    const metrics = await startMetricsServer({ ...config, metricsPort }, collect, clientLimits, logger);
    const stop = () => archive.stop().then(metrics.stop);
    return { ...archive, stop, metricsUrl: metrics.url };
  } catch (error) {
    await archive.stop();
    throw error;
  }
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
  const keys = openAccessKeys(config, log);
  const archive = await openArchive(toLocation(config), SAMPLE_FILE);
  const calls = createHistograms(DURATION_BOUNDS, 'rpc_method', 'error_type');
  const collectMetrics = async (): Promise<Metric[]> => [
    {
      name: 'rpc_server_call_duration_seconds',
      type: 'histogram',
      help: 'Time that the archive takes to answer an operation, or a request for none, which has no name.',
      samples: calls.samples,
    },
  ];
  const server = createArchiveServer({
    reader: archive.reader,
    probe: archive.probe,
    verifySignature: keys === null ? undefined : createSignatureVerifier(keys),
    createServer: (listener, refuse) =>
      createGuardedServer(listener, refuse, allowedHosts, { ...limits, maxHeaderBytes: MAX_HEADER_BYTES }, log),
    onRequest(request: ArchiveRequest) {
      const { operation, errorType, durationMs } = request;
      calls.observe(durationMs / 1000, OPERATIONS.has(operation) ? (operation as string) : '', errorType ?? '');
      // Gateways ask for the revision every second.
      log[operation === 'GetArchiveRevision' ? 'debug' : 'info'](request, 'request');
    },
    onDefect(error, requestId) {
      // The operator needs to know that the database is away; a stack trace would not help.
      if (isUnavailable(error))
        log.error({ requestId, reason: (error as Error).message }, 'the archive is out of reach');
      else log.error({ requestId, err: error }, 'unexpected error');
    },
  });
  const { drain } = createGracefulShutdown(server);
  try {
    const url = await listen(server, config.host, config.archivePort, 'ARCHIVE_PORT');
    const stop = async () => {
      await drain(stopLimitMs);
      await archive.close();
      keys?.close();
    };
    return { url, description: archive.description, exampleRun: archive.exampleRun, collectMetrics, stop };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

function watchKeys(path: string, logger: Logger): WatchedFile<ReadonlyMap<string, string>> {
  try {
    return watchFileOf('ARCHIVE_KEYS_FILE', path, parseAccessKeys, logger);
  } catch (error) {
    throw new ArchiveOpenError((error as Error).message);
  }
}

/** The keys of those who may ask; null where everybody may. */
function openAccessKeys({ archiveKeysFile, gatewayKey = null }: ArchiveConfig, logger: Logger) {
  if (archiveKeysFile === null && gatewayKey === null) return null;
  const file = archiveKeysFile === null ? null : watchKeys(archiveKeysFile, logger);
  return {
    secretOf: (id: string) => (id === gatewayKey?.id ? gatewayKey.secret : file?.current.get(id)),
    close: () => file?.close(),
  };
}

/** Null for the sample. Nothing can be made on a read replica. */
function toLocation({ archiveUrl, archiveReadUrl, mayCreateArchive }: ArchiveConfig): ArchiveLocation | null {
  if (archiveReadUrl !== null) return { url: archiveReadUrl, mayCreate: false };
  return archiveUrl === null ? null : { url: archiveUrl, mayCreate: mayCreateArchive };
}
