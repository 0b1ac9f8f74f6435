import type { Logger } from 'pino';
import { METRICS_TYPE, type Metric, writeMetrics } from '../metrics.js';
import type { ClientLimits } from './bounded-server.js';
import { createGuardedServer } from './guarded-server.js';
import { listen } from './listening-socket.js';

const PATH = '/metrics';
const HEADERS = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };

/** Where Prometheus is answered. */
export interface MetricsServer {
  url: string;
  stop(): void;
}

/** Answers for metrics at a port of its own, which is not for callers. Rejects with a ListenError. */
export async function startMetricsServer(
  { host, metricsPort, allowedHosts }: { host: string; metricsPort: number; allowedHosts: readonly string[] },
  collect: () => Promise<readonly Metric[]>,
  limits: ClientLimits,
  logger: Logger,
): Promise<MetricsServer> {
  const server = createGuardedServer(
    async ({ method, url = '' }, response) => {
      if (url.split('?', 1)[0] !== PATH) return response.writeHead(404, HEADERS).end(`Metrics are at ${PATH}.\n`);
      if (method !== 'GET' && method !== 'HEAD') {
        return response.writeHead(405, { ...HEADERS, allow: 'GET, HEAD' }).end('Metrics are asked for by GET.\n');
      }
      const text = writeMetrics(await collect());
      response.writeHead(200, { ...HEADERS, 'content-type': METRICS_TYPE, 'content-length': Buffer.byteLength(text) });
      response.end(text);
    },
    ({ message }) => ({ headers: HEADERS, body: `${message}\n` }),
    allowedHosts,
    limits,
    logger.child({ server: 'metrics' }),
  );
  const url = await listen(server, host, metricsPort, 'METRICS_PORT');
  return {
    url: url + PATH,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
