import type { Column } from './column';
import { fields, table, tabSeparated } from './table';

export const FORMATS = ['table', 'json', 'jsonl', 'tsv'] as const;
export type Format = (typeof FORMATS)[number];

/** What a command found, in all the forms that can be asked for. */
export interface Found<Row> {
  /** The document of the API. */
  document: unknown;
  /** What is listed, or the one thing that is shown. */
  rows: readonly Row[];
  columns: readonly Column<Row>[];
}

/** A list; what is written ends with a line break. */
export function listing<Row>(format: Format, { document, rows, columns }: Found<Row>): string {
  if (format === 'table') return `${table(columns, rows)}\n`;
  if (format === 'jsonl') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  return exact(format, { document, rows, columns });
}

/**
 * One thing, shown field by field.
 * @param below what a table shows after the fields, such as tables of its parts
 */
export function showing<Row>(
  format: Format,
  document: Row,
  columns: readonly Column<Row>[],
  below: readonly string[] = [],
): string {
  if (format === 'table') return `${[fields(columns, document), ...below].join('\n\n')}\n`;
  if (format === 'jsonl') return `${JSON.stringify(document)}\n`;
  return exact(format, { document, rows: [document], columns });
}

function exact<Row>(format: 'json' | 'tsv', { document, rows, columns }: Found<Row>): string {
  return format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : `${tabSeparated(columns, rows)}\n`;
}
