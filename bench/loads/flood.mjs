import { median } from '../alternation.mjs';
import { sendRequests, startProduct } from '../fleet.mjs';
import { readRssMiB } from '../processes.mjs';
import { toNumber, toTable } from '../report.mjs';

const STEPS = 10;
const SIZE = 100;

/** Very many distinct runs through one process: its memory and its latency must not grow with them. */
export async function flood(bench) {
  const product = await startProduct(bench);
  try {
    await bench.upstream.behave({});
    const count = bench.floodRuns / STEPS;
    const steps = [];
    for (let step = 1; step <= STEPS; step += 1) {
      const pages = { set: 'f', from: (step - 1) * count, count, size: SIZE };
      const { p99Ms, medianMs } = await sendRequests({ url: product.url, connections: 4, pages });
      steps.push({ runs: step * count, rssMiB: readRssMiB(product.pid), medianMs, p99Ms });
      bench.progress(`flood: ${step * count} runs, ${toNumber(steps.at(-1).rssMiB)} MiB, p99 ${toNumber(p99Ms)} ms`);
    }
    const [first] = steps;
    const last = steps.at(-1);
    const memory = last.rssMiB / first.rssMiB;
    // The first tenth compiles the code.
    const toP99Ms = (from, to) => median(steps.slice(from, to).map(({ p99Ms }) => p99Ms));
    const [earlyMs, lateMs] = [toP99Ms(1, 5), toP99Ms(6, 10)];
    const asked = `${bench.floodRuns.toLocaleString('en')} distinct runs through one process, in queries of ${SIZE}`;
    const after = first.runs.toLocaleString('en');
    return {
      targets: [
        {
          asked,
          toReach: `RSS at the end at most 1.2 x RSS at ${after}`,
          measured: `${memory.toFixed(2)} x (${toNumber(last.rssMiB)} of ${toNumber(first.rssMiB)} MiB)`,
          isMet: Number.isNaN(memory) ? null : memory <= 1.2,
        },
        {
          asked,
          toReach: 'p99 flat: of the last four tenths at most 1.2 x that of the second to fifth',
          measured: `${(lateMs / earlyMs).toFixed(2)} x (${toNumber(lateMs)} of ${toNumber(earlyMs)} ms)`,
          isMet: lateMs <= 1.2 * earlyMs,
        },
      ],
      text: toTable([
        ['runs so far', 'RSS', 'median of this tenth', 'p99 of this tenth'],
        ...steps.map(({ runs, rssMiB, medianMs, p99Ms }) => [
          runs.toLocaleString('en'),
          `${toNumber(rssMiB)} MiB`,
          `${toNumber(medianMs)} ms`,
          `${toNumber(p99Ms)} ms`,
        ]),
      ]),
    };
  } finally {
    await product.stop();
  }
}
