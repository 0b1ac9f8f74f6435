import { createAborter, type Signal } from './signal.js';

/** Reference-counted cancellation: the callers that wait for one piece of work, which is aborted when the last one leaves. */
export interface Waiters {
  /** Aborted when the last waiter has left. */
  readonly signal: Signal;
  /** Whether the last waiter has left. */
  readonly isGone: boolean;
  /** Adds a waiter; the result removes it again. */
  enter(): () => void;
  /** Adds a waiter that leaves when its signal is aborted; without a signal it never leaves, so the work is never cancelled. */
  join(signal: Signal | undefined): void;
}

/** Without a waiter yet. */
export function createWaiters(): Waiters {
  // Made when it is asked for: most work is done before anybody needs it.
  let aborter: ReturnType<typeof createAborter> | undefined;
  let waiting = 0;
  let isGone = false;
  function leave() {
    waiting -= 1;
    if (waiting > 0) return;
    isGone = true;
    aborter?.abort();
  }
  const waiters: Waiters = {
    get signal() {
      aborter ??= createAborter();
      if (isGone) aborter.abort();
      return aborter.signal;
    },
    get isGone() {
      return isGone;
    },
    enter() {
      waiting += 1;
      // A function of its own: a signal takes the same one once only, and its owner may wait for several parts.
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
