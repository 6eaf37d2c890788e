import type { ChunkContent } from '../codec/chunk-codec';
import { chunkMemory, type Lease } from '../codec/chunk-memory';
import { blobNames } from '../format/names';
import { keepIfPresent, putContent } from '../objects/content';
import { countPlain } from '../objects/content-account';
import { type Brought, bringOnce } from '../objects/in-flight';
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
  const { inFlight, probing, counts } = context;
  const blobName = blobNames.chunk(name);
  const brought = await bringOnce(inFlight, blobName, probing, () => bringChunk(context, blobName, content));
  counts[brought === 'written' ? 'newChunks' : 'reusedChunks'] += 1;
  return { kind: 'chunk', name, digests };
}

async function bringChunk(context: TransferContext, blobName: string, content: Lease): Promise<Brought> {
  const { signal, codec, probing, inFlight } = context;
  const probe = probing.all || probing.first > 0 || inFlight.written.has(blobName);
  probing.first -= 1;
  if (probe && (await keepIfPresent(context, blobName, signal))) {
    probing.all = true;
    return 'present';
  }
  signal?.throwIfAborted();
  const sealed = await chunkMemory.sealed.borrow(context.borrower);
  try {
    signal?.throwIfAborted();
    countPlain(context.account, content.bytes.length);
    const body = sealed.bytes.subarray(0, await codec.seal(content.bytes, sealed.bytes));
    content.release();
    const brought = await putContent(context, blobName, body, signal);
    if (brought === 'present') {
      // Somebody else sent it at the same moment, so they may have sent more of this disk.
      probing.all = true;
      probing.met += 1;
    }
    return brought;
  } finally {
    sealed.release();
  }
}
