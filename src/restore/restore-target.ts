import { z } from 'zod';

/** No name may be `.` or `..`, which would leave its place in a path. */
const NAME = '[A-Za-z0-9_][\\w.-]{0,79}';
const GROUP = '[\\w.()-]{0,89}[\\w()-]';
const idOf = (type: string) =>
  new RegExp(`^/subscriptions/[0-9a-fA-F-]{36}/resourceGroups/${GROUP}/providers/${type}$`);
const network = (rest: string) => idOf(`Microsoft\\.Network/${rest}`);

const ResourceGroup = z.string().regex(new RegExp(`^${GROUP}$`), 'not the name of a resource group');
const VmName = z
  .string()
  .regex(/^[A-Za-z0-9](?:[\w.-]{0,62}[A-Za-z0-9_])?$/, 'not the name of a VM')
  .meta({
    description: 'Name of the new VM, which must not exist; by default that of the VM of the point.',
  });

const Network = z
  .union(
    [
      z.strictObject({
        interface: z
          .string()
          .regex(network(`networkInterfaces/${NAME}`), 'not the id of a network interface')
          .meta({ description: 'Id of a network interface that no VM uses; the new VM has only this one.' }),
      }),
      z.strictObject({
        subnet: z
          .string()
          .regex(network(`virtualNetworks/${NAME}/subnets/${NAME}`), 'not the id of a subnet')
          .optional()
          .meta({
            description:
              'Id of the subnet in which the network interfaces are made; by default those they were in.',
          }),
        securityGroup: z
          .string()
          .regex(network(`networkSecurityGroups/${NAME}`), 'not the id of a network security group')
          .optional()
          .meta({ description: 'Id of the network security group that they get instead of their own.' }),
      }),
    ],
    { error: 'not {"interface": ID} or {"subnet": ID}, with the id of one that Azure Network could have' },
  )
  .meta({ description: 'How the new VM is connected; by default as the VM of the point was.' });

const DiskId = z.string().regex(/^(os|lun-\d{1,3})$/, 'not the id of a disk, as "os" or "lun-0"');
const Disks = z
  .array(DiskId)
  .min(1)
  .max(128)
  .refine((ids) => new Set(ids).size === ids.length, 'names a disk twice')
  .optional()
  .meta({
    description: 'Which disks of the point; by default all of them. A VM cannot be made without "os".',
  });
const Sku = z.string().regex(/^[A-Za-z0-9]{3,20}_[A-Z]{3,4}$/, 'not the name of a type of disk');
const Zone = z
  .string()
  .regex(/^[1-9]$/, 'not the number of a zone')
  .optional()
  .meta({ description: 'The zone of what is made; by default the one that it was in.' });
const Start = z.boolean().default(true);

/** What every restore can be asked for. */
const COMMON = {
  disks: Disks,
  skus: z.record(DiskId, Sku).optional().meta({
    description: 'Types of the new disks, by disk, as {"os": "Premium_LRS"}; by default what they were.',
  }),
  tags: z
    .record(z.string().min(1).max(512), z.string().max(256))
    .refine((tags) => Object.keys(tags).length <= 15, 'more than 15 tags')
    .optional()
    .meta({ description: 'Tags that everything that is made gets, beside those that it had.' }),
  encryptionSet: z
    .string()
    .regex(idOf(`Microsoft\\.Compute/diskEncryptionSets/${NAME}`), 'not the id of a disk encryption set')
    .optional()
    .meta({ description: 'Id of the disk encryption set whose keys the new disks get.' }),
  allowLessProtected: z.boolean().default(false).meta({
    description: 'Whether what protected the original may be missing where it cannot be restored.',
  }),
};

const Damaged = z.enum(['refuse', 'skip']).default('refuse').meta({
  description: 'Whether damage refuses the restore, or is left as zeros that job and disk tags name.',
});

const From = z.literal('vault', 'not "vault", the only copy that can be asked for').optional().meta({
  description:
    'Which copy to read: `vault` reads the vault even where the kept snapshot would be faster. By default the kept snapshot while Azure has it, and otherwise the vault.',
});

/**
 * What a restore is asked for: new managed disks, a new VM made of them, or the disks of the VM itself
 * replaced.
 */
export const RestoreTarget = z.discriminatedUnion(
  'target',
  [
    z.strictObject({
      target: z.literal('disks'),
      damaged: Damaged,
      from: From,
      resourceGroup: ResourceGroup.optional().meta({
        description: 'Where the new disks go; by default the resource group of the VM they came from.',
      }),
      zone: Zone,
      ...COMMON,
    }),
    z.strictObject({
      target: z.literal('vm'),
      damaged: Damaged,
      from: From,
      name: VmName.optional(),
      resourceGroup: ResourceGroup.optional().meta({
        description:
          'Where the new VM and its disks go; by default the resource group of the VM they came from.',
      }),
      network: Network.optional(),
      size: z
        .string()
        .regex(/^\w{3,60}$/, 'not the name of a size')
        .optional()
        .meta({ description: 'Size of the new VM, for example Standard_D4s_v5; by default what it was.' }),
      zone: Zone,
      start: Start.meta({
        description:
          'Whether the new VM runs. Azure starts every VM that it makes: with false it is switched off at once.',
      }),
      keepBackupTag: z.boolean().default(false).meta({
        description: 'Whether the new VM keeps the tag that protects it; it would be backed up at once.',
      }),
      ...COMMON,
    }),
    z.strictObject({
      target: z.literal('replace'),
      damaged: Damaged,
      from: From,
      deallocate: z.boolean().default(false).meta({
        description: 'Whether a VM that runs is deallocated, and started again afterwards.',
      }),
      start: Start.meta({ description: 'Whether a VM that ran is started again.' }),
      ...COMMON,
    }),
  ],
  { error: 'not "disks", "vm" or "replace"' },
);
export type RestoreTarget = z.output<typeof RestoreTarget>;
export type RestoreToVm = Extract<RestoreTarget, { target: 'vm' }>;
export type RestoreInPlace = Extract<RestoreTarget, { target: 'replace' }>;
/** What every restore can be asked for; nothing of it has to be. */
export type RestoreChoices = Partial<Pick<RestoreTarget, keyof typeof COMMON>>;
