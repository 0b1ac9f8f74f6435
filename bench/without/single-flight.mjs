// lru-cache's own fetch joins those who read the same. A read that is under way lies in the cache, and what is evicted while
// it is read is read again; nobody's leaving ends it.
import { LRUCache } from 'lru-cache';
import { createWaiters } from '../../shared-abort.js';
import { InspectorFailure } from '../inspector-failure.js';
import { toFetchTime } from './shared-cache.js';

export * from './read-through.js';

export function createReadThrough(limits, { ttlMs, negativeTtlMs }) {
  const cache = new LRUCache({
    ...limits,
    ttl: 1,
    ignoreFetchAbort: true,
    allowStaleOnFetchRejection: true,
    noDeleteOnFetchRejection: true,
    noDeleteOnStaleGet: true,
    async fetchMethod(key, _stale, { options, context: { load, waiters } }) {
      const { entry, failure } = await load(key, waiters);
      if (failure === null) {
        options.ttl = Math.max(1, ttlMs(key, entry));
        return entry;
      }
      if (!(failure instanceof InspectorFailure) || failure.code !== 'NO_SUCH_ENTITY') throw failure;
      options.ttl = Math.max(1, negativeTtlMs);
      return { failure, ...toFetchTime() };
    },
  });

  function use(key, entry, options) {
    if ('failure' in entry) throw entry.failure;
    const maxAgeMs = ttlMs(key, entry) - toAgeMs(entry);
    options?.onFreshness?.(maxAgeMs > 0 ? { maxAgeMs, staleAgeMs: null } : { maxAgeMs: 0, staleAgeMs: toAgeMs(entry) });
    return entry.value;
  }

  return {
    async read(key, load, options, batch) {
      const waiters = batch?.() ?? createWaiters();
      return use(key, await cache.fetch(key, { context: { load, waiters } }), options);
    },
    getFresh(key, options) {
      const entry = cache.get(key);
      return entry === undefined || 'failure' in entry ? undefined : use(key, entry, options);
    },
    // What was read in another way is read again.
    add() {},
    peek: (key) => cache.peek(key, { allowStale: true })?.value,
    isFresh: (key, entry) => toAgeMs(entry) < ttlMs(key, entry),
  };
}

const toAgeMs = ({ fetchedAtMonotonicMs }) => performance.now() - fetchedAtMonotonicMs;
