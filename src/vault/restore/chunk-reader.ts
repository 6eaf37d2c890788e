import { dataBlocksIn, scatterBlocks } from '../format/block-map';
import { ENVELOPE_HEADER_BYTES, open } from '../format/envelope';
import { BLOCK_BYTES, CHUNK_BYTES } from '../format/geometry';
import { blobNames, sha256Hex } from '../format/names';
import type { ChunkEntry, PackRef, PatchData } from '../format/segment';
import { getContent } from '../objects/content';
import type { BlobStore } from '../store/blob-store';
import { vaultError } from '../vault-error';
import { recentlyUsed } from './recently-used';

/** Packs are read in windows of this size: neighbouring chunks have their patches side by side. */
const WINDOW_BYTES = 1024 * 1024;
const WINDOWS_KEPT = 32;

export type ChunkReader = (entry: ChunkEntry, signal?: AbortSignal) => Promise<Buffer>;

/** Reads chunks with their patches applied; every byte is checked against its name before it is used. */
export function chunkReader(store: BlobStore): ChunkReader {
  const windows = recentlyUsed(WINDOWS_KEPT, async (key) => {
    const [name = '', offset = '0', length = '0'] = key.split(' ');
    const bytes = await store.getRange(blobNames.pack(name), Number(offset), Number(length));
    if (!bytes) throw vaultError('VaultObjectMissing', blobNames.pack(name), 'it is not in the container');
    return bytes;
  });

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
      throw vaultError('VaultObjectDamaged', objectName, 'a patch is too long');
    const plain = await open('patch', await packRange(pack, offset, length), bytes, objectName);
    if (plain.length !== bytes)
      throw vaultError('VaultObjectDamaged', objectName, 'a patch does not fill its runs');
    if (sha256Hex(plain) !== hash)
      throw vaultError('VaultObjectDamaged', objectName, 'a patch does not match its hash');
    return plain;
  }

  return async (entry, signal) => {
    const { base, patches, content } = entry;
    const [chunk, ...pieces] = await Promise.all([
      base ? readBase(store, base.name, signal) : Buffer.alloc(CHUNK_BYTES),
      ...patches.map(({ runs, data }) => (data ? patchBlocks(data, dataBlocksIn(runs)) : Buffer.alloc(0))),
    ]);
    patches.forEach(({ runs }, patch) => {
      scatterBlocks(chunk, runs, pieces[patch] ?? Buffer.alloc(0));
    });
    if (content && sha256Hex(chunk) !== content) {
      throw vaultError(
        'VaultObjectDamaged',
        `chunk ${content}`,
        'its base and patches do not give its content',
      );
    }
    return chunk;
  };
}

async function readBase(store: BlobStore, name: string, signal?: AbortSignal): Promise<Buffer> {
  const blobName = blobNames.chunk(name);
  const chunk = await getContent(store, 'chunk', blobName, CHUNK_BYTES, signal);
  if (chunk.length !== CHUNK_BYTES)
    throw vaultError('VaultObjectDamaged', blobName, 'it is not one chunk long');
  return chunk;
}
