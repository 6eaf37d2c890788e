import type { Cloud } from '../cloud/cloud';
import { keyOf, restorePointKey } from '../cloud/ids';
import type { Disk, Grant, Json } from '../cloud/model';
import { allocatedRuns, type DiskView } from '../disks/disk-view';
import { append, clip, type Run } from '../disks/runs';
import type { Stack } from '../disks/stack';
import { authenticationFailed } from './storage-error';
import { FOOTER_BYTES } from './vhd-footer';

/** The page blob behind a shared access signature: the disk's bytes and the VHD footer. */
export interface Blob {
  grant: Grant;
  stack: Stack;
  /** With the footer. */
  sizeBytes: number;
  etag: string;
  lastModified: Date;
  /** Snapshots with the same family can be compared. */
  familyId: string;
  /** Set for disks, which can be written while they are uploaded. */
  disk?: Disk;
  /** networkAccessPolicy, publicNetworkAccess … of the disk. */
  properties: Json;
}

/** @throws StorageError when the resource is gone */
export function openBlob(cloud: Cloud, grant: Grant): Blob {
  const key = keyOf(grant.resourceId);
  const disk = cloud.store.get('disks', key);
  const point = cloud.store.get('restorePoints', restorePointKey(key));
  const diskPoint = point?.disks.find((each) => keyOf(each.id) === key);
  const snapshot = cloud.store.get('snapshots', key);
  const source = disk ?? diskPoint ?? snapshot;
  if (source === undefined) throw authenticationFailed();
  const time = disk?.timeCreated ?? point?.timeCreated ?? snapshot?.timeCreated ?? '';
  return {
    grant,
    stack: source.stack,
    sizeBytes: source.stack.sizeBytes + FOOTER_BYTES,
    etag: `"0x8${grant.account.slice(3).toUpperCase()}"`,
    lastModified: new Date(time),
    familyId: source.familyId,
    properties: source.properties,
    ...(disk && { disk }),
  };
}

/** The allocated ranges of a window of the blob; the footer always counts as allocated. */
export function allocatedPages(blob: Blob, view: DiskView, start: number, end: number): Run<'data'>[] {
  const runs = allocatedRuns(view, Math.min(start, view.sizeBytes), Math.min(end, view.sizeBytes));
  append(runs, Math.max(start, view.sizeBytes), Math.min(end, blob.sizeBytes), 'data');
  return runs;
}

/**
 * What changed in a window since an earlier snapshot of the same disk; undefined
 * when there is no such relation.
 */
export function changedPages(
  cloud: Cloud,
  previous: Blob,
  blob: Blob,
  start: number,
  end: number,
): Run<'data' | 'cleared'>[] | undefined {
  const changes =
    previous.familyId === blob.familyId ? cloud.layers.changes(previous.stack, blob.stack) : undefined;
  if (changes === undefined) return undefined;
  const runs = [...clip(changes, start, Math.min(end, blob.stack.sizeBytes))];
  if (previous.sizeBytes !== blob.sizeBytes)
    append(runs, Math.max(start, blob.stack.sizeBytes), Math.min(end, blob.sizeBytes), 'data');
  return runs;
}
