import type { IncomingHttpHeaders } from 'node:http';
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span as SdkSpan,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ExportResultCode, parseKeyPairsIntoRecord, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Attributes, Span, SpanOptions, TraceIds, Tracing } from './tracing.js';

/** Logs once that spans cannot be sent, and once that they can again. */
export interface ExportLogger {
  warn(members: object, message: string): void;
  info(members: object, message: string): void;
}

const NAME = 'inspector-gateway';
const KINDS = { client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

/**
 * Tracing by OpenTelemetry's SDK, which reads its own variables: of the sampler, limits, batches and the exporter
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). `headers` are those for the collector,
 * in the form of OTEL_EXPORTER_OTLP_HEADERS. Nothing is registered globally, so that no library adds spans of its own.
 */
export function createOpenTelemetry(headers: string | undefined, logger: ExportLogger): Tracing {
  const exporter = withLog(new OTLPTraceExporter({ headers: parseKeyPairsIntoRecord(headers) }), logger);
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': NAME, 'process.pid': process.pid }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer(NAME);
  const contexts = new AsyncLocalStorageContextManager().enable();
  const propagator = new W3CTraceContextPropagator();
  const spanContexts = new WeakMap<Span, Context>();

  function start(name: string, kind: SpanKind, attributes: Attributes, parent: Context, startedAt?: number): Span {
    const sdkSpan = tracer.startSpan(name, { kind, attributes, ...(startedAt && { startTime: startedAt }) }, parent);
    const span = toSpan(sdkSpan);
    spanContexts.set(span, trace.setSpan(parent, sdkSpan));
    return span;
  }

  const toContext = (span: Span) => spanContexts.get(span) as Context;
  const isTraced = (context: Context) => trace.getSpan(context) !== undefined;

  return {
    startRequest(name: string, headers: IncomingHttpHeaders, attributes: Attributes) {
      const parent = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      return start(name, SpanKind.SERVER, attributes, parent);
    },
    within(span, run, ...emitters) {
      for (const emitter of emitters) contexts.bind(toContext(span), emitter);
      return contexts.with(toContext(span), run);
    },
    async trace(name, { kind = 'internal', attributes = {} }, run) {
      const parent = contexts.active();
      if (!isTraced(parent)) return run(null);
      const span = start(name, KINDS[kind], attributes, parent);
      try {
        return await contexts.with(toContext(span), () => run(span));
      } catch (error) {
        span.fail(toErrorType(error));
        throw error;
      } finally {
        span.end();
      }
    },
    record(name: string, { kind = 'internal', attributes = {} }: SpanOptions, durationMs, errorType) {
      const parent = contexts.active();
      if (!isTraced(parent)) return;
      const span = start(name, KINDS[kind], attributes, parent, Date.now() - durationMs);
      if (errorType !== undefined) span.fail(errorType);
      span.end();
    },
    inject: (carrier) => propagator.inject(contexts.active(), carrier, defaultTextMapSetter),
    get current() {
      const span = trace.getSpan(contexts.active());
      return span === undefined ? null : toIds(span);
    },
    async stop(limitMs) {
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, limitMs);
      });
      await Promise.race([provider.shutdown().catch(() => {}), limit]);
      clearTimeout(timer);
    },
  };
}

function toSpan(span: SdkSpan): Span {
  let hasFailed = false;
  return {
    ids: toIds(span),
    rename: (name) => void span.updateName(name),
    set: (attributes) => void span.setAttributes(attributes),
    fail(errorType) {
      if (hasFailed) return;
      hasFailed = true;
      span.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR });
    },
    end: () => span.end(),
  };
}

function toIds(span: SdkSpan): TraceIds {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return { trace_id: traceId, span_id: spanId, trace_flags: traceFlags.toString(16).padStart(2, '0') };
}

/** A code where there is one, else the class: both are few. */
function toErrorType(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return String(code ?? name ?? '_OTHER');
}

/** An exporter whose failures are logged when they begin and when they end. The processor drops what it could not send. */
function withLog(exporter: SpanExporter, logger: ExportLogger): SpanExporter {
  let isFailing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const hasFailed = result.code === ExportResultCode.FAILED;
        if (hasFailed && !isFailing) logger.warn({ reason: result.error?.message }, 'traces cannot be sent');
        if (!hasFailed && isFailing) logger.info({}, 'traces are sent again');
        isFailing = hasFailed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}
