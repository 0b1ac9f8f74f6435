import { statSync } from 'node:fs';

/** That an open archive was deleted, replaced or damaged; the message says where it is and what to do. */
export class DamagedArchiveError extends Error {
  override readonly name = 'DamagedArchiveError';
}

/** How often a file is checked. */
const INTERVAL_MS = 1000;

const WHAT_TO_DO = 'put it back as it was, or restore it from a backup or import again, and restart';

/**
 * A check, at most once a second, that a SQLite file is still the one that was opened; it throws a DamagedArchiveError.
 * SQLite would go on with a deleted file, or with its cache of a truncated one. `fetchBytes` gives the length that SQLite
 * takes it to have. The check uses the path alone: closing the file would release SQLite's locks in this process
 * (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
 */
export function createFileCheck(path: string, fetchBytes: () => Promise<number>): () => Promise<void> {
  const opened = statSync(path);
  let bytes = opened.size;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let damage: string | null = null;

  async function findDamage(): Promise<string | null> {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return `The archive's file ${path} is not there any more: ${WHAT_TO_DO}.`;
    if (stats.dev !== opened.dev || stats.ino !== opened.ino) {
      return `The archive's file ${path} is another one than was opened: restart to serve it, or put the other one back.`;
    }
    // A vacuum shortens it as well.
    if (stats.size < bytes && stats.size < (await fetchBytes())) {
      return `The archive's file ${path} has been cut off from ${bytes} to ${stats.size} bytes: ${WHAT_TO_DO}.`;
    }
    bytes = stats.size;
    return null;
  }

  return async () => {
    const now = performance.now();
    if (now - checkedAt >= INTERVAL_MS) {
      checkedAt = now;
      damage = await findDamage();
    }
    if (damage !== null) throw new DamagedArchiveError(damage);
  };
}

/** Codes of SQLite and PostgreSQL for a file or database that is not what the archive made. */
const DAMAGE = /^SQLITE_(CORRUPT|NOTADB|IOERR|CANTOPEN|SCHEMA)|^(42P01|42703|58030|58P01|XX001|XX002)$/;

/** The error itself, or a DamagedArchiveError when it says that the archive's tables cannot be read. */
export function toDamage(error: unknown, displayUrl: string): unknown {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const isGone = code === 'SQLITE_ERROR' && /^no such (table|column)/.test(String(message));
  if (!isGone && !DAMAGE.test(String(code))) return error;
  return new DamagedArchiveError(
    `The archive ${displayUrl} is damaged or is not the archive any more (${message}): ${WHAT_TO_DO}.`,
    { cause: error },
  );
}
