import type { MovedBytes } from '../../disks/disk-bytes';
import type { DiskSource } from '../../disks/ports';
import type { ChunkCodec } from '../codec/chunk-codec';
import type { Borrower } from '../codec/chunk-memory';
import type { TransferCounts } from '../format/counts';
import type { ContentWriter } from '../objects/content';
import type { ContentAccount } from '../objects/content-account';
import type { InFlight } from '../objects/in-flight';

/** What the steps of one part share. */
export interface TransferContext extends ContentWriter {
  source: DiskSource;
  codec: ChunkCodec;
  /** Who borrows the buffers for the chunks of this part. */
  borrower: Borrower;
  probing: Probing;
  counts: TransferCounts;
  account: ContentAccount;
  signal?: AbortSignal;
  /** What this process has on its way into the vault, so that equal content is sent once. */
  inFlight: InFlight;
  /** Tells how far the part is; `ahead` moved what is not written down yet. */
  progress(ahead: MovedBytes): void;
}

/** Whether to ask for a chunk before sending it. Shared by all chunks of a part. */
export interface Probing {
  /** False while no chunk can be in the vault yet. */
  all: boolean;
  /** So many chunks are asked for anyway: one that is there shows that others may be. */
  first: number;
  /** How many were sent that somebody else sent at the same moment. */
  met: number;
}
