import { startProduct } from '../fleet.mjs';
import { runClient } from '../processes.mjs';
import { toNumber } from '../report.mjs';

const RUNS = 200;
const CALLS_PER_SECOND = 10;
const IDEAL_MS = (RUNS / CALLS_PER_SECOND) * 1000;

/** What an upstream that throttles sees of the gateway. */
export async function throttled(bench) {
  const product = await startProduct(bench, { INSPECTOR_DEADLINE_MS: '60000', INSPECTOR_MAX_ATTEMPTS: '30' });
  try {
    bench.progress(`throttled: ${RUNS} runs of an upstream that allows ${CALLS_PER_SECOND} calls/s`);
    await bench.upstream.behave({ callsPerSecond: CALLS_PER_SECOND });
    const pages = { set: 't', count: RUNS, size: 100 };
    const result = await runClient('timed-requests.mjs', { url: product.url, connections: 2, pages });
    const counts = await bench.upstream.counts();
    const perSecond = [];
    for (const atMs of counts.calledAtMs) {
      const second = Math.floor((atMs - counts.calledAtMs[0]) / 1000);
      perSecond[second] = (perSecond[second] ?? 0) + 1;
    }
    const later = Array.from(perSecond, (calls) => calls ?? 0).slice(1);
    const average = counts.total / (result.elapsedMs / 1000);
    const most = Math.max(0, ...later);
    const asked = `${RUNS} unknown runs, upstream allows ${CALLS_PER_SECOND} calls/s`;
    const ratio = result.elapsedMs / IDEAL_MS;
    const targets = [
      {
        asked,
        toReach: 'at most 11 calls/s at the upstream on average, and in each second after the first',
        measured: `${average.toFixed(1)} on average, at most ${most}`,
        isMet: average <= 11 && most <= 11,
      },
      {
        asked,
        toReach: `all succeed within 1.3 x ${IDEAL_MS / 1000} s`,
        measured:
          result.failed > 0
            ? `${result.failed} of 2 queries had errors, after ${toNumber(result.elapsedMs / 1000)} s`
            : `${ratio.toFixed(2)} x`,
        isMet: result.failed === 0 && ratio <= 1.3,
      },
    ];
    const figures = [
      { name: 'throttled calls', value: counts.throttled },
      { name: 'calls in the worst second after the first', value: most },
      { name: 'seconds in all', value: result.elapsedMs / 1000 },
      { name: 'queries with errors', value: result.failed },
    ];
    const shown = Array.from(perSecond, (calls) => calls ?? 0).join(', ');
    const text = `${counts.total} calls, ${counts.throttled} of them throttled; in each second: ${shown}.`;
    return { figures, targets, text };
  } finally {
    await product.stop();
  }
}
