import { type Cases, each, ends } from './case';

const INPUTS = {
  null: null,
  true: true,
  false: false,
  zero: 0,
  five: 5,
  half: 1.5,
  negative: -1,
  huge: 1e21,
  big: 9007199254740991,
  empty: '',
  text: 'text',
  fiveText: '5',
  trueText: 'true',
  nullText: 'null',
  jsonText: '{"a":1}',
  quoted: '"q"',
  dateZ: '2030-01-01T00:00:00Z',
  dateMs: '2030-01-01T00:00:00.120Z',
  date7: '2030-01-01T00:00:00.1234567Z',
  dateOffset: '2030-01-01T00:00:00+02:00',
  dateNoZone: '2030-01-01T00:00:00',
  dateOnly: '2030-01-01',
  array: [1, 'a', null, true],
  emptyArray: [],
  emptyObject: {},
  object: { a: { b: '2030-01-01T00:00:00.120Z', c: [true, null] } },
  unicode: 'ünï – 日本 😀',
  newline: 'a\nb\t"\\',
  absent: undefined,
};

/** What the activity `give` knows. */
const RESULTS = Object.fromEntries(
  [
    ...[
      'undefined',
      'null',
      'true',
      'false',
      'zero',
      'five',
      'half',
      'big',
      'huge',
      'tiny',
      'minus0',
      'empty',
    ],
    ...['text', 'five_text', 'true_text', 'null_text', 'json_text', 'date_text', 'date_text7', 'date_offset'],
    ...['Date', 'array', 'object', 'buffer', 'nested_dates'],
  ].map((what) => [what, { what }]),
);

/** Values on their way into orchestrators, activities and sub-orchestrations, and out of them. */
export const values: Cases = {
  ...each('value', INPUTS, (input) => ends('values', input)),
  ...each('result', RESULTS, (given) => ends('results', given)),
  ...each('output', RESULTS, (given) => ends('outputs', given)),
  ...each('suboutput', RESULTS, (given) => ends('subOutputs', given)),
  'value-rawNumbers': async ({ call, done, note }, id) => {
    const body = '{"a":12345678901234567890,"b":1.0,"c":1e2,"d":0.1000}';
    await call('POST', `orchestrators/values/${id}`, { body });
    note('end', await done(id));
  },
  who: ends('whoIs', null),
  nothing: ends('nothing', null),
  timestampField: ends('timestampField', { Timestamp: 'v1' }),
};
