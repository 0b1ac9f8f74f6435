import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, hostname } from 'node:os';
import type { Logger } from 'pino';
import { isSqliteUrl, toDisplayUrl, toSqlitePath } from './archive/archive-url.js';
import type { ExampleRun } from './archive/example-run.js';
import type { ArchiveRequest } from './archive/wire/archive-server.js';
import type { Config } from './config.js';
import { createExampleQuery } from './example-query.js';
import { createContext } from './graphql/context.js';
import { createGraphQLServer } from './graphql/graphql-server.js';
import { createHttpServer } from './http/http-server.js';
import { createCachingInspectorApi } from './inspector/cache/caching-inspector-api.js';
import { unsharedCache } from './inspector/cache/shared-cache.js';
import { createAwsSource, createEndpointSource, type InspectorSource } from './inspector/sdk/inspector-source.js';
import { createSdkInspectorApi } from './inspector/sdk/sdk-inspector-api.js';
import {
  type ClientLimits,
  type ClosedConnection,
  clientLimits,
  createBoundedServer,
} from './process/bounded-server.js';
import type { Refuse } from './process/early-refusal.js';
import { createGracefulShutdown } from './process/graceful-shutdown.js';
import { createHostGuard } from './process/host-guard.js';
import { createOwnListeningSocket, type ListeningSocket, listen } from './process/listening-socket.js';
import type { Log } from './process/log.js';
import { isOutOfFiles, OUT_OF_FILES } from './process/open-files.js';
import { ARCHIVE_LIMIT_MS, GATEWAY_LIMIT_MS } from './process/shutdown-limits.js';
import { startWorkers } from './process/workers.js';
import type { RedisConnection } from './redis/connection.js';

export { inspectorRegions } from './inspector/inspector-arn.js';

const SCHEMA_FILE = new URL('../schema.graphql', import.meta.url);

/** A running service; `stop` answers what is in flight and resolves when nothing is left. */
export interface Running {
  /** The address that was taken, as a URL without a path. */
  url: string;
  stop(limitMs?: number): Promise<void>;
}

/** A running archive. */
export interface RunningArchive extends Running {
  /** For people. */
  description: string;
  /** A run to try it with; null when there is none. */
  exampleRun: ExampleRun | null;
}

/** A running gateway; the archive is null where it has another upstream. */
export interface RunningGateway extends Running {
  archive: Omit<RunningArchive, 'stop'> | null;
  /** A query that it can answer. */
  exampleQuery: string;
}

/** What a gateway has of the process that started it. */
interface Primary {
  listeningSocket: ListeningSocket;
  archiveUrl: string | undefined;
  exampleQuery: string | undefined;
}

/**
 * The GraphQL gateway with its upstream; the archive is null where it has another one. With several workers it is they
 * who answer, and this process has the archive, whose URL they are given. Rejects with a ListenError, an ArchiveOpenError or a WorkerError, leaving
 * nothing behind.
 */
export async function startGateway(
  config: Config,
  log: Log,
  primary: Primary = {
    listeningSocket: createOwnListeningSocket(config.host, config.port, 'PORT'),
    archiveUrl: undefined,
    exampleQuery: undefined,
  },
  limits: ClientLimits = clientLimits,
): Promise<RunningGateway> {
  // The archive is the gateway's own upstream here, so it stays on this machine whatever HOST says.
  const archive =
    config.inspectorEndpoint === 'embedded' && primary.archiveUrl === undefined
      ? await startArchive({ ...config, host: '127.0.0.1' }, log.logger, limits)
      : null;
  const archiveUrl = archive?.url ?? primary.archiveUrl;
  const exampleQuery = primary.exampleQuery ?? createExampleQuery(archive?.exampleRun ?? null);
  try {
    const gateway =
      config.workers > 1
        ? await startWorkers(config, { archiveUrl, exampleQuery }, log.logger)
        : await startGraphQL(
            config,
            createSource(config, archiveUrl),
            primary.listeningSocket,
            log,
            exampleQuery,
            limits,
          );
    const stop = async () => {
      await gateway.stop();
      // Whatever still asks the archive now has been cut off itself.
      await archive?.stop(ARCHIVE_LIMIT_MS);
    };
    return { url: gateway.url, archive, exampleQuery, stop };
  } catch (error) {
    await archive?.stop();
    throw error;
  }
}

/** The archive alone. Rejects with a ListenError or an ArchiveOpenError. */
export async function startArchive(
  config: Pick<Config, 'host' | 'allowedHosts' | 'archivePort' | 'archiveUrl' | 'mayCreateArchive'>,
  logger: Logger,
  limits: ClientLimits = clientLimits,
): Promise<RunningArchive> {
  const log = logger.child({ server: 'archive' });
  // A gateway over another upstream starts faster without.
  const { openArchive } = await import('./archive/archive.js');
  const { createArchiveServer } = await import('./archive/wire/archive-server.js');
  const { isUnavailable } = await import('./archive/store/database.js');
  const { allowedHosts, archiveUrl, mayCreateArchive } = config;
  const archive = await openArchive(archiveUrl === null ? null : { url: archiveUrl, mayCreate: mayCreateArchive });
  const server = createArchiveServer({
    reader: archive.reader,
    probe: archive.probe,
    createServer: (listener, refuse) => createServer(listener, refuse, allowedHosts, limits, log),
    onRequest: (request: ArchiveRequest) => log.info(request, 'request'),
    onDefect(error, requestId) {
      // Who runs it has to know that the database is away, and not where in the code that was noticed.
      if (isUnavailable(error))
        log.error({ requestId, reason: (error as Error).message }, 'the archive is out of reach');
      else log.error({ requestId, err: error }, 'unexpected error');
    },
  });
  const drain = createGracefulShutdown(server);
  try {
    const url = await listen(server, config.host, config.archivePort, 'ARCHIVE_PORT');
    const stop = async (limitMs = GATEWAY_LIMIT_MS) => {
      await drain(limitMs);
      await archive.close();
    };
    return { url, description: archive.description, exampleRun: archive.exampleRun, stop };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

/** The server in front of both: it refuses foreign hosts, and bounds what its clients can hold. */
function createServer(
  listener: RequestListener,
  refuse: Refuse,
  allowedHosts: readonly string[],
  limits: ClientLimits,
  logger: Logger,
): Server {
  const hosts = createHostGuard(allowedHosts, refuse);
  const onClosed = (closed: ClosedConnection) => logger.warn(closed, 'connection closed');
  const server = createBoundedServer(hosts.wrap(listener), limits, onClosed, refuse);
  server.once('listening', () => hosts.listenAt(server.address() as AddressInfo));
  // Before that it is whoever makes it listen who is told. What is open is served, and the next connections may be taken.
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (!server.listening) return;
    const help = isOutOfFiles(error) ? OUT_OF_FILES : undefined;
    logger.error({ code: error.code, help }, 'a connection could not be taken');
  });
  return server;
}

function createSource(config: Config, archiveUrl: string | undefined): InspectorSource {
  if (archiveUrl !== undefined) return createEndpointSource(archiveUrl);
  if (config.inspectorEndpoint === 'aws') return createAwsSource(config.inspectorRegions);
  return createEndpointSource(config.inspectorEndpoint);
}

/** What replicas share; a gateway without starts faster without. */
async function startRedis(config: Config, logger: Logger) {
  const { connectRedis } = await import('./redis/connection.js');
  const { createRedisPersistedQueries } = await import('./redis/redis-persisted-queries.js');
  const { createRedisSharedCache } = await import('./redis/redis-shared-cache.js');
  const connection: RedisConnection = connectRedis(config.redisUrls, logger);
  const lifetimeMs = Math.max(config.cacheTtlMs, config.cacheTerminalTtlMs) + config.cacheStaleMs;
  return {
    connection,
    sharedQueries: createRedisPersistedQueries(connection),
    sharedCache:
      config.cacheTtlMs === 0
        ? unsharedCache
        : createRedisSharedCache(
            connection,
            { namespace: toNamespace(config), lifetimeMs, deadlineMs: config.deadlineMs },
            logger,
          ),
  };
}

/**
 * What keeps gateways apart that share a Redis and have different upstreams: the upstream, without passwords. A SQLite
 * archive is one of this machine, and so is an endpoint on it. What AWS lets one identity see, others need not see; an
 * identity that only the machine knows is one of this machine.
 */
export function toNamespace({
  inspectorEndpoint,
  archiveUrl,
  awsIdentity,
}: Pick<Config, 'inspectorEndpoint' | 'archiveUrl' | 'awsIdentity'>): string {
  const parts = [inspectorEndpoint];
  if (inspectorEndpoint === 'aws') {
    parts.push(awsIdentity.name, ...(awsIdentity.isOfMachine ? [hostname(), homedir()] : []));
  }
  if (/^https?:\/\/(localhost|127\.|\[::1\])/.test(inspectorEndpoint)) parts.push(hostname());
  if (inspectorEndpoint === 'embedded' && archiveUrl !== null) {
    parts.push(...(isSqliteUrl(archiveUrl) ? [hostname(), toSqlitePath(archiveUrl)] : [toDisplayUrl(archiveUrl)]));
  }
  return `inspector-gateway:${createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 12)}`;
}

async function startGraphQL(
  config: Config,
  source: InspectorSource,
  listeningSocket: ListeningSocket,
  { logger, logRequest }: Log,
  exampleQuery: string,
  limits: ClientLimits,
): Promise<Running> {
  const sdk = createSdkInspectorApi(source, config);
  const redis = config.redisUrls.length === 0 ? null : await startRedis(config, logger);
  const inspector = createCachingInspectorApi(
    sdk,
    {
      ttlMs: config.cacheTtlMs,
      terminalTtlMs: config.cacheTerminalTtlMs,
      runningTtlMs: config.cacheRunningTtlMs,
      staleMs: config.cacheStaleMs,
      maxRuns: config.cacheMaxRuns,
    },
    redis?.sharedCache,
  );
  const apollo = createGraphQLServer({
    limits: {
      maxRuns: config.maxRunsPerOperation,
      maxFields: config.maxFieldsPerOperation,
      maxAnswerBytes: config.maxAnswerBytes,
    },
    introspection: config.introspection,
    explorer: config.explorer,
    isDevelopment: config.isDevelopment,
    exampleQuery,
    sharedQueries: redis?.sharedQueries,
    logger,
  });
  await apollo.start();
  let isReady = false;
  const app = createHttpServer({
    apollo,
    createContext: (requestId, waiters) => createContext(inspector, requestId, waiters),
    toMaxAgeMs: ({ freshness }) => freshness.maxAgeMs,
    toOperation: ({ operation }) => operation.name,
    maxCacheBytes: config.cacheMaxResponseBytes,
    corsOrigins: config.corsOrigins,
    corsCredentials: config.corsCredentials,
    basePath: config.basePath,
    trustedProxies: config.trustedProxies,
    schemaText: config.introspection ? readFileSync(SCHEMA_FILE, 'utf8') : null,
    createServer: (listener, refuse) => createServer(listener, refuse, config.allowedHosts, limits, logger),
    isReady: () => isReady,
    logger,
    logRequest,
  });
  await app.ready();
  const drain = createGracefulShutdown(app.server as Server, listeningSocket);

  async function stop() {
    // Asked over a connection that it still has, one of several processes answers for all.
    isReady = listeningSocket.staysOpen();
    await drain(GATEWAY_LIMIT_MS);
    await app.close();
    await apollo.stop();
    sdk.close();
    redis?.connection.close();
  }

  try {
    const url = await listeningSocket.open(app.server as Server);
    isReady = true;
    return { url, stop };
  } catch (error) {
    await app.close();
    await apollo.stop();
    sdk.close();
    redis?.connection.close();
    throw error;
  }
}
