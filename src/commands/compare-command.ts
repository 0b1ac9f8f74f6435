import { openDatabaseAt } from '../archive/store/database.js';
import { createReader, type Reader } from '../archive/store/reader.js';
import { EVERYTHING } from '../archive/store/visibility.js';
import { matchArn } from '../domain/arn.js';
import { toSeverityRank } from '../domain/severities.js';
import { toTerminalJson } from '../process/terminal-text.js';
import { runArchiveOperation } from './archive-operation.js';
import { type Command, UsageError } from './command.js';
import { type FindingDocument, toFindingCells } from './finding-cells.js';
import { toTextTable } from './text-table.js';

/** New and gone findings that are named without --all, of each. */
const FEW_FINDINGS = 20;
const DOCUMENTS_PER_READ = 1000;

/** The output of CompareAssessmentRuns. */
interface Comparison {
  readonly baseAssessmentRunArn: string;
  readonly newFindings: readonly string[];
  readonly goneFindings: readonly string[];
  readonly remainingFindings: readonly { readonly findingArn: string }[];
  readonly telemetry: readonly {
    readonly messageType: string;
    readonly base: Amount | null;
    readonly compared: Amount | null;
  }[];
  readonly newAgentIds: readonly string[];
  readonly goneAgentIds: readonly string[];
  readonly remainingAgentIds: readonly string[];
}

interface Amount {
  readonly count: number;
  readonly dataSize: number | null;
}

/** `archive compare`: shows what changed from one run to another. */
export const compareCommand: Command = {
  help: `Usage: inspector-gateway archive compare RUN [BASE]

Shows what changed from the run BASE to the run RUN of the same target: findings that are new, gone and still there, by
severity; telemetry of both beside each other; and agents that came and went. A finding is still there when host, rule and
rules package are the same.

Arguments:
  RUN    the ARN of an assessment run; archive search finds it
  BASE   the ARN of an earlier one; without, it is the run of the same template before RUN

Options:
  --all        every finding that is new or gone, and not just the first twenty
  --json       the output of CompareAssessmentRuns, for scripts: docs/archive-api.md describes it
  -h, --help   show this text

Environment:
  ARCHIVE_URL     the archive: sqlite:path or postgres://user@host/database
  ARCHIVE_CREATE  1 makes an empty one when there is none, which is an error otherwise

Exit code: 0, 1 when there is no such run or the archive failed, 2 for a wrong call.
`,
  options: { all: { type: 'boolean' }, json: { type: 'boolean' } },
  prepare({ positionals, hasFlag }) {
    const [runArn, baseArn, ...others] = positionals;
    if (runArn === undefined || others.length > 0) {
      throw new UsageError(`Expected one RUN and at most one BASE, but got ${positionals.length} arguments.`);
    }
    for (const arn of positionals) {
      if (matchArn('assessmentRun', arn) === null) {
        throw new UsageError(`Expected the ARN of an assessment run, but got ${JSON.stringify(arn)}.`);
      }
    }

    return async (archive) => {
      const database = await openDatabaseAt(archive);
      try {
        const input = { assessmentRunArn: runArn, baseAssessmentRunArn: baseArn };
        const output = await runArchiveOperation(database, 'CompareAssessmentRuns', input);
        const maxFindings = hasFlag('all') ? Number.POSITIVE_INFINITY : FEW_FINDINGS;
        process.stdout.write(
          hasFlag('json')
            ? `${toTerminalJson(output)}\n`
            : await toText(JSON.parse(output), runArn, createReader(database), maxFindings),
        );
      } finally {
        await database.close();
      }
      return 0;
    };
  },
};

async function toText(
  comparison: Comparison | { readonly baseAssessmentRunArn: null },
  runArn: string,
  reader: Reader,
  maxFindings: number,
): Promise<string> {
  if (comparison.baseAssessmentRunArn === null) return 'The template has no earlier run to compare with.\n';
  const { baseAssessmentRunArn: baseArn, newFindings, goneFindings, telemetry } = comparison;
  const remainingFindings = comparison.remainingFindings.map(({ findingArn }) => findingArn);
  const names = await fetchDocuments<{ name?: string }>(reader, 'assessmentRun', [baseArn, runArn]);
  const findings = await fetchDocuments<FindingDocument>(reader, 'finding', [
    ...newFindings,
    ...goneFindings,
    ...remainingFindings,
  ]);
  return [
    toTextTable(
      ['', 'name', 'assessment run'],
      [
        ['run', names.get(runArn)?.name ?? '-', runArn],
        ['base', names.get(baseArn)?.name ?? '-', baseArn],
      ],
    ),
    toFindingCounts({ new: newFindings, gone: goneFindings, 'still there': remainingFindings }, findings),
    ...toFindingList('new findings', newFindings, findings, maxFindings),
    ...toFindingList('gone findings', goneFindings, findings, maxFindings),
    ...toTelemetry(telemetry),
    toAgents(comparison),
  ].join('\n');
}

async function fetchDocuments<T>(
  reader: Reader,
  kind: 'assessmentRun' | 'finding',
  arns: readonly string[],
): Promise<ReadonlyMap<string, T>> {
  const documents = new Map<string, T>();
  for (let start = 0; start < arns.length; start += DOCUMENTS_PER_READ) {
    const read = await reader.fetchDocuments(kind, arns.slice(start, start + DOCUMENTS_PER_READ), EVERYTHING);
    for (const [arn, text] of read) documents.set(arn, JSON.parse(text));
  }
  return documents;
}

function toFindingCounts(
  groups: Readonly<Record<string, readonly string[]>>,
  findings: ReadonlyMap<string, FindingDocument>,
): string {
  const severityOf = (arn: string) => findings.get(arn)?.severity ?? '-';
  const found = new Set(Object.values(groups).flat().map(severityOf));
  const shown = [...found].sort().sort((a, b) => toSeverityRank(a) - toSeverityRank(b));
  return toTextTable(
    ['findings', ...shown, 'all'],
    Object.entries(groups).map(([title, arns]) => [
      title,
      ...shown.map((severity) => arns.filter((arn) => severityOf(arn) === severity).length),
      arns.length,
    ]),
  );
}

function toFindingList(
  title: string,
  arns: readonly string[],
  findings: ReadonlyMap<string, FindingDocument>,
  max: number,
): string[] {
  if (arns.length === 0) return [];
  const shown = arns.slice(0, max).map((arn) => toFindingCells(findings.get(arn) ?? null));
  const table = toTextTable([title, 'rule', 'host', 'title'], shown);
  return [arns.length > max ? `${table}and ${arns.length - max} further ones (--all names them)\n` : table];
}

function toTelemetry(telemetry: Comparison['telemetry']): string[] {
  if (telemetry.length === 0) return [];
  const rows = telemetry.map(({ messageType, base, compared }) => [
    messageType,
    base?.count ?? '-',
    compared?.count ?? '-',
    base?.dataSize ?? '-',
    compared?.dataSize ?? '-',
  ]);
  return [toTextTable(['message type', 'messages before', 'messages', 'bytes before', 'bytes'], rows)];
}

function toAgents({ newAgentIds, goneAgentIds, remainingAgentIds }: Comparison): string {
  const toLine = (title: string, ids: readonly string[]) => [title, ids.length, ids.join(' ')];
  return toTextTable(
    ['agents', '', ''],
    [toLine('new', newAgentIds), toLine('gone', goneAgentIds), ['still there', remainingAgentIds.length, '']],
  );
}
