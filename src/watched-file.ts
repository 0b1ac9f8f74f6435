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
  return watchFilesOf([{ setting, path }], ([text]) => parse(text as string), logger);
}

/**
 * The same for files that only make sense together: when one of them changes, all are read again. `onChange` is called with
 * what they say then.
 */
export function watchFilesOf<T>(
  files: readonly { readonly setting: string; readonly path: string }[],
  parse: (texts: readonly string[]) => T,
  logger: FileLogger,
  onChange: (value: T) => void = () => {},
): WatchedFile<T> {
  const paths = files.map((file) => file.path);
  const setting = files.map((file) => file.setting).join(', ');
  const path = paths.join(', ');
  let current = attempt(() => parse(paths.map((each) => readFileSync(each, 'utf8'))));
  let isClosed = false;
  /** What was last read, since each of several files that change at once leads here. */
  let lastTexts: readonly string[] | null = null;

  function attempt(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw toFileError(setting, path, error);
    }
  }

  async function readAgain(): Promise<void> {
    try {
      const texts = await Promise.all(paths.map((each) => readFile(each, 'utf8')));
      const isKnown = texts.every((text, at) => text === lastTexts?.[at]);
      lastTexts = texts;
      if (isClosed || isKnown) return;
      current = parse(texts);
      onChange(current);
      logger.info({ setting, path }, 'file was read again');
    } catch (error) {
      logger.error(
        { setting, path, reason: toFileError(setting, path, error).message },
        'file cannot be read: what it said before goes on',
      );
    }
  }

  for (const each of paths) watchFile(each, { interval: POLL_MS, persistent: false }, readAgain);
  return {
    get current() {
      return current;
    },
    close() {
      isClosed = true;
      for (const each of paths) unwatchFile(each, readAgain);
    },
  };
}

function toFileError(setting: string, path: string, error: unknown): FileError {
  return new FileError(`${setting}: ${path}: ${(error as Error).message}`);
}
