import { sendRequests, startProduct } from '../fleet.mjs';
import { runClient } from '../processes.mjs';
import { toNumber, toTable } from '../report.mjs';
import { toRunRequest } from '../requests.mjs';
import { toRunArn } from '../runs.mjs';

const RUNS = 200;
const CALLS_PER_SECOND = 10;
const IDEAL_MS = (RUNS / CALLS_PER_SECOND) * 1000;
const FAILING_RUNS = 200;
const REFUSED_REQUESTS = 500;
const UNCOUNTED_REQUESTS = 20;

/** What an upstream that throttles, or that fails, sees of the gateway. */
export async function kindness(bench) {
  const throttled = await readThrottled(bench);
  const refused = await readBroken(bench);
  return { targets: [...throttled.targets, ...refused.targets], text: [throttled.text, refused.text].join('\n\n') };
}

async function readThrottled(bench) {
  const product = await startProduct(bench, { INSPECTOR_DEADLINE_MS: '60000', INSPECTOR_MAX_ATTEMPTS: '30' });
  try {
    bench.progress(`kindness: ${RUNS} runs of an upstream that allows ${CALLS_PER_SECOND} calls/s`);
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
    const shown = Array.from(perSecond, (calls) => calls ?? 0).join(', ');
    return { targets, text: `${counts.total} calls, ${counts.throttled} of them throttled; in each second: ${shown}.` };
  } finally {
    await product.stop();
  }
}

async function readBroken(bench) {
  const product = await startProduct(bench);
  try {
    bench.progress('kindness: an upstream that fails');
    const { url } = product;
    const toRequests = (from, count) => Array.from({ length: count }, (_, i) => toRunRequest(toRunArn('b', from + i)));
    // What the code paths need to be compiled is not what a breaker costs.
    await bench.upstream.behave({});
    await sendRequests({ url, connections: 1, requests: toRequests(0, 1000) });
    await bench.upstream.behave({ fails: true });
    await runClient('timed-requests.mjs', { url, connections: 16, requests: toRequests(10_000, FAILING_RUNS) });
    await bench.upstream.behave({ fails: true });
    const refused = await runClient('timed-requests.mjs', {
      url,
      connections: 1,
      requests: toRequests(20_000, UNCOUNTED_REQUESTS + REFUSED_REQUESTS),
      uncounted: UNCOUNTED_REQUESTS,
    });
    const { total } = await bench.upstream.counts();
    const toMs = (ms) => `${toNumber(ms)} ms`;
    const isTold = /"retryAfterMs":\d+/.test(refused.firstFailure ?? '');
    const targets = [
      {
        asked: `${REFUSED_REQUESTS} unknown runs, one after the other, after ${FAILING_RUNS} failures of the upstream`,
        toReach: 'p99 under 5 ms, with `retryAfterMs`',
        measured: `${toMs(refused.p99Ms)}, ${total} calls, ${isTold ? 'with' : 'without'} \`retryAfterMs\``,
        isMet: refused.p99Ms < 5 && isTold,
      },
    ];
    return {
      targets,
      text: toTable([
        ['while the upstream fails', 'median', 'p99', 'longest', 'calls'],
        [`${REFUSED_REQUESTS} requests`, toMs(refused.medianMs), toMs(refused.p99Ms), toMs(refused.maxMs), total],
      ]),
    };
  } finally {
    await product.stop();
  }
}
