import { snapshotsStillThere } from '../backup/kept-snapshot';
import type { Compute } from '../compute/arm/connection';
import { undefinedIfUnreadable } from '../documents/read-document';
import type { RecoveryPoint } from '../vault/format/manifest';
import {
  type DeletedPoint,
  type Keeping,
  readKeeping,
  readPoint,
  readTombstone,
  type Tombstone,
  undeleteUntil,
} from '../vault/points';
import type { Vault } from '../vault/vault';
import { describePoint, type PointDescription } from './describe-point';
import { pointDeleted } from './problem';

interface ViewServices {
  vault: Vault;
  compute: Compute;
}

/** Points with what is true of them now: the snapshots that Azure has, what was said about keeping them. */
export async function viewPoints(
  { vault, compute }: ViewServices,
  points: RecoveryPoint[],
  keepings: ReadonlyMap<string, Keeping>,
  deleted: readonly DeletedPoint[] = [],
): Promise<PointDescription[]> {
  const all = [...points, ...deleted.map(({ point }) => point)];
  const there = await snapshotsStillThere(compute, all);
  const tombstones = new Map(deleted.map(({ point, tombstone }) => [point.pointId, tombstone]));
  return all
    .map((point) => {
      const tombstone = tombstones.get(point.pointId);
      return describePoint(point, {
        snapshotThere: there.has(point.pointId),
        keeping: keepings.get(point.pointId),
        deleted: tombstone && deletionOf(vault, tombstone),
      });
    })
    .sort((a, b) => Date.parse(a.time) - Date.parse(b.time) || (a.id < b.id ? -1 : 1));
}

/** One listed point, as it is now. */
export async function viewPoint(services: ViewServices, point: RecoveryPoint): Promise<PointDescription> {
  const keeping = await readKeeping(services.vault, point.pointId);
  const there = await snapshotsStillThere(services.compute, [point]);
  return describePoint(point, { snapshotThere: there.has(point.pointId), keeping });
}

const deletionOf = (vault: Vault, { deletedAt, by, reason }: Tombstone) => ({
  at: deletedAt,
  by,
  reason,
  undeleteUntil: undeleteUntil(vault, deletedAt),
});

/**
 * A point that somebody asks for by its id. Throws `RecoveryPointNotFound`; of a deleted one that is not gone
 * yet the problem that says since when, by whom, and until when it can be undeleted.
 */
export async function listedPoint(vault: Vault, pointId: string): Promise<RecoveryPoint> {
  try {
    return await readPoint(vault, pointId);
  } catch (error) {
    const tombstone = await readTombstone(vault, pointId).catch(undefinedIfUnreadable);
    if (!tombstone) throw error;
    const until = undeleteUntil(vault, tombstone.deletedAt);
    throw pointDeleted(pointId, { ...tombstone, undeleteUntil: until });
  }
}
