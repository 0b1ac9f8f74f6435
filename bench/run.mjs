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
import { startAccess } from './access.mjs';
import { big } from './loads/big.mjs';
import { cold } from './loads/cold.mjs';
import { documents } from './loads/documents.mjs';
import { failing } from './loads/failing.mjs';
import { filters } from './loads/filters.mjs';
import { flood } from './loads/flood.mjs';
import { herd } from './loads/herd.mjs';
import { history } from './loads/history.mjs';
import { hot } from './loads/hot.mjs';
import { importing } from './loads/import.mjs';
import { page, portal } from './loads/page.mjs';
import { pressure } from './loads/pressure.mjs';
import { proxy } from './loads/proxy.mjs';
import { redis } from './loads/redis.mjs';
import { rephrased } from './loads/rephrased.mjs';
import { start } from './loads/start.mjs';
import { throttled } from './loads/throttled.mjs';
import { views } from './loads/views.mjs';
import { warm } from './loads/warm.mjs';
import { workers } from './loads/workers.mjs';
import { pinBench, startUpstream } from './processes.mjs';
import { toReport } from './report.mjs';
import { MECHANISMS } from './without/mechanisms.mjs';
import { compareWithItself } from './without.mjs';

const LOADS = {
  ...{ hot, warm, rephrased, page, portal, big, cold, herd, pressure, flood, documents, start, workers },
  ...{ throttled, failing, filters, history, views, import: importing, redis, proxy },
};
const REMOVABLE = MECHANISMS.filter(({ loads }) => loads !== undefined);

const HELP = `Usage: npm run bench -- [load...] [options]

Compares inspector-gateway with other GraphQL servers and with the limits of Node.js. Without a load it runs all and writes
bench/RESULTS.md; with some it prints them.

Loads: ${Object.keys(LOADS).join(' ')}

Options:
  --without NAME  compare inspector-gateway with itself without a mechanism, in the loads that show it or in those given;
                  alone it lists the mechanisms
  --with access   compare inspector-gateway with itself where it knows who asks, by default in hot, warm and page
  --rounds N      rounds of the loads that compare servers (5)
  --seconds N     seconds of each server in each round (2)
  --out FILE      where to write the results
  -h, --help      show this text

Environment:
  BENCH_FLOOD         distinct runs of the load flood (1000000)
  BENCH_HISTORY       runs of the loads history and views (50000), with ten times as many findings
  BENCH_POSTGRES_URL  a PostgreSQL for the load history, which is on SQLite alone without
  REDIS_URL           a Redis for the load redis, which is left out without; the load proxy needs nginx,
                      and views a Chromium
`;

const MECHANISMS_HELP = `What can be left out, and the loads that show it:
${REMOVABLE.map(({ name, loads }) => `  ${name.padEnd(18)} ${loads.join(' ')}\n`).join('')}`;

const args = process.argv.slice(2);
const { values, positionals } = parseArgs({
  args: args.at(-1) === '--without' ? [...args, ''] : args,
  allowPositionals: true,
  options: {
    without: { type: 'string' },
    with: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    out: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
const unknown = positionals.filter((name) => !(name in LOADS));
const mechanism = REMOVABLE.find(({ name }) => name === values.without);
if (values.help) end(0, HELP);
if (unknown.length > 0) end(2, `Unknown load: ${unknown.join(' ')}\n\n${HELP}`);
if (values.without !== undefined && mechanism === undefined) end(values.without === '' ? 0 : 2, MECHANISMS_HELP);

if (values.with !== undefined && values.with !== 'access') end(2, `Expected --with access.\n\n${HELP}`);

pinBench();
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
  const report = await (values.with === 'access'
    ? compareWithAccess()
    : mechanism === undefined
      ? compareWithOthers()
      : compareWithout(mechanism));
  process.stdout.write(report);
  const isWhole = positionals.length === 0 && mechanism === undefined && values.with === undefined;
  const out = values.out ?? (isWhole ? fileURLToPath(new URL('RESULTS.md', import.meta.url)) : undefined);
  if (out !== undefined) writeFileSync(out, report);
} finally {
  await bench.upstream.stop();
  rmSync(bench.folder, { recursive: true, force: true });
}

async function compareWithOthers() {
  // What an import takes is one of the figures of a history.
  const withImport = positionals.includes('history') ? new Set([...positionals, 'import']) : positionals;
  const names = positionals.length > 0 ? withImport : Object.keys(LOADS);
  const results = [];
  for (const name of names) results.push({ name, ...(await LOADS[name](bench)) });
  return toReport(bench, results);
}

function compareWithout({ name, loads }) {
  const names = positionals.length > 0 ? positionals : loads;
  return compareWithItself(bench, `without ${name}`, { without: name }, names.map(toLoad));
}

async function compareWithAccess() {
  const { authorization, env, stop } = await startAccess(bench.folder);
  process.env.BENCH_AUTHORIZATION = authorization;
  const names = positionals.length > 0 ? positionals : ['hot', 'warm', 'page'];
  try {
    return await compareWithItself(bench, 'AUTH=oidc', { env }, names.map(toLoad));
  } finally {
    await stop();
  }
}

function toLoad(name) {
  return [name, LOADS[name]];
}

function end(status, text) {
  process.stdout.write(text);
  process.exit(status);
}
