import type { Signal } from '../../signal.js';

/** A queue whose waiters leave when their signals are aborted, and in which callers take turns. */
export interface AbortableQueue {
  readonly length: number;
  /** How many callers wait. */
  readonly callers: number;
  /** How many waiters the caller of a signal has. */
  lengthFor(signal: Signal): number;
  /** Resolves when the waiter is released; rejects with the signal's reason as soon as that is aborted. */
  wait(signal: Signal): Promise<void>;
  /** Releases the first waiter of the caller whose turn it is. */
  releaseNext(): void;
}

/**
 * An empty queue, first in, first out for each caller; those without a name are one. A waiter leaves it in constant time, so
 * that many may leave at once.
 */
export function createAbortableQueue(): AbortableQueue {
  // Maps and Sets iterate in the order of insertion: the next caller and waiter are the first ones.
  const waitersByCaller = new Map<string | undefined, Set<() => void>>();
  let length = 0;

  function leave(caller: string | undefined, release: () => void): void {
    const waiters = waitersByCaller.get(caller);
    if (waiters?.delete(release) !== true) return;
    length -= 1;
    if (waiters.size === 0) waitersByCaller.delete(caller);
  }

  return {
    get length() {
      return length;
    },
    get callers() {
      return waitersByCaller.size;
    },
    lengthFor: ({ caller }) => waitersByCaller.get(caller)?.size ?? 0,
    wait(signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const { caller } = signal;
        const abort = () => {
          leave(caller, release);
          reject(signal.reason);
        };
        const release = () => {
          leave(caller, release);
          signal.removeEventListener('abort', abort);
          resolve();
        };
        signal.addEventListener('abort', abort, { once: true });
        const waiters = waitersByCaller.get(caller) ?? new Set();
        waitersByCaller.set(caller, waiters.add(release));
        length += 1;
      });
    },
    releaseNext() {
      const [first] = waitersByCaller;
      if (first === undefined) return;
      const [caller, waiters] = first;
      // Behind the others, where it leaves when it has no more waiters.
      waitersByCaller.delete(caller);
      waitersByCaller.set(caller, waiters);
      const [release] = waiters;
      release?.();
    },
  };
}
