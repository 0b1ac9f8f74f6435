import { sendRequests, startProduct } from '../fleet.mjs';
import { runClient } from '../processes.mjs';
import { toNumber, toTable } from '../report.mjs';
import { toRunRequest } from '../requests.mjs';
import { toRunArn } from '../runs.mjs';

const FAILING_RUNS = 200;
const REFUSED_REQUESTS = 500;
const UNCOUNTED_REQUESTS = 20;

/** What callers wait, and an upstream that fails sees, once it has failed repeatedly. */
export async function failing(bench) {
  const product = await startProduct(bench);
  try {
    bench.progress('failing: an upstream that fails');
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
      figures: [
        { name: 'calls while the upstream fails', value: total },
        { name: 'ms at the median', value: refused.medianMs },
      ],
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
