import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
} from 'cockatiel';
import { createClient, createCluster, RESP_TYPES } from 'redis';
import { createHistograms, DURATION_BOUNDS, type Histograms } from '../metrics.js';
import { getTracing, type Span } from '../tracing.js';

/** Logs once that Redis is out of reach, and once that it is back. */
export interface RedisLogger {
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

/** Timeout of a command, after which it counts as a cache miss. */
const COMMAND_TIMEOUT_MS = 50;

/** The circuit breaker opens after this many failures in a row, and lets one probe through after this time. */
const MAX_FAILURES = 5;
const HALF_OPEN_AFTER_MS = 1000;

const MAX_RECONNECT_DELAY_MS = 1000;
const CONNECT_TIMEOUT_MS = 2000;

/** Commands that may wait for a server which accepts connections and does not reply. */
const MAX_WAITING_COMMANDS = 10_000;

/** What has happened to commands. */
export interface RedisStats {
  /** By command, and by what it failed with. */
  readonly commands: Histograms;
  /** Commands that were not sent, since Redis is out of reach. */
  skipped: number;
  isDown: boolean;
}

/** Nothing has happened yet. */
export function createRedisStats(): RedisStats {
  const commands = createHistograms(DURATION_BOUNDS, 'db_system_name', 'db_operation_name', 'error_type');
  return { commands, skipped: 0, isDown: false };
}

/** A connection to Redis or Valkey that may be slow or gone at any time. */
export interface RedisConnection {
  /** Runs a script on keys that share a slot. Undefined when no reply comes in time. Never rejects. */
  evaluate(script: string, keys: string[], args: (string | Buffer)[]): Promise<unknown>;
  /** The value of a key, null where there is none, or undefined when no reply comes in time. Never rejects. */
  get(key: string): Promise<Buffer | null | undefined>;
  close(): void;
}

/** Connects to a server, or to a cluster by its nodes, in the background; until then each command counts as a miss. */
export function connectRedis(
  urls: readonly string[],
  logger: RedisLogger,
  stats = createRedisStats(),
): RedisConnection {
  const options = {
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_WAITING_COMMANDS,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (retries: number) => Math.min(MAX_RECONNECT_DELAY_MS, 50 * 2 ** Math.min(retries, 10)),
    },
  };
  const plain =
    urls.length === 1
      ? createClient({ ...options, url: urls[0] as string })
      : createCluster({ rootNodes: urls.map((url) => ({ url })), defaults: options });
  // Without a listener an error would end the process. Each command reports its own.
  plain.on('error', () => {});
  const client = plain.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: HALF_OPEN_AFTER_MS,
    breaker: new ConsecutiveBreaker(MAX_FAILURES),
  });
  logTransitions(breaker, logger, stats);

  let isClosed = false;
  async function connect(): Promise<void> {
    try {
      await plain.connect();
    } catch {
      // A client for one server reconnects by itself, one for a cluster gives up when no node can be reached.
      if (!isClosed) setTimeout(connect, MAX_RECONNECT_DELAY_MS).unref();
    }
  }
  void connect();

  const tracing = getTracing();
  function call<T>(command: string, send: () => Promise<T>): Promise<T | undefined> {
    if (tracing === null) return callTimed(command, send);
    const attributes = { 'db.system.name': 'redis', 'db.operation.name': command };
    return tracing.trace(command, { kind: 'client', attributes }, (span) => callTimed(command, send, span));
  }

  async function callTimed<T>(
    command: string,
    send: () => Promise<T>,
    span: Span | null = null,
  ): Promise<T | undefined> {
    const startedAtMs = performance.now();
    const count = (errorType: string) => {
      stats.commands.observe((performance.now() - startedAtMs) / 1000, 'redis', command, errorType);
      if (errorType !== '') span?.fail(errorType);
    };
    try {
      // cockatiel would have these calls wait for the probe.
      if (breaker.state === CircuitState.HalfOpen) throw new BrokenCircuitError();
      const reply = await breaker.execute(() => withTimeout(send()));
      count('');
      return reply;
    } catch (error) {
      if (error instanceof BrokenCircuitError) {
        stats.skipped += 1;
        span?.fail('skipped');
      } else count(error instanceof CommandTimeout ? 'timeout' : '_OTHER');
      return undefined;
    }
  }

  return {
    evaluate: (script, keys, args) => call('EVAL', () => client.eval(script, { keys, arguments: args as string[] })),
    get: (key) => call('GET', () => client.get(key) as Promise<Buffer | null>),
    close() {
      isClosed = true;
      plain.destroy();
    },
  };
}

/** Rejects after COMMAND_TIMEOUT_MS; a later reply is ignored. */
function withTimeout<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // The event loop may have been busy: a reply that has arrived is read first.
      setImmediate(() => reject(new CommandTimeout(`Redis did not answer within ${COMMAND_TIMEOUT_MS} ms.`)));
    }, COMMAND_TIMEOUT_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

class CommandTimeout extends Error {}

function logTransitions(breaker: CircuitBreakerPolicy, logger: RedisLogger, stats: RedisStats): void {
  breaker.onBreak((reason) => {
    if (stats.isDown) return;
    stats.isDown = true;
    const message = 'error' in reason ? reason.error.message : 'isolated';
    logger.warn({ reason: message.replace(/\/\/[^/]*@/g, '//') }, 'redis is out of reach; the gateway goes on without');
  });
  breaker.onReset(() => {
    stats.isDown = false;
    logger.info({}, 'redis is back');
  });
}
