// What goes wrong, one after the other, and for how long.
import { setTimeout as pause } from 'node:timers/promises';
import { upstreamFaults } from './services.mjs';

const FAULT_MS = 6000;

/** After a fault things may fail until this is over: the circuit breaker stays open for 5 s, and a throttled rate takes 5 s to rise. */
const RECOVERY_MS = 10_000;

/**
 * Each fault by its name. `begin` makes it, and `end` mends it where it is not over by itself. `loses` names the replica
 * whose requests in flight nobody promised to answer. `services` are looked at when a fault is made.
 */
export function createFaults(services) {
  return [
    { name: 'a worker is killed', loses: 'workers', begin: () => services.fleet.killWorker() },
    { name: 'a replica is replaced after SIGTERM', begin: () => services.fleet.roll() },
    { name: 'Redis is stopped', begin: () => services.redis.stop(), end: () => services.redis.start() },
    { name: 'Redis is paused', begin: () => services.redis.pause(), end: () => services.redis.resume() },
    { name: 'PostgreSQL is stopped', begin: () => services.postgres.stop(), end: () => services.postgres.start() },
    { name: 'connections to PostgreSQL are cut', begin: () => services.database.cut() },
    { name: 'connections to PostgreSQL go silent', begin: () => services.database.silence() },
    ...Object.entries(upstreamFaults).map(([name, fault]) => ({
      name: `the upstream ${name}`,
      begin() {
        services.upstream.state.fault = fault;
      },
      end() {
        services.upstream.state.fault = null;
      },
    })),
  ];
}

/** Makes a fault and mends it; `onMended` is called then, and what follows is the time that recovery may take. */
export async function makeFault({ begin, end }, onMended) {
  await begin();
  await pause(FAULT_MS);
  await end?.();
  onMended();
  await pause(RECOVERY_MS);
}
