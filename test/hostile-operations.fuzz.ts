import { expect, test } from '@jest/globals';
import { createGrowthCheck, firstSeed, fuzzRuns as runs } from './helpers/fuzz.js';
import { createChance, createHostileRequest } from './helpers/hostile-requests.js';
import { startMeasuredGateway } from './helpers/measured-gateway.js';

/** With fewer requests, memory is not measured. */
const MIN_MEASURED = 1000;
/** Small enough for the warm-up to fill it. */
const BOUNDS = { CACHE_MAX_RESPONSE_BYTES: '8000000', CACHE_MAX_RUNS: '300' };

/** Some requests read a page of a hundred runs with all their items. */
const LIMIT_MS = 60_000 + 1000 * runs;

test(
  `Whatever is asked in ${runs} requests is answered, costs a bounded time, and leaves the gateway as it was`,
  async () => {
    const gateway = await startMeasuredGateway(BOUNDS);
    const growth = createGrowthCheck(gateway, runs, MIN_MEASURED);
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
      growth.onRound(seed - firstSeed);
      const { kind, text } = createHostileRequest(createChance(seed));
      try {
        await gateway.measure(text);
      } catch (error) {
        throw new Error(`FUZZ_SEED=${seed} FUZZ_RUNS=1 (${kind}, ${text.length} characters): ${text.slice(0, 300)}`, {
          cause: error,
        });
      }
    }
    expect(gateway.notJson()).toEqual([]);
    expect(gateway.log().filter(({ level }) => level >= 50)).toEqual([]);
    expect(gateway.child.exitCode).toBeNull();
    growth.check();
  },
  LIMIT_MS,
);
