// The benchmark. Each load starts its servers on one core and asks them from another, where an Inspector endpoint made up
// for it runs too. Before anything is timed, all answers are compared; then the servers are loaded by turns, round after
// round. No answer with an error counts: one, and the load ends with it.
//
// The peers share the product's schema, the product's upstream and, but for the plainest, a cache of 10,000 runs; each
// runs as its own documentation advises for production. The product runs as it is deployed: NODE_ENV=production, every
// limit at its default unless a load says otherwise, and a line of log for each request, which the peers do not write.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { big } from './loads/big.mjs';
import { cold } from './loads/cold.mjs';
import { flood } from './loads/flood.mjs';
import { herd } from './loads/herd.mjs';
import { hot } from './loads/hot.mjs';
import { kindness } from './loads/kindness.mjs';
import { page } from './loads/page.mjs';
import { proxy } from './loads/proxy.mjs';
import { redis } from './loads/redis.mjs';
import { start } from './loads/start.mjs';
import { warm } from './loads/warm.mjs';
import { workers } from './loads/workers.mjs';
import { pinBench, startUpstream } from './processes.mjs';
import { toReport } from './report.mjs';

const LOADS = { hot, warm, page, big, cold, herd, flood, start, workers, kindness, redis, proxy };

const HELP = `Usage: npm run bench -- [load...] [options]

Compares inspector-gateway with other GraphQL servers and with the limits of Node.js. Without a load it runs all and writes
bench/RESULTS.md; with some it prints them.

Loads: ${Object.keys(LOADS).join(' ')}

Options:
  --rounds N    rounds of the loads that compare servers (5)
  --seconds N   seconds of each server in each round (2)
  --out FILE    where to write the results
  -h, --help    show this text

Environment:
  BENCH_FLOOD   distinct runs of the load flood (1000000)
  REDIS_URL     a Redis for the load redis, which is left out without; the load proxy needs nginx
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    out: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
const unknown = positionals.filter((name) => !(name in LOADS));
if (values.help || unknown.length > 0) {
  process.stdout.write(unknown.length > 0 ? `Unknown load: ${unknown.join(' ')}\n\n${HELP}` : HELP);
  process.exit(unknown.length > 0 ? 2 : 0);
}

pinBench();
const names = positionals.length > 0 ? positionals : Object.keys(LOADS);
const bench = {
  folder: mkdtempSync(join(tmpdir(), 'inspector-gateway-bench-')),
  upstream: await startUpstream(),
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  warmUpSeconds: 2,
  floodRuns: Number(process.env.BENCH_FLOOD ?? 1_000_000),
  progress: (line) => process.stderr.write(`${line}\n`),
};
bench.isShort = bench.rounds < 5 || bench.seconds < 2 || bench.floodRuns < 1_000_000;
try {
  const results = [];
  for (const name of names) results.push({ name, ...(await LOADS[name](bench)) });
  const report = toReport(bench, results);
  process.stdout.write(report);
  const out =
    values.out ?? (positionals.length === 0 ? fileURLToPath(new URL('RESULTS.md', import.meta.url)) : undefined);
  if (out !== undefined) writeFileSync(out, report);
} finally {
  await bench.upstream.stop();
  rmSync(bench.folder, { recursive: true, force: true });
}
