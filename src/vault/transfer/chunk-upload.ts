import type { ChunkContent } from '../codec/chunk-codec';
import { chunkMemory, type Lease } from '../codec/chunk-memory';
import type { TransferCounts } from '../format/counts';
import { blobNames } from '../format/names';
import { keepIfPresent, putContent } from '../objects/content';
import type { ChunkOutcome } from './chunk-outcome';
import type { TransferContext } from './transfer-context';

/**
 * Brings a whole chunk into the vault, unless it is there. Its content is given back as soon as nobody needs
 * it any more.
 */
export async function uploadChunk(
  context: TransferContext,
  content: Lease,
  { name, digests }: ChunkContent,
): Promise<ChunkOutcome> {
  const inFlight = context.chunksInFlight.get(name);
  if (inFlight) {
    content.release();
    await inFlight;
    context.counts.reusedChunks += 1;
  } else {
    const upload = bringChunk(context, name, content).finally(() => context.chunksInFlight.delete(name));
    context.chunksInFlight.set(name, upload);
    await upload;
  }
  return { kind: 'chunk', name, digests };
}

async function bringChunk(context: TransferContext, name: string, content: Lease): Promise<void> {
  const { counts, signal, codec } = context;
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
  const sealed = await chunkMemory.sealed.borrow(context.borrower);
  try {
    signal?.throwIfAborted();
    const plainBytes = content.bytes.length;
    const body = sealed.bytes.subarray(0, await codec.seal(content.bytes, sealed.bytes));
    content.release();
    const outcome = await putContent(context, blobName, body, signal);
    countUpload(counts, plainBytes, body.length);
    counts[outcome === 'written' ? 'newChunks' : 'reusedChunks'] += 1;
  } finally {
    sealed.release();
  }
}

/** Counts bytes sent, before compression and as stored. */
export function countUpload(counts: TransferCounts, plainBytes: number, storedBytes: number): void {
  counts.uploadedBytes += plainBytes;
  counts.storedBytes += storedBytes;
}
