import { EventEmitter, once } from 'node:events';
import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, type AgentOptions, get } from 'node:https';
import { connect as connectPlainly, type Socket } from 'node:net';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { describe, expect, jest, test } from '@jest/globals';
import { clientLimits, createBoundedServer } from '../src/process/bounded-server.js';
import { createGracefulShutdown } from '../src/process/graceful-shutdown.js';
import { listen } from '../src/process/listening-socket.js';
import { DRAIN_LIMIT_MS, IDLE_GRACE_MS } from '../src/process/shutdown-limits.js';
import { openTlsFiles } from '../src/process/tls-files.js';
import { createFolder } from './helpers/archives.js';
import { type Certificate, createAuthority } from './helpers/certificates.js';
import { endAfterAll } from './helpers/cleanup.js';
import { ask } from './helpers/client.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { hasPostgresServer, startTlsPostgres } from './helpers/postgres-server.js';
import { runMain } from './helpers/process.js';
import { hasRedisServer, startRedisServer } from './helpers/redis-server.js';
import { exampleArn, freshArn } from './helpers/runs.js';
import { scrape } from './helpers/scrape.js';
import { answerLikeInspector, startScriptedUpstream } from './helpers/scripted-upstream.js';

/** Several processes start for a test. */
jest.setTimeout(30_000);

const TELEMETRY_FILE = fileURLToPath(new URL('fixtures/get-telemetry-metadata.json', import.meta.url));

const authority = createAuthority('authority');
const stranger = createAuthority('stranger');
const server = authority.issue('server');
const client = authority.issue('client');

/** Copies of files, which a test may change, and the settings that name them. */
async function createFiles({ certFile, keyFile }: Certificate, clientCa?: Certificate) {
  const folder = await createFolder();
  const [cert, key, ca] = ['server.crt', 'server.key', 'ca.crt'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  copyFileSync(certFile, cert);
  copyFileSync(keyFile, key);
  if (clientCa !== undefined) copyFileSync(clientCa.certFile, ca);
  const environment = { TLS_CERT_FILE: cert, TLS_KEY_FILE: key, ...(clientCa && { TLS_CLIENT_CA_FILE: ca }) };
  return { cert, key, ca, environment: environment as Record<string, string> };
}

/** Replaces a file at once, as orchestrators do. */
function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

async function start(environment: Record<string, string>) {
  const gateway = await startGateway(environment);
  endAfterAll(gateway.kill);
  return gateway;
}

/** The answer of /healthz on a new connection, and whose certificate the gateway has shown. */
async function askHealth(url: string, options: AgentOptions = {}) {
  const agent = new Agent({ ca: authority.cert, ...options });
  const [response] = (await once(get(`${url}/healthz`, { agent }), 'response')) as [IncomingMessage];
  const owner = (response.socket as TLSSocket).getPeerCertificate().subject.CN;
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, body, owner, headers: response.headers };
}

const askClientOf = (url: string, certificate?: Certificate) =>
  askHealth(url, certificate && { cert: certificate.cert, key: certificate.key });

describe.each(['1', '2'])('A gateway of %s processes with TLS_CERT_FILE', (workers) => {
  test('speaks HTTPS at its port, and says so', async () => {
    const gateway = await start({ WORKERS: workers, ...(await createFiles(server)).environment });
    const [banner] = await gateway.stdoutMatch(/^.*Try:\n[^\n]*\n/s);
    expect(gateway.url).toMatch(/^https:/);
    expect(banner.match(/\bhttps?:(?=\S+\/(graphql|explorer|\s))/g)).toEqual(Array.from({ length: 4 }, () => 'https:'));
    expect(banner).toMatch(/Archive {2}http:/);
    const { status, owner, headers } = await askHealth(gateway.url);
    expect({ status, owner }).toEqual({ status: 200, owner: 'server' });
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect((await ask(gateway.url, exampleArn, new Agent({ ca: authority.cert }))).body).toContain('{"count":1159}');
    await expect(askHealth(gateway.url, { ca: stranger.cert })).rejects.toThrow('unable to verify');
  });

  test('cuts off who speaks HTTP to it, or nothing that it knows, without a word in the log', async () => {
    const gateway = await start({ WORKERS: workers, ...(await createFiles(server)).environment });
    for (const text of ['GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n', '\x16\x03\x01\x00\x05hello']) {
      const { hostname, port } = new URL(gateway.url);
      const socket = connectPlainly(Number(port), hostname);
      socket.on('error', () => {});
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1');
      });
      socket.write(text, 'latin1');
      await once(socket, 'close');
      // At most an alert of TLS (https://www.rfc-editor.org/rfc/rfc8446#section-6).
      if (answer !== '') expect([answer.length, answer.charCodeAt(0)]).toEqual([7, 0x15]);
    }
    expect((await askHealth(gateway.url)).status).toBe(200);
    gateway.child.kill('SIGTERM');
    await gateway.exited;
    expect(gateway.log().filter(({ level, path }) => level > 30 || (path && path !== '/healthz'))).toEqual([]);
    expect(gateway.notJson()).toEqual([]);
  });

  test('takes none but clients of TLS_CLIENT_CA_FILE', async () => {
    const { environment } = await createFiles(server, authority);
    const { url } = await start({ WORKERS: workers, ...environment });
    expect((await askClientOf(url, client)).status).toBe(200);
    await expect(askClientOf(url)).rejects.toThrow();
    await expect(askClientOf(url, stranger.issue('client'))).rejects.toThrow();
  });

  test('reads its files again when they change, and keeps what they said while they are wrong', async () => {
    const { cert, key, ca, environment } = await createFiles(server, authority);
    const gateway = await start({ WORKERS: workers, ...environment });
    const { url } = gateway;
    const untilLogged = (message: string) => gateway.stderrMatch(new RegExp(`(${message}.*){${workers}}`, 's'));
    const kept = new Agent({ ca: authority.cert, cert: client.cert, key: client.key, keepAlive: true, maxSockets: 1 });
    expect((await ask(url, exampleArn, kept)).body).toContain('1159');

    replaceFile(cert, 'no certificate');
    await untilLogged('expected certificates in PEM in TLS_CERT_FILE, but it has none.*what it said before goes on');
    expect(await askClientOf(url, client)).toMatchObject({ status: 200, owner: 'server' });

    const renewed = authority.issue('renewed');
    replaceFile(key, renewed.key);
    replaceFile(cert, renewed.cert);
    await untilLogged('file was read again');
    expect(await askClientOf(url, client)).toMatchObject({ status: 200, owner: 'renewed' });

    const reads = gateway.log().filter(({ msg }) => msg === 'file was read again').length;
    replaceFile(ca, stranger.cert);
    await gateway.stderrMatch(new RegExp(`(file was read again.*){${reads + Number(workers)}}`, 's'));
    await expect(askClientOf(url, client)).rejects.toThrow();
    expect((await askClientOf(url, stranger.issue('other'))).status).toBe(200);
    // A connection that is open keeps what it began with.
    expect((await ask(url, exampleArn, kept)).body).toContain('1159');
    kept.destroy();
  });
});

test.each([
  [
    'a key of another certificate',
    () => ({ TLS_KEY_FILE: client.keyFile }),
    /but OpenSSL says: key values mismatch\n$/,
  ],
  [
    'a key in place of the certificate',
    () => ({ TLS_CERT_FILE: server.keyFile }),
    /in TLS_CERT_FILE, but it has none\n$/,
  ],
  ['no file', () => ({ TLS_CLIENT_CA_FILE: '/nowhere' }), /ENOENT: .*'\/nowhere'\n$/],
])('A start with %s fails by a line that says why', async (_, toChange, expected) => {
  const { environment } = await createFiles(server);
  const { code, stderr } = await runMain([], { PORT: '0', ARCHIVE_PORT: '0', ...environment, ...toChange() }).exited;
  expect(code).toBe(2);
  expect(stderr).toMatch(expected);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

/** Opens a TCP connection, and over it TLS whose bytes are held back after the first ones until they are released. */
async function connectSlowly(url: string): Promise<{ socket: TLSSocket; tcp: Socket; release(): void }> {
  const { hostname: host, port } = new URL(url);
  const tcp = connectPlainly({ host, port: Number(port) });
  tcp.on('error', () => {});
  endAfterAll(async () => tcp.destroy());
  await once(tcp, 'connect');
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const stream = new Duplex({
    read() {},
    async write(chunk: Buffer, _encoding, done) {
      tcp.write(chunk.subarray(0, 10));
      await released;
      tcp.write(chunk.subarray(10), () => done());
    },
  });
  tcp.on('data', (chunk) => stream.push(chunk)).on('close', () => stream.destroy());
  const socket = connect({ socket: stream, host, ca: authority.cert });
  socket.on('error', () => {});
  return { socket, tcp, release };
}

const QUESTION = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe('Connections over TLS', () => {
  test('count once, from their first byte', async () => {
    const gateway = await start({ METRICS_PORT: '0', ...(await createFiles(server)).environment });
    const [, metricsUrl = ''] = await gateway.stdoutMatch(/Metrics {2}(\S+)/);
    const slow = await connectSlowly(gateway.url);
    const agent = new Agent({ ca: authority.cert, keepAlive: true, maxSockets: 1 });
    for (let times = 0; times < 2; times += 1) await ask(gateway.url, exampleArn, agent);
    expect((await scrape(metricsUrl)).values.get('inspector_gateway_open_connections')).toBe(2);
    agent.destroy();
    slow.tcp.destroy();
  });

  test('end with SIGTERM: idle ones at once, those that ask or have not shaken hands when they are answered', async () => {
    const calls = new EventEmitter();
    const upstream = await startScriptedUpstream(async (call, response) => {
      calls.emit('call');
      await once(calls, 'answer');
      answerLikeInspector(call, response);
    });
    endAfterAll(upstream.stop);
    const { environment } = await createFiles(server);
    const gateway = await start({ INSPECTOR_ENDPOINT: upstream.url, ...environment });
    const { hostname: host, port } = new URL(gateway.url);
    const slow = await connectSlowly(gateway.url);
    const idle = connect({ host, port: Number(port), ca: authority.cert }).resume();
    await once(idle, 'secureConnect');
    const called = once(calls, 'call');
    const asked = ask(gateway.url, freshArn(), new Agent({ ca: authority.cert, keepAlive: true }));
    await called;

    const startedAt = performance.now();
    gateway.child.kill('SIGTERM');
    await once(idle, 'close');
    slow.release();
    await once(slow.socket, 'secureConnect');
    slow.socket.write(QUESTION);
    let answer = '';
    for await (const chunk of slow.socket) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n.*"alive"/is);
    calls.emit('answer');
    expect(await asked).toMatchObject({ body: expect.stringContaining('"count"'), connection: 'close' });
    expect((await gateway.exited).code).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(DRAIN_LIMIT_MS);
  });

  test('that wait in the queue at SIGTERM are answered', async () => {
    const gateway = await start((await createFiles(server)).environment);
    gateway.child.kill('SIGSTOP');
    const { hostname: host, port } = new URL(gateway.url);
    const waiting = Array.from({ length: 20 }, async () => {
      const socket = connect({ host, port: Number(port), ca: authority.cert });
      socket.write(QUESTION);
      let answer = '';
      for await (const chunk of socket) answer += chunk;
      return answer.split('\r\n', 1)[0];
    });
    const last = connectPlainly({ host, port: Number(port) });
    await once(last, 'connect');
    last.destroy();
    gateway.child.kill('SIGTERM');
    gateway.child.kill('SIGCONT');
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['HTTP/1.1 200 OK']));
    expect((await gateway.exited).code).toBe(0);
  });
});

test('A handshake that does not end is cut off at the end of a stop', async () => {
  const files = openTlsFiles({ ...server, clientCaFile: null }, { info() {}, error() {} });
  const refuse = () => ({ headers: {}, body: '' });
  const bounded = createBoundedServer(
    () => {},
    clientLimits,
    () => {},
    refuse,
    files,
  );
  const { drain, countConnections } = createGracefulShutdown(bounded);
  const slow = await connectSlowly(await listen(bounded, '127.0.0.1', 0, 'PORT'));
  while (countConnections().connections === 0) await once(bounded, 'connection');
  const closed = once(slow.tcp, 'close');
  await drain(IDLE_GRACE_MS);
  await closed;
  files.close();
});

(hasRedisServer ? describe : describe.skip)('Redis over TLS', () => {
  test('is shared by replicas that know its CA, and by no others', async () => {
    const redis = await startRedisServer([], { certificate: server, ca: authority.cert });
    const upstream = await startScriptedUpstream(answerLikeInspector);
    endAfterAll(upstream.stop);
    const environment = { INSPECTOR_ENDPOINT: upstream.url, REDIS_URL: redis.url };
    const trusting = { ...environment, NODE_EXTRA_CA_CERTS: authority.certFile };
    const [one, two, other] = await Promise.all([start(trusting), start(trusting), start(environment)]);
    const read = async (gateway: typeof one, arn: string) =>
      (await gateway.query(`{ assessmentRun(arn: "${arn}") { telemetry { count } } }`)).data.assessmentRun.telemetry;
    for (let isShared = false; !isShared; ) {
      const arn = freshArn();
      const telemetry = await read(one, arn);
      const before = upstream.calls.length;
      expect(await read(two, arn)).toEqual(telemetry);
      isShared = upstream.calls.length === before;
    }
    // Each command that cannot be sent counts.
    while (!other.stderrText().includes('redis is out of reach')) await read(other, freshArn());
    const before = upstream.calls.length;
    const arn = freshArn();
    await read(one, arn);
    await read(other, arn);
    expect(upstream.calls.length).toBe(before + 2);
  });
});

(hasPostgresServer ? describe : describe.skip)('PostgreSQL over TLS', () => {
  test('has the archive of those who verify it by its CA, and of no others', async () => {
    const url = await startTlsPostgres(server);
    const verified = `${url}?sslmode=verify-full&sslrootcert=${encodeURIComponent(authority.certFile)}`;
    const imported = ['archive', 'import', '--run', exampleArn, TELEMETRY_FILE];
    expect(await runMain(imported, { ARCHIVE_URL: verified }).exited).toMatchObject({ code: 0, stderr: '' });
    const gateway = await start({ ARCHIVE_URL: verified });
    const { data }: Json = await gateway.query(`{ assessmentRun(arn: "${exampleArn}") { telemetryTotal { count } } }`);
    expect(data.assessmentRun.telemetryTotal.count).toBe(1159);

    const wrong = `${url}?sslmode=verify-full&sslrootcert=${encodeURIComponent(stranger.certFile)}`;
    for (const [archiveUrl, reason] of [
      [wrong, /unable to verify|self-signed/],
      [`${url}?sslmode=disable`, /no encryption/],
    ] as const) {
      const { code, stderr } = await runMain(['archive', 'stats'], { ARCHIVE_URL: archiveUrl }).exited;
      expect(code).toBe(1);
      expect(stderr).toMatch(reason);
    }
  });
});
