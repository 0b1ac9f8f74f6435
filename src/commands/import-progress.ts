import type { ImportProgress } from '../archive/import/importer.js';
import type { Source } from '../archive/import/sources/sources.js';
import { toTerminalText } from '../process/terminal-text.js';

/** Intervals: redrawn on a terminal, a new line elsewhere. */
const REDRAW_MS = 100;
const LINE_MS = 5000;

const BAR_WIDTH = 24;

/** The part of stderr that progress needs. */
type Output = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>;

/** Shows the progress of an import: a bar on a terminal, a line every few seconds elsewhere. `now` is in ms. */
export function createImportProgress(
  sources: readonly Pick<Source, 'sizeBytes'>[],
  output: Output,
  now: () => number = () => performance.now(),
) {
  const sizes = sources.map(({ sizeBytes }) => sizeBytes);
  const totalBytes = sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const intervalMs = output.isTTY ? REDRAW_MS : LINE_MS;
  let shownAt = now();
  let hasBar = false;

  function clear(): void {
    if (hasBar) output.write('\r\x1b[K');
    hasBar = false;
  }

  return {
    show(progress: Readonly<ImportProgress>): void {
      if (now() - shownAt < intervalMs) return;
      shownAt = now();
      clear();
      const line = toProgressLine(progress, totalBytes);
      // A wrapped line could not be cleared.
      output.write(
        output.isTTY ? `${toBar(progress.bytes, totalBytes)}${line}`.slice(0, output.columns - 1) : `${line}\n`,
      );
      hasBar = output.isTTY;
    },
    /** Writes lines above the progress. */
    say(lines: string): void {
      clear();
      output.write(lines);
    },
    clear,
  };
}

function toBar(bytes: number, totalBytes: number | null): string {
  if (totalBytes === null) return '';
  return `[${'#'.repeat(Math.floor(BAR_WIDTH * toShare(bytes, totalBytes))).padEnd(BAR_WIDTH, '-')}] `;
}

/** Progress in words: `45 %, 12.3 of 27.1 MB, 12345 entities, history/runs.json`. */
function toProgressLine({ bytes, entities, name }: ImportProgress, totalBytes: number | null): string {
  const amount =
    totalBytes === null
      ? `${toMegabytes(bytes)} MB`
      : `${Math.floor(100 * toShare(bytes, totalBytes))} %, ${toMegabytes(bytes)} of ${toMegabytes(totalBytes)} MB`;
  return `${amount}, ${entities} entities, ${toTerminalText(name)}`;
}

/** At most 1, since a file may have grown meanwhile. */
function toShare(bytes: number, totalBytes: number): number {
  return totalBytes === 0 ? 1 : Math.min(1, bytes / totalBytes);
}

function toMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
