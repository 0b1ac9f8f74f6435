import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { STOP_LIMIT_MS } from '../src/process/shutdown-limits.js';
import { createFolder } from './helpers/archives.js';
import { createAuthority } from './helpers/certificates.js';
import { endAfterAll } from './helpers/cleanup.js';
import { ask, sendHalfOf, untilRefused } from './helpers/client.js';
import { startGateway } from './helpers/gateway.js';
import { runMain } from './helpers/process.js';
import { exampleArn, freshArn, toRunNumber } from './helpers/runs.js';
import { answerLikeInspector, startScriptedUpstream } from './helpers/scripted-upstream.js';

/** Three processes start for each test, which is slow with fewer cores. */
jest.setTimeout(30_000);

const CLIENTS = 40;

const authority = createAuthority('authority');
const { certFile, keyFile } = authority.issue('server');
const tls: Record<string, string> = { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile };

async function startWorkers(environment: Record<string, string> = {}) {
  const gateway = await startGateway({ WORKERS: '2', ...environment });
  endAfterAll(gateway.kill);
  if (environment.WORKERS !== '1') await gateway.stderrMatch(/(worker listens.*){2}/s);
  const listening = () =>
    gateway
      .log()
      .filter(({ msg }) => msg === 'worker listens')
      .sort((a, b) => a.worker - b.worker);
  const answeredBy = () => new Set(gateway.log().flatMap(({ msg, worker }) => (msg === 'request' && worker) || []));
  return {
    ...gateway,
    /** The process ids of the workers so far, in the order of their numbers. */
    pids: (): number[] => listening().map(({ pid }) => pid),
    answeredBy,
    /** Waits until this many workers have listened since the start. */
    workersMatch: (count: number) => gateway.stderrMatch(new RegExp(`(worker listens.*){${count}}`, 's')),
  };
}

type Workers = Awaited<ReturnType<typeof startWorkers>>;

/**
 * Many clients that repeat requests until `isEnough` or until nothing listens; `act` runs meanwhile. Returns the number of
 * answers, and each error of a connection that was not refused.
 */
async function load({ url }: Workers, keepAlive: boolean, act: () => void, isEnough = () => false) {
  const agent = url.startsWith('https:') ? new TlsAgent({ keepAlive, ca: authority.cert }) : new Agent({ keepAlive });
  let answered = 0;
  const lost: string[] = [];

  async function keepAsking(): Promise<void> {
    while (!isEnough()) {
      const outcome = await ask(url, exampleArn, agent).catch(({ code }: NodeJS.ErrnoException) => ({ code }));
      if ('code' in outcome) {
        if (outcome.code === 'ECONNREFUSED') return;
        lost.push(String(outcome.code));
      } else {
        expect(outcome.body).toContain('{"count":1159}');
        answered += 1;
        if (answered === 400) act();
      }
    }
  }

  await Promise.all(Array.from({ length: CLIENTS }, keepAsking));
  agent.destroy();
  return { answered, lost };
}

describe('With WORKERS=2', () => {
  test('two processes answer on one port, and each line of the log names its worker', async () => {
    const gateway = await startWorkers();
    const [banner] = await gateway.stdoutMatch(/^.*Try:/s);
    expect(banner).toMatch(/^Gateway .* {2}\(2 processes answer\)\nArchive .*sample.*\n/m);
    expect(new Set(gateway.pids()).size).toBe(2);
    expect(gateway.pids()).not.toContain(gateway.child.pid);

    while (gateway.answeredBy().size < 2) {
      const asked = Array.from({ length: CLIENTS }, () => ask(gateway.url, exampleArn, new Agent()));
      for (const { body } of await Promise.all(asked)) expect(body).toContain('{"count":1159}');
      expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    }
    gateway.child.kill('SIGTERM');
    expect((await gateway.exited).code).toBe(0);
    expect((await gateway.exited).stdout.match(/Gateway/g)).toHaveLength(1);
    expect([...gateway.answeredBy()].sort()).toEqual([1, 2]);
    for (const { msg, worker, server } of gateway.log()) expect({ msg, worker, server }).not.toEqual({ msg });
  });

  test('lines of any length stay whole in the log', async () => {
    const gateway = await startWorkers();
    const path = `/${'long/'.repeat(2000)}`;
    const asked = Array.from({ length: 200 }, async (_, index) => {
      const response = await fetch(`${gateway.url}${path}${index}`);
      await response.text();
      return `${path}${index}`;
    });
    const paths = await Promise.all(asked);
    gateway.child.kill('SIGTERM');
    const { stderr } = await gateway.exited;
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const logged = lines.flatMap((line) => (line.msg === 'request' ? [line.path] : []));
    expect(logged.sort()).toEqual(paths.sort());
  });

  test.each([
    [true, {}],
    [false, {}],
    [true, tls],
    [false, tls],
  ])('SIGTERM under load loses no request, with connections that are kept: %s, %o', async (keepAlive, environment) => {
    const gateway = await startWorkers(environment);
    const { answered, lost } = await load(gateway, keepAlive, () => gateway.child.kill('SIGTERM'));
    expect(lost).toEqual([]);
    expect(answered).toBeGreaterThan(400);
    expect((await gateway.exited).code).toBe(0);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s to each process of the group is one stop', async (signal) => {
    const gateway = await startWorkers();
    const { lost } = await load(gateway, false, () => {
      for (const pid of [...gateway.pids(), gateway.child.pid as number]) process.kill(pid, signal);
    });
    expect(lost).toEqual([]);
    expect((await gateway.exited).code).toBe(0);
    expect(gateway.log().filter(({ level }) => level > 30)).toEqual([]);
  });

  test('a stop does not wait for workers that are starting', async () => {
    const gate = join(await createFolder(), 'gate');
    const held = `import { existsSync } from 'node:fs';
      const isHeld = () => process.argv[2] === 'worker' && existsSync(${JSON.stringify(gate)});
      if (isHeld()) console.error('held');
      while (isHeld()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);`;
    const gateway = await startWorkers({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(held)}` });
    await writeFile(gate, '');
    process.kill(gateway.pids()[0] as number, 'SIGTERM');
    await gateway.stderrMatch(/held/);
    const askedAt = performance.now();
    gateway.child.kill('SIGTERM');
    expect((await gateway.exited).code).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(STOP_LIMIT_MS / 2);
  });

  test('a stop answers requests in flight, is not ready meanwhile, and a second signal ends at once', async () => {
    // By run, since the order in which two workers read them is random.
    const release = new Map<string, () => void>();
    const upstream = await startScriptedUpstream((call, response) => {
      release.set(call.input.assessmentRunArn, () => void answerLikeInspector(call, response));
      if (release.size === 3) gateway.child.kill('SIGTERM');
    });
    endAfterAll(upstream.stop);
    const gateway = await startWorkers({ INSPECTOR_ENDPOINT: upstream.url });
    const arns = [freshArn(), freshArn(), freshArn()];
    const half = await sendHalfOf('GET /readyz HTTP/1.1\r\nHost: localhost\r\n', gateway.url);
    const asked = arns.map((arn) => ask(gateway.url, arn, new Agent()));
    await untilRefused(`${gateway.url}/readyz`);
    expect(await half.finish('\r\n')).toMatch(/^HTTP\/1.1 503 /);
    for (const arn of arns.slice(0, 2)) release.get(arn)?.();

    const answers = await Promise.all(asked.slice(0, 2));
    expect(answers.map(({ body }) => JSON.parse(body).data.assessmentRun.telemetry)).toEqual(
      arns.slice(0, 2).map((arn) => [{ count: toRunNumber(arn) }]),
    );
    const unanswered = asked[2]?.catch(({ code }) => code);
    gateway.child.kill('SIGTERM');
    // Its output ends when all processes that hold it have ended.
    expect((await gateway.exited).code).toBe(1);
    expect(await unanswered).toBe('ECONNRESET');
  });

  test('a worker that is killed takes only its own requests with it, and is replaced', async () => {
    const gateway = await startWorkers();
    const [, killed] = gateway.pids();
    const { lost } = await load(
      gateway,
      false,
      () => process.kill(killed as number, 'SIGKILL'),
      () => gateway.answeredBy().has(3),
    );
    expect(lost.length).toBeLessThanOrEqual(CLIENTS);
    expect(new Set([...lost, 'ECONNRESET'])).toEqual(new Set(['ECONNRESET']));
    expect(gateway.log()).toContainEqual(
      expect.objectContaining({ level: 50, worker: 2, end: 'SIGKILL', msg: 'worker ended and is replaced' }),
    );
  });

  test('connections wait without a worker until there is one again', async () => {
    const gateway = await startWorkers();
    for (const pid of gateway.pids()) process.kill(pid, 'SIGKILL');
    await gateway.stderrMatch(/(worker ended.*){2}/s);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    await gateway.workersMatch(4);
  });

  test('all workers that are killed again and again are back soon', async () => {
    const gateway = await startWorkers();
    for (let round = 1; round <= 5; round += 1) {
      for (const pid of gateway.pids().slice(-2)) process.kill(pid, 'SIGKILL');
      await gateway.stderrMatch(new RegExp(`(worker ended.*){${2 * round}}`, 's'));
      expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
      await gateway.workersMatch(2 * (round + 1));
    }
    const delays = gateway.log().flatMap(({ delayMs }) => delayMs ?? []);
    expect(delays).toHaveLength(10);
    // Each of the two has died five times.
    expect(Math.max(...delays)).toBeLessThanOrEqual(1600);
  });

  test('a worker that ends again and again is replaced with a delay, which does not apply to another one', async () => {
    const gateway = await startWorkers();
    const [other] = gateway.pids();
    for (let times = 1; times <= 3; times += 1) {
      process.kill(gateway.pids().at(-1) as number, 'SIGKILL');
      await gateway.workersMatch(2 + times);
    }
    process.kill(other as number, 'SIGKILL');
    await gateway.workersMatch(6);
    const delays: number[] = gateway.log().flatMap(({ delayMs }) => delayMs ?? []);
    expect(delays.slice(0, 3)).toEqual([100, 200, 400]);
    expect(delays[3]).toBeLessThanOrEqual(100);
  });

  test('SIGTERM to one worker loses no request, and another one takes its place', async () => {
    const gateway = await startWorkers();
    const [left] = gateway.pids();
    const { lost } = await load(
      gateway,
      false,
      () => process.kill(left as number, 'SIGTERM'),
      () => gateway.log().some(({ msg, worker }) => msg === 'worker left' && worker === 1),
    );
    expect(lost).toEqual([]);
    expect(gateway.pids()).toHaveLength(3);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  });

  test('no worker is left when the primary is killed', async () => {
    const gateway = await startWorkers();
    gateway.child.kill('SIGKILL');
    // Its output ends when all processes that hold it have ended.
    await gateway.exited;
    await untilRefused(`${gateway.url}/readyz`);
  });

  test('says in one line that the port is taken, and exits with 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    endAfterAll(async () => taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { code, stdout, stderr } = await runMain([], { WORKERS: '2', PORT: String(port), ARCHIVE_PORT: '0' }).exited;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(`http://127.0.0.1:${port} is already in use: set PORT to another port, or 0 for a free one.\n`);
  });

  test('says in one line that workers cannot start, and exits with 1', async () => {
    const failing = 'data:text/javascript,if (process.argv[2] === "worker") process.exit(7)';
    const environment = { WORKERS: '2', PORT: '0', ARCHIVE_PORT: '0' };
    const { code, stdout, stderr } = await runMain([], environment, ['--import', failing]).exited;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('A worker ended with code 7 before it listened.\n');
  });
});

test('With WORKERS=1 this process answers alone', async () => {
  const gateway = await startWorkers({ WORKERS: '1' });
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  gateway.child.kill('SIGTERM');
  const { stdout, stderr } = await gateway.exited;
  expect(stdout).not.toMatch(/processes/);
  expect(stderr).not.toMatch(/worker/);
});

test('`worker` is no command of its own', async () => {
  const { code, stderr } = await runMain(['worker']).exited;
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Unknown command: worker\n/);
});
