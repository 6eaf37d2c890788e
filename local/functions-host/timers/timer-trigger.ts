import type { Clock } from '../basics/clock';
import { messageOf } from '../basics/errors';
import type { Log } from '../basics/log';
import type { HostedFunction } from '../functions/registry';
import type { ScheduleStatus } from '../store/schedules';
import { isMonitored, parseSchedule } from './schedule';

export interface TimerOptions {
  fn: HostedFunction;
  environment: NodeJS.ProcessEnv;
  clock: Clock;
  log: Log;
  /** What survives a restart. */
  status: { get(name: string): ScheduleStatus | undefined; put(name: string, status: ScheduleStatus): void };
  /** Runs the function; its failures are logged, not thrown. */
  run(timerInfo: string): Promise<void>;
}

/** A timer trigger at work. */
export interface TimerTrigger {
  start(): void;
  stop(): void;
}

/**
 * Runs a function on its schedule. Runs never overlap: the next time is sought when a run has ended. With a
 * monitored schedule, missed times lead to one run at the start, however many they were.
 * @throws HostError when the schedule cannot be read.
 */
export function timerTrigger({ fn, environment, clock, log, status, run }: TimerOptions): TimerTrigger {
  const settings = fn.trigger as { schedule?: string; runOnStartup?: boolean; useMonitor?: boolean };
  const schedule = parseSchedule(settings.schedule ?? '', environment);
  const monitored = settings.useMonitor !== false && isMonitored(schedule, clock.now());
  let cancel = () => {};
  let stopped = false;

  /**
   * What cannot be kept, on a full disk for example, is missed by the next start only; the schedule goes on.
   */
  const keep = (now: ScheduleStatus) => {
    try {
      status.put(fn.name, now);
    } catch (error) {
      log('error', fn.name, `The time of this run could not be stored: ${messageOf(error)}`);
    }
  };

  const remember = (last: number | null) => {
    const updated = clock.now();
    const next = schedule.next(updated);
    if (monitored && next !== undefined) keep({ last, next, updated });
    return next;
  };

  const waitFor = (dueAt: number | undefined) => {
    if (dueAt === undefined) {
      log('warning', fn.name, 'The schedule has no further time.');
      return;
    }
    cancel = clock.at(dueAt, () => void runOnce(false));
  };

  async function runOnce(isPastDue: boolean): Promise<void> {
    if (stopped) return;
    const startedAt = clock.now();
    await run(timerInfo(isPastDue, monitored ? status.get(fn.name) : undefined));
    if (!stopped) waitFor(remember(startedAt));
  }

  return {
    start() {
      const stored = monitored ? status.get(fn.name) : undefined;
      // The schedule may have changed since: what counts is when it would have run.
      const expected = stored && schedule.next(stored.last ?? stored.updated);
      if (expected !== undefined && expected <= clock.now()) void runOnce(true);
      else if (settings.runOnStartup) void runOnce(false);
      else waitFor(stored ? expected : remember(null));
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}

/** The JSON text that a timer function receives. */
export function timerInfo(isPastDue: boolean, status: ScheduleStatus | undefined): string {
  const time = (milliseconds: number) => new Date(milliseconds).toISOString();
  return JSON.stringify({
    Schedule: { AdjustForDST: true },
    ScheduleStatus: status
      ? {
          Last: status.last === null ? '0001-01-01T00:00:00' : time(status.last),
          Next: time(status.next),
          LastUpdated: time(status.updated),
        }
      : null,
    IsPastDue: isPastDue,
  });
}
