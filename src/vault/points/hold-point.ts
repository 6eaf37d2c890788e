import { backupError } from '../../failures/failure';
import { blobNames, checkPointId } from '../format/names';
import type { Vault } from '../vault';
import { changeKeeping, type Keeping } from './keeping';
import { readPoint } from './read-point';
import { readTombstone } from './tombstone';

/**
 * Holds a point: neither people nor retention delete it until it is let go. Another reason takes the place of
 * the one before. Throws `RecoveryPointNotFound`, also for a deleted one: undelete it first.
 */
export async function holdPoint(vault: Vault, pointId: string, reason: string): Promise<Keeping> {
  await refuseMissing(vault, pointId);
  const since = await vault.store.now();
  const held = await changeKeeping(vault, pointId, (now) => ({
    ...now,
    hold: { reason, since: now.hold?.since ?? since },
  }));
  // Whoever deletes it at this moment looks for a hold after that: one of the two sees the other.
  if (await readTombstone(vault, pointId)) {
    await releasePoint(vault, pointId);
    throw backupError('RecoveryPointNotFound', `recovery point ${pointId} was deleted meanwhile`);
  }
  return held;
}

/** Lets a point go again; one that is not held stays as it is. */
export const releasePoint = (vault: Vault, pointId: string): Promise<Keeping> =>
  changeKeeping(vault, pointId, ({ hold: _released, ...rest }) => rest);

/**
 * Moves the end of a point: retention keeps it at least until then. Only to a later time: what was promised
 * stays promised. Throws `RecoveryPointNotFound`, and `RetentionNotLater`.
 */
export async function retainPoint(vault: Vault, pointId: string, retainUntil: string): Promise<Keeping> {
  const { retainUntil: promised } = await readPoint(vault, pointId);
  return changeKeeping(vault, pointId, (now) => {
    const end = laterOf(promised, now.retainUntil);
    if (end !== undefined && Date.parse(retainUntil) < Date.parse(end)) {
      throw backupError('RetentionNotLater', `${pointId} is kept until ${end} already.`);
    }
    return { ...now, retainUntil };
  });
}

/** The later of two times, either of which may be absent. */
export function laterOf(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return Date.parse(left) > Date.parse(right) ? left : right;
}

/** A point whose manifest cannot be read can be held as well. */
async function refuseMissing(vault: Vault, pointId: string): Promise<void> {
  const deleted = await vault.store.head(blobNames.tombstone(checkPointId(pointId)));
  if (!deleted && (await vault.store.head(blobNames.point(pointId)))) return;
  throw backupError('RecoveryPointNotFound', `recovery point ${pointId}`);
}
