import { median } from '../alternation.mjs';
import { makeKnown, sendRequests, startProduct } from '../fleet.mjs';
import { toNumber, toTable } from '../report.mjs';
import { toRunRequest } from '../requests.mjs';
import { toRunArn } from '../runs.mjs';

const CLIENTS = 1000;
/** What is compiled first is not what a herd costs. */
const WARM_UP_HERDS = 4;

/** Very many clients, each on its own connection, ask for one unknown run at once. */
export async function herd(bench) {
  const product = await startProduct(bench);
  try {
    const herds = [];
    for (const latencyMs of [20, 200]) {
      await bench.upstream.behave({});
      await makeKnown(bench, [{ ...product, label: 'inspector-gateway' }], { set: 'e', count: 1000 });
      for (let round = 1 - WARM_UP_HERDS; round <= bench.rounds; round += 1) {
        await bench.upstream.behave({ latencyMs });
        const request = toRunRequest(toRunArn('e', 10_000 + latencyMs * 100 + WARM_UP_HERDS + round));
        const result = await sendRequests({ url: product.url, connections: CLIENTS, request, repeat: CLIENTS });
        const { total } = await bench.upstream.counts();
        if (round > 0) herds.push({ latencyMs, calls: total, ...result });
        if (round > 0)
          bench.progress(`herd, round ${round} of ${bench.rounds}: ${total} calls, p99 ${toNumber(result.p99Ms)} ms`);
      }
    }
    const toTargets = (latencyMs) => {
      const own = herds.filter((one) => one.latencyMs === latencyMs);
      const calls = Math.max(...own.map((one) => one.calls));
      const p99Ms = median(own.map((one) => one.p99Ms));
      const asked = `1,000 clients ask for one unknown run at once, upstream takes ${latencyMs} ms`;
      return [
        { asked, toReach: 'exactly 1 upstream call', measured: String(calls), isMet: calls === 1 },
        {
          asked,
          toReach: `p99 under ${3 * latencyMs} ms`,
          measured: `${toNumber(p99Ms)} ms`,
          isMet: p99Ms < 3 * latencyMs,
        },
      ];
    };
    const rows = herds.map(({ latencyMs, calls, medianMs, p99Ms, maxMs }) => [
      `${latencyMs} ms`,
      calls,
      ...[medianMs, p99Ms, maxMs].map((ms) => `${toNumber(ms)} ms`),
    ]);
    return {
      figures: [
        { name: 'most upstream calls of a herd', value: Math.max(...herds.map(({ calls }) => calls)) },
        {
          name: 'ms at the p99, upstream takes 20 ms',
          value: median(herds.filter((one) => one.latencyMs === 20).map((one) => one.p99Ms)),
        },
      ],
      targets: [...toTargets(20), ...toTargets(200)],
      text: toTable([['upstream takes', 'calls', 'median', 'p99', 'last'], ...rows]),
    };
  } finally {
    await product.stop();
  }
}
