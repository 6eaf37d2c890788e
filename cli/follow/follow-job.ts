import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from '../../client/api-types';
import { isOver } from '../../client/is-over';
import type { Session } from '../command/session';
import { EXIT } from '../ending/exit-codes';
import { isUnreachable } from '../ending/explain-error';
import { Refused } from '../ending/refused';
import { type Progress, progressOn } from './progress';

const FIRST_LOOK_MS = 200;
const LOOK_EVERY_MS = 1000;
/** A host that starts again, or an app that is deployed anew, answers within this. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Follows a job to its end and shows how far it is. A system that does not answer for a while is asked again.
 * On Ctrl-C it throws `Refused` with the code of an interruption; the job goes on.
 */
export async function followJob({ api }: Session, job: string): Promise<Job> {
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once('SIGINT', onInterrupt);
  const progress = progressOn(process.stderr);
  const patiently = askPatiently(() => api.getJob({ job }, { signal: stop.signal }), progress);
  try {
    for (let wait = FIRST_LOOK_MS; ; wait = Math.min(wait * 2, LOOK_EVERY_MS)) {
      const now = await patiently(stop.signal);
      progress.update(now);
      if (isOver(now)) return now;
      await pause(wait, undefined, { signal: stop.signal });
    }
  } catch (error) {
    throw stop.signal.aborted ? leftAlone(job) : error;
  } finally {
    process.off('SIGINT', onInterrupt);
    progress.end();
  }
}

/** Asks again while there is no answer, and says so once. */
function askPatiently<T>(ask: () => Promise<T>, progress: Progress): (signal: AbortSignal) => Promise<T> {
  let silentSince: number | undefined;
  return async (signal) => {
    for (;;) {
      try {
        const answer = await ask();
        if (silentSince !== undefined) progress.note('The system answers again.');
        silentSince = undefined;
        return answer;
      } catch (error) {
        if (signal.aborted || !isUnreachable(error)) throw error;
        if (silentSince === undefined)
          progress.note('The system does not answer; asking again until it does.');
        silentSince ??= performance.now();
        if (performance.now() - silentSince > PATIENCE_MS) throw error;
        await pause(LOOK_EVERY_MS, undefined, { signal });
      }
    }
  };
}

const leftAlone = (job: string): Refused =>
  new Refused(
    EXIT.interrupted,
    `The job ${job} goes on.`,
    `vmbackup job watch ${job} shows it again, vmbackup job cancel ${job} cancels it.`,
  );
