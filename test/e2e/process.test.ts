import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { allItems } from '../../client/all-pages';
import type { Job } from '../../client/api-types';
import type { EmulatorState } from '../../client/emulator-client';
import { requestJson } from '../../client/http';
import { PATIENCE } from '../../local/demo/parts';
import { type Outcome, runProcess } from '../../local/demo/process';
import type { SampleFleet } from '../../local/fleet/sample-fleet';
import { makeOwnFleet } from './support/own-fleet';
import { silentScreen, startTestSystem, type TestSystem, testFolder } from './support/test-system';

/**
 * The process of a backup, line by line, with images that this test makes. The flow is the demo's, the parts
 * are the real ones: the timer trigger, durable-functions, the Azure SDKs, Azurite, the compute emulator.
 */
describe('the process', () => {
  let folder: string;
  let running: TestSystem;
  let fleet: SampleFleet;
  let outcome: Outcome;
  let state: EmulatorState;
  beforeAll(async () => {
    folder = await testFolder();
    fleet = await makeOwnFleet(path.join(folder, 'fleet'));
    running = await startTestSystem(folder, fleet.fleetFile);
    const { api, emulator } = running;
    const signal = new AbortController().signal;
    outcome = await runProcess({ api, emulator, fleet, signal, screen: silentScreen(), patience: PATIENCE });
    state = await emulator.state();
  });
  afterAll(() => running.end());

  const backup = (vm: string, round: 1 | 2): Job => {
    const job = outcome.backups[round - 1]?.find(({ vmName }) => vmName === vm);
    if (!job) throw new Error(`no backup ${round} of ${vm}`);
    return job;
  };
  const keyOf = (vm: string) => backup(vm, 1).vm!;
  const pointsOf = async (vm: string) =>
    (await running.api.listRecoveryPoints({ vm: keyOf(vm) })).recoveryPoints;
  const extensionsOf = (vm: string) =>
    state.vms.find(({ name }) => name === vm)?.extensions.map(({ name }) => name);
  const guest = (vm: string) => state.vms.find(({ name }) => name === vm)!.facts;

  it('ends with nothing to complain about', () => {
    expect(outcome.problems).toEqual([]);
  });

  describe('1. VMs selected for backup are backed up on the schedule of their policy: a timer trigger starts it', () => {
    it('every VM with the tag has one backup for each due time', () => {
      for (const jobs of outcome.backups) {
        expect(jobs.map(({ vmName }) => vmName).sort()).toEqual(fleet.vms.map(({ name }) => name).sort());
        expect(jobs.map(({ trigger }) => trigger)).toEqual(jobs.map(() => 'schedule'));
      }
    });

    it('a due time starts a VM once, although the timer looks every second', async () => {
      const backups = await allItems(
        (place) => running.api.listJobs({ kind: 'backup', ...place }),
        ({ jobs }) => jobs,
      );
      expect(backups).toHaveLength(2 * fleet.vms.length);
    });
  });

  describe('2. On the first backup the backup extension is installed if the VM is running', () => {
    it('VMSnapshot on Windows', () => {
      expect(backup('win', 1).extension).toMatchObject({ name: 'VMSnapshot', installed: 'installed' });
      expect(extensionsOf('win')).toEqual(['VMSnapshot']);
    });

    it('VMSnapshotLinux on Linux', () => {
      expect(backup('lin', 1).extension).toMatchObject({ name: 'VMSnapshotLinux', installed: 'installed' });
      expect(extensionsOf('lin')).toEqual(['VMSnapshotLinux']);
    });

    it('a VM that is not running gets none', () => {
      expect(extensionsOf('off')).toEqual([]);
      expect(extensionsOf('off-win')).toEqual([]);
      expect(backup('off', 1).extension?.installed).not.toBe('installed');
    });

    it('the second backup installs nothing again', () => {
      expect(backup('win', 2).extension?.installed).not.toBe('installed');
      expect(extensionsOf('win')).toHaveLength(1);
    });
  });

  describe('3. A running Windows VM is snapshotted application-consistent through VSS', () => {
    it('application-consistent when VSS works', () => {
      expect(backup('win', 1).consistency).toMatchObject({ asked: 'application', reached: 'application' });
    });

    it('a full VSS backup unless the policy says copy-only', () => {
      expect(guest('win').useVssCopyBackup).toBeFalsy();
    });

    it('file-consistent when VSS fails, and the point says why', async () => {
      const { consistency, recoveryPoint } = backup('vss', 1);
      expect(consistency).toMatchObject({ asked: 'application', reached: 'file-system' });
      expect(consistency?.reason).toMatch(/VSS/);
      const point = (await pointsOf('vss')).find(({ id }) => id === recoveryPoint);
      expect(JSON.stringify(point)).toMatch(/VSS/);
    });

    it('file-consistent when it is stopped: nothing writes to its disks', () => {
      expect(backup('off-win', 1).consistency?.reached).toBe('file-system');
    });
  });

  describe('4. A Linux VM is snapshotted file-consistent', () => {
    it('file-consistent without scripts', () => {
      expect(backup('lin', 1).consistency?.reached).toBe('file-system');
    });

    it('application-consistent when pre and post scripts are set up', () => {
      expect(backup('scripted', 1).consistency?.reached).toBe('application');
    });
  });

  describe('5. After the snapshot its data goes to the vault', () => {
    it('all disks are transferred in parallel: each has begun before any has ended', async () => {
      const { id, disks } = backup('lin', 1);
      const host = running.system.api.replace(/\/api$/, '');
      const transfers = await Promise.all(
        disks.map(async ({ diskId }) => {
          const instance = encodeURIComponent(`${id}:${diskId}`);
          const { body } = await requestJson<{ createdTime: string; lastUpdatedTime: string }>(
            'GET',
            `${host}/runtime/webhooks/durabletask/instances/${instance}`,
          );
          return body;
        }),
      );
      const lastBegun = Math.max(...transfers.map(({ createdTime }) => Date.parse(createdTime)));
      const firstEnded = Math.min(...transfers.map(({ lastUpdatedTime }) => Date.parse(lastUpdatedTime)));
      expect(transfers).toHaveLength(3);
      expect(lastBegun).toBeLessThanOrEqual(firstEnded);
    });

    it('the first backup reads what is allocated, not the holes', () => {
      for (const { sizeBytes, readBytes, mode } of backup('win', 1).disks) {
        expect(mode).toBe('full');
        expect(readBytes).toBeLessThan(sizeBytes * 0.8);
      }
    });

    it.each(['win', 'scripted', 'vss', 'lin'])(
      'of %s only blocks that changed are transferred the second time',
      (vm) => {
        const sum = (job: Job, field: 'sentBytes' | 'changedBytes') =>
          job.disks.reduce((total, disk) => total + disk[field], 0);
        expect(sum(backup(vm, 2), 'changedBytes')).toBeLessThan(sum(backup(vm, 1), 'changedBytes') * 0.6);
        expect(sum(backup(vm, 2), 'sentBytes')).toBeLessThan(sum(backup(vm, 1), 'sentBytes') * 0.6);
      },
    );

    it('of a VM that nobody wrote to nothing is transferred', async () => {
      await running.api.startBackup({ vm: keyOf('off') });
      while ((await pointsOf('off')).length < 3) await new Promise((resolve) => setTimeout(resolve, 200));
      const { jobs } = await running.api.listJobs({ vm: keyOf('off') });
      expect(jobs[0]?.disks.map(({ sentBytes }) => sentBytes)).toEqual([0, 0]);
    });
  });

  describe('6. What the first backup changes on a Windows VM is recorded', () => {
    it.each(['win', 'vss'])(
      'of %s: the redistributable, the startup of VSS, the service IaaSVmProvider',
      (vm) => {
        const changes = backup(vm, 1).windowsChanges ?? [];
        expect(changes.map(({ what }) => what).sort()).toEqual([
          'iaasVmProvider',
          'vcRedist2013x64',
          'vssStartMode',
        ]);
        expect(changes.find(({ what }) => what === 'vcRedist2013x64')?.after).toBe('12.0.40660');
        expect(changes.find(({ what }) => what === 'vssStartMode')).toMatchObject({
          before: 'Manual',
          after: 'Auto',
        });
      },
    );

    it('nothing of the sort on Linux, nor on a Windows VM that is off', () => {
      expect(backup('lin', 1).windowsChanges).toBeUndefined();
      expect(backup('off-win', 1).windowsChanges).toBeUndefined();
    });
  });

  describe('7. When the transfer is complete the snapshot is removed and a recovery point is created', () => {
    it('no snapshot of a VM with the default policy is left, and no disk access is open', () => {
      const removing = fleet.vms.filter(({ policy }) => policy === 'daily').map(({ name }) => name);
      expect(state.restorePoints.filter(({ vm }) => removing.includes(vm))).toEqual([]);
      expect(state.grants).toEqual([]);
    });

    it('each backup has created one recovery point', async () => {
      for (const { name } of fleet.vms.filter((vm) => vm.name !== 'off')) {
        expect((await pointsOf(name)).map(({ id }) => id).sort()).toEqual(
          [backup(name, 1).recoveryPoint, backup(name, 2).recoveryPoint].sort(),
        );
      }
    });
  });

  describe('there are two ways to find what changed', () => {
    it('by default the next backup reads the allocated blocks and compares', () => {
      expect(backup('win', 2).disks.map(({ mode }) => mode)).toEqual(['checksum', 'checksum']);
    });

    it('with instant restore the newest snapshot stays, and the next backup asks for the changed pages', () => {
      const disks = backup('lin', 2).disks;
      expect(disks.map(({ mode }) => mode)).toEqual(disks.map(() => 'changed-blocks'));
      expect(state.restorePoints.filter(({ vm }) => vm === 'lin').length).toBeGreaterThan(0);
      for (const { readBytes, sizeBytes } of disks) expect(readBytes).toBeLessThan(sizeBytes * 0.5);
    });
  });

  it('restores both points of every VM to new managed disks, equal to the images to the last byte', () => {
    const disks = fleet.vms.flatMap((vm) => vm.disks);
    expect(outcome.comparisons).toHaveLength(2 * disks.length);
    for (const { expected, restored } of outcome.comparisons) expect(restored).toBe(expected);
  });

  it('never writes to the images that it was given', async () => {
    const again = await makeOwnFleet(path.join(folder, 'again'));
    for (const [index, vm] of fleet.vms.entries()) {
      for (const [at, disk] of vm.disks.entries()) {
        const fresh = again.vms[index]!.disks[at]!;
        expect((await readFile(disk.first)).equals(await readFile(fresh.first))).toBe(true);
      }
    }
  });
});
