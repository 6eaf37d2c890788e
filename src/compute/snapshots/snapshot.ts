import { z } from 'zod';
import { parsePointName } from '../arm/own-names';
import { parseResourceId, resourceName, type VmRef } from '../arm/resource-id';
import { ReachedConsistency } from './consistency';

/** One disk in a snapshot. */
export const SnapshotDisk = z.object({
  /** `os` or `lun-N`. */
  diskId: z.string(),
  lun: z.number(),
  /** Resource id of the disk restore point (or disk snapshot): what is opened and read. */
  sourceId: z.string(),
  /** Identity of the disk: one made anew under the same name has another. */
  uniqueId: z.string(),
  /** Changed blocks can be asked for between snapshots of one family. */
  familyId: z.string(),
});
export type SnapshotDisk = z.output<typeof SnapshotDisk>;

/** All disks of a VM at one instant. */
export const Snapshot = z.object({
  /** What `removeSnapshot` takes: a restore point, or all disk snapshots of a job. */
  restorePointId: z.string(),
  /** When it was taken, by Azure's clock; ISO 8601, UTC. */
  time: z.string(),
  consistency: ReachedConsistency,
  disks: z.array(SnapshotDisk),
  /** True where Azure took its time to copy the disks: a snapshot that costs hours to take again. */
  copiedInBackground: z.boolean().optional(),
});
export type Snapshot = z.output<typeof Snapshot>;

/** A restore point, taken apart. */
export interface RestorePointRef {
  subscriptionId: string;
  resourceGroup: string;
  collection: string;
  point: string;
}

/** The restore point that an id names; undefined for an id of another type. */
export function parseRestorePointId(id: string): RestorePointRef | undefined {
  const { subscriptionId, resourceGroup, type, names } = parseResourceId(id);
  const [collection, point] = names;
  if (type !== 'restorepointcollections/restorepoints' || !collection || !point) return undefined;
  return { subscriptionId, resourceGroup, collection, point };
}

/**
 * Stands for all disk snapshots of one job where restore points were refused: shaped like a resource id, with
 * a name that no resource can have.
 */
export const diskSnapshotsId = (
  { subscriptionId, resourceGroup }: Pick<VmRef, 'subscriptionId' | 'resourceGroup'>,
  jobId: string,
): string =>
  `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Compute/snapshots/*${jobId}`;

/** The job of an id made by `diskSnapshotsId`; undefined for any other id. */
export function parseDiskSnapshotsId(
  id: string,
): { subscriptionId: string; resourceGroup: string; jobId: string } | undefined {
  const { subscriptionId, resourceGroup, type } = parseResourceId(id);
  const name = resourceName(id);
  return type === 'snapshots' && name.startsWith('*')
    ? { subscriptionId, resourceGroup, jobId: name.slice(1) }
    : undefined;
}

/** The job that took a snapshot; undefined for what is none of this system's. */
export const jobOfSnapshot = (id: string): string | undefined =>
  parseDiskSnapshotsId(id)?.jobId ?? parsePointName(resourceName(id))?.jobId;
