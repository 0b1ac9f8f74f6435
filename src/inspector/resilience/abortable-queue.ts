import type { Signal } from '../../signal.js';

/** A FIFO queue whose waiters leave when their signals are aborted. */
export interface AbortableQueue {
  readonly length: number;
  /** Resolves when the waiter is released; rejects with the signal's reason as soon as that is aborted. */
  wait(signal: Signal): Promise<void>;
  /** Releases the first waiter. */
  releaseNext(): void;
}

/** An empty queue. A waiter leaves it in constant time, so that many may leave at once. */
export function createAbortableQueue(): AbortableQueue {
  // A Set iterates in the order of insertion.
  const waiters = new Set<() => void>();

  return {
    get length() {
      return waiters.size;
    },
    wait(signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const abort = () => {
          waiters.delete(release);
          reject(signal.reason);
        };
        const release = () => {
          waiters.delete(release);
          signal.removeEventListener('abort', abort);
          resolve();
        };
        signal.addEventListener('abort', abort, { once: true });
        waiters.add(release);
      });
    },
    releaseNext() {
      for (const release of waiters) return release();
    },
  };
}
