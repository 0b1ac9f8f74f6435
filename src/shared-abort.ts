import { type CallCount, createAborter, type Signal } from './signal.js';

/** Reference-counted cancellation: the callers that wait for one piece of work, which is aborted when the last one leaves. */
export interface Waiters {
  /** Aborted when the last waiter has left. */
  readonly signal: Signal;
  /** Whether the last waiter has left, without the cost of a signal. */
  readonly isAborted: boolean;
  /** Adds a waiter; the result removes it again. */
  enter(): () => void;
  /** Adds a waiter that leaves when its signal is aborted; without a signal it never leaves, so the work is never cancelled. */
  join(signal: Signal | undefined): void;
}

/** Creates a set of waiters, which is empty at first; the work is done for `caller`, who came first, and its calls count there. */
export function createWaiters(caller?: string, calls?: CallCount): Waiters {
  // Created on first use: most work ends before.
  let aborter: ReturnType<typeof createAborter> | undefined;
  let waiting = 0;
  let isAborted = false;
  function leave() {
    waiting -= 1;
    if (waiting > 0) return;
    isAborted = true;
    aborter?.abort();
  }
  const waiters: Waiters = {
    get signal() {
      aborter ??= createAborter(caller, calls);
      if (isAborted) aborter.abort();
      return aborter.signal;
    },
    get isAborted() {
      return isAborted;
    },
    enter() {
      waiting += 1;
      // A new function each time: a signal would register the same one once, and its owner may wait for several parts.
      return () => leave();
    },
    join(signal) {
      const leave = waiters.enter();
      if (signal?.aborted) leave();
      else signal?.addEventListener('abort', leave, { once: true });
    },
  };
  return waiters;
}
