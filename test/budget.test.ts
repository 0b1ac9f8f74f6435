import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createBudget } from '../src/budget.js';

const limits = { unitsPerSecond: 100, burst: 500 };

describe('A budget', () => {
  test('lets a caller spend what may be spent at once, and says when there is enough again', () => {
    let nowMs = 1e6;
    const budget = createBudget(limits, () => nowMs);
    expect([budget.charge('a', 400), budget.charge('a', 100), budget.charge('a', 1)]).toEqual([0, 0, 10]);
    expect(budget.charge('b', 500)).toBe(0);
    nowMs += 9;
    expect(budget.charge('a', 1)).toBe(1);
    nowMs += 1;
    expect(budget.charge('a', 1)).toBe(0);
  });

  test('charges nothing for what it refuses', () => {
    let nowMs = 0;
    const budget = createBudget(limits, () => nowMs);
    budget.charge('a', 500);
    for (let times = 0; times < 100; times += 1) expect(budget.charge('a', 100)).toBe(1000);
    nowMs += 1000;
    expect(budget.charge('a', 100)).toBe(0);
  });

  test('lets what costs more than may be spent at once wait until nothing is spent', () => {
    let nowMs = 0;
    const budget = createBudget(limits, () => nowMs);
    expect(budget.charge('a', 1_000_000)).toBe(0);
    const waitMs = budget.charge('a', 1_000_000);
    expect(waitMs).toBe(5000);
    nowMs += 5000;
    expect(budget.charge('a', 1_000_000)).toBe(0);
  });

  test('never lets more through than its burst and its rate, whatever is asked and when', () => {
    const asked = fc.array(fc.record({ afterMs: fc.nat({ max: 2000 }), units: fc.integer({ min: 1, max: 600 }) }), {
      maxLength: 50,
    });
    fc.assert(
      fc.property(asked, (all) => {
        let nowMs = 0;
        let spent = 0;
        const budget = createBudget(limits, () => nowMs);
        for (const { afterMs, units } of all) {
          nowMs += afterMs;
          if (budget.charge('a', units) === 0) spent += Math.min(units, limits.burst);
          expect(spent).toBeLessThanOrEqual(limits.burst + (nowMs * limits.unitsPerSecond) / 1000 + 1e-6);
        }
      }),
    );
  });
});
