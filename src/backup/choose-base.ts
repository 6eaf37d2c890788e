import { z } from 'zod';
import type { SnapshotDisk } from '../compute/snapshots/snapshot';
import type { DiskOfPoint } from './restored-from';

/** What the newest recovery point of a VM offers as base of the next one, disk by disk. */
export const PreviousDisk = z.object({
  diskId: z.string(),
  pointId: z.string(),
  /** Identity of the disk that was backed up: a re-created disk of the same name has another one. */
  uniqueId: z.string(),
  sizeBytes: z.number(),
  /** The disk in the snapshot that was kept for instant restore, while it exists. */
  snapshot: z.object({ sourceId: z.string(), familyId: z.string() }).optional(),
});
export type PreviousDisk = z.output<typeof PreviousDisk>;

/** Against what a disk's changes are found. Without `point` it is read in full. */
export interface DiskBase {
  /** The disk of a recovery point that it is compared with. */
  point?: DiskOfPoint;
  /**
   * True where that is another disk, which may hold the same all the same: it is read in full, and what the
   * vault has of it is not sent again.
   */
  anotherDisk?: true;
  /** Present when the service itself can say which pages changed since. */
  baseSourceId?: string;
  /** Why nothing better was possible; absent where it is the best there is. */
  reason?: string;
}

type Disk = Pick<SnapshotDisk, 'diskId' | 'uniqueId' | 'familyId'>;

/**
 * The base of a delta is keyed by the disk's unique id, at whatever LUN it was, and by its snapshot family:
 * when anything about it is in doubt, the next safer way is taken and the reason recorded. Changed pages need
 * a kept snapshot of the same disk and family. Everything else reads the disk in full, and compares it with
 * what it most likely holds: with the newest point of the same disk; with the point that it was restored
 * from; with the disk that was in its place.
 */
export function chooseBase(
  disk: Disk,
  previous: readonly PreviousDisk[],
  restoredFrom?: DiskOfPoint,
): DiskBase {
  const same = previous.find(({ uniqueId }) => uniqueId !== '' && uniqueId === disk.uniqueId);
  if (same) return baseOfSameDisk(disk, same);
  if (restoredFrom) {
    const { pointId, diskId } = restoredFrom;
    const reason = `the disk was restored from ${pointId} (${diskId}): it is read in full and compared with that`;
    return { point: restoredFrom, anotherDisk: true, reason };
  }
  const before = previous.find(({ diskId }) => diskId === disk.diskId);
  if (!before) return {};
  const isUnknown = !before.uniqueId || !disk.uniqueId;
  const reason = isUnknown
    ? 'the identity of the disk is not known'
    : 'the disk was replaced since the previous point: another unique id';
  return { point: diskOf(before), anotherDisk: true, reason };
}

function baseOfSameDisk(disk: Disk, same: PreviousDisk): DiskBase {
  const point = diskOf(same);
  if (!same.snapshot) return { point };
  if (!disk.familyId || same.snapshot.familyId !== disk.familyId) {
    return { point, reason: 'the kept snapshot belongs to another snapshot family' };
  }
  return { point, baseSourceId: same.snapshot.sourceId };
}

const diskOf = ({ pointId, diskId }: PreviousDisk): DiskOfPoint => ({ pointId, diskId });
