import type { Job } from '../../../src/jobs/job';
import { emulatedAzure } from '../support/emulated-azure';
import { takeInventory } from '../support/inventory';
import { startRunningApp } from '../support/running-app';

const DAY_MS = 86_400_000;

/** The host's clock is right here; those of the storage service and of Azure are as far off the other way. */
test.each([
  ['three days ahead of', -3],
  ['nine days behind', 9],
])('jobs of a host whose clock is %s that of the storage service do what they do', async (_what, days) => {
  const services = () => new Date(Date.now() + days * DAY_MS);
  const app = await startRunningApp(
    [{ name: 'web', os: 'Linux', policy: 'daily', dataDisk: true }],
    {},
    services,
  );
  try {
    const azure = emulatedAzure(app.azure.url, app.azure.subscriptionId, 'fleet');
    const web = (await app.call('GET', 'vms')).body.vms[0].key;
    const startedAt = services().getTime();
    const run = async (route: string, body: object = {}) => {
      const accepted = await app.call('POST', route, body);
      const job = (await app.jobEnds(accepted.body.job)) as unknown as Job;
      expect(job).toMatchObject({ state: 'Succeeded', warnings: [] });
      // Every time in it is of one clock: of the service's.
      const times = [
        job.createdAt,
        job.startedAt,
        job.endedAt,
        ...(job.phases ?? []).map((one) => one.startedAt),
      ];
      for (const time of times) {
        expect(Math.abs(Date.parse(time ?? '') - startedAt)).toBeLessThan(DAY_MS / 2);
      }
      return job;
    };
    const { recoveryPoint: point } = await run(`vms/${web}/backups`);
    const bytes = await azure.attachedBytes('web');
    await app.azure.write('web', 7);
    await run(`recovery-points/${point}/restores`, { target: 'disks' });
    await run(`recovery-points/${point}/restores`, { target: 'replace', deallocate: true });
    await run(`recovery-points/${point}/verifications`);
    expect(await azure.attachedBytes('web')).toEqual(bytes);
    const before = await takeInventory(app);
    for (const timer of ['scheduler', 'sweeper', 'maintenance'] as const) await app.tick(timer);
    expect(await takeInventory(app)).toEqual(before);
  } finally {
    await app.stop();
  }
});
