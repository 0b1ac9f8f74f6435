import {
  createServer,
  type IncomingMessage,
  maxHeaderSize,
  type RequestListener,
  type Server,
  type ServerOptions,
  ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type Refuse, refuseBroken } from './early-refusal.js';
import type { TlsFiles } from './tls-files.js';

/** The time and memory that clients of a server may take. */
export interface ClientLimits {
  /** For the headers of a request, and for the whole request. */
  requestTimeoutMs: number;
  /** How long a connection may stay idle between two requests. */
  keepAliveTimeoutMs: number;
  /** How long a client may read nothing of its response. */
  stallTimeoutMs: number;
  /** Unsent bytes of all clients' responses together; a larger response may wait alone. */
  maxUnsentBytes: number;
  /** Of the URL and the headers of a request; node's limit where it is absent. */
  maxHeaderBytes?: number;
}

/** The limits of gateway and archive. */
export const clientLimits: ClientLimits = {
  requestTimeoutMs: 30_000,
  // Fastify's default, longer than the 60 s of AWS's load balancers: the side that closes first may reset a request.
  keepAliveTimeoutMs: 72_000,
  stallTimeoutMs: 30_000,
  // An eighth of the memory of a gateway in deploy/kubernetes/, and 13 of the largest responses of portals.
  maxUnsentBytes: 128 * 1024 * 1024,
};

/** How often node checks for slow requests within their timeout. */
const REQUEST_CHECKS = 30;

/** How often a stalled connection is checked within its timeout. */
const STALL_CHECKS = 6;

/** A body is encrypted by this many bytes, a few TLS records, when those before them have been taken. */
const TLS_PIECE_BYTES = 65_536;

/** Pipelined requests that may wait: more than the queries that fit into the 64 KiB which node reads at once. */
const MAX_WAITING_REQUESTS = 1000;

/** Why a connection was closed, for the log. */
export interface ClosedConnection {
  reason: 'it took nothing of its answer' | 'too many bytes waited for clients' | 'too many requests waited on it';
  unsentBytes: number;
}

/**
 * Creates an HTTP server that bounds the resources of its clients. It times out slow requests, answers pipelined requests one
 * by one, and closes connections whose responses stall. When too many bytes are unsent, it closes the connections that have
 * waited longest. `onClosed` is called for each closed connection. `refuse` answers requests that node itself refuses. With
 * `tls` it speaks HTTPS alone.
 */
export function createBoundedServer(
  listener: RequestListener,
  limits: ClientLimits,
  onClosed: (closed: ClosedConnection) => void,
  refuse: Refuse,
  tls: TlsFiles | null = null,
): Server {
  function close(response: ServerResponse, reason: ClosedConnection['reason']): void {
    const { socket } = response.req;
    if (socket.destroyed) return;
    onClosed({ reason, unsentBytes: toUnsentBytes(response) });
    socket.destroy();
  }
  const { maxHeaderBytes = maxHeaderSize } = limits;
  const pipelining = answerPipelined(listener, close);
  const options = {
    ServerResponse: createResponseClass(limits, close),
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // Both, since node takes the smaller one for the headers.
    headersTimeout: limits.requestTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.requestTimeoutMs / REQUEST_CHECKS,
    // The host guard refuses requests without a Host header, where node would with an empty response.
    requireHostHeader: false,
    maxHeaderSize: maxHeaderBytes,
  };
  const server =
    tls === null
      ? createServer(options, pipelining.listener)
      : createHttpsServer(options, tls, limits, pipelining.listener);
  refuseBroken(server, (socket) => pipelining.find(socket as Socket), refuse, maxHeaderBytes);
  return server;
}

function createHttpsServer(
  options: ServerOptions,
  tls: TlsFiles,
  { requestTimeoutMs }: ClientLimits,
  listener: RequestListener,
): Server {
  const server = createTlsServer(
    {
      ...options,
      ...tls.current,
      requestCert: tls.asksClients,
      rejectUnauthorized: true,
      handshakeTimeout: requestTimeoutMs,
    },
    listener,
  );
  // Later connections have it; those that are open keep what they began with.
  tls.onChange((context) => server.setSecureContext(context));
  return server;
}

type Close = (response: ServerResponse, reason: ClosedConnection['reason']) => void;

/** The unanswered requests of a connection. */
interface Pipeline {
  last: ServerResponse;
  waiting: number;
}

/** Answers pipelined requests one by one: node would execute all at once, and hold their responses for the first one. */
function answerPipelined(listener: RequestListener, close: Close) {
  const pipelines = new WeakMap<Socket, Pipeline>();

  function startPipeline(socket: Socket, last: ServerResponse): void {
    const pipeline = { last, waiting: 0 };
    pipelines.set(socket, pipeline);
    // node resumes the socket for reasons of its own, and would read requests without end.
    socket.on('resume', () => {
      if (pipeline.waiting > 0) socket.pause();
    });
  }

  const answer: RequestListener = (request, response) => {
    const { socket } = request;
    const pipeline = pipelines.get(socket);
    if (pipeline === undefined) {
      startPipeline(socket, response);
      return listener(request, response);
    }
    const previous = pipeline.last;
    pipeline.last = response;
    if (previous.closed) return listener(request, response);
    pipeline.waiting += 1;
    if (pipeline.waiting > MAX_WAITING_REQUESTS) return close(response, 'too many requests waited on it');
    socket.pause();
    previous.once('close', () => {
      pipeline.waiting -= 1;
      if (socket.destroyed) return;
      if (pipeline.waiting === 0) socket.resume();
      listener(request, response);
    });
  };

  return { listener: answer, find: (socket: Socket) => pipelines.get(socket) };
}

/** A response class that is watched as soon as it cannot be written at once. */
function createResponseClass({ stallTimeoutMs, maxUnsentBytes }: ClientLimits, close: Close): typeof ServerResponse {
  const checkMs = stallTimeoutMs / STALL_CHECKS;
  const unsent = createUnsentBytes();

  return class WatchedResponse<Request extends IncomingMessage> extends ServerResponse<Request> {
    #isWatched = false;
    heldBytes = 0;

    override write(...args: unknown[]): boolean {
      const isWritten = super.write(...(args as Parameters<ServerResponse['write']>));
      if (!isWritten) this.#watch();
      return isWritten;
    }

    override end(...args: unknown[]): this {
      const body = this.req.socket instanceof TLSSocket ? toLongBody(args) : null;
      if (body === null) super.end(...(args as Parameters<ServerResponse['end']>));
      else this.#endInPieces(body);
      if (toUnsentBytes(this) === 0 || this.req.socket.destroyed) return this;
      this.#watch();
      unsent.add(this, args[0]);
      this.once('close', () => unsent.delete(this));
      for (const oldest of unsent.responses()) {
        if (unsent.bytes <= maxUnsentBytes || oldest === this) break;
        close(oldest, 'too many bytes waited for clients');
        unsent.delete(oldest);
      }
      return this;
    }

    /**
     * node would encrypt all of a body at once, for each client anew, and could not tell how much of it was taken: as if the
     * client read nothing until it has read everything.
     */
    #endInPieces(body: Uint8Array): void {
      if (!this.headersSent && !this.hasHeader('content-length')) this.setHeader('content-length', body.length);
      this.heldBytes = body.length;
      const writeNext = () => {
        while (this.heldBytes > TLS_PIECE_BYTES) {
          const at = body.length - this.heldBytes;
          this.heldBytes -= TLS_PIECE_BYTES;
          if (!this.write(body.subarray(at, at + TLS_PIECE_BYTES))) return void this.once('drain', writeNext);
        }
        const last = body.subarray(body.length - this.heldBytes);
        this.heldBytes = 0;
        super.end(last);
      };
      writeNext();
    }

    /**
     * Closes the connection when it stalls. A socket's timeout fires only if its unsent bytes have not changed since the last
     * check, so that one says little; consecutive ones, each a check's time after the other, mean a stall.
     */
    #watch(): void {
      if (this.#isWatched) return;
      this.#isWatched = true;
      let stalledChecks = 0;
      let checkedAtMs = 0;
      this.setTimeout(checkMs, () => {
        if (toUnsentBytes(this) === 0) return;
        const nowMs = performance.now();
        stalledChecks = nowMs - checkedAtMs < 1.5 * checkMs ? stalledChecks + 1 : 1;
        checkedAtMs = nowMs;
        if (stalledChecks >= STALL_CHECKS) close(this, 'it took nothing of its answer');
        else this.req.socket.setTimeout(checkMs);
      });
    }
  };
}

/** A response; `heldBytes` of its body wait here until those before them have been taken. */
type PiecewiseResponse = ServerResponse & { readonly heldBytes?: number };

function toUnsentBytes({ writableLength, heldBytes = 0 }: PiecewiseResponse): number {
  return writableLength + heldBytes;
}

/** The body that is given to end(), if it takes several pieces. */
function toLongBody([body, encoding]: unknown[]): Uint8Array | null {
  if (typeof body === 'string' && body.length > TLS_PIECE_BYTES) return Buffer.from(body, encoding as BufferEncoding);
  return body instanceof Uint8Array && body.length > TLS_PIECE_BYTES ? body : null;
}

/** Tracks unsent responses and their bytes. A body from a cache that several clients are sent counts once. */
function createUnsentBytes() {
  const bodies = new Map<ServerResponse, object>();
  const sharers = new Map<object, { count: number; bytes: number }>();
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    /** The longest waiting first. */
    responses: () => bodies.keys(),
    add(response: ServerResponse, chunk: unknown): void {
      const body = chunk instanceof Uint8Array ? chunk.buffer : response;
      const shared = sharers.get(body) ?? { count: 0, bytes: toUnsentBytes(response) };
      if (shared.count === 0) bytes += shared.bytes;
      shared.count += 1;
      sharers.set(body, shared);
      bodies.set(response, body);
    },
    delete(response: ServerResponse): void {
      const body = bodies.get(response);
      const shared = body === undefined ? undefined : sharers.get(body);
      if (body === undefined || shared === undefined) return;
      bodies.delete(response);
      shared.count -= 1;
      if (shared.count > 0) return;
      sharers.delete(body);
      bytes -= shared.bytes;
    },
  };
}
