import type { TransferCounts } from '../format/counts';
import type { DiskSource } from '../ports';
import type { BlobStore } from '../store/blob-store';

/** What the steps of one part share. */
export interface TransferContext {
  store: BlobStore;
  source: DiskSource;
  /** Blobs older than this are touched before the run relies on them. */
  freshSince: string;
  /** False when no chunk can be in the vault yet. */
  probeChunks: boolean;
  counts: TransferCounts;
  signal?: AbortSignal;
  /** Chunks on their way in this part, so that equal ones are sent once. */
  chunksInFlight: Map<string, Promise<void>>;
  progress(): void;
}
