import { parseTimeSpan } from '../app/host-json';
import { HostError } from '../basics/errors';
import { parseNcrontab } from './ncrontab';

/** When a timer trigger runs. */
export interface Schedule {
  /** The first time strictly after `after`; undefined when there is none. Milliseconds since 1970. */
  next(after: number): number | undefined;
}

/** Schedules that run more often than this are not monitored. */
const MONITORED_INTERVAL_MS = 60_000;

/**
 * Reads the schedule of a timer trigger: an NCRONTAB expression or a time span, possibly the name of a
 * setting between percent signs.
 * @throws HostError when the setting is missing or the text cannot be read.
 */
export function parseSchedule(text: string, environment: NodeJS.ProcessEnv): Schedule {
  const resolved = text.replaceAll(/%([^%]+)%/g, (_, name: string) => {
    const value = environment[name];
    if (value !== undefined) return value;
    throw new HostError(
      `A schedule names the setting "${name}", which is not set.`,
      'Set it in the environment or in the Values of local.settings.json.',
    );
  });
  const span = parseTimeSpan(resolved);
  if (span === undefined) return { next: parseNcrontab(resolved) };
  if (span <= 0)
    throw new HostError(`The schedule "${text}" is no time span above zero.`, 'Write it as hh:mm:ss.');
  return { next: (after) => after + span };
}

/** True when missed runs of a schedule are worth remembering. */
export function isMonitored(schedule: Schedule, now: number): boolean {
  const first = schedule.next(now);
  const second = first === undefined ? undefined : schedule.next(first);
  return first !== undefined && second !== undefined && second - first >= MONITORED_INTERVAL_MS;
}
