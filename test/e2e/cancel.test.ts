import path from 'node:path';
import type { Accepted, Job, RestoreTarget } from '../../client/api-types';
import { requestJson } from '../../client/http';
import { isOver } from '../../client/is-over';
import { makeOwnFleet } from './support/own-fleet';
import { startTestSystem, type TestSystem, testFolder } from './support/test-system';

jest.setTimeout(180_000);

const SUBNET =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/Own-RG/providers/Microsoft.Network/virtualNetworks/office/subnets/default';
/** As long as Azure may take at its worst: a cancellation does not wait for it. */
const LONG = { kind: 'late', seconds: 3600 };
/** What Azure has begun to change of a VM must come to its end before it can be undone. */
const SHORT = { kind: 'late', seconds: 3 };

interface Case {
  what: string;
  /** What is held up, so that the job stays where it is to be cancelled. */
  operation: string;
  effect: object;
  hasCome: (job: Job) => boolean;
}

const inPhase = (phase: string) => (job: Job) => job.phase === phase;
const BACKUP: Case[] = [
  {
    what: 'reading the guest',
    operation: 'virtualMachines.runCommand',
    effect: LONG,
    hasCome: inPhase('extension'),
  },
  {
    what: 'installing the extension',
    operation: 'virtualMachineExtensions.*',
    effect: LONG,
    hasCome: inPhase('extension'),
  },
  {
    what: 'taking the snapshot',
    operation: 'restorePoints.create',
    effect: LONG,
    hasCome: inPhase('snapshot'),
  },
  {
    what: 'opening the disks',
    operation: 'diskRestorePoint.grantAccess',
    effect: LONG,
    hasCome: inPhase('transfer'),
  },
  {
    what: 'transferring',
    operation: 'blob.download',
    effect: { kind: 'slow', bytesPerSecond: 1_000_000 },
    hasCome: ({ disks }) => disks.some(({ readBytes }) => readBytes > 0),
  },
  {
    what: 'removing the snapshot',
    operation: 'restorePoints.delete',
    effect: SHORT,
    hasCome: inPhase('remove-snapshot'),
  },
];
const RESTORE: (Case & { to: RestoreTarget })[] = [
  {
    what: 'making disks',
    operation: 'disks.createOrUpdate',
    effect: LONG,
    hasCome: inPhase('restore'),
    to: { target: 'disks' },
  },
  {
    what: 'opening disks',
    operation: 'disks.grantAccess',
    effect: SHORT,
    hasCome: inPhase('restore'),
    to: { target: 'disks' },
  },
  {
    what: 'making the network interface',
    operation: 'networkInterfaces.createOrUpdate',
    effect: LONG,
    hasCome: inPhase('network'),
    to: { target: 'vm', name: 'new', network: { subnet: SUBNET } },
  },
  {
    what: 'making the VM',
    operation: 'virtualMachines.createOrUpdate',
    effect: LONG,
    hasCome: inPhase('create-vm'),
    to: { target: 'vm', name: 'new', network: { subnet: SUBNET } },
  },
  {
    what: 'deallocating the VM',
    operation: 'virtualMachines.deallocate',
    effect: SHORT,
    hasCome: inPhase('replace'),
    to: { target: 'replace', deallocate: true },
  },
  {
    what: 'swapping the disks',
    operation: 'virtualMachines.attachDetachDataDisks',
    effect: SHORT,
    hasCome: inPhase('replace'),
    to: { target: 'replace', deallocate: true },
  },
];

/** Cancels a job at each of its steps. What must be true then is asserted; how long it took is measured, never asserted. */
describe('a job that is cancelled', () => {
  let running: TestSystem;
  let vm: string;
  let point: string;
  const seconds: Record<string, number> = {};
  beforeAll(async () => {
    const folder = await testFolder();
    const fleet = await makeOwnFleet(path.join(folder, 'fleet'));
    running = await startTestSystem(folder, fleet.fleetFile);
    vm = (await running.api.listVms()).vms.find(({ name }) => name === 'win')?.key as string;
  });
  afterAll(async () => {
    const [slowest] = Object.entries(seconds).sort(([, left], [, right]) => right - left);
    if (process.env.SHOW_TIMES)
      process.stderr.write(`${JSON.stringify({ slowest, seconds }, undefined, 2)}\n`);
    await running.end();
  });

  const emulator = (method: string, route: string, body?: unknown) =>
    requestJson(method, `${running.system.emulator}/emulator${route}`, body);
  const until = async (id: string, isSo: (job: Job) => boolean): Promise<Job> => {
    for (;;) {
      const job = await running.api.getJob({ job: id });
      if (isSo(job)) return job;
      if (isOver(job)) throw new Error(`It ended before: ${JSON.stringify(job)}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  async function cancelAt({ job: id }: Accepted, { what, hasCome }: Case): Promise<Job> {
    await until(id, hasCome);
    const asked = performance.now();
    await running.api.cancelJob({ job: id });
    const job = await until(id, isOver);
    seconds[what] = Math.round(performance.now() - asked) / 1000;
    await emulator('DELETE', '/faults');
    return job;
  }
  /** What Azure holds that costs money or shows data, and how the VM is. */
  async function inAzure() {
    const { disks, restorePoints, snapshots, grants, vms } = await running.emulator.state();
    const names = disks.map(({ name, managedBy }) => ({ name, managedBy }));
    const win = vms.find(({ name }) => name === 'win');
    return {
      disks: names,
      restorePoints,
      snapshots,
      grants,
      vms: vms.map(({ name }) => name),
      powerState: win?.powerState,
      attached: win?.disks.map(({ lun, name }) => ({ lun, name })),
    };
  }

  it.each(BACKUP)('while $what leaves no snapshot, no open disk and no point', async (step) => {
    const [before, points] = [await inAzure(), await running.api.listRecoveryPoints({ vm })];
    await emulator('POST', '/faults', { operation: step.operation, count: null, effect: step.effect });
    const job = await cancelAt(await running.api.startBackup({ vm }), step);
    expect(job).toMatchObject({ state: 'Cancelled', error: { code: 'JobCancelled' } });
    expect(await inAzure()).toEqual(before);
    expect(await running.api.listRecoveryPoints({ vm })).toEqual(points);
  });

  it('leaves its VM free: the next backup makes a point', async () => {
    const started = await running.api.startBackup({ vm });
    const job = await until(started.job, isOver);
    expect(job).toMatchObject({ state: 'Succeeded' });
    point = job.recoveryPoint as string;
  });

  it.each(RESTORE)('while $what leaves Azure as it was', async (step) => {
    const before = await inAzure();
    const effect = { operation: step.operation, count: null, effect: step.effect };
    await emulator('POST', '/faults', effect);
    const job = await cancelAt(await running.api.startRestore({ point, body: step.to }), step);
    expect(job).toMatchObject({ state: 'Cancelled', error: { code: 'JobCancelled' }, warnings: [] });
    expect(await inAzure()).toEqual(before);
  });
});
