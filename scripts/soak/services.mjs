// What the soak starts: PostgreSQL and Redis of its own, the built command, and two proxies that break what passes through.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, request as sendRequest } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A folder for everything that the soak writes, open to the user that PostgreSQL runs as. */
export function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'inspector-gateway-soak-'));
  chmodSync(folder, 0o777);
  return { path: folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** A PostgreSQL server; it refuses to run as root, who runs it as the user postgres. */
export async function startPostgres(folder) {
  const bin = findPostgresBin();
  const port = await findFreePort();
  const data = join(folder, 'postgres');
  const control = (...args) => runAsPostgres([join(bin, 'pg_ctl'), '-D', data, '-s', ...args]);
  const start = () =>
    control('-w', '-l', join(data, 'log'), '-o', `-p ${port} -k ${data} -c listen_addresses=127.0.0.1`, 'start');
  mkdirSync(data, { mode: 0o777 });
  runAsPostgres(['chmod', '777', data], false);
  rmSync(data, { recursive: true });
  runAsPostgres([join(bin, 'initdb'), '-D', data, '-U', 'postgres', '-A', 'trust']);
  start();
  return { port, start, stop: () => control('-m', 'immediate', 'stop') };
}

function findPostgresBin() {
  const home = '/usr/lib/postgresql';
  const versions = existsSync(home) ? readdirSync(home) : [];
  const found = versions
    .map((version) => join(home, version, 'bin'))
    .findLast((bin) => existsSync(join(bin, 'initdb')));
  if (found === undefined) throw new Error('The soak needs a PostgreSQL server: apt-get install postgresql');
  return found;
}

function runAsPostgres(command, isChecked = true) {
  const words = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--', ...command] : command;
  const { status, stderr } = spawnSync(words[0], words.slice(1), { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  if (isChecked && status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`);
}

/** A Redis that keeps nothing on disk. */
export async function startRedis() {
  const port = await findFreePort();
  let child;
  async function start() {
    child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '']);
    child.on('error', () => {});
    for await (const chunk of child.stdout) if (/Ready to accept/.test(chunk)) break;
    child.stdout.resume();
  }
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The built command as a service; resolves once it has printed where it listens. */
export async function startCommand(args, environment) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', NODE_ENV: 'production', LOG_LEVEL: 'info', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createLogReader(child.stderr);
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  while (!/http:\/\/\S+/.test(stdout)) {
    const ended = await Promise.race([once(child.stdout, 'data'), exited]);
    if (!Array.isArray(ended)) throw new Error(`It ended with ${JSON.stringify(ended)}: ${log.last().join('\n')}`);
  }
  const archiveUrl = /Archive {2}(http:\S+)/.exec(stdout)?.[1];
  return { url: /http:\/\/[^/\s]+/.exec(stdout)[0], archiveUrl, pid: child.pid, child, exited, log };
}

/** Runs the built command to its end. */
export async function runCommand(args, environment) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-4000);
  });
  const [code] = await once(child, 'close');
  return { code, stderr };
}

/** What a log said: its unexpected lines, which workers listen, and the last lines. */
function createLogReader(stream) {
  const unexpected = [];
  const workers = [];
  const last = [];
  let rest = '';
  stream.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) take(line);
  });

  function take(line) {
    last.push(line);
    if (last.length > 20) last.shift();
    let entry;
    try {
      entry = JSON.parse(line);
    } catch {
      unexpected.push(`no JSON: ${line}`);
      return;
    }
    if (entry.msg === 'worker listens') workers.push(entry.pid);
    if (/unexpected/.test(entry.msg)) unexpected.push(line);
  }

  return { unexpected, workers, last: () => last };
}

/** A proxy for TCP: `silence` passes on nothing more of the connections that there are, `cut` ends them. */
export async function startTcpProxy(target) {
  const pairs = new Set();
  const server = createServer((client) => {
    const pair = [client, connect(target, '127.0.0.1')];
    pairs.add(pair);
    client.pipe(pair[1]).pipe(client);
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Once everything else has stopped, the soak ends.
  server.unref();
  return {
    port: server.address().port,
    silence() {
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream);
        upstream.unpipe(client);
        client.resume();
        upstream.resume();
      }
    },
    cut() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
    },
  };
}

/** How an Inspector endpoint may fail, by name. */
export const upstreamFaults = {
  'answers 500': (_request, response) => response.writeHead(500).end('<html>It broke.</html>'),
  'asks for less': (_request, response) =>
    response
      .writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
      .end('{"__type":"ThrottlingException","message":"Rate exceeded"}'),
  'never answers': () => {},
  'hangs up': (request) => request.socket.destroy(),
  'cuts its answer': (request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': '1000' });
    response.write('{"telemetryMetadata":[', () => request.socket.destroy());
  },
};

/** A proxy in front of an Inspector endpoint, which fails by a fault while it has one; it counts what it passes on. */
export async function startUpstreamProxy(target) {
  const { hostname, port } = new URL(target);
  const state = { fault: null, calls: 0 };
  const server = createHttpServer((request, response) => {
    if (state.fault !== null) return state.fault(request, response);
    state.calls += 1;
    const { method, url, headers } = request;
    const passed = sendRequest({ hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    passed.on('error', () => response.destroy());
    response.on('close', () => passed.destroy());
    request.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return { url: `http://127.0.0.1:${server.address().port}`, state };
}
