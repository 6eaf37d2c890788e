import type { FailureCode } from '../../failures/catalogue';
import { isOver, type Job } from '../../jobs/job';
import { nextDue } from '../../policies/schedule';
import { endJob } from '../../protection/end-job';
import { readReplacement, readRestoredDisks } from '../../restore/restore-documents';
import type { Services } from '../../services';
import { registerActivity } from '../register-activity';

/** Failures of restores whose disks stay. */
const HAVE_MADE: readonly string[] = ['RestoreNotUndone', 'RestoredVmNotStarted'] satisfies FailureCode[];

registerActivity('endJob', async ({ policy, disks, shown, ...ending }, services, log) => {
  const { restoredVm, ...progress } = shown;
  const hasMade = ending.state === 'Succeeded' || HAVE_MADE.includes(ending.error?.code ?? '');
  const made = hasMade ? await madeByRestore(services, ending.jobId) : {};
  const triesAgain = ending.state === 'Failed' && policy !== undefined && !policy.paused;
  const nextTryAt = triesAgain ? nextDue(policy.schedule, await services.store.now()) : undefined;
  const more = { disks, restoredVm, nextTryAt, ...made };
  const { unclosed, unreleased } = await endJob(services, log, { ...ending, shown: progress, more });
  const trouble = unclosed ?? unreleased;
  if (trouble) throw trouble;
  return {};
});

/** The disks that a restore made, and those that it swapped out. */
async function madeByRestore(
  { jobs, store }: Pick<Services, 'jobs' | 'store'>,
  jobId: string,
): Promise<Pick<Job, 'restoredDisks' | 'replacedDisks'>> {
  const job = (await jobs.read(jobId))?.value;
  if (job?.kind !== 'restore' || isOver(job)) return {};
  const restoredDisks = await readRestoredDisks(store, jobId);
  if (job.target !== 'replace') return { restoredDisks };
  return { restoredDisks, replacedDisks: (await readReplacement(store, jobId)).replaced };
}
