/** A run of bytes of a disk, in bytes from its start. */
export interface ByteRange {
  offset: number;
  length: number;
}

/** A run that differs from the base snapshot: written with new data, or cleared (it reads as zeros now). */
export interface ChangedRange extends ByteRange {
  cleared: boolean;
}

/**
 * One disk of one snapshot, as the vault reads it. Ranges come sorted, disjoint, inside the disk and aligned
 * to 512 bytes; whoever implements this has already refused anything else.
 */
export interface DiskSource {
  /** Size of the disk in bytes, without any VHD footer. */
  readonly sizeBytes: number;
  /** The ranges that may hold data; everything outside reads as zeros. */
  allocatedRanges(window?: ByteRange): Promise<ByteRange[]>;
  /**
   * What changed since the base snapshot this source was opened with; absent when it was opened without one.
   */
  changedRanges?(window?: ByteRange): Promise<ChangedRange[]>;
  /**
   * Fills `target` with the bytes from `offset` on, all of it, or throws. When it has settled, nothing is
   * written to `target` any more.
   */
  read(offset: number, target: Buffer, signal?: AbortSignal): Promise<void>;
}

/** A disk that is being restored. Everything that is never written reads as zeros. */
export interface DiskTarget {
  readonly sizeBytes: number;
  /** When it has settled, `bytes` are not looked at any more. */
  write(offset: number, bytes: Buffer, signal?: AbortSignal): Promise<void>;
}
