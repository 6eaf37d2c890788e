import type { Compute } from '../arm/connection';
import { isOwn } from '../arm/ownership';
import { resourceKey, type VmRef } from '../arm/resource-id';
import { during } from '../failures/arm-failure';
import { mayWrite, readPowerState } from '../vms/vm-state';
import { type DiskSlot, diskSlots, findDiskSnapshot, heldSince } from './disk-snapshot';
import type { SnapshotDisk } from './snapshot';

/** Snapshots of single disks that an earlier job left. */
export interface LeftDiskSnapshots {
  disks: SnapshotDisk[];
  /** When the first was taken; ISO 8601, UTC. */
  time: string;
  /** Whether the VM was off when they were taken, and has been ever since. */
  off: boolean;
}

/**
 * The snapshots that an earlier job took of the wanted disks of a VM, whether they are copied in full or not;
 * undefined where one is missing or failed, and where several may be of several instants: they are of one
 * only as long as the VM is known to be off.
 */
export async function findLeftDiskSnapshots(
  compute: Compute,
  ref: VmRef,
  jobId: string,
  isWanted: (disk: DiskSlot) => boolean,
): Promise<LeftDiskSnapshots | undefined> {
  const { virtualMachines } = compute.client(ref.subscriptionId);
  const vm = await during('snapshot', () =>
    virtualMachines.get(ref.resourceGroup, ref.name, { expand: 'instanceView' }),
  );
  const slots = diskSlots(vm).filter(isWanted);
  const found = await Promise.all(
    slots.map(async ({ diskId, lun, resourceId }) => {
      const { id, provisioningState, incrementalSnapshotFamilyId, creationData, timeCreated, tags } =
        (await findDiskSnapshot(compute, ref, jobId, diskId)) ?? {};
      const ofDisk = resourceKey(creationData?.sourceResourceId ?? '') === resourceKey(resourceId);
      if (!id || !timeCreated || provisioningState !== 'Succeeded') return [];
      if (!ofDisk || !isOwn(compute, tags, jobId)) return [];
      const uniqueId = creationData?.sourceUniqueId ?? '';
      const familyId = incrementalSnapshotFamilyId ?? '';
      const disk: SnapshotDisk = { diskId, lun, sourceId: id, uniqueId, familyId };
      return [{ disk, time: timeCreated.toISOString(), held: await heldSince(compute, { resourceId }) }];
    }),
  );
  const all = found.flat();
  const time = all.map((one) => one.time).sort()[0];
  if (all.length !== slots.length || time === undefined) return undefined;
  const off =
    !mayWrite(readPowerState(vm.instanceView)) && all.every(({ held }) => held !== '' && held < time);
  if (!off && all.length > 1) return undefined;
  return { disks: all.map(({ disk }) => disk), time, off };
}
