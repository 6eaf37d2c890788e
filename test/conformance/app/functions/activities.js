// The activities.

const df = require('durable-functions');
const { describe } = require('../support/tools.js');

const attempts = new Map();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

df.app.activity('describe', { handler: describe });
df.app.activity('echo', { handler: (input) => input });
df.app.activity('give', {
  handler: ({ what }) =>
    ({
      undefined: undefined,
      null: null,
      true: true,
      false: false,
      zero: 0,
      five: 5,
      half: 1.5,
      big: 9007199254740991,
      huge: 1e21,
      tiny: 1e-7,
      minus0: -0,
      empty: '',
      text: 'text',
      five_text: '5',
      true_text: 'true',
      null_text: 'null',
      json_text: '{"a":1}',
      date_text: '2030-01-01T00:00:00Z',
      date_text7: '2030-01-01T00:00:00.1234567Z',
      date_offset: '2030-01-01T00:00:00+02:00',
      Date: new Date('2030-01-01T00:00:00Z'),
      array: [1, 'a', null],
      object: { a: { b: '2030-01-01T00:00:00Z' } },
      buffer: Buffer.from('abc'),
      nested_dates: ['2030-01-01', '2030-01-01T00:00:00', '2030-01-01T00:00:00.000Z'],
    })[what],
});
df.app.activity('slow', {
  handler: async ({ ms, result }) => {
    await sleep(ms);
    return result ?? 'slow';
  },
});
df.app.activity('fail', {
  handler: async ({ ms = 0, message = 'boom' } = {}) => {
    await sleep(ms);
    throw new Error(message);
  },
});
df.app.activity('failOdd', {
  handler: ({ what }) => {
    throw {
      string: 'just text',
      undefined: undefined,
      null: null,
      object: { code: 7, message: 'of an object' },
      multi: new Error('line one\nline two\nStack: not really'),
      empty: new Error(''),
      type: new TypeError('a type error'),
      cause: new Error('outer', { cause: new Error('inner') }),
      quote: new Error('He said "no" — ünï'),
      result: new Error('Result: Failure\nException: x\nStack: y'),
    }[what];
  },
});
df.app.activity('failTimes', {
  handler: ({ key, times }) => {
    const n = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, n);
    if (n <= times) throw new Error(`attempt ${n}`);
    return `attempt ${n}`;
  },
});
df.app.activity('big', { handler: ({ bytes }) => 'x'.repeat(bytes) });
df.app.activity('who', {
  handler: (_input, context) => ({ name: context.functionName, metadata: context.triggerMetadata }),
});
