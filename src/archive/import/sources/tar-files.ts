import { ReadableStream } from 'node:stream/web';
import { createTarDecoder } from 'modern-tar';
import type { ArchivedFile } from './archived-file.js';
import { SourceError } from './source-error.js';

/** The files of a tar archive. Throws a SourceError when it is none, or goes no further. */
export async function* readTarFiles(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ArchivedFile> {
  // Without `strict` it takes what is broken or cut off for the end.
  const entries = ReadableStream.from(chunks).pipeThrough(createTarDecoder({ strict: true }));
  try {
    for await (const { header, body } of entries) {
      if (header.type === 'directory') continue;
      const problem = findProblem(header.type, header.linkname);
      yield { name: header.name, sizeBytes: header.size, content: problem ?? readBody(body) };
      // What was not read of it stands in the way of the next one.
      if (!body.locked) await body.cancel();
    }
  } catch (error) {
    throw toSourceError(error);
  }
}

function findProblem(type: string | undefined, target: string | undefined): SourceError | null {
  if (type === 'file') return null;
  if (type === 'link' || type === 'symlink') {
    const options = type === 'link' ? '--hard-dereference' : '--dereference';
    return new SourceError(
      `expected a file, but the tar archive holds a link to ${JSON.stringify(target)}: pack it again with tar ${options}`,
    );
  }
  return new SourceError('expected a file, but the tar archive holds a device or a pipe of that name');
}

async function* readBody(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw toSourceError(error);
  }
}

function toSourceError(error: unknown): unknown {
  if (error instanceof SourceError || !(error instanceof Error)) return error;
  if ((error as NodeJS.ErrnoException).syscall !== undefined) return error;
  const reason = /truncated/.test(error.message)
    ? 'up to its end, but it is cut off: get the whole file again'
    : 'that is whole, but this is broken: get it again';
  return new SourceError(`expected a tar archive ${reason}`, { cause: error });
}
