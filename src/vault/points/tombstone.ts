import { z } from 'zod';
import { secondsBetween } from '../../basics/time';
import { backupError } from '../../failures/failure';
import { onceMore } from '../../storage/once-more';
import { blobNames, checkPointId, GRAMMARS } from '../format/names';
import { parseDocument, toDocument } from '../format/parse-document';
import type { Vault } from '../vault';

const MAX_TOMBSTONE_BYTES = 16 * 1024;

const tombstoneSchema = z.strictObject({
  pointId: z.string().regex(GRAMMARS.POINT_ID),
  /** When it was deleted, by the storage service's clock. */
  deletedAt: z.iso.datetime(),
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

/**
 * Deletes a point: it is not listed any more. A point whose manifest cannot be read can be deleted too;
 * deleting twice changes nothing. Throws `RecoveryPointNotFound`.
 */
export async function deletePoint(vault: Vault, pointId: string, reason: string): Promise<Tombstone> {
  const { store } = vault;
  if (!(await store.head(blobNames.point(checkPointId(pointId))))) {
    throw backupError('RecoveryPointNotFound', `recovery point ${pointId}`);
  }
  const tombstone: Tombstone = { pointId, deletedAt: await store.now(), reason, sealed: false };
  await store.put(blobNames.tombstone(pointId), toDocument(tombstone), { ifAbsent: true });
  return (await readTombstone(vault, pointId)) ?? tombstone;
}

/**
 * Takes a deletion back. Throws `RecoveryPointNotFound`, and `RecoveryPointGone` once the grace period is
 * over.
 */
export async function undeletePoint(vault: Vault, pointId: string): Promise<void> {
  const { store, times } = vault;
  const tombstone = await readTombstone(vault, checkPointId(pointId));
  if (!(await store.head(blobNames.point(pointId)))) {
    throw backupError('RecoveryPointNotFound', `recovery point ${pointId}`);
  }
  if (!tombstone) return;
  const overdue = secondsBetween(tombstone.deletedAt, await store.now()) > times.graceSeconds;
  // The collector seals a tombstone before it counts the point as gone; only one of the two can have this
  // version.
  if (tombstone.sealed || overdue || !(await removeTombstone(vault, tombstone))) {
    throw backupError('RecoveryPointGone', `recovery point ${pointId} was deleted at ${tombstone.deletedAt}`);
  }
}

async function removeTombstone({ store }: Vault, { pointId, etag }: StoredTombstone): Promise<boolean> {
  const outcome = await store.delete(blobNames.tombstone(pointId), { ifMatch: etag });
  // Who took it away first? Somebody who undeleted the point too left it; the collector took the manifest
  // before it.
  if (outcome === 'missing') return (await store.head(blobNames.point(pointId))) !== undefined;
  return outcome === 'deleted';
}

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
