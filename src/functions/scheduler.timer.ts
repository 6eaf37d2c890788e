import * as df from 'durable-functions';
import { stampOf } from '../jobs/job-id';
import { findDueBackups } from '../protection/find-due-backups';
import { services } from '../services';
import { releaseAbandonedVms } from './release-abandoned-vms';

/**
 * The clock of the fleet: enrols VMs that carry the tag, frees those whose job died, and starts the orchestrator when backups are
 * due. Running twice, or in two instances, starts nothing twice: the orchestrator claims each VM before it backs it up.
 */
df.app.client.timer('scheduler', {
  schedule: '%SchedulerInterval%',
  handler: async (_timer, client, context) => {
    const connected = await services();
    const released = await releaseAbandonedVms(connected, client, await connected.store.now());
    for (const jobId of released) context.warn(`${jobId} was interrupted; its VM is free again.`);

    const { due, now } = await findDueBackups(connected);
    if (due.length === 0) return;
    const instanceId = await client.startNew('backupFleet', {
      instanceId: `fleet-${stampOf(now)}`,
      input: {},
    });
    context.log(`${due.length} backups are due: started ${instanceId}.`);
  },
});
