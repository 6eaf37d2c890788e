import type { Compute } from '../compute/connection';
import { openDiskSource } from '../compute/disk-source';
import { BackupError } from '../failures/failure';
import type { DiskSource } from '../vault/ports';
import type { DiskBase } from './choose-base';

/**
 * Opens the disk of a snapshot, with its changed pages where the base allows it. When the service refuses to compare the two
 * snapshots the disk is opened without, and the reason is told: slower, never wrong.
 */
export async function openTransferSource(
  compute: Compute,
  sourceId: string,
  base: DiskBase,
): Promise<{ source: DiskSource; reason?: string }> {
  const { baseSourceId } = base;
  if (baseSourceId === undefined) return { source: await openDiskSource(compute, { sourceId }) };
  try {
    return { source: await openDiskSource(compute, { sourceId, baseSourceId }) };
  } catch (error) {
    if (!(error instanceof BackupError) || error.failure.code !== 'ChangedBlocksUnavailable') throw error;
    return { source: await openDiskSource(compute, { sourceId }), reason: error.failure.message };
  }
}
