import { backupError } from '../../failures/failure';
import { isOver } from '../../jobs/job';
import { describeJobId } from '../../jobs/job-id';
import { registerActivity } from '../register-activity';

/** Restores only read the vault: what is left of it may be all that there is. */
registerActivity('beginJob', async ({ jobId }, { jobs, store, vault }) => {
  if (describeJobId(jobId).kind !== 'restore') await vault.lookAgain();
  const startedAt = await store.now();
  const begun = await jobs.update(jobId, (job) =>
    job?.state === 'Queued' ? { ...job, state: 'Running', startedAt } : undefined,
  );
  if (!begun) throw backupError('JobUnknown', `There is no job ${jobId}.`);
  // Its VM may be in the hands of another job by now.
  if (isOver(begun.value))
    throw backupError('JobInterrupted', `${jobId} has ended already: ${begun.value.state}.`);
  return { at: startedAt };
});
