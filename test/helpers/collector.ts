import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { listen } from '../../src/process/listening-socket.js';
import { endAfterAll } from './cleanup.js';
import type { Json } from './gateway.js';

/** A span as a collector gets it, with its attributes and those of its resource as objects. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly status: { readonly code?: number };
  readonly attributes: Record<string, unknown>;
  readonly resource: Record<string, unknown>;
}

const toObject = (attributes: Json[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

/** A collector of OpenTelemetry that takes traces as JSON over HTTP; `answer` may leave it hanging. */
export async function startCollector(answer = (response: ServerResponse) => void response.end('{}')) {
  const spans: CollectedSpan[] = [];
  const requests: { path: string | undefined; headers: IncomingHttpHeaders; text: string }[] = [];
  const changes = new EventEmitter();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    requests.push({ path: request.url, headers: request.headers, text });
    for (const { resource, scopeSpans } of JSON.parse(text).resourceSpans) {
      for (const span of scopeSpans.flatMap((scope: Json) => scope.spans)) {
        spans.push({ ...span, attributes: toObject(span.attributes), resource: toObject(resource.attributes) });
      }
    }
    answer(response);
    changes.emit('change');
  });
  const url = await listen(server, '127.0.0.1', 0, 'PORT');
  endAfterAll(async () => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url,
    spans,
    requests,
    /** Waits until spans have arrived that are enough. */
    async until(isEnough: (spans: readonly CollectedSpan[]) => boolean): Promise<readonly CollectedSpan[]> {
      while (!isEnough(spans)) await once(changes, 'change');
      return spans;
    },
  };
}

/** The names of a span and of those around it, the outermost first. */
export function toPath(spans: readonly CollectedSpan[], span: CollectedSpan): string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return [...(parent === undefined ? [] : toPath(spans, parent)), span.name];
}
