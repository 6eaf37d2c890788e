import { allSettledOrThrow } from '../../basics/all-settled';
import { recentlyUsed } from '../../basics/recently-used';
import { objectError } from '../../storage/object-error';
import { chunkMemory, type Lease } from '../codec/chunk-memory';
import { dataBlocksIn, scatterBlocks } from '../format/block-map';
import { ENVELOPE_HEADER_BYTES, open } from '../format/envelope';
import { BLOCK_BYTES } from '../format/geometry';
import { blobNames, sha256Hex } from '../format/names';
import type { ChunkEntry, PackRef, PatchData } from '../format/segment';
import type { Vault } from '../vault';

/** Packs are read in windows of this size: neighbouring chunks have their patches side by side. */
const WINDOW_BYTES = 1024 * 1024;
const WINDOWS_KEPT = 32;

/** Reads chunks with their patches applied; every byte is checked against its name before it is used. */
export interface ChunkReader {
  /** The chunk's content, on loan. */
  read(entry: ChunkEntry, signal?: AbortSignal): Promise<Lease>;
  /** The same, for whoever only wants to know that it can be read. */
  check(entry: ChunkEntry, signal?: AbortSignal): Promise<void>;
}

export function chunkReader({ store, codec }: Pick<Vault, 'store' | 'codec'>): ChunkReader {
  const borrower = {};
  const windows = recentlyUsed(WINDOWS_KEPT, async (key) => {
    const [name = '', offset = '0', length = '0'] = key.split(' ');
    const bytes = await store.getRange(blobNames.pack(name), Number(offset), Number(length));
    if (!bytes) throw objectError('VaultObjectMissing', blobNames.pack(name), 'it is not in the container');
    return bytes;
  });

  /** Reads a whole chunk and checks it; into `target`, if there is one. */
  async function readBase(name: string, target: Buffer | undefined, signal?: AbortSignal): Promise<void> {
    const blobName = blobNames.chunk(name);
    const sealed = await chunkMemory.sealed.borrow(borrower);
    try {
      const length = await store.readInto(blobName, sealed.bytes, signal);
      if (length === undefined)
        throw objectError('VaultObjectMissing', blobName, 'it is not in the container');
      await codec.open(sealed.bytes.subarray(0, length), name, target);
    } finally {
      sealed.release();
    }
  }

  async function packRange(pack: PackRef, offset: number, length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let at = offset; at < offset + length; ) {
      const start = at - (at % WINDOW_BYTES);
      const size = Math.min(WINDOW_BYTES, pack.sizeBytes - start);
      const window = await windows(`${pack.name} ${start} ${size}`);
      const end = Math.min(offset + length, start + size);
      pieces.push(window.subarray(at - start, end - start));
      at = end;
    }
    return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
  }

  async function patchBlocks({ pack, offset, length, hash }: PatchData, blocks: number): Promise<Buffer> {
    const objectName = `${blobNames.pack(pack.name)} at ${offset}`;
    const bytes = blocks * BLOCK_BYTES;
    if (length > bytes + ENVELOPE_HEADER_BYTES)
      throw objectError('VaultObjectDamaged', objectName, 'a patch is too long');
    const plain = await open('patch', await packRange(pack, offset, length), bytes, objectName);
    if (plain.length !== bytes)
      throw objectError('VaultObjectDamaged', objectName, 'a patch does not fill its runs');
    if (sha256Hex(plain) !== hash)
      throw objectError('VaultObjectDamaged', objectName, 'a patch does not match its hash');
    return plain;
  }

  async function fill(chunk: Buffer, { base, patches, content }: ChunkEntry, signal?: AbortSignal) {
    if (!base) chunk.fill(0);
    const pieces: Buffer[] = [];
    // The chunk may be somebody else's after an error: nobody may be writing to it any more.
    await allSettledOrThrow([
      base && readBase(base.name, chunk, signal),
      ...patches.map(async ({ runs, data }, patch) => {
        if (data) pieces[patch] = await patchBlocks(data, dataBlocksIn(runs));
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

    async check(entry, signal) {
      if (entry.base && entry.patches.length === 0) {
        await readBase(entry.base.name, undefined, signal);
        return;
      }
      (await this.read(entry, signal)).release();
    },
  };
}
