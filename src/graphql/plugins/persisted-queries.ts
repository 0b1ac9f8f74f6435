import { LRUCache } from 'lru-cache';

/** As many as Apollo Server keeps by itself. */
const MAX_BYTES = 30 * 2 ** 20;

/** Of one query: what is longer is answered, and has to be sent in full each time. */
const MAX_QUERY_BYTES = 100_000;

/** A store of Apollo Server's: https://www.apollographql.com/docs/apollo-server/performance/apq. */
export interface PersistedQueries {
  get(hash: string): Promise<string | undefined>;
  set(hash: string, query: string): Promise<void>;
  delete(hash: string): Promise<boolean>;
}

/** What several processes share of their persisted queries. Neither rejects. */
export interface SharedQueries {
  get(hash: string): Promise<string | undefined>;
  set(hash: string, query: string): Promise<void>;
}

/** Automatic persisted queries in this process, and beyond it where something is shared. */
export function createPersistedQueries(shared?: SharedQueries): PersistedQueries {
  const queries = new LRUCache<string, string>({
    maxSize: MAX_BYTES,
    maxEntrySize: MAX_QUERY_BYTES,
    sizeCalculation: (query) => 1 + Buffer.byteLength(query),
  });
  return {
    async get(hash) {
      const known = queries.get(hash);
      if (known !== undefined) return known;
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
