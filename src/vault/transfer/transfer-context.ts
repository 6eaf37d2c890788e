import type { TransferCounts } from '../format/counts';
import type { ContentWriter } from '../objects/content';
import type { DiskSource } from '../ports';

/** What the steps of one part share. */
export interface TransferContext extends ContentWriter {
  source: DiskSource;
  /** False when no chunk can be in the vault yet. */
  probeChunks: boolean;
  counts: TransferCounts;
  signal?: AbortSignal;
  /** Chunks on their way in this part, so that equal ones are sent once. */
  chunksInFlight: Map<string, Promise<void>>;
  progress(): void;
}
