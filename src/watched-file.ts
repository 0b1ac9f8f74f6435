import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
/** Where changes of files, and failures to read them, are logged. */
export interface FileLogger {
  info(members: object, message: string): void;
  error(members: object, message: string): void;
}

/** Its message names the setting, the file and what was expected of it. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

/** What a file says, which is read again when it changes. */
export interface WatchedFile<T> {
  /** What it said when it could last be read. */
  readonly current: T;
  close(): void;
}

/** By polling, since a file that is replaced, as secrets of Kubernetes are, has another inode afterwards. */
const POLL_MS = 1000;

/**
 * Reads a file and watches it. A change takes effect within two seconds. A file that is wrong or gone afterwards is an error
 * in the log, and what it said before goes on. `parse` throws an Error that says what was expected. Throws a FileError when
 * the file cannot be read at first.
 */
export function watchFileOf<T>(
  setting: string,
  path: string,
  parse: (text: string) => T,
  logger: FileLogger,
): WatchedFile<T> {
  let current = attempt(() => parse(readFileSync(path, 'utf8')));
  let isClosed = false;

  function attempt(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw toFileError(setting, path, error);
    }
  }

  async function readAgain(): Promise<void> {
    try {
      const text = await readFile(path, 'utf8');
      if (isClosed) return;
      current = parse(text);
      logger.info({ setting, path }, 'file was read again');
    } catch (error) {
      logger.error(
        { setting, path, reason: toFileError(setting, path, error).message },
        'file cannot be read: what it said before goes on',
      );
    }
  }

  watchFile(path, { interval: POLL_MS, persistent: false }, readAgain);
  return {
    get current() {
      return current;
    },
    close() {
      isClosed = true;
      unwatchFile(path, readAgain);
    },
  };
}

function toFileError(setting: string, path: string, error: unknown): FileError {
  return new FileError(`${setting}: ${path}: ${(error as Error).message}`);
}
