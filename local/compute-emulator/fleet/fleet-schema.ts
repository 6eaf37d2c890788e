import { z } from 'zod';
import { DISK_SKUS } from '../cloud/disk-skus';
import { guestSchema } from '../guests/guest';

/** Lun of the OS disk, as backup products number it. */
export const OS_LUN = -1;
const name = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_])?$/,
    'must be 1 to 64 letters, digits, ".", "_" or "-"',
  );

/** Azure allows disks longer names than VMs. */
const diskName = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9._-]{0,78}[A-Za-z0-9_])?$/,
    'must be 1 to 80 letters, digits, ".", "_" or "-"',
  );

export const diskSchema = z.strictObject({
  lun: z.int().min(OS_LUN).max(63),
  /** A raw file, relative to the fleet file; read where it lies, never modified. */
  image: z.string().min(1).optional(),
  /** Instead of an image: an empty disk of this size. */
  sizeBytes: z.int().positive().optional(),
  name: diskName.optional(),
  sku: z.enum(DISK_SKUS).default('Premium_LRS'),
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

export const vmSchema = z.strictObject({
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

export const fleetSchema = z.strictObject({
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
