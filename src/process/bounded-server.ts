import {
  createServer,
  type IncomingMessage,
  maxHeaderSize,
  type RequestListener,
  type Server,
  ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { type Refuse, refuseBroken } from './early-refusal.js';

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
 * waited longest. `onClosed` is called for each closed connection. `refuse` answers requests that node itself refuses.
 */
export function createBoundedServer(
  listener: RequestListener,
  limits: ClientLimits,
  onClosed: (closed: ClosedConnection) => void,
  refuse: Refuse,
): Server {
  function close(response: ServerResponse, reason: ClosedConnection['reason']): void {
    const { socket } = response.req;
    if (socket.destroyed) return;
    onClosed({ reason, unsentBytes: response.writableLength });
    socket.destroy();
  }
  const { maxHeaderBytes = maxHeaderSize } = limits;
  const pipelining = answerPipelined(listener, close);
  const server = createServer(
    {
      ServerResponse: createResponseClass(limits, close),
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      // Both, since node takes the smaller one for the headers.
      headersTimeout: limits.requestTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.requestTimeoutMs / REQUEST_CHECKS,
      // The host guard refuses requests without a Host header, where node would with an empty response.
      requireHostHeader: false,
      maxHeaderSize: maxHeaderBytes,
    },
    pipelining.listener,
  );
  refuseBroken(server, (socket) => pipelining.find(socket as Socket), refuse, maxHeaderBytes);
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

    override write(...args: unknown[]): boolean {
      const isWritten = super.write(...(args as Parameters<ServerResponse['write']>));
      if (!isWritten) this.#watch();
      return isWritten;
    }

    override end(...args: unknown[]): this {
      super.end(...(args as Parameters<ServerResponse['end']>));
      if (this.writableLength === 0 || this.req.socket.destroyed) return this;
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
     * Closes the connection when it stalls. A socket's timeout fires only if its unsent bytes have not changed since the last
     * check, so that one says little; consecutive ones, each a check's time after the other, mean a stall.
     */
    #watch(): void {
      if (this.#isWatched) return;
      this.#isWatched = true;
      let stalledChecks = 0;
      let checkedAtMs = 0;
      this.setTimeout(checkMs, () => {
        if (this.writableLength === 0) return;
        const nowMs = performance.now();
        stalledChecks = nowMs - checkedAtMs < 1.5 * checkMs ? stalledChecks + 1 : 1;
        checkedAtMs = nowMs;
        if (stalledChecks >= STALL_CHECKS) close(this, 'it took nothing of its answer');
        else this.req.socket.setTimeout(checkMs);
      });
    }
  };
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
      const shared = sharers.get(body) ?? { count: 0, bytes: response.writableLength };
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
