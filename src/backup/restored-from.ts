import { z } from 'zod';
import { RESTORED_TAG } from '../compute/arm/own-names';
import type { VmConfiguration } from '../compute/vms/configuration';

/** One disk of a recovery point. */
export interface DiskOfPoint {
  pointId: string;
  diskId: string;
}

const TaggedDisk = z.object({
  tags: z.object({ [RESTORED_TAG]: z.string() }),
  properties: z.object({ uniqueId: z.string() }),
});

/**
 * The disks of a VM that a restore made, by their unique ids, with what they held at first. It is a hint from
 * tags, which people may change: whoever uses it compares.
 */
export function restoredDisks({ disks }: Pick<VmConfiguration, 'disks'>): Map<string, DiskOfPoint> {
  const restored = new Map<string, DiskOfPoint>();
  for (const disk of disks) {
    const { data } = TaggedDisk.safeParse(disk);
    const [pointId, diskId, ...more] = data?.tags[RESTORED_TAG].split('/') ?? [];
    if (data && pointId && diskId && more.length === 0) {
      restored.set(data.properties.uniqueId, { pointId, diskId });
    }
  }
  return restored;
}
