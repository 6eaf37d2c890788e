import * as df from 'durable-functions';
import { policiesInForce } from '../policies/policies';
import { dueBackups } from '../protection/due';
import { enrolFleet } from '../protection/fleet';
import { services } from '../services';
import { releaseAbandonedVms } from './release-abandoned-vms';
import { startLanes } from './start-lanes';

/**
 * The clock of the fleet: enrols VMs that carry the tag, frees those whose job died, and sees to it that lanes run while backups
 * are due. Running twice, or in two instances, starts nothing twice: a lane exists once, and it claims each VM before it backs
 * it up.
 */
df.app.client.timer('scheduler', {
  schedule: '%SchedulerInterval%',
  handler: async (_timer, client, context) => {
    const connected = await services();
    const released = await releaseAbandonedVms(connected, client, await connected.store.now());
    for (const jobId of released) context.warn(`${jobId} was interrupted; its VM is free again.`);

    const { vms, now } = await enrolFleet(connected, ({ message }) => context.error(message));
    const due = dueBackups([...vms.values()], await policiesInForce(connected.policies), now);
    context.debug(`The scheduler knows ${vms.size} VMs; ${due.length} backups are due.`);
    if (due.length === 0) return;
    const started = await startLanes(client, due.length, connected.settings.maxConcurrentBackups);
    context.log(`${due.length} backups are due; ${started} lanes were started.`);
  },
});
