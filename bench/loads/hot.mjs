import { toRunRequest } from '../requests.mjs';
import { ROWS, toRunArn } from '../runs.mjs';
import { compareServers } from '../speed.mjs';

const REQUEST = toRunRequest(toRunArn('h', 1));
const SERVERS = [
  ...['product', 'product-get', 'product-304', 'bare-http', 'bare-get', 'bare-304'],
  ...['mercurius', 'yoga', 'graphql-http', 'hive', 'apollo-dataloader', 'apollo-plain'],
];

/** One run, the same request again and again. */
export const hot = (bench) =>
  compareServers(bench, {
    name: 'hot',
    servers: SERVERS,
    base: 'bare-http',
    samples: [REQUEST],
    source: { kind: 'same', request: REQUEST },
    asked: `one run, ${ROWS} rows, the same request, 64 connections`,
    goals: [
      { toReach: '0.8 of bare node:http', atLeast: 0.8, measure: (of) => of('bare-http').cpuUs / of('product').cpuUs },
      { toReach: '2 x Mercurius+JIT', atLeast: 2, measure: (of) => of('mercurius').cpuUs / of('product').cpuUs },
      {
        how: ', by GET',
        toReach: '0.6 of bare node:http',
        atLeast: 0.6,
        measure: (of) => of('bare-get').cpuUs / of('product-get').cpuUs,
      },
      {
        how: ', by GET with If-None-Match, answered by 304',
        toReach: '0.6 of bare node:http',
        atLeast: 0.6,
        measure: (of) => of('bare-304').cpuUs / of('product-304').cpuUs,
      },
    ],
  });
