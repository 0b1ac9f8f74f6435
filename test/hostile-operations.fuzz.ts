import { expect, test } from '@jest/globals';
import { createChance, createHostileRequest } from './helpers/hostile-requests.js';
import { startMeasuredGateway } from './helpers/measured-gateway.js';

/** How many requests: few with every run of the tests, as many as `npm run fuzz` says. */
const runs = Number(process.env.FUZZ_RUNS ?? 150);
const firstSeed = Number(process.env.FUZZ_SEED ?? 1);
/** Some requests read a page of a hundred runs and what belongs to them. */
const LIMIT_MS = 60_000 + 1000 * runs;

test(
  `Whatever is asked in ${runs} requests is answered, costs a bounded time, and leaves the gateway as it was`,
  async () => {
    const gateway = await startMeasuredGateway();
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
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
  },
  LIMIT_MS,
);
