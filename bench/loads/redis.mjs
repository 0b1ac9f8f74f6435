import { sendRequests, startProduct } from '../fleet.mjs';
import { toNumber, toTable } from '../report.mjs';
import { toRunRequest } from '../requests.mjs';
import { toRunArn } from '../runs.mjs';

const RUNS = 500;
const REPLICAS = 3;
const LATENCY_MS = 20;
const asked = `${RUNS} runs that another replica has read, one after the other, upstream takes ${LATENCY_MS} ms`;
const askedAtOnce = `${RUNS} unknown runs, asked of ${REPLICAS} replicas at once, upstream takes ${LATENCY_MS} ms`;

/** What replicas pay for what others have read, or are reading, through the Redis that they share. */
export async function redis(bench) {
  if (!process.env.REDIS_URL) {
    const targets = [
      { asked, toReach: '0 upstream calls' },
      { asked: askedAtOnce, toReach: 'one upstream call a run' },
    ];
    return {
      figures: [],
      targets: targets.map((target) => ({ ...target, measured: 'REDIS_URL is not set', isMet: null })),
      text: '',
    };
  }
  const env = { REDIS_URL: process.env.REDIS_URL };
  const replicas = [];
  try {
    for (let i = 0; i < REPLICAS; i += 1) replicas.push(await startProduct(bench, env));
    const [first, second] = replicas;
    // Runs of another bench may be there still, and what is compiled first is not what Redis costs.
    const from = Date.now() % 9_000_000;
    const toRequests = (set) => Array.from({ length: RUNS }, (_, i) => toRunRequest(toRunArn(set, from + i)));
    await bench.upstream.behave({});
    for (const [place, { url }] of replicas.entries()) {
      await sendRequests({ url, connections: 1, requests: toRequests('uvw'[place]) });
    }
    await bench.upstream.behave({ latencyMs: LATENCY_MS });
    const toStep = async (label, url) => {
      const result = await sendRequests({ url, connections: 1, requests: toRequests('r') });
      bench.progress(`redis: ${label}, median ${toNumber(result.medianMs)} ms`);
      return { label, ...result };
    };
    const steps = [await toStep('first replica, from the upstream', first.url)];
    await bench.upstream.behave({ latencyMs: LATENCY_MS });
    steps.push(await toStep('second replica, from Redis', second.url));
    const { total } = await bench.upstream.counts();
    steps.push(await toStep('second replica again, from its memory', second.url));
    await bench.upstream.behave({ latencyMs: LATENCY_MS });
    const requests = toRequests('s');
    await Promise.all(replicas.map(({ url }) => sendRequests({ url, connections: 8, requests })));
    const atOnce = (await bench.upstream.counts()).total;
    bench.progress(`redis: ${atOnce} calls for ${RUNS} runs at once`);
    return {
      figures: [
        { name: 'upstream calls for what another replica has read', value: total },
        { name: 'upstream calls for what all replicas are asked at once', value: atOnce },
        { name: 'ms at the median, from Redis', value: steps[1].medianMs },
      ],
      targets: [
        {
          asked,
          toReach: '0 upstream calls',
          measured: `${total}; median ${toNumber(steps[1].medianMs)} ms, from the upstream ${toNumber(steps[0].medianMs)} ms`,
          isMet: total === 0,
        },
        { asked: askedAtOnce, toReach: 'one upstream call a run', measured: String(atOnce), isMet: atOnce === RUNS },
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
