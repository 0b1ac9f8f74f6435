import { basename } from 'node:path';
import { diagnoseEncoding, diagnoseSyntaxError } from '../diagnosis/diagnosis.js';
import { createPeekableBytes } from '../sources/byte-stream.js';
import { SourceError } from '../sources/source-error.js';
import type { Source } from '../sources/sources.js';
import type { Detach, JsonDocument } from './json/json-document.js';
import { readJsonDocuments } from './json/json-documents.js';
import { JsonSyntaxError } from './json/json-syntax-error.js';
import { toJsonDocuments } from './json/pruned-value.js';
import { type DetectedReport, detectReport, REPORT_HEAD_BYTES } from './report-file.js';
import { looksLikeYaml, MAX_YAML_BYTES, parseYamlDocuments, YamlSyntaxError } from './yaml-documents.js';

/** What a file gives: documents, those that are read together, or the report that it is. */
export type FileContent =
  | { readonly type: 'documents'; readonly documents: readonly JsonDocument[] }
  | { readonly type: 'report'; readonly report: DetectedReport; readonly content: Uint8Array };

/** That a file is nothing that can be imported; the message says what it seems to be, and the way on. */
export class ContentError extends Error {
  override readonly name = 'ContentError';
}

/** A report is in memory as a whole, and text of four thirds of its size when it is exported. */
const MAX_REPORT_BYTES = 24 * 1024 * 1024;
/** As much text as tells what a file is. */
const HEAD_CHARACTERS = 65_536;

/** Reads a file as what its content says it is: JSON, YAML or a report. Throws a ContentError or a SourceError. */
export async function* readContent(
  source: Source,
  detach: Detach,
  onBytes: (bytes: number) => void,
): AsyncGenerator<FileContent> {
  const bytes = createPeekableBytes(source.read(onBytes));
  try {
    const head = await bytes.peek(REPORT_HEAD_BYTES);
    const report = detectReport(head, basename(source.name));
    if (report?.kind === 'page') throw new ContentError(report.message);
    if (report !== null) {
      const content = await readWhole(bytes, MAX_REPORT_BYTES, 'expected a report of at most 24 MiB');
      yield { type: 'report', report, content };
      return;
    }
    const text = Buffer.from(head).toString().slice(0, HEAD_CHARACTERS);
    const documents = looksLikeYaml(text) ? readYaml(bytes, detach) : readJsonDocuments(bytes, detach);
    try {
      for await (const some of documents) yield { type: 'documents', documents: some };
    } catch (error) {
      throw error instanceof JsonSyntaxError ? new ContentError(toMessage(error, text), { cause: error }) : error;
    }
  } finally {
    await bytes.close();
  }
}

function toMessage({ message, at: { kind, line, bytes } }: JsonSyntaxError, head: string): string {
  if (kind === 'limit') return message;
  if (kind === 'encoding') return diagnoseEncoding({ lineNumber: line, bytes });
  const text = Buffer.from(bytes).toString();
  return diagnoseSyntaxError({ line: text, lineNumber: line, isEndOfFile: kind === 'end', head });
}

async function* readYaml(bytes: AsyncIterable<Uint8Array>, detach: Detach): AsyncGenerator<readonly JsonDocument[]> {
  const text = Buffer.from(await readWhole(bytes, MAX_YAML_BYTES, 'expected at most 16 MiB of YAML')).toString();
  if (!/[\n\r}\]"']$/.test(text)) {
    throw new ContentError(
      `line ${text.split('\n').length}: expected a line end behind the last value, since a file without one may be cut off: ` +
        'get the whole file, or add a line end if this one is whole',
    );
  }
  try {
    for (const { line, value, itemLines } of parseYamlDocuments(text)) {
      if (!Array.isArray(value)) yield toJsonDocuments(value, line, detach);
      else for (const [index, item] of value.entries()) yield toJsonDocuments(item, itemLines?.[index] ?? line, detach);
    }
  } catch (error) {
    throw error instanceof YamlSyntaxError ? new ContentError(error.message, { cause: error }) : error;
  }
}

async function readWhole(bytes: AsyncIterable<Uint8Array>, maxBytes: number, expectation: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > maxBytes) throw new SourceError(expectation);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
