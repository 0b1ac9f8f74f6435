import { LRUCache } from 'lru-cache';

/** What callers may spend. */
export interface BudgetLimits {
  /** Units of operation cost a second. */
  readonly unitsPerSecond: number;
  /** Units that may be spent at once. */
  readonly burst: number;
}

/** Charges callers for their operations. */
export interface Budget {
  /** Charges a caller; the result is 0, or after how many milliseconds there will be enough, and then nothing was charged. */
  charge(caller: string, units: number): Promise<number> | number;
}

/** Callers that are remembered: one that is forgotten has spent nothing. */
const MAX_CALLERS = 100_000;

/**
 * The generic cell rate algorithm (https://www.itu.int/rec/T-REC-I.371): one number for each caller, the time at which it will have
 * spent nothing. `now` is in milliseconds.
 */
export function createBudget(
  { unitsPerSecond, burst }: BudgetLimits,
  now: () => number = () => performance.now(),
): Budget {
  const paidAt = new LRUCache<string, number>({ max: MAX_CALLERS });
  return {
    charge(caller, units) {
      const nowMs = now();
      const next = Math.max(paidAt.get(caller) ?? 0, nowMs) + toCostMs(units, { unitsPerSecond, burst });
      const waitMs = next - nowMs - toBurstMs({ unitsPerSecond, burst });
      if (waitMs > 0) return Math.ceil(waitMs);
      paidAt.set(caller, next);
      return 0;
    },
  };
}

/** What costs more than may be spent at once waits until nothing is spent. */
export function toCostMs(units: number, { unitsPerSecond, burst }: BudgetLimits): number {
  return (Math.min(units, burst) / unitsPerSecond) * 1000;
}

export function toBurstMs({ unitsPerSecond, burst }: BudgetLimits): number {
  return (burst / unitsPerSecond) * 1000;
}
