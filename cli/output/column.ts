/** What a table shows of a row. Tables are for people, `tsv` and JSON are exact. */
export interface Column<Row> {
  /** Name in the header of `tsv`. */
  name: string;
  /** Heading in a table; columns without one are for `tsv` only. */
  title?: string;
  /** The exact value: bytes, ISO 8601 UTC times, ids. */
  value: (row: Row) => string | number | boolean | undefined;
  /** The value as people read it; by default as it is. */
  people?: (row: Row) => string | undefined;
  /** Numbers stand at the right. */
  right?: boolean;
}

export const shown = <Row>({ value, people }: Column<Row>, row: Row): string => {
  const text = people ? people(row) : value(row);
  return text === undefined || text === '' ? '-' : oneLine(String(text));
};

/** Line breaks and tabs of a name would break rows; other control characters would move the cursor. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
export const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
