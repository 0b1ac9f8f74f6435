import { LRUCache } from 'lru-cache';
import type { RedisConnection } from './connection.js';

/** As many as Apollo Server keeps by itself. */
const MAX_BYTES = 30 * 2 ** 20;
const LIFETIME_MS = 30 * 86_400_000;

/**
 * Automatic persisted queries that replicas share, as Apollo Server's KeyValueCache
 * (https://www.apollographql.com/docs/apollo-server/performance/apq): one that was sent to any of them is known to all.
 */
export function createRedisPersistedQueries(redis: RedisConnection) {
  const queries = new LRUCache<string, string>({ maxSize: MAX_BYTES, sizeCalculation: (query) => 1 + query.length });
  const toName = (hash: string) => `inspector-gateway:apq:${hash}`;
  return {
    async get(hash: string): Promise<string | undefined> {
      const known = queries.get(hash);
      if (known !== undefined) return known;
      const query = (await redis.get(toName(hash)))?.toString();
      if (query !== undefined) queries.set(hash, query);
      return query;
    },
    async set(hash: string, query: string): Promise<void> {
      if (queries.has(hash)) return;
      queries.set(hash, query);
      await redis.set(toName(hash), query, LIFETIME_MS);
    },
    async delete(hash: string): Promise<boolean> {
      return queries.delete(hash);
    },
  };
}
