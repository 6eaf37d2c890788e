import type { Host } from '../../../../local/functions-host';
import type { HistoryEvent } from '../../../../local/functions-host/durable-task/history';
import { begin, run, runHost, typesOf, until } from '../support/hosts';

// The events of a history, named after the rows of the table of events.

let host: Host;
let events: HistoryEvent[];
let id: string;

beforeAll(async () => {
  host = await runHost('contract-app');
  id = begin(host, 'everyEvent', { n: 1 });
  await until(host, `${id}-failing`, ({ runtimeStatus }) => runtimeStatus === 'Failed');
  host.client.raise(id, 'go', '{"e":5}');
  await until(host, id);
  events = host.client.history(id);
});

const ofType = (type: number) => events.filter((event) => event.EventType === type);

test('12 OrchestratorStarted and 13 OrchestratorCompleted frame every episode', () => {
  const types = typesOf(events);
  expect(types[0]).toBe(12);
  expect(types.at(-1)).toBe(13);
  types.forEach((type, index) => {
    if (type === 13 && index < types.length - 1) expect(types[index + 1]).toBe(12);
  });
  expect(types.filter((type) => type === 12)).toHaveLength(types.filter((type) => type === 13).length);
});

test('the layout of an episode: 12, the messages, what is scheduled, 13', () => {
  expect(typesOf(events).slice(0, 8)).toEqual([12, 0, 4, 13, 12, 5, 4, 13]);
});

test('every event has a type, an id (-1 when received) and a timestamp', () => {
  for (const event of events) {
    expect(event).toEqual(
      expect.objectContaining({ EventType: expect.any(Number), EventId: expect.any(Number) }),
    );
    expect(new Date(event.Timestamp).toISOString()).toBe(event.Timestamp);
  }
  expect(events.filter(({ EventId }) => EventId >= 0).map(({ EventId }) => EventId)).toEqual([
    0, 1, 2, 3, 4, 5,
  ]);
});

test('0 ExecutionStarted', () => {
  expect(ofType(0)).toEqual([
    expect.objectContaining({
      EventId: -1,
      Name: 'everyEvent',
      Version: '',
      Input: '{"n":1}',
      OrchestrationInstance: { InstanceId: id, ExecutionId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      ParentInstance: null,
      Tags: null,
    }),
  ]);
});

test('0 ExecutionStarted of a child names its parent', () => {
  expect(host.client.history(`${id}-child`)[1]).toMatchObject({
    ParentInstance: { Name: 'everyEvent', OrchestrationInstance: { InstanceId: id }, TaskScheduleId: 2 },
  });
});

test('1 ExecutionCompleted, with the next id', () => {
  expect(ofType(1)).toEqual([
    expect.objectContaining({
      EventId: 5,
      OrchestrationStatus: 'Completed',
      Result: '{"done":true}',
      FailureDetails: null,
    }),
  ]);
});

test('3 ExecutionTerminated, with the reason as its input', async () => {
  const waiter = begin(host, 'waits');
  await until(host, waiter, ({ runtimeStatus }) => runtimeStatus === 'Running');
  host.client.terminate(waiter, 'enough');
  await until(host, waiter);
  expect(host.client.history(waiter)).toContainEqual(
    expect.objectContaining({ EventType: 3, Input: 'enough' }),
  );
});

test('4 TaskScheduled keeps its input only when host.json asks for it', async () => {
  expect(ofType(4)[0]).toMatchObject({ EventId: 0, Name: 'echo', Version: '', Input: '[{"a":1}]' });
  const other = await runHost('basic-app');
  const { instanceId } = await run(other, 'chain', { length: 1 });
  expect(other.client.history(instanceId)).toContainEqual(
    expect.objectContaining({ EventType: 4, Input: null }),
  );
});

test('5 TaskCompleted', () => {
  expect(ofType(5)).toEqual([
    expect.objectContaining({ EventId: -1, TaskScheduledId: 0, Result: '{"a":1}' }),
  ]);
});

test('5 TaskCompleted of nothing has a Result all the same, which is null', async () => {
  const { instanceId } = await run(host, 'fromActivity', { what: 'nothing' });
  expect(host.client.history(instanceId)).toContainEqual(
    expect.objectContaining({ EventType: 5, Result: null }),
  );
});

test('6 TaskFailed has texts for reason and details', () => {
  expect(ofType(6)).toEqual([
    expect.objectContaining({
      TaskScheduledId: 1,
      Reason: "Activity function 'boom' failed:  bang",
      Details: expect.stringContaining('"Message":" bang"'),
    }),
  ]);
});

test('7 SubOrchestrationInstanceCreated', () => {
  expect(ofType(7)[0]).toMatchObject({
    EventId: 2,
    Name: 'inputOf',
    InstanceId: `${id}-child`,
    Input: '{"b":2}',
  });
});

test('8 SubOrchestrationInstanceCompleted', () => {
  expect(ofType(8)).toEqual([
    expect.objectContaining({ TaskScheduledId: 2, Result: '{"type":"object","value":{"b":2}}' }),
  ]);
});

test('9 SubOrchestrationInstanceFailed', () => {
  expect(ofType(9)).toEqual([
    expect.objectContaining({
      TaskScheduledId: 3,
      Reason: "Orchestrator function 'fails' failed: orch boom",
      Details: 'Message: orch boom, StackTrace: ',
    }),
  ]);
});

test('10 TimerCreated and 11 TimerFired: at most a second early', () => {
  const [created] = ofType(10) as { EventId: number; FireAt: string }[];
  const index = events.findIndex((event) => event.EventType === 11);
  expect(events[index]).toMatchObject({ TimerId: created?.EventId, FireAt: created?.FireAt });
  const episode = events.slice(0, index).findLast((event) => event.EventType === 12);
  expect(Date.parse(episode?.Timestamp ?? '')).toBeGreaterThan(Date.parse(created?.FireAt ?? '') - 1000);
});

test('15 EventRaised', () => {
  expect(ofType(15)).toEqual([expect.objectContaining({ EventId: -1, Name: 'go', Input: '{"e":5}' })]);
});

test('19 ExecutionSuspended and 20 ExecutionResumed, with their reasons', async () => {
  const waiter = begin(host, 'waits');
  await until(host, waiter, ({ runtimeStatus }) => runtimeStatus === 'Running');
  host.client.suspend(waiter, 'pause');
  await until(host, waiter, ({ runtimeStatus }) => runtimeStatus === 'Suspended');
  host.client.resume(waiter, 'on');
  await until(host, waiter, ({ runtimeStatus }) => runtimeStatus === 'Running');
  const history = host.client.history(waiter);
  expect(history).toContainEqual(expect.objectContaining({ EventType: 19, Reason: 'pause' }));
  expect(history).toContainEqual(expect.objectContaining({ EventType: 20, Reason: 'on' }));
});

test('up to 32 messages go to one episode; with oneByOne it is one', async () => {
  const widest = (history: HistoryEvent[]) => {
    const types = typesOf(history).join(' ');
    return Math.max(...[...types.matchAll(/(?: 5)+/g)].map(([run]) => run.length / 2));
  };
  const oneByOne = await runHost('contract-app', { oneByOne: true });
  const { instanceId } = await run(oneByOne, 'manyAtOnce');
  expect(widest(oneByOne.client.history(instanceId))).toBe(1);
  const batched = await run(host, 'manyAtOnce');
  expect(widest(host.client.history(batched.instanceId))).toBeLessThanOrEqual(32);
});
