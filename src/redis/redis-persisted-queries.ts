import { createHash } from 'node:crypto';
import type { RedisConnection } from './connection.js';

const TTL_MS = 30 * 86_400_000;

/** Bounds what clients can store, at 100 kB a query: an application has hundreds of queries. */
const MAX_QUERIES = 1000;

/** The braces put all queries into one slot of a cluster. */
const PREFIX = 'inspector-gateway:{apq}:';
const INDEX = 'inspector-gateway:{apq}';

/** The keys of Apollo Server: its prefix, and the SHA-256 that a client sent. */
const HASH = /^apq:([\da-f]{64})$/;

/** Stores a query, removes the oldest ones beyond ARGV[5] from the index, and returns their hashes. */
const SET_AND_TRIM = `
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
local excess = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[5])
if excess <= 0 then return {} end
local oldest = redis.call('ZRANGE', KEYS[2], 0, excess - 1)
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, excess - 1)
return oldest`;

const DELETE = `return redis.call('DEL', KEYS[1])`;

/**
 * Automatic persisted queries that replicas share: a query that was sent to one is known to all. The newest ones stay. A
 * query that does not have the hash of its key is ignored.
 */
export function createRedisPersistedQueries(redis: RedisConnection) {
  return {
    async get(key: string): Promise<string | undefined> {
      const hash = HASH.exec(key)?.[1];
      const query = hash === undefined ? undefined : (await redis.get(`${PREFIX}${hash}`))?.toString();
      return query !== undefined && createHash('sha256').update(query).digest('hex') === hash ? query : undefined;
    },
    async set(key: string, query: string): Promise<void> {
      const hash = HASH.exec(key)?.[1];
      if (hash === undefined) return;
      const values = [hash, query, String(Date.now()), String(TTL_MS), String(MAX_QUERIES)];
      const oldest = await redis.evaluate(SET_AND_TRIM, [`${PREFIX}${hash}`, INDEX], values);
      for (const other of Array.isArray(oldest) ? oldest : []) {
        void redis.evaluate(DELETE, [`${PREFIX}${other}`], []);
      }
    },
  };
}
