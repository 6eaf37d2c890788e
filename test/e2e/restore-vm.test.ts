import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Accepted, Job, RestoreTarget } from '../../client/api-types';
import { isOver } from '../../client/is-over';
import type { SampleFleet, SampleVm } from '../../local/fleet/sample-fleet';
import { makeOwnFleet } from './support/own-fleet';
import { startTestSystem, type TestSystem, testFolder } from './support/test-system';

const SUBNET =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/Own-RG/providers/Microsoft.Network/virtualNetworks/office/subnets/default';

/** One VM with two disks, from its backup to a new VM, and back into itself. */
describe('restoring a VM of two disks', () => {
  let running: TestSystem;
  let fleet: SampleFleet;
  let win: SampleVm;
  let point: string;
  beforeAll(async () => {
    const folder = await testFolder();
    fleet = await makeOwnFleet(path.join(folder, 'fleet'));
    running = await startTestSystem(folder, fleet.fleetFile);
    win = fleet.vms.find(({ name }) => name === 'win') as SampleVm;
    const vm = (await running.api.listVms()).vms.find(({ name }) => name === 'win')?.key as string;
    point = (await ended(await running.api.startBackup({ vm }))).recoveryPoint as string;
    for (const { lun, second } of win.disks) await running.emulator.writeImage('win', lun, second);
  });
  afterAll(() => running.end());

  async function ended({ job: id }: Accepted): Promise<Job> {
    for (;;) {
      const job = await running.api.getJob({ job: id });
      if (isOver(job)) return job;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const restore = async (to: RestoreTarget) => ended(await running.api.startRestore({ point, body: to }));
  const hashOfFile = async (file: string) =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  const imagesOf = (round: 'first' | 'second') =>
    Promise.all(win.disks.map((disk) => hashOfFile(disk[round])));
  const vmNamed = async (name: string) => (await running.emulator.state()).vms.find((vm) => vm.name === name);
  /** What the disks of a VM hold, the OS disk first, then by LUN. */
  async function bytesOf(name: string): Promise<string[]> {
    const disks = [...((await vmNamed(name))?.disks ?? [])].sort((left, right) => left.lun - right.lun);
    return Promise.all(disks.map((disk) => running.emulator.hashDisk(disk.name)));
  }

  it('makes a new VM whose disks hold the bytes of the point, beside the old one', async () => {
    const job = await restore({ target: 'vm', name: 'win-2', network: { subnet: SUBNET } });
    expect(job).toMatchObject({ state: 'Succeeded', restoredVm: { name: 'win-2', resourceGroup: 'Own-RG' } });
    expect((await vmNamed('win-2'))?.disks.map(({ lun }) => lun).sort()).toEqual([-1, 0]);
    expect(await bytesOf('win-2')).toEqual(await imagesOf('first'));
    expect(await bytesOf('win')).toEqual(await imagesOf('second'));
  });

  it('brings the VM itself back to the bytes of the point, and keeps the disks that it had', async () => {
    const refused = await restore({ target: 'replace' });
    expect(refused).toMatchObject({ state: 'Failed', error: { code: 'RestoreVmRunning' } });
    expect(await bytesOf('win')).toEqual(await imagesOf('second'));

    const job = await restore({ target: 'replace', deallocate: true });
    expect(job).toMatchObject({ state: 'Succeeded', warnings: [] });
    expect(await bytesOf('win')).toEqual(await imagesOf('first'));
    expect((await vmNamed('win'))?.powerState).toBe('running');
    const kept = await Promise.all(
      (job.replacedDisks ?? []).map(({ name }) => running.emulator.hashDisk(name)),
    );
    expect(kept).toEqual(await imagesOf('second'));
  });

  it('leaves no disk access open and no disk that nobody names', async () => {
    const { disks, grants } = await running.emulator.state();
    expect(grants).toEqual([]);
    const named = (await running.api.listJobs()).jobs.flatMap(({ replacedDisks = [] }) =>
      replacedDisks.map(({ name }) => name),
    );
    const loose = disks.filter(({ managedBy }) => managedBy === null).map(({ name }) => name);
    expect(loose.sort()).toEqual(named.sort());
  });
});
