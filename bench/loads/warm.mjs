import { toRunRequest } from '../requests.mjs';
import { toRunArn } from '../runs.mjs';
import { compareServers } from '../speed.mjs';

const KNOWN = 10_000;
const SERVERS = ['product', 'mercurius', 'yoga', 'graphql-http', 'hive', 'apollo-dataloader', 'apollo-plain'];

/** Known runs in random order, one document. */
export const warm = (bench) =>
  compareServers(bench, {
    name: 'warm',
    servers: SERVERS,
    base: 'mercurius',
    samples: [0, 1, KNOWN - 1].map((number) => toRunRequest(toRunArn('w', number))),
    // By the document that is measured: what a server keeps of an answer as a whole is what it knows, too.
    known: { set: 'w', count: KNOWN, size: 1 },
    source: { kind: 'known', set: 'w', count: KNOWN },
    asked: '10,000 known runs in random order, one document, 64 connections',
    goals: [
      { toReach: '2.0 x Mercurius+JIT', atLeast: 2, measure: (of) => of('mercurius').cpuUs / of('product').cpuUs },
    ],
  });
