import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type CacheEntry,
  type FetchTime,
  noSharedCache,
  type ReadResult,
  type SharedCache,
  toFetchTime,
} from '../inspector/cache/shared-cache.js';
import { createTimeoutFailure } from '../inspector/inspector-failure.js';
import { toCachedShape } from '../inspector/upstream-response.js';
import { CacheStats } from '../metrics.js';
import type { RedisConnection, RedisLogger } from './connection.js';
import { decodeValue, encodeValue, toTimeText } from './shared-value.js';

/** Lock TTL: the longest that other replicas wait after a holder crashes. */
const LOCK_MS = 1000;
/** A holder may miss two renewals before it loses its lock. */
const RENEW_MS = 300;

/** Values of a key that may be refused, stale or not decodable, before it is loaded without a lock. */
const MAX_LOOKUPS = 5;

/** How often a replica polls for a value that another one loads; each wait is varied by half, so that not all poll at once. */
const POLL_MS = 25;

/**
 * A value that is newer than ARGV[1]; otherwise whether the lock was acquired (1) or is held elsewhere (0). Deletes a value
 * of another type, and a lock that no gateway has made: one that would never expire, or later than locks do.
 */
const GET_OR_LOCK = `
local value = redis.pcall('GET', KEYS[1])
if type(value) == 'table' then redis.call('DEL', KEYS[1]) value = false end
if value and string.sub(value, 1, ${toTimeText(0).length}) > ARGV[1] then return value end
local left = redis.call('PTTL', KEYS[2])
if left == -1 or left > tonumber(ARGV[3]) then redis.call('DEL', KEYS[2]) end
if redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3]) then return 1 end
return 0`;

const RENEW = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`;

const DELETE = `return redis.call('DEL', KEYS[1])`;

const UNLOCK = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

const SET_AND_UNLOCK = `
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
if redis.call('GET', KEYS[2]) == ARGV[1] then return redis.call('DEL', KEYS[2]) end
return 0`;

/** A key during a read. */
interface Item<T> {
  readonly key: string;
  readonly index: number;
  readonly names: { readonly value: string; readonly lock: string };
  /** The revision of the upstream's data before the read; others have other names. */
  readonly revision: string;
  /** Random lock token that identifies this read as the owner. */
  readonly token: string;
  /** The newest value that is not fresh. */
  stale: CacheEntry<T> | null;
  /** When it was fetched, as in the value: only newer values are looked up. */
  newerThan: string;
  readonly parse: (value: unknown, key: string) => T;
}

/** A fresh value, or whether this read acquired the lock of its key. */
type Lookup<T> = { fresh: CacheEntry<T> } | 'acquired' | 'held elsewhere';

/** Settings of the shared cache. */
export interface RedisSharedCacheOptions {
  /** Keeps gateways with different upstreams apart. */
  readonly namespace: string;
  /** The revision of the upstream's data, part of each name; null while it is being asked for, and nothing is shared then. */
  toRevision(): string | null;
  /** How long values stay. */
  readonly ttlMs: number;
  /** How long a read may take, with the wait for another replica. */
  readonly deadlineMs: number;
}

/**
 * The SharedCache of replicas, in Redis. A key is loaded by one replica at a time, which holds a short lock on it and renews
 * it. Without Redis this process loads every key.
 */
export function createRedisSharedCache(
  redis: RedisConnection,
  { namespace, toRevision, ttlMs, deadlineMs }: RedisSharedCacheOptions,
  logger: Pick<RedisLogger, 'warn'>,
  stats = new CacheStats(),
): SharedCache {
  // Gateways whose values have different shapes share none of them.
  const version = createHash('sha256').update(toCachedShape()).digest('base64url').slice(0, 8);
  let hasWarned = false;

  /** The value; null for one that no gateway of this version can have written. */
  function decode<T>(bytes: Buffer, { key, names, parse }: Item<T>): CacheEntry<T> | null {
    try {
      const entry = decodeValue(bytes);
      if (entry !== null) return { ...entry, value: parse(entry.value, key) };
    } catch {
      // Of another shape.
    }
    if (!hasWarned) logger.warn({ key: names.value }, 'redis holds something else than gateways keep; it is read anew');
    hasWarned = true;
    return null;
  }

  async function getOrLock<T>(
    item: Item<T>,
    isFresh: (entry: CacheEntry<T>, key: string) => boolean,
  ): Promise<Lookup<T>> {
    for (let lookups = 0; lookups < MAX_LOOKUPS; lookups += 1) {
      const { names, newerThan, token } = item;
      const reply = await redis.evaluate(GET_OR_LOCK, [names.value, names.lock], [newerThan, token, String(LOCK_MS)]);
      // Without Redis there is no reply, and this process loads the key.
      if (!(reply instanceof Uint8Array)) return reply === 0 ? 'held elsewhere' : 'acquired';
      const entry = decode(Buffer.from(reply), item);
      if (entry !== null && isFresh(entry, item.key)) return { fresh: entry };
      item.stale = entry;
      if (entry === null) await redis.evaluate(DELETE, [names.value], []);
      else item.newerThan = toTimeText(entry.fetchedAt);
    }
    return 'acquired';
  }

  /** Loads keys whose locks were acquired, renews their locks meanwhile, and stores the results. */
  async function loadLocked<T>(
    items: readonly Item<T>[],
    load: (keys: readonly string[]) => Promise<readonly (T | Error)[]>,
  ): Promise<readonly ReadResult<T>[]> {
    const renewal = setInterval(() => {
      for (const { names, token } of items) void redis.evaluate(RENEW, [names.lock], [token, String(LOCK_MS)]);
    }, RENEW_MS);
    try {
      const fetchTime = toFetchTime();
      const results = await load(items.map(({ key }) => key));
      return items.map((item, index) => store(item, results[index] as T | Error, fetchTime));
    } catch (error) {
      for (const { names, token } of items) void redis.evaluate(UNLOCK, [names.lock], [token]);
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  /** Does not wait for Redis: this process has the result. */
  function store<T>(
    { names, token, stale, revision }: Item<T>,
    result: T | Error,
    fetchTime: FetchTime,
  ): ReadResult<T> {
    if (result instanceof Error) {
      void redis.evaluate(UNLOCK, [names.lock], [token]);
      return { entry: stale, failure: result };
    }
    const entry = { value: result, ...fetchTime };
    // Of which revision this is cannot be told.
    if (toRevision() !== revision) {
      void redis.evaluate(UNLOCK, [names.lock], [token]);
      return { entry, failure: null };
    }
    void redis.evaluate(SET_AND_UNLOCK, [names.value, names.lock], [token, encodeValue(entry), String(ttlMs)]);
    return { entry, failure: null };
  }

  /** Polls until another replica has stored the value, or has released the lock so that it is loaded here. */
  async function waitForOther<T>(
    item: Item<T>,
    isFresh: (entry: CacheEntry<T>, key: string) => boolean,
    load: (keys: readonly string[]) => Promise<readonly (T | Error)[]>,
  ): Promise<ReadResult<T>> {
    const startedAtMs = performance.now();
    for (;;) {
      await delay(POLL_MS * (0.5 + Math.random()));
      const lookup = await getOrLock(item, isFresh);
      if (typeof lookup === 'object') return { entry: lookup.fresh, failure: null };
      const waitedMs = performance.now() - startedAtMs;
      // The other replica has failed. With little time left this one fails, too, or all would fail one after the other.
      const isLate = waitedMs >= (lookup === 'acquired' ? deadlineMs / 2 : deadlineMs);
      if (isLate && lookup === 'acquired') void redis.evaluate(UNLOCK, [item.names.lock], [item.token]);
      if (isLate) return { entry: item.stale, failure: createTimeoutFailure(null) };
      if (lookup === 'acquired') return (await loadLocked([item], load))[0] as ReadResult<T>;
    }
  }

  return {
    async readThrough<T>(
      keys: readonly string[],
      isFresh: (entry: CacheEntry<T>, key: string) => boolean,
      load: (keys: readonly string[]) => Promise<readonly (T | Error)[]>,
      parse: (value: unknown, key: string) => T,
    ) {
      const revision = toRevision();
      if (revision === null) return noSharedCache.readThrough(keys, isFresh, load, parse);
      const token = randomUUID();
      // Escaped, since braces have a meaning in names.
      const prefix = [namespace, version, ...(revision === '' ? [] : [encodeURIComponent(revision)])].join(':');
      const items = keys.map((key, index): Item<T> => {
        // The braces put a value and its lock into the same slot of a cluster.
        const name = `${prefix}:{${key}}`;
        const names = { value: name, lock: `${name}:lock` };
        return { key, index, names, revision, token, stale: null, newerThan: '', parse };
      });
      const lookups = await Promise.all(items.map((item) => getOrLock(item, isFresh)));
      for (const lookup of lookups) {
        if (lookup === 'acquired') stats.misses += 1;
        else if (lookup === 'held elsewhere') stats.coalesced += 1;
        else stats.hits += 1;
      }
      const acquired = items.filter(({ index }) => lookups[index] === 'acquired');
      const loading = acquired.length === 0 ? [] : loadLocked(acquired, load);
      const others = items.map((item) => {
        const lookup = lookups[item.index] as Lookup<T>;
        if (lookup === 'held elsewhere') return waitForOther(item, isFresh, load);
        return lookup === 'acquired' ? null : ({ entry: lookup.fresh, failure: null } as ReadResult<T>);
      });
      const [loaded, results] = await Promise.all([loading, Promise.all(others)]);
      let next = 0;
      return results.map((result) => result ?? (loaded[next++] as ReadResult<T>));
    },
  };
}
