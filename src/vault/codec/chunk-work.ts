import { objectError } from '../../storage/object-error';
import { type BlockRun, gatherBlocks } from '../format/block-map';
import { digestBlocks } from '../format/digests';
import { openInto, sealInto, sealNow } from '../format/envelope';
import { CHUNK_BYTES } from '../format/geometry';
import { blobNames, sha256Hex } from '../format/names';
import type { ChunkContent, SealedPatch } from './chunk-codec';

/** What a codec does, on the thread that calls it: about 10 ms for a whole chunk. */
export const chunkWork = {
  describe: (chunk: Buffer): ChunkContent => ({ name: sha256Hex(chunk), digests: digestBlocks(chunk) }),

  describeOther(chunk: Buffer, than: string | undefined): ChunkContent | undefined {
    const name = sha256Hex(chunk);
    return name === than ? undefined : { name, digests: digestBlocks(chunk) };
  },

  seal: (chunk: Buffer, target: Buffer): number => sealInto('chunk', chunk, target),

  sealPatch(chunk: Buffer, runs: readonly BlockRun[]): SealedPatch | undefined {
    const blocks = gatherBlocks(chunk, runs);
    if (blocks.length === 0) return undefined;
    const envelope = sealNow('patch', blocks);
    return { envelope, plainBytes: blocks.length, hash: sha256Hex(blocks), digests: digestBlocks(blocks) };
  },

  open(sealed: Buffer, name: string, target = scratch()): void {
    const blobName = blobNames.chunk(name);
    const plain = openInto('chunk', sealed, target.subarray(0, CHUNK_BYTES), blobName);
    if (sha256Hex(plain) !== name)
      throw objectError('VaultObjectDamaged', blobName, 'its content does not match its name');
    if (plain.length !== CHUNK_BYTES)
      throw objectError('VaultObjectDamaged', blobName, 'it is not one chunk long');
  },
};

/** Of this thread, for content that nobody wants to keep. */
let scratchMemory: Buffer | undefined;

function scratch(): Buffer {
  scratchMemory ??= Buffer.allocUnsafeSlow(CHUNK_BYTES);
  return scratchMemory;
}
