import { z } from 'zod';
import type { KeptSnapshot } from '../backup/previous-disks';
import { CreateRestoreDiskInput } from '../compute/restore/restore-disk';
import type { RecoveryPoint } from '../vault/format/manifest';
import { capturedVm } from './captured-configuration';
import { type DiskPlace, restoredDiskModel } from './restored-disk-model';

/** A new managed disk to be made from one disk of a recovery point, with all that it is to be. */
export const RestoreDiskDocument = z.object({
  ...CreateRestoreDiskInput.shape,
  pointId: z.string(),
  diskId: z.string(),
});
export type RestoreDiskDocument = z.output<typeof RestoreDiskDocument>;

/** A new managed disk, as far as histories tell of it. */
export type RestoreDiskOrder = Omit<RestoreDiskDocument, 'model' | 'optional'>;

/** Where the new disks go, and what they are made from. */
export interface RestorePlace extends DiskPlace {
  /** By default the resource group of the VM. */
  resourceGroup?: string;
  /** The kept snapshot, while Azure has it. */
  snapshot?: KeptSnapshot;
}

/** The disks of a point that a restore is about. */
export const chosenDisks = (
  { disks }: Pick<RecoveryPoint, 'disks'>,
  chosen: readonly string[] | undefined,
): RecoveryPoint['disks'] => disks.filter(({ diskId }) => !chosen || chosen.includes(diskId));

/**
 * One new disk for each disk of the point that is asked for, like the one it was, in the VM's resource group
 * unless another is named; made from the kept snapshot when that is given. With what is lost of them.
 */
export function restoreOrders(
  point: RecoveryPoint,
  jobId: string,
  { resourceGroup, snapshot, ...place }: RestorePlace = {},
): { orders: RestoreDiskDocument[]; warnings: string[] } {
  const vm = capturedVm(point);
  const made = chosenDisks(point, place.choices?.disks).map(({ diskId, name, sizeBytes }) => {
    const { model, optional, warnings } = restoredDiskModel(vm, { name, diskId }, place);
    const order: RestoreDiskDocument = {
      jobId,
      pointId: point.pointId,
      diskId,
      name: restoredName(name, diskId, jobId),
      tags: { [DISK_TAG]: `${point.pointId}/${diskId}` },
      sizeBytes,
      sourceId: snapshot?.disks.find((disk) => disk.diskId === diskId)?.sourceId,
      location: vm.configuration.virtualMachine.location,
      subscriptionId: vm.subscriptionId,
      resourceGroup: resourceGroup ?? vm.resourceGroup,
      model,
      optional,
    };
    return { order, warnings };
  });
  return {
    orders: made.map(({ order }) => order),
    warnings: made.flatMap(({ warnings }) => warnings),
  };
}

const MAX_DISK_NAME = 80;

/**
 * What a restored disk holds. A step that is repeated takes over its own disk only, never that of a sibling.
 */
const DISK_TAG = 'durable-vm-backup-restored';

/**
 * Names tell where the disk came from, and differ from restore to restore. Long names are cut, and disks of
 * one VM often differ in their last letters only: what is never cut tells them apart.
 */
function restoredName(diskName: string, diskId: string, jobId: string): string {
  const suffix = `-restored-${diskId}-${jobId.slice(0, 16)}-${jobId.slice(-6)}`;
  return diskName.slice(0, MAX_DISK_NAME - suffix.length) + suffix;
}
