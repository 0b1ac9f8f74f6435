import { LRUCache } from 'lru-cache';
import { createWaiters, type Waiters } from '../../shared-abort.js';
import type { Signal } from '../../signal.js';
import type { ReadOptions } from '../inspector-api.js';
import { InspectorFailure } from '../inspector-failure.js';
import { type Dated, type Outcome, type ReadTime, toReadTime } from './shared-cache.js';

/** For how long an upstream that failed is not asked again for the same thing, while something older stands in for it. */
const STALE_RETRY_MS = 1000;

/** How long what was read may be kept, in milliseconds; 0 for not at all. */
export interface Lifetimes<Key, Value> {
  lifetimeMs(key: Key, dated: Dated<Value>): number;
  /** That something does not exist. */
  missingLifetimeMs: number;
  /** For how long beyond its lifetime a value stands in for an upstream that fails. */
  staleMs: number;
}

/** A cache entry. `retryAtMs`: earliest time to refresh after a failed refresh, by performance.now(). */
type Entry<Value> = (Dated<Value> & { retryAtMs: number | null }) | (ReadTime & { readonly missing: InspectorFailure });

type Load<Key, Value> = (key: Key, waiters: Waiters) => Promise<Outcome<Value>>;

/**
 * Reads through a cache, which evicts by its own bounds. Concurrent reads of one key are coalesced. `waiters` counts the
 * callers of one load; keys loaded in one batch share it. Rejects with the failure of `load`, unless that may be retried
 * and an older value is cached: the stale value is returned then, and while the upstream goes on failing it is returned
 * at once and refreshed in the background.
 */
export function createReadThrough<Key extends string, Value extends object>(
  limits: LRUCache.Options<Key, Entry<Value>, unknown>,
  { lifetimeMs, missingLifetimeMs, staleMs }: Lifetimes<Key, Value>,
) {
  const cache = new LRUCache<Key, Entry<Value>>(limits);
  // Beside the cache, and not in it as lru-cache's own fetch does: what is evicted while it is read would be read twice.
  const readings = new Map<Key, { waiters: Waiters; promise: Promise<Value> }>();

  function keep(key: Key, entry: Entry<Value>, lifetime: number): void {
    if (lifetime > 0) cache.set(key, entry);
  }

  async function readAndKeep(key: Key, load: Load<Key, Value>, waiters: Waiters): Promise<Value> {
    const { known, failure } = await load(key, waiters);
    if (known !== null) {
      const kept = cache.peek(key);
      const isNewer = kept === undefined || kept.readAtMonotonicMs <= known.readAtMonotonicMs;
      if (isNewer) keep(key, { ...known, retryAtMs: null }, lifetimeMs(key, known));
    }
    if (failure === null) return (known as Dated<Value>).value;
    if (failure instanceof InspectorFailure) noteFailure(key, failure);
    throw failure;
  }

  function noteFailure(key: Key, failure: InspectorFailure): void {
    if (failure.canRetry) {
      const kept = cache.peek(key);
      if (kept !== undefined && 'value' in kept) kept.retryAtMs = performance.now() + STALE_RETRY_MS;
    } else if (failure.code === 'NO_SUCH_ENTITY') {
      keep(key, { missing: failure, ...toReadTime() }, missingLifetimeMs);
    } else {
      // It is there no longer for us, and must not stand in for what is refused now.
      cache.delete(key);
    }
  }

  /** Coalesces concurrent reads of one key; starts a new read if the previous one was aborted. */
  function startOrJoin(key: Key, load: Load<Key, Value>, signal?: Signal, batch = createWaiters()): Promise<Value> {
    let current = readings.get(key);
    if (current === undefined || current.waiters.isGone) {
      const started = { waiters: batch, promise: readAndKeep(key, load, batch) };
      readings.set(key, started);
      const end = () => {
        if (readings.get(key) === started) readings.delete(key);
      };
      started.promise.then(end, end);
      current = started;
    }
    current.waiters.join(signal);
    return current.promise;
  }

  /** The value, if it is not too old to be of use to somebody whose upstream fails. */
  function giveStale(key: Key, options: ReadOptions | undefined): Value | undefined {
    const kept = cache.peek(key);
    if (kept === undefined || !('value' in kept)) return undefined;
    const ageMs = toAgeMs(kept);
    if (ageMs >= lifetimeMs(key, kept) + staleMs) return undefined;
    options?.onFreshness?.({ maxAgeMs: 0, staleAgeMs: ageMs });
    return kept.value;
  }

  function known(key: Key, options: ReadOptions | undefined): Value | undefined {
    const entry = cache.get(key);
    if (entry === undefined || 'missing' in entry) return undefined;
    const maxAgeMs = lifetimeMs(key, entry) - toAgeMs(entry);
    if (maxAgeMs <= 0) return undefined;
    options?.onFreshness?.({ maxAgeMs, staleAgeMs: null });
    return entry.value;
  }

  async function read(
    key: Key,
    load: Load<Key, Value>,
    options: ReadOptions | undefined,
    batch?: () => Waiters,
  ): Promise<Value> {
    const fresh = known(key, options);
    if (fresh !== undefined) return fresh;
    const entry = cache.peek(key);
    if (entry !== undefined && 'missing' in entry) {
      if (toAgeMs(entry) < missingLifetimeMs) throw entry.missing;
    } else if (entry !== undefined && entry.retryAtMs !== null) {
      const stale = giveStale(key, options);
      // What becomes of it will be seen by whoever asks next.
      if (stale !== undefined && performance.now() >= entry.retryAtMs) {
        startOrJoin(key, load, undefined, batch?.()).catch(() => {});
      }
      if (stale !== undefined) return stale;
    }
    try {
      const value = await startOrJoin(key, load, options?.signal, batch?.());
      const kept = cache.peek(key);
      const dated = kept !== undefined && 'value' in kept && kept.value === value ? kept : { value, ...toReadTime() };
      const maxAgeMs = Math.max(0, lifetimeMs(key, dated) - toAgeMs(dated));
      options?.onFreshness?.({ maxAgeMs, staleAgeMs: null });
      return value;
    } catch (failure) {
      const canRetry = failure instanceof InspectorFailure && failure.canRetry;
      const stale = canRetry ? giveStale(key, options) : undefined;
      if (stale !== undefined) return stale;
      throw failure;
    }
  }

  return {
    read,
    /** The value that is kept, if it is fresh: without waiting for anything. */
    known,
    /** The value that is kept, of whatever age. */
    peek(key: Key): Value | undefined {
      const kept = cache.peek(key);
      return kept !== undefined && 'value' in kept ? kept.value : undefined;
    },
    /** Whether a value that somebody else read will do. */
    isFresh: (key: Key, dated: Dated<Value>): boolean => toAgeMs(dated) < lifetimeMs(key, dated),
  };
}

function toAgeMs({ readAtMonotonicMs }: ReadTime): number {
  return performance.now() - readAtMonotonicMs;
}

/** See createReadThrough. */
export type ReadThrough<Key extends string, Value extends object> = ReturnType<typeof createReadThrough<Key, Value>>;
