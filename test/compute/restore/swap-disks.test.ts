import { createRestoreDisk } from '../../../src/compute/restore/restore-disk';
import { type DiskSlot, slotsOf, swapDisks } from '../../../src/compute/restore/swap-disks';
import { takeSnapshot } from '../../../src/compute/snapshots/take-snapshot';
import { findVm } from '../../../src/compute/vms/find-vm';
import { deallocateVm, startVm, type ThisVm } from '../../../src/compute/vms/vm-power';
import { type Azure, complete, failureOf, MIB, startAzure } from '../support/azure';

const disk = (lun: number) => ({ lun, sizeBytes: MIB });
let azure: Azure;
let vm: ThisVm;
let before: DiskSlot[];
let after: DiskSlot[];

const current = async () => slotsOf((await findVm(azure.compute, vm.ref)) ?? {});
const powerState = async () => (await azure.state()).vms[0]?.powerState;
const deallocate = (runningAllowed = true) =>
  complete(deallocateVm, azure.compute, { ...vm, runningAllowed });
const swap = (slots: DiskSlot[], from = [...before, ...after], onlyWhenOff = true) =>
  complete(swapDisks, azure.compute, { ...vm, slots, from, onlyWhenOff });
const idsOf = (slots: DiskSlot[]) => slots.map(({ lun, resourceId }) => ({ lun, resourceId }));

beforeEach(async () => {
  azure = await startAzure([{ name: 'vm', os: 'Linux', disks: [disk(-1), disk(0), disk(1), disk(5)] }]);
  const ref = azure.ref('vm');
  vm = { ref, vmId: (await findVm(azure.compute, ref))?.vmId ?? '' };
  const order = { ref, jobId: 'job-1', os: 'Linux', running: true, diskCount: 4 } as const;
  const snapshot = await complete(takeSnapshot, azure.compute, {
    ...order,
    consistency: 'file-system',
    fallbackAllowed: true,
  });
  before = (await current()).filter(({ lun }) => lun !== 5);
  const { subscriptionId, resourceGroup } = ref;
  after = [];
  for (const slot of before) {
    const source = snapshot.result.disks.find(({ lun }) => lun === slot.lun);
    const made = await complete(createRestoreDisk, azure.compute, {
      jobId: 'job-1',
      subscriptionId,
      resourceGroup,
      name: `new-${slot.lun}`,
      location: 'westeurope',
      sizeBytes: MIB,
      sourceId: source?.sourceId,
    });
    after.push({ ...slot, resourceId: made.result.resourceId });
  }
});
afterEach(() => azure.close());

describe('swapping the disks of a VM', () => {
  it('brings every disk to its place with the settings of the place, and touches no other', async () => {
    const untouched = (await current()).filter(({ lun }) => lun === 5);
    await deallocate();
    await swap(after);
    expect(await current()).toEqual([...after, ...untouched]);
    const kept = (await azure.state()).disks.filter(({ diskState }) => diskState === 'Unattached');
    expect(kept.map(({ id }) => id).sort()).toEqual(before.map(({ resourceId }) => resourceId).sort());
  });

  it('goes back the same way, also to a place that was empty, and running twice changes nothing', async () => {
    await deallocate();
    const emptied = before.map((slot) => (slot.lun === 1 ? { lun: 1 } : slot));
    await swap(emptied);
    await swap(after);
    await swap(after);
    expect(idsOf((await current()).filter(({ lun }) => lun !== 5))).toEqual(idsOf(after));
    await swap(emptied);
    expect((await current()).map(({ lun }) => lun)).toEqual([-1, 0, 5]);
    await swap(before);
    expect(idsOf(await current())).toEqual(expect.arrayContaining(idsOf(before)));
  });

  it.each([
    ['first', 'attachDetachDataDisks', 0],
    ['second', 'update', 0],
    ['third', 'attachDetachDataDisks', 1],
  ])('goes on, or back, from where a try failed at its %s change', async (_which, operation, skip) => {
    await deallocate();
    const effect = { kind: 'refuse', status: 409, code: 'InvalidParameter', message: 'As the test wants.' };
    for (const goal of [before, after]) {
      await azure.fault({ operation: `virtualMachines.${operation}`, skip, effect });
      expect(await failureOf(swap(after))).toMatchObject({ code: 'RestoreVmRefused' });
      await swap(goal);
      expect(idsOf(await current())).toEqual(expect.arrayContaining(idsOf(goal)));
      expect(await current()).toHaveLength(4);
    }
  });

  it('stops at a disk that somebody else attached meanwhile, and takes it nowhere', async () => {
    await deallocate();
    const foreign = before.map((slot) =>
      slot.lun === 1 ? { ...slot, resourceId: `${slot.resourceId}-old` } : slot,
    );
    const failure = await failureOf(swap(after, foreign));
    expect(failure).toMatchObject({ code: 'RestoreVmRefused', message: expect.stringContaining('LUN 1') });
    expect(idsOf(await current())).toEqual(expect.arrayContaining(idsOf(before)));
  });

  it('takes nothing from a VM that somebody started meanwhile, and gives back what it took before', async () => {
    await deallocate();
    const effect = { kind: 'refuse', status: 409, code: 'InvalidParameter', message: 'As the test wants.' };
    await azure.fault({ operation: 'virtualMachines.update', effect });
    expect(await failureOf(swap(after))).toMatchObject({ code: 'RestoreVmRefused' });
    await complete(startVm, azure.compute, vm);
    const held = idsOf(await current());
    expect(await failureOf(swap(after))).toMatchObject({ code: 'RestoreVmRunning' });
    expect(idsOf(await current())).toEqual(held);
    await swap(before, after, false);
    expect(idsOf(await current())).toEqual(expect.arrayContaining(idsOf(before)));
    await swap(before);
    expect(await powerState()).toBe('running');
  });

  it('tells of a VM that runs, and of one that was made anew', async () => {
    expect(await failureOf(swap(after))).toMatchObject({ code: 'RestoreVmRunning' });
    expect(idsOf(await current())).toEqual(expect.arrayContaining(idsOf(before)));
    const other = { ...vm, vmId: 'somebody-else', slots: after, from: before, onlyWhenOff: true };
    expect(await failureOf(complete(swapDisks, azure.compute, other))).toMatchObject({
      code: 'RestoreVmGone',
    });
    const gone = { ref: azure.ref('gone'), vmId: vm.vmId, slots: after, from: before, onlyWhenOff: true };
    expect(await failureOf(complete(swapDisks, azure.compute, gone))).toMatchObject({
      code: 'RestoreVmGone',
    });
  });
});

describe('the power of a VM', () => {
  it('is taken from one that runs only where that is allowed, and given back', async () => {
    expect(await failureOf(deallocate(false))).toMatchObject({ code: 'RestoreVmRunning' });
    expect(await powerState()).toBe('running');
    await deallocate();
    await deallocate(false);
    expect(await powerState()).toBe('deallocated');
    await complete(startVm, azure.compute, vm);
    await complete(startVm, azure.compute, vm);
    expect(await powerState()).toBe('running');
    const calls = await azure.calls();
    expect(calls['virtualMachines.deallocate']?.calls).toBe(1);
    expect(calls['virtualMachines.start']?.calls).toBe(1);
  });

  it('is given back by waiting for a deallocation that is under way', async () => {
    await azure.fault({ operation: 'virtualMachines.deallocate', effect: { kind: 'late', seconds: 20 } });
    const sent = await deallocateVm(azure.compute, { ...vm, runningAllowed: true });
    expect(sent.done).toBe(false);
    const waits = await startVm(azure.compute, vm);
    expect(waits).toMatchObject({ done: false, retryAfterSeconds: 5 });
    azure.advance(30);
    await complete(startVm, azure.compute, vm);
    expect(await powerState()).toBe('running');
  });
});
