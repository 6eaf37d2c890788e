import type { RestorePoint, RestorePointCollection, Snapshot } from '@azure/arm-compute';
import { collect } from '../arm/collect';
import type { Compute } from '../arm/connection';
import { collectionName, JOB_TAG, parsePointName, VM_TAG } from '../arm/own-names';
import { isOwn } from '../arm/ownership';
import { parseResourceId, sameResource, type VmRef, vmResourceId } from '../arm/resource-id';
import { during, findOrUndefined } from '../failures/arm-failure';
import { diskSnapshotsId } from './snapshot';
import { snapshotGroups } from './snapshot-group';

/** A snapshot that this installation made. */
export interface OwnSnapshot {
  /** What `removeSnapshot` takes. */
  restorePointId: string;
  jobId: string;
  /**
   * When it was taken, by Azure's clock; ISO 8601, UTC. Empty while Azure does not tell, as of points half
   * made.
   */
  time: string;
  /** False while it is being made, and for good where that failed. */
  complete: boolean;
}

/**
 * The snapshots that this installation made of one VM, oldest first; without the VM's id also those of VMs of
 * that name that are gone. With it the VM's collection is asked for by name: a listing shows the collections
 * of all VMs in the resource group, which would make every backup dearer with every VM. Snapshots of single
 * disks bear the VM's name alone: those of its predecessors are among them.
 */
export async function listOwnSnapshots(compute: Compute, ref: VmRef, vmId?: string): Promise<OwnSnapshot[]> {
  const { subscriptionId, name } = ref;
  const id = vmResourceId(ref);
  const collection = vmId && collectionName(name, id, vmId, compute.settings.installation);
  const groups = snapshotGroups(compute, ref);
  const all = await Promise.all(
    groups.map((resourceGroup) => ownSnapshotsIn(compute, subscriptionId, { resourceGroup, id, collection })),
  );
  return all.flat().sort((left, right) => left.time.localeCompare(right.time));
}

/** Every snapshot of this installation in a subscription, whatever VM it is of. */
export async function listAllOwnSnapshots(compute: Compute, subscriptionId: string): Promise<OwnSnapshot[]> {
  return ownSnapshotsIn(compute, subscriptionId);
}

/** Reads listings only; what does not carry the installation's own tag is not even looked into. */
async function ownSnapshotsIn(
  compute: Compute,
  subscriptionId: string,
  vm?: { resourceGroup: string; id: string; collection?: string },
): Promise<OwnSnapshot[]> {
  const { restorePointCollections, snapshots } = compute.client(subscriptionId);
  const ofVm = (one: RestorePointCollection) => !vm || sameResource(one.source?.id ?? '', vm.id);

  async function listedPoints(): Promise<RestorePoint[]> {
    const collections = await collect(
      vm ? restorePointCollections.list(vm.resourceGroup) : restorePointCollections.listAll(),
    );
    const own = collections.filter((one) => isOwn(compute, one.tags) && ofVm(one));
    const points = own.map(({ id = '' }) => {
      const { resourceGroup, names } = parseResourceId(id);
      return pointsOf(compute, subscriptionId, resourceGroup, names[0] ?? '');
    });
    return (await Promise.all(points)).flat();
  }

  const [points, diskSnapshots = []] = await during('clean up', () =>
    Promise.all([
      vm?.collection ? pointsOf(compute, subscriptionId, vm.resourceGroup, vm.collection) : listedPoints(),
      findOrUndefined('clean up', () =>
        collect(vm ? snapshots.listByResourceGroup(vm.resourceGroup) : snapshots.list()),
      ),
    ]),
  );
  const disks = diskSnapshots.filter(
    (one) => isOwn(compute, one.tags) && (!vm || sameResource(one.tags?.[VM_TAG] ?? '', vm.id)),
  );
  return [...points.flatMap(describePoint), ...groupByJob(disks)];
}

/** None of a collection that is gone. */
async function pointsOf(
  compute: Compute,
  subscriptionId: string,
  resourceGroup: string,
  collection: string,
): Promise<RestorePoint[]> {
  const { restorePointCollections } = compute.client(subscriptionId);
  const found = await findOrUndefined('clean up', () =>
    restorePointCollections.get(resourceGroup, collection, { expand: 'restorePoints' }),
  );
  return found?.restorePoints ?? [];
}

/** Points whose names are not of this system are somebody else's, even in its own collection. */
function describePoint({ id, name, timeCreated, provisioningState }: RestorePoint): OwnSnapshot[] {
  const parsed = parsePointName(name ?? '');
  if (!id || !parsed) return [];
  const complete = provisioningState === 'Succeeded';
  return [{ restorePointId: id, jobId: parsed.jobId, time: timeCreated?.toISOString() ?? '', complete }];
}

/** All disk snapshots of one job are one snapshot. */
function groupByJob(snapshots: Snapshot[]): OwnSnapshot[] {
  const byJob = new Map<string, OwnSnapshot>();
  for (const { id, tags, timeCreated, provisioningState } of snapshots) {
    const jobId = tags?.[JOB_TAG];
    if (!id || !jobId || !timeCreated) continue;
    const known = byJob.get(jobId);
    const time = timeCreated.toISOString();
    const complete = provisioningState === 'Succeeded' && (known?.complete ?? true);
    byJob.set(jobId, {
      restorePointId: diskSnapshotsId(parseResourceId(id), jobId),
      jobId,
      time: known && known.time < time ? known.time : time,
      complete,
    });
  }
  return [...byJob.values()];
}
