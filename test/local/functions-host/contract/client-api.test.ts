import type { Host } from '../../../../local/functions-host';
import { api, begin, run, runHost, type Status, statusOf, until } from '../support/hosts';

// The HTTP API of the Durable extension, named after the rows of the table of endpoints, and the SDK's client
// on it.

let host: Host;
beforeAll(async () => {
  host = await runHost('contract-app');
});

const running = ({ runtimeStatus }: Status) => runtimeStatus === 'Running';
const body = async (response: Response) => (await response.json()) as Record<string, unknown>;
const statusCode = async (method: string, path: string, content?: unknown) => {
  const response = await api(host, method, path, content);
  await response.arrayBuffer();
  return response.status;
};
/** An instance that waits for the event `go`. */
async function waiting(): Promise<string> {
  const id = begin(host, 'waits');
  await until(host, id, running);
  return id;
}
async function finished(): Promise<string> {
  return (await run(host, 'inputOf')).instanceId;
}

describe('POST orchestrators/{fn}[/{id}]', () => {
  test('202 with links, Location and Retry-After 10', async () => {
    const response = await api(host, 'POST', 'orchestrators/inputOf/my-id', { a: 1 });
    expect(response.status).toBe(202);
    expect(response.headers.get('retry-after')).toBe('10');
    const links = await body(response);
    const base = `${host.url}/runtime/webhooks/durabletask/instances/my-id`;
    const query = 'taskHub=TestHubName&connection=Storage&code=';
    expect(links).toEqual({
      id: 'my-id',
      statusQueryGetUri: `${base}?${query}`,
      sendEventPostUri: `${base}/raiseEvent/{eventName}?${query}`,
      terminatePostUri: `${base}/terminate?reason={text}&${query}`,
      purgeHistoryDeleteUri: `${base}?${query}`,
      restartPostUri: `${base}/restart?${query}`,
      suspendPostUri: `${base}/suspend?reason={text}&${query}`,
      resumePostUri: `${base}/resume?reason={text}&${query}`,
    });
    expect(response.headers.get('location')).toBe(links.statusQueryGetUri);
    expect((await until(host, 'my-id')).output).toEqual({ type: 'object', value: { a: 1 } });
  });

  test('an id is made up when none is given', async () => {
    const { id } = await body(await api(host, 'POST', 'orchestrators/inputOf'));
    expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  test('names of orchestrators match in any case', async () => {
    expect(await statusCode('POST', 'orchestrators/INPUTOF')).toBe(202);
  });

  test('400 for bad JSON, 404 for an id with a slash', async () => {
    const response = await api(host, 'POST', 'orchestrators/inputOf', '{bad');
    expect([response.status, await body(response)]).toEqual([
      400,
      expect.objectContaining({ Message: 'Invalid JSON content', ExceptionMessage: expect.any(String) }),
    ]);
    expect(await statusCode('POST', 'orchestrators/inputOf/a%2Fb', {})).toBe(404);
  });

  test.each(['@x', 'a%23b', 'a%3Fb', 'a%5Cb', 'x'.repeat(257)])('the id %s is taken', async (id) => {
    expect(await statusCode('POST', `orchestrators/inputOf/${id}`, {})).toBe(202);
  });

  test('an unknown orchestrator is accepted, and fails when it is to run', async () => {
    const { id } = await body(await api(host, 'POST', 'orchestrators/nobody', {}));
    const { runtimeStatus, output } = await until(host, id as string);
    expect([runtimeStatus, output]).toEqual([
      'Failed',
      expect.stringMatching(/'nobody' doesn't exist.*the known orchestrator functions: '/),
    ]);
  });

  test('409 for an instance that is alive, whether it runs or is suspended', async () => {
    const id = await waiting();
    expect(await statusCode('POST', `orchestrators/waits/${id}`)).toBe(409);
    host.client.suspend(id, null);
    await until(host, id, ({ runtimeStatus }) => runtimeStatus === 'Suspended');
    expect(await statusCode('POST', `orchestrators/waits/${id}`)).toBe(409);
  });

  test('a finished id may be used again', async () => {
    const id = await finished();
    expect(await statusCode('POST', `orchestrators/inputOf/${id}`, { again: true })).toBe(202);
    expect((await until(host, id)).input).toEqual({ again: true });
  });

  test('timeout and pollingInterval wait for the outcome', async () => {
    const done = await api(host, 'POST', 'orchestrators/inputOf?timeout=500&pollingInterval=0.02', { a: 1 });
    expect([done.status, await body(done)]).toEqual([200, { type: 'object', value: { a: 1 } }]);
    const failed = await api(host, 'POST', 'orchestrators/fails?timeout=500&pollingInterval=0.02');
    expect([failed.status, (await body(failed)).runtimeStatus]).toEqual([200, 'Failed']);
    const slow = await api(host, 'POST', 'orchestrators/waits?timeout=0.05&pollingInterval=0.02');
    expect([slow.status, await body(slow)]).toEqual([
      202,
      expect.objectContaining({ statusQueryGetUri: expect.any(String) }),
    ]);
  });
});

describe('GET instances/{id}', () => {
  test('202 with Location and Retry-After 5 while it is alive', async () => {
    const id = await waiting();
    const response = await api(host, 'GET', `instances/${id}`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([202, '5']);
    expect(response.headers.get('location')).toBe(response.url);
  });

  test('200 with every field, times in whole seconds, when it has finished', async () => {
    const id = await finished();
    const response = await api(host, 'GET', `instances/${id}`);
    expect(response.status).toBe(200);
    const wholeSeconds = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(await body(response)).toEqual({
      name: 'inputOf',
      instanceId: id,
      runtimeStatus: 'Completed',
      input: {},
      customStatus: null,
      output: { type: 'object', value: {} },
      createdTime: wholeSeconds,
      lastUpdatedTime: wholeSeconds,
    });
  });

  test('500 for a failed one when asked for, otherwise 200 with the reason as output', async () => {
    const { instanceId } = await run(host, 'fails');
    expect(await statusCode('GET', `instances/${instanceId}?returnInternalServerErrorOnFailure=true`)).toBe(
      500,
    );
    const response = await api(host, 'GET', `instances/${instanceId}`);
    expect(response.status).toBe(200);
    expect((await body(response)).output).toBe("Orchestrator function 'fails' failed: orch boom");
  });

  test('404 for an unknown one', async () => {
    expect(await statusCode('GET', 'instances/nobody')).toBe(404);
  });

  test('showInput=false leaves the input out', async () => {
    const id = await finished();
    expect((await body(await api(host, 'GET', `instances/${id}?showInput=false`))).input).toBeNull();
  });

  test('showHistory folds schedules into completions and leaves the frame out', async () => {
    const id = begin(host, 'everyEvent');
    host.client.raise(id, 'go', '{"e":5}');
    await until(host, id);
    const read = async (query: string) =>
      (await body(await api(host, 'GET', `instances/${id}?${query}`))).historyEvents;
    const events = (await read('showHistory=true')) as Record<string, unknown>[];
    expect(events.map(({ EventType }) => EventType).sort()).toEqual([
      'EventRaised',
      'ExecutionCompleted',
      'ExecutionStarted',
      'SubOrchestrationInstanceCompleted',
      'SubOrchestrationInstanceFailed',
      'TaskCompleted',
      'TaskFailed',
      'TimerCreated',
      'TimerFired',
    ]);
    for (const event of events) {
      expect(Object.keys(event)).not.toEqual(expect.arrayContaining(['EventId']));
      for (const field of ['IsPlayed', 'TaskScheduledId', 'TimerId', 'Result', 'ParentInstance']) {
        expect(event).not.toHaveProperty(field);
      }
    }
    expect(events).toContainEqual(
      expect.objectContaining({
        EventType: 'TaskCompleted',
        FunctionName: 'echo',
        ScheduledTime: expect.any(String),
      }),
    );
    expect(await read('showHistory=true&showHistoryOutput=true')).toContainEqual(
      expect.objectContaining({ EventType: 'TaskCompleted', Result: { a: 1 } }),
    );
    expect(await read('showHistory=false')).toBeUndefined();
  });
});

describe('GET instances', () => {
  let own: Host;
  beforeAll(async () => {
    own = await runHost('contract-app');
    for (let i = 0; i < 7; i++)
      begin(own, i < 4 ? 'waits' : 'inputOf', { i }, `${i % 2 ? 'odd' : 'even'}-${i}`);
    await until(own, 'even-6');
    await until(own, 'odd-5');
    await until(own, 'even-4');
    for (let i = 0; i < 4; i++) await until(own, `${i % 2 ? 'odd' : 'even'}-${i}`, running);
  });
  const ids = async (query: string) =>
    ((await (await api(own, 'GET', `instances?${query}`)).json()) as Status[]).map(
      ({ instanceId }) => instanceId,
    );

  test('200 with all of them, in the order of their creation', async () => {
    expect(await ids('')).toEqual(['even-0', 'odd-1', 'even-2', 'odd-3', 'even-4', 'odd-5', 'even-6']);
  });

  test('runtimeStatus, instanceIdPrefix and created times filter', async () => {
    expect(await ids('runtimeStatus=Completed,Failed')).toEqual(['even-4', 'odd-5', 'even-6']);
    expect(await ids('instanceIdPrefix=odd')).toEqual(['odd-1', 'odd-3', 'odd-5']);
    for (const other of ['Odd', 'od_', 'odd%25', 'oe'])
      expect(await ids(`instanceIdPrefix=${other}`)).toEqual([]);
    expect(await ids('createdTimeFrom=2001-01-01T00:00:00Z&createdTimeTo=2001-01-02T00:00:00Z')).toEqual([]);
    expect(await ids(`createdTimeFrom=2001-01-01T00:00:00Z&instanceIdPrefix=odd-5`)).toEqual(['odd-5']);
  });

  test('top pages with a continuation token until none comes back', async () => {
    const seen: string[] = [];
    let token: string | null = null;
    let pages = 0;
    do {
      const response: Response = await fetch(`${own.url}/runtime/webhooks/durabletask/instances?top=3`, {
        headers: token ? { 'x-ms-continuation-token': token } : {},
      });
      seen.push(...((await response.json()) as Status[]).map(({ instanceId }) => instanceId));
      token = response.headers.get('x-ms-continuation-token');
      pages++;
    } while (token);
    expect([pages, seen.length, new Set(seen).size]).toEqual([3, 7, 7]);
  });

  test('a time or a status that is none is as if it were not there', async () => {
    expect(await ids('createdTimeFrom=yesterday')).toHaveLength(7);
    expect(await ids('runtimeStatus=Sleeping')).toHaveLength(7);
  });
});

describe('DELETE instances/{id}', () => {
  test('200 with the count, 404 afterwards', async () => {
    const id = await finished();
    const response = await api(host, 'DELETE', `instances/${id}`);
    expect([response.status, await body(response)]).toEqual([200, { instancesDeleted: 1 }]);
    expect(await statusCode('GET', `instances/${id}`)).toBe(404);
    expect(await statusCode('DELETE', `instances/${id}`)).toBe(404);
  });

  test('412 when it has not finished', async () => {
    expect(await statusCode('DELETE', `instances/${await waiting()}`)).toBe(412);
  });
});

describe('DELETE instances', () => {
  test('200 with the count of those that match, also running ones when no state is named; 404 for none; 400 without createdTimeFrom', async () => {
    const own = await runHost('contract-app');
    await run(own, 'inputOf');
    await run(own, 'fails');
    begin(own, 'waits', {}, 'alive');
    const path = 'instances?createdTimeFrom=2001-01-01T00:00:00Z';
    const failed = await api(own, 'DELETE', `${path}&runtimeStatus=Failed`);
    expect([failed.status, await body(failed)]).toEqual([200, { instancesDeleted: 1 }]);
    const ended = `${path}&runtimeStatus=Completed,Running`;
    expect(await body(await api(own, 'DELETE', ended))).toEqual({ instancesDeleted: 1 });
    expect((await statusOf(own, 'alive'))?.instanceId).toBe('alive');
    expect(await body(await api(own, 'DELETE', path))).toEqual({ instancesDeleted: 1 });
    expect((await api(own, 'DELETE', path)).status).toBe(404);
    expect((await api(own, 'DELETE', 'instances')).status).toBe(400);
  });
});

describe('POST instances/{id}/terminate|suspend|resume', () => {
  test.each(['terminate', 'suspend', 'resume'])(
    '%s: 404 for an unknown instance, 410 for a finished one',
    async (verb) => {
      expect(await statusCode('POST', `instances/nobody/${verb}`)).toBe(404);
      expect(await statusCode('POST', `instances/${await finished()}/${verb}`)).toBe(410);
    },
  );

  test('terminate: 202, and the reason becomes the output', async () => {
    const id = await waiting();
    expect(await statusCode('POST', `instances/${id}/terminate?reason=enough%20of%20it`)).toBe(202);
    expect(await until(host, id)).toMatchObject({ runtimeStatus: 'Terminated', output: 'enough of it' });
  });

  test('suspend and resume: 202, and 500 in the wrong state', async () => {
    const id = await waiting();
    expect(await statusCode('POST', `instances/${id}/resume`)).toBe(500);
    expect(await statusCode('POST', `instances/${id}/suspend`)).toBe(202);
    await until(host, id, ({ runtimeStatus }) => runtimeStatus === 'Suspended');
    expect(await statusCode('POST', `instances/${id}/suspend`)).toBe(500);
    expect(await statusCode('POST', `instances/${id}/resume`)).toBe(202);
    await until(host, id, running);
  });
});

test('POST instances/{id}/rewind: 404 unknown, 412 not failed, 501 not supported', async () => {
  expect(await statusCode('POST', 'instances/nobody/rewind')).toBe(404);
  expect(await statusCode('POST', `instances/${await finished()}/rewind`)).toBe(412);
  expect(await statusCode('POST', `instances/${(await run(host, 'fails')).instanceId}/rewind`)).toBe(501);
});

test('POST instances/{id}/restart: 202 under a new id or under its own, 400 unknown, 409 alive', async () => {
  const { instanceId } = await run(host, 'inputOf', { again: 1 });
  const { id } = await body(await api(host, 'POST', `instances/${instanceId}/restart`));
  expect(id).not.toBe(instanceId);
  expect((await until(host, id as string)).input).toEqual({ again: 1 });
  const same = await body(
    await api(host, 'POST', `instances/${instanceId}/restart?restartWithNewInstanceId=false`),
  );
  expect(same.id).toBe(instanceId);
  await until(host, instanceId);
  expect(await statusCode('POST', 'instances/nobody/restart')).toBe(400);
  expect(
    await statusCode('POST', `instances/${await waiting()}/restart?restartWithNewInstanceId=false`),
  ).toBe(409);
});

test('POST instances/{id}/raiseEvent/{name}: 202, 404 unknown, 410 finished, 400 bad JSON or no JSON type', async () => {
  const id = await waiting();
  expect(await statusCode('POST', `instances/${id}/raiseEvent/go`, '{bad')).toBe(400);
  const text = await fetch(`${host.url}/runtime/webhooks/durabletask/instances/${id}/raiseEvent/go`, {
    method: 'POST',
    body: '1',
    headers: { 'content-type': 'text/plain' },
  });
  expect(text.status).toBe(400);
  expect(await statusCode('POST', `instances/${id}/raiseEvent/go`, 7)).toBe(202);
  expect((await until(host, id)).output).toEqual({ value: 7 });
  expect(await statusCode('POST', `instances/${id}/raiseEvent/go`, 7)).toBe(410);
  expect(await statusCode('POST', 'instances/nobody/raiseEvent/go', 7)).toBe(404);
});

test('an event that comes before the instance waits for it is kept', async () => {
  const id = begin(host, 'waits');
  host.client.raise(id, 'go', '1');
  expect((await until(host, id)).output).toEqual({ value: 1 });
});

test('an event raised in other letter case leaves the instance running; one in the right case completes it', async () => {
  const id = await waiting();
  host.client.raise(id, 'GO', '1');
  host.client.raise(id, 'go', '2');
  expect((await until(host, id)).output).toEqual({ value: 2 });
});

test('entities: none there, 501 for a signal; makeprimary: 200; anything else: 404', async () => {
  expect(await statusCode('GET', 'entities/counter/a')).toBe(404);
  expect(await statusCode('GET', 'entities')).toBe(200);
  expect(await statusCode('POST', 'entities/counter/a')).toBe(501);
  expect(await statusCode('POST', 'makeprimary')).toBe(200);
  expect(await statusCode('GET', 'something')).toBe(404);
});

describe("the SDK's client", () => {
  let app: Host;
  beforeAll(async () => {
    app = await runHost('basic-app');
  });
  const call = (method: string, ...args: unknown[]) => callOn(app, method, ...args);
  const callOn = async (on: Host, method: string, ...args: unknown[]) => {
    const response = await fetch(`${on.url}/api/client/${method}`, {
      method: 'POST',
      body: JSON.stringify(args),
    });
    return (await response.json()) as { result?: unknown; error?: string };
  };

  const FAILED = { runtimeStatus: ['Failed'], dates: { createdTimeFrom: '2001-01-01' } };

  test('startNew, getStatus, raiseEvent', async () => {
    expect(await call('startNew', 'waiter', { instanceId: 'c1', input: { a: 1 } })).toEqual({ result: 'c1' });
    await call('raiseEvent', 'c1', 'go', { b: 2 });
    await until(app, 'c1');
    expect((await call('getStatus', 'c1')).result).toMatchObject({
      runtimeStatus: 'Completed',
      input: { a: 1 },
      output: { b: 2 },
    });
  });

  test('startNew without input gives the orchestrator an empty text', async () => {
    await call('startNew', 'waiter', { instanceId: 'c2' });
    expect((await statusOf(app, 'c2'))?.input).toBe('');
  });

  test('startNew on an instance that is alive is rejected', async () => {
    expect(await call('startNew', 'waiter', { instanceId: 'alive' })).toEqual({ result: 'alive' });
    expect((await call('startNew', 'waiter', { instanceId: 'alive' })).error).toMatch(/409/);
  });

  test('suspend, resume and terminate', async () => {
    await call('startNew', 'waiter', { instanceId: 'c3' });
    await call('suspend', 'c3', 'pause');
    await until(app, 'c3', ({ runtimeStatus }) => runtimeStatus === 'Suspended');
    await call('resume', 'c3', 'on');
    await until(app, 'c3', running);
    expect(await call('terminate', 'c3', 'enough')).toEqual({ result: null });
    expect((await until(app, 'c3')).output).toBe('enough');
  });

  test('raiseEvent to a finished instance succeeds silently; to an unknown one it is rejected', async () => {
    const { instanceId } = await run(app, 'child', { n: 1 });
    expect(await call('raiseEvent', instanceId, 'go', 1)).toEqual({ result: null });
    expect((await call('raiseEvent', 'nobody', 'go', 1)).error).toMatch(/No instance with ID 'nobody' found/);
  });

  test('getStatus of an unknown instance is rejected; status.history stays empty although it was asked for', async () => {
    expect((await call('getStatus', 'nobody')).error).toMatch(/404/);
    const { instanceId } = await run(app, 'child', { n: 1 });
    const { result } = await call('getStatus', instanceId, { showHistory: true });
    expect((result as { history?: unknown }).history).toBeUndefined();
  });

  test('getStatusAll follows the pages; getStatusBy filters', async () => {
    const own = await runHost('basic-app');
    for (let i = 0; i < 120; i++) begin(own, 'failing', {}, `page-${i}`);
    for (let i = 0; i < 120; i++) await until(own, `page-${i}`);
    await run(own, 'child', { n: 1 });
    const all = (await callOn(own, 'getStatusAll')).result as Status[];
    expect(new Set(all.map(({ instanceId }) => instanceId)).size).toBe(121);
    const failed = (await callOn(own, 'getStatusBy', FAILED)).result as Status[];
    expect(failed).toHaveLength(120);
  });

  test('purgeInstanceHistory and purgeInstanceHistoryBy', async () => {
    const own = await runHost('basic-app');
    for (const id of ['a', 'b', 'c']) await until(own, begin(own, 'failing', {}, id));
    await run(own, 'child', { n: 1 });
    expect(await callOn(own, 'purgeInstanceHistory', 'a')).toEqual({ result: { instancesDeleted: 1 } });
    expect(await callOn(own, 'purgeInstanceHistory', 'nobody')).toEqual({ result: { instancesDeleted: 0 } });
    const purged = await callOn(own, 'purgeInstanceHistoryBy', FAILED);
    expect(purged).toEqual({ result: { instancesDeleted: 2 } });
  });

  test('waitForCompletionOrCreateCheckStatusResponse: the output, or a 202 with links', async () => {
    const wait = (id: string) => fetch(`${app.url}/api/wait/${id}`);
    await call('startNew', 'child', { instanceId: 'c4', input: { n: 2 } });
    await until(app, 'c4');
    const done = await wait('c4');
    expect([done.status, await done.json()]).toEqual([200, { doubled: 4 }]);
    await call('startNew', 'waiter', { instanceId: 'c5' });
    const alive = await wait('c5');
    expect([alive.status, alive.headers.get('location')]).toEqual([
      202,
      expect.stringContaining('/instances/c5?'),
    ]);
  });

  test('rewind and entities are refused with a clear message', async () => {
    await call('startNew', 'failing', { instanceId: 'c6' });
    await until(app, 'c6');
    expect((await call('rewind', 'c6', 'why')).error).toBeDefined();
    expect((await call('readEntityState', { name: 'counter', key: 'a' })).result).toMatchObject({
      entityExists: false,
    });
  });
});
