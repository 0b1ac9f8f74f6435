import type { AbortSignal as CallSignal } from '@smithy/types';
import { createAborter, type Signal } from '../../signal.js';
import type { ReadOptions } from '../inspector-api.js';
import {
  addToMessage,
  createCallerAbortedFailure,
  createTimeoutFailure,
  InspectorFailure,
} from '../inspector-failure.js';
import { type CircuitBreaker, createCircuitBreakers } from '../resilience/circuit-breaker.js';
import { withRetries } from '../resilience/retries.js';
import type { InspectorSource } from './inspector-source.js';

/** Limits in milliseconds and in numbers of calls; `concurrency` counts the calls in flight at one endpoint. */
export interface SdkLimits {
  connectTimeoutMs: number;
  deadlineMs: number;
  maxAttempts: number;
  concurrency: number;
}

/** One attempt at a call. */
export type Call<T> = (callSignal: CallSignal) => Promise<T>;

/** The guards of calls: a deadline around each read, and limits, circuit breaker and retries around each of its calls. */
export interface GuardedCalls {
  /** Runs a read with a signal that is aborted at its deadline, or when its caller aborts it. */
  withDeadline<T>(
    operation: string,
    options: ReadOptions | undefined,
    read: (signal: Signal) => Promise<T>,
  ): Promise<T>;
  /** Makes a call, with retries. `circuit` names what fails together at an endpoint: a region, or a service. */
  send<T>(
    operation: string,
    circuit: { readonly endpoint: string; readonly name: string },
    signal: Signal,
    call: Call<T>,
    maxAttempts?: number,
  ): Promise<T>;
  breakerFor(endpoint: string, circuit: string): CircuitBreaker;
}

/** Creates the guards of an upstream. `onAway` is called after each attempt that got no answer of the endpoint. */
export function createGuardedCalls(source: InspectorSource, limits: SdkLimits, onAway: () => void): GuardedCalls {
  const breakerFor = createCircuitBreakers(limits);

  function withHint(failure: InspectorFailure): InspectorFailure {
    const isUnreachable = failure.code === 'SERVICE_UNAVAILABLE' || failure.code === 'TIMEOUT';
    const hasAnswered = failure.requestId !== null;
    if (!isUnreachable || hasAnswered || source.unreachableHint === null) return failure;
    return addToMessage(failure, source.unreachableHint);
  }

  return {
    breakerFor,
    async withDeadline(operation, options, read) {
      const caller = options?.signal;
      if (caller?.aborted) throw createCallerAbortedFailure(operation);
      const aborter = createAborter(options?.caller ?? caller?.caller);
      const timer = setTimeout(() => aborter.abort(createTimeoutFailure(operation)), limits.deadlineMs);
      const onCallerAbort = () => aborter.abort(createCallerAbortedFailure(operation));
      caller?.addEventListener('abort', onCallerAbort, { once: true });
      try {
        const result = await read(aborter.signal);
        // An aborted read rejects even if its calls have succeeded.
        if (caller?.aborted) throw createCallerAbortedFailure(operation);
        return result;
      } finally {
        clearTimeout(timer);
        caller?.removeEventListener('abort', onCallerAbort);
      }
    },
    async send(operation, { endpoint, name }, signal, call, maxAttempts = limits.maxAttempts) {
      const breaker = breakerFor(endpoint, name);
      const attempt = async () => {
        try {
          return await breaker.call(operation, signal, call);
        } catch (thrown) {
          if (!signal.aborted && isAway(thrown)) onAway();
          throw thrown;
        }
      };
      try {
        return await withRetries(maxAttempts, signal, attempt);
      } catch (thrown) {
        throw thrown instanceof InspectorFailure ? withHint(thrown) : thrown;
      }
    },
  };
}

/** Whether nobody answered, or something else than the endpoint. */
function isAway(thrown: unknown): boolean {
  return thrown instanceof InspectorFailure && thrown.code === 'SERVICE_UNAVAILABLE' && thrown.requestId === null;
}
