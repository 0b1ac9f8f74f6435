import { entities, entityOf } from '../archive/entities.js';
import { type Counts, createSummary, type ImportSummary } from '../archive/import/import-summary.js';
import { importSources, type RefusedFile } from '../archive/import/importer.js';
import { parseEncoding, UnknownEncodingError } from '../archive/import/sources/decode.js';
import { findSources } from '../archive/import/sources/sources.js';
import {
  type Database,
  IN_MEMORY,
  NoArchiveError,
  openDatabase,
  openExistingDatabase,
} from '../archive/store/database.js';
import { isTimeZone } from '../domain/time-zone.js';
import { toTerminalText } from '../process/terminal-text.js';
import { type Command, endOnSignals, type ParsedArguments, parseRunArn, singleValueOf, UsageError } from './command.js';
import { createImportProgress } from './import-progress.js';
import { toTextTable } from './text-table.js';

/** `archive import`: imports files, folders and stdin, and writes a summary. */
export const importCommand: Command = {
  help: `Usage: inspector-gateway archive import PATH... [--run ARN] [--timezone ZONE] [--encoding NAME] [--replace]
                                                   [--dry-run]

Brings what teams saved of Inspector Classic into the archive, which is made when there is none.

PATH is a file, a folder with all that is not hidden in it, or - for stdin; gzip, zip and tar are unpacked. Content is told
by itself, not by names: the output of the AWS CLI (JSON and YAML), boto3, PowerShell and the AWS SDKs, one document or
many, single runs and findings, also inside logs, messages and recordings, records of \`archive export\`, and reports in
PDF or HTML.
Telemetry and reports do not say which run they belong to: a record does, {"operation": "GetTelemetryMetadata", "input":
{"assessmentRunArn": ...}, "output": ...}, or a path with the run's ARN or ID in it, or --run.

A file is imported as a whole or, with anything wrong in it, not at all; the others go on. What the archive has already
stays as it is, or is replaced where the file has a later state of it.

Options:
  --run ARN        the run that telemetry and reports belong to
  --timezone ZONE  what times without an offset mean: UTC, or a time zone such as Europe/Berlin; they are refused otherwise
  --encoding NAME  of text that is not UTF-8, such as windows-1252
  --replace        take the file's where it differs from what the archive has and nothing says which one is later
  --dry-run        tell what would happen, and write nothing
  -h, --help       show this text

Environment:
  ARCHIVE_URL  the archive: sqlite:path or postgres://user@host/database

Exit code: 0 when everything is in the archive or holds nothing to keep, 1 when something was refused or left out or the
archive failed, 2 for a wrong call.
`,
  options: {
    run: { type: 'string', multiple: true },
    timezone: { type: 'string', multiple: true },
    encoding: { type: 'string', multiple: true },
    replace: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  prepare(args) {
    const { positionals } = args;
    if (positionals.length === 0) throw new UsageError('Expected a PATH to import, or - for stdin.');
    if (positionals.filter((path) => path === '-').length > 1) throw new UsageError('Expected - for stdin only once.');
    const runArn = parseRunArn(args);
    const timeZone = parseTimeZone(args);
    const encoding = parseEncodingOption(args);
    const isDryRun = args.hasFlag('dry-run');

    return async ({ url }) => {
      const sources = await findSources(positionals, process.stdin, { encoding });
      const progress = createImportProgress(sources, process.stderr);
      endOnSignals(() => progress.say('Interrupted: nothing of the file in progress is kept; those before it are.\n'));
      const database = await (isDryRun ? openForDryRun(url) : openDatabase(url));
      const summary = createSummary();
      let refusedFiles = 0;
      try {
        await importSources(database, sources, {
          runArn,
          timeZone,
          replaces: args.hasFlag('replace'),
          isDryRun,
          summary,
          onProgress: progress.show,
          onWait: () => progress.say('Waiting for another import to end.\n'),
          onRefusedFile(file) {
            refusedFiles += 1;
            progress.say(toRefusal(file));
          },
        });
      } finally {
        progress.clear();
        // Also when the archive has failed, since the files before are imported.
        process.stdout.write(toSummary(summary, refusedFiles, isDryRun));
        await database.close();
      }
      return refusedFiles > 0 || countOthers(summary) > 0 ? 1 : 0;
    };
  },
};

/** Opens the archive, or an empty one in memory: a dry run creates none. */
function openForDryRun(url: string): Promise<Database> {
  return openExistingDatabase(url).catch((error) => {
    if (error instanceof NoArchiveError) return openDatabase(IN_MEMORY);
    throw error;
  });
}

function toRefusal({ name, problems, hasFurtherProblems }: RefusedFile): string {
  const lines = [...problems, ...(hasFurtherProblems ? ['and further problems'] : [])];
  return `Refused ${toTerminalText(name)}\n${lines.map((line) => `  ${toTerminalText(line)}\n`).join('')}`;
}

function parseTimeZone(args: ParsedArguments): string | undefined {
  const name = singleValueOf(args, 'timezone');
  if (name === undefined || isTimeZone(name)) return name;
  throw new UsageError(
    `Expected UTC or the name of a time zone such as Europe/Berlin behind --timezone, but got ${JSON.stringify(name)}.`,
  );
}

function parseEncodingOption(args: ParsedArguments): string | undefined {
  const label = singleValueOf(args, 'encoding');
  try {
    return label === undefined ? undefined : parseEncoding(label);
  } catch (error) {
    if (error instanceof UnknownEncodingError) throw new UsageError(`--encoding: ${error.message}.`);
    throw error;
  }
}

/** Counts entities that differ from the archive's without saying which is later. */
function countOthers({ kept }: ImportSummary): number {
  return [...kept.values()].reduce((sum, { other }) => sum + other, 0);
}

function toSummary(summary: ImportSummary, refusedFiles: number, isDryRun: boolean): string {
  const rows = entities
    .filter(({ kind }) => summary.counts.has(kind))
    .map(({ kind, plural }) => {
      const count = summary.counts.get(kind) as Counts;
      return [plural, count.new, count.unchanged, count.replaced, count.refused];
    });
  return [
    ...(rows.length > 0 ? [toTextTable(['', 'new', 'unchanged', 'replaced', 'refused'], rows)] : []),
    ...toNotes(summary),
    `${summary.files} files, ${refusedFiles} of them refused\n`,
    ...(isDryRun ? ['This was a dry run: nothing was written.\n'] : []),
  ].join('');
}

/** Lines for the numbers that are not in the table. */
function toNotes({
  arns,
  kept,
  notKept,
  wrappers,
  ignoredPaths,
  unrelatedDocuments,
  emptyFiles,
}: ImportSummary): string[] {
  return [
    ...[...arns].map(
      ([kind, count]) => `${entityOf(kind).arnList?.operation}: ${count.named} ARNs, ${count.new} of them new\n`,
    ),
    ...[...kept].flatMap(([kind, { later, other }]) => [
      ...(later > 0
        ? [`${entityOf(kind).plural}: ${later} are of an earlier state than the archive's, which stays\n`]
        : []),
      ...(other > 0
        ? [
            `${entityOf(kind).plural}: ${other} differ from the archive's, which stay (--replace takes those of the files)\n`,
          ]
        : []),
    ]),
    ...[...notKept].map(
      ([what, number]) => `${toTerminalText(what)}: ${number} (nothing in it that the archive keeps)\n`,
    ),
    ...[...wrappers].map(([pattern, number]) => `taken out of ${toTerminalText(pattern)}: ${number}\n`),
    ...[...ignoredPaths].map(([pattern, number]) => `passed over: ${toTerminalText(pattern)}, ${number} times\n`),
    ...(unrelatedDocuments.number > 0
      ? [
          `passed over: ${unrelatedDocuments.number} documents of something else in ${unrelatedDocuments.files} files; the first one is in ` +
            `${toTerminalText(unrelatedDocuments.first)}\n`,
        ]
      : []),
    ...emptyFiles.map((name) => `${toTerminalText(name)}: there is nothing in it\n`),
  ];
}
