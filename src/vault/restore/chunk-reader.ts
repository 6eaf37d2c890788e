import { allSettledOrThrow } from '../../basics/all-settled';
import { objectError } from '../../storage/object-error';
import { onceMore } from '../../storage/once-more';
import { chunkMemory, type Lease } from '../codec/chunk-memory';
import { dataBlocksIn, scatterBlocks } from '../format/block-map';
import { blobNames, sha256Hex } from '../format/names';
import type { ChunkEntry } from '../format/segment';
import type { Vault } from '../vault';
import { patchReader } from './patch-reader';

/** Reads chunks with their patches applied; every byte is checked against its name before it is used. */
export interface ChunkReader {
  /** The chunk's content, on loan. */
  read(entry: ChunkEntry, signal?: AbortSignal): Promise<Lease>;
  /** The same into memory of the caller's own, from `chunkBuffer`; after an error anything may be in it. */
  readInto(entry: ChunkEntry, target: Buffer, signal?: AbortSignal): Promise<void>;
  /** The same, for whoever only wants to know that it can be read. */
  check(entry: ChunkEntry, signal?: AbortSignal): Promise<void>;
}

/**
 * Opens a reader; what it keeps of packs is its own, what it borrows comes out of everybody's `chunkMemory`.
 */
export function chunkReader({ store, codec }: Pick<Vault, 'store' | 'codec'>): ChunkReader {
  const borrower = {};
  const readPatch = patchReader(store);

  /** Reads a whole chunk and checks it; into `target`, if there is one. */
  async function readBase(name: string, target: Buffer | undefined, signal?: AbortSignal): Promise<void> {
    const blobName = blobNames.chunk(name);
    const sealed = await chunkMemory.sealed.borrow(borrower);
    try {
      await onceMore(async () => {
        const length = await store.readInto(blobName, sealed.bytes, signal);
        if (length === undefined)
          throw objectError('VaultObjectMissing', blobName, 'it is not in the container');
        await codec.open(sealed.bytes.subarray(0, length), name, target);
      });
    } finally {
      sealed.release();
    }
  }

  async function fill(chunk: Buffer, { base, patches, content }: ChunkEntry, signal?: AbortSignal) {
    if (!base) chunk.fill(0);
    const pieces: Buffer[] = [];
    // The chunk may be somebody else's after an error: nobody may be writing to it any more.
    await allSettledOrThrow([
      base && readBase(base.name, chunk, signal),
      ...patches.map(async ({ runs, data }, patch) => {
        if (data) pieces[patch] = await readPatch(data, dataBlocksIn(runs));
      }),
    ]);
    for (const [patch, { runs }] of patches.entries())
      scatterBlocks(chunk, runs, pieces[patch] ?? Buffer.alloc(0));
    if (content && sha256Hex(chunk) !== content) {
      const detail = 'its base and patches do not give its content';
      throw objectError('VaultObjectDamaged', `chunk ${content}`, detail);
    }
  }

  return {
    async read(entry, signal) {
      const chunk = await chunkMemory.plain.borrow(borrower);
      try {
        await fill(chunk.bytes, entry, signal);
        return chunk;
      } catch (error) {
        chunk.release();
        throw error;
      }
    },

    readInto: (entry, target, signal) => fill(target, entry, signal),

    async check(entry, signal) {
      if (entry.base && entry.patches.length === 0) {
        await readBase(entry.base.name, undefined, signal);
        return;
      }
      (await this.read(entry, signal)).release();
    },
  };
}
