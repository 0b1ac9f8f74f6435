// Processes of the benchmark: pinned to a core where the platform can, watched through /proc where there is one.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Whether servers and load have a core each. */
export const isPinning = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

/** Counted before the bench pins itself: it would see one then. */
const ALL_CORES = `0-${availableParallelism() - 1}`;

/** The core of what is measured, and that of everything else. */
export const SERVER_CORE = 0;
const LOAD_CORE = 1;

/** Starts a server and waits for the address that it prints; `core` null leaves it all cores. */
export async function startServer({ file, args = [], nodeArgs = [], env = {}, core = SERVER_CORE, logFile }) {
  const startedAtMs = performance.now();
  // A log goes straight to its file: the bench would take time from the load to pass it on.
  const stderr = logFile === undefined ? 'inherit' : openSync(logFile, 'w');
  const child = spawnNode([...nodeArgs, fileURLToPath(new URL(file, import.meta.url)), ...args], core, env, stderr);
  if (typeof stderr === 'number') closeSync(stderr);
  let stdout = '';
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(
      `${file} ended with ${code}: ${stdout}${logFile === undefined ? '' : readFileSync(logFile, 'utf8')}`,
    );
  });
  exited.catch(() => {});
  child.stdout.setEncoding('utf8');
  while (!/http:\/\/\S+\s/.test(stdout)) stdout += await Promise.race([once(child.stdout, 'data'), exited]);
  child.stdout.resume();
  // The product says where its portal is before that.
  const [url] = /http:\/\/\S+\/graphql/.exec(stdout) ?? /http:\/\/\S+/.exec(stdout);
  return {
    url,
    pid: child.pid,
    startedAtMs,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** Runs a program of this folder on the load's core with `input` as JSON on stdin; the JSON that it prints. */
export async function runClient(file, input, { core = LOAD_CORE, env } = {}) {
  const child = spawnNode([fileURLToPath(new URL(file, import.meta.url))], core, env);
  child.stdin.end(JSON.stringify(input));
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
  return JSON.parse(stdout);
}

/** Runs a program to its end on the core of what is measured; the CPU time of all its threads, and the most memory it had. */
export async function runMeasured({ file, args = [], env }) {
  const child = spawnNode(
    ['--import', REPORT_USAGE, fileURLToPath(new URL(file, import.meta.url)), ...args],
    SERVER_CORE,
    env,
    'pipe',
  );
  child.stdin.end();
  child.stdout.resume();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${stderr}`);
  return JSON.parse(stderr.slice(stderr.lastIndexOf('\n{') + 1));
}

/** A module that writes what its process took to stderr at the end, as the operating system counted it. */
const REPORT_USAGE = `data:text/javascript,${encodeURIComponent(`
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    const usage = { cpuMs: (userCPUTime + systemCPUTime) / 1000, maxRssMiB: maxRSS / 1024 };
    process.stderr.write('\\n' + JSON.stringify(usage));
  });`)}`;

/** Starts the upstream on the load's core. */
export async function startUpstream() {
  const server = await startServer({ file: 'upstream.mjs', core: LOAD_CORE });
  const call = async (path, init) => (await fetch(server.url + path, init)).json();
  return {
    ...server,
    behave: (behaviour) => call('/behaviour', { method: 'POST', body: JSON.stringify(behaviour) }),
    counts: () => call('/counts'),
  };
}

/** The CPU time that all threads of a process have taken, in ms; NaN where the platform does not say. */
export function readCpuMs(pid) {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return (
      threads.reduce(
        (sum, id) => sum + Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]),
        0,
      ) / 1e6
    );
  } catch {
    return Number.NaN;
  }
}

/** The resident memory of a process in MiB; null where the platform does not say. */
export function readRssMiB(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  } catch {
    return null;
  }
}

/** Keeps the bench itself off the core of what is measured. */
export function pinBench() {
  if (isPinning) spawnSync('taskset', ['-acp', String(LOAD_CORE), String(process.pid)]);
}

function spawnNode(args, core, env = {}, stderr = 'inherit') {
  const command = [process.execPath, ...args];
  // The bench has a core of its own, which all others would have with it.
  if (isPinning) command.unshift('taskset', '-c', core === null ? ALL_CORES : String(core));
  return spawn(command[0], command.slice(1), {
    // Nothing of the caller's environment changes what is measured.
    env: {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      NODE_ENV: 'production',
      BENCH_AUTHORIZATION: process.env.BENCH_AUTHORIZATION ?? '',
      ...env,
    },
    stdio: ['pipe', 'pipe', stderr],
  });
}
