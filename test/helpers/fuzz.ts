import { expect } from '@jest/globals';

/** The number of rounds: few in the usual tests, more by `npm run fuzz`. */
export const fuzzRuns = Number(process.env.FUZZ_RUNS ?? 150);
export const firstSeed = Number(process.env.FUZZ_SEED ?? 1);

/** The share of the rounds after which caches are full and code is compiled. */
const WARM_UP = 0.4;
/** How much a process may grow after that. */
const MAX_GROWTH = 1.2;

interface Process {
  residentKib(): number | null;
}

/** Checks the growth of the resident memory of a process after the warm-up. Fewer rounds than `least` are not measured. */
export function createGrowthCheck(process: Process, rounds: number, least: number) {
  const warmAt = Math.floor(WARM_UP * rounds);
  let warmKib: number | null = null;
  return {
    /** Called before each round. */
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
