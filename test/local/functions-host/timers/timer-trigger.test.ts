import { jumpingClock } from '../../../../local/functions-host/basics/clock';
import type { HostedFunction } from '../../../../local/functions-host/functions/registry';
import type { ScheduleStatus } from '../../../../local/functions-host/store/schedules';
import { type TimerTrigger, timerTrigger } from '../../../../local/functions-host/timers/timer-trigger';

const MINUTE = 60_000;
const NOON = new Date(2030, 0, 1, 12).getTime();

const triggers: TimerTrigger[] = [];
afterEach(() => {
  for (const trigger of triggers.splice(0)) trigger.stop();
});

interface Run {
  isPastDue: boolean;
  status: { Last: string; Next: string } | null;
}

/** A timer trigger at noon, with what it did. */
function setUp(
  settings: object,
  stored?: ScheduleStatus,
  work: () => Promise<void> = async () => {},
  put?: () => void,
) {
  const clock = jumpingClock(NOON);
  const runs: Run[] = [];
  const log: string[] = [];
  const statuses = new Map<string, ScheduleStatus>(stored && [['t', stored]]);
  const trigger = timerTrigger({
    fn: {
      name: 't',
      trigger: { name: 'x', type: 'timerTrigger', direction: 'in', ...settings },
    } as unknown as HostedFunction,
    environment: {},
    clock,
    log: (_level, _source, message) => void log.push(message),
    status: {
      get: (name) => statuses.get(name),
      put: put ?? ((name, status) => void statuses.set(name, status)),
    },
    run: async (info) => {
      const { IsPastDue, ScheduleStatus: status } = JSON.parse(info);
      runs.push({ isPastDue: IsPastDue, status });
      await work();
    },
  });
  triggers.push(trigger);
  trigger.start();
  return { clock, runs, statuses, log };
}

/** Moves the clock and lets runs that became due come to their end. */
async function jump(clock: { jump(ms: number): void }, ms: number): Promise<void> {
  clock.jump(ms);
  await new Promise((resolve) => setTimeout(resolve, 10));
}

test('nothing stored: writes the first status and does not run', () => {
  const { runs, statuses } = setUp({ schedule: '0 */10 * * * *' });
  expect(runs).toEqual([]);
  expect(statuses.get('t')).toMatchObject({ last: null, next: NOON + 10 * MINUTE });
});

test('runs when the time has come, and again at the next', async () => {
  const { clock, runs } = setUp({ schedule: '0 */10 * * * *' });
  await jump(clock, 10 * MINUTE);
  await jump(clock, 10 * MINUTE);
  expect(runs.map(({ isPastDue }) => isPastDue)).toEqual([false, false]);
});

test('a missed time leads to one run that is past due, however many were missed', async () => {
  const stored = { last: NOON - 60 * MINUTE, next: NOON - 50 * MINUTE, updated: NOON - 60 * MINUTE };
  const { clock, runs } = setUp({ schedule: '0 */10 * * * *' }, stored);
  await jump(clock, 0);
  expect(runs.map(({ isPastDue }) => isPastDue)).toEqual([true]);
  await jump(clock, 10 * MINUTE);
  expect(runs.map(({ isPastDue }) => isPastDue)).toEqual([true, false]);
});

test('a changed schedule counts from the last run: what is due under it is past due', async () => {
  const stored = { last: NOON - 30 * MINUTE, next: NOON + 60 * MINUTE, updated: NOON - 30 * MINUTE };
  const { clock, runs } = setUp({ schedule: '0 */10 * * * *' }, stored);
  await jump(clock, 0);
  expect(runs.map(({ isPastDue }) => isPastDue)).toEqual([true]);
});

test('runOnStartup runs at once, not past due', async () => {
  const { clock, runs } = setUp({ schedule: '0 */10 * * * *', runOnStartup: true });
  await jump(clock, 0);
  expect(runs.map(({ isPastDue }) => isPastDue)).toEqual([false]);
});

test('useMonitor false: a missed time stays missed, and no status is given', async () => {
  const stored = { last: NOON - 60 * MINUTE, next: NOON - 50 * MINUTE, updated: NOON - 60 * MINUTE };
  const { clock, runs } = setUp({ schedule: '0 */10 * * * *', useMonitor: false }, stored);
  await jump(clock, 0);
  expect(runs).toEqual([]);
  await jump(clock, 10 * MINUTE);
  expect(runs).toEqual([{ isPastDue: false, status: null }]);
});

test('runs never overlap: a long run makes the times in it pass unused', async () => {
  let end = () => {};
  const work = () => new Promise<void>((resolve) => (end = resolve));
  const { clock, runs } = setUp({ schedule: '0 */10 * * * *' }, undefined, work);
  await jump(clock, 10 * MINUTE);
  await jump(clock, 30 * MINUTE);
  expect(runs).toHaveLength(1);
  end();
  await jump(clock, 9 * MINUTE);
  expect(runs).toHaveLength(1);
  await jump(clock, 2 * MINUTE);
  expect(runs).toHaveLength(2);
});

test('the status tells the last run and the next', async () => {
  const { clock, runs } = setUp({ schedule: '0 */10 * * * *' });
  await jump(clock, 10 * MINUTE);
  await jump(clock, 10 * MINUTE);
  const [, second] = runs;
  expect(Date.parse(second?.status?.Last ?? '')).toBeGreaterThanOrEqual(NOON + 10 * MINUTE);
  expect(Date.parse(second?.status?.Next ?? '')).toBe(NOON + 20 * MINUTE);
});

test('a schedule goes on when its times cannot be stored, and the log names the cause', async () => {
  const full = () => {
    throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
  };
  const { clock, runs, log } = setUp({ schedule: '0 */5 * * * *' }, undefined, undefined, full);
  await jump(clock, 5 * MINUTE);
  await jump(clock, 5 * MINUTE);
  expect(runs).toHaveLength(2);
  expect(log).toContain(
    'The time of this run could not be stored: There is no room left on the disk that holds the state folder.',
  );
});
