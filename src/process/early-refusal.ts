import { type IncomingMessage, maxHeaderSize, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** A request that is refused before the server behind sees it. */
export interface EarlyRefusal {
  status: number;
  message: string;
  /** What is known of the request; null for one that could not be read. */
  request: IncomingMessage | null;
  /** The Origin of one that could not be read, where it stands in what has come of it. */
  origin?: string | undefined;
}

/** What is sent, beside what HTTP needs itself. */
export interface RefusalAnswer {
  headers: Record<string, string>;
  body: string;
}

/** Says a refusal as the server behind says its errors, and logs it. */
export type Refuse = (refusal: EarlyRefusal) => RefusalAnswer;

/** Answers a request with its refusal. */
export function sendRefusal(response: ServerResponse, refusal: EarlyRefusal, refuse: Refuse): void {
  const { headers, body } = refuse(refusal);
  response.writeHead(refusal.status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  // A client that is still sending would be reset before it reads why.
  response.req.resume();
}

/** How long a client that is refused may go on sending before its connection is cut off. */
const LINGER_MS = 1000;

const BROKEN_HTTP = { status: 400, message: 'Expected a request as HTTP/1.1 has it.' };

/** By the code of node's error. What is not in here and is none of the parser's is lost with its connection. */
const refusals = new Map([
  ['HPE_HEADER_OVERFLOW', { status: 431, message: `Expected a URL and headers of at most ${maxHeaderSize} bytes.` }],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', { status: 413, message: 'Expected chunks without extensions that are so long.' }],
  ['ERR_HTTP_REQUEST_TIMEOUT', { status: 408, message: 'Expected all of the request sooner.' }],
]);

/** What is known of a connection: its newest request that was read, and how many wait for those before them. */
export interface Turn {
  readonly last: ServerResponse;
  readonly waiting: number;
}

/** Answers what node refuses itself, which it would with no body or not at all. */
export function refuseBroken(server: Server, findTurn: (socket: Duplex) => Turn | undefined, refuse: Refuse): void {
  const refused = new WeakSet<Duplex>();

  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket) => {
    // The parser fails anew with all that comes after.
    if (refused.has(socket)) return;
    refused.add(socket);
    const { code = '', rawPacket } = error;
    const said = refusals.get(code) ?? (code.startsWith('HPE_') ? BROKEN_HTTP : undefined);
    if (said === undefined || !socket.writable) return void socket.destroy();
    const unread = { ...said, request: null, origin: findOrigin(rawPacket) };
    const turn = findTurn(socket);
    if (turn === undefined || turn.last.closed) return writeRefusal(socket, unread, refuse);
    const { last, waiting } = turn;
    // What is broken comes behind the request, and is answered behind it.
    if (last.req.complete) return void last.once('close', () => writeRefusal(socket, unread, refuse));
    if (waiting > 0 || last.headersSent) return void socket.destroy();
    writeRefusal(socket, { ...said, request: last.req }, refuse);
  });

  server.on('checkExpectation', (request, response) => {
    const message = 'Expected no other expectation than 100-continue.';
    sendRefusal(response, { status: 417, message, request }, refuse);
  });

  server.on('connect', (request, socket) => {
    socket.on('error', () => socket.destroy());
    writeRefusal(socket, { status: 400, message: 'Expected a request for a path: this is no proxy.', request }, refuse);
  });
}

/** Writes a refusal as the last answer of a connection. */
function writeRefusal(socket: Duplex, refusal: EarlyRefusal, refuse: Refuse): void {
  if (!socket.writable) return;
  const { headers, body } = refuse(refusal);
  const all = {
    ...headers,
    date: new Date().toUTCString(),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${lines.join('')}\r\n${body}`);
  // A connection that is closed while its client sends is reset, and the client may not have read why.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(timer));
}

function findOrigin(rawPacket: Buffer | undefined): string | undefined {
  return /\r\norigin:[ \t]*([\x21-\x7e]+)[ \t]*\r\n/i.exec(rawPacket?.toString('latin1') ?? '')?.[1];
}
