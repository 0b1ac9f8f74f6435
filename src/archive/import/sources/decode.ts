import { createPeekableBytes, gunzip } from './byte-stream.js';
import { detectFileType, HEAD_BYTES } from './file-types.js';
import { SourceError } from './source-error.js';
import { UNPACK_LIMITS, type UnpackBudget } from './unpack-limits.js';

/** That a label names no encoding; the message says what is expected. */
export class UnknownEncodingError extends Error {
  override readonly name = 'UnknownEncodingError';
}

/** The name of the encoding that a label of https://encoding.spec.whatwg.org/#names-and-labels stands for, or throws. */
export function parseEncoding(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (cause) {
    throw new UnknownEncodingError(
      'expected an encoding by a name that browsers know, such as windows-1252, iso-8859-2, utf-16le or shift_jis, ' +
        `but got ${JSON.stringify(label)}`,
      { cause },
    );
  }
}

interface DecodeOptions {
  /** Of text that has no byte order mark; it is UTF-8 by default, which is not checked here. */
  readonly encoding?: string | undefined;
  readonly budget: UnpackBudget;
}

/** Text as UTF-8, unpacked from gzip, or PDF as it is; a byte order mark overrides `encoding`. Throws a SourceError. */
export async function* decode(
  chunks: AsyncIterable<Uint8Array>,
  { encoding = 'utf-8', budget }: DecodeOptions,
  gzipLayers = 0,
): AsyncGenerator<Uint8Array> {
  const bytes = createPeekableBytes(chunks);
  try {
    const head = await bytes.peek(HEAD_BYTES);
    const type = detectFileType(head);
    if (type?.name === 'gzip') {
      if (gzipLayers === UNPACK_LIMITS.gzipLayers) throw new SourceError(tooManyGzipLayers(gzipLayers));
      yield* decode(gunzip(bytes, budget), { encoding, budget }, gzipLayers + 1);
    } else if (type !== null && type.advice !== null) {
      throw new SourceError(`expected text, but this is ${type.noun}: ${type.advice}`);
    } else {
      const textEncoding = toMarkedEncoding(head) ?? parseEncoding(encoding);
      if (type !== null || textEncoding === 'utf-8') yield* bytes;
      else yield* transcode(bytes, textEncoding);
    }
  } finally {
    await bytes.close();
  }
}

/** What is packed by gzip time after time. */
export function tooManyGzipLayers(layers: number): string {
  return `expected it to be packed by gzip at most ${layers} times, one time inside the other`;
}

/** What the byte order mark says, which stands before text that PowerShell and Windows editors write. */
function toMarkedEncoding([first, second, third]: Uint8Array): string | null {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xef && second === 0xbb && third === 0xbf ? 'utf-8' : null;
}

async function* transcode(chunks: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let line = 1;

  function toText(chunk: Uint8Array | undefined): string {
    // It has a character for each byte, so that none is cut in two by chunks.
    if (encoding === 'windows-1252') return chunk === undefined ? '' : decodeWindows1252(chunk);
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  }

  function decodeChunk(chunk?: Uint8Array): Uint8Array {
    let text: string;
    try {
      text = toText(chunk);
    } catch (cause) {
      throw new SourceError(`line ${line}, or behind it: expected text in ${encoding}`, { cause });
    }
    for (const char of text) if (char === '\n') line += 1;
    return Buffer.from(text);
  }

  for await (const chunk of chunks) yield decodeChunk(chunk);
  yield decodeChunk();
}

/** 0x80 to 0x9f: https://encoding.spec.whatwg.org/index-windows-1252.txt */
const WINDOWS_1252 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

/** The platform's own takes it for ISO 8859-1 in Node 20.18.3 to 20.19.4, 22.13 to 22.18 and others (nodejs/node#56542). */
export function decodeWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80] as string);
}
