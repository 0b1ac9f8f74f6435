import { toTerminalText } from '../process/terminal-text.js';

/** Columns of text, numbers on the right of theirs; every line ends with a newline. */
export function toTextTable(head: readonly string[], cells: readonly (readonly (string | number)[])[]): string {
  const rows = cells.map((row) => row.map((cell) => (typeof cell === 'string' ? toTerminalText(cell) : cell)));
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column] ?? '').length)),
  );
  const isNumeric = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const toLine = (row: readonly (string | number)[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] as number;
        return isNumeric[column] ? String(cell).padStart(width) : String(cell).padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [head, ...rows].map((row) => `${toLine(row)}\n`).join('');
}
