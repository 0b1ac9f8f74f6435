import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { type ArchiveRequest, createArchiveServer } from './archive/archive-server.js';
import type { Config } from './config.js';
import { createDrain } from './drain.js';
import { createContext } from './graphql/context.js';
import { createGraphQLServer } from './graphql/graphql-server.js';
import { createHttpServer } from './http/http-server.js';
import { createCachingInspectorApi } from './inspector/caching-inspector-api.js';
import { createAwsSource, createEndpointSource, type InspectorSource } from './inspector/inspector-source.js';
import { createSdkInspectorApi } from './inspector/sdk-inspector-api.js';
import { listen } from './listen.js';

export { exampleQuery } from './graphql/graphql-server.js';
export { inspectorRegions } from './inspector/assessment-run-arn.js';

/** How long requests in flight may take after a stop was asked for; the process ends within 10 s of its signal. */
const DRAIN_LIMIT_MS = 8500;

/** The same for the archive behind a gateway, which stops after it. */
const ARCHIVE_DRAIN_LIMIT_MS = 1000;

/** A running service; `stop` answers what is in flight and resolves when nothing is left. */
export interface Running {
  /** The address that was taken, as a URL without a path. */
  url: string;
  stop(limitMs?: number): Promise<void>;
}

/** The GraphQL gateway with its upstream. Rejects with a ListenError, leaving nothing behind. */
export async function startGateway(config: Config, logger: Logger): Promise<Running & { archiveUrl: string | null }> {
  // The archive is the gateway's own upstream here, so it stays on this machine whatever HOST says.
  const archive =
    config.inspectorEndpoint === 'embedded'
      ? await startArchive({ host: '127.0.0.1', port: config.archivePort }, logger)
      : null;
  try {
    const gateway = await startGraphQL(config, createSource(config, archive?.url), logger);
    const stop = async () => {
      await gateway.stop();
      // Whatever still asks the archive now has been cut off itself.
      await archive?.stop(ARCHIVE_DRAIN_LIMIT_MS);
    };
    return { url: gateway.url, archiveUrl: archive?.url ?? null, stop };
  } catch (error) {
    await archive?.stop();
    throw error;
  }
}

/** The archive alone. Rejects with a ListenError. */
export async function startArchive(address: { host: string; port: number }, logger: Logger): Promise<Running> {
  const log = logger.child({ server: 'archive' });
  const server = createArchiveServer({
    onRequest: (request: ArchiveRequest) => log.info(request, 'request'),
    onDefect: (error, requestId) => log.error({ requestId, err: error }, 'unexpected error'),
  });
  const drain = createDrain(server);
  const url = await listen(server, address.host, address.port, 'ARCHIVE_PORT');
  return { url, stop: (limitMs = DRAIN_LIMIT_MS) => drain(limitMs) };
}

function createSource(config: Config, archiveUrl: string | undefined): InspectorSource {
  if (archiveUrl !== undefined) return createEndpointSource(archiveUrl);
  if (config.inspectorEndpoint === 'aws') return createAwsSource(config.inspectorRegions);
  return createEndpointSource(config.inspectorEndpoint);
}

async function startGraphQL(config: Config, source: InspectorSource, logger: Logger): Promise<Running> {
  const sdk = createSdkInspectorApi(source, config);
  const inspector = createCachingInspectorApi(sdk, { ttlMs: config.cacheTtlMs, maxRuns: config.cacheMaxRuns });
  const apollo = createGraphQLServer({
    maxRunsPerOperation: config.maxRunsPerOperation,
    isProduction: config.isProduction,
    isDevelopment: config.isDevelopment,
    logger,
  });
  await apollo.start();
  let isReady = false;
  const app = createHttpServer({
    apollo,
    createContext: (requestId) => createContext(inspector, requestId),
    corsOrigins: config.corsOrigins,
    isReady: () => isReady,
    logger,
  });
  await app.ready();
  const drain = createDrain(app.server as Server);

  async function stop() {
    isReady = false;
    await drain(DRAIN_LIMIT_MS);
    await app.close();
    await apollo.stop();
    sdk.close();
  }

  try {
    const url = await listen(app.server as Server, config.host, config.port, 'PORT');
    isReady = true;
    return { url, stop };
  } catch (error) {
    await app.close();
    await apollo.stop();
    sdk.close();
    throw error;
  }
}
