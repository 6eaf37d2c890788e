import { z } from 'zod';
import { VmIdentity } from '../backup/kept-snapshot';
import type { RecoveryPoint } from '../vault/format/manifest';

/** What is not there, or not as expected, is left out: a VM without it is better than no VM. */
const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

const Reference = z.object({ id: z.string() });

const AttachedDisk = z.object({
  lun: lenient(z.number()),
  caching: lenient(z.enum(['None', 'ReadOnly', 'ReadWrite'])),
  writeAcceleratorEnabled: lenient(z.boolean()),
});
export type AttachedDisk = z.output<typeof AttachedDisk>;

const Properties = z.object({
  hardwareProfile: lenient(z.record(z.string(), z.unknown())),
  licenseType: lenient(z.string()),
  priority: lenient(z.string()),
  evictionPolicy: lenient(z.string()),
  billingProfile: lenient(z.object({ maxPrice: z.number() })),
  securityProfile: lenient(
    z.object({ securityType: lenient(z.string()), encryptionAtHost: lenient(z.boolean()) }),
  ),
  additionalCapabilities: lenient(z.object({ ultraSSDEnabled: lenient(z.boolean()) })),
  diagnosticsProfile: lenient(z.object({ bootDiagnostics: z.object({ enabled: z.boolean() }) })),
  userData: lenient(z.string()),
  storageProfile: lenient(
    z.object({
      diskControllerType: lenient(z.string()),
      osDisk: lenient(AttachedDisk),
      dataDisks: lenient(z.array(AttachedDisk)),
    }),
  ),
  availabilitySet: lenient(Reference),
  proximityPlacementGroup: lenient(Reference),
  host: lenient(Reference),
  hostGroup: lenient(Reference),
  virtualMachineScaleSet: lenient(Reference),
  capacityReservation: lenient(z.looseObject({})),
});

const VirtualMachine = z.object({
  location: z.string(),
  zones: lenient(z.array(z.string())),
  tags: lenient(z.record(z.string(), z.string())),
  plan: lenient(
    z.object({
      name: z.string(),
      product: z.string(),
      publisher: z.string(),
      promotionCode: lenient(z.string()),
    }),
  ),
  identity: lenient(
    z.object({ type: z.string(), userAssignedIdentities: lenient(z.record(z.string(), z.unknown())) }),
  ),
  extendedLocation: lenient(z.object({ name: z.string(), type: z.string() })),
  properties: Properties.prefault({}),
});

/** What protects a disk, or decides what it is, is not left out in silence where it cannot be read. */
const CapturedDisk = z.object({
  name: z.string(),
  sku: z.object({ name: z.string() }).optional(),
  zones: z.array(z.string()).optional(),
  tags: lenient(z.record(z.string(), z.string())),
  properties: z
    .object({
      hyperVGeneration: lenient(z.string()),
      encryption: z
        .object({ type: z.string().optional(), diskEncryptionSetId: z.string().optional() })
        .optional(),
    })
    .optional(),
});
/** A managed disk of the VM, as far as making it again needs it. */
export type CapturedDisk = z.output<typeof CapturedDisk>;

const CapturedVm = z.object({
  ...VmIdentity.shape,
  vmId: z.string(),
  os: z.enum(['Windows', 'Linux']),
  configuration: z.object({
    virtualMachine: VirtualMachine,
    disks: z.array(CapturedDisk),
  }),
});
export type CapturedVm = z.output<typeof CapturedVm>;

/**
 * The VM as Azure answered it on the wire when the point was made, as far as making or changing a VM needs
 * it.
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
