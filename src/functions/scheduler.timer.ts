import * as df from 'durable-functions';
import { stampOf } from '../jobs/job-id';
import { findDueBackups } from '../protection/find-due-backups';
import { services } from '../services';

/**
 * The clock of the fleet: enrols VMs that carry the tag, and starts the orchestrator when backups are due. Running twice, or in
 * two instances, starts nothing twice: the orchestrator claims each VM before it backs it up.
 */
df.app.client.timer('scheduler', {
  schedule: '%SchedulerInterval%',
  handler: async (_timer, client, context) => {
    const { due, now } = await findDueBackups(services());
    if (due.length === 0) return;
    const instanceId = await client.startNew('backupFleet', {
      instanceId: `fleet-${stampOf(now)}`,
      input: {},
    });
    context.log(`${due.length} backups are due: started ${instanceId}.`);
  },
});
