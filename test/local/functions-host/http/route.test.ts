import { parseRoute } from '../../../../local/functions-host/http/route';

const match = (template: string, path: string) => parseRoute(template).match(path.split('/').filter(Boolean));

test('literals match in any case and nothing else', () => {
  expect(match('api/Jobs/List', 'API/jobs/list')).toEqual({});
  expect(match('api/jobs', 'api/job')).toBeUndefined();
  expect(match('api/jobs', 'api/jobs/7')).toBeUndefined();
});

test.each([
  ['{x}', 'jobs/{x}', 'jobs/7', { x: '7' }],
  ['{x} missing', 'jobs/{x}', 'jobs', undefined],
  ['{x?} given', 'jobs/{x?}', 'jobs/7', { x: '7' }],
  ['{x?} missing', 'jobs/{x?}', 'jobs', {}],
  ['{x=def} given', 'jobs/{x=all}', 'jobs/7', { x: '7' }],
  ['{x=def} missing', 'jobs/{x=all}', 'jobs', { x: 'all' }],
  ['{*rest}', 'files/{*rest}', 'files/a/b/c', { rest: 'a/b/c' }],
  ['{*rest} empty', 'files/{*rest}', 'files', {}],
  ['a constraint with a default', 'p/{x:int=5}', 'p', { x: '5' }],
  ['a constraint on an optional parameter', 'p/{x:int?}', 'p', {}],
  ['several constraints', 'p/{x:int:min(3):max(5)}', 'p/4', { x: '4' }],
  ['several constraints, one unmet', 'p/{x:int:min(3):max(5)}', 'p/6', undefined],
  ['a regular expression with a slash and braces', 'p/{x:regex(^a/?b{{2}}$)}', 'p/abb', { x: 'abb' }],
])('%s', (_, template, path, expected) => {
  expect(match(template, path)).toEqual(expected);
});

test.each([
  ['int', ['0', '-5', '2147483647'], ['x', '1.5', '2147483648', '']],
  ['long', ['9223372036854775807'], ['9223372036854775808']],
  ['bool', ['true', 'False'], ['1', 'yes']],
  ['decimal', ['1.5', '-2'], ['a']],
  ['double', ['1e3'], ['e']],
  ['float', ['.5'], ['.']],
  ['datetime', ['2030-01-01'], ['someday']],
  ['guid', ['0f8fad5b-d9cb-469f-a165-70867728950e', '{0F8FAD5B-D9CB-469F-A165-70867728950E}'], ['0f8fad5b']],
  ['alpha', ['abc', 'ABC'], ['a1', 'ä']],
  ['length(3)', ['abc'], ['ab', 'abcd']],
  ['length(2,3)', ['ab', 'abc'], ['a', 'abcd']],
  ['minlength(2)', ['ab'], ['a']],
  ['maxlength(2)', ['ab'], ['abc']],
  ['min(3)', ['3', '9'], ['2', 'x']],
  ['max(3)', ['3', '-1'], ['4']],
  ['range(2,4)', ['2', '4'], ['1', '5']],
  ['regex(^\\\\d{{2}}$)', ['12'], ['1', '123']],
  ['required', ['x'], []],
])('constraint %s', (constraint, good, bad) => {
  const route = parseRoute(`p/{x:${constraint}}`);
  for (const value of good) expect([value, route.match(['p', value])]).toEqual([value, { x: value }]);
  for (const value of bad) expect([value, route.match(['p', value])]).toEqual([value, undefined]);
});

test.each(['p/{x:nonsense}', 'p/{x:min}', 'p/a{x}', 'p/{}'])('%s is refused', (template) => {
  expect(() => parseRoute(template)).toThrow(/route/);
});
