import { createHash } from 'node:crypto';
import { timeOf, verificationId } from '../../jobs/job-id';
import { queuedVerification } from '../../jobs/queued-verification';
import { readPoint } from '../../vault/points';
import { registerActivity } from '../register-activity';

registerActivity('queueVerification', async ({ pointId, scheduledBy }, { jobs, store, vault }) => {
  const point = await readPoint(vault, pointId);
  // The same again when the activity is repeated.
  const unique = createHash('sha256').update(`${scheduledBy} ${pointId}`).digest('hex').slice(0, 6);
  const jobId = verificationId(point.vmKey, timeOf(scheduledBy), unique);
  await jobs.create(jobId, queuedVerification(jobId, point, 'schedule', await store.now()));
  return { jobId };
});
