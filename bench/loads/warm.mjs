import { compareSpeed, measureByTurns } from '../alternation.mjs';
import { makeKnown, SERVERS, startFleet } from '../fleet.mjs';
import { toSpeedTable } from '../report.mjs';
import { toRunRequest } from '../requests.mjs';
import { toRunArn } from '../runs.mjs';

const KNOWN = 10_000;

/** Known runs in random order, one document. */
export async function warm(bench) {
  const names = Object.keys(SERVERS).filter((name) => name !== 'bare-http' && name !== 'product-get');
  const samples = [0, 1, KNOWN - 1].map((number) => toRunRequest(toRunArn('w', number)));
  const fleet = await startFleet(bench, names, samples);
  try {
    // By the document that is measured: what a server keeps of an answer as a whole is what it knows, too.
    await makeKnown(bench, fleet.servers, 'w', KNOWN, 1);
    const source = { kind: 'known', set: 'w', count: KNOWN };
    const measured = await measureByTurns(bench, 'warm', fleet.servers, { toSource: () => source });
    const ratio = compareSpeed(measured.get('product'), measured.get('mercurius'));
    const asked = '10,000 known runs in random order, one document, 64 connections';
    return {
      targets: [{ asked, toReach: '1.0 x Mercurius+JIT', measured: ratio.toFixed(2), isMet: ratio >= 1 }],
      text: toSpeedTable(fleet.servers, measured, 'mercurius'),
    };
  } finally {
    await fleet.stop();
  }
}
