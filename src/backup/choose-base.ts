import { z } from 'zod';
import type { SnapshotDisk } from '../compute/snapshots/snapshot';

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

/** Against what a disk's changes are found. Without `pointId` it is read in full. */
export interface DiskBase {
  pointId?: string;
  /** Present when the service itself can say which pages changed since. */
  baseSourceId?: string;
  /** Why nothing better was possible; absent where it is the best there is. */
  reason?: string;
}

/**
 * The base of a delta is keyed by the disk's unique id and snapshot family: when anything about it is in
 * doubt, the next safer way is taken and the reason recorded. Changed pages need a kept snapshot of the same
 * family; comparing checksums needs a point of the same disk; otherwise the disk is read in full.
 */
export function chooseBase(
  disk: Pick<SnapshotDisk, 'uniqueId' | 'familyId'>,
  previous: PreviousDisk | undefined,
): DiskBase {
  if (!previous) return {};
  if (!previous.uniqueId || !disk.uniqueId) return { reason: 'the identity of the disk is not known' };
  if (previous.uniqueId !== disk.uniqueId) {
    return { reason: 'the disk was replaced since the previous point: another unique id' };
  }
  const { pointId, snapshot } = previous;
  if (!snapshot) return { pointId };
  if (!disk.familyId || snapshot.familyId !== disk.familyId) {
    return { pointId, reason: 'the kept snapshot belongs to another snapshot family' };
  }
  return { pointId, baseSourceId: snapshot.sourceId };
}
