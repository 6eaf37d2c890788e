import { z } from 'zod';

/** No name may be `.` or `..`, which would leave its place in a path. */
const NAME = '[A-Za-z0-9_][\\w.-]{0,79}';
const GROUP = '[\\w.()-]{0,89}[\\w()-]';
const IN_GROUP = `^/subscriptions/[0-9a-fA-F-]{36}/resourceGroups/${GROUP}/providers/Microsoft\\.Network`;

const ResourceGroup = z.string().regex(new RegExp(`^${GROUP}$`), 'not the name of a resource group');
const VmName = z
  .string()
  .regex(/^[A-Za-z0-9](?:[\w.-]{0,62}[A-Za-z0-9_])?$/, 'not the name of a VM')
  .meta({ description: 'Name of the new VM; a VM of this name must not exist.' });

const Network = z
  .union(
    [
      z.strictObject({
        interface: z
          .string()
          .regex(new RegExp(`${IN_GROUP}/networkInterfaces/${NAME}$`), 'not the id of a network interface')
          .meta({ description: 'Id of a network interface that no VM uses.' }),
      }),
      z.strictObject({
        subnet: z
          .string()
          .regex(new RegExp(`${IN_GROUP}/virtualNetworks/${NAME}/subnets/${NAME}$`), 'not the id of a subnet')
          .meta({ description: 'Id of the subnet in which a network interface is made.' }),
      }),
    ],
    { error: 'not {"interface": ID} or {"subnet": ID}, with the id of one that Azure Network could have' },
  )
  .meta({ description: 'How the new VM is connected.' });

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
    }),
    z.strictObject({
      target: z.literal('vm'),
      damaged: Damaged,
      from: From,
      name: VmName,
      resourceGroup: ResourceGroup.optional().meta({
        description:
          'Where the new VM and its disks go; by default the resource group of the VM they came from.',
      }),
      network: Network,
      keepBackupTag: z.boolean().default(false).meta({
        description: 'Whether the new VM keeps the tag that protects it; it would be backed up at once.',
      }),
    }),
    z.strictObject({
      target: z.literal('replace'),
      damaged: Damaged,
      from: From,
      deallocate: z.boolean().default(false).meta({
        description: 'Whether a VM that runs is deallocated, and started again afterwards.',
      }),
    }),
  ],
  { error: 'not "disks", "vm" or "replace"' },
);
export type RestoreTarget = z.output<typeof RestoreTarget>;
export type RestoreToVm = Extract<RestoreTarget, { target: 'vm' }>;
export type RestoreInPlace = Extract<RestoreTarget, { target: 'replace' }>;
