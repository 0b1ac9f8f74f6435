// A process of its own that sends given requests over given connections, each connection one after the other, and prints
// how long they took as JSON. Bare sockets, all open before the first request leaves, so that a thousand clients can ask
// at once and the client's own work does not drown what is measured. The first `uncounted` are left out of the times: for
// them this process compiles what it needs itself.

import { once } from 'node:events';
import { connect } from 'node:net';
import { toCredentials, toPageRequests } from './requests.mjs';

const { url, connections, request, repeat = 1, requests, pages, uncounted = 0 } = JSON.parse(await readStdin());
const { hostname, port, pathname } = new URL(url);
const toSend = (requests ?? (pages ? toPageRequests(pages) : Array(repeat).fill(request))).map(toBytes);
const latenciesMs = [];
let failed = 0;
let firstFailure = null;

const open = await Promise.all(Array.from({ length: Math.min(connections, toSend.length) }, openConnection));
const startedAtMs = performance.now();
let next = 0;
await Promise.all(open.map(work));
const elapsedMs = performance.now() - startedAtMs;
for (const connection of open) connection.close();

latenciesMs.splice(0, uncounted);
latenciesMs.sort((a, b) => a - b);
const quantile = (q) => latenciesMs[Math.min(latenciesMs.length - 1, Math.floor(q * latenciesMs.length))];
process.stdout.write(
  JSON.stringify({
    elapsedMs,
    medianMs: quantile(0.5),
    p99Ms: quantile(0.99),
    maxMs: latenciesMs.at(-1),
    failed,
    firstFailure,
  }),
);

async function work({ send }) {
  while (next < toSend.length) {
    const bytes = toSend[next];
    next += 1;
    const sentAtMs = performance.now();
    const answer = await send(bytes);
    latenciesMs.push(performance.now() - sentAtMs);
    if (answer.startsWith('HTTP/1.1 200') && !answer.includes('"errors":')) continue;
    failed += 1;
    firstFailure ??= answer.slice(0, 2000);
  }
}

async function openConnection() {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  let answered;
  let rejected;
  let text = '';
  let end = Number.POSITIVE_INFINITY;
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
    if (end === Number.POSITIVE_INFINITY) end = findEnd(text);
    const isWhole = end === null ? text.endsWith('\r\n0\r\n\r\n') : text.length >= end;
    if (!isWhole) return;
    const answer = text;
    text = '';
    end = Number.POSITIVE_INFINITY;
    answered(answer);
  });
  socket.on('error', (error) => rejected?.(error));
  socket.on('close', () => rejected?.(new Error('The server closed the connection.')));
  const send = (bytes) =>
    new Promise((resolve, reject) => {
      [answered, rejected] = [resolve, reject];
      socket.write(bytes);
    });
  const close = () => {
    rejected = undefined;
    socket.destroy();
  };
  return { send, close };
}

/** Where the answer ends; null when it comes in chunks, infinity when its head is not there yet. */
function findEnd(text) {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return Number.POSITIVE_INFINITY;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd));
  return length === null ? null : headEnd + 4 + Number(length[1]);
}

function toBytes(body) {
  const own = Object.entries(toCredentials())
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  const json = JSON.stringify(body);
  const head = `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\naccept: application/json\r\n${own}`;
  return Buffer.from(`${head}content-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
}

async function readStdin() {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
  return text;
}
