import { type Logger, pino } from 'pino';
import { getTracing, type TraceIds } from '../tracing.js';
import { toTerminalJson } from './terminal-text.js';

/** The log line of a request. */
export interface RequestLine {
  method: string;
  /** Without the query string. */
  path: string;
  status: number;
  requestId: string;
  durationMs: number;
  /** The caller's. */
  remoteAddress?: string | undefined;
  /** The name of the executed GraphQL operation. */
  operation?: string | undefined;
  /** Which cache has answered, or why none has. */
  cache?: string | undefined;
  /** Calls of the upstream that were made for it; undefined where a cache has answered. */
  upstreamCalls?: number | undefined;
  /** What the operation was counted to cost, in the units of budgets. */
  cost?: number | undefined;
  /** Who has asked, where that is known. Printable ASCII, as are the others. */
  subject?: string | undefined;
  /** The id of the API key that was used. */
  keyId?: string | undefined;
  clientName?: string | undefined;
  clientVersion?: string | undefined;
  /** Of its span, where there is tracing. */
  traceIds?: TraceIds | undefined;
}

/** Writes JSON lines to stderr; stdout is for people, and for programs that read the addresses. */
export interface Log {
  readonly logger: Logger;
  /** Writes the line that the logger would write at level info, without the cost of serialising an object. */
  logRequest(line: RequestLine): void;
}

/** Lines are buffered for this time, or up to this many characters. A process that is killed loses them. */
const BUFFER_MS = 10;
const BUFFER_LENGTH = 16_384;

/** Creates a log of this level; every line has the members of `base`. */
export function createLog(level: string, base: object | null = null): Log {
  const file = pino.destination({ fd: 2, sync: true });
  let lines = '';
  let timer: NodeJS.Timeout | undefined;
  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (lines !== '') file.write(lines);
    lines = '';
  }
  function write(line: string): void {
    lines += line;
    if (lines.length >= BUFFER_LENGTH) flush();
    else timer ??= setTimeout(flush, BUFFER_MS).unref();
  }
  process.on('exit', () => {
    flush();
    file.flushSync();
  });
  // Lines of pino may have text from outside; request lines are ASCII.
  const mixin = () => getTracing()?.current ?? {};
  const logger = pino({ level, base, mixin }, { write: (line) => write(toTerminalJson(line)) });
  const isLoggingRequests = logger.isLevelEnabled('info');
  const bindings = base === null ? '' : `${JSON.stringify(base).slice(1, -1)},`;
  return {
    logger,
    logRequest({
      method,
      path,
      status,
      requestId,
      durationMs,
      remoteAddress,
      operation,
      clientName,
      clientVersion,
      subject,
      keyId,
      cache,
      upstreamCalls,
      cost,
      traceIds,
    }) {
      if (!isLoggingRequests) return;
      const address = remoteAddress === undefined ? '' : `"remoteAddress":"${remoteAddress}",`;
      const name = operation === undefined ? '' : `"operation":"${operation}",`;
      const who = subject === undefined ? '' : `"subject":${JSON.stringify(subject)},`;
      const key = keyId === undefined ? '' : `"keyId":"${keyId}",`;
      const client = clientName === undefined ? '' : `"clientName":${JSON.stringify(clientName)},`;
      const version = clientVersion === undefined ? '' : `"clientVersion":${JSON.stringify(clientVersion)},`;
      const source = cache === undefined ? '' : `"cache":"${cache}",`;
      const calls = upstreamCalls === undefined ? '' : `"upstreamCalls":${upstreamCalls},`;
      const price = cost === undefined ? '' : `"cost":${Math.ceil(cost)},`;
      const trace = traceIds === undefined ? '' : `${JSON.stringify(traceIds).slice(1, -1)},`;
      write(
        `{"level":30,"time":${Date.now()},${bindings}"method":"${method}","path":${JSON.stringify(path)},` +
          `"status":${status},"requestId":"${requestId}",${address}${who}${key}${name}${source}${calls}${price}${client}${version}` +
          `${trace}"durationMs":${durationMs},"msg":"request"}\n`,
      );
    },
  };
}
