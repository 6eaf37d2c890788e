import { z } from 'zod';
import { addSeconds, secondsBetween } from '../../basics/time';
import { backupError } from '../../failures/failure';
import { onceMore } from '../../storage/once-more';
import { blobNames, checkPointId, GRAMMARS } from '../format/names';
import { parseDocument, toDocument } from '../format/parse-document';
import type { Vault } from '../vault';
import { readKeeping } from './keeping';

const MAX_TOMBSTONE_BYTES = 16 * 1024;

const tombstoneSchema = z.strictObject({
  pointId: z.string().regex(GRAMMARS.POINT_ID),
  /** When it was deleted, by the storage service's clock. */
  deletedAt: z.iso.datetime(),
  /** Who deleted it: somebody through the API, or retention. */
  by: z.enum(['api', 'retention']),
  reason: z.string().max(2048),
  /** True once garbage collection has begun to take its content: it cannot come back. */
  sealed: z.boolean(),
});

/** Says that a point is deleted. Its content stays for the grace period, in which it can be undeleted. */
export type Tombstone = z.infer<typeof tombstoneSchema>;

/** A tombstone as it was read, to be changed only in that version. */
export interface StoredTombstone extends Tombstone {
  etag: string;
}

export async function readTombstone({ store }: Vault, pointId: string): Promise<StoredTombstone | undefined> {
  const name = blobNames.tombstone(pointId);
  return onceMore(async () => {
    const blob = await store.get(name, { maxBytes: MAX_TOMBSTONE_BYTES });
    return blob && { ...parseDocument(tombstoneSchema, blob.body, name), etag: blob.etag };
  });
}

/** Until when a deleted point can be undeleted: its content stays for as long. */
export const undeleteUntil = ({ times }: Pick<Vault, 'times'>, deletedAt: string): string =>
  addSeconds(deletedAt, times.graceSeconds);

/**
 * Deletes a point: it is not listed any more. A point whose manifest cannot be read can be deleted too;
 * deleting twice changes nothing. Throws `RecoveryPointNotFound`, and `RecoveryPointHeld`.
 */
export async function deletePoint(
  vault: Vault,
  pointId: string,
  reason: string,
  by: Tombstone['by'] = 'api',
): Promise<Tombstone> {
  const { store } = vault;
  if (!(await store.head(blobNames.point(checkPointId(pointId))))) {
    throw backupError('RecoveryPointNotFound', `recovery point ${pointId}`);
  }
  await refuseHeld(vault, pointId);
  const tombstone: Tombstone = { pointId, deletedAt: await store.now(), by, reason, sealed: false };
  const put = await store.put(blobNames.tombstone(pointId), toDocument(tombstone), { ifAbsent: true });
  // Whoever holds it at this moment looks at the tombstone after that: one of the two sees the other.
  if (put.written) {
    await refuseHeld(vault, pointId).catch(async (held) => {
      await store.delete(blobNames.tombstone(pointId), { ifMatch: put.etag });
      throw held;
    });
  }
  return (await readTombstone(vault, pointId)) ?? tombstone;
}

/** Throws `RecoveryPointHeld`. */
export async function refuseHeld(vault: Vault, pointId: string): Promise<void> {
  const hold = (await readKeeping(vault, pointId))?.hold;
  if (hold) throw backupError('RecoveryPointHeld', `${pointId} is held since ${hold.since}: ${hold.reason}`);
}

/** Every lost race means that somebody else got on. */
const TRIES = 20;

/**
 * Takes a deletion back. Of several who do, each hears that it is back. Throws `RecoveryPointNotFound`, and
 * `RecoveryPointGone` once the grace period is over.
 */
export async function undeletePoint(vault: Vault, pointId: string): Promise<void> {
  const { store, times } = vault;
  const name = blobNames.tombstone(checkPointId(pointId));
  let seen: Tombstone | undefined;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const tombstone = await readTombstone(vault, pointId);
    seen = tombstone ?? seen;
    // In this order: the collector takes the manifest before the tombstone.
    if (!(await store.head(blobNames.point(pointId)))) {
      if (seen) throw gone(seen);
      throw backupError('RecoveryPointNotFound', `recovery point ${pointId}`);
    }
    if (!tombstone) return;
    const overdue = secondsBetween(tombstone.deletedAt, await store.now()) > times.graceSeconds;
    const held = overdue && (await readKeeping(vault, pointId))?.hold !== undefined;
    if (tombstone.sealed || (overdue && !held)) throw gone(tombstone);
    // The collector seals a tombstone before it counts the point as gone: only one of the two can have this
    // version. Whoever comes too late looks again at what is there now.
    if ((await store.delete(name, { ifMatch: tombstone.etag })) === 'deleted') return;
  }
  throw backupError('ChangedMeanwhile', `${name} changed ${TRIES} times while it was taken away.`);
}

const gone = ({ pointId, deletedAt }: Tombstone) =>
  backupError('RecoveryPointGone', `recovery point ${pointId} was deleted at ${deletedAt}`);

/** Ends the grace of a deleted point for good; undefined when somebody took the deletion back first. */
export async function sealTombstone(
  vault: Vault,
  tombstone: StoredTombstone,
): Promise<StoredTombstone | undefined> {
  const { etag, ...document } = tombstone;
  const sealed = { ...document, sealed: true };
  const result = await vault.store.put(blobNames.tombstone(document.pointId), toDocument(sealed), {
    ifMatch: etag,
  });
  return result.written ? { ...sealed, etag: result.etag } : undefined;
}
