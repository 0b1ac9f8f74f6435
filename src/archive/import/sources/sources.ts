import { constants, createReadStream, openSync, type Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { countBytes } from './byte-stream.js';
import { decode, parseEncoding } from './decode.js';
import { SourceError } from './source-error.js';
import { createUnpackBudget, UNPACK_LIMITS } from './unpack-limits.js';

export { SourceError };

/** Something to import from. */
export interface Source {
  /** The path, or `stdin`; of a file in an archive the archive's name and the path in it. */
  readonly name: string;
  /** As it is stored; null where that cannot be known. */
  readonly sizeBytes: number | null;
  /** Whether it can be read a second time. */
  readonly isRepeatable: boolean;
  /** Its text in UTF-8, unpacked; `onBytes` is told how much of it, as it is stored, has been read. */
  read(onBytes?: (bytes: number) => void): AsyncIterable<Uint8Array>;
  /** What `unpackSource` needs; absent where there is nothing to unpack. */
  readonly stored?: StoredBytes;
}

/** The bytes of a source as they are stored. */
export interface StoredBytes {
  /** Of a file, which can be read in any order; null for a stream. */
  readonly path: string | null;
  /** Of its text, and of the text of files in it. */
  readonly encoding: string | undefined;
  open(): AsyncIterable<Uint8Array>;
}

/** How to read sources. */
export interface SourceOptions {
  /** A label as in `parseEncoding`: of text that has no byte order mark. UTF-8 by default. */
  readonly encoding?: string | undefined;
}

/**
 * The files of these paths, those of a folder by name and without hidden ones; `-` is stdin. Rejects with a SourceError for
 * a path that cannot be read, or an UnknownEncodingError; what cannot be read in a folder is a source that fails.
 */
export async function findSources(
  paths: readonly string[],
  stdin: AsyncIterable<Uint8Array>,
  { encoding }: SourceOptions = {},
): Promise<Source[]> {
  if (encoding !== undefined) parseEncoding(encoding);
  const sources: Source[] = [];
  for (const path of paths) {
    if (path === '-') sources.push(toSource('stdin', { path: null, encoding, open: () => stdin }, null));
    else for await (const source of findFiles(path, [], encoding)) sources.push(source);
  }
  return sources;
}

/** `parents` are the folders on the way, which a link could lead back to. */
async function* findFiles(
  path: string,
  parents: readonly string[],
  encoding: string | undefined,
): AsyncGenerator<Source> {
  try {
    const entry = await stat(path);
    if (!entry.isDirectory()) {
      // A pipe that is named is meant; one that lies about in a folder may never be written to.
      if (parents.length > 0 && !entry.isFile()) throw new SourceError(`${path}: expected a file or a folder`);
      yield toFileSource(path, entry, encoding);
      return;
    }
    const folder = await realpath(path);
    if (parents.includes(folder)) throw new SourceError(`${path}: expected no folder that leads back to itself`);
    const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
    for (const name of names) yield* findFiles(join(path, name), [...parents, folder], encoding);
  } catch (cause) {
    const error = toSourceError(path, cause);
    if (parents.length === 0) throw error;
    yield toUnreadableSource(path, error);
  }
}

function toSourceError(path: string, cause: unknown): SourceError {
  if (cause instanceof SourceError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  return new SourceError(`${path}: ${code === 'ENOENT' ? 'there is no such file or folder' : message}`);
}

/** A source that says when it is read why it cannot be. */
export function toUnreadableSource(name: string, error: Error): Source {
  return {
    name,
    sizeBytes: 0,
    isRepeatable: true,
    // biome-ignore lint/correctness/useYield: there is nothing to give
    async *read() {
      throw error;
    },
  };
}

function toFileSource(path: string, entry: Stats, encoding: string | undefined): Source {
  return toSource(
    path,
    {
      path: entry.isFile() ? path : null,
      encoding,
      open: () => (entry.isFIFO() ? openPipe(path) : createReadStream(path)),
    },
    entry.isFile() ? entry.size : null,
  );
}

/** Opens a named pipe as a socket: a file stream would block a pool thread, and with it the end of the process. */
async function* openPipe(path: string): AsyncGenerator<Uint8Array> {
  // Elsewhere a pipe that is not open for writing yet may look like one at its end.
  if (process.platform !== 'linux') return yield* createReadStream(path);
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  yield* new Socket({ fd, readable: true, writable: false });
}

function toSource(name: string, stored: StoredBytes, sizeBytes: number | null): Source {
  return {
    name,
    sizeBytes,
    // What a pipe has given is gone.
    isRepeatable: stored.path !== null,
    read: (onBytes) => readText(stored.open(), stored.encoding, onBytes),
    stored,
  };
}

/** What is stored as text; `onBytes` is told how much of what is stored has been read. */
export function readText(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
  onBytes?: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
  let storedBytes = 0;
  const counted = countBytes(chunks, (bytes) => {
    storedBytes += bytes;
    onBytes?.(bytes);
  });
  return decode(counted, { encoding, budget: createUnpackBudget(UNPACK_LIMITS, () => storedBytes) });
}
