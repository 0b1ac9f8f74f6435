import { createHash } from 'node:crypto';

/** The file of an assessment report, and what it is of. */
export interface Report {
  readonly runArn: string;
  readonly format: 'HTML' | 'PDF';
  readonly type?: 'FINDING' | 'FULL';
  readonly name?: string;
  readonly content: string | Uint8Array;
}

/** The record of a report with its file, as `archive export` writes it. */
export function toReportRecord({ runArn, format, type, name, content }: Report): object {
  const reportType = type === undefined ? {} : { reportType: type };
  return {
    operation: 'GetAssessmentReport',
    input: { assessmentRunArn: runArn, reportFileFormat: format, ...reportType },
    output: {
      status: 'COMPLETED',
      report: {
        assessmentRunArn: runArn,
        reportFileFormat: format,
        ...reportType,
        sizeBytes: Buffer.byteLength(content),
        sha256: toSha256(content),
        ...(name === undefined ? {} : { name }),
        content: Buffer.from(content).toString('base64'),
      },
    },
  };
}

/** The digest by which a report's URL names it. */
export function toSha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
