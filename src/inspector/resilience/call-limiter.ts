import type { Signal } from '../../signal.js';
import { createAbortableQueue } from './abortable-queue.js';
import { createAdaptiveRate } from './adaptive-rate.js';

/** Calls that wait for their turn. More could not be answered before their deadlines, and would only cost memory. */
const MAX_WAITING = 10_000;

/**
 * How many calls may be in flight, and how many may be sent in a second. Waits reject with the signal's reason as soon as
 * that is aborted.
 */
export interface CallLimiter {
  /** Whether too many wait for their turn already. */
  readonly isCrowded: boolean;
  /** Takes a turn if one is free. Every turn is given back by `leave`. */
  tryEnter(): boolean;
  /** Waits for a turn. */
  enter(signal: Signal): Promise<void>;
  leave(): void;
  /** Whether a call needs a token: not before the upstream has asked for fewer calls. */
  readonly isRateLimited: boolean;
  /** Waits for a token. */
  takeToken(signal: Signal): Promise<void>;
  /** That a call succeeded. */
  succeeded(): void;
  /** That a call was throttled, and when it had been sent. */
  throttled(sentAtMs: number): void;
}

/** The gate of an endpoint. It keeps no timer but while a call waits for a token. */
export function createCallLimiter(concurrency: number): CallLimiter {
  const turns = createAbortableQueue();
  const tokens = createAbortableQueue();
  const rate = createAdaptiveRate();
  let inFlight = 0;
  let isTimed = false;

  function serveTokens(): void {
    while (tokens.length > 0) {
      const waitMs = rate.take(performance.now());
      if (waitMs > 0) {
        if (isTimed) return;
        isTimed = true;
        setTimeout(() => {
          isTimed = false;
          serveTokens();
        }, Math.ceil(waitMs)).unref();
        return;
      }
      tokens.serve();
    }
  }

  return {
    get isCrowded() {
      return turns.length >= MAX_WAITING;
    },
    tryEnter() {
      if (inFlight >= concurrency) return false;
      inFlight += 1;
      return true;
    },
    enter: (signal) => turns.wait(signal),
    leave() {
      // A turn is handed on, so that nobody who comes in between takes it.
      if (turns.length > 0) turns.serve();
      else inFlight -= 1;
    },
    get isRateLimited() {
      return rate.isLimited;
    },
    takeToken(signal) {
      const taken = tokens.wait(signal);
      serveTokens();
      return taken;
    },
    succeeded: () => rate.succeeded(performance.now()),
    throttled: (sentAtMs) => rate.throttled(sentAtMs, performance.now()),
  };
}
