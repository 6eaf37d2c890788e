import type { OSDisk, VirtualMachine } from '@azure/arm-compute';
import { z } from 'zod';
import { begin } from '../arm/long-running';
import { resourceName, sameResource } from '../arm/resource-id';
import { longRunningStep, type Next, type StageContext, waitFor } from '../arm/step';
import { stepFailure } from '../failures/arm-failure';
import { findVm } from '../vms/find-vm';
import { modelDisks } from '../vms/model-disks';
import { type ThisVm, vmGone } from '../vms/vm-power';
import { readPowerState } from '../vms/vm-state';

/** A place of a VM and the disk in it, with the settings of the place. */
export const DiskSlot = z.object({
  /** −1 is the place of the OS disk. */
  lun: z.number(),
  /** Absent for a place that is to be empty. */
  resourceId: z.string().optional(),
  caching: z.enum(['None', 'ReadOnly', 'ReadWrite']).optional(),
  writeAcceleratorEnabled: z.boolean().optional(),
  deleteOption: z.string().optional(),
});
export type DiskSlot = z.output<typeof DiskSlot>;

export interface SwapDisksInput extends ThisVm {
  /** The places that matter; disks in any other one stay where they are. */
  slots: DiskSlot[];
  /**
   * What is in these places now, as far as nothing is swapped yet: any other disk is somebody else's, and
   * stops the swap.
   */
  from: DiskSlot[];
  /**
   * Fails with `RestoreVmRunning` before it changes anything of a VM that is not off. Azure itself takes data
   * disks from one that runs.
   */
  onlyWhenOff: boolean;
}

type Context = StageContext<SwapDisksInput, object>;
type NextStage = Next<{ swapped: true }, object, 'start'>;

const SETTLING = new Set(['creating', 'updating', 'migrating']);

/**
 * Brings a VM's disks in line with `slots`, from whatever they are: what is in the way is detached first,
 * because Azure does not change the disk of an attachment; then the OS disk is swapped, then the data disks
 * are attached. Each turn looks at the VM, so that a repeat goes on where the last try ended. No disk is ever
 * deleted. Fails with `RestoreVmRunning`, `RestoreVmGone`, `RestoreVmRefused` and the causes of step `restore
 * VM`.
 */
export const swapDisks = longRunningStep<SwapDisksInput, { swapped: true }>({
  step: 'restore VM',
  limitSeconds: 60 * 60,
  memo: {},
  stages: { start },
});

async function start({ compute, input }: Context): Promise<NextStage> {
  const { ref, vmId, slots, from, onlyWhenOff } = input;
  const vm = await findVm(compute, ref);
  if (vm?.vmId !== vmId) throw vmGone(ref);
  if (SETTLING.has(vm.provisioningState?.toLowerCase() ?? '')) {
    return { done: false, stage: 'start', memo: {}, retryAfterSeconds: 5 };
  }
  const { virtualMachines } = compute.client(ref.subscriptionId);
  const present = slotsOf(vm);
  const wrong = present.filter(({ lun, resourceId }) => {
    const slot = slots.find((one) => one.lun === lun);
    return slot && !sameDisk(slot.resourceId, resourceId);
  });
  for (const { lun, resourceId = '' } of wrong) {
    if (from.some((slot) => slot.lun === lun && sameDisk(slot.resourceId, resourceId))) continue;
    const name = resourceName(resourceId);
    throw stepFailure(
      'RestoreVmRefused',
      'restore VM',
      `The disk ${name} was attached to ${ref.name} meanwhile (LUN ${lun}).`,
    );
  }
  const osDisk = wrong.find(({ lun }) => lun < 0) && slots.find(({ lun }) => lun < 0);
  const inTheWay = wrong.filter(({ lun }) => lun >= 0);
  const missing = slots.filter(
    ({ lun, resourceId }) => lun >= 0 && resourceId && !present.some((one) => one.lun === lun),
  );

  const powerState = readPowerState(vm.instanceView);
  if (onlyWhenOff && wrong.length + missing.length > 0 && powerState !== 'deallocated') {
    throw stepFailure('RestoreVmRunning', 'restore VM', `The VM ${ref.name} is ${powerState}.`);
  }
  if (inTheWay.length > 0) {
    const dataDisksToDetach = inTheWay.map(({ resourceId }) => ({ diskId: resourceId ?? '' }));
    return sent((options) =>
      virtualMachines.attachDetachDataDisks(ref.resourceGroup, ref.name, { dataDisksToDetach }, options),
    );
  }
  if (osDisk?.resourceId) {
    const storageProfile = { osDisk: osDiskOf(osDisk, osDisk.resourceId, vm) };
    return sent((options) =>
      virtualMachines.update(ref.resourceGroup, ref.name, { storageProfile }, options),
    );
  }
  if (missing.length > 0) {
    const dataDisksToAttach = missing.map(({ resourceId, ...place }) => ({
      ...place,
      diskId: resourceId ?? '',
    }));
    return sent((options) =>
      virtualMachines.attachDetachDataDisks(ref.resourceGroup, ref.name, { dataDisksToAttach }, options),
    );
  }
  return { done: true, result: { swapped: true } };

  async function sent(send: Parameters<typeof begin>[1]): Promise<NextStage> {
    return waitFor(await begin(ref.subscriptionId, send), 'start', {});
  }
}

/** Whether both are given and name the same disk. */
export const sameDisk = (wanted: string | undefined, present: string | undefined): boolean =>
  wanted !== undefined && present !== undefined && sameResource(wanted, present);

/** How the OS disk came to be attached may not change with it. */
const osDiskOf = (slot: DiskSlot, id: string, { storageProfile }: VirtualMachine): OSDisk => ({
  createOption: storageProfile?.osDisk?.createOption ?? 'Attach',
  name: resourceName(id),
  managedDisk: { id },
  caching: slot.caching,
  writeAcceleratorEnabled: slot.writeAcceleratorEnabled,
  deleteOption: slot.deleteOption,
});

/** The places of a VM that hold a managed disk, the OS disk's first, then by LUN. */
export function slotsOf({ storageProfile }: Pick<VirtualMachine, 'storageProfile'>): DiskSlot[] {
  return modelDisks(storageProfile).flatMap(
    ({ lun, managedDisk, caching, writeAcceleratorEnabled, deleteOption }) =>
      managedDisk?.id
        ? [{ lun, resourceId: managedDisk.id, caching, writeAcceleratorEnabled, deleteOption }]
        : [],
  );
}

/** Whether a VM that holds these disks holds in these places what they say, and nothing where they say so. */
export const holds = (present: DiskSlot[], places: Pick<DiskSlot, 'lun' | 'resourceId'>[]): boolean =>
  places.every(({ lun, resourceId }) => {
    const there = present.find((slot) => slot.lun === lun)?.resourceId;
    return there?.toLowerCase() === resourceId?.toLowerCase();
  });
