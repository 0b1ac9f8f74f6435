import type { ParseArgsConfig } from 'node:util';
import type { ArchiveLocation } from '../archive/archive-url.js';
import { createTimestampParser } from '../archive/timestamps.js';
import { matchArn } from '../domain/arn.js';

/** A command on an archive. */
export interface Command {
  /** The text of `--help`. */
  readonly help: string;
  /** Options beside `--help`. Those with a value are `multiple`, so that a repeated one is an error and not ignored. */
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** Checks the arguments; the result runs the command on an archive, and resolves with the exit code. Throws a UsageError. */
  prepare(args: ParsedArguments): (archive: ArchiveLocation) => Promise<number>;
}

/** The arguments after the command's name. */
export interface ParsedArguments {
  readonly positionals: readonly string[];
  hasFlag(option: string): boolean;
  /** The values of an option, in their order. */
  valuesOf(option: string): readonly string[];
}

/** A wrong call of a command; the message says what was expected. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A failure to write the output; the message names the file. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** The value of an option that may be given at most once. */
export function singleValueOf(args: ParsedArguments, option: string): string | undefined {
  const [value, ...others] = args.valuesOf(option);
  if (others.length > 0) throw new UsageError(`Expected --${option} once, but got it ${others.length + 1} times.`);
  return value;
}

/** The ARN behind `--run`. */
export function parseRunArn(args: ParsedArguments): string | undefined {
  const arn = singleValueOf(args, 'run');
  if (arn === undefined || matchArn('assessmentRun', arn) !== null) return arn;
  throw new UsageError(`Expected the ARN of an assessment run behind --run, but got ${JSON.stringify(arn)}.`);
}

/** The moment behind an option, in epoch seconds. */
export function parseTime(args: ParsedArguments, option: string): number | undefined {
  const text = singleValueOf(args, option);
  if (text === undefined) return undefined;
  const moment = createTimestampParser(null)(text);
  if (typeof moment === 'number') return moment;
  throw new UsageError(`--${option}: expected ${moment.expected}, but got ${JSON.stringify(text)}.`);
}

/** Calls `onEnd` at SIGINT and SIGTERM, and exits with the shell's code for the signal. */
export function endOnSignals(onEnd: () => void): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      onEnd();
      process.exit(code);
    });
  }
}
