import type { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';

/** By the names of https://opentelemetry.io/docs/specs/semconv/ where these have one. Never credentials or variables of callers. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** The ids of a span, by their names in logs: https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/ */
export interface TraceIds {
  readonly trace_id: string;
  readonly span_id: string;
  readonly trace_flags: string;
}

/** A piece of work with its time, as part of a trace. */
export interface Span {
  readonly ids: TraceIds;
  rename(name: string): void;
  set(attributes: Attributes): void;
  /** Says what it failed with; only the first counts. */
  fail(errorType: string): void;
  end(): void;
}

/** What a span is. */
export interface SpanOptions {
  readonly kind?: 'client' | 'internal';
  readonly attributes?: Attributes;
}

/** Traces of requests. What is done beside any request has no trace. */
export interface Tracing {
  /** Starts the span of a request, within the trace of its caller if its headers name one. */
  startRequest(name: string, headers: IncomingHttpHeaders, attributes: Attributes): Span;
  /** Runs something within a span; what listens to the `emitters` from then on runs within it, too. */
  within<T>(span: Span, run: () => T, ...emitters: EventEmitter[]): T;
  /** Runs something in a new span within the current one, if any. A rejection is its failure. */
  trace<T>(name: string, options: SpanOptions, run: (span: Span | null) => Promise<T>): Promise<T>;
  /** Adds a span for what has just ended. */
  record(name: string, options: SpanOptions, durationMs: number, errorType: string | undefined): void;
  /** Adds the headers that continue the trace elsewhere: https://www.w3.org/TR/trace-context/ */
  inject(headers: Record<string, string>): void;
  /** The ids of the current span. */
  readonly current: TraceIds | null;
  /** Sends what has not been sent yet, for at most `limitMs`. */
  stop(limitMs: number): Promise<void>;
}

let tracing: Tracing | null = null;

/** The tracing of this thread, or null: parts ask once, when they are created, so that without it they do nothing more. */
export function getTracing(): Tracing | null {
  return tracing;
}

/** Sets the tracing of this thread, before the parts are created that use it. */
export function setTracing(started: Tracing): void {
  tracing = started;
}
