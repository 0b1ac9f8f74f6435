// The soak: replicas, their database, Redis and upstream under load, while one thing after the other goes wrong.
//   npm run soak -- [--minutes 20] [--only PART-OF-A-FAULT'S-NAME] [--out docs/soak.md]
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createFaults, makeFault } from './faults.mjs';
import { createFleet } from './fleet.mjs';
import { createHistory } from './history.mjs';
import { askForRun, startLoad } from './load.mjs';
import { toReport } from './report.mjs';
import {
  makeFolder,
  runCommand,
  startCommand,
  startPostgres,
  startRedis,
  startTcpProxy,
  startUpstreamProxy,
} from './services.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    out: { type: 'string' },
    only: { type: 'string', default: '' },
  },
});
const minutes = Number(values.minutes);
const services = {};
const faults = createFaults(services).filter(({ name }) => name.includes(values.only));
const mistakes = [
  !(minutes > 0 && minutes < Infinity) && `--minutes: expected a number above 0, but got "${values.minutes}"`,
  faults.length === 0 && `--only: expected a part of the name of a fault, such as Redis, but got "${values.only}"`,
].filter(Boolean);
if (mistakes.length > 0) {
  process.stderr.write(`${mistakes.join('\n')}\n`);
  process.exit(2);
}
const RUNS = 2000;
const FINDINGS = 4000;
/** Files that the history comes in. */
const PARTS = Math.max(3, Math.round(minutes));
/** After recovery everything has to be answered for so long. */
const CALM_MS = 6000;
const SAMPLE_MS = 5000;
/** After the last fault, for what is not imported yet. */
const IMPORT_GRACE_MS = 120_000;
/** Of each kind of what should not have happened. */
const MAX_SHOWN = 20;

const progress = (line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`);
const folder = makeFolder();
const closers = [];
const outcomes = new Map();
const wrong = [];
const lost = [];
const notRecovered = [];
let inFlight = 0;
let mood = 'starting';
let fault = null;

function note(kind, outcome, wasCalm) {
  const name = outcome === 'answered' ? outcome : Object.keys(outcome)[0];
  if (name === 'lost' && outcome.replica === fault?.loses) {
    inFlight += 1;
    return;
  }
  const counts = outcomes.get(kind) ?? { answered: 0, failed: 0, wrong: 0, lost: 0 };
  outcomes.set(kind, counts);
  counts[name] += 1;
  const found = { wrong, lost, failed: wasCalm ? notRecovered : undefined }[name];
  if (found === undefined) return;
  found.push(`${fault?.name ?? 'no fault'}, ${mood}, ${kind}: ${JSON.stringify(outcome)}`);
  if (found.length <= MAX_SHOWN) progress(found.at(-1));
}

async function close() {
  for (const stop of closers.splice(0).reverse()) await stop();
  folder.remove();
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await close();
    process.exit(1);
  });
}

try {
  progress(`writes a history of ${RUNS} runs`);
  const history = await createHistory(folder.path, { runCount: RUNS, findingCount: FINDINGS, parts: PARTS });
  const postgres = await startPostgres(folder.path);
  closers.push(postgres.stop);
  const redis = await startRedis();
  closers.push(redis.stop);
  const database = await startTcpProxy(postgres.port);
  const direct = { ARCHIVE_URL: `postgres://postgres@127.0.0.1:${postgres.port}/postgres` };
  const first = await runCommand(['archive', 'import', history.files[0].path], direct);
  if (first.code !== 0) throw new Error(`The first import ended with ${first.code}: ${first.stderr}`);
  history.settle(history.files[0]);

  const archive = await startCommand(['archive'], {
    ARCHIVE_URL: `postgres://postgres@127.0.0.1:${database.port}/postgres`,
    ARCHIVE_PORT: '0',
  });
  closers.push(() => archive.child.kill('SIGKILL'));
  const upstream = await startUpstreamProxy(archive.url);
  const fleet = await createFleet({
    INSPECTOR_ENDPOINT: upstream.url,
    REDIS_URL: redis.url,
    PORT: '0',
    // Short, so that the upstream is asked all the time.
    CACHE_TTL_SECONDS: '10',
    CACHE_TERMINAL_TTL_SECONDS: '10',
    // Small, so that they are full before memory is compared.
    CACHE_MAX_RUNS: '1000',
    CACHE_MAX_RESPONSE_BYTES: String(16 * 2 ** 20),
    NODE_OPTIONS: '--max-old-space-size=192',
  });
  closers.push(fleet.stop);
  while (history.knownCount() === 0) await pause(100);

  const memory = [];
  const sampler = setInterval(() => {
    memory.push({
      steady: readRssMiB(fleet.steadyPid()),
      archive: readRssMiB(archive.pid),
      workers: readRssMiB(fleet.primaryPid()),
    });
  }, SAMPLE_MS);
  closers.push(() => clearInterval(sampler));

  const load = startLoad({ addresses: fleet.addresses, history, mood: () => mood, note });
  closers.push(load.end);
  const imports = { files: 1, tries: 1 };
  const endsAt = Date.now() + minutes * 60_000;
  const importing = (async () => {
    // Parts that are new, spread over the time that there is, and between them one that is there already.
    const everyMs = (minutes * 60_000 * 0.8) / PARTS;
    for (const file of history.files.slice(1)) {
      await pause(everyMs);
      let code = null;
      while (code !== 0 && Date.now() < endsAt + IMPORT_GRACE_MS) {
        ({ code } = await runCommand(['archive', 'import', file.path], {
          ARCHIVE_URL: `postgres://postgres@127.0.0.1:${database.port}/postgres`,
        }));
        imports.tries += 1;
        if (code !== 0) await pause(1000);
      }
      if (code !== 0) return;
      imports.files += 1;
      history.settle(file);
    }
  })();

  Object.assign(services, { postgres, database, redis, upstream, fleet });
  const made = new Map();
  for (let turn = 0; Date.now() < endsAt; turn += 1) {
    fault = faults[turn % faults.length];
    mood = 'at fault';
    progress(`${fault.name}; so far ${wrong.length} wrong, ${lost.length} lost, ${notRecovered.length} not recovered`);
    await makeFault(fault, () => {
      mood = 'recovering';
    });
    mood = 'calm';
    await pause(CALM_MS);
    made.set(fault.name, (made.get(fault.name) ?? 0) + 1);
  }
  fault = null;
  await importing;
  await load.end();
  progress('asks for every run that was imported');
  let missing = 0;
  for (const file of history.files.slice(0, imports.files)) {
    for (const arn of file.arns) {
      const outcome = await load.ask(askForRun(history, arn));
      if (outcome !== 'answered') missing += 1;
    }
  }
  const stopped = await fleet.stop();
  const report = toReport({
    minutes,
    outcomes,
    made,
    memory,
    imports,
    parts: PARTS,
    wrong,
    lost,
    inFlight,
    notRecovered,
    missing,
    calls: upstream.state.calls,
    stopped,
    unexpected: [...fleet.unexpected(), ...archive.log.unexpected],
  });
  process.stdout.write(report.text);
  if (values.out !== undefined) writeFileSync(values.out, report.text);
  process.exitCode = report.isGood ? 0 : 1;
} finally {
  await close();
}

function readRssMiB(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
