// Measuring servers by turns: A B C, B C A, so that whatever the machine does meanwhile meets all of them.
import { readCpuMs, runClient } from './processes.mjs';

/**
 * Loads each server for some seconds, after a warm-up, in as many rounds as the bench has. Adds `perSecond` (requests),
 * `cpuUs` (CPU time of the server for a request, all its threads) and `busy` (share of its core) of every round.
 */
export async function measureByTurns(bench, load, servers, { connections = 64, toSource, onRound = async () => {} }) {
  const measurements = new Map(
    servers.map((server) => [server.name, { perSecond: [], cpuUs: [], busy: [], p99Ms: [] }]),
  );
  for (let round = 0; round <= bench.rounds; round += 1) {
    // Each round begins with another, so that none always follows the same one.
    for (const server of [...servers.slice(round % servers.length), ...servers.slice(0, round % servers.length)]) {
      const seconds = round === 0 ? bench.warmUpSeconds : bench.seconds;
      const cpuBeforeMs = readCpuMs(server.pid);
      const { url, method, etag } = server;
      const result = await runClient('load-generator.mjs', {
        url,
        method,
        etag,
        connections,
        seconds,
        source: toSource(server),
      });
      const cpuMs = readCpuMs(server.pid) - cpuBeforeMs;
      if (result.failed > 0 || result.bytes < result.requests * server.answerBytes * 0.8) {
        throw new Error(`${load}: ${server.label} failed: ${JSON.stringify(result)}`);
      }
      if (round === 0) continue;
      const measured = measurements.get(server.name);
      measured.perSecond.push(result.requests / result.seconds);
      measured.cpuUs.push((cpuMs * 1000) / result.requests);
      measured.busy.push(cpuMs / 1000 / result.seconds);
      measured.p99Ms.push(result.p99Ms);
      const perSecond = Math.round(result.requests / result.seconds).toLocaleString('en');
      bench.progress(`${load}, round ${round} of ${bench.rounds}: ${server.name} ${perSecond} req/s`);
    }
    if (round > 0) await onRound();
  }
  return measurements;
}

/** The middle of these numbers. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * What was measured of a server, by medians. Servers are compared by the CPU time of a request: its ratio is that of the
 * requests a second where both keep their core busy, and holds too where the load generator cannot, or the machine has
 * others to serve. Where CPU time cannot be read, the requests a second have to do.
 */
export function toMedians({ perSecond, cpuUs, p99Ms }) {
  const rate = median(perSecond);
  return { perSecond: rate, cpuUs: median(cpuUs) || 1e6 / rate, p99Ms: median(p99Ms) };
}
