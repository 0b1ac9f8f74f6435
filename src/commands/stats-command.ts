import { NO_REGION } from '../archive/arn.js';
import { entityOf } from '../archive/entities.js';
import { type ArchiveStats, fetchStats } from '../archive/stats.js';
import { type Database, openDatabaseAt } from '../archive/store/database.js';
import { ApiError } from '../archive/wire/api-error.js';
import { toSeverityRank } from '../domain/severities.js';
import { toTerminalJson } from '../process/terminal-text.js';
import { runArchiveOperation } from './archive-operation.js';
import { type Command, UsageError } from './command.js';
import { toTextTable } from './text-table.js';
import { toTrendTable } from './trend-table.js';

/** Runs without telemetry that are named without --all. */
const FEW_RUNS = 20;

/** The output of a summary with an interval. */
interface Summary {
  readonly groups: readonly {
    readonly keys: readonly (string | null)[];
    readonly buckets: readonly { readonly start: string | null; readonly count: number }[];
  }[];
}

/** `archive stats`: shows the contents of the archive as tables. */
export const statsCommand: Command = {
  help: `Usage: inspector-gateway archive stats

Shows what the archive holds: each entity by account and region, and how many of them a list has named without any
description; runs by account, region, year and state as well (the year is that of createdAt, in UTC); runs by month, and findings by
month and severity, with bars on a terminal; and which runs lack telemetry.

Options:
  --all        every run without telemetry, and not just the first twenty
  --json       for scripts, an object of the outputs of DescribeArchive, and by month of SummarizeAssessmentRuns and of
               SummarizeFindings by severity: docs/archive-api.md describes them
  -h, --help   show this text

Environment:
  ARCHIVE_URL     the archive: sqlite:path or postgres://user@host/database
  ARCHIVE_CREATE  1 makes an empty one when there is none, which is an error otherwise

Exit code: 0, 1 when the archive failed, 2 for a wrong call.
`,
  options: { all: { type: 'boolean' }, json: { type: 'boolean' } },
  prepare({ positionals, hasFlag }) {
    if (positionals.length > 0)
      throw new UsageError(`Expected nothing behind stats, but got ${positionals.join(' ')}.`);

    return async (archive) => {
      const database = await openDatabaseAt(archive);
      try {
        if (hasFlag('json')) {
          process.stdout.write(`${toTerminalJson(await fetchJson(database))}\n`);
          return 0;
        }
        const stats = await fetchStats(database, hasFlag('all') ? Number.POSITIVE_INFINITY : FEW_RUNS);
        process.stdout.write(stats.entities.length === 0 ? 'The archive is empty.\n' : await toText(stats, database));
      } finally {
        await database.close();
      }
      return 0;
    };
  },
};

const fetchRunsByMonth = (database: Database) =>
  runArchiveOperation(database, 'SummarizeAssessmentRuns', { interval: 'MONTH' });

const fetchFindingsByMonth = (database: Database) =>
  runArchiveOperation(database, 'SummarizeFindings', { groupBy: ['SEVERITY'], interval: 'MONTH' });

async function fetchJson(database: Database): Promise<string> {
  const archive = await runArchiveOperation(database, 'DescribeArchive', {});
  const [assessmentRuns, findings] = [await fetchRunsByMonth(database), await fetchFindingsByMonth(database)];
  return `{"archive":${archive},"assessmentRuns":${assessmentRuns},"findings":${findings}}`;
}

async function toText({ entities, runs, runsWithoutTelemetry }: ArchiveStats, database: Database): Promise<string> {
  const { number, arns } = runsWithoutTelemetry;
  const further = number > arns.length ? [`and ${number - arns.length} further ones (--all names them)`] : [];
  return [
    toTextTable(
      ['entity', 'account', 'region', 'number', 'by ARN alone'],
      entities.map((row) => [
        entityOf(row.kind).plural,
        row.account,
        row.region === NO_REGION ? '-' : row.region,
        row.number,
        row.byArnAlone,
      ]),
    ),
    toTextTable(
      ['account', 'region', 'year', 'state', 'assessment runs'],
      runs.map((row) => [row.account, row.region, row.year ?? '-', row.state ?? '-', row.number]),
    ),
    ...(await toTrend('assessment runs', fetchRunsByMonth(database))),
    ...(await toTrend('findings', fetchFindingsByMonth(database))),
    `assessment runs without telemetry: ${number}\n${[...arns, ...further].map((line) => `  ${line}\n`).join('')}`,
  ].join('\n');
}

/** A trend as a table; none where there is nothing, and why not where times are too far apart. */
async function toTrend(title: string, fetching: Promise<string>): Promise<string[]> {
  try {
    const { groups }: Summary = JSON.parse(await fetching);
    const ordered = [...groups].sort((a, b) => toSeverityRank(a.keys[0]) - toSeverityRank(b.keys[0]));
    const starts = ordered[0]?.buckets.map(({ start }) => start) ?? [];
    if (starts.length === 0) return [];
    const months = starts.map((start, place) => {
      return { start, counts: ordered.map(({ buckets }) => buckets[place]?.count ?? 0) };
    });
    return [
      toTrendTable(
        title,
        ordered.map(({ keys }) => (keys.length === 0 ? title : (keys[0] ?? '-'))),
        months,
        process.stdout.isTTY,
      ),
    ];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return [`${title} by month: ${error.message}\n`];
  }
}
