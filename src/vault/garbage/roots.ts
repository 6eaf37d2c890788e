import { orderedParallel } from '../../basics/ordered-parallel';
import { secondsBetween } from '../../basics/time';
import { BackupError } from '../../failures/failure';
import { isStorageRefusal } from '../../storage/storage-failure';
import { blobNames } from '../format/names';
import { idsUnder } from '../points/list-points';
import { readTombstone, type StoredTombstone, sealTombstone } from '../points/tombstone';
import type { Vault } from '../vault';

const POINTS_AT_ONCE = 16;

/** Which points garbage collection has to keep, and which it takes away for good. */
export interface Roots {
  pointIds: string[];
  /** Deleted longer ago than the grace period; sealed, so nobody can bring them back. */
  purged: StoredTombstone[];
}

/**
 * Tombstones are looked at before points: a point deleted in between stays a root this time. With `dryRun`
 * nothing is sealed. `without` names points to count as gone, for asking what deleting them would free.
 */
export async function findRoots(
  vault: Vault,
  now: string,
  { dryRun = false, without = [] }: { dryRun?: boolean; without?: string[] } = {},
): Promise<Roots> {
  const purged: StoredTombstone[] = [];
  const findPurged = async (pointId: string) => {
    const tombstone = await readIfReadable(vault, pointId);
    const isOverdue = tombstone && secondsBetween(tombstone.deletedAt, now) > vault.times.graceSeconds;
    if (tombstone?.sealed || (isOverdue && dryRun)) return tombstone;
    return isOverdue ? sealTombstone(vault, tombstone) : undefined;
  };
  const tombstoneIds = await idsUnder(vault, 'tombstones/');
  for await (const tombstone of orderedParallel(tombstoneIds, POINTS_AT_ONCE, findPurged)) {
    if (tombstone) purged.push(tombstone);
  }
  const gone = new Set([...purged.map(({ pointId }) => pointId), ...without]);
  const pointIds = (await idsUnder(vault, 'points/')).filter((id) => !gone.has(id));
  return { pointIds, purged };
}

/** A tombstone that cannot be read ends nobody's grace: its point is wanted. */
async function readIfReadable(vault: Vault, pointId: string): Promise<StoredTombstone | undefined> {
  try {
    return await readTombstone(vault, pointId);
  } catch (error) {
    if (!(error instanceof BackupError) || isStorageRefusal(error)) throw error;
    return undefined;
  }
}

/**
 * Removes what is left of purged points and the evidence about them: the manifest first, so that a tombstone
 * hides it to the end.
 */
export async function removePurged(vault: Vault, purged: readonly StoredTombstone[]): Promise<number> {
  let removed = 0;
  const remove = (tombstone: StoredTombstone) => removePoint(vault, tombstone);
  for await (const outcome of orderedParallel(purged, POINTS_AT_ONCE, remove)) {
    if (outcome === 'deleted') removed += 1;
  }
  return removed;
}

async function removePoint({ store }: Vault, { pointId, etag }: StoredTombstone) {
  const outcome = await store.delete(blobNames.point(pointId));
  // Without its tombstone, a manifest that cannot go would be listed again.
  if (outcome === 'conflict') return outcome;
  for (const folder of [blobNames.verifications(pointId), blobNames.foundDamage(pointId)])
    for await (const { name } of store.list(folder)) await store.delete(name);
  await store.delete(blobNames.tombstone(pointId), { ifMatch: etag });
  return outcome;
}
