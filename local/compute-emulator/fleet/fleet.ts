// The fleet file: which VMs exist when the emulator starts.

import { resolve } from 'node:path';
import { z } from 'zod';
import { lookAtImage, notRaw } from '../disks/image-format';
import type { KnownScripts } from '../guests/run-script';
import { fleetVmOf, hasUnmanagedDisk, ListedVm } from './az-vm-list';
import { FleetError } from './fleet-error';
import { type diskSchema, fleetSchema, OS_LUN, vmSchema } from './fleet-schema';

/** Some editors of Windows, and its PowerShell, begin every file with it. */
const BYTE_ORDER_MARK = /^\uFEFF/;
const SECTOR_BYTES = 512;
const LARGEST_DISK_BYTES = 32 * 2 ** 40;

export type FleetDisk = Omit<z.infer<typeof diskSchema>, 'image' | 'sizeBytes' | 'name'> & {
  name: string;
  sizeBytes: number;
  /** Absolute path. */
  image?: string;
};
export type FleetVm = Omit<z.infer<typeof vmSchema>, 'disks'> & { disks: FleetDisk[] };

/** The VMs that exist when the emulator starts. */
export interface Fleet {
  vms: FleetVm[];
  scripts: KnownScripts;
}

/**
 * Reads a fleet file's text, or the array that `az vm list -o json` prints. Of images the first and last
 * bytes are read.
 * @param baseDir folder that relative image paths start from
 * @throws FleetError naming the VM and the field
 */
export function parseFleet(text: string, baseDir: string): Fleet {
  const json = parseJson(text);
  const { vms, scripts } = check(fleetSchema, Array.isArray(json) ? listed(json) : json, undefined);
  const vmIds = new Set<string>();
  const diskIds = new Set<string>();
  const parsed = vms.map((value, index) => {
    const vmName = nameOf(value, index);
    const vm = check(vmSchema, value, vmName);
    const id = `${vm.resourceGroup}/${vm.name}`.toLowerCase();
    if (vmIds.has(id)) {
      const reason = `there is another VM of this name in the resource group ${vm.resourceGroup}`;
      throw new FleetError('duplicate-vm', vm.name, 'name', reason);
    }
    vmIds.add(id);
    return { ...vm, disks: checkDisks(vm, baseDir, diskIds) };
  });
  return { vms: parsed, scripts };
}

/** The VMs of `az vm list` in the words of a fleet file. */
function listed(vms: unknown[]): { vms: unknown[] } {
  return {
    vms: vms.map((value, index) => {
      const name = nameOf(value, index);
      const vm = check(ListedVm, value, name);
      if (hasUnmanagedDisk(vm))
        throw new FleetError('invalid-field', name, 'storageProfile', 'a disk of it is not a managed disk');
      return fleetVmOf(vm);
    }),
  };
}

/** @param diskIds resource group and name of every disk so far */
function checkDisks(vm: z.infer<typeof vmSchema>, baseDir: string, diskIds: Set<string>): FleetDisk[] {
  const luns = new Set<number>();
  const disks = vm.disks.map((disk, index) => {
    const field = `disks[${index}]`;
    if (luns.has(disk.lun)) {
      throw new FleetError('duplicate-lun', vm.name, `${field}.lun`, `lun ${disk.lun} is used twice`);
    }
    luns.add(disk.lun);
    const diskName = disk.name ?? defaultName(vm.name, disk.lun);
    const id = `${vm.resourceGroup}/${diskName}`.toLowerCase();
    if (diskIds.has(id)) {
      throw new FleetError('invalid-field', vm.name, `${field}.name`, `there is another disk ${diskName}`);
    }
    diskIds.add(id);
    return { ...disk, name: diskName, ...contentOf(vm.name, field, disk, baseDir) };
  });
  if (!luns.has(OS_LUN)) {
    throw new FleetError('no-os-disk', vm.name, 'disks', `there is no OS disk (lun ${OS_LUN})`);
  }
  return disks;
}

function defaultName(vm: string, lun: number): string {
  return `${vm}-${lun === OS_LUN ? 'os' : `data-${lun}`}`;
}

function contentOf(
  vm: string,
  field: string,
  disk: z.infer<typeof diskSchema>,
  baseDir: string,
): { sizeBytes: number; image?: string } {
  if ((disk.image === undefined) === (disk.sizeBytes === undefined)) {
    throw new FleetError(
      'invalid-field',
      vm,
      `${field}.image`,
      'give either an image or, for an empty disk, sizeBytes',
    );
  }
  const image = disk.image === undefined ? undefined : resolve(baseDir, disk.image);
  const sizeBytes = image === undefined ? (disk.sizeBytes ?? 0) : imageSize(vm, `${field}.image`, image);
  const sizeField = image === undefined ? `${field}.sizeBytes` : `${field}.image`;
  if (sizeBytes === 0 || sizeBytes % SECTOR_BYTES !== 0) {
    const reason = `its size of ${sizeBytes} bytes is no multiple of ${SECTOR_BYTES} above 0`;
    throw new FleetError('invalid-size', vm, sizeField, reason);
  }
  if (sizeBytes > LARGEST_DISK_BYTES) {
    throw new FleetError('invalid-size', vm, sizeField, `its size of ${sizeBytes} bytes is over 32 TiB`);
  }
  return image === undefined ? { sizeBytes } : { sizeBytes, image };
}

function imageSize(vm: string, field: string, path: string): number {
  const image = lookAtImage(path);
  if (image === undefined) throw new FleetError('missing-image', vm, field, `there is no file ${path}`);
  if ('format' in image) throw new FleetError('not-raw', vm, field, notRaw(path, image));
  return image.sizeBytes;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(BYTE_ORDER_MARK, ''));
  } catch (error) {
    throw new FleetError('unparsable', undefined, undefined, `it is no JSON: ${String(error)}`);
  }
}

/** What to call a VM in a message when it may not even have a name. */
function nameOf(value: unknown, index: number): string {
  const named = z.looseObject({ name: z.string() }).safeParse(value);
  return named.success ? named.data.name : `vms[${index}]`;
}

function check<T>(schema: z.ZodType<T>, value: unknown, vm: string | undefined): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])];
  const field = path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  );
  if (unknown !== undefined) throw new FleetError('unknown-field', vm, field, 'there is no such field');
  const isUnknownOs = field === 'os';
  throw new FleetError(
    isUnknownOs ? 'unknown-os' : 'invalid-field',
    vm,
    field,
    issue?.message ?? 'is not valid',
  );
}
