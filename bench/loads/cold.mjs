import { median } from '../alternation.mjs';
import { makeKnown, sendRequests, startProduct } from '../fleet.mjs';
import { readCpuMs, startServer } from '../processes.mjs';
import { toNumber, toTable } from '../report.mjs';

const RUNS = 1000;
const SIZE = 100;
const CONCURRENCY = 40;
const LATENCY_MS = 20;
const IDEAL_MS = (RUNS / CONCURRENCY) * LATENCY_MS;

/** Unknown runs, against a bare loop of the AWS SDK that reads as many; both have read others before. */
export async function cold(bench) {
  const started = [];
  try {
    const env = { INSPECTOR_ENDPOINT: bench.upstream.url };
    const product = await startProduct(bench, { INSPECTOR_CONCURRENCY: String(CONCURRENCY) });
    started.push(product);
    const loop = await startServer({ file: 'servers/sdk-loop.mjs', env });
    started.push(loop);
    const readByProduct = (from) =>
      sendRequests({ url: product.url, connections: RUNS / SIZE, pages: { set: 'c', from, count: RUNS, size: SIZE } });
    const readByLoop = async (from) => {
      const body = JSON.stringify({ set: 'c', from, count: RUNS, concurrency: CONCURRENCY });
      return (await fetch(loop.url, { method: 'POST', body })).json();
    };
    const sides = [
      { server: product, read: readByProduct, elapsedMs: [], callUs: [], latencyMs: [] },
      { server: loop, read: readByLoop, elapsedMs: [], callUs: [], latencyMs: [] },
    ];
    await bench.upstream.behave({});
    await makeKnown(bench, [{ ...product, label: 'inspector-gateway' }], { set: 'c', count: 5 * RUNS });
    for (let i = 0; i < 5; i += 1) await readByLoop(i * RUNS);
    for (let round = 1; round <= bench.rounds; round += 1) {
      // Each round begins with the other.
      for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
        const { server, read, elapsedMs, callUs, latencyMs } = side;
        await bench.upstream.behave({ latencyMs: LATENCY_MS });
        const cpuBeforeMs = readCpuMs(server.pid);
        const result = await read((10 + round) * RUNS);
        const { total, tookMs } = await bench.upstream.counts();
        latencyMs.push(tookMs / total);
        if (total !== RUNS) throw new Error(`cold: ${total} calls for ${RUNS} runs`);
        elapsedMs.push(result.elapsedMs);
        callUs.push(((readCpuMs(server.pid) - cpuBeforeMs) * 1000) / RUNS);
      }
      const [own, bare] = sides.map((side) => `${Math.round(side.elapsedMs.at(-1))} ms`);
      bench.progress(`cold, round ${round} of ${bench.rounds}: product ${own}, SDK loop ${bare}`);
    }
    const [own, bare] = sides;
    const elapsed = median(own.elapsedMs) / IDEAL_MS;
    const cpu = median(own.callUs.map((us, round) => us / bare.callUs[round]));
    const asked = `1,000 unknown runs in queries of ${SIZE}, upstream takes ${LATENCY_MS} ms, concurrency ${CONCURRENCY}`;
    const toRow = (label, { elapsedMs, callUs, latencyMs }) => [
      label,
      `${toNumber(median(latencyMs))} ms`,
      `${toNumber(median(elapsedMs))} ms`,
      elapsedMs.map(toNumber).join(', '),
      toNumber(median(callUs)),
      callUs.map(toNumber).join(', '),
    ];
    return {
      figures: [
        { name: 'CPU µs a call', value: median(own.callUs) },
        { name: 'ms in all', value: median(own.elapsedMs) },
      ],
      targets: [
        { asked, toReach: `1.15 x ${IDEAL_MS} ms`, measured: `${elapsed.toFixed(2)} x`, isMet: elapsed <= 1.15 },
        {
          asked: `${asked}: CPU a call`,
          toReach: '1.05 x a bare SDK loop in the same round',
          measured: `${cpu.toFixed(2)} x`,
          isMet: Number.isNaN(cpu) ? null : cpu <= 1.05,
        },
      ],
      text: toTable([
        ['', 'the upstream took', 'elapsed', 'each round', 'CPU µs a call', 'each round'],
        toRow('inspector-gateway', own),
        toRow('bare SDK loop', bare),
      ]),
    };
  } finally {
    for (const server of started) await server.stop();
  }
}
