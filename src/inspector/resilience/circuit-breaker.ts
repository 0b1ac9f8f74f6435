import type { AbortSignal as CallSignal } from '@smithy/types';
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleType,
  type IBackoff,
  type IBreaker,
  type IHalfOpenAfterBackoffContext,
} from 'cockatiel';
import type { Signal } from '../../signal.js';
import {
  createCircuitOpenFailure,
  createQueueFullFailure,
  type InspectorFailure,
  toInspectorFailure,
} from '../inspector-failure.js';
import { type CallLimiter, createCallLimiter } from './call-limiter.js';

/** How long the circuit stays open before a probe. */
const HALF_OPEN_AFTER_MS = 5000;

/** `retryAfterMs` during a probe, which soon closes or opens the circuit, and while the queue is full. */
const RETRY_SOON_MS = 1000;

/**
 * Opens at over 50 % failures of at least 60 calls a second, or after ten slow failures in a row; the minimum keeps one
 * client from opening it. Slow failures are never many in a second, since each holds a slot.
 */
const SAMPLE = { threshold: 0.5, durationMs: 1000, minimumCalls: 60 };
const SLOW_FAILURES = 10;
const SLOW_MS = 500;

/** Limits in milliseconds and in numbers of calls; `concurrency` counts calls in flight at one endpoint. */
export interface BreakerLimits {
  deadlineMs: number;
  concurrency: number;
}

/** Circuit breaker around a region's calls to its endpoint, together with the endpoint's limiter. */
export interface CircuitBreaker {
  /** Whether all calls are let through; false while the circuit is open or half-open. */
  readonly isClosed: boolean;
  readonly state: 'closed' | 'open' | 'half-open';
  /**
   * Makes a call as soon as the limits allow it. Rejects with an InspectorFailure: at once, with `retryAfterMs`, while the
   * circuit is open or the queue full; with the signal's reason, which must be an InspectorFailure, as soon as that is aborted.
   */
  call<T>(operation: string, signal: Signal, send: (signal: CallSignal) => Promise<T>): Promise<T>;
}

/** How things stand at all endpoints together. */
export interface GuardCounts {
  /** Circuits by their state. */
  readonly circuits: Readonly<Record<CircuitBreaker['state'], number>>;
  /** Slots of the limiters, the calls that have one, and those that wait for one or for a token of the rate limit. */
  readonly slots: number;
  readonly inFlight: number;
  readonly waitingForSlot: number;
  readonly waitingForToken: number;
  /** Endpoints whose rate is limited. */
  readonly rateLimited: number;
}

/**
 * A breaker for each region at each endpoint, so that a region that fails opens no other one's circuit. The limiter belongs
 * to the endpoint, since it protects the server there. AWS has an endpoint for each region, and so a limiter for each.
 */
export function createCircuitBreakers(limits: BreakerLimits) {
  const limiters = new Map<string, CallLimiter>();
  const breakers = new Map<string, CircuitBreaker>();

  function breakerFor(endpoint: string, region: string): CircuitBreaker {
    const key = `${region} ${endpoint}`;
    let breaker = breakers.get(key);
    if (breaker === undefined) {
      const limiter = limiters.get(endpoint) ?? createCallLimiter(limits.concurrency);
      limiters.set(endpoint, limiter);
      breaker = createCircuitBreaker(limiter, limits.deadlineMs);
      breakers.set(key, breaker);
    }
    return breaker;
  }

  function countGuards(): GuardCounts {
    const circuits = { closed: 0, open: 0, 'half-open': 0 };
    for (const { state } of breakers.values()) circuits[state] += 1;
    const all = [...limiters.values()];
    const sum = (toNumber: (limiter: CallLimiter) => number) =>
      all.reduce((total, limiter) => total + toNumber(limiter), 0);
    return {
      circuits,
      slots: all.length * limits.concurrency,
      inFlight: sum(({ inFlight }) => inFlight),
      waitingForSlot: sum(({ waitingForSlot }) => waitingForSlot),
      waitingForToken: sum(({ waitingForToken }) => waitingForToken),
      rateLimited: sum(({ isRateLimited }) => (isRateLimited ? 1 : 0)),
    };
  }

  return Object.assign(breakerFor, { countGuards });
}

function createCircuitBreaker(limiter: CallLimiter, deadlineMs: number): CircuitBreaker {
  const breaker = createBreaker();
  /** By performance.now(). */
  let openUntilMs = 0;
  /** Counts state changes: a call sent before the last one says nothing of the upstream now. */
  let changes = 0;
  breaker.onBreak((reason) => {
    openUntilMs = performance.now() + toOpenMs(reason);
  });
  breaker.onStateChange(() => {
    changes += 1;
  });

  /** Checked before and after waiting, since cockatiel would have all calls wait for the probe. */
  function isOpen(): boolean {
    if (breaker.state === CircuitState.Closed) return false;
    return breaker.state === CircuitState.HalfOpen || performance.now() < openUntilMs;
  }

  function createOpenFailure(operation: string): InspectorFailure {
    const isProbed = breaker.state === CircuitState.HalfOpen;
    const remainingMs = isProbed ? RETRY_SOON_MS : openUntilMs - performance.now();
    return createCircuitOpenFailure(operation, Math.max(1, Math.ceil(remainingMs)));
  }

  return {
    get isClosed() {
      return breaker.state === CircuitState.Closed;
    },
    get state() {
      if (breaker.state === CircuitState.Closed) return 'closed';
      // After its time it is open until somebody calls.
      return breaker.state === CircuitState.HalfOpen ? 'half-open' : 'open';
    },
    async call(operation, signal, send) {
      if (isOpen()) throw createOpenFailure(operation);
      if (limiter.isQueueFull(signal)) throw createQueueFullFailure(operation, RETRY_SOON_MS);
      if (!limiter.tryAcquire()) await limiter.acquire(signal);
      try {
        // Take the rate token after the slot: one taken earlier reflects an outdated rate.
        if (limiter.isRateLimited) await limiter.takeToken(signal);
        if (isOpen()) throw createOpenFailure(operation);
        signal.throwIfAborted();
        return await breaker.execute(() => attempt(operation, signal, send)).then(unwrap);
      } catch (thrown) {
        if (thrown instanceof Outage) throw thrown.failure;
        throw thrown instanceof BrokenCircuitError ? createOpenFailure(operation) : thrown;
      } finally {
        limiter.release();
      }
    },
  };

  /**
   * Makes the call and tells cockatiel its result. An Outage counts as a failure; any other failure that Inspector answers
   * with is returned, and counts as a success; one that is thrown as it is does not count.
   */
  async function attempt<T>(operation: string, signal: Signal, send: (signal: CallSignal) => Promise<T>) {
    const isProbe = breaker.state !== CircuitState.Closed;
    const changesBefore = changes;
    const sentAtMs = performance.now();
    try {
      const output = await sendAbortably(signal, send);
      limiter.succeeded();
      return { output };
    } catch (thrown) {
      const failure = toInspectorFailure(thrown, operation);
      if (failure === undefined) throw thrown;
      if (failure.code === 'THROTTLED') limiter.throttled(sentAtMs);
      const tookMs = performance.now() - sentAtMs;
      const health = signal.aborted ? toHealthAfterAbort(failure, tookMs) : toHealth(failure);
      if (isProbe && health === 'unknown') throw new Outage(failure, false, true);
      if (health === 'unknown' || (!isProbe && changes !== changesBefore)) throw failure;
      if (health === 'healthy') return { failure };
      throw new Outage(failure, failure.code === 'TIMEOUT' || tookMs >= SLOW_MS, false);
    }
  }

  /** A deadline says something of the upstream only if the call had at least half of it. */
  function toHealthAfterAbort(failure: InspectorFailure, tookMs: number) {
    return failure.code === 'TIMEOUT' && tookMs >= deadlineMs / 2 ? 'unhealthy' : 'unknown';
  }
}

function toHealth({ code }: InspectorFailure) {
  return code === 'SERVICE_UNAVAILABLE' || code === 'INTERNAL_EXCEPTION' ? 'unhealthy' : 'healthy';
}

function unwrap<T>(outcome: { output: T } | { failure: InspectorFailure }): T {
  if ('failure' in outcome) throw outcome.failure;
  return outcome.output;
}

/** A failure as the breaker counts it. */
class Outage extends Error {
  constructor(
    readonly failure: InspectorFailure,
    readonly isSlow: boolean,
    /** Whether it was a probe that was aborted, which does not show whether the upstream is back. */
    readonly isInconclusive: boolean,
  ) {
    super();
  }
}

function createBreaker() {
  const slow = new ConsecutiveBreaker(SLOW_FAILURES);
  const recent = createRecentCalls();
  const breaker: IBreaker = {
    state: null,
    success(state) {
      if (state === CircuitState.HalfOpen) recent.clear();
      recent.add(false);
      slow.success();
    },
    failure() {
      recent.add(true);
      const isOneOfSlow = toOutage(policy.lastFailure)?.isSlow === true && slow.failure();
      return recent.areMostlyFailures() || isOneOfSlow;
    },
  };
  const policy = circuitBreaker(handleType(Outage), { breaker, halfOpenAfter: { next: halfOpenAtOnce } });
  return policy;
}

/** Like cockatiel's SamplingBreaker, by performance.now(): with Date.now() a clock that is set back makes the sample grow. */
function createRecentCalls() {
  const sliceMs = SAMPLE.durationMs / 5;
  let slices: { startedAtMs: number; calls: number; failures: number }[] = [];
  return {
    add(isFailure: boolean): void {
      const nowMs = performance.now();
      let slice = slices.at(-1);
      if (slice === undefined || nowMs - slice.startedAtMs >= sliceMs) {
        slice = { startedAtMs: nowMs, calls: 0, failures: 0 };
        slices = slices.filter(({ startedAtMs }) => nowMs - startedAtMs < SAMPLE.durationMs);
        slices.push(slice);
      }
      slice.calls += 1;
      if (isFailure) slice.failures += 1;
    },
    areMostlyFailures(): boolean {
      const calls = slices.reduce((sum, slice) => sum + slice.calls, 0);
      const failures = slices.reduce((sum, slice) => sum + slice.failures, 0);
      return calls >= SAMPLE.minimumCalls && failures > SAMPLE.threshold * calls;
    },
    clear(): void {
      slices = [];
    },
  };
}

/** Always due for cockatiel, which goes by Date.now(): isOpen() keeps the circuit open, by performance.now(). */
function halfOpenAtOnce(): IBackoff<IHalfOpenAfterBackoffContext> {
  return { duration: Number.NEGATIVE_INFINITY, next: halfOpenAtOnce };
}

/** After an inconclusive probe, the next call is the probe. */
function toOpenMs(reason: object): number {
  return toOutage(reason)?.isInconclusive ? 0 : HALF_OPEN_AFTER_MS;
}

function toOutage(reason: object | undefined): Outage | undefined {
  return reason !== undefined && 'error' in reason && reason.error instanceof Outage ? reason.error : undefined;
}

/**
 * Gives each call a signal of its own: the SDK's handler assigns signal.onabort, so that of several calls with one signal
 * only the last would be aborted. The signal has only what the SDK reads, since an AbortController for each call is measurable.
 */
function sendAbortably<T>(signal: Signal, send: (signal: CallSignal) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const own = { aborted: false, onabort: null as (() => void) | null };
    const abort = () => {
      own.aborted = true;
      own.onabort?.();
      // Rejects without the SDK, which ignores the signal while it looks for credentials.
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    send(own).then(
      (output) => {
        signal.removeEventListener('abort', abort);
        resolve(output);
      },
      (thrown) => {
        signal.removeEventListener('abort', abort);
        reject(thrown);
      },
    );
  });
}
