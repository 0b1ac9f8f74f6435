import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SourceError } from './source-error.js';
import type { UnpackBudget } from './unpack-limits.js';

/** Bytes to be read once, whose beginning can be looked at before. */
export interface PeekableBytes extends AsyncIterable<Uint8Array> {
  /** The first bytes: `length` of them or more, fewer where there are fewer. */
  peek(length: number): Promise<Uint8Array>;
  /** Ends the stream that the bytes come from, read or not. */
  close(): Promise<void>;
}

/** Bytes of chunks whose beginning can be looked at before they are read. */
export function createPeekableBytes(chunks: AsyncIterable<Uint8Array>): PeekableBytes {
  const iterator = chunks[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array();

  return {
    async peek(length) {
      // A pipe may bring its first byte alone.
      while (head.length < length) {
        const next = await iterator.next();
        if (next.done) break;
        head = Buffer.concat([head, next.value]);
      }
      return head;
    },
    async *[Symbol.asyncIterator]() {
      try {
        if (head.length > 0) yield head;
        head = new Uint8Array();
        for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
      } finally {
        await iterator.return?.();
      }
    },
    async close() {
      await iterator.return?.();
    },
  };
}

/** The same chunks; `onBytes` is told the length of each. */
export async function* countBytes(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: ((bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onBytes?.(chunk.length);
    yield chunk;
  }
}

/** Unpacks gzip members that follow one another. Throws a SourceError for what is broken, cut off or grows too large. */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>, budget: UnpackBudget): AsyncGenerator<Uint8Array> {
  // Whoever reads gunzip gets the errors of both.
  const unpacked = pipeline(Readable.from(chunks), createGunzip(), () => {});
  try {
    for await (const chunk of unpacked) {
      budget.add(chunk.length);
      yield chunk;
    }
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    if (!code.startsWith('Z_')) throw cause;
    const reason =
      code === 'Z_BUF_ERROR' ? 'it is cut off, so get the whole file again' : `it is broken there (${message})`;
    throw new SourceError(`expected gzip data up to its end: ${reason}`, { cause });
  }
}
