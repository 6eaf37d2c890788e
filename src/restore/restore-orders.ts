import { z } from 'zod';
import type { KeptSnapshot } from '../backup/previous-disks';
import { DISK_TAG, RESTORED_TAG } from '../compute/arm/own-names';
import { CreateRestoreDiskInput } from '../compute/restore/restore-disk';
import type { RecoveryPoint } from '../vault/format/manifest';
import { type CapturedDisk, capturedDisk, capturedVm } from './captured-configuration';
import { type DiskPlace, restoredDiskModel } from './restored-disk-model';

/** A new managed disk to be made from one disk of a recovery point, with all that it is to be. */
export const RestoreDiskDocument = z.object({
  ...CreateRestoreDiskInput.shape,
  pointId: z.string(),
  diskId: z.string(),
  /** Whether damaged content is skipped; unless it is, the restore is refused. */
  skipDamage: z.boolean().optional(),
});
export type RestoreDiskDocument = z.output<typeof RestoreDiskDocument>;

/** A new managed disk, as far as histories tell of it. */
export type RestoreDiskOrder = Omit<RestoreDiskDocument, 'model' | 'optional'>;

/** Where the new disks go, and what they are made from. */
export interface RestorePlace extends DiskPlace {
  /** By default those of the VM when the point was made; it may have moved since. */
  subscriptionId?: string;
  resourceGroup?: string;
  /** The kept snapshot, while Azure has it. */
  snapshot?: KeptSnapshot;
  skipDamage?: boolean;
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
  { subscriptionId, resourceGroup, snapshot, skipDamage, ...place }: RestorePlace = {},
): { orders: RestoreDiskDocument[]; warnings: string[] } {
  const vm = capturedVm(point);
  const made = chosenDisks(point, place.choices?.disks).map(({ diskId, name, sizeBytes, uniqueId }) => {
    const { model, optional, warnings } = restoredDiskModel(vm, { name, diskId }, place);
    const captured = capturedDisk(vm, name);
    const order: RestoreDiskDocument = {
      jobId,
      pointId: point.pointId,
      diskId,
      name: restoredName(name, diskId, jobId),
      tags: {
        [RESTORED_TAG]: `${point.pointId}/${diskId}`,
        [DISK_TAG]: standsFor(captured, uniqueId),
      },
      sizeBytes,
      sourceId: snapshot?.disks.find((disk) => disk.diskId === diskId)?.sourceId,
      location: vm.configuration.virtualMachine.location,
      subscriptionId: subscriptionId ?? vm.subscriptionId,
      resourceGroup: resourceGroup ?? vm.resourceGroup,
      model,
      optional,
      skipDamage,
    };
    return { order, warnings };
  });
  return {
    orders: made.map(({ order }) => order),
    warnings: made.flatMap(({ warnings }) => warnings),
  };
}

/** A disk that was itself restored stands for the one that it was made after, not for itself. */
export const standsFor = (captured: CapturedDisk | undefined, uniqueId = ''): string =>
  captured?.tags?.[DISK_TAG] ?? uniqueId;

const MAX_DISK_NAME = 80;

/**
 * Names tell where the disk came from, and differ from restore to restore. Long names are cut, and disks of
 * one VM often differ in their last letters only: what is never cut tells them apart.
 */
function restoredName(diskName: string, diskId: string, jobId: string): string {
  const suffix = `-restored-${diskId}-${jobId.slice(0, 16)}-${jobId.slice(-6)}`;
  return diskName.slice(0, MAX_DISK_NAME - suffix.length) + suffix;
}
