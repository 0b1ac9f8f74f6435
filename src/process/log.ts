import { type Logger, pino } from 'pino';
import { toTerminalJson } from './terminal-text.js';

/** What the log says of a request that was answered. */
export interface RequestLine {
  method: string;
  /** Without the query string. */
  path: string;
  status: number;
  requestId: string;
  durationMs: number;
  /** The caller's. */
  remoteAddress?: string | undefined;
  /** A name of GraphQL's, of the operation that was executed. */
  operation?: string | undefined;
  /** Printable ASCII, as are the others. */
  clientName?: string | undefined;
  clientVersion?: string | undefined;
}

/** The log: JSON lines on stderr, since stdout is for people, and for programs that read the addresses. */
export interface Log {
  readonly logger: Logger;
  /** Writes the line of a request as the logger would at level info, without its walk through an object's members. */
  logRequest(line: RequestLine): void;
}

/** What is written together: the lines of so many milliseconds, or so many characters. A process that is killed loses them. */
const GATHER_MS = 10;
const GATHER_LENGTH = 16_384;

/** A log of this level; the members of `base` stand in every line. */
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
    if (lines.length >= GATHER_LENGTH) flush();
    else timer ??= setTimeout(flush, GATHER_MS).unref();
  }
  process.on('exit', () => {
    flush();
    file.flushSync();
  });
  // What pino writes may hold texts of anybody; all of a request line is ASCII.
  const logger = pino({ level, base }, { write: (line) => write(toTerminalJson(line)) });
  const isLoggingRequests = logger.isLevelEnabled('info');
  const bindings = base === null ? '' : `${JSON.stringify(base).slice(1, -1)},`;
  return {
    logger,
    logRequest({ method, path, status, requestId, durationMs, remoteAddress, operation, clientName, clientVersion }) {
      if (!isLoggingRequests) return;
      const address = remoteAddress === undefined ? '' : `"remoteAddress":"${remoteAddress}",`;
      const name = operation === undefined ? '' : `"operation":"${operation}",`;
      const client = clientName === undefined ? '' : `"clientName":${JSON.stringify(clientName)},`;
      const version = clientVersion === undefined ? '' : `"clientVersion":${JSON.stringify(clientVersion)},`;
      write(
        `{"level":30,"time":${Date.now()},${bindings}"method":"${method}","path":${JSON.stringify(path)},` +
          `"status":${status},"requestId":"${requestId}",${address}${name}${client}${version}` +
          `"durationMs":${durationMs},"msg":"request"}\n`,
      );
    },
  };
}
