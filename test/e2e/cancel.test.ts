import path from 'node:path';
import type { Accepted, Job, RestoreTarget } from '../../client/api-types';
import { requestJson } from '../../client/http';
import { isOver } from '../../client/is-over';
import { makeOwnFleet, type OwnVm } from './support/own-fleet';
import { startTestSystem, type TestSystem, testFolder } from './support/test-system';

const SUBNET =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/Own-RG/providers/Microsoft.Network/virtualNetworks/office/subnets/default';
/** Longer than any test: what takes so long ends when the test says so. */
const LATE = { kind: 'late', seconds: 24 * 3600 };

interface Case {
  what: string;
  /** The VM of this case, and of no other: whatever becomes of another case says nothing about this one. */
  vm: string;
  /** What is held up, so that the job stays where it is to be cancelled. */
  operation: string;
  /** How; without it, whatever is asked for takes its time. */
  faults?: object[];
  /**
   * So many of them are under way then, and must come to their end before they can be undone; a cancellation
   * waits for no other.
   */
  mustEnd?: number;
  hasCome: (job: Job) => boolean;
}

const inPhase = (phase: string) => (job: Job) => job.phase === phase;
const TRANSFER = {
  operation: 'blob.download',
  // One chunk comes, slowly enough to be told of; the others as good as never.
  faults: [
    { effect: { kind: 'slow', bytesPerSecond: 2_000_000 } },
    { effect: { kind: 'slow', bytesPerSecond: 1000 }, count: null },
  ],
  hasCome: ({ disks }: Job) => disks.some(({ readBytes }) => readBytes > 0),
};
const BACKUP: Case[] = [
  {
    what: 'reading the guest',
    vm: 'vm-a',
    operation: 'virtualMachines.runCommand',
    hasCome: inPhase('extension'),
  },
  {
    what: 'installing the extension',
    vm: 'vm-b',
    operation: 'virtualMachineExtensions.*',
    hasCome: inPhase('extension'),
  },
  {
    what: 'taking the snapshot',
    vm: 'vm-c',
    operation: 'restorePoints.create',
    hasCome: inPhase('snapshot'),
  },
  {
    what: 'opening the disks',
    vm: 'vm-d',
    operation: 'diskRestorePoint.grantAccess',
    hasCome: inPhase('transfer'),
  },
  { what: 'transferring', vm: 'vm-e', ...TRANSFER },
  {
    what: 'removing the snapshot',
    vm: 'vm-f',
    operation: 'restorePoints.delete',
    mustEnd: 1,
    hasCome: inPhase('remove-snapshot'),
  },
];
const FREED: Case = { what: 'transferring, to be backed up again', vm: 'vm-g', ...TRANSFER };
const RESTORE: (Case & { to: RestoreTarget })[] = [
  {
    what: 'making disks',
    vm: 'vm-h',
    operation: 'disks.createOrUpdate',
    hasCome: inPhase('restore'),
    to: { target: 'disks' },
  },
  {
    what: 'opening disks',
    vm: 'vm-i',
    operation: 'disks.grantAccess',
    mustEnd: 2,
    hasCome: inPhase('restore'),
    to: { target: 'disks' },
  },
  {
    what: 'making the network interface',
    vm: 'vm-j',
    operation: 'networkInterfaces.createOrUpdate',
    hasCome: inPhase('network'),
    to: { target: 'vm', name: 'vm-j-new', network: { subnet: SUBNET } },
  },
  {
    what: 'making the VM',
    vm: 'vm-k',
    operation: 'virtualMachines.createOrUpdate',
    hasCome: inPhase('create-vm'),
    to: { target: 'vm', name: 'vm-k-new', network: { subnet: SUBNET } },
  },
  {
    what: 'deallocating the VM',
    vm: 'vm-l',
    operation: 'virtualMachines.deallocate',
    mustEnd: 1,
    hasCome: inPhase('replace'),
    to: { target: 'replace', deallocate: true },
  },
  {
    what: 'swapping the disks',
    vm: 'vm-m',
    operation: 'virtualMachines.attachDetachDataDisks',
    mustEnd: 1,
    hasCome: inPhase('replace'),
    to: { target: 'replace', deallocate: true },
  },
];
const MIB = 2 ** 20;
const VMS: OwnVm[] = [...BACKUP, FREED, ...RESTORE].map(({ vm, operation }) => ({
  name: vm,
  os: 'Windows',
  policy: 'daily',
  // More than one chunk where one is to come.
  sizes: operation === TRANSFER.operation ? [9 * MIB] : [2 * MIB + 3 * 512, 3 * MIB + 512],
}));

/**
 * Cancels a job at each of its steps. What must be true then is asserted; how long it took is measured, never
 * asserted.
 */
describe('a job that is cancelled', () => {
  let running: TestSystem;
  let keys: Map<string, string>;
  const seconds: Record<string, number> = {};
  beforeAll(async () => {
    const folder = await testFolder();
    const fleet = await makeOwnFleet(path.join(folder, 'fleet'), VMS);
    running = await startTestSystem(folder, fleet.fleetFile);
    keys = new Map((await running.api.listVms()).vms.map(({ name, key }) => [name, key]));
  });
  afterAll(async () => {
    const [slowest] = Object.entries(seconds).sort(([, left], [, right]) => right - left);
    if (process.env.SHOW_TIMES)
      process.stderr.write(`${JSON.stringify({ slowest, seconds }, undefined, 2)}\n`);
    await running.end();
  });
  afterEach(async () => {
    await emulator('DELETE', '/faults');
    await emulator('POST', '/operations/end');
  });

  const emulator = (method: string, route: string, body?: unknown) =>
    requestJson(method, `${running.system.emulator}/emulator${route}`, body);
  const keyOf = (vm: string) => keys.get(vm)!;

  async function until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 25));
  }
  async function jobShows(id: string, isSo: (job: Job) => boolean): Promise<Job> {
    let job = await running.api.getJob({ job: id });
    await until(async () => {
      job = await running.api.getJob({ job: id });
      if (isOver(job) && !isSo(job)) throw new Error(`It ended before: ${JSON.stringify(job)}`);
      return isSo(job);
    });
    return job;
  }
  const underWay = async ({ operation, vm }: Case) =>
    (await running.emulator.state()).operations.filter(
      ({ kind, resourceId }) => kind === operation && resourceId.includes(vm),
    ).length;

  /** Holds the job up in its step, cancels it there, and returns how it ended. */
  async function cancelledAt(step: Case, start: () => Promise<Accepted>): Promise<Job> {
    const { what, vm, operation, mustEnd, hasCome } = step;
    const { faults = [{ effect: LATE, count: mustEnd ?? null }] } = step;
    for (const fault of faults) await emulator('POST', '/faults', { operation, resource: vm, ...fault });
    const { job: id } = await start();
    await jobShows(id, hasCome);
    if (mustEnd !== undefined) await until(async () => (await underWay(step)) === mustEnd);
    const asked = performance.now();
    await running.api.cancelJob({ job: id });
    if (mustEnd !== undefined) await emulator('POST', '/operations/end');
    const job = await jobShows(id, isOver);
    seconds[what] = Math.round(performance.now() - asked) / 1000;
    return job;
  }
  const backUp = async (vm: string) =>
    jobShows((await running.api.startBackup({ vm: keyOf(vm) })).job, isOver).then((job) => {
      expect(job).toMatchObject({ state: 'Succeeded' });
      return job.recoveryPoint as string;
    });

  /** What Azure holds of a VM that costs money or shows data, and how the VM is. */
  async function inAzure(name: string) {
    const { disks, restorePoints, snapshots, grants, vms } = await running.emulator.state();
    const its = <T>(all: T[]) => all.filter((one) => JSON.stringify(one).includes(name));
    const own = vms.find((vm) => vm.name === name);
    return {
      disks: its(disks).map(({ name, managedBy }) => ({ name, managedBy })),
      restorePoints: its(restorePoints),
      snapshots: its(snapshots),
      grants: its(grants),
      vms: its(vms).map((vm) => vm.name),
      powerState: own?.powerState,
      attached: own?.disks.map(({ lun, name }) => ({ lun, name })),
    };
  }

  it.each(BACKUP)('while $what leaves no snapshot, no open disk and no point', async (step) => {
    const before = await inAzure(step.vm);
    const job = await cancelledAt(step, () => running.api.startBackup({ vm: keyOf(step.vm) }));
    expect(job).toMatchObject({ state: 'Cancelled', error: { code: 'JobCancelled' } });
    expect(await inAzure(step.vm)).toEqual(before);
    expect((await running.api.listRecoveryPoints({ vm: keyOf(step.vm) })).recoveryPoints).toEqual([]);
  });

  it('leaves its VM free: the next backup makes a point', async () => {
    const cancelled = await cancelledAt(FREED, () => running.api.startBackup({ vm: keyOf(FREED.vm) }));
    expect(cancelled).toMatchObject({ state: 'Cancelled' });
    await emulator('DELETE', '/faults');
    const point = await backUp(FREED.vm);
    const { recoveryPoints } = await running.api.listRecoveryPoints({ vm: keyOf(FREED.vm) });
    expect(recoveryPoints.map(({ id }) => id)).toEqual([point]);
  });

  it.each(RESTORE)('while $what leaves Azure as it was', async (step) => {
    const point = await backUp(step.vm);
    const before = await inAzure(step.vm);
    const job = await cancelledAt(step, () => running.api.startRestore({ point, body: step.to }));
    expect(job).toMatchObject({ state: 'Cancelled', error: { code: 'JobCancelled' }, warnings: [] });
    expect(await inAzure(step.vm)).toEqual(before);
  });
});
