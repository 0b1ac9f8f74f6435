/** When Inspector was asked, by two clocks. */
export interface FetchTime {
  /** Milliseconds since 1970, to compare with times of other processes and of Inspector. That clock may be set at any time. */
  readonly fetchedAt: number;
  /** By performance.now(), for ages in this process. */
  readonly fetchedAtMonotonicMs: number;
}

/** A value with the time of its fetch. */
export interface CacheEntry<T> extends FetchTime {
  readonly value: T;
}

/** A time since 1970 by both clocks. A time in the future counts as now: the clock was set, or another's is ahead. */
export function toFetchTime(fetchedAt = Date.now()): FetchTime {
  const now = Date.now();
  const ageMs = Math.max(0, now - fetchedAt);
  return { fetchedAt: now - ageMs, fetchedAtMonotonicMs: performance.now() - ageMs };
}

/** The result of reading a key: a fresh entry, or a failure with the stale entry that is left, if any. */
export interface ReadResult<T> {
  readonly entry: CacheEntry<T> | null;
  readonly failure: Error | null;
}

/** A cache beyond this process. It rejects only on bugs; a failing cache counts as a miss. */
export interface SharedCache {
  /**
   * Reads keys through the cache; the results are in their order. Misses are given to `load`, which returns a value or an
   * Error for each, and which runs once at a time for a key among all who share the cache. Keys that are known to be
   * missing together are loaded together.
   * `isFresh` tells whether a cached value will do. `parse` throws for a value that does not belong to the key: others may
   * have written it. Values are JSON, with dates under the names that entities have.
   */
  readThrough<T>(
    keys: readonly string[],
    isFresh: (entry: CacheEntry<T>, key: string) => boolean,
    load: (keys: readonly string[]) => Promise<readonly (T | Error)[]>,
    parse: (value: unknown, key: string) => T,
  ): Promise<readonly ReadResult<T>[]>;
}

/** Shares nothing: every key is loaded. */
export const noSharedCache: SharedCache = {
  async readThrough(keys, _isFresh, load) {
    // Taken before the call: the run may end meanwhile, and what was read is not final then.
    const fetchTime = toFetchTime();
    const results = await load(keys);
    return results.map((result) =>
      result instanceof Error
        ? { entry: null, failure: result }
        : { entry: { value: result, ...fetchTime }, failure: null },
    );
  },
};

/** What was thrown, as the Error that a read results in. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('Something that is no Error was thrown.', { cause: thrown });
}
