import { z } from 'zod';
import { VmIdentity } from '../backup/kept-snapshot';
import { resourceName } from '../compute/arm/resource-id';
import type { RecoveryPoint } from '../vault/format/manifest';
import type { Wire } from './properties';

/** What is not there, or not as expected, is left out: a VM without it is better than no VM. */
const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

const AttachedDisk = z.looseObject({
  lun: lenient(z.number()),
  caching: lenient(z.enum(['None', 'ReadOnly', 'ReadWrite'])),
  writeAcceleratorEnabled: lenient(z.boolean()),
});
export type AttachedDisk = z.output<typeof AttachedDisk>;

const InterfaceReference = z.looseObject({
  id: z.string(),
  properties: lenient(z.looseObject({ primary: lenient(z.boolean()) })),
});

const VirtualMachine = z.looseObject({
  location: z.string(),
  zones: lenient(z.array(z.string())),
  tags: lenient(z.record(z.string(), z.string())),
  properties: z
    .looseObject({
      hardwareProfile: lenient(z.looseObject({ vmSize: lenient(z.string()) })),
      securityProfile: lenient(z.looseObject({ securityType: lenient(z.string()) })),
      storageProfile: lenient(
        z.looseObject({
          osDisk: lenient(AttachedDisk),
          dataDisks: lenient(z.array(AttachedDisk)),
        }),
      ),
      networkProfile: lenient(z.looseObject({ networkInterfaces: lenient(z.array(InterfaceReference)) })),
    })
    .prefault({}),
});

/** What protects a disk, or decides what it is, is not left out in silence where it cannot be read. */
const CapturedDisk = z.looseObject({
  name: z.string(),
  sku: z.looseObject({ name: z.string() }).optional(),
  zones: z.array(z.string()).optional(),
  tags: lenient(z.record(z.string(), z.string())),
  properties: z
    .looseObject({
      hyperVGeneration: lenient(z.string()),
      encryption: z.looseObject({ diskEncryptionSetId: z.string().optional() }).optional(),
      diskAccessId: z.string().optional(),
      securityProfile: z.looseObject({ securityType: z.string().optional() }).optional(),
    })
    .optional(),
});
/** A managed disk of the VM, as Azure answered it on the wire. */
export type CapturedDisk = z.output<typeof CapturedDisk>;

const CapturedInterface = z.looseObject({ id: z.string() });

const CapturedVm = z.object({
  ...VmIdentity.shape,
  vmId: z.string(),
  os: z.enum(['Windows', 'Linux']),
  configuration: z.object({
    virtualMachine: VirtualMachine,
    disks: z.array(CapturedDisk),
    networkInterfaces: z.array(CapturedInterface).catch([]),
  }),
});
export type CapturedVm = z.output<typeof CapturedVm>;

/**
 * The VM as Azure answered it on the wire when the point was made: all of it, checked as far as making or
 * changing a VM looks at it.
 */
export const capturedVm = (point: Pick<RecoveryPoint, 'vm'>): CapturedVm => CapturedVm.parse(point.vm);

/** The managed disk of this name as it was. */
export const capturedDisk = ({ configuration }: CapturedVm, name: string | undefined) =>
  configuration.disks.find((disk) => disk.name === name);

/** How the disk at this LUN (−1 for the OS disk) was attached. */
export function capturedAttachment({ configuration }: CapturedVm, lun: number): AttachedDisk | undefined {
  const { osDisk, dataDisks = [] } = configuration.virtualMachine.properties.storageProfile ?? {};
  return lun < 0 ? osDisk : dataDisks.find((disk) => disk.lun === lun);
}

/** A network interface that the VM had. */
export interface InterfaceOfVm {
  id: string;
  primary: boolean;
  /** Absent where it could not be read when the point was made. */
  resource?: Wire;
}

/** The network interfaces that the VM had, in its order. */
export function capturedInterfaces({ configuration }: CapturedVm): InterfaceOfVm[] {
  const { networkInterfaces: captured, virtualMachine } = configuration;
  const { networkInterfaces = [] } = virtualMachine.properties.networkProfile ?? {};
  const hasPrimary = networkInterfaces.some(({ properties }) => properties?.primary);
  return networkInterfaces.map(({ id, properties }, index) => ({
    id,
    primary: hasPrimary ? properties?.primary === true : index === 0,
    resource: captured.find((one) => resourceName(one.id).toLowerCase() === resourceName(id).toLowerCase()),
  }));
}
