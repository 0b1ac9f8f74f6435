import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { homedir, hostname } from 'node:os';
import type { Logger } from 'pino';
import { isSqliteUrl, toDisplayUrl, toSqlitePath } from './archive/archive-url.js';
import type { Config } from './config.js';
import { createContext } from './graphql/context.js';
import { createGraphQLServer } from './graphql/graphql-server.js';
import { createHttpServer } from './http/http-server.js';
import type { PortalFacts } from './http/pages.js';
import { createCachingInspectorApi } from './inspector/cache/caching-inspector-api.js';
import { noSharedCache } from './inspector/cache/shared-cache.js';
import { createAwsSource, createEndpointSource, type InspectorSource } from './inspector/sdk/inspector-source.js';
import { createSdkInspectorApi } from './inspector/sdk/sdk-inspector-api.js';
import { SCHEMA_FILE } from './package-files.js';
import type { ClientLimits } from './process/bounded-server.js';
import { createGracefulShutdown } from './process/graceful-shutdown.js';
import { createGuardedServer } from './process/guarded-server.js';
import type { ListeningSocket } from './process/listening-socket.js';
import type { Log } from './process/log.js';
import { DRAIN_LIMIT_MS } from './process/shutdown-limits.js';
import type { RedisConnection } from './redis/connection.js';

/**
 * For how long others cache an answer of an archive: until 4 s after an import they may have what was before, with the
 * second after which this process learns of it.
 */
const MAX_CLIENT_AGE_MS = 3000;

function createSource(config: Config, archiveUrl: string | undefined): InspectorSource {
  if (archiveUrl !== undefined) return createEndpointSource(archiveUrl, true);
  if (config.inspectorEndpoint === 'aws') return createAwsSource(config.inspectorRegions);
  return createEndpointSource(config.inspectorEndpoint);
}

/** Connects to Redis; loaded only when it is used, to start faster without. */
async function startRedis(config: Config, toRevision: () => string | null, logger: Logger) {
  const { connectRedis } = await import('./redis/connection.js');
  const { createRedisPersistedQueries } = await import('./redis/redis-persisted-queries.js');
  const { createRedisSharedCache } = await import('./redis/redis-shared-cache.js');
  const connection: RedisConnection = connectRedis(config.redisUrls, logger);
  const ttlMs = Math.max(config.cacheTtlMs, config.cacheTerminalTtlMs) + config.cacheStaleMs;
  return {
    connection,
    sharedQueries: createRedisPersistedQueries(connection),
    sharedCache:
      config.cacheTtlMs === 0
        ? noSharedCache
        : createRedisSharedCache(
            connection,
            { namespace: toNamespace(config), toRevision, ttlMs, deadlineMs: config.deadlineMs },
            logger,
          ),
  };
}

/**
 * The prefix of keys in Redis, different for gateways with different upstreams: a hash of the upstream, without passwords. A
 * SQLite archive and an endpoint on loopback belong to this machine. With AWS the identity counts, since rights differ; an
 * identity that files or the machine define belongs to this machine.
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

/** What people call it; no address. */
function toUpstreamKind({ inspectorEndpoint, archiveUrl }: Config): PortalFacts['upstream'] {
  if (inspectorEndpoint === 'aws') return 'aws';
  if (inspectorEndpoint !== 'embedded') return 'endpoint';
  if (archiveUrl === null) return 'sample';
  return isSqliteUrl(archiveUrl) ? 'sqlite' : 'postgres';
}

/** Starts the graph over the archive at `archiveUrl`, or over the configured upstream. Rejects with a ListenError. */
export async function startGraph(
  config: Config,
  archiveUrl: string | undefined,
  listeningSocket: ListeningSocket,
  { logger, logRequest }: Log,
  exampleQuery: string,
  limits: ClientLimits,
): Promise<{ url: string; stop(): Promise<void> }> {
  const sdk = createSdkInspectorApi(createSource(config, archiveUrl), config);
  const toRevision = () => sdk.archiveCalls.revision;
  // Known before the first request, so that nothing is read or kept without.
  const learning = archiveUrl === undefined ? null : sdk.archiveCalls.isSupported().catch(() => false);
  const redis = config.redisUrls.length === 0 ? null : await startRedis(config, toRevision, logger);
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
    sdk.archiveCalls,
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
    toRevision,
    logger,
  });
  await apollo.start();
  let isReady = false;
  const app = createHttpServer({
    apollo,
    createContext: (requestId, waiters) => createContext(inspector, requestId, waiters),
    toMaxAgeMs: ({ freshness }) => freshness.maxAgeMs,
    toOperation: ({ operation }) => operation,
    revision: {
      get current() {
        return sdk.archiveCalls.revision;
      },
      get maxClientAgeMs() {
        return sdk.archiveCalls.isDetected ? MAX_CLIENT_AGE_MS : Number.POSITIVE_INFINITY;
      },
    },
    reportsEndpoint: archiveUrl ?? (config.inspectorEndpoint === 'aws' ? null : config.inspectorEndpoint),
    maxCacheBytes: config.cacheMaxResponseBytes,
    corsOrigins: config.corsOrigins,
    corsCredentials: config.corsCredentials,
    basePath: config.basePath,
    trustedProxies: config.trustedProxies,
    schemaText: config.introspection ? readFileSync(SCHEMA_FILE, 'utf8') : null,
    pages: {
      portal: config.portal,
      explorer: config.explorer,
      facts: { upstream: toUpstreamKind(config) },
      exampleQuery,
    },
    createServer: (listener, refuse) => createGuardedServer(listener, refuse, config.allowedHosts, limits, logger),
    isReady: () => isReady,
    logger,
    logRequest,
  });
  await app.ready();
  const drain = createGracefulShutdown(app.server as Server, listeningSocket);

  async function stop() {
    // With other listeners the gateway stays ready, and /readyz says so on connections of this process, too.
    isReady = listeningSocket.hasOtherListeners();
    await drain(DRAIN_LIMIT_MS);
    await app.close();
    await apollo.stop();
    sdk.close();
    redis?.connection.close();
  }

  try {
    await learning;
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
