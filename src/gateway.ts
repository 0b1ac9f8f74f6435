import { randomBytes } from 'node:crypto';
import type { AccessKey, RunningArchive } from './archive-service.js';
import { startArchiveOnThread } from './archive-thread.js';
import type { Config } from './config.js';
import { createExampleQuery } from './example-query.js';
import { combineMetrics, type Metric } from './metrics.js';
import { type ClientLimits, clientLimits } from './process/bounded-server.js';
import { createOwnListeningSocket } from './process/listening-socket.js';
import type { Log } from './process/log.js';
import { startMetricsServer } from './process/metrics-server.js';
import { createProcessMetrics } from './process/process-metrics.js';
import type { Primary } from './process/worker.js';
import { startWorkers } from './process/workers.js';
import { startTracing } from './start-tracing.js';

/** A running gateway; `archive` is null with another upstream. */
export interface RunningGateway {
  /** The address that was taken, as a URL without a path. */
  url: string;
  archive: Omit<RunningArchive, 'stop'> | null;
  /** Where Prometheus is answered; null where it is not. */
  metricsUrl: string | null;
  /** Those of this process, and of its workers and its archive. */
  collectMetrics(): Promise<readonly Metric[]>;
  /** A query that it can answer. */
  exampleQuery: string;
  /** Answers what is in flight and resolves when nothing is left. */
  stop(): Promise<void>;
}

/**
 * Starts the GraphQL gateway, with the archive if that is its upstream. With several workers this process has the archive, and
 * the workers answer. Rejects with a ListenError, an ArchiveOpenError or a WorkerError, and leaves nothing running then.
 */
export async function startGateway(
  config: Config,
  log: Log,
  primary: Pick<Primary, 'listeningSocket' | 'archiveUrl' | 'exampleQuery'> = {
    listeningSocket: createOwnListeningSocket(config.host, config.port, 'PORT'),
    archiveUrl: undefined,
    exampleQuery: undefined,
  },
  limits: ClientLimits = clientLimits,
): Promise<RunningGateway> {
  const needsArchive = config.inspectorEndpoint === 'embedded' && primary.archiveUrl === undefined;
  // Where callers are known, or those of the archive are, it answers nobody who has not signed: its gateway does.
  const isOpen = config.auth === null && config.archiveKeysFile === null;
  const gatewayKey = isOpen ? null : { id: 'GATEWAY', secret: randomBytes(32).toString('base64url') };
  // Always on loopback: this archive is for the gateway alone, and HOST is the gateway's.
  const startingArchive = needsArchive
    ? startArchiveOnThread({ ...config, host: '127.0.0.1', gatewayKey }, limits)
    : null;
  // Two cores load the two halves in the time of one.
  const loadingGraph = config.workers > 1 ? null : import('./graph-service.js');
  const startingTracing = config.workers > 1 ? null : startTracing(log.logger);
  const [archive, graph] = await Promise.all([startingArchive, loadingGraph, startingTracing]);
  const archiveUrl = archive === null ? primary.archiveUrl : withAccessKey(archive.url, gatewayKey);
  const exampleQuery = primary.exampleQuery ?? createExampleQuery(archive?.exampleRun ?? null);
  try {
    const gateway =
      graph === null
        ? await startWorkers(config, { archiveUrl, exampleQuery }, log.logger)
        : await graph.startGraph(config, archiveUrl, primary.listeningSocket, log, exampleQuery, limits);
    const toProcessMetrics = createProcessMetrics();
    const collectMetrics = async () => {
      const others = [gateway.collectMetrics(), archive?.collectMetrics() ?? []];
      return combineMetrics([toProcessMetrics(), ...(await Promise.all(others))]);
    };
    const metrics =
      config.metricsPort === null
        ? null
        : await startMetricsServer(
            { ...config, metricsPort: config.metricsPort },
            collectMetrics,
            limits,
            log.logger,
          ).catch(async (error) => {
            await gateway.stop();
            throw error;
          });
    const stop = async () => {
      await gateway.stop();
      metrics?.stop();
      // After the gateway, whose requests it answers.
      await archive?.stop();
    };
    return {
      url: gateway.url,
      archive,
      exampleQuery,
      metricsUrl: metrics?.url ?? null,
      collectMetrics,
      stop,
    };
  } catch (error) {
    await archive?.stop();
    throw error;
  }
}

/** The URL of an archive, with the key that it takes as user name and password. */
function withAccessKey(url: string, key: AccessKey | null): string {
  return key === null ? url : url.replace('://', `://${key.id}:${key.secret}@`);
}
