import type { AbortSignal as CallSignal } from '@smithy/types';
import { createHistograms, DURATION_BOUNDS, type Histograms } from '../../metrics.js';
import { createAborter, type Signal } from '../../signal.js';
import { type Attributes, getTracing, type Span } from '../../tracing.js';
import type { ReadOptions } from '../inspector-api.js';
import {
  addToMessage,
  createCallerAbortedFailure,
  createTimeoutFailure,
  InspectorFailure,
  toInspectorFailure,
} from '../inspector-failure.js';
import { type CircuitBreaker, createCircuitBreakers, type GuardCounts } from '../resilience/circuit-breaker.js';
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

/** What has happened to calls. */
export interface UpstreamStats {
  /** By operation, and by the code of the failure. */
  readonly calls: Histograms;
  retries: number;
  /** Attempts that were not made, since the circuit was open or the queue full. */
  refusals: number;
  /** How often the archive had another revision than before. */
  revisionChanges: number;
}

/** Nothing has happened yet. */
export function createUpstreamStats(): UpstreamStats {
  const calls = createHistograms(DURATION_BOUNDS, 'rpc_method', 'error_type');
  return { calls, retries: 0, refusals: 0, revisionChanges: 0 };
}

/** The guards of calls: a deadline around each read, and limits, circuit breaker and retries around each of its calls. */
export interface GuardedCalls {
  /** When a read that starts now ends at the latest, on the clock of `performance.now()`. */
  toEndsAtMs(options: ReadOptions | undefined): number;
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
  countGuards(): GuardCounts;
}

/** Creates the guards of an upstream. `onAway` is called after each attempt that got no answer of the endpoint. */
export function createGuardedCalls(
  source: InspectorSource,
  limits: SdkLimits,
  onAway: () => void,
  stats: UpstreamStats,
): GuardedCalls {
  const breakerFor = createCircuitBreakers(limits);
  const tracing = getTracing();

  function withHint(failure: InspectorFailure): InspectorFailure {
    const isUnreachable = failure.code === 'SERVICE_UNAVAILABLE' || failure.code === 'TIMEOUT';
    const hasAnswered = failure.requestId !== null;
    if (!isUnreachable || hasAnswered || source.unreachableHint === null) return failure;
    return addToMessage(failure, source.unreachableHint);
  }

  function toEndsAtMs(options: ReadOptions | undefined): number {
    return Math.min(performance.now() + limits.deadlineMs, options?.endsAtMs ?? Number.POSITIVE_INFINITY);
  }

  /** Makes a call, and counts it with its outcome. */
  async function callTimed<T>(
    operation: string,
    signal: Signal,
    callSignal: CallSignal,
    call: Call<T>,
    span: Span | null = null,
  ): Promise<T> {
    if (signal.calls !== undefined) signal.calls.made += 1;
    const startedAtMs = performance.now();
    let code = '';
    try {
      return await call(callSignal);
    } catch (thrown) {
      const failure = toInspectorFailure(signal.aborted ? signal.reason : thrown, operation);
      code = failure?.code ?? 'INTERNAL_SERVER_ERROR';
      span?.fail(code);
      throw thrown;
    } finally {
      stats.calls.observe((performance.now() - startedAtMs) / 1000, operation, code);
    }
  }

  return {
    breakerFor,
    countGuards: () => breakerFor.countGuards(),
    toEndsAtMs,
    async withDeadline(operation, options, read) {
      const caller = options?.signal;
      if (caller?.aborted) throw createCallerAbortedFailure(operation);
      const aborter = createAborter(options?.caller ?? caller?.caller, options?.calls ?? caller?.calls);
      const timer = setTimeout(
        () => aborter.abort(createTimeoutFailure(operation)),
        toEndsAtMs(options) - performance.now(),
      );
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
      let attempts = 0;
      const attempt = async () => {
        attempts += 1;
        if (attempts > 1) stats.retries += 1;
        try {
          return await breaker.call(operation, signal, (callSignal) => {
            if (tracing === null) return callTimed(operation, signal, callSignal, call);
            const attributes = toAttemptAttributes(operation, endpoint, attempts);
            return tracing.trace(`Inspector/${operation}`, { kind: 'client', attributes }, (span) =>
              callTimed(operation, signal, callSignal, call, span),
            );
          });
        } catch (thrown) {
          if (thrown instanceof InspectorFailure && thrown.retryAfterMs !== null) stats.refusals += 1;
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

/** https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/; the count is 0 for a first attempt. */
function toAttemptAttributes(operation: string, endpoint: string, attempt: number): Attributes {
  return {
    'rpc.system': 'aws-api',
    'rpc.service': 'Inspector',
    'rpc.method': operation,
    'server.address': new URL(endpoint).hostname,
    'http.request.resend_count': attempt - 1,
  };
}
