import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import { type Answer, isWhole } from './response-cache.js';

/** Longer bodies are seldom sent twice. */
const MAX_BODY_BYTES = 16_384;

/** Headers of a response that are not kept with it: each response has its own. */
const OWN_HEADERS = new Set([
  'x-request-id',
  'content-length',
  'connection',
  'date',
  'keep-alive',
  'transfer-encoding',
]);

/** A response that was sent, to be sent again to whoever sends the same request. */
interface Sent {
  readonly headers: readonly string[];
  readonly body: string | Buffer;
  /** ASCII is written as Latin-1, which need not be encoded. */
  readonly encoding: 'latin1' | 'utf8';
  readonly expiresAt: number;
}

/** What the rest of the server need not see again. */
export interface FirstLook {
  /** Answers a request whose text was answered before, and leaves every other one to `listener`, untouched. */
  wrap(listener: RequestListener): RequestListener;
  /** The answer to a request of `listener`'s, and the headers that it has beside the answer's own. */
  keep(request: IncomingMessage, headers: OutgoingHttpHeaders, answer: Answer): void;
}

/** Who is told of a request that was answered at first look. */
export type OnAnswered = (requestId: string, durationMs: number) => void;

/**
 * A look at a POST request's text before anything is parsed: what the same text was answered before, under the same
 * headers that the server looks at, is the answer until it expires. `toRequestId` is the server's. Bounded by bytes.
 */
export function createFirstLook(
  url: string,
  maxBytes: number,
  toRequestId: (request: IncomingMessage) => string,
  onAnswered: OnAnswered,
): FirstLook {
  const sent = new LRUCache<string, Sent>({
    maxSize: maxBytes,
    sizeCalculation: ({ headers, body }, text) => 2 * (text.length + body.length + headers.join().length),
  });
  const texts = new WeakMap<IncomingMessage, string>();

  function answer(request: IncomingMessage, response: ServerResponse, body: Buffer, startedAt: number): boolean {
    const { accept, origin } = request.headers;
    const text = `${accept ?? ''}\n${origin ?? ''}\n${body.toString('latin1')}`;
    const known = sent.get(text);
    if (known === undefined || known.expiresAt <= performance.now()) {
      texts.set(request, text);
      return false;
    }
    const requestId = toRequestId(request);
    response.writeHead(200, [...known.headers, 'x-request-id', requestId]).end(known.body, known.encoding);
    onAnswered(requestId, performance.now() - startedAt);
    return true;
  }

  return {
    wrap: (listener) => (request, response) => {
      const { headers } = request;
      const length = Number(headers['content-length']);
      const isCandidate =
        request.method === 'POST' &&
        request.url === url &&
        headers['content-type'] === 'application/json' &&
        headers['content-encoding'] === undefined &&
        length > 0 &&
        length <= MAX_BODY_BYTES;
      if (!isCandidate) return listener(request, response);
      const startedAt = performance.now();
      const chunks: Buffer[] = [];
      let bytes = 0;
      const onReadable = () => {
        for (let chunk = request.read(); chunk !== null; chunk = request.read()) {
          chunks.push(chunk);
          bytes += chunk.length;
        }
        if (bytes < length && !request.readableEnded) return;
        request.removeListener('readable', onReadable);
        const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
        if (answer(request, response, body, startedAt)) return;
        // As if nobody had looked: https://nodejs.org/api/stream.html#readableunshiftchunk-encoding
        request.unshift(body);
        listener(request, response);
      };
      request.on('readable', onReadable);
    },
    keep(request, headers, answer) {
      const { body, expiresAt } = answer;
      const text = texts.get(request);
      if (text === undefined || !isWhole(body) || sent.peek(text)?.expiresAt === expiresAt) return;
      const names = Object.keys(headers).filter((name) => !OWN_HEADERS.has(name));
      const list = names.flatMap((name) => [name, String(headers[name])]);
      for (const [name, value] of answer.headers) if (!OWN_HEADERS.has(name)) list.push(name, value);
      const bytes = Buffer.byteLength(body);
      list.push('content-length', String(bytes));
      sent.set(text, { headers: list, body, encoding: bytes === body.length ? 'latin1' : 'utf8', expiresAt });
    },
  };
}
