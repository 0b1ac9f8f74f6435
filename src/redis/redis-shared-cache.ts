import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Dated,
  type Outcome,
  type ReadTime,
  type SharedCache,
  toReadTime,
} from '../inspector/cache/shared-cache.js';
import { createTimeoutFailure } from '../inspector/inspector-failure.js';
import type { RedisConnection, RedisLogger } from './connection.js';
import { decodeValue, encodeValue, toTimeText } from './shared-value.js';

/** Lock TTL: the longest that other replicas wait after a holder crashes. */
const LOCK_MS = 1000;
const RENEW_MS = 300;

/** Counts up when domain types change, so that gateways of both versions can share a Redis. */
const VALUES_VERSION = 'v2';

/** How often a value is looked at that will not do, before it is read without a look. */
const MAX_LOOKS = 5;

/** How often somebody looks whether another replica has finished; not all at the same time. */
const LOOK_AGAIN_MS = 25;

/**
 * A value that is newer than ARGV[1]; otherwise whether the lock is mine now (1) or somebody else's (0). A value of another
 * type is none, and neither is a lock that no gateway has made: one that would never end, or later than locks do.
 */
const LOOK_OR_LOCK = `
local kept = redis.pcall('GET', KEYS[1])
if type(kept) == 'table' then redis.call('DEL', KEYS[1]) kept = false end
if kept and string.sub(kept, 1, ${toTimeText(0).length}) > ARGV[1] then return kept end
local left = redis.call('PTTL', KEYS[2])
if left == -1 or left > tonumber(ARGV[3]) then redis.call('DEL', KEYS[2]) end
if redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3]) then return 1 end
return 0`;

const RENEW = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`;

/** Deletes what cannot be read. */
const FORGET = `return redis.call('DEL', KEYS[1])`;

const UNLOCK = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

const KEEP_AND_UNLOCK = `
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
if redis.call('GET', KEYS[2]) == ARGV[1] then return redis.call('DEL', KEYS[2]) end
return 0`;

/** A key on its way through a read. */
interface Item<T> {
  readonly key: string;
  readonly place: number;
  readonly names: { readonly value: string; readonly lock: string };
  /** Random lock token that identifies this read as the owner. */
  readonly token: string;
  /** What is kept and will not do. */
  stale: Dated<T> | null;
  /** Only what is newer is looked at. */
  refused: string;
  readonly parse: (value: unknown, key: string) => T;
}

type Look<T> = { found: Dated<T> } | 'mine' | 'busy';

/**
 * What replicas know together, in Redis: each key is read once at a time among all of them, held by a short lock that its
 * holder renews. `namespace` keeps gateways apart that have different upstreams, `lifetimeMs` is how long values stay,
 * and `deadlineMs` how long a read may take, waiting for another replica included.
 * Without Redis every key is this process's to read.
 */
export function createRedisSharedCache(
  redis: RedisConnection,
  { namespace, lifetimeMs, deadlineMs }: { namespace: string; lifetimeMs: number; deadlineMs: number },
  logger: Pick<RedisLogger, 'warn'>,
): SharedCache {
  let hasWarned = false;

  /** The value; null for what no gateway of this version can have written. */
  function decode<T>(bytes: Buffer, { key, names, parse }: Item<T>): Dated<T> | null {
    try {
      const dated = decodeValue(bytes);
      if (dated !== null) return { ...dated, value: parse(dated.value, key) };
    } catch {
      // Of another shape.
    }
    if (!hasWarned) logger.warn({ key: names.value }, 'redis holds something else than gateways keep; it is read anew');
    hasWarned = true;
    return null;
  }

  async function look<T>(item: Item<T>, isFresh: (dated: Dated<T>) => boolean): Promise<Look<T>> {
    for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
      const { names, refused, token } = item;
      const reply = await redis.evaluate(LOOK_OR_LOCK, [names.value, names.lock], [refused, token, String(LOCK_MS)]);
      if (!(reply instanceof Uint8Array)) return reply === 0 ? 'busy' : 'mine';
      const dated = decode(Buffer.from(reply), item);
      if (dated !== null && isFresh(dated)) return { found: dated };
      item.stale = dated;
      if (dated === null) await redis.evaluate(FORGET, [names.value], []);
      else item.refused = toTimeText(dated.readAt);
    }
    return 'mine';
  }

  /** Reads what is mine, while the locks are renewed, and lets the others have it. */
  async function read<T>(
    items: readonly Item<T>[],
    load: (keys: readonly string[]) => Promise<readonly (T | Error)[]>,
  ): Promise<readonly Outcome<T>[]> {
    const renewal = setInterval(() => {
      for (const { names, token } of items) void redis.evaluate(RENEW, [names.lock], [token, String(LOCK_MS)]);
    }, RENEW_MS);
    try {
      const readTime = toReadTime();
      const results = await load(items.map(({ key }) => key));
      return items.map((item, index) => settle(item, results[index] as T | Error, readTime));
    } catch (error) {
      for (const { names, token } of items) void redis.evaluate(UNLOCK, [names.lock], [token]);
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  function settle<T>({ names, token, stale }: Item<T>, result: T | Error, readTime: ReadTime): Outcome<T> {
    // Nobody here waits for what is only for the others.
    if (result instanceof Error) {
      void redis.evaluate(UNLOCK, [names.lock], [token]);
      return { known: stale, failure: result };
    }
    const known = { value: result, ...readTime };
    void redis.evaluate(KEEP_AND_UNLOCK, [names.value, names.lock], [token, encodeValue(known), String(lifetimeMs)]);
    return { known, failure: null };
  }

  /** Until another replica has read it, or has failed to, so that it is mine. */
  async function wait<T>(
    item: Item<T>,
    isFresh: (dated: Dated<T>) => boolean,
    load: (keys: readonly string[]) => Promise<readonly (T | Error)[]>,
  ): Promise<Outcome<T>> {
    const startedAtMs = performance.now();
    for (;;) {
      await delay(LOOK_AGAIN_MS * (0.5 + Math.random()));
      const looked = await look(item, isFresh);
      if (typeof looked === 'object') return { known: looked.found, failure: null };
      const waitedMs = performance.now() - startedAtMs;
      // Who has failed has used up the time of those who waited: each with a time of its own would be one after the other.
      const isLate = waitedMs >= (looked === 'mine' ? deadlineMs / 2 : deadlineMs);
      if (isLate && looked === 'mine') void redis.evaluate(UNLOCK, [item.names.lock], [item.token]);
      if (isLate) return { known: item.stale, failure: createTimeoutFailure(null) };
      if (looked === 'mine') return (await read([item], load))[0] as Outcome<T>;
    }
  }

  return {
    async readThrough<T>(
      keys: readonly string[],
      isFresh: (dated: Dated<T>) => boolean,
      load: (keys: readonly string[]) => Promise<readonly (T | Error)[]>,
      parse: (value: unknown, key: string) => T,
    ) {
      const token = randomUUID();
      const items = keys.map((key, place): Item<T> => {
        // The braces put a value and its lock into the same slot of a cluster.
        const name = `${namespace}:${VALUES_VERSION}:{${key}}`;
        return { key, place, names: { value: name, lock: `${name}:lock` }, token, stale: null, refused: '', parse };
      });
      const looks = await Promise.all(items.map((item) => look(item, isFresh)));
      const mine = items.filter(({ place }) => looks[place] === 'mine');
      const reading = mine.length === 0 ? [] : read(mine, load);
      const waiting = items.map((item) => {
        const looked = looks[item.place] as Look<T>;
        if (looked === 'busy') return wait(item, isFresh, load);
        return looked === 'mine' ? null : ({ known: looked.found, failure: null } as Outcome<T>);
      });
      const [read_, others] = await Promise.all([reading, Promise.all(waiting)]);
      let next = 0;
      return others.map((outcome) => outcome ?? (read_[next++] as Outcome<T>));
    },
  };
}
