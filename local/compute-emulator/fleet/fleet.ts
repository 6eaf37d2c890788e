// The fleet file: which VMs exist when the emulator starts.

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { guestSchema } from '../guests/guest';
import type { KnownScripts } from '../guests/run-script';
import { FleetError } from './fleet-error';

/** Lun of the OS disk, as backup products number it. */
export const OS_LUN = -1;
const SECTOR_BYTES = 512;
const LARGEST_DISK_BYTES = 32 * 2 ** 40;
const name = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_])?$/,
    'must be 1 to 64 letters, digits, ".", "_" or "-"',
  );

const diskSchema = z.strictObject({
  lun: z.int().min(OS_LUN).max(63),
  /** A raw file, relative to the fleet file; read where it lies, never modified. */
  image: z.string().min(1).optional(),
  /** Instead of an image: an empty disk of this size. */
  sizeBytes: z.int().positive().optional(),
  name: name.optional(),
  sku: z
    .enum([
      'Standard_LRS',
      'StandardSSD_LRS',
      'StandardSSD_ZRS',
      'Premium_LRS',
      'Premium_ZRS',
      'PremiumV2_LRS',
      'UltraSSD_LRS',
    ])
    .default('Premium_LRS'),
  caching: z.enum(['None', 'ReadOnly', 'ReadWrite']).optional(),
  writeAcceleratorEnabled: z.boolean().default(false),
  /** Only for an OS disk: lives on the host, has no managed disk behind it. */
  ephemeral: z.boolean().default(false),
  /** More than 1 makes a shared disk. */
  maxShares: z.int().min(1).max(10).default(1),
  logicalSectorSize: z.union([z.literal(512), z.literal(4096)]).default(512),
  /** Azure Disk Encryption inside the guest. */
  azureDiskEncryption: z.boolean().default(false),
  diskEncryptionSet: z.string().optional(),
  networkAccessPolicy: z.enum(['AllowAll', 'AllowPrivate', 'DenyAll']).default('AllowAll'),
  publicNetworkAccess: z.enum(['Enabled', 'Disabled']).default('Enabled'),
  dataAccessAuthMode: z.enum(['None', 'AzureActiveDirectory']).default('None'),
});

const vmSchema = z.strictObject({
  name,
  resourceGroup: z
    .string()
    .regex(/^[\w().-]{0,89}[\w()-]$/, 'must be a resource group name')
    .default('fleet'),
  os: z.enum(['Linux', 'Windows']),
  powerState: z.enum(['running', 'stopped', 'deallocated']).default('running'),
  vmSize: z.string().default('Standard_D2s_v5'),
  zones: z.array(z.string()).optional(),
  securityType: z.enum(['Standard', 'TrustedLaunch', 'ConfidentialVM']).default('Standard'),
  tags: z.record(z.string(), z.string()).default({}),
  disks: z.array(diskSchema),
  guest: guestSchema.prefault({}),
});

const fleetSchema = z.strictObject({
  vms: z.array(z.unknown()),
  /**
   * Further Run Command scripts by id: the guest facts they change, and the
   * names of those they print as JSON.
   */
  scripts: z
    .record(
      z.string(),
      z.strictObject({
        sets: z.record(z.string(), z.json()).optional(),
        prints: z.array(z.string()).default([]),
      }),
    )
    .default({}),
});

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
 * Reads a fleet file's text. Images are looked at, not opened.
 * @param baseDir folder that relative image paths start from
 * @throws FleetError naming the VM and the field
 */
export function parseFleet(text: string, baseDir: string): Fleet {
  const { vms, scripts } = check(fleetSchema, parseJson(text), undefined);
  const names = new Set<string>();
  const diskIds = new Set<string>();
  const parsed = vms.map((value, index) => {
    const vmName = nameOf(value, index);
    const vm = check(vmSchema, value, vmName);
    if (names.has(vm.name.toLowerCase())) {
      throw new FleetError('duplicate-vm', vm.name, 'name', 'there is another VM of this name');
    }
    names.add(vm.name.toLowerCase());
    return { ...vm, disks: checkDisks(vm, baseDir, diskIds) };
  });
  return { vms: parsed, scripts };
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
  const sizeBytes = image === undefined ? (disk.sizeBytes ?? 0) : fileSize(vm, `${field}.image`, image);
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

function fileSize(vm: string, field: string, path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile()) throw new FleetError('missing-image', vm, field, `there is no file ${path}`);
  return stats.size;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
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
