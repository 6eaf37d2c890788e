import fc from 'fast-check';
import {
  type Action,
  ActionType,
  type RetryOptions,
} from '../../../../local/functions-host/durable-task/actions';
import {
  EventType,
  type HistoryEvent,
  type ScheduledEvent,
} from '../../../../local/functions-host/durable-task/history';
import { type Decision, interpret } from '../../../../local/functions-host/interpreter/interpreter';
import { retryDelay } from '../../../../local/functions-host/interpreter/retry';

// What the Durable extension does with the SDK's actions, row by row, without a host around it.

const START = Date.parse('2030-01-01T00:00:00.000Z');
const DAY = 24 * 3600 * 1000;
const at = (ms: number) => new Date(START + ms).toISOString();

const activity = (functionName: string, input?: unknown): Action => ({
  actionType: ActionType.CallActivity,
  functionName,
  input,
});
const retried = (functionName: string, retryOptions: RetryOptions): Action => ({
  actionType: ActionType.CallActivityWithRetry,
  functionName,
  retryOptions,
});
const timer = (ms: number, isCanceled = false): Action => ({
  actionType: ActionType.CreateTimer,
  fireAt: at(ms),
  isCanceled,
});
const waitFor = (externalEventName: string): Action => ({
  actionType: ActionType.WaitForExternalEvent,
  externalEventName,
});
const all = (...compoundActions: Action[]): Action => ({ actionType: ActionType.WhenAll, compoundActions });
const any = (...compoundActions: Action[]): Action => ({ actionType: ActionType.WhenAny, compoundActions });

/** Builds a history episode by episode, taking over what the interpreter schedules. */
class Story {
  readonly events: HistoryEvent[] = [];
  constructor(private readonly executionId = 'e1') {}

  /** One episode: its time, what arrived, and the SDK's answer. */
  episode(
    ms: number,
    arrived: HistoryEvent[],
    actions: Action[],
    end: { isDone?: boolean; error?: string } = {},
  ): Decision {
    const Timestamp = at(ms);
    this.events.push({ EventType: EventType.OrchestratorStarted, EventId: -1, Timestamp }, ...arrived);
    const decision = interpret(
      this.events,
      { isDone: false, actions: [actions], ...end },
      {
        orchestrator: 'main',
        executionId: this.executionId,
        isActivity: (name) => name !== 'unknown',
        isOrchestrator: (name) => name !== 'unknown',
      },
    );
    this.events.push(...decision.scheduled, {
      EventType: EventType.OrchestratorCompleted,
      EventId: -1,
      Timestamp,
    });
    return decision;
  }
}

const message = { EventId: -1, Timestamp: at(0) };
const started: HistoryEvent = {
  EventType: EventType.ExecutionStarted,
  ...message,
  Name: 'main',
  Version: '',
  Input: null,
  OrchestrationInstance: { InstanceId: 'i', ExecutionId: 'e1' },
  ParentInstance: null,
  Tags: null,
  Generation: 0,
};
const done = (id: number): HistoryEvent => ({
  EventType: EventType.TaskCompleted,
  ...message,
  TaskScheduledId: id,
  Result: 'null',
});
const failed = (id: number): HistoryEvent => ({
  EventType: EventType.TaskFailed,
  ...message,
  TaskScheduledId: id,
  Reason: 'r',
  Details: 'd',
});
const fired = (id: number): HistoryEvent => ({
  EventType: EventType.TimerFired,
  ...message,
  TimerId: id,
  FireAt: at(0),
});
const raised = (Name: string, Input = 'null'): HistoryEvent => ({
  EventType: EventType.EventRaised,
  ...message,
  Name,
  Input,
});
const ids = (scheduled: ScheduledEvent[]) => scheduled.map(({ EventId, EventType: type }) => [EventId, type]);

test('each action waits for the one before it, also when that one fails', () => {
  const story = new Story();
  const actions = [activity('a'), activity('b')];
  expect(ids(story.episode(0, [started], actions).scheduled)).toEqual([[0, 4]]);
  expect(ids(story.episode(1, [failed(0)], actions).scheduled)).toEqual([[1, 4]]);
});

test('ids come from one counter: activities, timers and sub-orchestrations take one, external events none', () => {
  const child: Action = { actionType: ActionType.CallSubOrchestrator, functionName: 'child' };
  const decision = new Story().episode(0, [started], [all(activity('a'), waitFor('x'), timer(10), child)]);
  expect(ids(decision.scheduled)).toEqual([
    [0, EventType.TaskScheduled],
    [1, EventType.TimerCreated],
    [2, EventType.SubOrchestrationInstanceCreated],
  ]);
});

test('WhenAll waits for all of its tasks although one has failed', () => {
  const story = new Story();
  const actions = [all(activity('a'), activity('b')), activity('cleanup')];
  story.episode(0, [started], actions);
  expect(story.episode(1, [failed(0)], actions).scheduled).toEqual([]);
  expect(ids(story.episode(2, [done(1)], actions).scheduled)).toEqual([[2, 4]]);
});

test('WhenAny ends with the first of its tasks', () => {
  const story = new Story();
  const actions = [any(activity('a'), activity('b')), activity('next')];
  story.episode(0, [started], actions);
  expect(ids(story.episode(1, [done(1)], actions).scheduled)).toEqual([[2, 4]]);
});

test('a cancelled timer takes an id, is created, and is done at once', () => {
  const decision = new Story().episode(0, [started], [timer(1000, true), activity('next')]);
  expect(ids(decision.scheduled)).toEqual([
    [0, EventType.TimerCreated],
    [1, EventType.TaskScheduled],
  ]);
});

test('retries are real timers between the attempts, and the last failure has one more that fires at once', () => {
  const story = new Story();
  const actions = [
    retried('a', { firstRetryIntervalInMilliseconds: 100, maxNumberOfAttempts: 2, backoffCoefficient: 3 }),
    activity('next'),
  ];
  story.episode(0, [started], actions);
  const first = story.episode(1000, [failed(0)], actions).scheduled;
  expect(first).toMatchObject([{ EventId: 1, EventType: EventType.TimerCreated, FireAt: at(1100) }]);
  expect(ids(story.episode(1100, [fired(1)], actions).scheduled)).toEqual([[2, 4]]);
  const last = story.episode(2000, [failed(2)], actions).scheduled;
  expect(last).toMatchObject([{ EventId: 3, EventType: EventType.TimerCreated, FireAt: at(2000) }]);
  expect(ids(story.episode(2001, [fired(3)], actions).scheduled)).toEqual([[4, 4]]);
});

test('a retried call that succeeds leaves no timer behind', () => {
  const story = new Story();
  const actions = [retried('a', { firstRetryIntervalInMilliseconds: 100, maxNumberOfAttempts: 2 })];
  story.episode(0, [started], actions);
  expect(story.episode(1, [done(0)], actions, { isDone: true })).toMatchObject({
    kind: 'completed',
    scheduled: [],
  });
});

test('the delay of a retry is first·coefficient^(n-1), capped, six days by default', () => {
  const delay = (options: Partial<RetryOptions>, attempt: number) =>
    retryDelay({ firstRetryIntervalInMilliseconds: 100, maxNumberOfAttempts: 99, ...options }, attempt, 0, 0);
  expect(delay({}, 5)).toBe(100);
  expect(delay({ backoffCoefficient: 2 }, 4)).toBe(800);
  expect(delay({ backoffCoefficient: 2, maxRetryIntervalInMilliseconds: 500 }, 4)).toBe(500);
  expect(delay({ backoffCoefficient: 10 }, 50)).toBe(6 * DAY);
});

test('with retryTimeout exceeded there is no timer: the instance fails loudly where Azure hangs', () => {
  const story = new Story();
  const retryOptions = {
    firstRetryIntervalInMilliseconds: 10,
    maxNumberOfAttempts: 9,
    retryTimeoutInMilliseconds: 50,
  };
  story.episode(0, [started], [retried('a', retryOptions)]);
  const decision = story.episode(60, [failed(0)], [retried('a', retryOptions)]);
  expect(decision).toMatchObject({ kind: 'failed', reason: expect.stringContaining('for ever') });
});

test.each([
  ['success', { isDone: true }, 'completed'],
  ['failure', { error: 'boom' }, 'failed'],
])('an instance finishes only when nothing is open: %s', (_, end, kind) => {
  const story = new Story();
  const actions = [any(activity('a'), timer(1000))];
  story.episode(0, [started], actions);
  expect(story.episode(1, [done(0)], actions, end)).toMatchObject({
    kind: 'waiting',
    onlyOpenTasksLeft: true,
  });
  expect(story.episode(1000, [fired(1)], actions, end)).toMatchObject({ kind });
});

test('an error gives the reason and the details that a parent sees', () => {
  expect(new Story().episode(0, [started], [], { error: 'orch boom' })).toMatchObject({
    reason: "Orchestrator function 'main' failed: orch boom",
    details: 'Message: orch boom, StackTrace: ',
  });
});

test('continueAsNew carries events that arrive after it and loses those that came before', () => {
  const story = new Story();
  const actions = [
    activity('a'),
    { actionType: ActionType.ContinueAsNew, input: { n: 1 } },
    activity('open'),
  ];
  story.episode(0, [started], actions.slice(0, 1));
  const again = [all(activity('a')), { actionType: ActionType.ContinueAsNew, input: { n: 1 } }];
  const decision = story.episode(1, [raised('early', '1'), done(0), raised('late', '2')], again, {
    isDone: true,
  });
  expect(decision).toMatchObject({
    kind: 'continuedAsNew',
    input: { n: 1 },
    carried: [{ Name: 'late', Input: '2' }],
  });
});

test('the default id of a sub-orchestration is <execution id of the parent>:<task id>', () => {
  const child = (instanceId?: string): Action => ({
    actionType: ActionType.CallSubOrchestrator,
    functionName: 'child',
    instanceId,
  });
  const { scheduled } = new Story('exec').episode(0, [started], [all(activity('a'), child(), child('mine'))]);
  expect(scheduled.slice(1)).toMatchObject([{ InstanceId: 'exec:1' }, { InstanceId: 'mine' }]);
});

test('timers above six days are cut into steps of three: eight days fire after three, then after five more', () => {
  const story = new Story();
  const actions = [timer(8 * DAY)];
  expect(story.episode(0, [started], actions).scheduled).toMatchObject([{ FireAt: at(3 * DAY) }]);
  expect(story.episode(3 * DAY, [fired(0)], actions).scheduled).toMatchObject([
    { EventId: 1, FireAt: at(8 * DAY) },
  ]);
  expect(story.episode(8 * DAY, [fired(1)], actions, { isDone: true })).toMatchObject({ kind: 'completed' });
});

test.each([
  ['activity', activity('unknown')],
  ['orchestrator', { actionType: ActionType.CallSubOrchestrator, functionName: 'unknown' }],
])('an unknown %s fails the instance where Azure hangs', (kind, action) => {
  expect(new Story().episode(0, [started], [action])).toMatchObject({
    kind: 'failed',
    reason: expect.stringMatching(
      new RegExp(`'unknown' doesn't exist.*not an ${kind} function.*wait for ever`),
    ),
  });
});

test.each([
  'CallEntity',
  'CallHttp',
  'SignalEntity',
  'ScheduledSignalEntity',
  'LockEntities',
  'ReleaseEntities',
] as const)('%s is refused by name', (name) => {
  expect(new Story().episode(0, [started], [{ actionType: ActionType[name] }])).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining(`The action ${name} is not supported`),
  });
});

test('more than 100,000 actions fail the instance', () => {
  const actions = Array.from({ length: 100_001 }, () => waitFor('x'));
  expect(new Story().episode(0, [started], [all(...actions)])).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('more than 100000 actions'),
  });
});

test('several waiters on one event name are served last in, first out; early events first in, first out', () => {
  const story = new Story();
  const actions = [any(waitFor('x'), all(waitFor('X'), activity('a'))), activity('next')];
  story.episode(0, [started], actions);
  // The second waiter takes the event, and its WhenAll still waits for the activity.
  expect(story.episode(1, [raised('x')], actions).scheduled).toEqual([]);
  expect(ids(story.episode(2, [raised('x')], actions).scheduled)).toEqual([[1, 4]]);

  const early = new Story();
  early.episode(0, [started], [activity('a')]);
  early.episode(1, [raised('x'), raised('x')], [activity('a')]);
  const rest = [activity('a'), waitFor('x'), waitFor('x'), activity('b')];
  expect(ids(early.episode(2, [done(0)], rest).scheduled)).toEqual([[1, 4]]);
});

test('a completion that comes twice, or for nobody, changes nothing', () => {
  const story = new Story();
  const actions = [activity('a'), activity('b')];
  story.episode(0, [started], actions);
  story.episode(1, [done(0), done(0), done(77)], actions);
  expect(story.episode(2, [done(1)], actions, { isDone: true })).toMatchObject({ kind: 'completed' });
});

test.each([
  ['another activity', [activity('renamed')]],
  ['a timer', [timer(5)]],
  ['nothing', [waitFor('x')]],
])('an orchestrator whose code now schedules %s fails as non-deterministic', (_, actions) => {
  const story = new Story();
  story.episode(0, [started], [activity('a')]);
  expect(story.episode(1, [done(0)], actions)).toMatchObject({
    kind: 'failed',
    reason: expect.stringMatching(/^Non-Deterministic workflow detected: .*sequence (number|ID) 0 .*'a'/),
  });
});

test('whatever the order in which completions arrive, every task is scheduled exactly once', () => {
  const tree = fc.letrec<{ action: Action }>((tie) => ({
    action: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('a', 'b').map((name) => activity(name)),
      fc.constant(retried('c', { firstRetryIntervalInMilliseconds: 5, maxNumberOfAttempts: 3 })),
      fc.array(tie('action'), { minLength: 1, maxLength: 4 }).map((children) => all(...children)),
    ),
  }));
  const property = fc.property(
    fc.array(tree.action, { minLength: 1, maxLength: 5 }),
    fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
    (actions, choices) => {
      const story = new Story();
      const next = () => choices.next().value as number;
      let decision = story.episode(0, [started], actions, { isDone: true });
      const open = [...decision.scheduled];
      const seen = new Set<number>();
      for (let ms = 1; decision.kind === 'waiting'; ms++) {
        const [event] = open.splice(Math.floor(next() * open.length), 1);
        if (!event) throw new Error('Nothing is open, but the instance waits.');
        expect(seen.has(event.EventId)).toBe(false);
        seen.add(event.EventId);
        const answer =
          event.EventType === EventType.TimerCreated
            ? fired(event.EventId)
            : next() < 0.5
              ? done(event.EventId)
              : failed(event.EventId);
        decision = story.episode(ms, [answer], actions, { isDone: true });
        open.push(...decision.scheduled);
      }
      expect(decision.kind).toBe('completed');
      expect([...seen].sort((a, b) => a - b)).toEqual([...seen].map((_, index) => index));
    },
  );
  fc.assert(property, { numRuns: 200 });
});
