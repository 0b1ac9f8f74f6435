import { toRunArn } from '../../src/domain/arn.js';
import type { Structure } from './histories.js';

/** The entities of an export; a document is empty where only the ARN is known. */
export interface Exported {
  readonly runs: readonly { readonly arn: string; readonly document: Structure }[];
  readonly findings: readonly { readonly arn: string; readonly runArn: string; readonly document: Structure }[];
  readonly telemetry: readonly { readonly runArn: string; readonly rows: readonly Structure[] }[];
}

/** Reads what `archive export` wrote. */
export function parseExport(text: string): Exported {
  const records = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { operation: string; input: Structure; output: Structure });
  const of = (operation: string) => records.filter((record) => record.operation === operation);
  return {
    runs: [
      ...of('DescribeAssessmentRuns').flatMap(({ output }) =>
        output.assessmentRuns.map((document: Structure) => ({ arn: document.arn, document })),
      ),
      ...of('ListAssessmentRuns').flatMap(({ output }) =>
        output.assessmentRunArns.map((arn: string) => ({ arn, document: {} })),
      ),
    ],
    findings: [
      ...of('DescribeFindings').flatMap(({ output }) =>
        output.findings.map((document: Structure) => ({ arn: document.arn, runArn: toRunArn(document.arn), document })),
      ),
      ...of('ListFindings').flatMap(({ input, output }) =>
        output.findingArns.map((arn: string) => ({
          arn,
          runArn: input.assessmentRunArns?.[0] ?? toRunArn(arn),
          document: {},
        })),
      ),
    ],
    telemetry: of('GetTelemetryMetadata').map(({ input, output }) => ({
      runArn: input.assessmentRunArn,
      rows: output.telemetryMetadata,
    })),
  };
}
