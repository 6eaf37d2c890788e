import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import type { Cloud } from '../cloud/cloud';
import { keyOf } from '../cloud/ids';
import type { Disk } from '../cloud/model';
import { type Exported, exportDisk } from '../disks/export';
import { type GuestWrite, writeImage } from '../disks/guest-write';
import { lookAtImage, notRaw } from '../disks/image-format';
import type { Layer } from '../disks/layer';
import { liveLayer } from '../disks/volume';
import { AdminError } from './admin-error';
import type { AdminRequest, AdminRoute } from './admin-route';
import { findDisk, findVm } from './find';

const imageSchema = z.strictObject({ image: z.string() });
const exportSchema = z.strictObject({ out: z.string(), digest: z.boolean().default(true) });
/** A sign of life is given as often as this much has been hashed, about every second. */
const SIGN_OF_LIFE_BYTES = 2 ** 30;

/** The bytes of disks, from outside and at once: for tools and tests. */
export const diskAdminRoutes: readonly AdminRoute[] = [
  ['POST', '/emulator/vms/:vm/disks/:lun/image', writeDisk],
  ['POST', '/emulator/disks/:disk/export', exportToFile],
  ['GET', '/emulator/disks/:disk/sha256', (cloud, request) => exported(cloud, request, { digest: true })],
];

/** Makes a disk of a VM equal to a raw file, as writes of its guest would. */
async function writeDisk(cloud: Cloud, request: AdminRequest): Promise<GuestWrite> {
  const { image } = imageSchema.parse(request.body);
  const { lun } = request.names;
  const vm = findVm(cloud, request);
  const attached = vm.disks.find((each) => each.lun === Number(lun));
  if (attached === undefined) {
    throw new AdminError(404, 'no-such-disk', `VM ${vm.name} has no disk at lun ${lun}.`);
  }
  const key = keyOf(attached.diskId);
  const current = (): Disk => {
    const disk = cloud.store.get('disks', key);
    if (disk === undefined) throw new AdminError(404, 'no-such-disk', `Disk ${attached.diskId} is gone.`);
    return disk;
  };
  const { sizeBytes } = current().stack;
  const raw = isAbsolute(image) ? lookAtImage(image) : undefined;
  if (raw === undefined) {
    throw new AdminError(400, 'missing-image', `There is no file ${image} (an absolute path is needed).`);
  }
  if ('format' in raw) throw new AdminError(400, 'not-raw', `${notRaw(image, raw)}.`);
  if (raw.sizeBytes !== sizeBytes) {
    const message = `${image} has ${raw.sizeBytes} bytes, the disk has ${sizeBytes}.`;
    throw new AdminError(400, 'size-differs', message);
  }
  const live = (): Layer => liveLayer(cloud.layers, current().stack);
  return cloud.locks.run(key, () =>
    cloud.layers.withView(current().stack, (view) => writeImage(view, live, image)),
  );
}

async function exportToFile(cloud: Cloud, request: AdminRequest): Promise<Exported> {
  const { out, digest } = exportSchema.parse(request.body);
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
  try {
    return await exported(cloud, request, { out: resolve(out), digest });
  } catch (error) {
    // It is another disk than that of the emulator's state that is full here.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new AdminError(507, 'DiskFull', `There is no room left for ${out}.`);
  }
}

function exported(
  cloud: Cloud,
  request: AdminRequest,
  options: { out?: string; digest: boolean },
): Promise<Exported> {
  let toldBytes = 0;
  const onProgress = (doneBytes: number): void => {
    if (doneBytes - toldBytes < SIGN_OF_LIFE_BYTES) return;
    toldBytes = doneBytes;
    request.keepWaiting();
  };
  const { signal } = request;
  return cloud.layers.withView(findDisk(cloud, request).stack, (view) =>
    exportDisk(view, { ...options, signal, onProgress }),
  );
}
