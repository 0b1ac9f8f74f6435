import { closeSync, constants, openSync, statSync } from 'node:fs';
import sonicBoom from 'sonic-boom';

/*
 * Where audit lines go: a file, a FIFO or stdout
 *
 * SonicBoom, the writer of pino, joins the lines of concurrent requests into few writes, in the thread pool. Whole lines of
 * several processes do not mix: files are appended to, and a write is no longer than what a pipe takes at once.
 */

/** What is done while the stream takes no lines: answers are withheld, or lines are lost. */
export type AuditWhenFull = 'block' | 'drop';

/** How many lines and answers were lost. */
export interface AuditStats {
  /** Lines that were not written, with `drop`. */
  dropped: number;
  /** Answers that were withheld, with `block`. */
  withheld: number;
}

/** Takes audit lines. */
export interface AuditLog {
  /**
   * Writes a line, which ends in a line break. With `block` it resolves once the kernel has the line, with false where that
   * fails; with `drop` it is true at once.
   */
  write(line: string): true | Promise<boolean>;
  readonly stats: AuditStats;
  /** Writes what it still has, as far as the stream takes it within CLOSE_LIMIT_MS. */
  close(): Promise<void>;
}

/** Where its state is logged. */
interface AuditLogger {
  info(members: object, message: string): void;
  error(members: object, message: string): void;
}

/** Lines that wait to be written: some 3,000. */
const MAX_WAITING_BYTES = 2 ** 20;

/** PIPE_BUF of Linux: what a pipe takes as a whole (https://man7.org/linux/man-pages/man7/pipe.7.html). */
export const MAX_LINE_BYTES = 4096;

/** How long an answer waits for its line, and a stream that takes none in this time counts as stuck. */
const WAIT_LIMIT_MS = 2000;

/** Pause before lines that could not be written are tried again, and the path is opened again. */
const RETRY_MS = 1000;

/** How often it is looked whether the path is still that of the open file. */
const POLL_MS = 1000;

/** How long lines are written for when the process ends. */
const CLOSE_LIMIT_MS = 400;

/** An answer that waits for its line: how many bytes have to be written, and since when. */
interface Waiting {
  readonly end: number;
  readonly since: number;
  readonly settle: (isWritten: boolean) => void;
}

/**
 * Opens the stream at a path, or stdout for `-`. A file is created where there is none, and again after it was renamed or
 * removed. Rejects with the system's error where it cannot be opened.
 */
export async function openAuditLog(path: string, whenFull: AuditWhenFull, logger: AuditLogger): Promise<AuditLog> {
  const stats: AuditStats = { dropped: 0, withheld: 0 };
  const isFile = path !== '-' && !isFifo(path);
  let isClosing = false;
  const stream = new sonicBoom.SonicBoom({
    ...(isFile ? { dest: path, append: true, mode: 0o600 } : { fd: path === '-' ? openStdout() : openFifo(path) }),
    // Without it, flush() does nothing.
    minLength: 1,
    maxLength: MAX_WAITING_BYTES,
    maxWrite: MAX_LINE_BYTES,
    // A full pipe is tried again every 100 ms.
    retryEAGAIN: () => !isClosing,
  });
  /** Bytes of all lines that were accepted, and of those that were written. */
  let accepted = 0;
  let written = 0;
  const waiting: Waiting[] = [];
  let expiry: NodeJS.Timeout | undefined;
  let retry: NodeJS.Timeout | undefined;
  /** Whether a line has waited for too long, or could not be written, and none was since. */
  let isFailing = false;
  let isStuck = false;
  let wasDropped = false;
  /** The inode of the open file; 0 while there is none at the path. */
  let inode = 0;

  await new Promise<void>((resolve, reject) => {
    stream.once('ready', resolve).once('error', reject);
  });
  stream.removeAllListeners('error');

  function fail(reason: string): void {
    if (!isFailing) logger.error({ path, reason }, `audit lines cannot be written: ${WHAT_FOLLOWS[whenFull]}`);
    isFailing = true;
  }

  stream.on('error', (error: Error) => {
    if (isClosing) return;
    fail(error.message);
    for (const { settle } of waiting.splice(0)) settle(false);
    retry ??= setTimeout(tryAgain, RETRY_MS).unref();
  });
  stream.on('drop', () => {
    wasDropped = true;
    fail(`${MAX_WAITING_BYTES} bytes wait`);
  });
  stream.on('write', (bytes: number) => {
    written += bytes;
    if (bytes > 0 && isFailing) {
      isFailing = false;
      isStuck = false;
      logger.info({ path, ...stats }, 'audit lines are written again');
    }
    while (waiting[0] !== undefined && waiting[0].end <= written) waiting.shift()?.settle(true);
  });

  function tryAgain(): void {
    retry = undefined;
    if (isClosing) return;
    if (isFile) reopenMoved();
    stream.flush();
  }

  function expire(): void {
    expiry = undefined;
    const now = performance.now();
    while (waiting[0] !== undefined && waiting[0].since + WAIT_LIMIT_MS <= now) {
      isStuck = true;
      fail(`none was taken for ${WAIT_LIMIT_MS} ms`);
      waiting.shift()?.settle(false);
    }
    if (waiting[0] !== undefined) expireAfter(waiting[0].since + WAIT_LIMIT_MS - now);
  }

  function expireAfter(ms: number): void {
    expiry = setTimeout(expire, Math.ceil(ms));
  }

  /** Opens the path again when it is not that of the open file, so that whoever rotates files needs to tell nobody. */
  function reopenMoved(): void {
    const found = toInode(path);
    if (found !== 0 && found === inode) return;
    try {
      // SonicBoom closes a file twice when the attempt before has failed.
      closeSync(openSync(path, 'a', 0o600));
    } catch (error) {
      fail((error as Error).message);
      retry ??= setTimeout(tryAgain, RETRY_MS).unref();
      return;
    }
    inode = toInode(path);
    stream.reopen();
  }

  if (isFile) inode = toInode(path);
  const watching = isFile ? setInterval(reopenMoved, POLL_MS).unref() : undefined;

  /** Whether the line is on its way. */
  function accept(line: string): boolean {
    if (isClosing) return false;
    wasDropped = false;
    stream.write(line);
    if (wasDropped) return false;
    accepted += Buffer.byteLength(line);
    return true;
  }

  async function withhold(isWritten: boolean | Promise<boolean>): Promise<boolean> {
    if (await isWritten) return true;
    stats.withheld += 1;
    return false;
  }

  return {
    stats,
    write(line) {
      if (whenFull === 'drop') {
        if (!accept(line)) stats.dropped += 1;
        return true;
      }
      // Nobody waits for a stream that is known to be stuck.
      if (isStuck || !accept(line)) return withhold(false);
      const end = accepted;
      return withhold(
        new Promise((settle) => {
          waiting.push({ end, since: performance.now(), settle });
          if (expiry === undefined) expireAfter(WAIT_LIMIT_MS);
        }),
      );
    },
    async close() {
      clearInterval(watching);
      clearTimeout(retry);
      if (!isFailing) {
        let limit: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          limit = setTimeout(resolve, CLOSE_LIMIT_MS);
          stream.once('close', resolve).end();
        });
        clearTimeout(limit);
      }
      // What it does not take by now is not tried again, and the process can end.
      isClosing = true;
      clearTimeout(expiry);
      for (const { settle } of waiting.splice(0)) settle(false);
    },
  };
}

const WHAT_FOLLOWS: Readonly<Record<AuditWhenFull, string>> = {
  block: 'answers are withheld',
  drop: 'they are dropped when too many wait',
};

function toInode(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? 0;
}

function isFifo(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
}

/** Opens a pipe anew, since a write to a full one would hold a thread up otherwise. */
function openStdout(): number {
  try {
    if (isFifo('/dev/stdout')) return openSync('/dev/stdout', constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    // It belongs to another user, or has no reader any more.
  }
  return 1;
}

/**
 * Opens a FIFO for both, so that neither the start nor a write waits or fails for want of a reader: it takes 64 KiB, and its
 * next reader has them (https://man7.org/linux/man-pages/man7/fifo.7.html).
 */
function openFifo(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
}
