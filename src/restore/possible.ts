import type { Compute } from '../compute/arm/connection';
import { groupExists, protectionExists } from '../compute/restore/existing';
import { checkOffer } from '../compute/restore/offer';
import { backupError } from '../failures/failure';
import type { RecoveryPoint } from '../vault/format/manifest';
import { type CapturedDisk, capturedDisk, capturedVm } from './captured-configuration';
import { chosenDisks } from './restore-orders';
import type { RestoreTarget } from './restore-target';

type Point = Pick<RecoveryPoint, 'vm' | 'disks'>;

/**
 * Asks Azure, before any byte is restored, whether what was chosen exists and is offered: the resource group,
 * the size, the types of disks, the zone. Fails with `ResourceGroupNotFound`, `RestoreSizeNotAvailable` and
 * `RestoreDiskTypeNotAvailable`.
 */
export async function checkChosen(
  compute: Compute,
  point: Point,
  to: RestoreTarget,
  resourceGroup: string | undefined,
): Promise<void> {
  const vm = capturedVm(point);
  const { subscriptionId, configuration } = vm;
  if (resourceGroup && !(await groupExists(compute, subscriptionId, resourceGroup))) {
    throw backupError('ResourceGroupNotFound', `There is no resource group ${resourceGroup}.`);
  }
  const disks = chosenDisks(point, to.disks);
  const osDisk = disks.find(({ lun }) => lun < 0);
  const os = osDisk && capturedDisk(vm, osDisk.name)?.properties;
  const { architecture } = (os?.supportedCapabilities ?? {}) as { architecture?: string };
  await checkOffer(compute, {
    subscriptionId,
    location: configuration.virtualMachine.location,
    size: to.target === 'vm' ? to.size : undefined,
    zone: to.target === 'replace' ? undefined : to.zone,
    diskTypes: Object.values(to.skus ?? {}),
    dataDisks: disks.filter(({ lun }) => lun >= 0).length,
    architecture,
    generation: os?.hyperVGeneration,
  });
}

/** Something that protected the original and cannot be restored. */
interface Gap {
  paths: string[];
  told: string;
}

/**
 * What protected the original and cannot be restored, by the name of the disk. Fails with
 * `RestoreLessProtected`, unless that was allowed.
 */
export async function protectionGaps(
  compute: Compute,
  point: Point,
  to: RestoreTarget,
): Promise<{ without: Map<string, string[]>; warnings: string[] }> {
  const vm = capturedVm(point);
  const without = new Map<string, string[]>();
  const told: string[] = [];
  if (to.target === 'vm' && isConfidential(vm.configuration.virtualMachine.properties.securityProfile)) {
    told.push('It was a confidential VM, and cannot be one again: no recovery point has its guest state.');
  }
  for (const { name } of chosenDisks(point, to.disks)) {
    const gaps = await gapsOf(compute, name, capturedDisk(vm, name)?.properties ?? {}, to);
    if (gaps.length === 0) continue;
    without.set(
      name,
      gaps.flatMap(({ paths }) => paths),
    );
    told.push(...gaps.map((gap) => gap.told));
  }
  if (told.length > 0 && !to.allowLessProtected) throw backupError('RestoreLessProtected', told.join(' '));
  return { without, warnings: told };
}

const isConfidential = (profile: { securityType?: string } | undefined): boolean =>
  profile?.securityType?.startsWith('ConfidentialVM') === true;

async function gapsOf(
  compute: Compute,
  name: string,
  { encryption, diskAccessId, securityProfile }: NonNullable<CapturedDisk['properties']>,
  to: RestoreTarget,
): Promise<Gap[]> {
  const gaps: Gap[] = [];
  if (isConfidential(securityProfile)) {
    const why = `The disk ${name} is that of a confidential VM, and cannot be one again.`;
    gaps.push({ paths: ['properties.securityProfile.securityType'], told: why });
  }
  if (diskAccessId && !(await protectionExists(compute, diskAccessId))) {
    const paths = [
      'properties.networkAccessPolicy',
      'properties.publicNetworkAccess',
      'properties.diskAccessId',
    ];
    gaps.push({
      paths,
      told: `The disk access of the disk ${name} does not exist any more: ${diskAccessId}.`,
    });
  }
  const set = to.encryptionSet ?? encryption?.diskEncryptionSetId;
  if (set && !(await protectionExists(compute, set))) {
    gaps.push({
      paths: ['properties.encryption'],
      told: `The encryption set of the disk ${name} does not exist: ${set}.`,
    });
  }
  return gaps;
}
