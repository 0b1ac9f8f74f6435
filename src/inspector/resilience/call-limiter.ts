import type { Signal } from '../../signal.js';
import { createAbortableQueue } from './abortable-queue.js';
import { createAdaptiveRate } from './adaptive-rate.js';

/** Calls that wait for a slot: what 40 slots answer within 5 s, at 20 ms a call. More would only cost memory. */
const MAX_WAITING = 10_000;

/** Limits the calls in flight and the calls a second. Waits reject with the signal's reason as soon as that is aborted. */
export interface CallLimiter {
  /** Whether too many calls wait for a slot already, and the caller's own are more than its share of them. */
  isQueueFull(signal: Signal): boolean;
  /** Takes a slot if one is free. `release` frees it. */
  tryAcquire(): boolean;
  /** Waits for a slot. */
  acquire(signal: Signal): Promise<void>;
  release(): void;
  /** Whether a call needs a token: not before the upstream has asked for fewer calls. */
  readonly isRateLimited: boolean;
  /** Waits for a token of the rate limit. */
  takeToken(signal: Signal): Promise<void>;
  /** Reports a call that succeeded. */
  succeeded(): void;
  /** Reports a call that was throttled, and when it had been sent. */
  throttled(sentAtMs: number): void;
  /** Calls in flight, and those that wait for a slot or a token. */
  readonly inFlight: number;
  readonly waitingForSlot: number;
  readonly waitingForToken: number;
}

/** The limiter of an endpoint. It has a timer only while a call waits for a token. */
export function createCallLimiter(concurrency: number): CallLimiter {
  const slotQueue = createAbortableQueue();
  const tokenQueue = createAbortableQueue();
  const rate = createAdaptiveRate();
  let inFlight = 0;
  let isTimed = false;

  function releaseTokens(): void {
    while (tokenQueue.length > 0) {
      const waitMs = rate.take(performance.now());
      if (waitMs > 0) {
        if (isTimed) return;
        isTimed = true;
        setTimeout(() => {
          isTimed = false;
          releaseTokens();
        }, Math.ceil(waitMs)).unref();
        return;
      }
      tokenQueue.releaseNext();
    }
  }

  return {
    isQueueFull: (signal) =>
      slotQueue.length >= MAX_WAITING && slotQueue.lengthFor(signal) >= Math.floor(MAX_WAITING / slotQueue.callers),
    tryAcquire() {
      if (inFlight >= concurrency) return false;
      inFlight += 1;
      return true;
    },
    acquire: (signal) => slotQueue.wait(signal),
    release() {
      // The slot passes to the next waiter, so that no new call takes it in between.
      if (slotQueue.length > 0) slotQueue.releaseNext();
      else inFlight -= 1;
    },
    get isRateLimited() {
      return rate.isLimited;
    },
    takeToken(signal) {
      const taken = tokenQueue.wait(signal);
      releaseTokens();
      return taken;
    },
    succeeded: () => rate.succeeded(performance.now()),
    throttled: (sentAtMs) => rate.throttled(sentAtMs, performance.now()),
    get inFlight() {
      return inFlight;
    },
    get waitingForSlot() {
      return slotQueue.length;
    },
    get waitingForToken() {
      return tokenQueue.length;
    },
  };
}
