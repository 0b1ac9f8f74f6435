import { parseArgs } from 'node:util';
import { ArchiveOpenError } from '../archive/archive-url.js';
import { SourceError } from '../archive/import/sources/sources.js';
import { ConfigError, parseArchiveLocation } from '../config.js';
import { toTerminalText } from '../process/terminal-text.js';
import { type Command, OutputError, UsageError, type Words } from './command.js';
import { exportCommand } from './export-command.js';
import { importCommand } from './import-command.js';
import { statsCommand } from './stats-command.js';

const commands: ReadonlyMap<string, Command> = new Map([
  ['import', importCommand],
  ['export', exportCommand],
  ['stats', statsCommand],
]);

/** The command on an archive that has this name. */
export function findArchiveCommand(name: string | undefined): Command | undefined {
  return commands.get(name ?? '');
}

/** Runs a command on the archive that the environment names, and resolves with its exit code; says itself what is wrong. */
export async function runArchiveCommand(command: Command, args: string[]): Promise<number> {
  // A reader such as `head` may leave at any moment, which is no failure.
  process.stdout.on('error', endWithoutOutput);
  try {
    const words = parseWords(command, args);
    if (words.hasFlag('help')) {
      process.stdout.write(command.help);
      return 0;
    }
    const run = command.prepare(words);
    return await run(parseArchiveLocation(process.env));
  } catch (error) {
    return report(error, command);
  }
}

function parseWords({ options }: Command, args: string[]): Words {
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
    // What node says further is about words that begin with a dash.
    throw new UsageError(`${(error as Error).message.split(/\. |\n/, 1)[0]}.`);
  }
}

function report(error: unknown, { help }: Command): number {
  const { code } = error as { code?: unknown };
  // A message has a line for each thing that is wrong.
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
  if (code === 'EPIPE') return 0;
  // Errors of both engines have a code, and are about what is there; those of this program are its own.
  if (typeof code !== 'string') throw error;
  process.stderr.write(`The archive failed: ${message}\n`);
  return 1;
}

/** It is told outside of any call, and nothing can be written any more. */
function endWithoutOutput({ code, message }: NodeJS.ErrnoException): void {
  if (code !== 'EPIPE') process.stderr.write(`stdout cannot be written: ${message}\n`);
  process.exit(code === 'EPIPE' ? 0 : 1);
}
