import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createRestoreDisk } from '../../src/compute/restore/restore-disk';
import { completed } from '../support/emulated-azure';
import type { Fixture } from './fixture';
import type { DiskName } from './steps';

/** A new managed disk to restore to. */
export interface RestoreTarget {
  resourceId: string;
  /** Compares it with its image, the first of every disk only, and deletes it. */
  check(): Promise<void>;
}

/** Makes new managed disks in the emulated Azure, each as large as the disk that is restored to it. */
export function restoreTargets({
  azure,
  imageFile,
  sizeBytes,
}: Fixture): (disk: DiskName) => Promise<RestoreTarget> {
  const compared = new Set<DiskName>();
  let restores = 0;

  async function compare(disk: DiskName, restored: string): Promise<void> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(imageFile(disk, 'v1'), { highWaterMark: 4 * 2 ** 20 }), hash);
    if ((await azure.admin.hashDisk(restored)) !== hash.digest('hex')) {
      throw new Error(`${disk} was not restored to its exact bytes.`);
    }
  }

  return async (disk) => {
    restores += 1;
    const name = `restored-${disk}-${restores}`;
    const { subscriptionId, resourceGroup } = azure.ref(disk);
    const { resourceId } = await completed(createRestoreDisk, azure.compute, {
      jobId: name,
      subscriptionId,
      resourceGroup,
      name,
      location: 'local',
      sizeBytes: sizeBytes(disk),
    });
    return {
      resourceId,
      async check() {
        if (!compared.has(disk)) await compare(disk, name);
        compared.add(disk);
        await azure.compute.client(subscriptionId).disks.delete(resourceGroup, name);
      },
    };
  };
}
