import type { Compute } from '../../src/compute/arm/connection';
import type { Operation } from '../../src/compute/arm/operation';
import { closeDiskAccess, openDiskAccess } from '../../src/compute/disks/disk-access';
import { openDiskTarget } from '../../src/compute/disks/disk-target';
import { ensureExtension } from '../../src/compute/guest/extension';
import { setVssMode } from '../../src/compute/guest/vss-mode';
import { readWindowsState } from '../../src/compute/guest/windows-state';
import { discardRestoreDisk } from '../../src/compute/restore/discard-disk';
import { discardRestoredVm } from '../../src/compute/restore/discard-vm';
import { createNetworkInterface } from '../../src/compute/restore/network-interface';
import { createRestoreDisk } from '../../src/compute/restore/restore-disk';
import { createRestoredVm } from '../../src/compute/restore/restored-vm';
import { slotsOf, swapDisks } from '../../src/compute/restore/swap-disks';
import { removeSnapshot } from '../../src/compute/snapshots/remove-snapshot';
import { takeSnapshot } from '../../src/compute/snapshots/take-snapshot';
import { findVm } from '../../src/compute/vms/find-vm';
import { findNetworkInterface } from '../../src/compute/vms/network-interfaces';
import { deallocateVm, startVm } from '../../src/compute/vms/vm-power';
import { type Azure, complete, failureOf, MIB, startAzure } from './support/azure';

const JOB = '20260301t020000z-restore-vm-00000000-abcdef';
let azure: Azure;

beforeEach(async () => {
  const disks = [{ lun: -1, sizeBytes: MIB }];
  azure = await startAzure([
    { name: 'vm', os: 'Windows', disks: [...disks, { lun: 0, sizeBytes: MIB }] },
    { name: 'off', os: 'Linux', powerState: 'deallocated', disks },
  ]);
});
afterEach(() => azure.close());

type Run = () => Promise<{ result: unknown; waits: number[] }>;
const run = <I, T>(
  step: (compute: Compute, input: I, token?: string) => Promise<Operation<T>>,
  input: I,
): ReturnType<Run> => complete(step, azure.compute, input);

const snapshotOf = (name: string) => ({
  ref: azure.ref(name),
  jobId: 'job-1',
  os: name === 'vm' ? ('Windows' as const) : ('Linux' as const),
  running: name === 'vm',
  consistency: 'file-system' as const,
  fallbackAllowed: true,
  diskCount: 2,
});
const taken = async (name = 'vm') => (await complete(takeSnapshot, azure.compute, snapshotOf(name))).result;
async function takenOfDisks() {
  const effect = { kind: 'refuse', status: 400, code: 'InvalidParameter', message: 'No restore points.' };
  await azure.fault({ operation: 'restorePoints.create', count: null, effect });
  const snapshot = await taken('off');
  await azure.clearFaults();
  return snapshot;
}
const order = (name = 'restored', sourceId?: string) => {
  const { subscriptionId, resourceGroup } = azure.ref('vm');
  const place = { subscriptionId, resourceGroup, location: 'westeurope' };
  return { jobId: JOB, ...place, name, sizeBytes: MIB, sourceId };
};
const disk = async (sourceId?: string) =>
  (await complete(createRestoreDisk, azure.compute, order('restored', sourceId))).result.resourceId;
async function uploadedDisk(finished = true) {
  const diskResourceId = await disk();
  await run(openDiskAccess, { sourceId: diskResourceId, access: 'Write' as const });
  if (finished) await (await openDiskTarget(azure.compute, { diskResourceId, sizeBytes: MIB })).finish();
  return diskResourceId;
}
const nic = () => {
  const { subscriptionId, resourceGroup } = azure.ref('vm');
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/networkInterfaces/made`;
  return { jobId: JOB, id, model: { location: 'westeurope', properties: { ipConfigurations: [] } } };
};
async function newVm() {
  await run(createNetworkInterface, nic());
  const id = await disk((await taken()).disks[0]?.sourceId);
  const storageProfile = {
    osDisk: { createOption: 'Attach', osType: 'Windows', managedDisk: { id } },
  } as const;
  const model = {
    location: 'westeurope',
    properties: { storageProfile, networkProfile: { networkInterfaces: [{ id: nic().id }] } },
  };
  return { jobId: JOB, ref: azure.ref('new'), model };
}
const thisVm = async (name: string) => {
  const ref = azure.ref(name);
  return { ref, vmId: (await findVm(azure.compute, ref))?.vmId ?? '' };
};
/** An order to swap one disk of a VM that is off. */
async function swap(lun: number) {
  const vm = await thisVm('vm');
  await run(deallocateVm, { ...vm, runningAllowed: true });
  const from = slotsOf((await findVm(azure.compute, vm.ref)) ?? {}).filter((slot) => slot.lun === lun);
  const sourceId = (await taken()).disks.find((one) => one.lun === lun)?.sourceId;
  const slots = [{ ...from[0], lun, resourceId: await disk(sourceId) }];
  return { ...vm, from, slots, onlyWhenOff: true };
}

/** Every operation of Azure that takes time: what has to be there before, and the step that begins it. */
const OPERATIONS: [what: string, operation: string, prepare: () => Promise<Run>][] = [
  ['a restore point', 'restorePoints.create', async () => () => run(takeSnapshot, snapshotOf('vm'))],
  [
    'the snapshot of a disk',
    'snapshots.createOrUpdate',
    async () => {
      const effect = { kind: 'refuse', status: 400, code: 'InvalidParameter', message: 'No restore points.' };
      await azure.fault({ operation: 'restorePoints.create', count: null, effect });
      return () => run(takeSnapshot, snapshotOf('off'));
    },
  ],
  [
    'a restore point that goes',
    'restorePoints.delete',
    async () => {
      const { restorePointId } = await taken();
      return () => run(removeSnapshot, { restorePointId });
    },
  ],
  [
    'the snapshot of a disk that goes',
    'snapshots.delete',
    async () => {
      const { restorePointId } = await takenOfDisks();
      return () => run(removeSnapshot, { restorePointId });
    },
  ],
  [
    'access to the snapshot of a disk, revoked before it goes',
    'snapshots.revokeAccess',
    async () => {
      const { restorePointId, disks } = await takenOfDisks();
      await run(openDiskAccess, { sourceId: disks[0]?.sourceId ?? '', access: 'Read' as const });
      return () => run(removeSnapshot, { restorePointId });
    },
  ],
  [
    'access to a snapshot, granted',
    'diskRestorePoint.grantAccess',
    async () => {
      const sourceId = (await taken()).disks[0]?.sourceId ?? '';
      return () => run(openDiskAccess, { sourceId, access: 'Read' });
    },
  ],
  [
    'access to a snapshot, revoked',
    'diskRestorePoint.revokeAccess',
    async () => {
      const sourceId = (await taken()).disks[0]?.sourceId ?? '';
      await run(openDiskAccess, { sourceId, access: 'Read' as const });
      return () => run(closeDiskAccess, { sourceId });
    },
  ],
  [
    'the extension',
    'virtualMachineExtensions.createOrUpdate',
    async () => () => run(ensureExtension, { ref: azure.ref('vm'), os: 'Windows' }),
  ],
  [
    'the state of Windows',
    'virtualMachines.runCommand',
    async () => () => run(readWindowsState, { ref: azure.ref('vm') }),
  ],
  [
    'the VSS mode',
    'virtualMachines.runCommand',
    async () => () => run(setVssMode, { ref: azure.ref('vm'), mode: 'copy-only' }),
  ],
  ['a disk for an upload', 'disks.createOrUpdate', async () => () => run(createRestoreDisk, order())],
  [
    'a disk of a kept snapshot',
    'disks.createOrUpdate',
    async () => {
      const sourceId = (await taken()).disks[0]?.sourceId;
      return () => run(createRestoreDisk, order('restored', sourceId));
    },
  ],
  [
    'access to a disk, granted for writing',
    'disks.grantAccess',
    async () => {
      const sourceId = await disk();
      return () => run(openDiskAccess, { sourceId, access: 'Write' });
    },
  ],
  [
    'access to a written disk, revoked',
    'disks.revokeAccess',
    async () => {
      const sourceId = await uploadedDisk();
      return () => run(closeDiskAccess, { sourceId });
    },
  ],
  [
    'access to a half-written disk, revoked before it goes',
    'disks.revokeAccess',
    async () => {
      const resourceId = await uploadedDisk(false);
      return () => run(discardRestoreDisk, { resourceId, jobId: JOB });
    },
  ],
  [
    'a disk that goes',
    'disks.delete',
    async () => {
      const resourceId = await disk();
      return () => run(discardRestoreDisk, { resourceId, jobId: JOB });
    },
  ],
  [
    'a network interface',
    'networkInterfaces.createOrUpdate',
    async () => () => run(createNetworkInterface, nic()),
  ],
  [
    'a network interface that goes',
    'networkInterfaces.delete',
    async () => {
      await run(createNetworkInterface, nic());
      return () =>
        run(discardRestoredVm, { jobId: JOB, ref: azure.ref('new'), networkInterfaceIds: [nic().id] });
    },
  ],
  [
    'a VM',
    'virtualMachines.createOrUpdate',
    async () => {
      const vm = await newVm();
      return () => run(createRestoredVm, vm);
    },
  ],
  [
    'a VM that goes',
    'virtualMachines.delete',
    async () => {
      await run(createRestoredVm, await newVm());
      return () =>
        run(discardRestoredVm, { jobId: JOB, ref: azure.ref('new'), networkInterfaceIds: [nic().id] });
    },
  ],
  [
    'a VM that is switched off',
    'virtualMachines.deallocate',
    async () => {
      const vm = await thisVm('vm');
      return () => run(deallocateVm, { ...vm, runningAllowed: true });
    },
  ],
  [
    'a VM that is switched on',
    'virtualMachines.start',
    async () => {
      const vm = await thisVm('off');
      return () => run(startVm, vm);
    },
  ],
  [
    'a data disk that is swapped',
    'virtualMachines.attachDetachDataDisks',
    async () => {
      const asked = await swap(0);
      return () => run(swapDisks, asked);
    },
  ],
];

const fails = (operation: string, code: string, count: number | null) =>
  azure.fault({ operation, count, effect: { kind: 'fail-operation', code, message: 'It failed.' } });
const callsOf = async (operation: string) => (await azure.calls())[operation]?.calls ?? 0;

describe('an operation of Azure that ended as failed', () => {
  it.each(OPERATIONS)('is begun anew when the cause may pass: %s', async (_what, operation, prepare) => {
    const act = await prepare();
    const before = await callsOf(operation);
    await fails(operation, 'InternalServerError', 1);
    const { waits } = await act();
    // What the failed one did all the same, as the emulator's deletions and changes of a VM may, is not begun
    // again.
    expect((await callsOf(operation)) - before).toBeLessThanOrEqual(2);
    expect(waits.filter((wait) => wait > 0)).toHaveLength(1);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(60);
  });

  /** Those of a snapshot have a ladder of their own: see the tests of `takeSnapshot`. */
  const others = OPERATIONS.filter(([, operation]) => operation !== 'restorePoints.create');

  it.each(others)('ends the step at once when the cause is final: %s', async (_what, operation, prepare) => {
    const act = await prepare();
    const before = await callsOf(operation);
    await fails(operation, 'ScopeLocked', null);
    expect(await failureOf(act())).toMatchObject({ code: 'ResourceLocked', retryable: false });
    expect((await callsOf(operation)) - before).toBe(1);
  });

  it.each(others.filter(([, operation]) => operation !== 'virtualMachines.attachDetachDataDisks'))(
    'is begun anew a few times only, and later every time: %s',
    async (_what, operation, prepare) => {
      const act = await prepare();
      const before = await callsOf(operation);
      await fails(operation, 'InternalServerError', null);
      expect(await failureOf(act())).toMatchObject({ retryable: true });
      expect((await callsOf(operation)) - before).toBe(5);
    },
  );

  it('is looked at for what it did all the same: an OS disk that is swapped', async () => {
    const asked = await swap(-1);
    // The emulator changes a VM under this name, too.
    await fails('virtualMachines.createOrUpdate', 'InternalServerError', 1);
    await run(swapDisks, asked);
    const [os] = slotsOf((await findVm(azure.compute, asked.ref)) ?? {});
    expect(os?.resourceId).toMatch(/restored/i);
    const other = { ...asked, slots: asked.from, from: asked.slots };
    await fails('virtualMachines.createOrUpdate', 'ScopeLocked', 1);
    expect(await failureOf(run(swapDisks, other))).toMatchObject({ code: 'ResourceLocked' });
  });

  it('waits longer before each new try', async () => {
    await fails('virtualMachines.start', 'InternalServerError', 4);
    const { waits } = await run(startVm, await thisVm('off'));
    expect(waits).toEqual([10, 20, 40, 80]);
  });

  it.each([
    'InternalServerError',
    'InternalExecutionError',
    'InternalOperationError',
    'NetworkingInternalOperationError',
    'InternalDiskManagementError',
    'RetryableError',
    'ServerTimeout',
    'OperationPreempted',
  ])('has a cause that may pass with the code %s', async (code) => {
    await fails('virtualMachines.start', code, 1);
    await run(startVm, await thisVm('off'));
    expect((await azure.state()).vms.find(({ name }) => name === 'off')?.powerState).toBe('running');
  });
});

describe('what Azure failed to make for this job', () => {
  const FAILED = { kind: 'fail-operation', code: 'InternalServerError', message: 'It failed.' };

  it('a disk is deleted and made again, also when the one who asked for it died meanwhile', async () => {
    await azure.fault({ operation: 'disks.createOrUpdate', effect: FAILED });
    await createRestoreDisk(azure.compute, order());
    const { result } = await complete(createRestoreDisk, azure.compute, order());
    expect(result.resourceId).toContain('restored');
    expect(await callsOf('disks.delete')).toBe(1);
    const { disks } = await azure.state();
    expect(disks.find(({ name }) => name === 'restored')).toMatchObject({ diskState: 'ReadyToUpload' });
  });

  it.each(['InternalServerError', 'ScopeLocked'])(
    'a disk that could not be made of the kept snapshot (%s) does not stand in the way of the one from the vault',
    async (code) => {
      const sourceId = (await taken()).disks[0]?.sourceId;
      await azure.fault({ operation: 'disks.createOrUpdate', count: null, effect: { ...FAILED, code } });
      await failureOf(run(createRestoreDisk, order('restored', sourceId)));
      await azure.clearFaults();
      await run(createRestoreDisk, order());
      const { disks } = await azure.state();
      expect(disks.find(({ name }) => name === 'restored')).toMatchObject({ diskState: 'ReadyToUpload' });
    },
  );

  it('a disk of the kept snapshot that came too late is replaced by the one from the vault', async () => {
    const sourceId = (await taken()).disks[0]?.sourceId;
    await azure.fault({ operation: 'disks.createOrUpdate', effect: { kind: 'late', seconds: 60 } });
    await createRestoreDisk(azure.compute, order('restored', sourceId));
    const begun = await createRestoreDisk(azure.compute, order());
    if (begun.done) throw new Error('It cannot be done yet.');
    azure.advance(61);
    expect(await createRestoreDisk(azure.compute, order(), begun.token)).toMatchObject({ done: true });
    const { disks } = await azure.state();
    expect(disks.find(({ name }) => name === 'restored')).toMatchObject({ diskState: 'ReadyToUpload' });
  });

  it('a failed disk of another job, or of nobody, is left alone', async () => {
    await azure.fault({ operation: 'disks.createOrUpdate', effect: { ...FAILED, code: 'ScopeLocked' } });
    await failureOf(run(createRestoreDisk, { ...order(), jobId: 'another' }));
    expect(await failureOf(run(createRestoreDisk, order()))).toMatchObject({ code: 'RestoreDiskConflict' });
    expect(await callsOf('disks.delete')).toBe(0);
  });

  it('a network interface and a VM are deleted and made again', async () => {
    await azure.fault({ operation: 'networkInterfaces.createOrUpdate', effect: FAILED });
    const vm = await newVm();
    await azure.fault({ operation: 'virtualMachines.createOrUpdate', effect: FAILED });
    const { result } = await complete(createRestoredVm, azure.compute, vm);
    expect(await findVm(azure.compute, vm.ref)).toMatchObject({ provisioningState: 'Succeeded' });
    expect(result.resourceId).toBe((await findVm(azure.compute, vm.ref))?.id);
    expect(await callsOf('networkInterfaces.delete')).toBe(1);
    expect(await callsOf('virtualMachines.delete')).toBe(1);
    const made = await findNetworkInterface(azure.compute, nic().id);
    expect(made?.properties?.provisioningState).toBe('Succeeded');
    expect((await azure.state()).disks.find(({ name }) => name === 'restored')).toBeDefined();
  });
});
