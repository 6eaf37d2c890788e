import { orderedParallel } from '../../basics/ordered-parallel';
import { secondsBetween } from '../../basics/time';
import { BackupError } from '../../failures/failure';
import { isStorageRefusal } from '../../storage/storage-failure';
import { blobNames } from '../format/names';
import { readKeeping } from '../points/keeping';
import { idsUnder } from '../points/point-ids';
import { readTombstone, type StoredTombstone, sealTombstone, undeleteUntil } from '../points/tombstone';
import type { Vault } from '../vault';

const POINTS_AT_ONCE = 16;

/** Which points garbage collection has to keep, and which it takes away for good. */
export interface Roots {
  pointIds: string[];
  /** Deleted longer ago than the grace period; sealed, so nobody can bring them back. */
  purged: StoredTombstone[];
  /** Of `pointIds`, those that are deleted and wait for the end of their grace, and when that is. */
  waiting: Map<string, string>;
}

/**
 * Tombstones are looked at before points: a point deleted in between stays a root this time. With `dryRun`
 * nothing is sealed. `without` names points to count as gone, for asking what deleting them would free;
 * `deleted` those that count as deleted now, as a dry run of retention asks. A point that is held, or that
 * retention has to keep, is never purged, whatever its tombstone says.
 */
export async function findRoots(
  vault: Vault,
  now: string,
  { dryRun = false, without = [], deleted = [] }: RootOptions = {},
): Promise<Roots> {
  const purged: StoredTombstone[] = [];
  const waiting = new Map<string, string>();
  const findPurged = async (pointId: string) => {
    const tombstone = await readIfReadable(vault, pointId);
    const isOverdue = tombstone && secondsBetween(tombstone.deletedAt, now) > vault.times.graceSeconds;
    if (tombstone?.sealed) return tombstone;
    if (isOverdue && !(await isKept(vault, tombstone, now)))
      return dryRun ? tombstone : sealTombstone(vault, tombstone);
    if (tombstone) waiting.set(pointId, undeleteUntil(vault, tombstone.deletedAt));
    return undefined;
  };
  const tombstoneIds = await idsUnder(vault, 'tombstones/');
  for await (const tombstone of orderedParallel(tombstoneIds, POINTS_AT_ONCE, findPurged)) {
    if (tombstone) purged.push(tombstone);
  }
  const gone = new Set([...purged.map(({ pointId }) => pointId), ...without]);
  const pointIds = (await idsUnder(vault, 'points/')).filter((id) => !gone.has(id));
  for (const id of deleted) if (!waiting.has(id)) waiting.set(id, undeleteUntil(vault, now));
  const listed = new Set(pointIds);
  for (const id of waiting.keys()) if (!listed.has(id)) waiting.delete(id);
  return { pointIds, purged, waiting };
}

interface RootOptions {
  dryRun?: boolean;
  without?: string[];
  deleted?: string[];
}

/** Whether somebody wants a point whose grace is over: it was held, or its end moved, all the same. */
async function isKept(vault: Vault, { pointId, by }: StoredTombstone, now: string): Promise<boolean> {
  const keeping = await readKeeping(vault, pointId);
  if (keeping?.hold) return true;
  return by === 'retention' && keeping?.retainUntil !== undefined && keeping.retainUntil > now;
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
  await store.delete(blobNames.keeping(pointId));
  await store.delete(blobNames.tombstone(pointId), { ifMatch: etag });
  return outcome;
}
