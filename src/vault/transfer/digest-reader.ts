import { BackupError } from '../../failures/failure';
import type { BlobStore } from '../../storage/blob-store';
import { isStorageRefusal } from '../../storage/storage-failure';
import { dataBlocksIn } from '../format/block-map';
import { CHUNK_DIGESTS_BYTES, DIGEST_BYTES, overlayDigests, zeroChunkDigests } from '../format/digests';
import { blobNames } from '../format/names';
import type { DigestsRef, Patch } from '../format/segment';
import { MAX_DIGESTS_BYTES } from '../format/segment-codec';
import { getContent } from '../objects/content';
import { notingDamage } from '../objects/damage-notes';
import type { DigestsOf } from './count-changes';

/**
 * Digests kept at once: the base's 4 MiB for each of a few segments, and what many small backups added.
 * Counted in bytes, because a chunk may need nine blobs, of which eight are tiny.
 */
const KEPT_BYTES = 24 * 1024 * 1024;

/**
 * Puts together the digests of a chunk as the base point has it: its base's, with those of its patches laid
 * over. Digests only save uploads. When they cannot be read the answer is undefined, and the chunk is written
 * whole; damaged ones are noted, in `healing` too.
 */
export function digestReader(store: BlobStore, healing: Set<string>): DigestsOf {
  const blobs = new Map<string, Promise<Buffer | undefined>>();
  const sizes = new Map<string, number>();
  let keptBytes = 0;

  const load = async (name: string) => {
    const known = blobs.get(name);
    const loading = known ?? readDigests(store, name, healing);
    blobs.delete(name);
    blobs.set(name, loading);
    const bytes = await loading;
    if (!known) keep(name, bytes?.length ?? 0);
    return bytes;
  };
  const keep = (name: string, sizeBytes: number) => {
    sizes.set(name, sizeBytes);
    keptBytes += sizeBytes;
    for (const oldest of blobs.keys()) {
      if (keptBytes <= KEPT_BYTES) return;
      if (oldest === name || !sizes.has(oldest)) continue;
      keptBytes -= sizes.get(oldest) ?? 0;
      sizes.delete(oldest);
      blobs.delete(oldest);
    }
  };
  const slice = async ({ blob, offset }: DigestsRef, length: number) => {
    const bytes = (await load(blob.name))?.subarray(offset, offset + length);
    return bytes?.length === length ? bytes : undefined;
  };

  return async ({ base, patches }) => {
    const stored = base ? await slice(base.digests, CHUNK_DIGESTS_BYTES) : zeroChunkDigests();
    if (!stored) return undefined;
    const digests = Buffer.from(stored);
    for (const patch of patches) if (!(await overlay(digests, patch))) return undefined;
    return digests;
  };

  async function overlay(digests: Buffer, { runs, data }: Patch): Promise<boolean> {
    const fresh = data ? await slice(data.digests, dataBlocksIn(runs) * DIGEST_BYTES) : Buffer.alloc(0);
    if (!fresh) return false;
    overlayDigests(digests, runs, fresh);
    return true;
  }
}

async function readDigests(
  store: BlobStore,
  name: string,
  healing: Set<string>,
): Promise<Buffer | undefined> {
  try {
    const read = () => getContent(store, 'digests', blobNames.digests(name), MAX_DIGESTS_BYTES);
    return await notingDamage(store, read, healing);
  } catch (error) {
    if (error instanceof BackupError && !isStorageRefusal(error)) return undefined;
    throw error;
  }
}
