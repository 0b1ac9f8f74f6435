/** Columns of text, numbers on the right of theirs; every line ends with a newline. */
export function toTextTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column] ?? '').length)),
  );
  const isNumeric = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const toLine = (cells: readonly (string | number)[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] as number;
        return isNumeric[column] ? String(cell).padStart(width) : String(cell).padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [head, ...rows].map((cells) => `${toLine(cells)}\n`).join('');
}
