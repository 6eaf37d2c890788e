import type { BlockRun } from '../format/block-map';

/** A chunk that holds data, as its content tells. */
export interface ChunkContent {
  /** SHA-256 of the content, lower-case hex. */
  name: string;
  /** Of all its blocks. */
  digests: Buffer;
}

/** The data blocks of a new patch, ready for a pack. */
export interface SealedPatch {
  envelope: Buffer;
  plainBytes: number;
  /** SHA-256 of the plain blocks, lower-case hex. */
  hash: string;
  /** Of the blocks. */
  digests: Buffer;
}

/**
 * The processor's share of a transfer: hashing and compressing chunks. Buffers come from `chunk-memory`, are
 * filled in place and must be left alone until the promise settles.
 */
export interface ChunkCodec {
  /** Name and digests of a whole chunk. */
  describe(chunk: Buffer): Promise<ChunkContent>;
  /** The same unless it still is the chunk of that name: then undefined, at half the cost. */
  describeOther(chunk: Buffer, than: string | undefined): Promise<ChunkContent | undefined>;
  /**
   * Writes the envelope of `chunk` to the start of `target`, which has its `sealingRoom`, and answers its
   * length in bytes.
   */
  seal(chunk: Buffer, target: Buffer): Promise<number>;
  /** Seals the data blocks of `runs`; undefined when there are none. */
  sealPatch(chunk: Buffer, runs: readonly BlockRun[]): Promise<SealedPatch | undefined>;
  /**
   * Opens the envelope of the chunk `name` to `target`, if there is one, and checks its content against the
   * name. Throws `ObjectError`; then anything may be in the target.
   */
  open(sealed: Buffer, name: string, target?: Buffer): Promise<void>;
  /** Ends what it runs on. */
  close(): Promise<void>;
}
