import * as df from 'durable-functions';
import { endAbandonedJobs } from '../../orchestration/client/end-abandoned-jobs';
import { isAlive } from '../../orchestration/client/orchestration-state';
import { services } from '../../services';

const SWEEP_ID = 'sweep';

/** Once an hour: nothing that an interrupted run left behind stays for longer. */
df.app.client.timer('sweeper', {
  schedule: '%SweepSchedule%',
  handler: async (_timer, client, context) => {
    const connected = await services();
    const ended = await endAbandonedJobs(connected, client, await connected.store.now(), context);
    for (const jobId of ended) context.warn(`${jobId} was interrupted; its record is closed.`);
    const alive = await isAlive(client, SWEEP_ID);
    if (!alive) await client.startNew('sweep', { instanceId: SWEEP_ID, input: {} });
    context.debug(alive ? 'The last sweep is still at work.' : 'A sweep was started.');
  },
});
