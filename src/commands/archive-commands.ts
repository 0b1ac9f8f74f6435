import { parseArgs } from 'node:util';
import { ArchiveOpenError } from '../archive/archive-url.js';
import { SourceError } from '../archive/import/sources/sources.js';
import { ApiError } from '../archive/wire/api-error.js';
import { ConfigError, parseArchiveLocation } from '../config.js';
import { toTerminalText } from '../process/terminal-text.js';
import { withSecretFiles } from '../secret-files.js';
import { type Command, OutputError, type ParsedArguments, UsageError } from './command.js';
import { compareCommand } from './compare-command.js';
import { exportCommand } from './export-command.js';
import { importCommand } from './import-command.js';
import { searchCommand } from './search-command.js';
import { statsCommand } from './stats-command.js';

const commands: ReadonlyMap<string, Command> = new Map([
  ['import', importCommand],
  ['export', exportCommand],
  ['stats', statsCommand],
  ['search', searchCommand],
  ['compare', compareCommand],
]);

/** The archive command of this name. */
export function findArchiveCommand(name: string | undefined): Command | undefined {
  return commands.get(name ?? '');
}

/** Runs a command on the archive of the environment. Resolves with the exit code; failures are written to stderr. */
export async function runArchiveCommand(command: Command, args: string[]): Promise<number> {
  // A reader such as `head` may close stdout at any time, which is no failure.
  process.stdout.on('error', endWithoutOutput);
  try {
    const parsed = parseArguments(command, args);
    if (parsed.hasFlag('help')) {
      process.stdout.write(command.help);
      return 0;
    }
    const run = command.prepare(parsed);
    return await run(parseArchiveLocation(withSecretFiles(process.env)));
  } catch (error) {
    return report(error, command);
  }
}

function parseArguments({ options }: Command, args: string[]): ParsedArguments {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
    });
    const given = new Map<string, unknown>(Object.entries(values));
    return {
      positionals,
      hasFlag: (option) => given.get(option) === true,
      valuesOf: (option) => (given.get(option) ?? []) as string[],
    };
  } catch (error) {
    // Without node's further sentences, which are about arguments that begin with a dash.
    throw new UsageError(`${(error as Error).message.split(/\. |\n/, 1)[0]}.`);
  }
}

function report(error: unknown, { help }: Command): number {
  const { code } = error as { code?: unknown };
  // A message may have several lines.
  const message = (error as Error).message.split('\n').map(toTerminalText).join('\n');
  if (error instanceof UsageError) {
    process.stderr.write(`${message}\n\n${help}`);
    return 2;
  }
  if (error instanceof ConfigError || error instanceof SourceError) {
    process.stderr.write(`${message}\n`);
    return 2;
  }
  if (error instanceof ArchiveOpenError || error instanceof OutputError) {
    process.stderr.write(`${message}\n`);
    return 1;
  }
  if (error instanceof ApiError) {
    process.stderr.write(`${message}\n`);
    return error.type === 'InvalidInputException' ? 2 : 1;
  }
  if (code === 'EPIPE') return 0;
  // Errors of both databases have a code. Other errors are bugs.
  if (typeof code !== 'string') throw error;
  process.stderr.write(`The archive failed: ${message}\n`);
  return 1;
}

/** Exits when stdout fails, which happens outside of any call. */
function endWithoutOutput({ code, message }: NodeJS.ErrnoException): void {
  if (code !== 'EPIPE') process.stderr.write(`stdout cannot be written: ${message}\n`);
  process.exit(code === 'EPIPE' ? 0 : 1);
}
