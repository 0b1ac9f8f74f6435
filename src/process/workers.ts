import cluster, { type Worker } from 'node:cluster';
import { EventEmitter, once } from 'node:events';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { type Logger, pino } from 'pino';
import { bindSharedPort } from './listening-socket.js';
import { WORKERS_CLOSING_LIMIT_MS } from './shutdown-limits.js';

/** The argument that makes the command a worker; it is understood in a process that startWorkers() made. */
export const WORKER_COMMAND = 'worker';

/** In a worker's environment: where the archive of its primary is. */
export const ARCHIVE_URL_VARIABLE = 'INSPECTOR_GATEWAY_PRIMARY_ARCHIVE';

/** In a worker's environment: the query that the landing page opens with. */
export const EXAMPLE_QUERY_VARIABLE = 'INSPECTOR_GATEWAY_PRIMARY_EXAMPLE';

/** What a worker tells: it asks for the listening socket, listens, has stopped listening, or was asked to end. */
export type FromWorker = 'ready' | 'listening' | 'closed' | 'leaving';

/** What it is told: the listening socket (its handle), to end while others go on or with all others, that no one listens. */
export type ToWorker = { listeningSocket: string } | 'leave' | 'stop' | 'closed';

/** Its message is one line; what went wrong is in the worker's own log. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';
}

/** A worker that ends sooner than this after its start counts as one that cannot run. */
const SHORT_LIFE_MS = 10_000;

/**
 * The time before a place is filled again doubles from the first to the second with each short life in it. While no other
 * worker is there it is at most the third: a start takes about as long.
 */
const MIN_DELAY_MS = 100;
const MAX_DELAY_MS = 30_000;
const MAX_DELAY_ALONE_MS = 1000;

/** The log of workers is read this often under load, which costs less than line by line. */
const RELAY_PAUSE_MS = 5;

/** Where a worker is to be. Of several places the one whose workers die has to wait, and the others need not. */
interface Place {
  shortLives: number;
  replacing: NodeJS.Timeout | undefined;
}

interface Member {
  worker: Worker;
  place: Place;
  startedAt: number;
  state: 'starting' | 'admitted' | 'listening' | 'closed';
  /** It will be replaced, and ends once its successor listens. */
  isLeaving: boolean;
}

/**
 * Several processes that answer on one port, each the gateway alone, over the archive at this URL if there is one. Resolves when
 * all listen; whichever ends is replaced. Rejects with a ListenError, or a WorkerError when one ends before.
 *
 * They share the listening socket and accept from it themselves. In node's default, where the primary accepts and hands
 * over, a connection on its way to a worker that is killed hangs for ever, those that wait are reset when the last
 * worker goes, and each costs two messages; so that what is fork()ed here is node's cluster, without its listen().
 */
export async function startWorkers(
  { workers: count, host, port }: { workers: number; host: string; port: number },
  { archiveUrl, exampleQuery }: { archiveUrl: string | undefined; exampleQuery: string },
  logger: Logger,
): Promise<{ url: string; stop(): Promise<void> }> {
  const listeningSocket = await bindSharedPort(host, port, 'PORT');
  const members = new Set<Member>();
  const places = Array.from({ length: count }, (): Place => ({ shortLives: 0, replacing: undefined }));
  const changes = new EventEmitter();
  let isUp = false;
  let isStopping = false;
  let firstEnd = '';

  cluster.setupPrimary({ args: [WORKER_COMMAND], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
  process.on('exit', killAll);

  const staying = () => [...members].filter(({ isLeaving }) => !isLeaving);
  const areAllListening = () => staying().filter(({ state }) => state === 'listening').length >= count;
  const isAnyOpen = () => [...members].some(({ state }) => state === 'admitted' || state === 'listening');

  async function until(isSo: () => boolean, signal?: AbortSignal): Promise<void> {
    while (!isSo()) await once(changes, 'change', { signal });
  }

  function startWorker(place: Place): void {
    place.replacing = undefined;
    const member: Member = {
      worker: cluster.fork({
        [EXAMPLE_QUERY_VARIABLE]: exampleQuery,
        ...(archiveUrl !== undefined && { [ARCHIVE_URL_VARIABLE]: archiveUrl }),
      }),
      place,
      startedAt: performance.now(),
      state: 'starting',
      isLeaving: false,
    };
    members.add(member);
    const { worker } = member;
    worker.on('message', (message: FromWorker) => receive(member, message));
    // Its end is what counts, not that it could not be told something any more.
    worker.on('error', () => {});
    relayLines(worker.process.stderr as Readable);
    worker.process.once('close', (code, signal) => onEnd(member, signal ?? `code ${code}`));
  }

  function tell({ worker }: Member, message: ToWorker, handle?: typeof listeningSocket.handle): void {
    if (worker.isConnected()) worker.send(message, handle, () => {});
  }

  function receive(member: Member, message: FromWorker): void {
    if (message === 'leaving') {
      member.isLeaving = true;
      if (!isStopping) startWorker(member.place);
    } else if (message === 'ready') {
      if (isStopping) return;
      member.state = 'admitted';
      tell(member, { listeningSocket: listeningSocket.url }, listeningSocket.handle);
    } else {
      member.state = message;
      const { id: worker, process } = member.worker;
      if (message === 'listening') logger.info({ worker, pid: process.pid }, 'worker listens');
    }
    dismissLeaving();
    changes.emit('change');
  }

  function dismissLeaving(): void {
    if (isStopping || !areAllListening()) return;
    for (const member of members) {
      if (!member.isLeaving || member.state === 'closed') continue;
      member.state = 'closed';
      tell(member, 'leave');
    }
  }

  function onEnd(member: Member, end: string): void {
    members.delete(member);
    firstEnd ||= end;
    changes.emit('change');
    if (!isUp || isStopping) return;
    const worker = member.worker.id;
    if (member.isLeaving) {
      logger.info({ worker, end }, 'worker left');
      return;
    }
    const { place, startedAt } = member;
    place.shortLives = performance.now() - startedAt < SHORT_LIFE_MS ? place.shortLives + 1 : 0;
    const isAlone = ![...members].some(({ state }) => state !== 'closed');
    const delayMs = toDelayMs(place.shortLives, isAlone);
    logger.error({ worker, end, delayMs }, 'worker ended and is replaced');
    place.replacing = setTimeout(startWorker, delayMs, place);
  }

  function killAll(): void {
    for (const { worker } of members) worker.process.kill('SIGKILL');
  }

  places.forEach(startWorker);
  await until(() => areAllListening() || staying().length < count);
  if (!areAllListening()) {
    isStopping = true;
    killAll();
    await until(() => members.size === 0);
    listeningSocket.close();
    throw new WorkerError(`A worker ended with ${firstEnd} before it listened.`);
  }
  isUp = true;

  return {
    url: listeningSocket.url,
    async stop() {
      isStopping = true;
      for (const { replacing } of places) clearTimeout(replacing);
      // The last worker that stops listening closes the port, and knows that nobody waits there.
      listeningSocket.close();
      for (const member of members) tell(member, 'stop');
      await until(() => !isAnyOpen(), AbortSignal.timeout(WORKERS_CLOSING_LIMIT_MS)).catch(() => {});
      for (const member of members) tell(member, 'closed');
      await until(() => members.size === 0);
    },
  };
}

function toDelayMs(shortLives: number, isAlone: boolean): number {
  if (shortLives === 0) return 0;
  return Math.min(MIN_DELAY_MS * 2 ** (shortLives - 1), isAlone ? MAX_DELAY_ALONE_MS : MAX_DELAY_MS);
}

/** Writes what workers write in whole lines: of several processes, each long line would be several writes. */
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
