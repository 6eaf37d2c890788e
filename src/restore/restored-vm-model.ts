import type { ResourceIdentityType, StorageProfile, VirtualMachine } from '@azure/arm-compute';
import { ExcludedDisks } from '../backup/excluded-disks';
import { brokenInvariant } from '../failures/failure';
import type { RestoredDisk } from '../jobs/job';
import { POLICY_TAG } from '../protection/policy-tag';
import type { RecoveryPoint } from '../vault/format/manifest';
import { type CapturedVm, capturedAttachment, capturedVm } from './captured-configuration';

type NewDisk = Pick<RestoredDisk, 'diskId' | 'resourceId'>;

export interface NewVm {
  networkInterfaceId: string;
  /** Whether the new VM is protected by the tag that the old one had. */
  keepBackupTag: boolean;
  /** The new disks that hold what those of the point held. */
  disks: NewDisk[];
}

/** Azure allows 50, and the restore adds three of its own. */
const MAX_TAGS = 47;

/**
 * The VM that a recovery point recorded, with new disks and another network interface: size, identity, tags,
 * plan, zone and all that decides how it runs. It has no OS profile and no image, because its disk is set up
 * already ("Create a VM from a specialized disk"); what binds it to resources that may be gone by now is left
 * out, and `leftOut` names it.
 */
export function restoredVmModel(point: Pick<RecoveryPoint, 'vm' | 'disks'>, order: NewVm): VirtualMachine {
  const captured = capturedVm(point);
  const { location, zones, extendedLocation, plan, identity, properties } =
    captured.configuration.virtualMachine;
  const { hardwareProfile, licenseType, priority, evictionPolicy, billingProfile, userData } = properties;
  const { securityProfile, additionalCapabilities, diagnosticsProfile } = properties;
  return {
    location,
    zones,
    extendedLocation,
    plan,
    identity: identity && {
      type: identity.type as ResourceIdentityType,
      userAssignedIdentities: identity.userAssignedIdentities && emptied(identity.userAssignedIdentities),
    },
    tags: tagsOf(captured, order),
    hardwareProfile,
    licenseType,
    priority,
    evictionPolicy,
    billingProfile,
    userData,
    securityProfile: securityProfile?.encryptionAtHost ? { encryptionAtHost: true } : undefined,
    additionalCapabilities: additionalCapabilities?.ultraSSDEnabled ? { ultraSSDEnabled: true } : undefined,
    // Without the storage account that the old one may have written to: Azure keeps one for it.
    diagnosticsProfile: diagnosticsProfile && {
      bootDiagnostics: { enabled: diagnosticsProfile.bootDiagnostics.enabled },
    },
    networkProfile: {
      networkInterfaces: [{ id: order.networkInterfaceId, primary: true, deleteOption: 'Detach' }],
    },
    storageProfile: storageProfileOf(captured, point, order.disks),
  };
}

/** What the new VM will not have although the old one had it, in words for whoever restores it. */
export function leftOut(point: Pick<RecoveryPoint, 'vm'>): string[] {
  const { properties } = capturedVm(point).configuration.virtualMachine;
  const placements = [
    ['availabilitySet', 'availability set'],
    ['proximityPlacementGroup', 'proximity placement group'],
    ['host', 'dedicated host'],
    ['hostGroup', 'dedicated host group'],
    ['virtualMachineScaleSet', 'scale set'],
    ['capacityReservation', 'capacity reservation'],
  ] as const;
  const names: string[] = placements.filter(([field]) => properties[field]).map(([, name]) => name);
  const { securityType } = properties.securityProfile ?? {};
  if (securityType !== undefined && securityType !== 'Standard') names.push(securityType);
  const disks = ExcludedDisks.safeParse(point.vm.excludedDisks).data ?? [];
  return [
    ...names.map((name) => `The new VM comes without the ${name} that the VM had.`),
    ...disks.map(({ name, lun }) => `The disk ${name} at LUN ${lun} is not in the recovery point.`),
  ];
}

function storageProfileOf(
  captured: CapturedVm,
  point: Pick<RecoveryPoint, 'disks'>,
  disks: NewDisk[],
): StorageProfile {
  const { diskControllerType } = captured.configuration.virtualMachine.properties.storageProfile ?? {};
  const attached = point.disks.map(({ diskId, lun }) => {
    const restored = disks.find((disk) => disk.diskId === diskId);
    if (!restored) throw brokenInvariant(`The disk ${diskId} of the point was not restored.`);
    const { caching, writeAcceleratorEnabled } = capturedAttachment(captured, lun) ?? {};
    const managedDisk = { id: restored.resourceId };
    return {
      lun,
      createOption: 'Attach',
      deleteOption: 'Detach',
      managedDisk,
      caching,
      writeAcceleratorEnabled,
    };
  });
  const osDisk = attached.find(({ lun }) => lun < 0);
  return {
    diskControllerType,
    osDisk: osDisk && { ...osDisk, osType: captured.os },
    dataDisks: attached.filter(({ lun }) => lun >= 0),
  };
}

function tagsOf(captured: CapturedVm, { keepBackupTag }: NewVm): Record<string, string> {
  const tags = Object.entries(captured.configuration.virtualMachine.tags ?? {});
  return Object.fromEntries(
    tags.filter(([name]) => keepBackupTag || name.toLowerCase() !== POLICY_TAG).slice(0, MAX_TAGS),
  );
}

const emptied = (identities: Record<string, unknown>) =>
  Object.fromEntries(Object.keys(identities).map((id) => [id, {}]));
