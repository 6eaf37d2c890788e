import type { RestorePoint } from '@azure/arm-compute';
import type { Consistency } from '../../disks/consistency';
import type { Compute } from '../arm/connection';
import { collectionName, parsePointName } from '../arm/own-names';
import { resourceKey, sameResource, type VmRef, vmResourceId } from '../arm/resource-id';
import { findOrUndefined } from '../failures/arm-failure';
import { modelDisks } from '../vms/model-disks';
import { readConsistency, satisfies } from './consistency';
import { findLeftDiskSnapshots } from './left-disk-snapshots';
import { snapshotGroup } from './snapshot-group';

/**
 * A snapshot that an earlier job left, because Azure was still copying its disks, and what it has to be good
 * for.
 */
export interface LeftSnapshot {
  ref: VmRef;
  vmId: string;
  /** The job whose name it bears. */
  jobId: string;
  consistency: Consistency;
  fallbackAllowed: boolean;
  /** The disks that it must hold, and no other. */
  disks: { lun: number; resourceId: string }[];
}

/**
 * Whether a backup can go on with a snapshot that an earlier one has left: it is there, of the disks that are
 * asked for now, and as consistent. Its level is taken as Azure reports it: whether the VM was off then
 * nobody knows any more.
 */
export async function canTakeOver(compute: Compute, wanted: LeftSnapshot): Promise<boolean> {
  const { subscriptionId, name } = wanted.ref;
  const resourceGroup = snapshotGroup(compute, wanted.ref);
  const { restorePointCollections, restorePoints } = compute.client(subscriptionId);
  const id = vmResourceId(wanted.ref);
  const collection = collectionName(name, id, wanted.vmId, compute.settings.installation);
  const known = await findOrUndefined('snapshot', () =>
    restorePointCollections.get(resourceGroup, collection, { expand: 'restorePoints' }),
  );
  const newest = (known?.restorePoints ?? [])
    .filter((point) => parsePointName(point.name ?? '')?.jobId === wanted.jobId)
    .sort((left, right) => attemptOf(right) - attemptOf(left))[0];
  const point = await findOrUndefined('snapshot', async () =>
    newest?.name ? restorePoints.get(resourceGroup, collection, newest.name) : undefined,
  );
  if (point) return point.provisioningState === 'Succeeded' && isGoodFor(point, wanted);
  const isWanted = (there: { lun: number; resourceId: string }) =>
    wanted.disks.some(
      ({ lun, resourceId }) => lun === there.lun && sameResource(resourceId, there.resourceId),
    );
  const ofDisks = await findLeftDiskSnapshots(compute, wanted.ref, wanted.jobId, isWanted);
  return (
    ofDisks?.disks.length === wanted.disks.length && isEnough(ofDisks.off ? 'file-system' : 'crash', wanted)
  );
}

const attemptOf = ({ name = '' }: RestorePoint): number => parsePointName(name)?.attempt ?? 0;

const isEnough = (held: Consistency, { consistency, fallbackAllowed }: LeftSnapshot): boolean =>
  fallbackAllowed || satisfies(held, consistency);

function isGoodFor({ consistencyMode, sourceMetadata }: RestorePoint, wanted: LeftSnapshot): boolean {
  if (!isEnough(readConsistency(consistencyMode), wanted)) return false;
  const held = modelDisks(sourceMetadata?.storageProfile).flatMap(({ lun, managedDisk, diskRestorePoint }) =>
    diskRestorePoint?.id ? [`${lun} ${resourceKey(managedDisk?.id ?? '')}`] : [],
  );
  const asked = wanted.disks.map(({ lun, resourceId }) => `${lun} ${resourceKey(resourceId)}`);
  return held.length === asked.length && asked.every((disk) => held.includes(disk));
}
