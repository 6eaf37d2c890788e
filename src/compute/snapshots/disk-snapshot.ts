import type { Snapshot as DiskSnapshot, VirtualMachine } from '@azure/arm-compute';
import type { Compute } from '../arm/connection';
import { parseResourceId, type VmRef } from '../arm/resource-id';
import { during, findOrUndefined } from '../failures/arm-failure';
import { disksOf } from '../vms/discover';
import { snapshotGroup } from './snapshot-group';

/** A managed disk that a VM has. */
export interface DiskSlot {
  diskId: string;
  lun: number;
  resourceId: string;
  location: string;
}

/** The managed disks of a VM, by LUN, the OS disk (-1) first. */
export const diskSlots = (vm: VirtualMachine): DiskSlot[] =>
  disksOf(vm).flatMap(({ diskId, lun, resourceId }) =>
    resourceId ? [{ diskId, lun, resourceId, location: vm.location }] : [],
  );

/**
 * Changes whenever the disk's VM is started or stopped, so it tells whether a VM that is off was on in
 * between. ISO 8601, UTC; empty where Azure does not tell.
 */
export async function heldSince(compute: Compute, { resourceId }: { resourceId: string }): Promise<string> {
  const { subscriptionId, resourceGroup, names } = parseResourceId(resourceId);
  const { disks } = compute.client(subscriptionId);
  const disk = await during('snapshot', () => disks.get(resourceGroup, names[0] ?? ''));
  return disk.lastOwnershipUpdateTime?.toISOString() ?? '';
}

/** The name of the snapshot that a job takes of one disk. */
export const diskSnapshotName = (jobId: string, diskId: string): string => `${jobId}_${diskId}`;

/** The snapshot that a job took of one disk, whatever became of it. */
export const findDiskSnapshot = (
  compute: Compute,
  ref: VmRef,
  jobId: string,
  diskId: string,
): Promise<DiskSnapshot | undefined> =>
  findOrUndefined('snapshot', () =>
    compute
      .client(ref.subscriptionId)
      .snapshots.get(snapshotGroup(compute, ref), diskSnapshotName(jobId, diskId)),
  );
