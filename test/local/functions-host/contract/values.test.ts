import type { Host } from '../../../../local/functions-host';
import { api, begin, run, runHost, until } from '../support/hosts';

// Values on their way between functions, named after the rows of the table of conversions, and what the SDK
// returns.

describe.each([2, 3] as const)('with schema %i', (schemaVersion) => {
  let host: Host;
  beforeAll(async () => {
    host = await runHost('contract-app', { schemaVersion });
  });

  test.each([
    ['a string', 'text', { type: 'string', value: 'text' }],
    ['a string that looks like JSON', '{"a":1}', { type: 'string', value: '{"a":1}' }],
    ['an object', { a: [1] }, { type: 'object', value: { a: [1] } }],
    ['a number', 5, { type: 'number', value: 5 }],
    ['null', null, { type: 'undefined', value: null }],
    ['a boolean, which becomes a text', true, { type: 'string', value: 'True' }],
    ['the other boolean', false, { type: 'string', value: 'False' }],
  ])('activity input: %s', async (_, value, expected) => {
    expect((await run(host, 'viaActivity', { value })).output).toEqual(expected);
  });

  test.each([
    ['undefined becomes null', 'nothing', { type: 'object', value: null }],
    ['null', 'nil', { type: 'object', value: null }],
    ['a text', 'text', { type: 'string', value: 'plain' }],
    ['a text that looks like JSON', 'json', { type: 'string', value: '{"a":1}' }],
    ['a whole number', 'whole', { type: 'number', value: 7 }],
    ['a broken number', 'broken', { type: 'number', value: 1.5 }],
    ['a boolean', 'flag', { type: 'boolean', value: true }],
    ['a list', 'list', { type: 'object', value: [1] }],
    ['bytes become base64', 'bytes', { type: 'string', value: Buffer.from('hi').toString('base64') }],
  ])('activity result: %s', async (_, what, expected) => {
    expect((await run(host, 'fromActivity', { what })).output).toEqual(expected);
  });

  test.each([
    ['an object', { a: 1 }],
    ['a string', 'text'],
    ['a number', 3],
    ['a boolean', false],
  ])('sub-orchestration input as is: %s', async (_, value) => {
    expect((await run(host, 'viaChild', { value })).output).toEqual({ type: typeof value, value });
  });

  test('continueAsNew with a string comes back with extra quotes; with an object as is', async () => {
    const through = async (value: unknown) =>
      (await run(host, 'viaContinueAsNew', { first: true, value })).output;
    expect(await through('text')).toEqual({ type: 'string', value: '"text"' });
    expect(await through({ a: 1 })).toEqual({ type: 'object', value: { a: 1 } });
  });

  test('an event with null arrives as nothing', async () => {
    const id = begin(host, 'viaEvent');
    host.client.raise(id, 'go', 'null');
    expect((await until(host, id)).output).toEqual({
      type: expect.stringMatching(/undefined|object/),
      value: null,
    });
  });

  test('an event without data is refused with 400', async () => {
    const id = begin(host, 'viaEvent');
    expect((await api(host, 'POST', `instances/${id}/raiseEvent/go`, '')).status).toBe(400);
  });

  test('a field called Timestamp in the input becomes a Date, valid or not', async () => {
    expect((await run(host, 'timestamps', { Timestamp: 'v1', other: 'v1' })).output).toEqual({
      isDate: true,
      valid: false,
      other: 'v1',
    });
  });

  test.each([
    ['an object', { s: 1 }, { s: 1 }],
    ['a text', 'half', 'half'],
    ['0, which is lost', 0, null],
    ["'', which is lost", '', null],
  ])('custom status: %s', async (_, status, expected) => {
    expect((await run(host, 'statusThenResult', { status })).customStatus).toEqual(expected);
  });

  test('a custom status of 17 whole KB of UTF-16 fails the instance', async () => {
    expect((await run(host, 'statusThenResult', { status: 'x'.repeat(8_701) })).runtimeStatus).toBe(
      'Completed',
    );
    const { runtimeStatus, output } = await run(host, 'statusThenResult', { status: 'x'.repeat(8_702) });
    expect(runtimeStatus).toBe('Failed');
    expect(output).toMatch(/16 KB/);
  });

  test('output undefined becomes null', async () => {
    expect((await run(host, 'statusThenResult', {})).output).toBeNull();
  });

  test('a failed orchestrator throws its state behind a label: the status shows the reason alone', async () => {
    const { runtimeStatus, output } = await run(host, 'fails');
    expect([runtimeStatus, output]).toEqual(['Failed', "Orchestrator function 'fails' failed: orch boom"]);
  });

  test('user code sees the reason and the details of a failed child in one message', async () => {
    const { output } = await run(host, 'caughtFailure');
    expect(output).toBe(
      "Orchestrator function 'fails' failed: orch boom \n Message: orch boom, StackTrace: ",
    );
  });

  test('a yield of something that is no task fails the instance with the words of the SDK', async () => {
    const { runtimeStatus, output } = await run(host, 'yieldsNothing');
    expect(runtimeStatus).toBe('Failed');
    expect(output).toMatch(/Durable Functions programming constraint violation/);
  });
});
