import type { ParseArgsConfig } from 'node:util';
import type { ArchiveLocation } from '../archive/archive-url.js';
import { matchArn } from '../domain/arn.js';

/** A command on an archive. */
export interface Command {
  /** What `--help` shows. */
  readonly help: string;
  /** Those besides `--help`; every one that takes a value is `multiple`, so that no value is overruled silently. */
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** What to do with the archive at a place; it resolves with the exit code. Throws a UsageError. */
  prepare(words: Words): (archive: ArchiveLocation) => Promise<number>;
}

/** What stands behind the command's name. */
export interface Words {
  readonly positionals: readonly string[];
  hasFlag(option: string): boolean;
  /** The values of an option, in their order. */
  valuesOf(option: string): readonly string[];
}

/** That a command was called in a way that it cannot be; the message says what was expected. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** That the outcome could not be written; the message names the file. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** The value of an option that may be given once. */
export function singleValueOf(words: Words, option: string): string | undefined {
  const [value, ...others] = words.valuesOf(option);
  if (others.length > 0) throw new UsageError(`Expected --${option} once, but got it ${others.length + 1} times.`);
  return value;
}

/** The ARN behind `--run`. */
export function parseRunArn(words: Words): string | undefined {
  const arn = singleValueOf(words, 'run');
  if (arn === undefined || matchArn('assessmentRun', arn) !== null) return arn;
  throw new UsageError(`Expected the ARN of an assessment run behind --run, but got ${JSON.stringify(arn)}.`);
}

/** Says goodbye at SIGINT and SIGTERM, and ends with the exit code that a shell gives to such an end. */
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
