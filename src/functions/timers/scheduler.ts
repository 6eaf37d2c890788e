import * as df from 'durable-functions';
import { countDue } from '../../jobs/telemetry';
import { releaseAbandonedVms } from '../../orchestration/client/release-abandoned-vms';
import { startLanes } from '../../orchestration/client/start-lanes';
import { tellMissed } from '../../orchestration/client/tell-missed';
import { enrolFleet } from '../../protection/fleet';
import { planFleet } from '../../protection/plan-fleet';
import { countQueuedBackups } from '../../protection/queued-backup';
import { services } from '../../services';

/**
 * The clock of the fleet: enrols VMs that carry the tag, frees those whose job died, and sees to it that
 * lanes run while backups are due. Running twice, or in two instances, starts nothing twice: a lane exists
 * once, and it claims each VM before it backs it up.
 */
df.app.client.timer('scheduler', {
  schedule: '%SchedulerInterval%',
  handler: async (_timer, client, context) => {
    const connected = await services();
    const onTrouble = (message: string) => context.error(message);
    const fleet = await enrolFleet(connected, ({ message }) => onTrouble(message));
    const released = await releaseAbandonedVms(connected, client, fleet, context);
    for (const jobId of released) context.warn(`${jobId} was interrupted; its VM is free again.`);

    const { due, missed } = await planFleet(connected, fleet);
    countDue(due.length);
    const wanted = due.length + (await countQueuedBackups(connected.store));
    const started = await startLanes(client, wanted, connected.settings.maxConcurrentBackups);
    if (wanted > 0) context.log(`${wanted} backups are due or asked for; ${started} lanes were started.`);
    await tellMissed(connected, missed, fleet.now, context);
    context.debug(`The scheduler has looked at ${fleet.vms.size} VMs.`);
  },
});
