import type { FileHandle } from 'node:fs/promises';
import { digestBlocks } from '../../src/vault/format/digests';
import { CHUNK_BYTES } from '../../src/vault/format/geometry';
import { sha256Hex } from '../../src/vault/format/names';
import { contentNameOf } from '../../src/vault/format/segment';
import { digestReader } from '../../src/vault/transfer/digest-reader';
import type { Vault } from '../../src/vault/vault';
import type { ReadDiskOptions } from './read-disk';

/**
 * Looks what of a disk a file holds already: a chunk whose name is known by its hash, any other by the
 * digests of its blocks. Nothing is believed because it was written once.
 */
export function knownChunks({ store }: Vault, file: FileHandle): ReadDiskOptions['isKnown'] {
  const digestsOf = digestReader(store, new Set());
  return async ({ offset, length }, entry, target) => {
    const { bytesRead } = await file.read(target, 0, length, offset);
    if (bytesRead < length) return false;
    target.fill(0, length, CHUNK_BYTES);
    const name = contentNameOf(entry);
    if (name) return sha256Hex(target) === name;
    const digests = await digestsOf(entry);
    return digests !== undefined && digestBlocks(target).equals(digests);
  };
}
