/** A chunk of a disk: the unit of deduplication. The last chunk of a disk is padded with zeros. */
export const CHUNK_BYTES = 4 * 1024 * 1024;

/** A block: the unit in which change is seen and patched. File systems write in clusters of 4 KiB. */
export const BLOCK_BYTES = 4096;

export const BLOCKS_PER_CHUNK = CHUNK_BYTES / BLOCK_BYTES;

/** A segment of the index covers 256 chunks, 1 GiB of disk. */
export const CHUNKS_PER_SEGMENT = 256;

export const SEGMENT_BYTES = CHUNKS_PER_SEGMENT * CHUNK_BYTES;

/** Largest disk that the format describes: 64 TiB. */
export const MAX_DISK_BYTES = 64 * 1024 ** 4;

/** An entry of the index lists at most this many patches; then they are merged or a full chunk is written. */
export const MAX_PATCHES = 8;

/** Number of segments that a disk of this size has. */
export const segmentCountOf = (sizeBytes: number) => Math.ceil(sizeBytes / SEGMENT_BYTES);
