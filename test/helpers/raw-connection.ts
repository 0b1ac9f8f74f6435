import { connect } from 'node:net';
import type { HostileConnection } from './hostile-connections.js';

/** A raw answer. */
export interface WireAnswer {
  status: number;
  /** With names in lower case. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

/** A client that expects no answer leaves when nothing has come for this long. */
const PATIENCE_MS = 150;
/** The limit of every connection. A server may wait 30 s for a body, but these clients leave before. */
const LIMIT_MS = 15_000;

/** Runs a script on a connection, and returns the answers once the server has closed it. Throws when it does not, or on invalid HTTP. */
export async function converse(url: string, connection: HostileConnection): Promise<WireAnswer[]> {
  const { hostname, port } = new URL(url);
  const { pieces, answers: expected, leaves } = connection;
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  const hasHead = pieces.join('').includes('HEAD ');
  const received: Buffer[] = [];
  let isLost = false;
  socket.on('error', () => {
    isLost = true;
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const timer = setTimeout(() => socket.destroy(new Error()), LIMIT_MS);
  const startedAt = performance.now();
  socket.on('data', (chunk) => {
    received.push(chunk);
    if (
      expected !== null &&
      readAnswers(Buffer.concat(received).toString('latin1'), hasHead).answers.length >= expected
    ) {
      socket.end();
    }
  });
  socket.on('end', () => socket.end());
  if (expected === null) socket.setTimeout(PATIENCE_MS, () => socket.end());
  for (const piece of pieces) await new Promise((resolve) => socket.write(piece, 'latin1', resolve));
  if (leaves === 'with a reset') socket.resetAndDestroy();
  if (leaves === 'with a half-closed connection') socket.end();
  await closed;
  clearTimeout(timer);
  if (performance.now() - startedAt >= LIMIT_MS) throw new Error('The connection stayed open.');
  const { answers, rest } = readAnswers(Buffer.concat(received).toString('latin1'), hasHead);
  // A reset connection may lose answers.
  if (rest !== '' && !isLost && leaves === undefined) throw new Error(`No HTTP: ${JSON.stringify(rest.slice(0, 500))}`);
  if (expected !== null && answers.length !== expected) {
    throw new Error(`Expected ${expected} answers, but got ${JSON.stringify(answers.map(({ status }) => status))}.`);
  }
  return answers;
}

const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) [\x20-\x7e]*$/;
const HEADER = /^([!#$%&'*+.^_`|~0-9a-z-]+): ?([\t\x20-\x7e]*)$/i;

/** Parses the answers at the beginning of a text, and returns the rest, too. */
function readAnswers(text: string, hasHead: boolean): { answers: WireAnswer[]; rest: string } {
  const answers: WireAnswer[] = [];
  let rest = text;
  for (;;) {
    const answer = readAnswer(rest, hasHead);
    if (answer === null) return { answers, rest };
    rest = rest.slice(answer.length);
    if (answer.status >= 200) answers.push(answer);
  }
}

function readAnswer(text: string, hasHead: boolean): (WireAnswer & { length: number }) | null {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const status = Number(STATUS_LINE.exec(statusLine)?.[1]);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = '', value = ''] = HEADER.exec(line) ?? [];
    if (name === '' || headers.has(name.toLowerCase())) return null;
    headers.set(name.toLowerCase(), value);
  }
  const isBodiless = status < 200 || status === 204 || status === 304;
  const bytes = isBodiless ? 0 : Number(headers.get('content-length'));
  const start = end + 4;
  // Both servers always know the length of their answers.
  if (Number.isNaN(status) || Number.isNaN(bytes)) return null;
  const next = text.slice(start);
  // An answer to HEAD has no body, but a length.
  const isHead = hasHead && bytes > 0 && (next === '' || next.startsWith('HTTP/1.1 '));
  if (isHead) return { status, headers, body: '', length: start };
  return next.length < bytes ? null : { status, headers, body: next.slice(0, bytes), length: start + bytes };
}
