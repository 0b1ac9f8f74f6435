import type { Signal } from '../../signal.js';
/** Those who wait for the same thing, first come, first served. Whoever leaves before their turn costs nothing. */
export interface AbortableQueue {
  readonly length: number;
  /** Resolves when it is the waiter's turn; rejects with the signal's reason as soon as that is aborted. */
  wait(signal: Signal): Promise<void>;
  /** Calls the first one forward. */
  serve(): void;
}

/** An empty line. Its waiters leave it in constant time, so that many who leave at once are no load. */
export function createAbortableQueue(): AbortableQueue {
  // A set keeps the order in which things came.
  const waiters = new Set<() => void>();

  return {
    get length() {
      return waiters.size;
    },
    wait(signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const giveUp = () => {
          waiters.delete(callForward);
          reject(signal.reason);
        };
        const callForward = () => {
          waiters.delete(callForward);
          signal.removeEventListener('abort', giveUp);
          resolve();
        };
        signal.addEventListener('abort', giveUp, { once: true });
        waiters.add(callForward);
      });
    },
    serve() {
      for (const callForward of waiters) return callForward();
    },
  };
}
