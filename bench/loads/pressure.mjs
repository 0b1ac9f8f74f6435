import { sendRequests, startProduct } from '../fleet.mjs';
import { toPageRequests } from '../requests.mjs';

const RUNS = 1600;
const SIZE = 100;
const KEPT = 100;
/** So many pages are read at once, and by others in another order at the same time. */
const PAGES = 8;

/** More runs are being read at once than are kept, each for two callers. */
export async function pressure(bench) {
  const product = await startProduct(bench, { CACHE_MAX_RUNS: String(KEPT), INSPECTOR_DEADLINE_MS: '60000' });
  try {
    await bench.upstream.behave({ latencyMs: 20 });
    const pages = toPageRequests({ set: 'q', count: RUNS, size: SIZE });
    const requests = [];
    for (let from = 0; from < pages.length; from += PAGES) {
      const together = pages.slice(from, from + PAGES);
      requests.push(...together, ...together.map(reverse));
    }
    await sendRequests({ url: product.url, connections: 2 * PAGES, requests });
    const { total } = await bench.upstream.counts();
    bench.progress(`pressure: ${total} calls for ${RUNS} runs`);
    const asked = `${RUNS.toLocaleString('en')} unknown runs, each asked for twice at once, of which ${KEPT} are kept`;
    return {
      figures: [{ name: 'upstream calls', value: total }],
      targets: [{ asked, toReach: 'one upstream call a run', measured: String(total), isMet: total === RUNS }],
      text: '',
    };
  } finally {
    await product.stop();
  }
}

function reverse({ query, variables }) {
  return { query, variables: { arns: variables.arns.toReversed() } };
}
