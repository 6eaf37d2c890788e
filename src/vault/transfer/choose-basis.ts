import { orderedParallel } from '../../basics/ordered-parallel';
import type { DiskSource } from '../../disks/ports';
import { BackupError } from '../../failures/failure';
import { isStorageRefusal } from '../../storage/storage-failure';
import { CHUNKS_PER_SEGMENT } from '../format/geometry';
import type { ManifestDisk } from '../format/manifest';
import { blobNames } from '../format/names';
import type { ChunkEntry, DigestsRef } from '../format/segment';
import { notingDamage } from '../objects/damage-notes';
import { readIndex, readSegment } from '../objects/read-index';
import { readPoint } from '../points/read-point';
import type { PlanDocument } from '../runs/plan-document';
import type { Vault } from '../vault';

export interface BasisRequest {
  source: DiskSource;
  /**
   * The recovery point to compare with, and the disk in it. `source.changedRanges`, if present, is against
   * its snapshot.
   */
  base?: { pointId: string; diskId: string };
  /**
   * Who the disk is now. A base of another disk or another snapshot family is not trusted. Absent where the
   * base is known to be of another disk: then it is only compared with.
   */
  identity?: { uniqueId?: string; snapshotFamily?: string };
  /** Why the source has no `changedRanges` although there is a base. */
  untrackedReason?: string;
}

/** How a disk is compared with what the vault has, and why not in a faster way. */
export type Basis = Pick<PlanDocument, 'mode' | 'modeReason' | 'base'>;

/**
 * When anything about the base is in doubt, the disk is read in full; when only the tracking is in doubt, or
 * the base needs healing, its blocks are read and compared. `healing`: blobs that were found damaged; those
 * found now are added.
 */
export async function chooseBasis(vault: Vault, request: BasisRequest, healing: Set<string>): Promise<Basis> {
  const { source, base, identity } = request;
  if (!base) return { mode: 'full', modeReason: source.changedRanges && 'no base point was given' };
  let damaged: boolean;
  let disk: ManifestDisk | undefined;
  try {
    disk = (await readPoint(vault, base.pointId)).disks.find(({ diskId }) => diskId === base.diskId);
    damaged = disk !== undefined && (await touchesDamage(vault, disk, healing));
  } catch (error) {
    // What the storage refuses for the moment says nothing about the base: a whole disk is not read because
    // of it.
    if (!(error instanceof BackupError) || isStorageRefusal(error)) throw error;
    return { mode: 'full', modeReason: `base point unusable: ${error.failure.code}` };
  }
  const doubt = doubtAboutBase(disk, request);
  if (doubt || !disk) return { mode: 'full', modeReason: doubt };

  const basis: Basis = { mode: 'checksum', base: { ...base, index: disk.index, sizeBytes: disk.sizeBytes } };
  if (damaged) return { ...basis, modeReason: 'what was found damaged is read again and healed' };
  if (!source.changedRanges) return { ...basis, modeReason: request.untrackedReason };
  if (disk.sizeBytes !== source.sizeBytes) return { ...basis, modeReason: 'the disk has grown' };
  if (differs(disk.snapshotFamily, identity?.snapshotFamily)) {
    return { ...basis, modeReason: 'base snapshot is of another family' };
  }
  return { ...basis, mode: 'changed-blocks' };
}

function doubtAboutBase(
  disk: ManifestDisk | undefined,
  { source, base, identity }: BasisRequest,
): string | undefined {
  if (!disk) return `base point has no disk ${base?.diskId}`;
  if (differs(disk.uniqueId, identity?.uniqueId)) return 'base point has another disk';
  if (disk.sizeBytes > source.sizeBytes) return 'the disk is smaller than in the base point';
  return undefined;
}

const differs = (then: string | undefined, now: string | undefined) => now !== undefined && then !== now;

/** True when the disk's base needs something that was found damaged. Throws when its index cannot be read. */
async function touchesDamage({ store }: Vault, disk: ManifestDisk, healing: Set<string>): Promise<boolean> {
  const index = await notingDamage(store, () => readIndex(store, disk.index, disk.sizeBytes), healing);
  if (healing.size === 0) return false;
  const damaged = new Set(healing);
  const names = index.filter((name) => name !== null);
  const touches = async (name: string) => {
    if (damaged.has(blobNames.segment(name))) return true;
    const segment = await notingDamage(store, () => readSegment(store, name), healing);
    return segment.slice(0, CHUNKS_PER_SEGMENT).some((entry) => entry && needsAny(entry, damaged));
  };
  for await (const touched of orderedParallel(names, 8, touches)) if (touched) return true;
  return false;
}

/** True when a chunk cannot be read, or not be compared, without one of these blobs. */
export function needsAny({ base, patches }: ChunkEntry, blobs: ReadonlySet<string>): boolean {
  if (blobs.size === 0) return false;
  const needs = (digests: DigestsRef) => blobs.has(blobNames.digests(digests.blob.name));
  if (base && (blobs.has(blobNames.chunk(base.name)) || needs(base.digests))) return true;
  return patches.some(
    ({ data }) => data && (blobs.has(blobNames.pack(data.pack.name)) || needs(data.digests)),
  );
}
