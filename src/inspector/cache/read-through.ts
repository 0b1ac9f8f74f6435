import { LRUCache } from 'lru-cache';
import { CacheStats } from '../../metrics.js';
import { createWaiters, type Waiters } from '../../shared-abort.js';
import type { Signal } from '../../signal.js';
import { getTracing } from '../../tracing.js';
import type { ReadOptions } from '../inspector-api.js';
import { InspectorFailure } from '../inspector-failure.js';
import { type CacheEntry, type FetchTime, type ReadResult, toFetchTime } from './shared-cache.js';

/** How long a stale value is served before a failed refresh is tried again. */
const STALE_RETRY_MS = 1000;

/** Times to live in milliseconds; 0 caches nothing. */
export interface CacheTtls<Key, Value> {
  ttlMs(key: Key, entry: CacheEntry<Value>): number;
  /** Of the answer that something does not exist. */
  negativeTtlMs: number;
  /** How long beyond its TTL a value is served while the upstream fails. */
  staleMs: number;
  /** The revision of the upstream's data. What was read at another one counts as expired. */
  toRevision(): string | null;
}

/**
 * A value, or the failure that says it does not exist, with the revision before it was read. `retryAtMs`: when to refresh
 * again after a failure, by performance.now().
 */
type Entry<Value> = { readonly revision: string | null } & (
  | (CacheEntry<Value> & { retryAtMs: number | null })
  | (FetchTime & { readonly failure: InspectorFailure })
);

/** How a cache has answered, by the names of metrics. */
type CacheResult = 'hit' | 'miss' | 'coalesced' | 'stale';

type Load<Key, Value> = (key: Key, waiters: Waiters) => Promise<ReadResult<Value>>;

/**
 * Reads through a cache, which evicts by its own bounds. Concurrent reads of one key are coalesced. `waiters` counts the
 * callers of one load; keys loaded in one batch share it. Rejects with the failure of `load`, unless that may be retried
 * and an older value is cached: the stale value is returned then, and while the upstream goes on failing it is returned
 * at once and refreshed in the background. `name` is that in traces.
 */
export function createReadThrough<Key extends string, Value extends object>(
  limits: LRUCache.Options<Key, Entry<Value>, unknown>,
  { ttlMs, negativeTtlMs, staleMs, toRevision }: CacheTtls<Key, Value>,
  stats = new CacheStats(),
  name = '',
) {
  const tracing = getTracing();
  const cache = new LRUCache<Key, Entry<Value>>({ ...limits, dispose: stats.onDispose });
  stats.track(cache);
  // Not lru-cache's own fetch: an entry evicted during its load would be loaded twice.
  const loads = new Map<Key, { waiters: Waiters; promise: Promise<Value>; revision: string | null }>();

  function store(key: Key, entry: Entry<Value>, ttl: number): void {
    if (ttl > 0) cache.set(key, entry);
  }

  function storeIfNewer(key: Key, entry: CacheEntry<Value>, revision: string | null): void {
    const cached = cache.peek(key);
    const isNewer = cached === undefined || cached.fetchedAtMonotonicMs <= entry.fetchedAtMonotonicMs;
    if (isNewer) store(key, { ...entry, revision, retryAtMs: null }, ttlMs(key, entry));
  }

  async function loadAndStore(
    key: Key,
    load: Load<Key, Value>,
    waiters: Waiters,
    revision: string | null,
  ): Promise<Value> {
    const { entry, failure } = await load(key, waiters);
    if (entry !== null) storeIfNewer(key, entry, revision);
    if (failure === null) return (entry as CacheEntry<Value>).value;
    if (failure instanceof InspectorFailure) storeFailure(key, failure, revision);
    throw failure;
  }

  function storeFailure(key: Key, failure: InspectorFailure, revision: string | null): void {
    if (failure.canRetry) {
      const cached = cache.peek(key);
      if (cached !== undefined && 'value' in cached) cached.retryAtMs = performance.now() + STALE_RETRY_MS;
    } else if (failure.code === 'NO_SUCH_ENTITY') {
      store(key, { failure, revision, ...toFetchTime() }, negativeTtlMs);
    } else {
      // Inspector refuses it now, so that an older value must not be served.
      cache.delete(key);
    }
  }

  /** Coalesces concurrent reads of one key; starts a new read if the previous one was aborted, or is of another revision. */
  function startOrJoin(key: Key, load: Load<Key, Value>, signal: Signal | undefined, batch: Waiters): Promise<Value> {
    let current = loads.get(key);
    const revision = toRevision();
    if (current === undefined || current.waiters.isAborted || current.revision !== revision) {
      stats.misses += 1;
      const started = { waiters: batch, promise: loadAndStore(key, load, batch, revision), revision };
      loads.set(key, started);
      const end = () => {
        if (loads.get(key) === started) loads.delete(key);
      };
      started.promise.then(end, end);
      current = started;
    } else {
      stats.coalesced += 1;
    }
    current.waiters.join(signal);
    return current.promise;
  }

  /** The cached value within its TTL and `staleMs`, for a reader whose upstream fails. */
  function getStale(key: Key, options: ReadOptions | undefined): Value | undefined {
    const cached = cache.peek(key);
    if (cached === undefined || !('value' in cached)) return undefined;
    const ageMs = toAgeMs(cached);
    if (ageMs >= ttlMs(key, cached) + staleMs) return undefined;
    stats.stale += 1;
    options?.onFreshness?.({ maxAgeMs: 0, staleAgeMs: ageMs });
    return cached.value;
  }

  function toMaxAgeMs(key: Key, entry: CacheEntry<Value> & { readonly revision: string | null }): number {
    return entry.revision === toRevision() ? ttlMs(key, entry) - toAgeMs(entry) : 0;
  }

  function getFresh(key: Key, options: ReadOptions | undefined): Value | undefined {
    const cached = cache.get(key);
    if (cached === undefined || 'failure' in cached) return undefined;
    const maxAgeMs = toMaxAgeMs(key, cached);
    if (maxAgeMs <= 0) return undefined;
    if (options?.isRepeated !== true) stats.hits += 1;
    options?.onFreshness?.({ maxAgeMs, staleAgeMs: null });
    return cached.value;
  }

  /** Not async, which would add a promise and its turns to every read without tracing. */
  function read(
    key: Key,
    load: Load<Key, Value>,
    options: ReadOptions | undefined,
    batch?: () => Waiters,
  ): Promise<Value> {
    const fresh = getFresh(key, options);
    if (fresh !== undefined) return Promise.resolve(fresh);
    if (tracing === null) return readUnlessFresh(key, load, options, batch);
    const attributes = { 'inspector_gateway.cache': name };
    return tracing.trace(`cache ${name}`, { attributes }, (span) =>
      readUnlessFresh(key, load, options, batch, (result) => span?.set({ 'inspector_gateway.cache.result': result })),
    );
  }

  async function readUnlessFresh(
    key: Key,
    load: Load<Key, Value>,
    options: ReadOptions | undefined,
    batch: (() => Waiters) | undefined,
    onResult?: (result: CacheResult) => void,
  ): Promise<Value> {
    const toBatch = () => batch?.() ?? createWaiters(options?.caller, options?.calls);
    const cached = cache.peek(key);
    if (cached !== undefined && 'failure' in cached) {
      if (cached.revision === toRevision() && toAgeMs(cached) < negativeTtlMs) {
        stats.hits += 1;
        onResult?.('hit');
        throw cached.failure;
      }
    } else if (cached !== undefined && cached.retryAtMs !== null) {
      const stale = getStale(key, options);
      // The next reader sees how the refresh in the background ended.
      if (stale !== undefined && performance.now() >= cached.retryAtMs) {
        startOrJoin(key, load, undefined, toBatch()).catch(() => {});
      }
      if (stale !== undefined) {
        onResult?.('stale');
        return stale;
      }
    }
    const revision = toRevision();
    const missesBefore = stats.misses;
    try {
      const reading = startOrJoin(key, load, options?.signal, toBatch());
      onResult?.(stats.misses > missesBefore ? 'miss' : 'coalesced');
      const value = await reading;
      const stored = cache.peek(key);
      const entry =
        stored !== undefined && 'value' in stored && stored.value === value
          ? stored
          : { value, revision, ...toFetchTime() };
      options?.onFreshness?.({ maxAgeMs: Math.max(0, toMaxAgeMs(key, entry)), staleAgeMs: null });
      return value;
    } catch (failure) {
      const canRetry = failure instanceof InspectorFailure && failure.canRetry;
      const stale = canRetry ? getStale(key, options) : undefined;
      if (stale === undefined) throw failure;
      onResult?.('stale');
      return stale;
    }
  }

  return {
    read,
    /** The cached value, if it is fresh. */
    getFresh,
    /** Caches a value that was read in another way, at this revision. */
    add: storeIfNewer,
    /** The cached value of any age. */
    peek(key: Key): Value | undefined {
      const cached = cache.peek(key);
      return cached !== undefined && 'value' in cached ? cached.value : undefined;
    },
    /** Whether a value from the shared cache will do. */
    isFresh: (key: Key, entry: CacheEntry<Value>): boolean => toAgeMs(entry) < ttlMs(key, entry),
  };
}

function toAgeMs({ fetchedAtMonotonicMs }: FetchTime): number {
  return performance.now() - fetchedAtMonotonicMs;
}

/** See createReadThrough. */
export type ReadThrough<Key extends string, Value extends object> = ReturnType<typeof createReadThrough<Key, Value>>;
