import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ArchivedFile, isHidden, toSteps } from './archived-file.js';
import { countBytes, createPeekableBytes, gunzip, type PeekableBytes } from './byte-stream.js';
import { decode, tooManyGzipLayers } from './decode.js';
import { detectFileType, HEAD_BYTES } from './file-types.js';
import { SourceError } from './source-error.js';
import { type Source, toUnreadableSource } from './sources.js';
import { readTarFiles } from './tar-files.js';
import { createUnpackBudget, UNPACK_LIMITS, type UnpackBudget, type UnpackLimits } from './unpack-limits.js';
import { readZipFiles } from './zip-files.js';

/**
 * The source itself, or the files of a zip or tar archive and of archives in it, named like `exports.zip/us-west-2/a.json`.
 * A file of an archive can be read once, while it is the current one. Never rejects for what is in the source: what cannot
 * be read is a source that fails. An archive that is read again gives the same sources in the same order.
 */
export async function* unpackSource(source: Source, limits: UnpackLimits = UNPACK_LIMITS): AsyncGenerator<Source> {
  const { stored } = source;
  if (stored === undefined) {
    yield source;
    return;
  }
  const meter = createMeter();
  const bytes = createPeekableBytes(countBytes(stored.open(), meter.add));
  const unpacking: Unpacking = {
    source,
    limits,
    meter,
    encoding: stored.encoding,
    budget: createUnpackBudget(limits, () => source.sizeBytes ?? meter.total()),
  };
  try {
    const { name, sizeBytes } = source;
    yield* unpackFile(unpacking, { name, sizeBytes, bytes, path: stored.path, depth: 0, gzipLayers: 0 });
  } finally {
    await bytes.close();
  }
}

/** What is the same for all that is in one source. */
interface Unpacking {
  readonly source: Source;
  readonly limits: UnpackLimits;
  readonly meter: Meter;
  readonly encoding: string | undefined;
  readonly budget: UnpackBudget;
}

/** A source, or a file in it. */
interface OpenFile {
  readonly name: string;
  readonly sizeBytes: number | null;
  readonly bytes: PeekableBytes;
  /** Where its bytes lie as they are; null for what has been unpacked or comes in a stream. */
  readonly path: string | null;
  /** How many archives it is in. */
  readonly depth: number;
  readonly gzipLayers: number;
}

async function* unpackFile(unpacking: Unpacking, file: OpenFile): AsyncGenerator<Source> {
  const { name, bytes, gzipLayers } = file;
  const { limits, budget } = unpacking;
  let type: string | undefined;
  try {
    type = detectFileType(await bytes.peek(HEAD_BYTES))?.name;
  } catch (error) {
    yield file.depth === 0 && unpacking.source.isRepeatable
      ? unpacking.source
      : toUnreadableSource(name, error as Error);
    return;
  }
  if (type === 'gzip') {
    if (gzipLayers === limits.gzipLayers) {
      yield toUnreadableSource(name, new SourceError(tooManyGzipLayers(gzipLayers)));
      return;
    }
    const unpacked = createPeekableBytes(gunzip(bytes, budget));
    try {
      yield* unpackFile(unpacking, { ...file, bytes: unpacked, path: null, gzipLayers: gzipLayers + 1 });
    } finally {
      await unpacked.close();
    }
  } else if (type === 'zip' || type === 'tar') {
    yield* unpackArchive(unpacking, file, type);
  } else if (file.depth === 0 && unpacking.source.isRepeatable) {
    // It is read from its start again; nothing is kept open meanwhile.
    await bytes.close();
    yield unpacking.source;
  } else {
    const current = toCurrentSource(unpacking, file);
    yield current.source;
    current.end();
  }
}

async function* unpackArchive(unpacking: Unpacking, archive: OpenFile, type: 'zip' | 'tar'): AsyncGenerator<Source> {
  const { limits } = unpacking;
  const { name, depth } = archive;
  let entries = 0;
  let files = 0;
  try {
    if (depth === limits.depth) {
      throw new SourceError(
        `expected at most ${limits.depth} archives inside one another: unpack the outer ones first`,
      );
    }
    for await (const file of type === 'zip' ? readZip(unpacking, archive) : readTarFiles(archive.bytes)) {
      entries += 1;
      if (entries > limits.entries) {
        throw new SourceError(`expected at most ${limits.entries} files in an archive: unpack it first`);
      }
      const steps = toSteps(file.name);
      if (isHidden(steps)) continue;
      files += 1;
      yield* unpackArchivedFile(unpacking, file, [name, ...steps].join('/'), depth + 1);
    }
    if (files === 0) throw new SourceError(`expected files in it, but the ${type} archive holds none`);
  } catch (error) {
    yield toUnreadableSource(name, error as Error);
  }
}

async function* unpackArchivedFile(
  unpacking: Unpacking,
  { name: nameInArchive, sizeBytes, content }: ArchivedFile,
  name: string,
  depth: number,
): AsyncGenerator<Source> {
  const problem = content instanceof SourceError ? content : findNameProblem(nameInArchive);
  if (problem !== null) {
    yield toUnreadableSource(name, problem);
    return;
  }
  const bytes = createPeekableBytes(content as AsyncIterable<Uint8Array>);
  try {
    yield* unpackFile(unpacking, { name, sizeBytes, bytes, path: null, depth, gzipLayers: 0 });
  } finally {
    await bytes.close();
  }
}

/** Nothing is written by a name; but one like this tells that the archive is not what it seems. */
function findNameProblem(name: string): SourceError | null {
  if (!toSteps(name).includes('..')) return null;
  return new SourceError(
    `expected a name inside the archive, but ${JSON.stringify(name)} leads out of it: if you trust it, pack it again without ..`,
  );
}

/** A zip archive is read from its end on: one that comes in a stream is copied to a temporary file first. */
async function* readZip({ limits, meter, budget }: Unpacking, archive: OpenFile): AsyncGenerator<ArchivedFile> {
  if (archive.path !== null) {
    await archive.bytes.close();
    meter.reset();
    yield* readZipFiles(archive.path, { budget, onBytes: meter.add });
    return;
  }
  const path = join(tmpdir(), `inspector-gateway-${randomUUID()}.zip`);
  try {
    await spool(archive.bytes, path, limits.spooledBytes);
    yield* readZipFiles(path, { budget });
  } finally {
    await rm(path, { force: true });
  }
}

async function spool(bytes: AsyncIterable<Uint8Array>, path: string, maxBytes: number): Promise<void> {
  let spooledBytes = 0;
  const counted = countBytes(bytes, (length) => {
    spooledBytes += length;
    if (spooledBytes <= maxBytes) return;
    throw new SourceError(
      `expected a zip archive that is not a file of its own to have at most ${maxBytes} bytes: save or unpack it first`,
    );
  });
  try {
    // Nobody else needs to read it.
    await pipeline(counted, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (cause) {
    const { syscall, message } = cause as NodeJS.ErrnoException;
    if (syscall !== 'write' && (cause as { path?: string }).path !== path) throw cause;
    throw new SourceError(`expected room for a copy of the zip archive in ${tmpdir()}: ${message}`, { cause });
  }
}

/** The source of a file that is being unpacked. */
function toCurrentSource({ meter, encoding, budget }: Unpacking, { name, sizeBytes, bytes }: OpenFile) {
  let isReadable = true;

  async function* read(onBytes?: (bytes: number) => void): AsyncGenerator<Uint8Array> {
    if (!isReadable) throw new Error(`${name} can be read once, while it is the current file`);
    isReadable = false;
    for await (const chunk of decode(bytes, { encoding, budget })) {
      onBytes?.(meter.take());
      yield chunk;
    }
    onBytes?.(meter.take());
  }

  return {
    source: { name, sizeBytes, isRepeatable: false, read } satisfies Source,
    end() {
      isReadable = false;
    },
  };
}

type Meter = ReturnType<typeof createMeter>;

/** Counts the bytes that have been read of what is stored: those of one file cannot be told from its neighbours'. */
function createMeter() {
  let totalBytes = 0;
  let takenBytes = 0;
  return {
    add(bytes: number): void {
      totalBytes += bytes;
    },
    /** Forgets what was read to look at the beginning. */
    reset(): void {
      totalBytes = 0;
      takenBytes = 0;
    },
    total: () => totalBytes,
    /** How many there are since it was asked last. */
    take(): number {
      const bytes = totalBytes - takenBytes;
      takenBytes = totalBytes;
      return bytes;
    },
  };
}
