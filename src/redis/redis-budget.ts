import { createHash } from 'node:crypto';
import { type Budget, type BudgetLimits, createBudget, toBurstMs, toCostMs } from '../budget.js';
import type { RedisConnection } from './connection.js';

/**
 * By the server's clock, since those of replicas differ. Returns 0 or the wait in milliseconds. ARGV: what it costs and what may be
 * spent at once, in milliseconds.
 */
const CHARGE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local paid = tonumber(redis.call('GET', KEYS[1]) or '0')
local next = math.max(paid, now) + ARGV[1]
local wait = next - now - ARGV[2]
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.3f', next), 'PX', math.ceil(next - now) + 1)
return 0`;

/** A budget that replicas share. While Redis does not answer, each charges by itself. */
export function createRedisBudget(redis: RedisConnection, namespace: string, limits: BudgetLimits): Budget {
  const own = createBudget(limits);
  return {
    async charge(caller, units) {
      // A subject may be of any length.
      const key = `${namespace}:budget:${createHash('sha256').update(caller).digest('base64url')}`;
      const costs = [toCostMs(units, limits), toBurstMs(limits)].map((ms) => ms.toFixed(3));
      const waitMs = await redis.evaluate(CHARGE, [key], costs);
      return typeof waitMs === 'number' ? waitMs : own.charge(caller, units);
    },
  };
}
