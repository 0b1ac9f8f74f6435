import type { IncomingMessage, RequestListener } from 'node:http';
import { TLSSocket } from 'node:tls';
import { getTracing, type Span, type TraceIds } from '../tracing.js';

/** The spans of requests, by the conventions for HTTP servers (https://opentelemetry.io/docs/specs/semconv/http/http-spans/). */
export interface RequestTracing {
  /** Runs a listener within the span of its request. */
  wrap(listener: RequestListener): RequestListener;
  /** Says by which route, and from which cache, a request was answered. Returns its ids for the log. */
  describe(request: IncomingMessage, route: string, cache?: string): { traceIds?: TraceIds };
}

/** Without tracing it does nothing. */
export function createRequestTracing(): RequestTracing {
  const tracing = getTracing();
  if (tracing === null) return { wrap: (listener) => listener, describe: () => ({}) };
  const spans = new WeakMap<IncomingMessage, Span>();
  return {
    wrap: (listener) => (request, response) => {
      const { method = '', url = '', headers, httpVersion, socket } = request;
      const span = tracing.startRequest(method, headers, {
        'http.request.method': method,
        // Without the query string, which has the variables of a GET.
        'url.path': url.split('?', 1)[0],
        'url.scheme': socket instanceof TLSSocket ? 'https' : 'http',
        'network.protocol.version': httpVersion,
      });
      spans.set(request, span);
      response.once('close', () => {
        span.set({ 'http.response.status_code': response.statusCode });
        if (response.statusCode >= 500) span.fail(String(response.statusCode));
        // What else is told of a client that has gone is told in this turn.
        setImmediate(() => span.end());
      });
      // Their events come from the connection, which knows of no request.
      tracing.within(span, () => listener(request, response), request, response);
    },
    describe(request, route, cache) {
      const span = spans.get(request);
      if (span === undefined) return {};
      if (route !== '') span.rename(`${request.method} ${route}`);
      span.set({ 'http.route': route === '' ? undefined : route, 'inspector_gateway.cache': cache });
      return { traceIds: span.ids };
    },
  };
}
