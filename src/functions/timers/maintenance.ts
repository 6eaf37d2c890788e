import * as df from 'durable-functions';
import { addSeconds } from '../../basics/time';
import { maintenanceId } from '../../jobs/job-id';
import { purgeEnded } from '../../orchestration/client/purge-ended';
import { recordMaintenance, startMaintenance } from '../../orchestration/client/queue-maintenance';
import { services } from '../../services';

const DAY_SECONDS = 86_400;
/** Histories of ended orchestrations serve the curious only: jobs have records of their own. */
const HISTORY_DAYS = 7;
/** A request is repeated within minutes, not days. */
const REQUEST_DAYS = 2;

/** By the clock that histories are dated by: the host's. */
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_SECONDS * 1000);

/** Once a day: retention and garbage collection as a job, and old histories and requests go. */
df.app.client.timer('maintenance', {
  schedule: '%MaintenanceSchedule%',
  handler: async (_timer, client, context) => {
    const { jobs, requests, store } = await services();
    const now = await store.now();
    const jobId = maintenanceId(`${now.slice(0, 10)}T00:00:00Z`);
    const recorded = await recordMaintenance({ jobs }, { jobId, now, trigger: 'schedule' });
    if (recorded) await startMaintenance(client, { jobId, dryRun: false });

    const purged = await purgeEnded(client, daysAgo(365), daysAgo(HISTORY_DAYS));
    for await (const { name, lastModified, etag } of requests.list({ onUnreadable: () => undefined })) {
      if (lastModified < addSeconds(now, -REQUEST_DAYS * DAY_SECONDS)) await requests.delete(name, etag);
    }
    context.debug(`${purged} old histories were purged.`);
  },
});
