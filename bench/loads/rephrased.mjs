import { toRunRequest } from '../requests.mjs';
import { toRunArn } from '../runs.mjs';
import { compareServers } from '../speed.mjs';

const KNOWN = 10_000;

/** Known runs in random order, each request by another text: with an extension that changes nothing, as tracing adds. */
export const rephrased = (bench) =>
  compareServers(bench, {
    name: 'rephrased',
    servers: ['product', 'mercurius'],
    base: 'mercurius',
    samples: [0, 1, KNOWN - 1].map((number) => toRunRequest(toRunArn('w', number))),
    known: { set: 'w', count: KNOWN, size: 1 },
    source: { kind: 'rephrased', set: 'w', count: KNOWN },
    asked: '10,000 known runs in random order, no text of a request the same, 64 connections',
    goals: [
      { toReach: '1.0 x Mercurius+JIT', atLeast: 1, measure: (of) => of('mercurius').cpuUs / of('product').cpuUs },
    ],
  });
