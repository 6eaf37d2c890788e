import { sumOf } from '../basics/sum-of';
import type { Job } from './job';

/** The phases in which the bytes of disks move. */
const MOVING = new Set(['transfer', 'restore', 'verify']);

/** Bytes a second over the whole phase in which bytes moved; undefined when none did. */
export const meanRate = (job: Pick<Job, 'phases' | 'disks'>): number | undefined =>
  rateOf(job, undefined)?.rate;

/** The rate so far, and how long the rest takes at it. */
export function liveRate(job: Job, now: string): Pick<Job, 'bytesPerSecond' | 'secondsLeft'> {
  const known = rateOf(job, now);
  if (!known) return {};
  const { rate, plannedBytes, readBytes } = known;
  const left = Math.max(0, plannedBytes - readBytes);
  return { bytesPerSecond: rate, secondsLeft: rate > 0 ? Math.ceil(left / rate) : undefined };
}

function rateOf({ phases = [], disks }: Pick<Job, 'phases' | 'disks'>, now: string | undefined) {
  const moving = phases.find(({ phase }) => MOVING.has(phase));
  const until = moving?.endedAt ?? now;
  if (!moving || until === undefined) return undefined;
  const seconds = (Date.parse(until) - Date.parse(moving.startedAt)) / 1000;
  const readBytes = sumOf(disks, (disk) => disk.readBytes);
  if (seconds <= 0 || readBytes === 0) return undefined;
  return {
    rate: Math.round(readBytes / seconds),
    plannedBytes: sumOf(disks, (disk) => disk.plannedBytes),
    readBytes,
  };
}
