import fc from 'fast-check';
import { parseJson } from '../../src/basics/parse-json';

test('every value comes back from its JSON, null too', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) =>
      expect(parseJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value))),
    ),
  );
});

test.each(['', ' ', 'undefined', '{', "{'a': 1}", '[1,]', 'NaN'])('%j is no JSON', (text) => {
  expect(parseJson(text)).toBeUndefined();
});
