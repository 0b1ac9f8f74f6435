import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** The refusal of a request before it reaches the application. */
export interface EarlyRefusal {
  status: number;
  message: string;
  /** Null for a request that could not be parsed. */
  request: IncomingMessage | null;
  /** The Origin of a request that could not be parsed, if its bytes have one. */
  origin?: string | undefined;
  /** Where it is known already. */
  requestId?: string | undefined;
  /** Beside those of all refusals. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Of the error, where its status does not say them. */
  extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** The response to a refused request, without the headers of HTTP itself. */
export interface RefusalAnswer {
  headers: Record<string, string>;
  body: string;
}

/** Logs a refusal, and makes its response in the application's form of errors. */
export type Refuse = (refusal: EarlyRefusal) => RefusalAnswer;

/** Sends a refusal. */
export function sendRefusal(response: ServerResponse, refusal: EarlyRefusal, refuse: Refuse): void {
  const { headers, body } = refuse(refusal);
  response.writeHead(refusal.status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  // Reads the rest: a client that is still sending would be reset before it reads the refusal.
  response.req.resume();
}

/** How long a refused client may go on sending before its connection is cut off. */
const LINGER_MS = 1000;

const BROKEN_HTTP = { status: 400, message: 'Expected a request as HTTP/1.1 has it.' };

/** Refusals by the code of node's error. Another code, unless it is the parser's, closes the connection. */
const otherRefusals: readonly (readonly [string, Pick<EarlyRefusal, 'status' | 'message'>])[] = [
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', { status: 413, message: 'Expected chunks without extensions that are so long.' }],
  ['ERR_HTTP_REQUEST_TIMEOUT', { status: 408, message: 'Expected all of the request sooner.' }],
];

/** The last request of a connection, by its response, and how many requests wait. */
export interface PipelineState {
  readonly last: ServerResponse;
  readonly waiting: number;
}

/** Answers requests that node itself refuses, where node would send no body or nothing. */
export function refuseBroken(
  server: Server,
  findPipeline: (socket: Duplex) => PipelineState | undefined,
  refuse: Refuse,
  maxHeaderBytes: number,
): void {
  const refusals = new Map([
    ['HPE_HEADER_OVERFLOW', { status: 431, message: `Expected a URL and headers of at most ${maxHeaderBytes} bytes.` }],
    ...otherRefusals,
  ]);
  const refused = new WeakSet<Duplex>();

  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket) => {
    // The parser fails again with each further chunk.
    if (refused.has(socket)) return;
    refused.add(socket);
    const { code = '', rawPacket } = error;
    const refusal = refusals.get(code) ?? (code.startsWith('HPE_') ? BROKEN_HTTP : undefined);
    if (refusal === undefined || !socket.writable) return void socket.destroy();
    const unparsed = { ...refusal, request: null, origin: findOrigin(rawPacket) };
    const pipeline = findPipeline(socket);
    if (pipeline === undefined || pipeline.last.closed) return writeRefusal(socket, unparsed, refuse);
    const { last, waiting } = pipeline;
    // The broken request follows a complete one, and is answered after it.
    if (last.req.complete) return void last.once('close', () => writeRefusal(socket, unparsed, refuse));
    if (waiting > 0 || last.headersSent) return void socket.destroy();
    writeRefusal(socket, { ...refusal, request: last.req }, refuse);
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

/** Writes a refusal as the last response of a connection. */
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
  // Closes later: the connection would be reset while its client sends, before it reads the refusal.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(timer));
}

function findOrigin(rawPacket: Buffer | undefined): string | undefined {
  return /\r\norigin:[ \t]*([\x21-\x7e]+)[ \t]*\r\n/i.exec(rawPacket?.toString('latin1') ?? '')?.[1];
}
