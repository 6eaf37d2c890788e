import { AnonymousCredential, PageBlobClient } from '@azure/storage-blob';
import type { TestCloud } from './emulator';

export const GROUP = 'prod';

/** A VM of a fleet file with one small, empty OS disk. */
export function vmOf(os: 'Windows' | 'Linux', more: Record<string, unknown> = {}): Record<string, unknown> {
  return { name: 'vm-1', resourceGroup: GROUP, os, disks: [{ lun: -1, sizeBytes: 1024 * 1024 }], ...more };
}

/** Makes the collection of a VM, named as the VM. */
export async function createCollection({ client }: TestCloud, vm = 'vm-1'): Promise<void> {
  const { id } = await client.virtualMachines.get(GROUP, vm);
  await client.restorePointCollections.createOrUpdate(GROUP, vm, { location: 'westeurope', source: { id } });
}

/** Name of the disk restore point of a disk, by the disk's name. */
export async function diskPoint(
  { client }: TestCloud,
  point: string,
  disk = 'vm-1-os',
  vm = 'vm-1',
): Promise<string> {
  for await (const each of client.diskRestorePoint.listByRestorePoint(GROUP, vm, point)) {
    if (each.sourceResourceId?.endsWith(`/${disk}`)) return each.name ?? '';
  }
  throw new Error(`Restore point ${point} has no disk ${disk}.`);
}

export function blobAt(url: string | undefined): PageBlobClient {
  return new PageBlobClient(url ?? '', new AnonymousCredential(), { retryOptions: { maxTries: 1 } });
}

/** Read access to a disk of a restore point. */
export async function openPoint(cloud: TestCloud, point: string, disk?: string): Promise<PageBlobClient> {
  const name = await diskPoint(cloud, point, disk);
  const { accessSAS } = await cloud.client.diskRestorePoint.grantAccess(GROUP, 'vm-1', point, name, {
    access: 'Read',
    durationInSeconds: 3600,
  });
  return blobAt(accessSAS);
}
