// What goes wrong, one after the other, and for how long.
import { setTimeout as pause } from 'node:timers/promises';
import { upstreamFaults } from './services.mjs';

const FAULT_MS = 6000;

/** After a fault things may fail until this is over: the gateway's circuit breaker stays open for 5 s. */
const RECOVERY_MS = 10_000;

/** A rate that was throttled is raised in small steps: 5 s to what was measured, and six steps of 12 s beyond it. */
const RATE_RECOVERY_MS = 80_000;

/**
 * Each fault by its name. `begin` makes it, and `end` mends it where it is not over by itself. `loses` names the replica
 * whose requests in flight nobody promised to answer.
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
      ...(fault === upstreamFaults['asks for less'] && { recoveryMs: RATE_RECOVERY_MS }),
      begin() {
        upstream.state.fault = fault;
      },
      end() {
        upstream.state.fault = null;
      },
    })),
  ];
}

/** Makes a fault and mends it; `onMended` is called then, and what follows is the time that recovery may take. */
export async function makeFault({ begin, end, recoveryMs = RECOVERY_MS }, onMended) {
  await begin();
  await pause(FAULT_MS);
  await end?.();
  onMended();
  await pause(recoveryMs);
}
