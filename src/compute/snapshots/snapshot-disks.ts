import type { RestorePoint } from '@azure/arm-compute';
import { collect } from '../arm/collect';
import type { Compute } from '../arm/connection';
import { resourceKey } from '../arm/resource-id';
import { during, stepFailure } from '../failures/arm-failure';
import { diskIdOf } from '../vms/discover';
import { modelDisks } from '../vms/model-disks';
import { parseRestorePointId, type SnapshotDisk } from './snapshot';

/** A disk in a snapshot, and how far its background copy is. */
export type CopiedDisk = SnapshotDisk & { completionPercent: number };

/**
 * The disks of a finished restore point, the OS disk first, then by LUN. Which disk sat at which LUN is in
 * the point's own metadata; identity and family are in the disk restore points. Fails with
 * `SnapshotServiceError` when the two disagree: a disk must not silently be missing from a recovery point.
 */
export async function readSnapshotDisks(compute: Compute, point: RestorePoint): Promise<CopiedDisk[]> {
  const ref = parseRestorePointId(point.id ?? '');
  if (!ref) throw stepFailure('SnapshotServiceError', 'snapshot', `Not a restore point: ${point.id}`);
  const { diskRestorePoint } = compute.client(ref.subscriptionId);
  const parts = await during('snapshot', () =>
    collect(diskRestorePoint.listByRestorePoint(ref.resourceGroup, ref.collection, ref.point)),
  );
  const byId = new Map(parts.map((part) => [resourceKey(part.id ?? ''), part]));
  // Disks that were left out of the point are in the metadata without a disk restore point.
  const disks = modelDisks(point.sourceMetadata?.storageProfile).flatMap(
    ({ lun, name, diskRestorePoint: slot }) => {
      if (!slot?.id) return [];
      const part = byId.get(resourceKey(slot.id));
      if (!part?.id || !part.sourceUniqueId || !part.familyId) {
        throw stepFailure(
          'SnapshotServiceError',
          'snapshot',
          `The restore point ${ref.point} has no data of disk ${name}.`,
        );
      }
      const { id: sourceId, sourceUniqueId: uniqueId, familyId, completionPercent = 100 } = part;
      return { diskId: diskIdOf(lun), lun, sourceId, uniqueId, familyId, completionPercent };
    },
  );
  if (disks.length === 0 || disks.length !== parts.length) {
    const message = `The restore point ${ref.point} lists ${parts.length} disks and describes ${disks.length}.`;
    throw stepFailure('SnapshotServiceError', 'snapshot', message);
  }
  return disks.sort((left, right) => left.lun - right.lun);
}
