import { type Column, oneLine, shown } from './column';

const GAP = '  ';

/** Rows below their headings, each column as wide as its widest value, however wide the terminal is. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const visible = columns.filter(({ title }) => title !== undefined);
  const lines = [
    visible.map(({ title = '' }) => title.toUpperCase()),
    ...rows.map((row) => visible.map((column) => shown(column, row))),
  ];
  const widths = visible.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  const cell = (text: string, at: number) => {
    const width = widths[at] ?? 0;
    return visible[at]?.right ? text.padStart(width) : text.padEnd(width);
  };
  return lines.map((line) => line.map(cell).join(GAP).trimEnd()).join('\n');
}

/** One row, a line for each of its columns that has something to say. */
export function fields<Row>(columns: readonly Column<Row>[], row: Row): string {
  const lines = columns
    .filter(({ title }) => title !== undefined)
    .map((column) => [column.title ?? '', shown(column, row)] as const)
    .filter(([, text]) => text !== '-');
  const width = Math.max(0, ...lines.map(([title]) => title.length));
  return lines.map(([title, text]) => `${title.padEnd(width)}${GAP}${text}`).join('\n');
}

/** Exact values with tabs between, below the names of their columns. */
export function tabSeparated<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map(({ value }) => oneLine(String(value(row) ?? ''))));
  return [columns.map(({ name }) => name), ...lines].map((line) => line.join('\t')).join('\n');
}
