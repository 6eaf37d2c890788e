import { recentlyUsed } from '../../basics/recently-used';
import type { BlobStore } from '../../storage/blob-store';
import { objectError } from '../../storage/object-error';
import { CHUNK_BYTES, CHUNKS_PER_SEGMENT } from '../format/geometry';
import type { DiskIndex } from '../format/index-codec';
import type { ChunkEntry, Segment } from '../format/segment';
import { notingDamage } from '../objects/damage-notes';
import { readSegment } from '../objects/read-index';

const SEGMENTS_KEPT = 16;

/** The segments of one disk, read as they are needed. */
export interface SegmentEntries {
  /** The entries of one segment; none where a whole GiB is zeros. */
  segment(segment: number): Promise<Segment>;
  /** What one chunk is made of; undefined for zeros. */
  entry(chunk: number): Promise<ChunkEntry | undefined>;
}

/**
 * Opens the segments of a disk of `sizeBytes`. Fails with `VaultObjectDamaged` where one goes on beyond the
 * disk's end.
 */
export function segmentEntries(store: BlobStore, index: DiskIndex, sizeBytes: number): SegmentEntries {
  const lastChunk = Math.ceil(sizeBytes / CHUNK_BYTES) - 1;
  const segments = recentlyUsed(SEGMENTS_KEPT, async (segment): Promise<Segment> => {
    const name = index[Number(segment)];
    if (!name) return [];
    const entries = await notingDamage(store, () => readSegment(store, name));
    if (Number(segment) * CHUNKS_PER_SEGMENT + entries.length - 1 > lastChunk) {
      throw objectError(
        'VaultObjectDamaged',
        `segments/${name}`,
        'it has entries beyond the end of the disk',
      );
    }
    return entries;
  });
  return {
    segment: (segment) => segments(String(segment)),
    entry: async (chunk) =>
      (await segments(String(Math.floor(chunk / CHUNKS_PER_SEGMENT))))[chunk % CHUNKS_PER_SEGMENT],
  };
}
