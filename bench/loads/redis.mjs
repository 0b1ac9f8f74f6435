import { sendRequests, startProduct } from '../fleet.mjs';
import { toNumber, toTable } from '../report.mjs';
import { toRunRequest } from '../requests.mjs';
import { toRunArn } from '../runs.mjs';

const RUNS = 500;
const LATENCY_MS = 20;
const asked = `${RUNS} runs that another replica has read, one after the other, upstream takes ${LATENCY_MS} ms`;

/** What a second replica pays for what a first one has read, through the Redis that they share. */
export async function redis(bench) {
  if (!process.env.REDIS_URL) {
    return {
      targets: [{ asked, toReach: '0 upstream calls', measured: 'REDIS_URL is not set', isMet: null }],
      text: '',
    };
  }
  const env = { REDIS_URL: process.env.REDIS_URL };
  const replicas = [];
  try {
    for (let i = 0; i < 2; i += 1) replicas.push(await startProduct(bench, env));
    const [first, second] = replicas;
    // Runs of another bench may be there still, and what is compiled first is not what Redis costs.
    const from = Date.now() % 9_000_000;
    const toRequests = (start) => Array.from({ length: RUNS }, (_, i) => toRunRequest(toRunArn('r', from + start + i)));
    for (const { url } of replicas) {
      await bench.upstream.behave({});
      await sendRequests({ url, connections: 1, requests: toRequests(url === first.url ? 2 * RUNS : 3 * RUNS) });
    }
    await bench.upstream.behave({ latencyMs: LATENCY_MS });
    const toStep = async (label, url) => {
      const result = await sendRequests({ url, connections: 1, requests: toRequests(0) });
      bench.progress(`redis: ${label}, median ${toNumber(result.medianMs)} ms`);
      return { label, ...result };
    };
    const steps = [await toStep('first replica, from the upstream', first.url)];
    await bench.upstream.behave({ latencyMs: LATENCY_MS });
    steps.push(await toStep('second replica, from Redis', second.url));
    const { total } = await bench.upstream.counts();
    steps.push(await toStep('second replica again, from its memory', second.url));
    return {
      targets: [
        {
          asked,
          toReach: '0 upstream calls',
          measured: `${total}; median ${toNumber(steps[1].medianMs)} ms, from the upstream ${toNumber(steps[0].medianMs)} ms`,
          isMet: total === 0,
        },
      ],
      text: toTable([
        ['', 'median', 'p99'],
        ...steps.map(({ label, medianMs, p99Ms }) => [label, `${toNumber(medianMs)} ms`, `${toNumber(p99Ms)} ms`]),
      ]),
    };
  } finally {
    for (const server of replicas) await server.stop();
  }
}
