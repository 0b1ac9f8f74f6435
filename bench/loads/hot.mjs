import { compareSpeed, measureByTurns } from '../alternation.mjs';
import { SERVERS, startFleet } from '../fleet.mjs';
import { toSpeedTable } from '../report.mjs';
import { toRunRequest } from '../requests.mjs';
import { ROWS, toRunArn } from '../runs.mjs';

/** One run, the same request again and again. */
export async function hot(bench) {
  const request = toRunRequest(toRunArn('h', 1));
  const fleet = await startFleet(bench, Object.keys(SERVERS), [request]);
  try {
    const source = { kind: 'same', request };
    const measured = await measureByTurns(bench, 'hot', fleet.servers, { toSource: () => source });
    const [bare, mercurius] = ['bare-http', 'mercurius'].map((name) =>
      compareSpeed(measured.get('product'), measured.get(name)),
    );
    const asked = `one run, ${ROWS} rows, the same request, 64 connections`;
    return {
      targets: [
        { asked, toReach: '0.9 of bare node:http', measured: bare.toFixed(2), isMet: bare >= 0.9 },
        { asked, toReach: '2 x Mercurius+JIT', measured: mercurius.toFixed(2), isMet: mercurius >= 2 },
      ],
      text: toSpeedTable(fleet.servers, measured, 'bare-http'),
    };
  } finally {
    await fleet.stop();
  }
}
