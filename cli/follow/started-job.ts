import type { Command } from 'commander';
import type { Job } from '../../client/api-types';
import type { Session } from '../command/session';
import type { Column } from '../output/column';
import { followJob } from './follow-job';
import { outcomeOf } from './outcome';
import { showJob } from './show-job';

export interface WaitOptions {
  wait?: boolean;
  strict?: boolean;
}

/** `--wait` and `--strict`, of commands that start a job. */
export const withWaiting = (command: Command): Command =>
  command
    .option('--wait', 'follow the job to its end; the exit code tells how it ended')
    .option('--strict', 'with --wait: end with code 7 when there are warnings');

const ACCEPTED: Column<{ job: string }>[] = [{ name: 'job', title: 'Job', value: ({ job }) => job }];

/** Says which job was started, or follows it to its end. */
export async function startedJob(
  session: Session,
  accepted: { job: string },
  { wait, strict }: WaitOptions,
): Promise<void> {
  if (wait) {
    session.say(`Job ${accepted.job}`);
    return endedJob(session, await followJob(session, accepted.job), strict);
  }
  session.show(accepted, ACCEPTED);
  session.say(`vmbackup job watch ${accepted.job} follows it.`);
}

/** Shows a job that has ended, and ends as it did. */
export function endedJob(session: Session, job: Job, strict = false): void {
  showJob(session, job);
  session.endWith(outcomeOf(job, strict));
}
