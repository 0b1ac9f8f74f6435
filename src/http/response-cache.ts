import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { AuditedOperation } from '../graphql/audited-operation.js';
import type { OperationCost } from '../graphql/execution/counted-cost.js';
import type { TextJoin } from '../graphql/execution/text-join.js';
import { CacheStats } from '../metrics.js';
import { createWaiters, type Waiters } from '../shared-abort.js';
import { type Compression, compress } from './content-encoding.js';

/** An answer as it is sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]>;
  /** Large text is a Buffer. */
  readonly body: string | Buffer | AsyncIterable<string>;
  /** Whether other clients may get it: it has no error, and nothing of the client's own. */
  readonly isPublic: boolean;
  /** The name of the executed operation, for the log; undefined for an anonymous one. */
  readonly operation?: string | undefined;
  /** How the same document is answered with other variables; absent where it has to be executed. */
  readonly join?: TextJoin | null | undefined;
  /** Absent where nothing was counted. */
  readonly cost?: OperationCost | null | undefined;
  /** Calls of the upstream that its execution has made. */
  readonly upstreamCalls?: number | undefined;
  /** Absent where nothing is audited. */
  readonly audited?: AuditedOperation | undefined;
  /** By performance.now(), so that setting the clock does not matter; 0 for an answer that may not be cached. */
  readonly expiresAt: number;
}

/** Whether a body is complete, and not a stream. */
export function isBuffered(body: Answer['body']): body is string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body);
}

/** Whether an answer may be cached for all clients. */
export function isCacheable({ isPublic, expiresAt }: Answer): boolean {
  return isPublic && expiresAt > performance.now();
}

/** The compressed bodies of an answer, and the bytes of the finished ones. */
interface Compressed extends Partial<Record<Compression, Promise<Buffer>>> {
  bytes: number;
}

/** Strings take two bytes a character where one of them is beyond Latin-1. */
function toBytes(body: Answer['body']): number {
  return (typeof body === 'string' ? 2 : 1) * (body as string | Buffer).length;
}

/** What is kept for the audit: a hash, and accounts of 12 digits. */
export function toAuditedBytes({ audited }: Pick<Answer, 'audited'>): number {
  return audited === undefined ? 0 : 100 + 40 * audited.accounts.length;
}

/** Executes a request for all waiters. */
export type Execute = (waiters: Waiters) => Promise<Answer>;

/** Adds a client to the waiters until it disconnects. */
export type AddWaiter = (waiters: Waiters) => void;

/**
 * From this length on an answer is admitted to the cache at its second request: few pages of a portal are requested again, and
 * to cache all would cost more than to execute them.
 */
export const LARGE_LENGTH = 16_384;

/** Large answers that were requested once, by a hash of their key. */
const MAX_ADMISSION_CANDIDATES = 10_000;

/** The memory of an entry beside its key and body: headers, and the cache's own. */
const OVERHEAD_BYTES = 500;

/** Executes a request for one client alone. */
export function executeFor(execute: Execute, addWaiter: AddWaiter): Promise<Answer> {
  const waiters = createWaiters();
  addWaiter(waiters);
  return execute(waiters);
}

/** Caches answers in front of execution, like an HTTP cache (https://www.rfc-editor.org/rfc/rfc9111). */
export interface ResponseCache {
  /** The cached answer, or undefined. */
  find(key: string): Answer | undefined;
  /**
   * Executes a request and caches its answer until it expires. Concurrent requests with the same key are coalesced if the
   * answer is public. The execution is aborted when all its clients have disconnected.
   */
  make(key: string, execute: Execute, addWaiter: AddWaiter): Promise<Answer>;
  /** Compresses the body of an answer once for all requests, and caches it beside the answer. */
  compress(key: string | null, answer: Answer, compression: Compression): Promise<Buffer>;
}

/** Creates a cache of this many bytes of keys and answers. With 0 it caches nothing, and still coalesces requests. */
export function createResponseCache(maxBytes: number, stats = new CacheStats()): ResponseCache {
  const answers =
    maxBytes === 0
      ? undefined
      : new LRUCache<string, Answer>({
          maxSize: maxBytes,
          sizeCalculation: (answer, key) =>
            OVERHEAD_BYTES +
            2 * key.length +
            toBytes(answer.body) +
            (compressed.get(answer)?.bytes ?? 0) +
            toAuditedBytes(answer),
          dispose: stats.onDispose,
        });
  if (answers !== undefined) stats.track(answers);
  const compressed = new WeakMap<Answer, Compressed>();
  const admissionCandidates = new LRUCache<string, true>({ max: MAX_ADMISSION_CANDIDATES });
  const inFlight = new Map<string, { waiters: Waiters; promise: Promise<Answer> }>();

  function isAdmitted(key: string, { body }: Answer): boolean {
    if ((body as string | Buffer).length < LARGE_LENGTH) return true;
    const digest = hash('sha1', key, 'base64');
    if (admissionCandidates.delete(digest)) return true;
    admissionCandidates.set(digest, true);
    return false;
  }

  function start(key: string, execute: Execute, addWaiter: AddWaiter): Promise<Answer> {
    const waiters = createWaiters();
    addWaiter(waiters);
    const promise = execute(waiters);
    const started = { waiters, promise };
    inFlight.set(key, started);
    const end = () => {
      if (inFlight.get(key) === started) inFlight.delete(key);
    };
    promise.then((answer) => {
      if (isCacheable(answer) && answers !== undefined && isAdmitted(key, answer)) answers.set(key, answer);
      end();
    }, end);
    return promise;
  }

  function startCompressing(key: string | null, answer: Answer, compression: Compression, bodies: Compressed) {
    const promise = compress(answer.body as string | Buffer, compression);
    promise.then(
      ({ length }) => {
        bodies.bytes += length;
        // Deleted and set again, so that lru-cache measures it again.
        if (key !== null && answers?.peek(key) === answer && answers.delete(key)) answers.set(key, answer);
      },
      () => delete bodies[compression],
    );
    return promise;
  }

  return {
    compress(key, answer, compression) {
      let bodies = compressed.get(answer);
      if (bodies === undefined) {
        bodies = { bytes: 0 };
        compressed.set(answer, bodies);
      }
      bodies[compression] ??= startCompressing(key, answer, compression, bodies);
      return bodies[compression];
    },
    find(key) {
      const answer = answers?.get(key);
      if (answer !== undefined && answer.expiresAt > performance.now()) {
        stats.hits += 1;
        return answer;
      }
      if (answer !== undefined) answers?.delete(key);
      return undefined;
    },
    async make(key, execute, addWaiter) {
      const current = inFlight.get(key);
      if (current === undefined || current.waiters.isAborted) {
        stats.misses += 1;
        return start(key, execute, addWaiter);
      }
      stats.coalesced += 1;
      addWaiter(current.waiters);
      const answer = await current.promise;
      if (answer.isPublic) return answer;
      return executeFor(execute, addWaiter);
    },
  };
}
