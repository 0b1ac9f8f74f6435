import { createServer, type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Refuse, refuseBroken } from './early-refusal.js';

/** How much time and memory the clients of a server may take. */
export interface ClientLimits {
  /** For sending the headers of a request, and for sending all of it. */
  requestTimeoutMs: number;
  /** How long a connection may stay idle between two requests. */
  keepAliveTimeoutMs: number;
  /** How long a client may take nothing of an answer that waits for it. */
  stallTimeoutMs: number;
  /** How many bytes of answers may wait for all clients together; an answer that is larger may wait alone. */
  maxUnsentBytes: number;
}

/** The limits of both servers. */
export const clientLimits: ClientLimits = {
  requestTimeoutMs: 30_000,
  // Fastify's default, longer than the 60 s of AWS's load balancers: a server that closes first would reset a request
  // that is on its way.
  keepAliveTimeoutMs: 72_000,
  stallTimeoutMs: 30_000,
  // An eighth of the memory that deploy/kubernetes/ gives to a gateway, and 13 of the largest answers that portals ask for.
  maxUnsentBytes: 128 * 1024 * 1024,
};

/** node looks for requests that take too long this many times within their timeout. */
const REQUEST_CHECKS = 30;

/** Progress of a stalled connection is looked for this many times within its timeout. */
const STALL_CHECKS = 6;

/** Requests that may wait for earlier ones of their connection: of queries fewer fit into the 64 KiB that node reads at once. */
const MAX_WAITING_REQUESTS = 1000;

/** Why a connection was closed, for the log. */
export interface ClosedConnection {
  reason: 'it took nothing of its answer' | 'too many bytes waited for clients' | 'too many requests waited on it';
  unsentBytes: number;
}

/**
 * An HTTP server that bounds what its clients can hold of it. A request that takes too long to arrive is cut off. The
 * requests of a connection are answered one after the other. A connection whose answer does not move is closed, and so
 * are those whose answers have waited longest when too many bytes wait; `onClosed` is told once of each. `refuse` says what
 * node refuses before the listener is asked.
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
  const turns = answerInTurn(listener, close);
  const server = createServer(
    {
      ServerResponse: createResponseClass(limits, close),
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      // Both: node takes the smaller one of the two as the one for headers.
      headersTimeout: limits.requestTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.requestTimeoutMs / REQUEST_CHECKS,
      // The listener refuses what names no host: node would with an empty answer.
      requireHostHeader: false,
    },
    turns.listener,
  );
  refuseBroken(server, (socket) => turns.find(socket as Socket), refuse);
  return server;
}

type Close = (response: ServerResponse, reason: ClosedConnection['reason']) => void;

/** The requests of a connection whose answers are still to be given. */
interface Pipeline {
  last: ServerResponse;
  waiting: number;
}

/** Pipelined requests would be executed all at once, and their answers wait for the first one to be read. */
function answerInTurn(listener: RequestListener, close: Close) {
  const pipelines = new WeakMap<Socket, Pipeline>();

  function startPipeline(socket: Socket, last: ServerResponse): void {
    const pipeline = { last, waiting: 0 };
    pipelines.set(socket, pipeline);
    // node goes on reading for its own reasons, and would take in requests without end.
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

/** Responses that are watched from when they cannot be written at once. */
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
     * A socket's timeout does not fire while what waits in it gets less. node compares with the last time that it looked,
     * so that one look says little: of several ones in a row, each follows the other at once if nothing moved.
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

/** The answers that wait to be written, and their bytes: those that many clients are sent from a cache count once. */
function createUnsentBytes() {
  const bodies = new Map<ServerResponse, object>();
  const sharers = new Map<object, { count: number; bytes: number }>();
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    /** The one that has waited longest comes first. */
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
