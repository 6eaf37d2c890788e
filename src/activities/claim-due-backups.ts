import { scheduledBackupId } from '../jobs/job-id';
import { claimBackup } from '../protection/claim-backup';
import { findDueBackups } from '../protection/find-due-backups';
import { dealIntoLanes } from '../protection/lanes';
import { registerActivity } from './register-activity';

registerActivity('claimDueBackups', async ({ scheduledBy }, services) => {
  const { due, now } = await findDueBackups(services, scheduledBy);
  const requests = [];
  for (const { vm, dueAt, policyName, policy } of due) {
    const jobId = scheduledBackupId(vm.key, dueAt);
    const schedule = { dueAt, scheduledBy };
    const claim = await claimBackup(services, { vm, jobId, policyName, policy, now, schedule });
    if ('request' in claim) requests.push(claim.request);
  }
  return { lanes: dealIntoLanes(requests, services.settings.maxConcurrentBackups) };
});
