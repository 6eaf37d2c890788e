import { type BlockRun, gatherBlocks } from '../format/block-map';
import type { TransferCounts } from '../format/counts';
import { digestBlocks } from '../format/digests';
import { seal } from '../format/envelope';
import { blobNames, sha256Hex } from '../format/names';
import { keepIfPresent, putContent } from '../objects/content';
import type { ChunkOutcome, SealedPatch } from './chunk-outcome';
import type { TransferContext } from './transfer-context';

/** Brings a whole chunk into the vault, unless it is there. `name` and `digests` where the caller has them already. */
export async function uploadChunk(
  context: TransferContext,
  content: Buffer,
  name = sha256Hex(content),
  digests = digestBlocks(content),
): Promise<ChunkOutcome> {
  const inFlight = context.chunksInFlight.get(name);
  if (inFlight) {
    await inFlight;
    context.counts.reusedChunks += 1;
  } else {
    const upload = bringChunk(context, name, content).finally(() => context.chunksInFlight.delete(name));
    context.chunksInFlight.set(name, upload);
    await upload;
  }
  return { kind: 'chunk', name, digests };
}

async function bringChunk(context: TransferContext, name: string, content: Buffer): Promise<void> {
  const { counts, signal } = context;
  const blobName = blobNames.chunk(name);
  const { probing } = context;
  const probe = probing.all || probing.first > 0;
  probing.first -= 1;
  if (probe && (await keepIfPresent(context, blobName, signal))) {
    probing.all = true;
    counts.reusedChunks += 1;
    return;
  }
  signal?.throwIfAborted();
  const body = await seal('chunk', content);
  const outcome = await putContent(context, blobName, body, signal);
  countUpload(counts, content.length, body.length);
  counts[outcome === 'written' ? 'newChunks' : 'reusedChunks'] += 1;
}

/** Prepares the data blocks of a patch; they travel later, in a pack. */
export async function sealPatch(
  content: Buffer,
  runs: readonly BlockRun[],
): Promise<SealedPatch | undefined> {
  const blocks = gatherBlocks(content, runs);
  if (blocks.length === 0) return undefined;
  const envelope = await seal('patch', blocks);
  return { envelope, plainBytes: blocks.length, hash: sha256Hex(blocks), digests: digestBlocks(blocks) };
}

/** Counts bytes sent, before compression and as stored. */
export function countUpload(counts: TransferCounts, plainBytes: number, storedBytes: number): void {
  counts.uploadedBytes += plainBytes;
  counts.storedBytes += storedBytes;
}
