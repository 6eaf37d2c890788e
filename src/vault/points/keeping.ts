import { z } from 'zod';
import { BackupError, backupError } from '../../failures/failure';
import { onceMore } from '../../storage/once-more';
import { isStorageRefusal } from '../../storage/storage-failure';
import { blobNames, checkPointId, GRAMMARS } from '../format/names';
import { parseDocument, toDocument } from '../format/parse-document';
import type { Vault } from '../vault';
import { idsUnder } from './point-ids';

const MAX_KEEPING_BYTES = 16 * 1024;
/** Every lost race means that somebody else got on. */
const TRIES = 20;

const keepingSchema = z.strictObject({
  pointId: z.string().regex(GRAMMARS.POINT_ID),
  /** Nobody deletes the point while it is held. */
  hold: z.strictObject({ reason: z.string().max(1024), since: z.iso.datetime() }).optional(),
  /** Until when retention keeps it at least; later than what the manifest says. */
  retainUntil: z.iso.datetime().optional(),
});

/** What people have said since about keeping a point; beside it, because manifests never change. */
export type Keeping = z.infer<typeof keepingSchema>;

/** Of a document that cannot be read nobody knows what it asks for: its point is held. */
const UNREADABLE = 'what was said about keeping this point cannot be read';

/** What is asked for a point, if anything. */
export async function readKeeping(vault: Vault, pointId: string): Promise<Keeping | undefined> {
  return (await readOrHold(vault, pointId))?.keeping;
}

/** What is asked for the points of a VM, by their ids. */
export async function readKeepings(vault: Vault, vmKey: string): Promise<Map<string, Keeping>> {
  const keepings = new Map<string, Keeping>();
  for (const pointId of await idsUnder(vault, `keeping/${vmKey}.`)) {
    const keeping = await readKeeping(vault, pointId);
    if (keeping) keepings.set(pointId, keeping);
  }
  return keepings;
}

/** Changes what is asked for a point, whoever else does at the same time; what asks for nothing goes. */
export async function changeKeeping(
  vault: Vault,
  pointId: string,
  change: (now: Keeping) => Keeping,
): Promise<Keeping> {
  const { store } = vault;
  const name = blobNames.keeping(checkPointId(pointId));
  for (let tries = 0; tries < TRIES; tries += 1) {
    const stored = await readOrHold(vault, pointId);
    const next = change(stored?.keeping ?? { pointId });
    if (!next.hold && !next.retainUntil) {
      if (!stored || (await store.delete(name, { ifMatch: stored.etag })) !== 'conflict') return next;
      continue;
    }
    const condition = stored ? { ifMatch: stored.etag } : { ifAbsent: true as const };
    if ((await store.put(name, toDocument(next), condition)).written) return next;
  }
  throw backupError('ChangedMeanwhile', `${name} changed ${TRIES} times while it was changed here.`);
}

async function readOrHold(vault: Vault, pointId: string): ReturnType<typeof readStored> {
  try {
    return await readStored(vault, pointId);
  } catch (error) {
    if (!(error instanceof BackupError) || isStorageRefusal(error)) throw error;
    const blob = await vault.store.head(blobNames.keeping(pointId));
    const hold = { reason: UNREADABLE, since: blob?.lastModified ?? new Date(0).toISOString() };
    return blob && { keeping: { pointId, hold }, etag: blob.etag };
  }
}

async function readStored({ store }: Vault, pointId: string) {
  const name = blobNames.keeping(pointId);
  return onceMore(async () => {
    const blob = await store.get(name, { maxBytes: MAX_KEEPING_BYTES });
    return blob && { keeping: parseDocument(keepingSchema, blob.body, name), etag: blob.etag };
  });
}
