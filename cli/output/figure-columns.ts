import type { Column } from './column';
import { size, time } from './people';

/** A number of bytes, which people read in a unit that fits. */
export const sizeColumn = <Row>(
  name: string,
  title: string,
  value: (row: Row) => number | undefined,
): Column<Row> => ({ name, title, value, people: (row) => size(value(row)), right: true });

/** A moment, ISO 8601 UTC, which people read to the second. */
export const timeColumn = <Row>(
  name: string,
  title: string,
  value: (row: Row) => string | undefined,
): Column<Row> => ({ name, title, value, people: (row) => time(value(row)) });
