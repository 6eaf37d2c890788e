import type { VirtualMachine } from '@azure/arm-compute';
import { z } from 'zod';
import type { Compute } from '../compute/arm/connection';
import { DISK_TAG } from '../compute/arm/own-names';
import { parseResourceId, resourceName } from '../compute/arm/resource-id';
import { during } from '../compute/failures/arm-failure';
import { DiskSlot, slotsOf } from '../compute/restore/swap-disks';
import { diskIdOf, osOf } from '../compute/vms/discover';
import { vmObstacle } from '../compute/vms/inspect';
import { locateVm } from '../compute/vms/locate-vm';
import { ThisVm, vmGone } from '../compute/vms/vm-power';
import { readPowerState, readProvisioningState } from '../compute/vms/vm-state';
import { backupError, brokenInvariant } from '../failures/failure';
import { RestoredDisk } from '../jobs/job';
import type { RecoveryPoint } from '../vault/format/manifest';
import { type CapturedVm, capturedAttachment, capturedDisk, capturedVm } from './captured-configuration';
import { type PresentDisk, placesToChange } from './places';
import { chosenDisks, standsFor } from './restore-orders';
import type { RestoreInPlace } from './restore-target';

type Point = Pick<RecoveryPoint, 'vm' | 'disks'>;

/** A VM whose disks are to be replaced, as it is now. */
export interface ReplaceableVm {
  vm: ThisVm;
  /** True while it has to be deallocated first, and started again afterwards. */
  running: boolean;
  /** Where its disks must be. */
  zones?: string[];
  /** The places that change, with what is in them now. */
  present: DiskSlot[];
  warnings: string[];
}

/**
 * Looks whether the disks of the VM that the point is of can be replaced. Fails with `RestoreVmGone`,
 * `RestoreVmRunning` when it runs and nobody allowed to deallocate it, `UserErrorVmNotInDesirableState`, and
 * `RestoreDiskIncompatible`.
 */
export async function inspectReplaceable(
  compute: Compute,
  point: Point,
  { deallocate, disks }: Pick<RestoreInPlace, 'deallocate' | 'disks'>,
): Promise<ReplaceableVm> {
  const captured = capturedVm(point);
  const { subscriptionId, resourceGroup, name, vmId } = captured;
  const then = { subscriptionId, resourceGroup, name };
  const located = await locateVm(compute, { ref: then, vmId });
  if (!located) throw vmGone(then);
  const { ref, vm } = located;
  const attached = await attachedDisks(compute, vm);
  const chosen = chosenDisks(point, disks);
  refuseMisfit(captured, chosen, vm, attached);
  const powerState = readPowerState(vm.instanceView);
  const provisioningState = readProvisioningState(vm.instanceView, vm.provisioningState);
  // A VM whose last change failed is what a restore in place may be for.
  const obstacle = provisioningState === 'failed' ? undefined : vmObstacle(powerState, provisioningState);
  if (obstacle) throw backupError(obstacle.code, `${name}: ${obstacle.title}`);
  const running = powerState !== 'deallocated' && powerState !== 'stopped';
  if (running && !deallocate) throw backupError('RestoreVmRunning', `The VM ${name} is ${powerState}.`);

  const wanted = chosen.map(({ lun, name, uniqueId }) => ({
    lun,
    uniqueId,
    standsFor: standsFor(capturedDisk(captured, name), uniqueId),
  }));
  const { present, others } = placesToChange(wanted, attached);
  const known = new Set(point.disks.map(({ lun }) => lun));
  return {
    vm: { ref, vmId },
    running,
    zones: vm.zones,
    present,
    // What nobody asked for needs no word.
    warnings: others
      .filter(({ lun }) => !known.has(lun))
      .map(
        ({ lun, resourceId = '' }) =>
          `The disk ${resourceName(resourceId)} at LUN ${lun} is not in the recovery point and stays as it is.`,
      ),
  };
}

/** What the swap changes, and how to undo it. */
export const Replacement = z.object({
  vm: ThisVm,
  running: z.boolean(),
  before: z.array(DiskSlot),
  after: z.array(DiskSlot),
  /** The disks that are swapped out; they are kept. */
  replaced: z.array(RestoredDisk),
});
export type Replacement = z.output<typeof Replacement>;

/**
 * The new disks take the places and the settings of the old ones; where there is none now, those of the time
 * of the backup.
 */
export function planReplacement(
  point: Point,
  { vm, running, present }: ReplaceableVm,
  disks: Pick<RestoredDisk, 'diskId' | 'resourceId'>[],
  chosen?: readonly string[],
): Replacement {
  const captured = capturedVm(point);
  const places = chosenDisks(point, chosen).map(({ diskId, lun }): { before: DiskSlot; after: DiskSlot } => {
    const restored = disks.find((disk) => disk.diskId === diskId);
    if (!restored) throw brokenInvariant(`The disk ${diskId} of the point was not restored.`);
    const before: DiskSlot = present.find((slot) => slot.lun === lun) ?? { lun };
    const { caching, writeAcceleratorEnabled } = capturedAttachment(captured, lun) ?? {};
    const settings = before.resourceId ? before : { lun, caching, writeAcceleratorEnabled };
    return { before, after: { ...settings, resourceId: restored.resourceId } };
  });
  // A disk of the point that is at another LUN now leaves it.
  for (const before of present) {
    if (!places.some(({ before: { lun } }) => lun === before.lun))
      places.push({ before, after: { lun: before.lun } });
  }
  return {
    vm,
    running,
    before: places.map(({ before }) => before),
    after: places.map(({ after }) => after),
    replaced: places.flatMap(({ before: { lun, resourceId } }) =>
      resourceId ? [{ diskId: diskIdOf(lun), name: resourceName(resourceId), resourceId }] : [],
    ),
  };
}

interface AttachedDisk extends PresentDisk {
  hyperVGeneration?: string;
}

/** The managed disks of a VM, with who they are. */
async function attachedDisks(compute: Compute, vm: VirtualMachine): Promise<AttachedDisk[]> {
  const lookAt = async (slot: DiskSlot): Promise<AttachedDisk> => {
    const { subscriptionId, resourceGroup, names } = parseResourceId(slot.resourceId ?? '');
    const { disks } = compute.client(subscriptionId);
    const disk = await during('restore VM', () => disks.get(resourceGroup, names[0] ?? ''));
    const { uniqueId, tags, hyperVGeneration } = disk;
    return { slot, uniqueId, standsFor: tags?.[DISK_TAG], hyperVGeneration };
  };
  return Promise.all(slotsOf(vm).map(lookAt));
}

/** Azure swaps in only what the VM could have been made of: said before hours go into restoring disks. */
function refuseMisfit(
  captured: CapturedVm,
  chosen: Point['disks'],
  vm: VirtualMachine,
  attached: AttachedDisk[],
): void {
  const { location, properties } = captured.configuration.virtualMachine;
  const securityType = vm.securityProfile?.securityType ?? 'Standard';
  const osDisk = attached.find(({ slot }) => slot.lun < 0);
  const misfit = (detail: string) => backupError('RestoreDiskIncompatible', `${vm.name}: ${detail}`);
  if (vm.location.toLowerCase() !== location.toLowerCase()) {
    throw misfit(`it is in ${vm.location}, the point was made in ${location}.`);
  }
  if (osOf(vm) !== captured.os) throw misfit(`it runs ${osOf(vm)}, the point holds ${captured.os}.`);
  const osDiskName = chosen.find(({ lun }) => lun < 0)?.name;
  if (osDiskName === undefined) return;
  const recordedType = properties.securityProfile?.securityType ?? 'Standard';
  if (securityType !== recordedType || securityType === 'ConfidentialVM') {
    throw misfit(`its security type is ${securityType}, that of the restored disk ${recordedType}.`);
  }
  if (!osDisk || vm.storageProfile?.osDisk?.diffDiskSettings?.option) {
    throw misfit('its OS disk is no managed disk that could be swapped.');
  }
  const generation = osDisk.hyperVGeneration ?? 'V1';
  const recorded = capturedDisk(captured, osDiskName)?.properties?.hyperVGeneration;
  if (recorded !== undefined && recorded !== generation) {
    throw misfit(`it is of generation ${generation}, the point of generation ${recorded}.`);
  }
}
