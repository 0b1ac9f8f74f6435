import { type CircuitBreakerPolicy, CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { createClient, createCluster, RESP_TYPES } from 'redis';

/** Who is told that Redis is gone or back; once each time. */
export interface RedisLogger {
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

/** What a command may take: more, and Redis counts as one that does not know. */
const BUDGET_MS = 50;

/** After so many failures in a row nothing is asked but a probe every so often. */
const MAX_FAILURES = 5;
const PROBE_AFTER_MS = 1000;

const MAX_RECONNECT_DELAY_MS = 1000;
const CONNECT_TIMEOUT_MS = 2000;

/** Commands that wait for a server which takes connections and answers nothing. */
const MAX_WAITING_COMMANDS = 10_000;

/** A connection to Redis or Valkey that may be slow or gone at any time. */
export interface RedisConnection {
  /** The reply of a script to its keys, which share a slot; undefined when there is none within the budget. Never rejects. */
  evaluate(script: string, keys: string[], args: (string | Buffer)[]): Promise<unknown>;
  /** The value of a key, or undefined. Never rejects. */
  get(key: string): Promise<Buffer | null | undefined>;
  close(): void;
}

/** Connects to one server, or to the cluster that several belong to, for as long as it takes; meanwhile nothing is known. */
export function connectRedis(urls: readonly string[], logger: RedisLogger): RedisConnection {
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
  // Without a listener an error would end the process; what it means for a command, the command tells.
  plain.on('error', () => {});
  const client = plain.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: PROBE_AFTER_MS,
    breaker: new ConsecutiveBreaker(MAX_FAILURES),
  });
  logTransitions(breaker, logger);

  let isClosed = false;
  async function connect(): Promise<void> {
    try {
      await plain.connect();
    } catch {
      // A cluster of which no node can be reached gives up at once.
      if (!isClosed) setTimeout(connect, MAX_RECONNECT_DELAY_MS).unref();
    }
  }
  void connect();

  async function call<T>(send: () => Promise<T>): Promise<T | undefined> {
    // The breaker would make others wait for its probe.
    if (breaker.state === CircuitState.HalfOpen) return undefined;
    try {
      return await breaker.execute(() => withinBudget(send()));
    } catch {
      return undefined;
    }
  }

  return {
    evaluate: (script, keys, args) => call(() => client.eval(script, { keys, arguments: args as string[] })),
    get: (key) => call(() => client.get(key) as Promise<Buffer | null>),
    close() {
      isClosed = true;
      plain.destroy();
    },
  };
}

/** Rejects when the budget is used up; what comes later is passed over. */
function withinBudget<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // A process that was busy meanwhile looks at what has arrived before it gives up.
      setImmediate(() => reject(new Error(`Redis did not answer within ${BUDGET_MS} ms.`)));
    }, BUDGET_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function logTransitions(breaker: CircuitBreakerPolicy, logger: RedisLogger): void {
  let isGone = false;
  breaker.onBreak((reason) => {
    if (isGone) return;
    isGone = true;
    const message = 'error' in reason ? reason.error.message : 'isolated';
    logger.warn({ reason: message.replace(/\/\/[^/]*@/g, '//') }, 'redis is out of reach; the gateway goes on without');
  });
  breaker.onReset(() => {
    isGone = false;
    logger.info({}, 'redis is back');
  });
}
