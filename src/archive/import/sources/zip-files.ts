import { pipeline } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl';
import type { ArchivedFile } from './archived-file.js';
import { countBytes } from './byte-stream.js';
import { SourceError } from './source-error.js';
import type { UnpackBudget } from './unpack-limits.js';

/** APPNOTE.TXT 4.4.5; what Node.js unpacks is stored and deflated. */
const STORED = 0;
const DEFLATED = 8;
const otherMethods: Readonly<Record<number, string>> = {
  9: 'Deflate64, as Windows does with files beyond 2 GB',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'xz',
  98: 'PPMd',
};

/** APPNOTE.TXT 4.4.4 and 4.4.15: the mode of Unix is in the upper half of the external attributes. */
const FILE_TYPE_BITS = 0o170000;
const LINK = 0o120000;

/** Documents are zip archives that hold these; https://ecma-international.org/publications-and-standards/standards/ecma-376/ */
const documentNouns: Readonly<Record<string, string>> = {
  'xl/workbook.xml': 'an Excel workbook',
  'xl/workbook.bin': 'an Excel workbook',
  'word/document.xml': 'a Word document',
  'ppt/presentation.xml': 'a PowerPoint presentation',
  mimetype: 'an OpenDocument file',
  'META-INF/MANIFEST.MF': 'a Java archive',
};

/** How many names are looked at for that; documents have few files. */
const DOCUMENT_NAMES = 1000;

interface ZipOptions {
  readonly budget: UnpackBudget;
  /** Told how many bytes of the archive have been read. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** The files of the zip archive at this path. Throws a SourceError when it is none, or goes no further. */
export async function* readZipFiles(path: string, { budget, onBytes }: ZipOptions): AsyncGenerator<ArchivedFile> {
  try {
    await refuseDocuments(path);
    for await (const { zip, entry } of readEntries(path)) {
      const name = toName(entry);
      if (name.endsWith('/')) continue;
      const problem = findProblem(entry);
      const content = problem ?? unpackEntry(zip, entry, { budget, onBytes });
      yield { name, sizeBytes: entry.compressedSize, content };
    }
  } catch (error) {
    throw toSourceError(error);
  }
}

async function* readEntries(path: string): AsyncGenerator<{ zip: ZipFile; entry: Entry }> {
  // Names are read below: otherwise one that leads out of the archive would end it.
  const zip = await openPromise(path, { decodeStrings: false });
  // Where nobody listens, an error of closing it would end the process.
  zip.on('error', () => {});
  for await (const entry of zip.eachEntry()) yield { zip, entry };
}

/** Names in UTF-8 or in the code page of DOS, as the entry says. */
function toName({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string {
  return getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
}

async function refuseDocuments(path: string): Promise<void> {
  let seen = 0;
  for await (const { entry } of readEntries(path)) {
    const noun = documentNouns[toName(entry)];
    if (noun !== undefined) {
      throw new SourceError(
        `expected JSON or YAML, but this is ${noun}: import the JSON or YAML that the AWS CLI or an SDK wrote`,
      );
    }
    seen += 1;
    if (seen === DOCUMENT_NAMES) return;
  }
}

function findProblem(entry: Entry): SourceError | null {
  if (entry.isEncrypted()) {
    return new SourceError(
      'expected no password, but the zip archive has encrypted it: unpack it with its password first',
    );
  }
  const mode = entry.externalFileAttributes >>> 16;
  if ((mode & FILE_TYPE_BITS) === LINK) {
    return new SourceError('expected a file, but the zip archive holds a link: pack it again without --symlinks');
  }
  if (entry.compressionMethod === STORED || entry.compressionMethod === DEFLATED) return null;
  const method = otherMethods[entry.compressionMethod] ?? `method ${entry.compressionMethod}`;
  return new SourceError(`expected the zip archive to pack it by deflate, but got ${method}: unpack it first`);
}

/** Checks the length and sum that the archive states of it: a file that is broken can still unpack to something. */
async function* unpackEntry(zip: ZipFile, entry: Entry, { budget, onBytes }: ZipOptions): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let sum = 0;
  try {
    const stored = countBytes(await zip.openReadStreamPromise(entry, { decodeFileData: false }), onBytes);
    const unpacked = entry.compressionMethod === DEFLATED ? pipeline(stored, createInflateRaw(), () => {}) : stored;
    for await (const chunk of unpacked as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      sum = crc32(chunk, sum);
      budget.add(chunk.length);
      yield chunk;
    }
  } catch (error) {
    throw toSourceError(error);
  }
  if (bytes !== entry.uncompressedSize || sum !== entry.crc32) throw new SourceError(BROKEN);
}

const BROKEN = 'expected a zip archive that is whole, but this is broken: get it again';
const CUT_OFF = 'expected a zip archive up to its end, but it is cut off: get the whole file again';

/** The library's words are about the format; an error that names a system call is none of it. */
function toSourceError(error: unknown): unknown {
  if (error instanceof SourceError || !(error instanceof Error)) return error;
  if ((error as NodeJS.ErrnoException).syscall !== undefined) return error;
  const { message } = error;
  if (/multi-disk/.test(message)) {
    return new SourceError(
      'expected a whole zip archive, but this is one of several parts: join and unpack them first',
    );
  }
  if (/strong encryption/.test(message)) {
    return new SourceError('expected no password, but the zip archive is encrypted: unpack it with its password first');
  }
  const isCutOff = /not found|unexpected EOF/.test(message) || (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
  return new SourceError(isCutOff ? CUT_OFF : BROKEN, { cause: error });
}
