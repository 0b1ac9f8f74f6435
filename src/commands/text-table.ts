import { toTerminalText } from '../process/terminal-text.js';

/** Formats a table with aligned columns, numbers to the right. Every line ends with a newline. */
export function toTextTable(head: readonly string[], cells: readonly (readonly (string | number)[])[]): string {
  const titles = head.map(toTerminalText);
  const rows = cells.map((row) => row.map((cell) => (typeof cell === 'string' ? toTerminalText(cell) : cell)));
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column] ?? '').length)),
  );
  const isNumeric = titles.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const toLine = (row: readonly (string | number)[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] as number;
        return isNumeric[column] ? String(cell).padStart(width) : String(cell).padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [titles, ...rows].map((row) => `${toLine(row)}\n`).join('');
}
