import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { median } from '../alternation.mjs';
import { sendRequests, startProduct } from '../fleet.mjs';
import { runClient } from '../processes.mjs';
import { toNumber, toTable } from '../report.mjs';

const KNOWN = 1000;
const SIZE = 50;
const asked = `WORKERS=2 against 1, pages of ${SIZE} known runs; load and upstream share the cores`;
const toReach = 'more than 1 worker';

/** One process against two, on all cores: pages, since they cost the server far more than the load generator. */
export async function workers(bench) {
  const kinds = [1, 2].map((count) => ({ count, perSecond: [] }));
  const started = [];
  try {
    await bench.upstream.behave({});
    for (const kind of kinds) {
      kind.server = await startProduct(bench, { WORKERS: String(kind.count) }, { core: null });
      started.push(kind.server);
      // Each worker has its own memory, and connections go to them in turn.
      const pages = { set: 'k', count: KNOWN, size: SIZE };
      for (let i = 0; i < 4; i += 1) await sendRequests({ url: kind.server.url, connections: 8, pages });
    }
    if (countChildren(kinds[1].server.pid) < 2) {
      return { targets: [{ asked, toReach, measured: 'WORKERS=2 starts no processes', isMet: null }], text: '' };
    }
    const source = { kind: 'pages', set: 'k', count: KNOWN, size: SIZE };
    for (let round = 0; round <= bench.rounds; round += 1) {
      for (const { count, server, perSecond } of kinds) {
        const load = { url: server.url, connections: 64, seconds: bench.seconds, source };
        const { requests, seconds, failed } = await runClient('load-generator.mjs', load, { core: null });
        if (failed > 0) throw new Error(`workers: ${failed} requests failed`);
        if (round === 0) continue;
        perSecond.push(requests / seconds);
        bench.progress(`workers, round ${round} of ${bench.rounds}: ${count} ${toNumber(requests / seconds)} req/s`);
      }
    }
    const ratio = median(kinds[1].perSecond) / median(kinds[0].perSecond);
    return {
      targets: [{ asked, toReach, measured: `${ratio.toFixed(2)} x`, isMet: ratio > 1 }],
      text: [
        toTable([
          ['WORKERS', 'req/s', 'each round'],
          ...kinds.map(({ count, perSecond }) => [
            count,
            toNumber(median(perSecond)),
            perSecond.map(toNumber).join(', '),
          ]),
        ]),
        `On ${cpus().length} cores, of which the load generator takes its part: more cores show more.`,
      ].join('\n\n'),
    };
  } finally {
    for (const server of started) await server.stop();
  }
}

function countChildren(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
