// What goes wrong, one after the other, and for how long.
import { setTimeout as pause } from 'node:timers/promises';
import { upstreamFaults } from './services.mjs';

const FAULT_MS = 6000;

/**
 * Each fault by its name. `begin` makes it, `end` mends it; `atOnce` those that are over when they have happened. `loses`
 * names the replica whose requests in flight nobody promised to answer.
 */
export function createFaults({ postgres, database, redis, upstream, fleet }) {
  return [
    { name: 'a worker is killed', loses: 'workers', begin: () => fleet.killWorker() },
    { name: 'a replica is replaced after SIGTERM', begin: () => fleet.roll() },
    { name: 'Redis is stopped', begin: redis.stop, end: redis.start },
    { name: 'Redis is paused', begin: redis.pause, end: redis.resume },
    { name: 'PostgreSQL is stopped', begin: postgres.stop, end: postgres.start },
    { name: 'connections to PostgreSQL are cut', begin: database.cut },
    { name: 'connections to PostgreSQL go silent', begin: database.silence },
    ...Object.entries(upstreamFaults).map(([name, fault]) => ({
      name: `the upstream ${name}`,
      begin() {
        upstream.state.fault = fault;
      },
      end() {
        upstream.state.fault = null;
      },
    })),
  ];
}

/** Makes a fault and mends it. */
export async function makeFault({ begin, end }) {
  await begin();
  await pause(FAULT_MS);
  await end?.();
}
