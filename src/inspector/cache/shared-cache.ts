/** When Inspector was asked, by two clocks. */
export interface ReadTime {
  /** Milliseconds since 1970: for what other processes and Inspector say. It may be set at any time. */
  readonly readAt: number;
  /** By performance.now(): for ages in this process. */
  readonly readAtMonotonicMs: number;
}

/** A value, and when Inspector was asked for it. */
export interface Dated<T> extends ReadTime {
  readonly value: T;
}

/** A time since 1970, by both clocks, and now for one that is still to come: the clock has been set, or another's is ahead. */
export function toReadTime(readAt = Date.now()): ReadTime {
  const now = Date.now();
  const ageMs = Math.max(0, now - readAt);
  return { readAt: now - ageMs, readAtMonotonicMs: performance.now() - ageMs };
}

/** What became of a key: `known` is fresh where there is no failure, and may be older where there is one. */
export interface Outcome<T> {
  readonly known: Dated<T> | null;
  readonly failure: Error | null;
}

/** A cache beyond this process. Both methods reject only on bugs; a failing cache counts as a miss. */
export interface SharedCache {
  /**
   * What anybody knows of each key, in their order: a fresh value that is kept, or else what `load` reads, once at a time
   * among all who share the cache. `load` is called with the keys that are left to this process, together where they are
   * known to be missing together, and gives a value or an Error for each.
   * `isFresh` tells whether a value that is kept will do, and `parse` throws for one that is none of this key: others may
   * have written it. Values are JSON, and dates under the names that documents have.
   */
  readThrough<T>(
    keys: readonly string[],
    isFresh: (dated: Dated<T>) => boolean,
    load: (keys: readonly string[]) => Promise<readonly (T | Error)[]>,
    parse: (value: unknown, key: string) => T,
  ): Promise<readonly Outcome<T>[]>;
}

/** Shares nothing: every key is read. */
export const unsharedCache: SharedCache = {
  async readThrough(keys, _isFresh, load) {
    // Not when it was answered: what has ended by then may have gone on when it was read.
    const readTime = toReadTime();
    const results = await load(keys);
    return results.map((result) =>
      result instanceof Error
        ? { known: null, failure: result }
        : { known: { value: result, ...readTime }, failure: null },
    );
  },
};
