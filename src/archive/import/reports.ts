import { createHash } from 'node:crypto';
import { show } from '../documents.js';
import type { DetectedReport } from './content/report-file.js';

/** What a report belongs to, which its file says at most to people. */
export const REPORT_PARENT = { kind: 'assessmentRun', member: 'assessmentRunArn' } as const;

/** A report as the archive exports it, but for its content, which is base64 there. */
export function toReport(assessmentRunArn: string, { format, type }: DetectedReport, content: Uint8Array): object {
  return {
    assessmentRunArn,
    reportFileFormat: format,
    ...(type === null ? {} : { reportType: type }),
    sizeBytes: content.length,
    sha256: toSha256(content),
    content,
  };
}

/** What is said of a report, and the file that it is; or why they do not belong together. */
export function splitReport(value: unknown): { description: object; file: Uint8Array } | string {
  const { content, ...description } = value as { content?: unknown; sha256?: unknown };
  const file = typeof content === 'string' ? Buffer.from(content, 'base64') : content;
  if (!(file instanceof Uint8Array)) return `expected its content in base64, but got ${show(content)}`;
  const sha256 = toSha256(file);
  if (sha256 === description.sha256) return { description, file };
  return `expected the content whose SHA-256 is ${show(description.sha256)}, but got one of ${sha256}`;
}

function toSha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
