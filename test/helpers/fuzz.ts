import { expect } from '@jest/globals';

/** How many times something is tried: a little with every run of the tests, as much as `npm run fuzz` says. */
export const fuzzRuns = Number(process.env.FUZZ_RUNS ?? 150);
export const firstSeed = Number(process.env.FUZZ_SEED ?? 1);

/** The part of a run by which all that is kept is full, and as much has been compiled as will be. */
const WARM_UP = 0.4;
/** What a process may have grown since then. */
const MAX_GROWTH = 1.2;

interface Process {
  residentKib(): number | null;
}

/** Holds the resident memory of a process, from the warm-up of a run to its end. Fewer rounds than `least` are no measure. */
export function createGrowthCheck(process: Process, rounds: number, least: number) {
  const warmAt = Math.floor(WARM_UP * rounds);
  let warmKib: number | null = null;
  return {
    /** To be told before each round. */
    onRound(round: number): void {
      if (round === warmAt) warmKib = process.residentKib();
    },
    check(): void {
      const endKib = process.residentKib();
      if (warmKib === null || endKib === null || rounds < least) return;
      if (rounds > least)
        console.log(`${rounds} rounds; ${warmKib} KiB after ${warmAt} of them, ${endKib} at their end`);
      expect(endKib / warmKib).toBeLessThan(MAX_GROWTH);
    },
  };
}
