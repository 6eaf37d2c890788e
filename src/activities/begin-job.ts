import { backupError } from '../failures/failure';
import { registerActivity } from './register-activity';

registerActivity('beginJob', async ({ jobId }, { jobs, store }) => {
  const startedAt = await store.now();
  const begun = await jobs.update(jobId, (job) =>
    job?.state === 'Queued' ? { ...job, state: 'Running', startedAt } : undefined,
  );
  if (!begun) throw backupError('JobUnknown', `There is no job ${jobId}.`);
  return {};
});
