import { z } from 'zod';
import { newestPoint } from '../vault/points';
import type { Vault } from '../vault/vault';
import type { PreviousDisk } from './choose-base';

/** The snapshot that a recovery point keeps for instant restore, as the manifest records it. */
export const KeptSnapshot = z.strictObject({
  restorePointId: z.string(),
  disks: z.array(z.strictObject({ diskId: z.string(), sourceId: z.string(), familyId: z.string() })),
});
export type KeptSnapshot = z.output<typeof KeptSnapshot>;

/** What the newest recovery point of a VM offers as base; nothing when there is none. */
export async function previousDisks(vault: Vault, vmKey: string): Promise<PreviousDisk[]> {
  const point = await newestPoint(vault, vmKey);
  if (!point) return [];
  // A record that cannot be understood costs changed-block tracking, not the backup.
  const kept = KeptSnapshot.safeParse(point.snapshot).data;
  return point.disks.map(({ diskId, uniqueId = '', sizeBytes }) => ({
    diskId,
    pointId: point.pointId,
    uniqueId,
    sizeBytes,
    snapshot: kept?.disks.find((disk) => disk.diskId === diskId),
  }));
}
