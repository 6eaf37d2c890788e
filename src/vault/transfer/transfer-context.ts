import type { DiskSource } from '../../disks/ports';
import type { ChunkCodec } from '../codec/chunk-codec';
import type { Borrower } from '../codec/chunk-memory';
import type { TransferCounts } from '../format/counts';
import type { ContentWriter } from '../objects/content';

/** What the steps of one part share. */
export interface TransferContext extends ContentWriter {
  source: DiskSource;
  codec: ChunkCodec;
  /** Who borrows the buffers for the chunks of this part. */
  borrower: Borrower;
  probing: Probing;
  counts: TransferCounts;
  signal?: AbortSignal;
  /** Chunks on their way in this part, so that equal ones are sent once. */
  chunksInFlight: Map<string, Promise<void>>;
  progress(): void;
}

/** Whether to ask for a chunk before sending it. Shared by all chunks of a part. */
export interface Probing {
  /** False while no chunk can be in the vault yet. */
  all: boolean;
  /** So many chunks are asked for anyway: one that is there shows that others may be. */
  first: number;
}
