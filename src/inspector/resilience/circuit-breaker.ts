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
  createCrowdedFailure,
  createLeftAloneFailure,
  type InspectorFailure,
  toInspectorFailure,
} from '../inspector-failure.js';
import { type CallLimiter, createCallLimiter } from './call-limiter.js';

/** How long an upstream that has failed repeatedly is left alone before one call tests it. */
const PAUSE_MS = 5000;

/** What to tell those who come while that one call is under way: it is over soon, and then either way. */
const TEST_RETRY_AFTER_MS = 1000;

/**
 * Opens at over 50 % failures of at least 60 calls a second, or after ten slow failures in a row; the minimum keeps one
 * client from opening it. Slow failures are never many in a second, since each holds a slot.
 */
const SAMPLE = { threshold: 0.5, durationMs: 1000, minimumCalls: 60 };
const SLOW_FAILURES = 10;
const SLOW_MS = 500;

/** Limits in milliseconds and in numbers of calls; `concurrency` counts calls in flight at one endpoint. */
export interface GuardLimits {
  deadlineMs: number;
  concurrency: number;
}

/** Stands between the reads and one upstream. */
export interface CircuitBreaker {
  /** Whether calls are let through; false from when the upstream has failed repeatedly until a call succeeds again. */
  readonly isOpenToCalls: boolean;
  /**
   * Makes a call when the upstream may have it. Rejects with an InspectorFailure: with `retryAfterMs` and at once where
   * no call is to be made, and with the signal's reason, which is one, as soon as that is aborted, waiting or in flight.
   */
  call<T>(operation: string, signal: Signal, send: (signal: CallSignal) => Promise<T>): Promise<T>;
}

/**
 * The guards of the endpoints and their regions. A region has its own breaker, so that one that fails takes no other with
 * it, also at an endpoint that serves several. Turns and tokens belong to the endpoint: what they spare is the one server
 * behind it. AWS has an endpoint for each region, so that there each region has its own of everything.
 */
export function createCircuitBreakers(limits: GuardLimits) {
  const gates = new Map<string, CallLimiter>();
  const guards = new Map<string, CircuitBreaker>();

  return (endpoint: string, region: string): CircuitBreaker => {
    const key = `${region} ${endpoint}`;
    let guard = guards.get(key);
    if (guard === undefined) {
      const gate = gates.get(endpoint) ?? createCallLimiter(limits.concurrency);
      gates.set(endpoint, gate);
      guard = createCircuitBreaker(gate, limits.deadlineMs);
      guards.set(key, guard);
    }
    return guard;
  };
}

function createCircuitBreaker(gate: CallLimiter, deadlineMs: number): CircuitBreaker {
  const breaker = createBreaker();
  /** By performance.now(). */
  let leftAloneUntilMs = 0;
  /** How often the breaker has changed its mind: what was sent before it did says nothing new. */
  let changes = 0;
  breaker.onBreak((reason) => {
    leftAloneUntilMs = performance.now() + toPauseMs(reason);
  });
  breaker.onStateChange(() => {
    changes += 1;
  });

  /** Before anything is waited for, and again at the end of the wait: cockatiel would have all wait for the test call. */
  function isLeftAlone(): boolean {
    if (breaker.state === CircuitState.Closed) return false;
    return breaker.state === CircuitState.HalfOpen || performance.now() < leftAloneUntilMs;
  }

  function createRefusal(operation: string): InspectorFailure {
    const isTested = breaker.state === CircuitState.HalfOpen;
    const remainingMs = isTested ? TEST_RETRY_AFTER_MS : leftAloneUntilMs - performance.now();
    return createLeftAloneFailure(operation, Math.max(1, Math.ceil(remainingMs)));
  }

  return {
    get isOpenToCalls() {
      return breaker.state === CircuitState.Closed;
    },
    async call(operation, signal, send) {
      if (isLeftAlone()) throw createRefusal(operation);
      if (gate.isCrowded) throw createCrowdedFailure(operation, TEST_RETRY_AFTER_MS);
      if (!gate.tryEnter()) await gate.enter(signal);
      try {
        // Take the rate token after the slot: one taken earlier reflects an outdated rate.
        if (gate.isRateLimited) await gate.takeToken(signal);
        if (isLeftAlone()) throw createRefusal(operation);
        signal.throwIfAborted();
        return await breaker.execute(() => attempt(operation, signal, send)).then(unwrap);
      } catch (thrown) {
        if (thrown instanceof Outage) throw thrown.failure;
        throw thrown instanceof BrokenCircuitError ? createRefusal(operation) : thrown;
      } finally {
        gate.leave();
      }
    },
  };

  /**
   * The call itself, as the breaker is to see it: an Outage counts against the upstream, any other failure that it
   * answers with is a sign of life, and what is thrown as it is says nothing.
   */
  async function attempt<T>(operation: string, signal: Signal, send: (signal: CallSignal) => Promise<T>) {
    const isTest = breaker.state !== CircuitState.Closed;
    const changesBefore = changes;
    const sentAtMs = performance.now();
    try {
      const output = await sendAbortably(signal, send);
      gate.succeeded();
      return { output };
    } catch (thrown) {
      const failure = toInspectorFailure(thrown, operation);
      if (failure === undefined) throw thrown;
      if (failure.code === 'THROTTLED') gate.throttled(sentAtMs);
      const tookMs = performance.now() - sentAtMs;
      const verdict = signal.aborted ? judgeAborted(failure, tookMs) : judge(failure);
      if (isTest && verdict === 'nothing') throw new Outage(failure, false, true);
      if (verdict === 'nothing' || (!isTest && changes !== changesBefore)) throw failure;
      if (verdict === 'alive') return { failure };
      throw new Outage(failure, failure.code === 'TIMEOUT' || tookMs >= SLOW_MS, false);
    }
  }

  /** Given up: a deadline says something of the upstream only if the call had most of the time for itself. */
  function judgeAborted(failure: InspectorFailure, tookMs: number) {
    return failure.code === 'TIMEOUT' && tookMs >= deadlineMs / 2 ? 'failing' : 'nothing';
  }
}

function judge({ code }: InspectorFailure) {
  return code === 'SERVICE_UNAVAILABLE' || code === 'INTERNAL_EXCEPTION' ? 'failing' : 'alive';
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
    /** Of a test call that was given up: whether the upstream is back is still to be seen. */
    readonly isUndecided: boolean,
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
  const policy = circuitBreaker(handleType(Outage), { breaker, halfOpenAfter: { next: toPause } });
  return policy;
}

/** cockatiel's SamplingBreaker goes by the time of day, and when that is set back its sample grows until it is reached again. */
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

/** cockatiel goes by the time of day, which may be set back: how long the breaker stays open is for isLeftAlone() to say. */
function toPause(): IBackoff<IHalfOpenAfterBackoffContext> {
  return { duration: Number.NEGATIVE_INFINITY, next: toPause };
}

/** After a test call that decided nothing, the next call is the test. */
function toPauseMs(reason: object): number {
  return toOutage(reason)?.isUndecided ? 0 : PAUSE_MS;
}

function toOutage(reason: object | undefined): Outage | undefined {
  return reason !== undefined && 'error' in reason && reason.error instanceof Outage ? reason.error : undefined;
}

/**
 * Each call gets a signal of its own: the SDK's handler assigns signal.onabort, so that of several calls that share one
 * signal only the last would be aborted. It is no more than the SDK asks for: an AbortController for each call is felt.
 */
function sendAbortably<T>(signal: Signal, send: (signal: CallSignal) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const own = { aborted: false, onabort: null as (() => void) | null };
    const giveUp = () => {
      own.aborted = true;
      own.onabort?.();
      // Without waiting for the SDK, which does not listen while it looks for credentials.
      reject(signal.reason);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    send(own).then(
      (output) => {
        signal.removeEventListener('abort', giveUp);
        resolve(output);
      },
      (thrown) => {
        signal.removeEventListener('abort', giveUp);
        reject(thrown);
      },
    );
  });
}
