import { z } from 'zod';
import { Limit } from '../../src/api/paging';
import { parse } from '../../src/api/parse';
import { Problem } from '../../src/api/problem';

const Query = z.strictObject({ limit: Limit(100) });

test.each([
  ['1', 1],
  ['20', 20],
  ['1000', 1000],
])('a limit of %s is one', (limit, number) => {
  expect(parse(Query, { limit }, 'query')).toEqual({ limit: number });
});

test('without a limit the usual one counts', () => {
  expect(parse(Query, {}, 'query')).toEqual({ limit: 100 });
});

test.each([
  '0',
  '1001',
  '-1',
  '+5',
  '0x10',
  '0b11',
  '1e3',
  '1.0',
  '1.5',
  ' 5',
  '',
  'many',
  'Infinity',
  '9'.repeat(20),
])('a limit of %j is refused', (limit) => {
  expect(() => parse(Query, { limit }, 'query')).toThrow(Problem);
});

test('the OpenAPI document shows a limit as what it is', () => {
  const { properties, required } = z.toJSONSchema(Query, { io: 'input' });
  expect(properties?.limit).toEqual({
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 100,
  });
  expect(required).toBeUndefined();
});
