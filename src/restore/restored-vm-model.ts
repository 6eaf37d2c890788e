import { ExcludedDisks } from '../backup/excluded-disks';
import type { OptionalPart } from '../compute/restore/optional-parts';
import { brokenInvariant } from '../failures/failure';
import type { RestoredDisk } from '../jobs/job';
import { POLICY_TAG } from '../protection/policy-tag';
import type { RecoveryPoint } from '../vault/format/manifest';
import { type CapturedVm, capturedVm } from './captured-configuration';
import { lossesOf, optionalPartsOf } from './optional-parts-of';
import { type Carried, carry, VIRTUAL_MACHINE, type Wire } from './properties';
import { chosenDisks } from './restore-orders';
import type { RestoreToVm } from './restore-target';
import type { RestoredInterface } from './restored-interfaces';

type NewDisk = Pick<RestoredDisk, 'diskId' | 'resourceId'>;
type Point = Pick<RecoveryPoint, 'vm' | 'disks'>;

/** What was asked for of a new VM. */
export type VmChoices = Partial<
  Pick<RestoreToVm, 'disks' | 'size' | 'zone' | 'tags' | 'keepBackupTag' | 'allowLessProtected'>
>;

/** Azure allows 50, and the restore adds three of its own. */
const MAX_TAGS = 47;

/**
 * The VM that a recovery point recorded, on the wire, with new disks and network interfaces: all that its
 * table of properties carries over. It has no OS profile and no image, because its disk is set up already
 * ("Create a VM from a specialized disk").
 */
export function restoredVmModel(
  point: Point,
  choices: VmChoices,
  { disks, interfaces }: { disks: NewDisk[]; interfaces: Pick<RestoredInterface, 'id' | 'primary'>[] },
): { model: Wire; optional: OptionalPart[] } {
  const captured = capturedVm(point);
  const carried = carriedVm(captured, choices);
  const { properties, identity, ...outer } = carried.model as Wire & { properties?: Wire; identity?: Wire };
  const hardwareProfile = (properties?.hardwareProfile ?? {}) as Wire;
  return {
    model: {
      ...outer,
      location: captured.configuration.virtualMachine.location,
      zones: choices.zone ? [choices.zone] : outer.zones,
      tags: tagsOf(captured, choices),
      identity: identity && identityOf(identity),
      properties: {
        ...properties,
        hardwareProfile: choices.size ? { vmSize: choices.size } : hardwareProfile,
        networkProfile: {
          ...(properties?.networkProfile as Wire | undefined),
          networkInterfaces: interfaces.map(({ id, primary }) => ({
            id,
            properties: { primary, deleteOption: 'Detach' },
          })),
        },
        storageProfile: storageProfileOf(captured, chosenDisks(point, choices.disks), properties, disks),
      },
    },
    optional: optionalPartsOf('The new VM', carried, choices.allowLessProtected),
  };
}

/** What the new VM will not have although the old one had it, in words for whoever restores it. */
export function leftOut(point: Point, choices: VmChoices): string[] {
  const captured = capturedVm(point);
  const { lost, notes } = carriedVm(captured, choices);
  const excluded = ExcludedDisks.safeParse(point.vm.excludedDisks).data ?? [];
  const unwanted = point.disks.filter(({ diskId }) => choices.disks && !choices.disks.includes(diskId));
  const tags = Object.keys(captured.configuration.virtualMachine.tags ?? {}).length;
  return [
    ...lossesOf('The new VM', lost),
    ...notes,
    ...excluded.map(({ name, lun }) => `The disk ${name} at LUN ${lun} is not in the recovery point.`),
    ...unwanted.map(({ name, lun }) => `The new VM comes without the disk ${name} at LUN ${lun}.`),
    ...(tags > MAX_TAGS
      ? [`The new VM comes without ${tags - MAX_TAGS} of its tags: it needs three of its own.`]
      : []),
  ];
}

const SECURITY_TYPE = ['properties.securityProfile.securityType', 'properties.securityProfile.uefiSettings'];

/**
 * A confidential VM needs a guest state that no point has: what is made of its disks is another kind of VM.
 */
function carriedVm(captured: CapturedVm, { size }: VmChoices): Carried {
  const { virtualMachine } = captured.configuration;
  const isConfidential = virtualMachine.properties.securityProfile?.securityType === 'ConfidentialVM';
  const ofOtherSize = size === undefined ? [] : ['properties.hardwareProfile.vmSizeProperties'];
  return carry(
    VIRTUAL_MACHINE,
    virtualMachine,
    new Set([...(isConfidential ? SECURITY_TYPE : []), ...ofOtherSize]),
  );
}

/** Azure makes the identities of a VM known to it anew: what it answered of the old ones may not be sent. */
function identityOf({ type, userAssignedIdentities }: Wire): Wire {
  const ids = Object.keys((userAssignedIdentities ?? {}) as Wire);
  return {
    type,
    userAssignedIdentities: ids.length > 0 ? Object.fromEntries(ids.map((id) => [id, {}])) : undefined,
  };
}

function storageProfileOf(
  captured: CapturedVm,
  chosen: Pick<RecoveryPoint['disks'][number], 'diskId' | 'lun'>[],
  properties: Wire | undefined,
  disks: NewDisk[],
): Wire {
  const carried = (properties?.storageProfile ?? {}) as Wire & { osDisk?: Wire; dataDisks?: Wire[] };
  const attached = chosen.map(({ diskId, lun }) => {
    const restored = disks.find((disk) => disk.diskId === diskId);
    if (!restored) throw brokenInvariant(`The disk ${diskId} of the point was not restored.`);
    const place = lun < 0 ? carried.osDisk : carried.dataDisks?.find((disk) => disk.lun === lun);
    return {
      ...place,
      lun,
      createOption: 'Attach',
      deleteOption: 'Detach',
      managedDisk: { id: restored.resourceId },
    };
  });
  const os = attached.find(({ lun }) => lun < 0);
  const { lun: _place, ...osDisk } = os ?? { lun: -1 };
  return {
    ...carried,
    osDisk: os && { ...osDisk, osType: captured.os },
    dataDisks: attached.filter(({ lun }) => lun >= 0),
  };
}

function tagsOf(captured: CapturedVm, { keepBackupTag, tags = {} }: VmChoices): Record<string, string> {
  const kept = Object.entries(captured.configuration.virtualMachine.tags ?? {}).filter(
    ([name]) => keepBackupTag || name.toLowerCase() !== POLICY_TAG,
  );
  return Object.fromEntries(
    [...Object.entries(tags), ...kept.filter(([name]) => !(name in tags))].slice(0, MAX_TAGS),
  );
}
