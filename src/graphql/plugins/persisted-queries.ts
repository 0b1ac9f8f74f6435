import { LRUCache } from 'lru-cache';

/** Apollo Server's own default. */
const MAX_BYTES = 30 * 2 ** 20;

/** A longer query is answered, but not stored: it has to be sent in full each time. */
const MAX_QUERY_BYTES = 100_000;

/** Apollo Server's cache of persisted queries: https://www.apollographql.com/docs/apollo-server/performance/apq. */
export interface PersistedQueries {
  get(hash: string): Promise<string | undefined>;
  set(hash: string, query: string): Promise<void>;
  delete(hash: string): Promise<boolean>;
}

/** A store of persisted queries that processes share. It never rejects. */
export interface SharedQueries {
  get(hash: string): Promise<string | undefined>;
  set(hash: string, query: string): Promise<void>;
}

/** Automatic persisted queries in this process, in front of those that are shared. */
export function createPersistedQueries(shared?: SharedQueries): PersistedQueries {
  const queries = new LRUCache<string, string>({
    maxSize: MAX_BYTES,
    maxEntrySize: MAX_QUERY_BYTES,
    sizeCalculation: (query) => 1 + Buffer.byteLength(query),
  });
  return {
    async get(hash) {
      const cached = queries.get(hash);
      if (cached !== undefined) return cached;
      const query = await shared?.get(hash);
      if (query !== undefined) queries.set(hash, query);
      return query;
    },
    async set(hash, query) {
      if (queries.has(hash) || Buffer.byteLength(query) >= MAX_QUERY_BYTES) return;
      queries.set(hash, query);
      await shared?.set(hash, query);
    },
    delete: async (hash) => queries.delete(hash),
  };
}
