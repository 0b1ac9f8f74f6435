import { matchArn } from '../../domain/arn.js';
import type { Scope } from '../../domain/scope.js';
import type { DocumentOf } from '../documents.js';
import { toReportKeys, toShortId } from '../entities.js';
import type { Reader } from '../store/reader.js';

/** Where the archive serves the files of assessment reports, by GET and HEAD. */
export const REPORTS_PATH = '/assessment-reports/';

const PATH = /^\/assessment-reports\/(.+)\/(\w+)\.(pdf|html)$/;

/** The file of a report, as HTTP gives it. */
export interface ReportFile {
  readonly content: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

type Report = DocumentOf<'assessmentReport'>;

/** The URL of a report's file: its digest keeps it secret, so it needs no signature, and it does not expire. */
export function toReportUrl(origin: string, { assessmentRunArn, reportFileFormat, sha256 }: Report): string {
  return `${origin}${REPORTS_PATH}${assessmentRunArn}/${sha256}.${toExtension(reportFileFormat)}`;
}

/** The file at the path of such a URL; null when there is none in the scope. */
export async function fetchReportFile(reader: Reader, path: string, scope: Scope | null): Promise<ReportFile | null> {
  const [, runArn = '', sha256, extension] = PATH.exec(decode(path)) ?? [];
  if (matchArn('assessmentRun', runArn) === null) return null;
  // The digest is enough, for any region.
  const reports = await reader.fetchDocuments('assessmentReport', toReportKeys(runArn), { region: null, scope });
  for (const [key, document] of reports) {
    const report = JSON.parse(document) as Report;
    if (report.sha256 !== sha256 || toExtension(report.reportFileFormat) !== extension) continue;
    const content = await reader.fetchReportFile(key);
    return content === undefined ? null : { content, headers: toHeaders(report, content) };
  }
  return null;
}

/** Some clients encode the colons of an ARN. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** A report may neither run scripts nor load anything: exports are untrusted. */
function toHeaders(report: Report, content: Uint8Array): Record<string, string> {
  return {
    'content-type': report.reportFileFormat === 'PDF' ? 'application/pdf' : `text/html; charset=${toCharset(content)}`,
    'content-disposition': toContentDisposition(toFileName(report)),
    'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, max-age=31536000, immutable',
  };
}

/** How far browsers look for it: https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding */
const PRESCAN_BYTES = 1024;

/** The encoding that a page names itself; one that names UTF-16 in ASCII is UTF-8, as for browsers. */
function toCharset(content: Uint8Array): string {
  const head = Buffer.from(content.subarray(0, PRESCAN_BYTES)).toString('latin1');
  const charset = /<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(head)?.[1]?.toLowerCase();
  return charset === undefined || charset.startsWith('utf-16') ? 'utf-8' : charset;
}

/** The name that the file had, without folders, or one that says what it is. */
function toFileName({ name, assessmentRunArn, reportFileFormat, reportType }: Report): string {
  const own = typeof name === 'string' ? name.split(/[/\\]/).at(-1)?.trim() : undefined;
  if (own) return own;
  const words = [
    toShortId(assessmentRunArn),
    ...(reportType === undefined ? [] : [reportType.toLowerCase()]),
    'report',
  ];
  return `${words.join('-')}.${toExtension(reportFileFormat)}`;
}

/** https://www.rfc-editor.org/rfc/rfc6266: a plain name for all clients, and the real one where it has other characters. */
function toContentDisposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]/gu, '_').replace(/["\\]/g, '\\$&');
  // Lone surrogates are in no encoding.
  const encoded = encodeURIComponent(Buffer.from(name).toString()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `inline; filename="${plain}"${/^[\x20-\x7e]*$/.test(name) ? '' : `; filename*=UTF-8''${encoded}`}`;
}

function toExtension(format: Report['reportFileFormat']): string {
  return format.toLowerCase();
}
