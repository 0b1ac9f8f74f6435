import { createHash } from 'node:crypto';
import type { RedisConnection } from './connection.js';

const LIFETIME_MS = 30 * 86_400_000;

/** How many all replicas keep together, at most 100 kB each: an application has hundreds, and anybody may send any number. */
const MAX_QUERIES = 1000;

/** The braces put all of them into one slot of a cluster. */
const PREFIX = 'inspector-gateway:{apq}:';
const INDEX = 'inspector-gateway:{apq}';

/** What Apollo Server asks for: its own prefix, and a SHA-256 that a client sent. */
const HASH = /^apq:([\da-f]{64})$/;

/** Keeps a query, and gives the hashes of the oldest ones beyond ARGV[5]: they are no longer in the index. */
const KEEP = `
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
local excess = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[5])
if excess <= 0 then return {} end
local oldest = redis.call('ZRANGE', KEYS[2], 0, excess - 1)
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, excess - 1)
return oldest`;

const FORGET = `return redis.call('DEL', KEYS[1])`;

/**
 * Automatic persisted queries that replicas share: one that was sent to any of them is known to all. The newest ones stay.
 * What another hash belongs to is not the query.
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
      const values = [hash, query, String(Date.now()), String(LIFETIME_MS), String(MAX_QUERIES)];
      const oldest = await redis.evaluate(KEEP, [`${PREFIX}${hash}`, INDEX], values);
      for (const other of Array.isArray(oldest) ? oldest : []) {
        void redis.evaluate(FORGET, [`${PREFIX}${other}`], []);
      }
    },
  };
}
