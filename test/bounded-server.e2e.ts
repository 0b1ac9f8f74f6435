import { once } from 'node:events';
import { Agent, type AgentOptions, get, type IncomingMessage, type RequestListener } from 'node:http';
import { get as getOverTls, Agent as TlsAgent } from 'node:https';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectOverTls } from 'node:tls';
import { describe, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { startArchive } from '../src/archive-service.js';
import { parseConfig } from '../src/config.js';
import { inspectorRegions } from '../src/domain/arn.js';
import { startGateway } from '../src/gateway.js';
import {
  type ClientLimits,
  type ClosedConnection,
  clientLimits,
  createBoundedServer,
} from '../src/process/bounded-server.js';
import { listen } from '../src/process/listening-socket.js';
import { openTlsFiles, type TlsFiles } from '../src/process/tls-files.js';
import { createAuthority } from './helpers/certificates.js';
import { endAfterAll } from './helpers/cleanup.js';

jest.setTimeout(20_000);

/** Short timeouts for tests, and a limit below the tests' answers, which are larger than the kernel's buffers. */
const limits: ClientLimits = {
  requestTimeoutMs: 600,
  keepAliveTimeoutMs: 10_000,
  stallTimeoutMs: 1200,
  maxUnsentBytes: 100_000_000,
};
const ANSWER_BYTES = 10_000_000;

function open(url: string): Socket {
  const { hostname: host, port, protocol } = new URL(url);
  const to = { host, port: Number(port) };
  const socket = protocol === 'https:' ? connectOverTls({ ...to, ca: authority.cert }) : connect(to);
  socket.on('error', () => {});
  endAfterAll(async () => socket.destroy());
  return socket;
}

const untilClosed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

/** Waits until the server has closed a connection that is not read. */
async function untilLost(socket: Socket): Promise<void> {
  while (!socket.destroyed) {
    socket.write('\r\n');
    await delay(20);
  }
}

const authority = createAuthority('authority');
const files = openTlsFiles({ ...authority.issue('server'), clientCaFile: null }, { info() {}, error() {} });
endAfterAll(async () => files.close());

const servers = ['gateway', 'archive'] as const;

/** A running server with its log. */
async function start(name: (typeof servers)[number], changed: Partial<ClientLimits> = {}) {
  const lines: { msg: string }[] = [];
  const warnings = () => lines.filter(({ msg }) => msg === 'connection closed');
  const logger = pino({}, { write: (line) => void lines.push(JSON.parse(line)) });
  const config = parseConfig({ PORT: '0', ARCHIVE_PORT: '0' }, inspectorRegions);
  const archive = await startArchive(config, logger, 0, { ...limits, ...changed });
  endAfterAll(() => archive.stop());
  if (name === 'archive') return { ...archive, warnings };
  const log = { logger, logRequest: () => {} };
  const overArchive = { ...config, inspectorEndpoint: archive.url };
  const running = await startGateway(overArchive, log, undefined, { ...limits, ...changed });
  endAfterAll(() => running.stop());
  return { ...running, warnings };
}

describe.each(servers)('The %s', (name) => {
  test('cuts off a body and headers that arrive too slowly', async () => {
    const { url } = await start(name);
    const head = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    for (const begun of [head, `${head}Content-Length: 1000\r\n\r\n{`]) {
      const socket = open(url);
      const startedAt = performance.now();
      socket.write(begun);
      const trickle = setInterval(() => socket.write('x'), 20);
      let answer = '';
      for await (const chunk of socket) answer += chunk;
      clearInterval(trickle);
      expect(answer).toMatch(/^HTTP\/1.1 408 /);
      expect(answer).toMatch(
        name === 'gateway' ? /\r\n\r\n{"errors":\[.*"BAD_REQUEST"/ : /\r\n\r\n{"__type":"RequestTimeoutExc/,
      );
      expect(performance.now() - startedAt).toBeLessThan(5 * limits.requestTimeoutMs);
    }
  });

  test('closes a connection whose client reads nothing, and logs that once', async () => {
    // A partly read request would time out.
    const { url, warnings } = await start(name, { requestTimeoutMs: 60_000 });
    const socket = open(url);
    socket.pause();
    // More answers than the kernel's buffers hold.
    const question = `GET /${'nothing'.repeat(100)} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const ask = setInterval(() => socket.write(question.repeat(100)), 1);
    await untilClosed(socket);
    clearInterval(ask);
    expect(warnings()).toEqual([expect.objectContaining({ level: 40, reason: 'it took nothing of its answer' })]);
  });
});

/** A server with this listener, and the connections that it has closed. */
async function startServer(tls: TlsFiles | null, listener: RequestListener, changed: Partial<ClientLimits> = {}) {
  const closed: ClosedConnection[] = [];
  const refuse = () => ({ headers: {}, body: '' });
  const server = createBoundedServer(
    listener,
    { ...limits, ...changed },
    (connection) => closed.push(connection),
    refuse,
    tls,
  );
  const url = await listen(server, '127.0.0.1', 0, 'PORT');
  endAfterAll(async () => {
    server.close();
    server.closeAllConnections();
  });
  return { url, closed };
}

const answerLarge: RequestListener = (_request, response) => void response.end(Buffer.alloc(ANSWER_BYTES));

/** Sends a request, and reads nothing. */
async function askAndLeave(url: string): Promise<Socket> {
  const socket = open(url);
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await delay(50);
  return socket;
}

async function read(response: IncomingMessage, bytesPerMs = Number.POSITIVE_INFINITY): Promise<number> {
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (Number.isFinite(bytesPerMs)) await delay(chunk.length / bytesPerMs);
  }
  return bytes;
}

const createAgent = (url: string, options: AgentOptions = {}) =>
  url.startsWith('https:') ? new TlsAgent({ ...options, ca: authority.cert }) : new Agent(options);

async function askFor(url: string, agent = createAgent(url)): Promise<IncomingMessage> {
  const [response] = await once((url.startsWith('https:') ? getOverTls : get)(url, { agent }), 'response');
  return response as IncomingMessage;
}

describe.each([
  ['A bounded server', null],
  ['A bounded server over TLS', files],
])('%s', (_, tls) => {
  test('closes the longest waiting connections when too many bytes are unsent, and answers clients that read', async () => {
    const { url, closed } = await startServer(tls, answerLarge, { stallTimeoutMs: 60_000, maxUnsentBytes: 35_000_000 });
    const idle: Socket[] = [];
    for (let clients = 0; clients < 8; clients += 1) idle.push(await askAndLeave(url));
    expect(await read(await askFor(url))).toBe(ANSWER_BYTES);
    const lost = idle.slice(0, closed.length);
    expect(lost.length).toBeGreaterThanOrEqual(5);
    await Promise.all(lost.map(untilLost));
    expect(idle.slice(closed.length).map(({ destroyed }) => destroyed)).not.toContain(true);
    expect(new Set(closed.map(({ reason }) => reason))).toEqual(new Set(['too many bytes waited for clients']));
  });

  test('sends an answer that is larger than the limit of unsent bytes', async () => {
    const { url, closed } = await startServer(tls, answerLarge, { maxUnsentBytes: 1 });
    expect(await read(await askFor(url), 10_000)).toBe(ANSWER_BYTES);
    expect(closed).toEqual([]);
  });

  test('counts the bytes of a shared answer once', async () => {
    const body = Buffer.alloc(ANSWER_BYTES);
    const { url, closed } = await startServer(tls, (_request, response) => void response.end(body), {
      stallTimeoutMs: 60_000,
      maxUnsentBytes: 15_000_000,
    });
    for (let clients = 0; clients < 8; clients += 1) await askAndLeave(url);
    expect(closed).toEqual([]);
  });

  test('answers a client that reads slowly for longer than the stall timeout', async () => {
    const { url, closed } = await startServer(tls, (_request, response) => void response.end(Buffer.alloc(30_000_000)));
    const startedAt = performance.now();
    expect(await read(await askFor(url), 8000)).toBe(30_000_000);
    expect(performance.now() - startedAt).toBeGreaterThan(2 * limits.stallTimeoutMs);
    expect(closed).toEqual([]);
  });

  test('sends an answer that takes longer than the stall timeout to make', async () => {
    const { url, closed } = await startServer(tls, async (_request, response) => {
      response.write('first');
      await delay(1.5 * limits.stallTimeoutMs);
      response.end('last');
    });
    expect(await read(await askFor(url))).toBe('firstlast'.length);
    expect(closed).toEqual([]);
  });

  test('answers the requests of a connection one after the other', async () => {
    let inFlight = 0;
    let most = 0;
    const { url } = await startServer(tls, async (request, response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      let body = '';
      for await (const chunk of request) body += chunk;
      await delay(1);
      inFlight -= 1;
      response.end(`<${request.url}:${body}>`);
    });
    const socket = open(url);
    const numbers = Array.from({ length: 50 }, (_, number) => number);
    const toRequest = (number: number) =>
      `POST /${number} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${String(number).length}\r\n\r\n${number}`;
    socket.write(numbers.map(toRequest).join(''));
    let answers = '';
    for await (const chunk of socket) {
      answers += chunk;
      if (answers.includes('</49:49>')) break;
    }
    expect(answers.match(/<.*?>/g)).toEqual(numbers.map((number) => `</${number}:${number}>`));
    expect(most).toBe(1);
  });

  test('closes a connection with too many pipelined requests', async () => {
    const { url, closed } = await startServer(tls, () => {});
    const socket = open(url);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(2000));
    await untilClosed(socket);
    expect(closed).toEqual([{ reason: 'too many requests waited on it', unsentBytes: 0 }]);
  });

  test('answers on a connection that was idle for longer than the timeout of headers', async () => {
    const { url } = await startServer(tls, (_request, response) => void response.end('fine'));
    const agent = createAgent(url, { keepAlive: true, maxSockets: 1 });
    for (let times = 0; times < 2; times += 1) {
      expect(await read(await askFor(url, agent))).toBe('fine'.length);
      await delay(2 * limits.requestTimeoutMs);
    }
    const again = (tls === null ? get : getOverTls)(url, { agent });
    const [response] = (await once(again, 'response')) as [IncomingMessage];
    expect(response.headers['keep-alive']).toBe('timeout=10');
    expect(again.reusedSocket).toBe(true);
    agent.destroy();
  });
});

test('The limits are those that are documented', () => {
  expect(clientLimits).toEqual({
    requestTimeoutMs: 30_000,
    keepAliveTimeoutMs: 72_000,
    stallTimeoutMs: 30_000,
    maxUnsentBytes: 134_217_728,
  });
});
