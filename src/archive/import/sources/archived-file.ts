import type { SourceError } from './source-error.js';

/** A file in an archive, to be read before the next one is asked for. */
export interface ArchivedFile {
  /** As the archive names it. */
  readonly name: string;
  /** As it is stored; null where it is stored together with others. */
  readonly sizeBytes: number | null;
  /** Its bytes, to be read once, or why they cannot be. Nothing is read of what is not asked for. */
  readonly content: AsyncIterable<Uint8Array> | SourceError;
}

/** The steps of a path in an archive, without those that lead nowhere: `/`, `./` and `C:\`. */
export function toSteps(name: string): string[] {
  return name
    .replace(/^[A-Za-z]:[\\/]/, '')
    .split(/[\\/]/)
    .filter((step) => step !== '' && step !== '.');
}

/** Whether a file is passed over, as hidden ones in folders are; macOS puts a second file beside each into `__MACOSX`. */
export function isHidden(steps: readonly string[]): boolean {
  return steps.some((step) => (step.startsWith('.') && step !== '..') || step === '__MACOSX');
}
