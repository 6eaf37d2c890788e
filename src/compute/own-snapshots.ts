import type { RestorePoint, RestorePointCollection, Snapshot } from '@azure/arm-compute';
import { during, findOrUndefined } from './arm-failure';
import type { Compute } from './connection';
import { collect } from './discover';
import { JOB_TAG, OWN_TAG, parsePointName, VM_TAG } from './own-names';
import { parseResourceId, sameResource, type VmRef, vmResourceId } from './resource-id';
import { diskSnapshotsId } from './snapshot';

/** A snapshot that this installation made. */
export interface OwnSnapshot {
  /** What `removeSnapshot` takes. */
  restorePointId: string;
  jobId: string;
  /** When it was taken, by Azure's clock; ISO 8601, UTC. Empty while Azure does not tell, as of points half made. */
  time: string;
  /** False while it is being made, and for good where that failed. */
  complete: boolean;
}

/** The snapshots that this installation made of one VM, oldest first; also of a VM of that name that is gone. */
export async function listOwnSnapshots(compute: Compute, ref: VmRef): Promise<OwnSnapshot[]> {
  const all = await ownSnapshotsIn(compute, ref.subscriptionId, ref.resourceGroup, vmResourceId(ref));
  return all.sort((left, right) => left.time.localeCompare(right.time));
}

/** Every snapshot of this installation in a subscription, whatever VM it is of. */
export async function listAllOwnSnapshots(compute: Compute, subscriptionId: string): Promise<OwnSnapshot[]> {
  return ownSnapshotsIn(compute, subscriptionId);
}

/** Reads listings only; what does not carry the installation's own tag is not even looked into. */
async function ownSnapshotsIn(
  compute: Compute,
  subscriptionId: string,
  resourceGroup?: string,
  vmId?: string,
): Promise<OwnSnapshot[]> {
  const { restorePointCollections, snapshots } = compute.client(subscriptionId);
  const isOwn = (tags: Record<string, string> | undefined) =>
    tags?.[OWN_TAG] === compute.settings.installation;
  const [collections, diskSnapshots = []] = await during('clean up', () =>
    Promise.all([
      collect(
        resourceGroup ? restorePointCollections.list(resourceGroup) : restorePointCollections.listAll(),
      ),
      findOrUndefined('clean up', () =>
        collect(resourceGroup ? snapshots.listByResourceGroup(resourceGroup) : snapshots.list()),
      ),
    ]),
  );
  const ofVm = (one: RestorePointCollection) => !vmId || sameResource(one.source?.id ?? '', vmId);
  const own = collections.filter((one) => isOwn(one.tags) && ofVm(one));
  const points = await Promise.all(own.map((one) => pointsOf(compute, one.id ?? '')));
  const disks = diskSnapshots.filter(
    (one) => isOwn(one.tags) && (!vmId || sameResource(one.tags?.[VM_TAG] ?? '', vmId)),
  );
  return [...points.flat().flatMap(describePoint), ...groupByJob(disks)];
}

async function pointsOf(compute: Compute, collectionId: string): Promise<RestorePoint[]> {
  const { subscriptionId, resourceGroup, names } = parseResourceId(collectionId);
  const { restorePointCollections } = compute.client(subscriptionId);
  const { restorePoints = [] } = await during('clean up', () =>
    restorePointCollections.get(resourceGroup, names[0] ?? '', { expand: 'restorePoints' }),
  );
  return restorePoints;
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
