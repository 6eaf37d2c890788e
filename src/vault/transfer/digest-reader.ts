import { BackupError } from '../../failures/failure';
import { CHUNK_DIGESTS_BYTES, DIGEST_BYTES, ZERO_BLOCK_DIGEST, zeroChunkDigests } from '../format/digests';
import { blobNames } from '../format/names';
import type { DigestsRef, Patch } from '../format/segment';
import { MAX_DIGESTS_BYTES } from '../format/segment-codec';
import { getContent } from '../objects/content';
import type { BlobStore } from '../store/blob-store';
import type { DigestsOf } from './checksum-step';

/** Blobs kept at once: each has at most 4 MiB, and most only what one backup changed. */
const BLOBS_KEPT = 8;

/**
 * Puts together the digests of a chunk as the base point has it: its base's, with those of its patches laid over.
 * Digests only save uploads. When they cannot be read the answer is undefined, and the chunk is written whole.
 */
export function digestReader(store: BlobStore): DigestsOf {
  const blobs = new Map<string, Promise<Buffer | undefined>>();
  const load = (name: string) => {
    const loading = blobs.get(name) ?? readDigests(store, name);
    blobs.delete(name);
    blobs.set(name, loading);
    const [oldest] = blobs.keys();
    if (blobs.size > BLOBS_KEPT && oldest) blobs.delete(oldest);
    return loading;
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
    const blocks = runs.reduce((sum, { count, zero }) => sum + (zero ? 0 : count), 0);
    const fresh = data ? await slice(data.digests, blocks * DIGEST_BYTES) : Buffer.alloc(0);
    if (!fresh) return false;
    let from = 0;
    for (const { start, count, zero } of runs) {
      const end = (start + count) * DIGEST_BYTES;
      if (zero) digests.fill(ZERO_BLOCK_DIGEST, start * DIGEST_BYTES, end);
      else from += fresh.copy(digests, start * DIGEST_BYTES, from, from + count * DIGEST_BYTES);
    }
    return true;
  }
}

async function readDigests(store: BlobStore, name: string): Promise<Buffer | undefined> {
  try {
    return await getContent(store, 'digests', blobNames.digests(name), MAX_DIGESTS_BYTES);
  } catch (error) {
    if (error instanceof BackupError) return undefined;
    throw error;
  }
}
