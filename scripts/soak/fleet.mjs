// The replicas under test: one that nothing happens to, one whose workers are killed, one that is replaced again and again.
import { startCommand } from './services.mjs';

/** Within so long a replica that is asked to stop has ended, as the README says. */
const STOP_LIMIT_MS = 10_500;

export async function createFleet(environment) {
  const start = async (name, own = {}) => ({ name, ...(await startCommand([], { ...environment, ...own })) });
  const replicas = {
    steady: await start('steady'),
    workers: await start('workers', { WORKERS: '2' }),
    rolling: await start('rolling'),
  };
  const unexpected = [];
  const stopped = { inTime: 0, late: 0 };

  async function stop({ name, child, exited, log }) {
    const startedAt = performance.now();
    child.kill('SIGTERM');
    const { code, signal } = await exited;
    const isInTime = code === 0 && performance.now() - startedAt < STOP_LIMIT_MS;
    stopped[isInTime ? 'inTime' : 'late'] += 1;
    if (!isInTime) unexpected.push(`${name} ended with ${code ?? signal}: ${log.last().join('\n')}`);
    unexpected.push(...log.unexpected.map((line) => `${name}: ${line}`));
  }

  return {
    addresses: () => Object.values(replicas),
    steadyPid: () => replicas.steady.pid,
    primaryPid: () => replicas.workers.pid,
    unexpected: () => unexpected,
    killWorker() {
      // Those that were killed before are in the log as well.
      const pids = replicas.workers.log.workers.filter(isAlive);
      process.kill(pids[Math.floor(Math.random() * pids.length)], 'SIGKILL');
    },
    /** The next one listens before the one before is asked to stop. */
    async roll() {
      const before = replicas.rolling;
      replicas.rolling = await start('rolling');
      await stop(before);
    },
    async stop() {
      await Promise.all(Object.values(replicas).map(stop));
      for (const name of Object.keys(replicas)) delete replicas[name];
      return stopped;
    },
  };
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
