import { compareSpeed, measureByTurns } from '../alternation.mjs';
import { makeKnown, SERVERS, startFleet } from '../fleet.mjs';
import { toSpeedTable } from '../report.mjs';
import { toPageRequests } from '../requests.mjs';
import { ROWS } from '../runs.mjs';

const KNOWN = 5000;
const SIZE = 50;

/** Pages of known runs, no two the same. */
export async function page(bench) {
  const names = Object.keys(SERVERS).filter((name) => !['bare-http', 'product-get', 'hive'].includes(name));
  const samples = toPageRequests({ set: 'p', count: 2 * SIZE, size: SIZE });
  const fleet = await startFleet(bench, names, samples);
  try {
    await makeKnown(bench, fleet.servers, 'p', KNOWN);
    const source = { kind: 'pages', set: 'p', count: KNOWN, size: SIZE };
    const measured = await measureByTurns(bench, 'page', fleet.servers, { toSource: () => source });
    const ratio = compareSpeed(measured.get('product'), measured.get('mercurius'));
    const asked = `${SIZE} runs x ${ROWS} rows in one query, drawn from ${KNOWN.toLocaleString('en')} known, 64 connections`;
    return {
      targets: [{ asked, toReach: '1.0 x Mercurius+JIT', measured: ratio.toFixed(2), isMet: ratio >= 1 }],
      text: `${toSpeedTable(fleet.servers, measured, 'mercurius')}\n\nHive Gateway is left out: the API has no operation for several runs, and its response cache none of parts.`,
    };
  } finally {
    await fleet.stop();
  }
}
