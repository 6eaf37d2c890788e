import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { keyOf } from '../arm/ids';
import type { Cloud } from '../cloud';
import { digest } from '../disks/export';
import { type GuestWrite, writeImage } from '../disks/guest-write';
import type { Layer } from '../disks/layer';
import { liveLayer } from '../disks/volume';
import type { Disk } from '../model';
import { AdminError } from './admin-error';
import type { AdminRequest, AdminRoute } from './admin-route';
import { findVm } from './find-vm';

const imageSchema = z.strictObject({ image: z.string() });
const exportSchema = z.strictObject({ out: z.string() });

/** The bytes of disks, from outside and at once: for tools and tests. */
export const diskAdminRoutes: readonly AdminRoute[] = [
  ['POST', '/emulator/vms/:vm/disks/:lun/image', writeDisk],
  ['POST', '/emulator/disks/:disk/export', exportDisk],
  [
    'GET',
    '/emulator/disks/:disk/sha256',
    (cloud, { names }) => cloud.layers.withView(findDisk(cloud, names.disk).stack, (view) => digest(view)),
  ],
];

/** Makes a disk of a VM equal to a raw file, as writes of its guest would. */
async function writeDisk(cloud: Cloud, { names, body }: AdminRequest): Promise<GuestWrite> {
  const { image } = imageSchema.parse(body);
  const vm = findVm(cloud, names.vm);
  const attached = vm.disks.find((each) => each.lun === Number(names.lun));
  if (attached === undefined) {
    throw new AdminError(404, 'no-such-disk', `VM ${vm.name} has no disk at lun ${names.lun}.`);
  }
  const key = keyOf(attached.diskId);
  const current = (): Disk => {
    const disk = cloud.store.get('disks', key);
    if (disk === undefined) throw new AdminError(404, 'no-such-disk', `Disk ${attached.diskId} is gone.`);
    return disk;
  };
  const { sizeBytes } = current().stack;
  const size = isAbsolute(image) ? statSync(image, { throwIfNoEntry: false })?.size : undefined;
  if (size === undefined) {
    throw new AdminError(400, 'missing-image', `There is no file ${image} (an absolute path is needed).`);
  }
  if (size !== sizeBytes) {
    throw new AdminError(400, 'size-differs', `${image} has ${size} bytes, the disk has ${sizeBytes}.`);
  }
  const live = (): Layer => liveLayer(cloud.layers, current().stack);
  return cloud.locks.run(key, () =>
    cloud.layers.withView(current().stack, (view) => writeImage(view, live, image)),
  );
}

async function exportDisk(cloud: Cloud, { names, body }: AdminRequest): Promise<unknown> {
  const { out } = exportSchema.parse(body);
  if (!isAbsolute(out))
    throw new AdminError(400, 'invalid-path', `out must be an absolute path, not ${out}.`);
  const images = cloud.store.list('disks').map((disk) => disk.stack.image?.path);
  if (images.includes(resolve(out))) {
    throw new AdminError(
      409,
      'invalid-path',
      `${out} lies below an emulated disk and cannot be overwritten.`,
    );
  }
  return cloud.layers.withView(findDisk(cloud, names.disk).stack, (view) => digest(view, resolve(out)));
}

function findDisk(cloud: Cloud, name = ''): Disk {
  const disk = cloud.store.list('disks').find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (disk === undefined) throw new AdminError(404, 'no-such-disk', `There is no disk ${name}.`);
  return disk;
}
