import { createReadStream, type Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Something to import from. */
export interface Source {
  /** The path, or `stdin`. */
  readonly name: string;
  /** As it is stored; null where that cannot be known. */
  readonly sizeBytes: number | null;
  /** Whether it can be read a second time. */
  readonly isRepeatable: boolean;
  /** Its text in UTF-8, unpacked; `onBytes` is told how much of it, as it is stored, has been read. */
  read(onBytes?: (bytes: number) => void): AsyncIterable<Uint8Array>;
}

/** That a path cannot be read; the message names it. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

/**
 * The files of these paths, those of a folder in the order of their names and without hidden ones; `-` is stdin. Rejects
 * with a SourceError for a path that cannot be read; what cannot be read in a folder is a source that says so when it is.
 */
export async function findSources(paths: readonly string[], stdin: AsyncIterable<Uint8Array>): Promise<Source[]> {
  const sources: Source[] = [];
  for (const path of paths) {
    if (path === '-') sources.push(toStdinSource(stdin));
    else for await (const source of findFiles(path, [])) sources.push(source);
  }
  return sources;
}

/** `parents` are the folders on the way, which a link could lead back to. */
async function* findFiles(path: string, parents: readonly string[]): AsyncGenerator<Source> {
  try {
    const entry = await stat(path);
    if (!entry.isDirectory()) {
      // A pipe that is named is meant; one that lies about in a folder may never be written to.
      if (parents.length > 0 && !entry.isFile()) throw new SourceError(`${path}: expected a file or a folder`);
      yield toFileSource(path, entry);
      return;
    }
    const folder = await realpath(path);
    if (parents.includes(folder)) throw new SourceError(`${path}: expected no folder that leads back to itself`);
    const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
    for (const name of names) yield* findFiles(join(path, name), [...parents, folder]);
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

function toUnreadableSource(path: string, error: SourceError): Source {
  return {
    name: path,
    sizeBytes: 0,
    isRepeatable: true,
    // biome-ignore lint/correctness/useYield: there is nothing to give
    async *read() {
      throw error;
    },
  };
}

function toFileSource(path: string, entry: Stats): Source {
  return {
    name: path,
    sizeBytes: entry.isFile() ? entry.size : null,
    // What a pipe has given is gone.
    isRepeatable: entry.isFile(),
    read: (onBytes) => decode(count(createReadStream(path), onBytes)),
  };
}

function toStdinSource(stdin: AsyncIterable<Uint8Array>): Source {
  return { name: 'stdin', sizeBytes: null, isRepeatable: false, read: (onBytes) => decode(count(stdin, onBytes)) };
}

async function* count(chunks: AsyncIterable<Uint8Array>, onBytes?: (bytes: number) => void) {
  for await (const chunk of chunks) {
    onBytes?.(chunk.length);
    yield chunk;
  }
}

const GZIP_MAGIC = [0x1f, 0x8b];
const UTF_16_LE_MARK = [0xff, 0xfe];
const UTF_16_BE_MARK = [0xfe, 0xff];

/** By its first bytes: unpacks gzip, and turns the UTF-16 that PowerShell writes into UTF-8. */
async function* decode(chunks: AsyncIterableIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array = new Uint8Array();
  // A pipe may bring its first byte alone.
  while (head.length < 2) {
    const next = await chunks.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const startsWith = (magic: readonly number[]) => magic.every((byte, place) => head[place] === byte);
  const all = prepend(head, chunks);
  if (startsWith(GZIP_MAGIC)) yield* decode(gunzip(all));
  else if (startsWith(UTF_16_LE_MARK)) yield* transcode(all, 'utf-16le');
  else if (startsWith(UTF_16_BE_MARK)) yield* transcode(all, 'utf-16be');
  else yield* all;
}

async function* prepend<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

function gunzip(chunks: AsyncIterable<Uint8Array>): AsyncIterableIterator<Uint8Array> {
  // Whoever reads gunzip gets the errors of both.
  return pipeline(Readable.from(chunks), createGunzip(), () => {})[Symbol.asyncIterator]();
}

async function* transcode(chunks: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding);
  const encoder = new TextEncoder();
  for await (const chunk of chunks) yield encoder.encode(decoder.decode(chunk, { stream: true }));
  yield encoder.encode(decoder.decode());
}
