import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { createWaiters, type Waiters } from '../shared-abort.js';
import { type Compression, compress } from './content-encoding.js';

/** An answer as it goes over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]>;
  /** Text that is large is bytes already. */
  readonly body: string | Buffer | AsyncIterable<string>;
  /** Whether whoever asks the same may be given it: it holds no error, and nothing of the one who asked. */
  readonly isPublic: boolean;
  /** The name of the operation that was executed, for the log; undefined for one that has none. */
  readonly operation?: string | undefined;
  /** Until when it may be kept, by performance.now(): a clock that is set changes no lifetime. 0 for not at all. */
  readonly expiresAt: number;
}

/** Whether a body is there as a whole. */
export function isBuffered(body: Answer['body']): body is string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body);
}

/** Whether an answer may be given to whoever asks the same from now on. */
export function isCacheable({ isPublic, expiresAt }: Answer): boolean {
  return isPublic && expiresAt > performance.now();
}

/** The compressed forms of an answer's body that there are, and how many bytes those have together that are made. */
interface Compressed extends Partial<Record<Compression, Promise<Buffer>>> {
  bytes: number;
}

/** Strings take two bytes a character where one of them is beyond Latin-1. */
function toBytes(body: Answer['body']): number {
  return (typeof body === 'string' ? 2 : 1) * (body as string | Buffer).length;
}

/** What makes an answer, for all who wait for it. */
export type Execute = (waiters: Waiters) => Promise<Answer>;

/** Has somebody wait with the others, until they go. */
export type AddWaiter = (waiters: Waiters) => void;

/**
 * From this length on an answer is kept when it is asked a second time: of the pages of a portal few come again, and to
 * keep them all would cost more than to make them.
 */
export const LARGE_LENGTH = 16_384;

/** How many large answers that were asked once are remembered, by a hash of what was asked. */
const MAX_ASKED_ONCE = 10_000;

/** What a kept answer takes beside its text: headers, and its place in the cache. */
const OVERHEAD_BYTES = 500;

/** An answer for one who waits alone. */
export function executeFor(execute: Execute, addWaiter: AddWaiter): Promise<Answer> {
  const waiters = createWaiters();
  addWaiter(waiters);
  return execute(waiters);
}

/** Answers in front of execution, as an HTTP cache keeps them (https://www.rfc-editor.org/rfc/rfc9111). */
export interface ResponseCache {
  /** The answer that is kept, or undefined. */
  find(key: string): Answer | undefined;
  /**
   * What `execute` makes, kept for as long as it says. Those who ask the same meanwhile are given the same answer, if it is
   * shareable. Given up when all of them have gone.
   */
  make(key: string, execute: Execute, addWaiter: AddWaiter): Promise<Answer>;
  /** The body of an answer to `key`, compressed: once for all who ask, and kept beside it where it is kept. */
  compress(key: string | null, answer: Answer, compression: Compression): Promise<Buffer>;
}

/** Bounded by the bytes of keys and answers; 0 keeps none, and still lets those who ask at once share an answer. */
export function createResponseCache(maxBytes: number): ResponseCache {
  const answers =
    maxBytes === 0
      ? undefined
      : new LRUCache<string, Answer>({
          maxSize: maxBytes,
          sizeCalculation: (answer, key) =>
            OVERHEAD_BYTES + 2 * key.length + toBytes(answer.body) + (compressed.get(answer)?.bytes ?? 0),
        });
  const compressed = new WeakMap<Answer, Compressed>();
  const askedOnce = new LRUCache<string, true>({ max: MAX_ASKED_ONCE });
  const making = new Map<string, { waiters: Waiters; promise: Promise<Answer> }>();

  function isWorthKeeping(key: string, { body }: Answer): boolean {
    if ((body as string | Buffer).length < LARGE_LENGTH) return true;
    const name = hash('sha1', key, 'base64');
    if (askedOnce.delete(name)) return true;
    askedOnce.set(name, true);
    return false;
  }

  function start(key: string, execute: Execute, addWaiter: AddWaiter): Promise<Answer> {
    const waiters = createWaiters();
    addWaiter(waiters);
    const promise = execute(waiters);
    const started = { waiters, promise };
    making.set(key, started);
    const end = () => {
      if (making.get(key) === started) making.delete(key);
    };
    promise.then((answer) => {
      if (isCacheable(answer) && answers !== undefined && isWorthKeeping(key, answer)) answers.set(key, answer);
      end();
    }, end);
    return promise;
  }

  function startCompressing(key: string | null, answer: Answer, compression: Compression, forms: Compressed) {
    const promise = compress(answer.body as string | Buffer, compression);
    promise.then(
      ({ length }) => {
        forms.bytes += length;
        // What is set as it was is not measured anew.
        if (key !== null && answers?.peek(key) === answer && answers.delete(key)) answers.set(key, answer);
      },
      () => delete forms[compression],
    );
    return promise;
  }

  return {
    compress(key, answer, compression) {
      let forms = compressed.get(answer);
      if (forms === undefined) {
        forms = { bytes: 0 };
        compressed.set(answer, forms);
      }
      forms[compression] ??= startCompressing(key, answer, compression, forms);
      return forms[compression];
    },
    find(key) {
      const answer = answers?.get(key);
      if (answer === undefined || answer.expiresAt > performance.now()) return answer;
      answers?.delete(key);
      return undefined;
    },
    async make(key, execute, addWaiter) {
      const current = making.get(key);
      if (current === undefined || current.waiters.isGone) {
        return start(key, execute, addWaiter);
      }
      addWaiter(current.waiters);
      const answer = await current.promise;
      if (answer.isPublic) return answer;
      return executeFor(execute, addWaiter);
    },
  };
}
