import { createAborter, type Signal } from './signal.js';

/** Those who wait for one piece of work. */
export interface Audience {
  /** Aborted when everybody who waited has gone. */
  readonly signal: Signal;
  /** Whether the work is given up. */
  readonly isGone: boolean;
  /** One more who waits, and what they do when they go. */
  enter(): () => void;
  /** The same for somebody who waits until the signal is aborted; without a signal somebody who stays. */
  join(signal: Signal | undefined): void;
}

/** Nobody waits yet. */
export function createAudience(): Audience {
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
  const audience: Audience = {
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
      const leave = audience.enter();
      if (signal?.aborted) leave();
      else signal?.addEventListener('abort', leave, { once: true });
    },
  };
  return audience;
}
