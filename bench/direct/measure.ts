import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { exportDisk } from '../../direct/export/export-disk';
import { servePoints } from '../../nbd/serve-points';
import type { DiskTarget } from '../../src/disks/ports';
import { openDiskImage } from '../../src/vault/restore/disk-image';
import { planRestore } from '../../src/vault/restore/plan-restore';
import { restorePart } from '../../src/vault/restore/restore-part';
import type { Vault } from '../../src/vault/vault';

/** One disk of one point. */
export interface MeasuredDisk {
  vault: Vault;
  pointId: string;
  diskId: string;
  /** Where files may be made; they are deleted. */
  folder: string;
}

/** A way to take a disk out of the vault, and how many seconds it took. */
export interface Way {
  name: string;
  measure: (disk: MeasuredDisk) => Promise<number>;
}

/**
 * The restore of the app, into a sparse file in place of a managed disk: what the others are held against.
 */
export const restoring: Way = {
  name: 'restore into a file',
  measure: (disk) =>
    timed(async () => {
      const image = await openDiskImage(disk.vault, disk.pointId, disk.diskId);
      const file = await open(path.join(disk.folder, 'restored'), 'w');
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
    }, disk),
};

export const exporting: Way = {
  name: 'point export, with the SHA-256 of the file',
  measure: (disk) => timed(() => exportDisk(disk.vault, { ...disk, file: fileIn(disk) }), disk),
};

export const exportingUnhashed: Way = {
  name: 'point export, without it',
  measure: (disk) =>
    timed(() => exportDisk(disk.vault, { ...disk, file: fileIn(disk), digest: false }), disk),
};

const fileIn = ({ folder }: MeasuredDisk) => path.join(folder, 'exported');

/** nbdcopy of a served point, the start of the server included. Fails where nbdcopy is not installed. */
export const copyingByNbd: Way = {
  name: 'nbdcopy of a served point',
  measure: (disk) =>
    timed(async () => {
      const server = await servePoints(disk.vault, {
        points: [{ pointId: disk.pointId, diskIds: [disk.diskId] }],
      });
      try {
        const uri = server.uris[0]?.uri ?? '';
        await promisify(execFile)('nbdcopy', [uri, path.join(disk.folder, 'copied')]);
      } finally {
        await server.close();
      }
    }, disk),
};

async function timed(work: () => Promise<unknown>, { folder }: MeasuredDisk): Promise<number> {
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  for (const name of ['restored', 'exported', 'copied']) rmSync(path.join(folder, name), { force: true });
  return seconds;
}
