import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient, PoolConfig } from 'pg';

const MAX_CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 10_000;

/** How long nothing may come before the kernel asks whether the other side is still there: node then asks 10 times, 1 s apart. */
const KEEPALIVE_DELAY_MS = 10_000;

/**
 * How long a read may take: on a connection that may have gone silent, so that a second attempt fits into the 5 s that a
 * gateway gives the whole; and on one that was made for such an attempt, where what takes long is the read itself.
 */
const READ_TIMEOUT_MS = 2000;
const SECOND_READ_TIMEOUT_MS = 5000;

/** Longer than READ_TIMEOUT_MS: those who wait for a connection get the one that takes a silent one's place. */
const SERVICE_CONNECT_TIMEOUT_MS = 3000;

/** What pg says of a query that timed out. */
export const READ_TIMEOUT_MESSAGE = 'Query read timeout';

/** Connections to PostgreSQL. */
export interface LimitedPool extends PostgresPool {
  /**
   * Sets a timeout for every query from here on. After one timed out or lost its connection, connections that have not
   * answered since are replaced before use: a firewall that drops one silently drops them all.
   */
  limitReads(): Promise<void>;
}

/** Whether an error is the query's, by its SQLSTATE, so that the connection is as good as before. */
function isOfQuery(error: unknown): boolean {
  return /^(?!08|57P|EPIPE)[\dA-Z]{5}$/.test(String((error as { code?: unknown }).code));
}

/** Connects to the PostgreSQL database at a URL, without limits for the beginning. */
export async function createPostgresPool(url: string): Promise<LimitedPool> {
  const { default: pg } = await import('pg');
  let pool = createPool({ connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  let isLimited = false;
  let suspectedAt = Number.NEGATIVE_INFINITY;
  const clients = new WeakMap<PoolClient, ReturnType<typeof toLimitedClient>>();

  function createPool(config: PoolConfig): Pool {
    const created = new pg.Pool({
      connectionString: url,
      max: MAX_CONNECTIONS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEPALIVE_DELAY_MS,
      application_name: 'inspector-gateway',
      ...config,
    });
    // A lost connection fails its query and is replaced on demand; an error without a listener would end the process.
    created.on('error', () => {});
    created.on('connect', (client) => client.on('error', () => {}));
    return created;
  }

  /** A pool whose server has the timeout as well, where it takes one: it would go on with abandoned queries. */
  async function createServicePool(): Promise<Pool> {
    const config = { connectionTimeoutMillis: SERVICE_CONNECT_TIMEOUT_MS };
    const limited = createPool({ ...config, statement_timeout: SECOND_READ_TIMEOUT_MS });
    try {
      (await limited.connect()).release();
      return limited;
    } catch (error) {
      await limited.end();
      // PgBouncer refuses parameters that it does not keep track of: 08P01, https://www.pgbouncer.org/config.html
      if ((error as { code?: unknown }).code !== '08P01') throw error;
      return createPool(config);
    }
  }

  function toLimitedClient(client: PoolClient) {
    const connectedAt = performance.now();
    let answeredAt = connectedAt;
    let hasFailed = false;
    return {
      isSuspect: () => answeredAt < suspectedAt,
      async query(text: string, values: readonly unknown[]) {
        const isSecond = connectedAt >= suspectedAt && performance.now() - suspectedAt < SECOND_READ_TIMEOUT_MS;
        const query_timeout = isSecond ? SECOND_READ_TIMEOUT_MS : READ_TIMEOUT_MS;
        try {
          // pg takes the limit with each query, which its types do not say.
          const result = await client.query({ text, values: [...values], ...(isLimited && { query_timeout }) });
          answeredAt = performance.now();
          return result;
        } catch (error) {
          hasFailed = !isOfQuery(error);
          if (hasFailed) suspectedAt = performance.now();
          throw error;
        }
      },
      // A query that was given up is still under way on it.
      release: () => client.release(hasFailed),
    };
  }

  async function connect(): Promise<PostgresPoolClient> {
    for (;;) {
      const client = await pool.connect();
      const known = clients.get(client) ?? toLimitedClient(client);
      clients.set(client, known);
      // Kysely reads with queries of text alone, unless it streams.
      if (!known.isSuspect()) return known as unknown as PostgresPoolClient;
      client.release(true);
    }
  }

  return {
    connect,
    end: () => pool.end(),
    async limitReads() {
      const opening = pool;
      pool = await createServicePool();
      isLimited = true;
      await opening.end();
    },
  };
}
