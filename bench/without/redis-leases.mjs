// Redis as a cache alone: what is not there is read by every replica that asks.
import { toFetchTime } from '../inspector/cache/shared-cache.js';
import { decodeValue, encodeValue } from './shared-value.js';

const SET = `return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])`;

export function createRedisSharedCache(redis, { namespace, toRevision, ttlMs }) {
  const toName = (key) => `${namespace}:${toRevision()}:{${key}}`;

  async function find(key, isFresh, parse) {
    const bytes = await redis.get(toName(key));
    const decoded = bytes ? decodeValue(bytes) : null;
    if (decoded === null) return null;
    try {
      const entry = { ...decoded, value: parse(decoded.value, key) };
      return isFresh(entry, key) ? { entry, failure: null } : null;
    } catch {
      // Written by another version.
      return null;
    }
  }

  function keep(key, result, fetchTime) {
    if (result instanceof Error) return { entry: null, failure: result };
    const entry = { value: result, ...fetchTime };
    void redis.evaluate(SET, [toName(key)], [encodeValue(entry), String(ttlMs)]);
    return { entry, failure: null };
  }

  return {
    async readThrough(keys, isFresh, load, parse) {
      const outcomes = await Promise.all(keys.map((key) => find(key, isFresh, parse)));
      const missing = keys.filter((_, place) => outcomes[place] === null);
      if (missing.length === 0) return outcomes;
      const fetchTime = toFetchTime();
      const results = await load(missing);
      const read = missing.map((key, place) => keep(key, results[place], fetchTime));
      return outcomes.map((outcome) => outcome ?? read.shift());
    },
  };
}
