import { LRUCache } from 'lru-cache';
import { type Audience, createAudience } from '../audience.js';

/** An answer as it goes over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]>;
  readonly body: string | AsyncIterable<string>;
  /** Whether whoever asks the same may be given it: it holds no error, and nothing of the one who asked. */
  readonly isShareable: boolean;
  /** Until when it may be kept, in milliseconds since 1970; 0 for not at all. */
  readonly expiresAt: number;
}

/** Whether an answer may be given to whoever asks the same from now on. */
export function isKeepable({ isShareable, expiresAt }: Answer): boolean {
  return isShareable && expiresAt > Date.now();
}

/** What makes an answer, for all who wait for it. */
export type Execute = (audience: Audience) => Promise<Answer>;

/** What a kept answer takes beside its text: headers, and its place in the cache. */
const OVERHEAD_BYTES = 500;

/** Answers in front of execution, as an HTTP cache keeps them (https://www.rfc-editor.org/rfc/rfc9111). */
export interface ResponseCache {
  /** The answer that is kept, or undefined. */
  find(key: string): Answer | undefined;
  /**
   * What `execute` makes, kept for as long as it says. Those who ask the same meanwhile are given the same answer, if it is
   * shareable. Given up when all of their signals are aborted.
   */
  make(key: string, execute: Execute, signal: AbortSignal): Promise<Answer>;
}

/** Bounded by the bytes of keys and answers; 0 keeps none, and still lets those who ask at once share an answer. */
export function createResponseCache(maxBytes: number): ResponseCache {
  const answers =
    maxBytes === 0
      ? undefined
      : new LRUCache<string, Answer>({
          maxSize: maxBytes,
          // Strings take two bytes a character where one of them is beyond Latin-1.
          sizeCalculation: ({ body }, key) => OVERHEAD_BYTES + 2 * (key.length + (body as string).length),
        });
  const making = new Map<string, { audience: Audience; promise: Promise<Answer> }>();

  function start(key: string, execute: Execute, signal: AbortSignal): Promise<Answer> {
    const audience = createAudience(signal);
    const promise = execute(audience);
    const started = { audience, promise };
    making.set(key, started);
    const end = () => {
      if (making.get(key) === started) making.delete(key);
    };
    promise.then((answer) => {
      if (isKeepable(answer)) answers?.set(key, answer);
      end();
    }, end);
    return promise;
  }

  return {
    find(key) {
      const answer = answers?.get(key);
      if (answer === undefined || answer.expiresAt > Date.now()) return answer;
      answers?.delete(key);
      return undefined;
    },
    async make(key, execute, signal) {
      const current = making.get(key);
      if (current === undefined || current.audience.isGone) {
        return start(key, execute, signal);
      }
      current.audience.join(signal);
      const answer = await current.promise;
      if (answer.isShareable) return answer;
      return execute(createAudience(signal));
    },
  };
}
