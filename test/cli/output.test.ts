import type { Column } from '../../cli/output/column';
import { listing, showing } from '../../cli/output/output';
import { duration, time } from '../../cli/output/people';

interface Row {
  name: string;
  bytes?: number;
}
const COLUMNS: Column<Row>[] = [
  { name: 'name', title: 'Name', value: ({ name }) => name },
  {
    name: 'bytes',
    title: 'Size',
    value: ({ bytes }) => bytes,
    people: ({ bytes }) => bytes && `${bytes} B`,
    right: true,
  },
  { name: 'length', value: ({ name }) => name.length },
] as Column<Row>[];
const rows: Row[] = [
  { name: 'a', bytes: 5 },
  { name: 'long\tname\u001b[31m\n', bytes: undefined },
];
const found = { document: { rows, unread: 1 }, rows, columns: COLUMNS };

it('a table has its columns side by side, and no control character of a name', () => {
  expect(listing('table', found)).toBe(
    'NAME             SIZE\na                 5 B\nlong name [31m      -\n',
  );
});

it('tsv has exact values, and no tab or line break within one', () => {
  expect(listing('tsv', found)).toBe('name\tbytes\tlength\na\t5\t1\nlong name [31m \t\t15\n');
});

it('json is the document, jsonl its items', () => {
  expect(JSON.parse(listing('json', found))).toEqual(JSON.parse(JSON.stringify(found.document)));
  expect(
    listing('jsonl', found)
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).name),
  ).toEqual(rows.map(({ name }) => name));
});

it('one thing is shown field by field, without those that are empty', () => {
  expect(showing('table', rows[0]!, COLUMNS, ['below'])).toBe('Name  a\nSize  5 B\n\nbelow\n');
  expect(showing('table', { name: 'b' }, COLUMNS)).toBe('Name  b\n');
  expect(JSON.parse(showing('jsonl', rows[0]!, COLUMNS))).toEqual(rows[0]);
});

it('people read times in UTC, and durations in two units', () => {
  expect(time('2026-11-20T02:00:31.123Z')).toBe('2026-11-20 02:00:31Z');
  expect([0, 59.6, 3599, 7384].map(duration)).toEqual(['0 s', '1 min 0 s', '59 min 59 s', '2 h 3 min']);
});
