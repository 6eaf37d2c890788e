import * as df from 'durable-functions';
import { endAbandonedJobs } from '../../orchestration/client/end-abandoned-jobs';
import { isAlive } from '../../orchestration/client/orchestration-state';
import { services } from '../../services';

/** What comes to its end by itself, each on its own: a VM that takes long to start holds up no removal. */
const HOURLY = ['settleRestores', 'sweep', 'startVms'];

/**
 * Once an hour: nothing that an interrupted run left behind stays for longer, no VM with disks of two times,
 * and none off that has to run.
 */
df.app.client.timer('sweeper', {
  schedule: '%SweepSchedule%',
  handler: async (_timer, client, context) => {
    const connected = await services();
    const ended = await endAbandonedJobs(connected, client, await connected.store.now(), context);
    for (const jobId of ended) context.warn(`${jobId} was interrupted; its record is closed.`);
    const started: string[] = [];
    for (const name of HOURLY) {
      // The last one may still be at work.
      if (await isAlive(client, name)) continue;
      await client.startNew(name, { instanceId: name, input: {} });
      started.push(name);
    }
    context.debug(`Started: ${started.join(', ') || 'nothing, all are still at work'}.`);
  },
});
