import cluster, { type Worker } from 'node:cluster';
import { EventEmitter, once } from 'node:events';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { type Logger, pino } from 'pino';
import { combineMetrics, type Metric, withoutGauges } from '../metrics.js';
import { bindSharedPort } from './listening-socket.js';
import { WORKERS_CLOSING_LIMIT_MS } from './shutdown-limits.js';
import type { TlsSettings } from './tls-files.js';

/** The command-line argument of a worker, in a process that startWorkers() forked. */
export const WORKER_COMMAND = 'worker';

/** In a worker's environment: where the archive of its primary is. */
export const ARCHIVE_URL_VARIABLE = 'INSPECTOR_GATEWAY_PRIMARY_ARCHIVE';

/** In a worker's environment: the query that the landing page opens with. */
export const EXAMPLE_QUERY_VARIABLE = 'INSPECTOR_GATEWAY_PRIMARY_EXAMPLE';

/**
 * Messages of a worker: it is ready for the listening socket, listens, has stopped listening, or is to be replaced; and its
 * metrics, with the number by which they were asked for.
 */
export type FromWorker =
  | 'ready'
  | 'listening'
  | 'closed'
  | 'wantsReplacement'
  | { readonly metrics: readonly Metric[]; readonly asked: number };

/**
 * Messages to a worker: the listening socket (with its handle), to end alone or with all others, and that none listens; and a
 * question for its metrics, by a number.
 */
export type ToWorker =
  | { readonly listeningSocket: string }
  | 'stopAlone'
  | 'stop'
  | 'allClosed'
  | { readonly asked: number };

/** Its message is one line; what went wrong is in the worker's own log. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';
}

/** A worker that ends sooner than this after its start counts as one that cannot run. */
const SHORT_LIFE_MS = 10_000;

/**
 * The delay before a worker is replaced doubles from the first to the second with each short life in its slot. Without any
 * other worker it is at most the third: a start takes about as long.
 */
const MIN_DELAY_MS = 100;
const MAX_DELAY_MS = 30_000;
const MAX_DELAY_ALONE_MS = 1000;

/** How long the metrics of a worker are waited for. */
const METRICS_TIMEOUT_MS = 1000;

/** Pause between reads of a worker's log: to relay many lines at once costs less than line by line. */
const RELAY_PAUSE_MS = 5;

/** One of the workers to run, and its restarts: a slot whose workers fail delays no other. */
interface Slot {
  shortLives: number;
  replacing: NodeJS.Timeout | undefined;
}

/** A worker process. It is assigned the listening socket before it listens. */
interface WorkerRecord {
  worker: Worker;
  slot: Slot;
  startedAt: number;
  state: 'starting' | 'assigned' | 'listening' | 'closed';
  /** Whether it ends once its replacement listens. */
  isLeaving: boolean;
  /** The last that it told, and the number of the question that this answers. */
  metrics: readonly Metric[];
  asked: number;
}

/**
 * Starts processes that answer on one port, each a gateway without an archive; `archiveUrl` is that of the primary's.
 * Resolves when all listen; a worker that ends is replaced. Rejects with a ListenError, or a WorkerError when one ends before.
 *
 * Workers share the listening socket and accept from it themselves: node's cluster without its listen(). By default its
 * primary accepts connections and hands them over. A connection on its way to a killed worker hangs for ever then, waiting
 * ones are reset when the last worker ends, and each costs two messages.
 */
export async function startWorkers(
  { workers: count, host, port, tls }: { workers: number; host: string; port: number; tls: TlsSettings | null },
  { archiveUrl, exampleQuery }: { archiveUrl: string | undefined; exampleQuery: string },
  logger: Logger,
): Promise<{ url: string; collectMetrics(): Promise<readonly Metric[]>; stop(): Promise<void> }> {
  const listeningSocket = await bindSharedPort(tls === null ? 'http' : 'https', host, port, 'PORT');
  const records = new Set<WorkerRecord>();
  const slots = Array.from({ length: count }, (): Slot => ({ shortLives: 0, replacing: undefined }));
  const changes = new EventEmitter();
  let isUp = false;
  let isStopping = false;
  let firstEnd = '';
  let asked = 0;
  /** What workers have counted that have ended, or counters would go back. */
  let metricsOfEnded: Metric[] = [];

  cluster.setupPrimary({ args: [WORKER_COMMAND], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
  process.on('exit', killAll);

  const staying = () => [...records].filter(({ isLeaving }) => !isLeaving);
  const areAllListening = () => staying().filter(({ state }) => state === 'listening').length >= count;
  const isAnyOpen = () => [...records].some(({ state }) => state === 'assigned' || state === 'listening');

  async function until(isSo: () => boolean, signal?: AbortSignal): Promise<void> {
    while (!isSo()) await once(changes, 'change', { signal });
  }

  function startWorker(slot: Slot): void {
    slot.replacing = undefined;
    const record: WorkerRecord = {
      worker: cluster.fork({
        [EXAMPLE_QUERY_VARIABLE]: exampleQuery,
        ...(archiveUrl !== undefined && { [ARCHIVE_URL_VARIABLE]: archiveUrl }),
      }),
      slot,
      startedAt: performance.now(),
      state: 'starting',
      isLeaving: false,
      metrics: [],
      asked: 0,
    };
    records.add(record);
    const { worker } = record;
    worker.on('message', (message: FromWorker) => receive(record, message));
    // A failed message is ignored: the worker has ended, which is handled below.
    worker.on('error', () => {});
    relayLines(worker.process.stderr as Readable);
    worker.process.once('close', (code, signal) => onEnd(record, signal ?? `code ${code}`));
  }

  function tell({ worker }: WorkerRecord, message: ToWorker, handle?: typeof listeningSocket.handle): void {
    if (worker.isConnected()) worker.send(message, handle, () => {});
  }

  function end(record: WorkerRecord, message: 'stop' | 'stopAlone'): void {
    // One that is starting may not read messages yet, and has nothing to lose.
    if (record.state === 'starting') record.worker.process.kill('SIGKILL');
    else tell(record, message);
  }

  function receive(record: WorkerRecord, message: FromWorker): void {
    if (typeof message === 'object') {
      Object.assign(record, message);
      changes.emit('change');
      return;
    }
    if (message === 'wantsReplacement') {
      record.isLeaving = true;
      if (!isStopping) startWorker(record.slot);
    } else if (message === 'ready') {
      if (isStopping) return;
      record.state = 'assigned';
      tell(record, { listeningSocket: listeningSocket.url }, listeningSocket.handle);
    } else {
      record.state = message;
      const { id: worker, process } = record.worker;
      if (message === 'listening') logger.info({ worker, pid: process.pid }, 'worker listens');
    }
    endReplaced();
    changes.emit('change');
  }

  function endReplaced(): void {
    if (isStopping || !areAllListening()) return;
    for (const record of records) {
      if (!record.isLeaving || record.state === 'closed') continue;
      end(record, 'stopAlone');
      record.state = 'closed';
    }
  }

  function onEnd(record: WorkerRecord, end: string): void {
    records.delete(record);
    metricsOfEnded = combineMetrics([metricsOfEnded, withoutGauges(record.metrics)]);
    firstEnd ||= end;
    changes.emit('change');
    if (!isUp || isStopping) return;
    const worker = record.worker.id;
    if (record.isLeaving) {
      logger.info({ worker, end }, 'worker left');
      return;
    }
    const { slot, startedAt } = record;
    slot.shortLives = performance.now() - startedAt < SHORT_LIFE_MS ? slot.shortLives + 1 : 0;
    const isAlone = ![...records].some(({ state }) => state !== 'closed');
    const delayMs = toDelayMs(slot.shortLives, isAlone);
    logger.error({ worker, end, delayMs }, 'worker ended and is replaced');
    slot.replacing = setTimeout(startWorker, delayMs, slot);
  }

  /** Asks all workers. One that is too busy to answer is taken as it was. */
  async function collectMetrics(): Promise<readonly Metric[]> {
    asked += 1;
    const question = asked;
    const all = [...records].filter(({ state }) => state === 'listening');
    for (const record of all) tell(record, { asked: question });
    const hasAnswered = (record: WorkerRecord) => record.asked >= question || !records.has(record);
    await until(() => all.every(hasAnswered), AbortSignal.timeout(METRICS_TIMEOUT_MS)).catch(() => {});
    const listening: Metric = {
      name: 'inspector_gateway_workers',
      type: 'gauge',
      help: 'Workers that take connections.',
      samples: { '': all.filter(({ state }) => state === 'listening').length },
    };
    return combineMetrics([[listening], metricsOfEnded, ...[...records].map(({ metrics }) => metrics)]);
  }

  function killAll(): void {
    for (const { worker } of records) worker.process.kill('SIGKILL');
  }

  slots.forEach(startWorker);
  await until(() => areAllListening() || staying().length < count);
  if (!areAllListening()) {
    isStopping = true;
    killAll();
    await until(() => records.size === 0);
    listeningSocket.close();
    throw new WorkerError(`A worker ended with ${firstEnd} before it listened.`);
  }
  isUp = true;

  return {
    url: listeningSocket.url,
    collectMetrics,
    async stop() {
      isStopping = true;
      for (const { replacing } of slots) clearTimeout(replacing);
      // The port closes with the last worker that stops listening, which has emptied the queue.
      listeningSocket.close();
      for (const record of records) end(record, 'stop');
      await until(() => !isAnyOpen(), AbortSignal.timeout(WORKERS_CLOSING_LIMIT_MS)).catch(() => {});
      for (const record of records) tell(record, 'allClosed');
      await until(() => records.size === 0);
    },
  };
}

function toDelayMs(shortLives: number, isAlone: boolean): number {
  if (shortLives === 0) return 0;
  return Math.min(MIN_DELAY_MS * 2 ** (shortLives - 1), isAlone ? MAX_DELAY_ALONE_MS : MAX_DELAY_MS);
}

/** Relays the stderr of a worker in whole lines: long lines of several processes would mix otherwise. */
function relayLines(stream: Readable): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const text = rest + decoder.write(chunk);
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    if (end > 0) stderr().write(text.slice(0, end));
    stream.pause();
    setTimeout(() => stream.resume(), RELAY_PAUSE_MS);
  });
  stream.on('end', () => {
    if (rest !== '') stderr().write(`${rest}\n`);
  });
}

let destination: ReturnType<typeof pino.destination> | undefined;

function stderr(): ReturnType<typeof pino.destination> {
  destination ??= pino.destination({ fd: 2, sync: true });
  return destination;
}
