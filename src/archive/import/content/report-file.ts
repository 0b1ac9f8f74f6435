import { detectFileType } from '../sources/file-types.js';

/** A report that GetAssessmentReport gave: https://docs.aws.amazon.com/inspector/v1/APIReference/API_GetAssessmentReport.html */
export interface DetectedReport {
  readonly kind: 'report';
  readonly format: 'PDF' | 'HTML';
  /** null where nothing in it or in its name tells. */
  readonly type: 'FINDING' | 'FULL' | null;
}

/** A web page that is no report. */
export interface OtherPage {
  readonly kind: 'page';
  /** What it seems to be, and the way on. */
  readonly message: string;
}

/** How much of a file is looked at: a report begins with what it is, and its title stands in front of styles of some size. */
export const REPORT_HEAD_BYTES = 256 * 1024;

/** A report or another page, by its first `REPORT_HEAD_BYTES` and its name; null for neither PDF nor HTML. */
export function detectReport(content: Uint8Array | string, name = ''): DetectedReport | OtherPage | null {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, REPORT_HEAD_BYTES));
  if (detectFileType(head)?.name === 'pdf') return detectPdf(head, name);
  const html = head.toString('utf8');
  return /^\ufeff?\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*(<!doctype html|<html)/i.test(html)
    ? detectHtml(html, name)
    : null;
}

function detectPdf(head: Buffer, name: string): DetectedReport {
  const text = readPdfStrings(head.toString('latin1'));
  // Most of a PDF is packed: any is taken for a report, and its title may say of which type.
  const type = /inspector/i.test(text) ? toType(text) : null;
  return { kind: 'report', format: 'PDF', type: type ?? toTypeByName(name) };
}

/** The texts of the document information and XMP metadata: ISO 32000-1, 14.3. */
function readPdfStrings(pdf: string): string {
  const entries = [
    ...pdf.matchAll(/\/(?:Title|Subject|Keywords)\s*(?:\(((?:[^()\\]|\\.){0,500})\)|<([0-9A-Fa-f\s]{0,2000})>)/g),
  ];
  const xmp = [...pdf.matchAll(/<dc:(?:title|description)>([\s\S]{0,500}?)<\/dc:/g)].map(([, text = '']) => text);
  return [...entries.map(([, text, hex]) => text ?? Buffer.from(hex ?? '', 'hex').toString('latin1')), ...xmp]
    .map((text) => text.replace(/\0/g, ''))
    .join('\n');
}

function detectHtml(html: string, name: string): DetectedReport | OtherPage {
  const title = /<title[^>]*>([\s\S]{0,500}?)<\/title>/i.exec(html)?.[1]?.replace(/\s+/g, ' ').trim() ?? '';
  const text = toText(html);
  const isReport =
    /inspector/i.test(text) &&
    /assessment report|findings? report|full report/i.test(text) &&
    // A page of the documentation or of the console says so much; a report says what was assessed.
    /executive summary|rules packages?|assessment (run|template|target)/i.test(text) &&
    !/sign.?in|404|not found|access denied|documentation/i.test(title);
  if (isReport) return { kind: 'report', format: 'HTML', type: toType(text) ?? toTypeByName(name) };
  const noun = title === '' ? 'a web page' : `a web page (${title.slice(0, 80)})`;
  const advice = /sign.?in|log.?in|denied|expired|not found|error|\b[45]\d\d\b/i.test(title)
    ? 'a server answered so in the place of the report, so there is nothing in it to keep'
    : 'nothing in it says that it is a report of an assessment run';
  return { kind: 'page', message: `expected an assessment report of Inspector, but got ${noun}: ${advice}` };
}

/** What a reader sees of it, as far as tags can be told so simply. */
function toText(html: string): string {
  return html
    .replace(/<(script|style)\b[\s\S]*?(<\/\1>|$)/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;|\s+/g, ' ');
}

/** Reports say which they are at their beginning; a full report has the findings, too. */
function toType(text: string): 'FINDING' | 'FULL' | null {
  if (/\bfull (assessment )?report\b|report type:? full\b/i.test(text)) return 'FULL';
  return /\bfindings? (assessment )?report\b|report type:? findings?\b/i.test(text) ? 'FINDING' : null;
}

/** By the words of the file's name alone: the path's folders may be named after anything. */
function toTypeByName(path: string): 'FINDING' | 'FULL' | null {
  const words = toWords(path);
  const isFull = words.includes('full');
  const isFinding = words.includes('finding') || words.includes('findings');
  if (isFull === isFinding) return null;
  return isFull ? 'FULL' : 'FINDING';
}

function toWords(path: string): string[] {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
}
