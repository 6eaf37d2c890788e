import { readSourceFiles } from './support/source-files';

const WIDTH = 110;
const lines = [...readSourceFiles()].flatMap(([file, text]) =>
  text.split('\n').map((line, index) => ({ line, place: `${file}:${index + 1}` })),
);
const placesOf = (isBad: (line: string) => boolean) =>
  lines.filter(({ line }) => isBad(line)).map(({ place }) => place);

test('no comment is wider than the formatter lets code be', () => {
  expect(placesOf((line) => line.length > WIDTH && /^ *(?:\/\*\*|\*|\/\/) /.test(line))).toEqual([]);
});

test('no object is spread into another only to keep lines short', () => {
  expect(placesOf((line) => /^\s*\.\.\.\{ /.test(line))).toEqual([]);
});

test('no sum that others add to is read before what is added has been waited for', () => {
  expect(placesOf((line) => /[\w)]\.\w+ [+-]= \(?await /.test(line))).toEqual([]);
});
