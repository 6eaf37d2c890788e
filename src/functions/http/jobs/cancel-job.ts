import type { DurableClient } from 'durable-functions';
import { jobIsOver, notFound } from '../../../api/problem';
import { backupError } from '../../../failures/failure';
import { isOver, type JobProgress } from '../../../jobs/job';
import { customStatusOf } from '../../../orchestration/client/custom-status';
import { CANCEL_EVENT, diskInstanceId } from '../../../orchestration/steps/instance-ids';
import { endJob } from '../../../protection/end-job';
import { withdrawQueuedBackup } from '../../../protection/queued-backup';
import { Accepted, accepted } from '../accepted';
import { registerRoute } from '../register-route';

registerRoute('cancelJob', {
  method: 'POST',
  route: 'jobs/{job}/cancel',
  summary: 'Cancels a job at whatever step it is; everything that it made is cleaned up',
  answers: { 202: Accepted },
  heeds: ['Idempotency-Key'],
  handler: async ({ params: { job: jobId }, idempotencyKey, client, log, ...services }) => {
    const { jobs, store } = services;
    const now = await store.now();
    const job = await jobs.update(jobId, (current) =>
      current && !isOver(current) && !current.cancelRequestedAt
        ? { ...current, cancelRequestedAt: now }
        : undefined,
    );
    if (!job) throw notFound('job', jobId, 'GET /api/jobs');
    if (isOver(job.value)) {
      // A repeated cancellation may find the job cancelled: that is what it asked for.
      if (idempotencyKey !== undefined && job.value.state === 'Cancelled') return accepted(jobId);
      throw jobIsOver(jobId, job.value.state);
    }
    // A backup that no lane has taken has nothing to clean up, and nobody who would end it.
    if (await withdrawQueuedBackup(store, jobId)) {
      const error = backupError('JobCancelled', `${jobId} was cancelled.`).failure;
      await endJob(services, log, { jobId, state: 'Cancelled', error });
    } else await wake(client, jobId);
    return accepted(jobId);
  },
});

/** The request is in the job's record; the event only spares those who wait the rest of their pause. */
async function wake(client: DurableClient, jobId: string): Promise<void> {
  const { diskIds = [] } = (await customStatusOf<JobProgress>(client, jobId)) ?? {};
  const instances = [jobId, ...diskIds.map((diskId) => diskInstanceId(jobId, diskId))];
  await Promise.allSettled(instances.map((instance) => client.raiseEvent(instance, CANCEL_EVENT, {})));
}
