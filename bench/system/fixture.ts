import path from 'node:path';
import { type EmulatedAzure, startEmulatedAzure } from '../support/emulated-azure';
import { buildImages } from '../support/images/build-images';
import { primePageCache } from '../support/images/image-file';
import type { ImageScale } from '../support/images/specs';
import type { DiskName, ImageVersion } from './steps';

/** A disk at two moments: as in its first version, and as in this one. */
export interface TwoSnapshots {
  before: string;
  after: string;
}

/** The images, and an emulated Azure that has a VM for each version of each. */
export interface Fixture {
  azure: EmulatedAzure;
  imageFile(disk: DiskName, version: ImageVersion): string;
  sizeBytes(disk: DiskName): number;
  /** Resource ids of the disk restore points; of `v1` nothing changed in between. */
  snapshots(disk: DiskName, version: ImageVersion): TwoSnapshots;
  /** Reads images into the page cache, the same for whoever is measured next. */
  prime(disk: DiskName, version: ImageVersion): Promise<void>;
}

const VERSIONS = ['v1', 'v2c', 'v2s'] as const;

/**
 * Builds what is missing of the images and takes every snapshot that is needed, before anything is measured.
 */
export async function prepareFixture(options: {
  images: string;
  scale: ImageScale;
  state: string;
  disks: DiskName[];
  say(line: string): void;
}): Promise<Fixture> {
  const { images, scale, state, disks, say } = options;
  const built = await buildImages(images, { scale, disks, say });
  const imageFile = (disk: DiskName, version: ImageVersion) => path.resolve(images, `${disk}-${version}.img`);
  const vms = disks.flatMap((disk) =>
    VERSIONS.map((version) => ({
      name: `${disk}-${version}`,
      disks: [{ lun: -1, image: imageFile(disk, 'v1') }],
    })),
  );
  const azure = await startEmulatedAzure(state, vms);
  const taken = new Map<string, TwoSnapshots>();
  for (const { name } of vms) {
    const before = await sourceOf(azure, name, 'first');
    if (!name.endsWith('v1')) await azure.admin.writeImage(name, -1, path.resolve(images, `${name}.img`));
    taken.set(name, { before, after: await sourceOf(azure, name, 'second') });
  }
  return {
    azure,
    imageFile,
    sizeBytes: (disk) => built.find(({ name }) => name === `${disk}-v1`)?.sizeBytes ?? 0,
    snapshots(disk, version) {
      const known = taken.get(`${disk}-${version}`);
      if (!known) throw new Error(`No snapshots of ${disk} ${version} were taken.`);
      return known;
    },
    async prime(disk, version) {
      await primePageCache(imageFile(disk, 'v1'));
      if (version !== 'v1') await primePageCache(imageFile(disk, version));
    },
  };
}

async function sourceOf(azure: EmulatedAzure, vm: string, jobId: string): Promise<string> {
  const { disks } = await azure.snapshot(vm, `${vm}-${jobId}`);
  const [disk] = disks;
  if (!disk) throw new Error(`The snapshot of ${vm} has no disk.`);
  return disk.sourceId;
}
