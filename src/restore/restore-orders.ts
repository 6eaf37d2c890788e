import { z } from 'zod';
import type { KeptSnapshot } from '../backup/previous-disks';
import { DISK_TAG, RESTORED_TAG } from '../compute/arm/own-names';
import { CreateRestoreDiskInput } from '../compute/restore/restore-disk';
import type { RecoveryPoint } from '../vault/format/manifest';
import { type CapturedDisk, capturedDisk, capturedVm } from './captured-configuration';

/** A new managed disk to be made from one disk of a recovery point. */
export const RestoreDiskOrder = z.object({
  ...CreateRestoreDiskInput.shape,
  pointId: z.string(),
  diskId: z.string(),
  /** Whether damaged content is skipped; unless it is, the restore is refused. */
  skipDamage: z.boolean().optional(),
});
export type RestoreDiskOrder = z.output<typeof RestoreDiskOrder>;

/** Where the new disks go, and what they are made from. */
export interface RestorePlace {
  /** By default the resource group of the VM. */
  resourceGroup?: string;
  /** The kept snapshot, while Azure has it. */
  snapshot?: KeptSnapshot;
  /** The zones of the VM that gets the disks, where they are not those of the time of the backup. */
  zones?: { ofVm?: string[] };
  skipDamage?: boolean;
}

/**
 * One new disk for each disk of the point, like the one it was, in the VM's resource group unless another is
 * named; made from the kept snapshot when that is given.
 */
export function restoreOrders(
  point: RecoveryPoint,
  jobId: string,
  { resourceGroup, snapshot, zones, skipDamage }: RestorePlace = {},
): RestoreDiskOrder[] {
  const vm = capturedVm(point);
  return point.disks.map(({ diskId, name, sizeBytes, uniqueId }) => {
    const captured = capturedDisk(vm, name);
    return {
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
      subscriptionId: vm.subscriptionId,
      resourceGroup: resourceGroup ?? vm.resourceGroup,
      os: diskId === 'os' ? vm.os : undefined,
      sku: captured?.sku?.name,
      zones: zones ? zonesLike(captured?.sku?.name, zones.ofVm) : captured?.zones,
      hyperVGeneration: captured?.properties?.hyperVGeneration,
      encryption: customerKeys(captured),
      skipDamage,
    };
  });
}

/** A disk that was itself restored stands for the one that it was made after, not for itself. */
export const standsFor = (captured: CapturedDisk | undefined, uniqueId = ''): string =>
  captured?.tags?.[DISK_TAG] ?? uniqueId;

/** A disk that was encrypted with keys of the customer's is so again. */
function customerKeys(captured: CapturedDisk | undefined): RestoreDiskOrder['encryption'] {
  const { type, diskEncryptionSetId } = captured?.properties?.encryption ?? {};
  return diskEncryptionSetId === undefined ? undefined : { type, diskEncryptionSetId };
}

/** A zone-redundant disk is in no zone of its own; any other one must be where its VM is. */
const zonesLike = (sku: string | undefined, ofVm: string[] | undefined) =>
  sku?.endsWith('_ZRS') ? undefined : ofVm;

const MAX_DISK_NAME = 80;

/**
 * Names tell where the disk came from, and differ from restore to restore. Long names are cut, and disks of
 * one VM often differ in their last letters only: what is never cut tells them apart.
 */
function restoredName(diskName: string, diskId: string, jobId: string): string {
  const suffix = `-restored-${diskId}-${jobId.slice(0, 16)}-${jobId.slice(-6)}`;
  return diskName.slice(0, MAX_DISK_NAME - suffix.length) + suffix;
}
