import { measureByTurns, median } from '../alternation.mjs';
import { ask, startFleet } from '../fleet.mjs';
import { runClient, SERVER_CORE } from '../processes.mjs';
import { toNumber, toSpeedTable, toTable } from '../report.mjs';
import { toFirstRowsRequest } from '../requests.mjs';
import { BIG_ROWS, BIG_RUN } from '../runs.mjs';
import { toFigures } from '../speed.mjs';

/** One run with very many rows: the same request, and requests that differ where their answers do not. */
export async function big(bench) {
  const request = toFirstRowsRequest(BIG_RUN, BIG_ROWS);
  const names = bench.isProductOnly ? ['product'] : ['product', 'mercurius', 'apollo-dataloader'];
  const fleet = await startFleet(bench, names, [request]);
  try {
    const answer = await ask(fleet.servers[0].url, request);
    const stringifyMs = [];
    const onRound = async () => {
      stringifyMs.push((await runClient('stringify.mjs', { answer }, { core: SERVER_CORE })).medianMs);
    };
    // The same servers once more under other names, for the requests that differ.
    const varied = fleet.servers.map((server) => ({
      ...server,
      name: `${server.name}-varied`,
      label: `${server.label}, varied`,
    }));
    const servers = [...fleet.servers, ...varied];
    let from = BIG_ROWS;
    const toSource = ({ name }) => {
      from += 100_000;
      return name.endsWith('-varied') ? { kind: 'firstRows', arn: BIG_RUN, from } : { kind: 'same', request };
    };
    const measured = await measureByTurns(bench, 'big', servers, { connections: 8, toSource, onRound });
    const figures = toFigures(servers, measured);
    if (bench.isProductOnly) return { figures };
    const limitMs = median(stringifyMs);
    const toTarget = (name, asked) => {
      const { perSecond, cpuUs } = measured.get(name);
      const ms = Math.max(1000 / median(perSecond), median(cpuUs) / 1000 || 0);
      const shown = `${(ms / limitMs).toFixed(2)} x (${toNumber(ms)} ms of ${toNumber(limitMs)} ms)`;
      return { asked, toReach: '2 x JSON.stringify', measured: shown, isMet: ms <= 2 * limitMs };
    };
    const asked = `one run with ${BIG_ROWS.toLocaleString('en')} rows`;
    return {
      figures,
      targets: [
        toTarget('product', `${asked}, the same request`),
        toTarget('product-varied', `${asked}, each request another`),
      ],
      text: [
        toTable([
          ['JSON.stringify of the answer', 'spread'],
          [`${toNumber(limitMs)} ms`, stringifyMs.map(toNumber).join(', ')],
        ]),
        toSpeedTable(servers, measured, 'mercurius'),
      ].join('\n\n'),
    };
  } finally {
    await fleet.stop();
  }
}
