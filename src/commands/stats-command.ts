import { NO_REGION } from '../archive/arn.js';
import { entityOf } from '../archive/entities.js';
import { type ArchiveStats, fetchStats } from '../archive/stats.js';
import { openDatabaseAt } from '../archive/store/database.js';
import { type Command, UsageError } from './command.js';
import { toTextTable } from './text-table.js';

/** How many runs without telemetry are named unless all are asked for. */
const FEW_RUNS = 20;

/** `archive stats`: what there is, as tables. */
export const statsCommand: Command = {
  help: `Usage: inspector-gateway archive stats

Shows what the archive holds: each entity by account and region, and how many of them a list has named without any
description; runs by account, region, year and state as well (the year is that of createdAt, in UTC), and which runs lack
telemetry.

Options:
  --all        every run without telemetry, and not just the first twenty
  -h, --help   show this text

Environment:
  ARCHIVE_URL     the archive: sqlite:path or postgres://user@host/database
  ARCHIVE_CREATE  1 makes an empty one when there is none, which is an error otherwise

Exit code: 0, 1 when the archive failed, 2 for a wrong call.
`,
  options: { all: { type: 'boolean' } },
  prepare({ positionals, hasFlag }) {
    if (positionals.length > 0)
      throw new UsageError(`Expected nothing behind stats, but got ${positionals.join(' ')}.`);

    return async (archive) => {
      const database = await openDatabaseAt(archive);
      try {
        process.stdout.write(toText(await fetchStats(database, hasFlag('all') ? Number.POSITIVE_INFINITY : FEW_RUNS)));
      } finally {
        await database.close();
      }
      return 0;
    };
  },
};

function toText({ entities, runs, runsWithoutTelemetry }: ArchiveStats): string {
  if (entities.length === 0) return 'The archive is empty.\n';
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
    `assessment runs without telemetry: ${number}\n${[...arns, ...further].map((line) => `  ${line}\n`).join('')}`,
  ].join('\n');
}
