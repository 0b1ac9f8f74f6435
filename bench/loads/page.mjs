import { toPageRequests } from '../requests.mjs';
import { ROWS } from '../runs.mjs';
import { compareServers } from '../speed.mjs';

const KNOWN = 5000;
const SIZE = 50;
const SERVERS = [
  ...['product', 'joined-texts', 'mercurius-best', 'mercurius', 'yoga', 'graphql-http'],
  ...['apollo-dataloader', 'apollo-plain'],
];
const GOALS = [
  {
    toReach: 'CPU at most 3 x the floor',
    atMost: 3,
    measure: (of) => of('product').cpuUs / of('joined-texts').cpuUs,
  },
  {
    toReach: '2.0 x Mercurius+JIT at its best',
    atLeast: 2,
    measure: (of) => of('mercurius-best').cpuUs / of('product').cpuUs,
  },
  {
    toReach: '1.8 x Mercurius+JIT at its best, by requests/s',
    atLeast: 1.8,
    measure: (of) => of('product').perSecond / of('mercurius-best').perSecond,
  },
  {
    toReach: 'p99 at most that of Mercurius+JIT at its best',
    atMost: 1,
    measure: (of) => of('product').p99Ms / of('mercurius-best').p99Ms,
  },
];

/** Pages of known runs, no two the same: their telemetry alone. */
export const page = (bench) => comparePages(bench, 'page', `${SIZE} runs x ${ROWS} rows`);

/** The same pages with what a portal shows beside the telemetry. */
export const portal = (bench) =>
  comparePages(bench, 'portal', `${SIZE} runs x ${ROWS} rows, names, states, dates, totals`);

function comparePages(bench, document, what) {
  const pages = { set: 'p', count: KNOWN, document };
  return compareServers(bench, {
    name: document,
    servers: SERVERS,
    base: 'mercurius-best',
    samples: toPageRequests({ ...pages, count: 2 * SIZE, size: SIZE }),
    known: pages,
    source: { kind: 'pages', ...pages, size: SIZE },
    asked: `${what} in one query, drawn from ${KNOWN.toLocaleString('en')} known, 64 connections`,
    goals: GOALS,
    note: 'Hive Gateway is left out: the API has no operation for several runs, and its response cache none of parts.',
  });
}
