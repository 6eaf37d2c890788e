// The restore of the app as a process of its own, into a sparse file in place of a managed disk: what the
// ways to have a disk as a file are held against.

import { open } from 'node:fs/promises';
import { codecOnThreads } from '../../direct/codec-threads';
import { openVaultAt } from '../../direct/open-vault';
import type { DiskTarget } from '../../src/disks/ports';
import { openDiskImage } from '../../src/vault/restore/disk-image';
import { planRestore } from '../../src/vault/restore/plan-restore';
import { restorePart } from '../../src/vault/restore/restore-part';

async function main([address = '', pointId = '', diskId = '', path = '']: string[]): Promise<void> {
  const codec = codecOnThreads();
  const vault = await openVaultAt(address, { codec });
  const image = await openDiskImage(vault, pointId, diskId);
  const file = await open(path, 'w');
  const target: DiskTarget = {
    sizeBytes: image.sizeBytes,
    write: async (offset, bytes) => {
      await file.write(bytes, 0, bytes.length, offset);
    },
  };
  await file.truncate(image.sizeBytes);
  const { parts } = await planRestore(image);
  for (let part = 0; part < parts; part += 1) await restorePart(image, target, part);
  await file.close();
  await codec.close();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
