import { SourceError } from './source-error.js';

/** What unpacking may cost. */
export interface UnpackLimits {
  /** Archives within archives. */
  readonly depth: number;
  /** gzip within gzip, with no archive between. */
  readonly gzipLayers: number;
  /** Files in one archive. */
  readonly entries: number;
  /** How many times as large as what is stored the unpacked may be, once it is larger than `freeBytes`. */
  readonly ratio: number;
  readonly freeBytes: number;
  /** Of a zip archive that has to be copied to a temporary file first, since it comes in a stream. */
  readonly spooledBytes: number;
}

export const UNPACK_LIMITS: UnpackLimits = {
  // A backup of a folder with an archive per account, each with an archive per region, is 3 deep.
  depth: 3,
  // A file that was packed by a script and then by log rotation has two; some files unpack to themselves without end.
  gzipLayers: 3,
  // 50 files of each of the 20000 runs that five years of two accounts come to.
  entries: 1_000_000,
  // Pages of findings that differ in nothing but their ID come to 113; zeros come to 1030.
  ratio: 300,
  // Read in a few seconds, whatever is in it.
  freeBytes: 128 * 1024 * 1024,
  // A tenth of a small machine's disk; whoever has more of it can unpack it.
  spooledBytes: 2 * 1024 * 1024 * 1024,
};

/** Counts what is unpacked against what is stored. */
export interface UnpackBudget {
  /** Throws a SourceError when that is too much. */
  add(bytes: number): void;
}

/** `storedBytes` says how much is stored, or how much of it has been read. */
export function createUnpackBudget({ ratio, freeBytes }: UnpackLimits, storedBytes: () => number): UnpackBudget {
  let unpackedBytes = 0;
  return {
    add(bytes) {
      unpackedBytes += bytes;
      if (unpackedBytes <= freeBytes || unpackedBytes <= ratio * storedBytes()) return;
      throw new SourceError(
        `expected it to unpack to at most ${ratio} times its size, as exports do: to import it all the same, unpack it first`,
      );
    },
  };
}
