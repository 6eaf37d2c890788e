import type { Host } from '../../../../local/functions-host';
import { begin, run, runHost, typesOf, until } from '../support/hosts';

// What the SDK returns, named after the rows of the table of actions: an upgrade that changes one shows here.

describe.each([
  [2, 2],
  [3, 3],
] as const)('with schema %i', (schemaVersion, reported) => {
  let host: Host;
  beforeAll(async () => {
    host = await runHost('contract-app', { schemaVersion });
  });
  const state = async (id: string) =>
    (await (await fetch(`${host.url}/api/state/${id}`)).json()) as Record<string, unknown>;

  async function actions(what: string): Promise<unknown> {
    const id = begin(host, 'asks', { what });
    if (what === 'waitForExternalEvent') host.client.raise(id, 'go', 'null');
    await until(host, id);
    return ((await state(id)).actions as unknown[][])[0];
  }
  const retryOptions = {
    firstRetryIntervalInMilliseconds: 50,
    maxNumberOfAttempts: 3,
    backoffCoefficient: 2,
  };
  const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

  test('0 CallActivity', async () => {
    expect(await actions('callActivity')).toEqual([{ actionType: 0, functionName: 'echo', input: { a: 1 } }]);
  });
  test('1 CallActivityWithRetry', async () => {
    expect(await actions('callActivityWithRetry')).toEqual([
      { actionType: 1, functionName: 'echo', input: { a: 1 }, retryOptions },
    ]);
  });
  test('2 CallSubOrchestrator', async () => {
    expect(await actions('callSubOrchestrator')).toEqual([
      { actionType: 2, functionName: 'inputOf', input: { b: 1 }, instanceId: expect.stringMatching(/-c$/) },
    ]);
  });
  test('3 CallSubOrchestratorWithRetry', async () => {
    expect(await actions('callSubOrchestratorWithRetry')).toEqual([
      {
        actionType: 3,
        functionName: 'inputOf',
        input: { b: 1 },
        instanceId: expect.stringMatching(/-c$/),
        retryOptions,
      },
    ]);
  });
  test('4 ContinueAsNew', async () => {
    const id = begin(host, 'continues', { n: 0 });
    await until(host, id);
    expect((await state(id)).actions).toEqual([[]]);
    expect(host.client.get(id)?.input).toBe('{"n":1}');
  });
  test('5 CreateTimer', async () => {
    expect(await actions('createTimer')).toEqual([{ actionType: 5, fireAt: isoTime, isCanceled: false }]);
  });
  test('5 CreateTimer, cancelled', async () => {
    const { instanceId } = await run(host, 'cancels');
    expect((await state(instanceId)).actions).toEqual([
      [
        {
          actionType: 11,
          compoundActions: [{ actionType: 5, fireAt: isoTime, isCanceled: true }, expect.anything()],
        },
      ],
    ]);
  });
  test('6 WaitForExternalEvent', async () => {
    expect(await actions('waitForExternalEvent')).toEqual([
      { actionType: 6, externalEventName: 'go', reason: 'ExternalEvent' },
    ]);
  });
  test('11 WhenAny and 12 WhenAll nest', async () => {
    expect(await actions('whenAny')).toMatchObject([
      { actionType: 11, compoundActions: [{ actionType: 0 }, { actionType: 5 }] },
    ]);
    expect(await actions('whenAll')).toMatchObject([
      { actionType: 12, compoundActions: [{ actionType: 0 }, { actionType: 1 }] },
    ]);
  });

  test.each([
    ['7 CallEntity', 'asks', { what: 'callEntity' }, /CallEntity is not supported/],
    ['8 CallHttp', 'asks', { what: 'callHttp' }, /CallHttp is not supported/],
    ['9 SignalEntity', 'signals', {}, /SignalEntity is not supported/],
    [
      '13 LockEntities',
      'locks',
      {},
      schemaVersion === 3 ? /LockEntities is not supported/ : /schema V4 or higher/,
    ],
  ])('%s is refused with a clear message', async (_, orchestrator, input, message) => {
    const { runtimeStatus, output } = await run(host, orchestrator, input);
    expect(runtimeStatus).toBe('Failed');
    expect(output).toMatch(message);
  });

  test('success: isDone, the full list of actions, schemaVersion and output', async () => {
    const { instanceId } = await run(host, 'asks', { what: 'callActivity' });
    expect(await state(instanceId)).toEqual({
      isDone: true,
      actions: [[expect.objectContaining({ actionType: 0 })]],
      schemaVersion: reported,
      output: { over: true },
    });
  });

  test('failure: the invocation throws, with the state behind a label after the word false', async () => {
    const { instanceId } = await run(host, 'fails');
    const { thrown } = await state(instanceId);
    const [word, json] = (thrown as string).split('\n\n$OutOfProcData$:');
    expect(word).toBe('false');
    expect(JSON.parse(json ?? '')).toEqual({
      isDone: false,
      actions: [[]],
      schemaVersion: reported,
      error: 'orch boom',
    });
  });

  test('an uncaught activity failure is the reason of the orchestrator', async () => {
    const { runtimeStatus, output } = await run(host, 'rethrows');
    expect(runtimeStatus).toBe('Failed');
    expect(output).toMatch(
      /^Orchestrator function 'rethrows' failed: Activity function 'boom' failed: {2}deep \n /,
    );
  });

  test('the payload has everything that the SDK needs, under its real names', async () => {
    const { instanceId } = await run(host, 'asks', { what: 'callSubOrchestrator' });
    const read = async (id: string) =>
      (await (await fetch(`${host.url}/api/payload/${id}`)).json()) as unknown;
    expect(await read(`${instanceId}-c`)).toEqual({
      history: [
        expect.objectContaining({ EventType: 12, IsPlayed: false }),
        expect.objectContaining({ EventType: 0 }),
      ],
      input: { b: 1 },
      instanceId: `${instanceId}-c`,
      isReplaying: false,
      parentInstanceId: instanceId,
      upperSchemaVersion: 1,
      upperSchemaVersionNew: schemaVersion,
      longRunningTimerIntervalDuration: '3.00:00:00',
      maximumShortTimerDuration: '6.00:00:00',
      defaultHttpAsyncRequestSleepTimeMillseconds: 30000,
    });
    const parent = (await read(instanceId)) as {
      history: { EventType: number; IsPlayed: boolean }[];
      isReplaying: boolean;
    };
    expect(parent.isReplaying).toBe(true);
    const played = parent.history.map(({ IsPlayed }) => IsPlayed);
    expect(played).toEqual([true, true, true, true, false, false]);
    expect(typesOf(host.client.history(instanceId))).toEqual([12, 0, 7, 13, 12, 8, 1, 13]);
  });
});
