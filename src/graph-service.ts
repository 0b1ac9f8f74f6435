import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { homedir, hostname } from 'node:os';
import { buildSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { isSqliteUrl, toDisplayUrl, toSqlitePath } from './archive/archive-url.js';
import { type Authenticator, createAuthenticator } from './auth/authenticator.js';
import type { Principal } from './auth/principal.js';
import { createBudget } from './budget.js';
import type { Config } from './config.js';
import { createGraphStats, toGraphMetrics } from './graph-metrics.js';
import { createContext } from './graphql/context.js';
import { createGraphQLServer } from './graphql/graphql-server.js';
import { createTrustedDocuments, parseManifest } from './graphql/trusted-documents.js';
import type { GraphQLCaller } from './http/graphql-route.js';
import { createHttpServer } from './http/http-server.js';
import type { PortalFacts, SignIn } from './http/pages.js';
import { REPORT_QUERY } from './http/report-route.js';
import { type AccountRoles, parseAccountRoles } from './inspector/account-roles.js';
import type { UpstreamApi } from './inspector/archive-api.js';
import { createAuthorizedInspectorApi } from './inspector/authorized-inspector-api.js';
import { createCachingInspectorApi } from './inspector/cache/caching-inspector-api.js';
import { noSharedCache } from './inspector/cache/shared-cache.js';
import { createAwsSource, createEndpointSource, type InspectorSource } from './inspector/sdk/inspector-source.js';
import { createSdkInspectorApi } from './inspector/sdk/sdk-inspector-api.js';
import type { CacheStats, Metric } from './metrics.js';
import { PORTAL_DOCUMENTS_FILE, SCHEMA_FILE } from './package-files.js';
import { type AuditLog, openAuditLog } from './process/audit-log.js';
import type { ClientLimits } from './process/bounded-server.js';
import { createGracefulShutdown } from './process/graceful-shutdown.js';
import { createGuardedServer } from './process/guarded-server.js';
import type { ListeningSocket } from './process/listening-socket.js';
import type { Log } from './process/log.js';
import { DRAIN_LIMIT_MS } from './process/shutdown-limits.js';
import { openTlsFiles } from './process/tls-files.js';
import type { RedisConnection } from './redis/connection.js';
import { FileError, type WatchedFile, watchFileOf } from './watched-file.js';

/**
 * For how long others cache an answer of an archive: until 4 s after an import they may have what was before, with the
 * second after which this process learns of it.
 */
const MAX_CLIENT_AGE_MS = 3000;

/** Sets of rights whose view of the upstream is kept. */
const MAX_AUTHORIZED_APIS = 1000;

function createSource(
  config: Config,
  archiveUrl: string | undefined,
  roles: WatchedFile<AccountRoles> | undefined,
): InspectorSource {
  if (archiveUrl !== undefined) return createEndpointSource(archiveUrl, true);
  if (config.inspectorEndpoint === 'aws') return createAwsSource(config.inspectorRegions, roles);
  return createEndpointSource(config.inspectorEndpoint, false, roles);
}

/** Connects to Redis; loaded only when it is used, to start faster without. */
async function startRedis(config: Config, toRevision: () => string | null, shared: CacheStats, logger: Logger) {
  const { connectRedis, createRedisStats } = await import('./redis/connection.js');
  const { createRedisPersistedQueries } = await import('./redis/redis-persisted-queries.js');
  const { createRedisBudget } = await import('./redis/redis-budget.js');
  const { createRedisSharedCache } = await import('./redis/redis-shared-cache.js');
  const stats = createRedisStats();
  const connection: RedisConnection = connectRedis(config.redisUrls, logger, stats);
  const ttlMs = Math.max(config.cacheTtlMs, config.cacheTerminalTtlMs) + config.cacheStaleMs;
  return {
    connection,
    stats,
    budget: config.budget && createRedisBudget(connection, toNamespace(config), config.budget),
    sharedQueries: createRedisPersistedQueries(connection),
    sharedCache:
      config.cacheTtlMs === 0
        ? noSharedCache
        : createRedisSharedCache(
            connection,
            { namespace: toNamespace(config), toRevision, ttlMs, deadlineMs: config.deadlineMs },
            logger,
            shared,
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

/** The manifests of trusted documents, with the portal's own; null where nobody needs them. */
function openTrustedDocuments({ trustedDocuments, trustedDocumentsFiles }: Config, logger: Logger) {
  if (trustedDocuments === 'off' && trustedDocumentsFiles.length === 0) return null;
  const schema = buildSchema(readFileSync(SCHEMA_FILE, 'utf8'));
  const parse = (text: string) => parseManifest(text, schema);
  const portal = existsSync(PORTAL_DOCUMENTS_FILE) ? [parse(readFileSync(PORTAL_DOCUMENTS_FILE, 'utf8'))] : [];
  const own = [...portal, new Map([[createHash('sha256').update(REPORT_QUERY).digest('hex'), REPORT_QUERY]])];
  const files = trustedDocumentsFiles.map((path) => watchFileOf('TRUSTED_DOCUMENTS_FILES', path, parse, logger));
  return {
    documents: createTrustedDocuments(() => [...own, ...files.map(({ current }) => current)]),
    close() {
      for (const file of files) file.close();
    },
  };
}

/** Opens the stream of the audit. Rejects with a FileError. */
async function openAudit({ auditFile, auditWhenFull }: Config, logger: Logger): Promise<AuditLog | null> {
  if (auditFile === null) return null;
  return openAuditLog(auditFile, auditWhenFull, logger).catch((error: Error) => {
    throw new FileError(`AUDIT_FILE: ${auditFile}: ${error.message}`);
  });
}

/** Whose budget and turn it is: that of an API key, of a subject, or, where nobody is asked who they are, of an address. */
function toCallerKey({ principal, remoteAddress }: GraphQLCaller): string {
  if (principal === null) return `address ${remoteAddress}`;
  return principal.keyId === null ? `subject ${principal.subject}` : `key ${principal.keyId}`;
}

/** Where report files are, without the key of the archive, which they do not need; null for AWS, which has them elsewhere. */
function toReportsEndpoint({ inspectorEndpoint }: Config, archiveUrl: string | undefined): string | null {
  if (archiveUrl !== undefined) return new URL(archiveUrl).origin;
  return inspectorEndpoint === 'aws' ? null : inspectorEndpoint;
}

/** How visitors of the portal sign in: at the provider, once it is known where, or by an API key. */
function toSignIn({ auth, signInAs }: Config, authenticator: Authenticator | null): SignIn | null {
  const endpoints = authenticator?.endpoints ?? null;
  if (endpoints !== null && signInAs !== null) {
    return {
      kind: 'oidc',
      authorizationEndpoint: endpoints.authorization,
      tokenEndpoint: endpoints.token,
      ...signInAs,
    };
  }
  return auth?.keysFile == null ? null : { kind: 'key' };
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
): Promise<{ url: string; collectMetrics(): Promise<readonly Metric[]>; stop(): Promise<void> }> {
  const stats = createGraphStats();
  const tls = config.tls === null ? null : openTlsFiles(config.tls, logger);
  const audit = await openAudit(config, logger);
  const authenticator = config.auth === null ? null : createAuthenticator(config.auth, logger);
  const authorizedApis = new LRUCache<string, UpstreamApi>({ max: MAX_AUTHORIZED_APIS });
  const trusted = openTrustedDocuments(config, logger);
  const roles =
    config.inspectorRolesFile === null
      ? undefined
      : watchFileOf('INSPECTOR_ROLES_FILE', config.inspectorRolesFile, parseAccountRoles, logger);
  const sdk = createSdkInspectorApi(createSource(config, archiveUrl, roles), config, stats.upstream);
  const toRevision = () => sdk.archiveCalls.revision;
  // Known before the first request, so that nothing is read or kept without.
  const learning = archiveUrl === undefined ? null : sdk.archiveCalls.isSupported().catch(() => false);
  const redis = config.redisUrls.length === 0 ? null : await startRedis(config, toRevision, stats.shared, logger);
  const budget = redis === null ? config.budget && createBudget(config.budget) : redis.budget;
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
    stats.caches,
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
    trusted: trusted && { documents: trusted.documents, mode: config.trustedDocuments },
    sharedQueries: redis?.sharedQueries,
    toRevision,
    errorCounts: stats.errors,
    textStats: stats.texts,
    isAudited: audit !== null,
    logger,
  });
  /** The upstream as a caller may see it. */
  function toAuthorized(principal: Principal | null): UpstreamApi {
    if (principal === null || principal.rights.isAll) return inspector;
    const { digest, scope } = principal.rights;
    const known = authorizedApis.get(digest) ?? createAuthorizedInspectorApi(inspector, scope);
    authorizedApis.set(digest, known);
    return known;
  }

  function toCharge(caller: GraphQLCaller): ((units: number) => Promise<number> | number) | undefined {
    return budget === null ? undefined : (units) => budget.charge(toCallerKey(caller), units);
  }

  await apollo.start();
  let isReady = false;
  const app = createHttpServer({
    apollo,
    createContext: (requestId, waiters, caller) =>
      createContext(toAuthorized(caller.principal), requestId, waiters, {
        charge: toCharge(caller),
        caller: caller.principal === null ? undefined : toCallerKey(caller),
        maySeeSchema: caller.principal?.rights.maySeeSchema,
        batchSizes: stats.batchSizes,
      }),
    authenticator,
    arePublicToCaches: config.arePublicToCaches,
    toMaxAgeMs: ({ freshness }) => freshness.maxAgeMs,
    toOperation: ({ operation }) => operation,
    revision: {
      get current() {
        const { revision } = sdk.archiveCalls;
        // What a manifest does not have any more is not given either.
        return trusted === null ? revision : `${revision} ${trusted.documents.version}`;
      },
      get maxClientAgeMs() {
        return sdk.archiveCalls.isDetected ? MAX_CLIENT_AGE_MS : Number.POSITIVE_INFINITY;
      },
    },
    reportsEndpoint: toReportsEndpoint(config, archiveUrl),
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
      signIn: () => toSignIn(config, authenticator),
      exampleQuery,
    },
    createServer: (listener, refuse) => createGuardedServer(listener, refuse, config.allowedHosts, limits, logger, tls),
    isReady: () => isReady && authenticator?.isReady !== false,
    logger,
    logRequest,
    auditSink: audit ?? undefined,
    stats: stats.http,
  });
  await app.ready();
  const { drain, countConnections } = createGracefulShutdown(app.server as Server, listeningSocket);

  async function collectMetrics() {
    return toGraphMetrics(stats, {
      ...sdk.countGuards(),
      ...countConnections(),
      redis: redis?.stats ?? null,
      audit: audit?.stats ?? null,
    });
  }

  async function stop() {
    // With other listeners the gateway stays ready, and /readyz says so on connections of this process, too.
    isReady = listeningSocket.hasOtherListeners();
    await drain(DRAIN_LIMIT_MS);
    await app.close();
    await apollo.stop();
    sdk.close();
    authenticator?.close();
    trusted?.close();
    tls?.close();
    redis?.connection.close();
    roles?.close();
    await audit?.close();
  }

  try {
    await Promise.all([learning, authenticator?.started]);
    const url = await listeningSocket.open(app.server as Server);
    isReady = true;
    return { url, collectMetrics, stop };
  } catch (error) {
    await app.close();
    await apollo.stop();
    sdk.close();
    authenticator?.close();
    trusted?.close();
    tls?.close();
    redis?.connection.close();
    roles?.close();
    await audit?.close();
    throw error;
  }
}
