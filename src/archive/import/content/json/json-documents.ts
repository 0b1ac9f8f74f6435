import type { Detach, JsonDocument } from './json-document.js';
import { parseLine } from './json-line.js';
import { JsonSyntaxError } from './json-syntax-error.js';
import { createTreeBuilder, NEWLINE } from './tree-builder.js';

/** A line up to this length is parsed at once by JSON.parse, which takes a fraction of a tokenizer's time. */
const MAX_WHOLE_LINE_BYTES = 1024 * 1024;

/** Streams JSON documents, or the items of lists: those that end in each chunk. Throws a JsonSyntaxError. */
export async function* readJsonDocuments(
  chunks: AsyncIterable<Uint8Array>,
  detach: Detach,
): AsyncGenerator<readonly JsonDocument[]> {
  let documents: JsonDocument[] = [];
  const builder = createTreeBuilder(detach, (document) => documents.push(document));
  let line = 1;
  let rest: Uint8Array = new Uint8Array();
  let isFirst = true;

  function takeLine(bytes: Uint8Array, isBuffered: boolean): void {
    const document = isBuffered && builder.isBetweenDocuments() ? parseLine(bytes, line, detach) : undefined;
    if (document === undefined) builder.write(bytes, line);
    else if (document !== null) documents.push(...document);
  }

  function takeChunk(chunk: Uint8Array): void {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (isFirst && bytes.length >= BYTE_ORDER_MARK.length) {
      if (BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte)) bytes = bytes.subarray(BYTE_ORDER_MARK.length);
      isFirst = false;
    }
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      takeLine(bytes.subarray(start, end + 1), true);
      line += 1;
      start = end + 1;
    }
    rest = bytes.subarray(start);
    // A line that is part of a longer document need not be whole.
    if (isFirst || (rest.length <= MAX_WHOLE_LINE_BYTES && builder.isBetweenDocuments())) return;
    takeLine(rest, false);
    rest = new Uint8Array();
  }

  function takeEnd(): void {
    if (rest.length > 0) takeLine(rest, true);
    builder.end(line);
  }

  function takeDocuments(): readonly JsonDocument[] {
    const taken = documents;
    documents = [];
    return taken;
  }

  try {
    for await (const chunk of chunks) {
      takeChunk(chunk);
      yield takeDocuments();
    }
    takeEnd();
  } catch (error) {
    // What came before it in the same chunk has its own problems.
    if (error instanceof JsonSyntaxError) yield takeDocuments();
    throw error;
  }
  yield takeDocuments();
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Reads JSON that stands as text in a document; undefined when it is something else. */
export function readJsonText(text: string, line: number, detach: Detach): JsonDocument[] | undefined {
  const documents: JsonDocument[] = [];
  const builder = createTreeBuilder(detach, (document) => documents.push({ ...document, line }));
  try {
    builder.write(Buffer.from(text), 1);
    builder.end(1);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
  return documents;
}
