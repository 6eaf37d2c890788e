import type { ByteRange, ChangedRange } from '../../disks/ports';
import type { SealedPatch } from '../codec/chunk-codec';
import type { BlockRun } from '../format/block-map';
import type { ChunkEntry } from '../format/segment';

/** One chunk to look at. */
export interface ChunkTask {
  /** Number of the chunk on the disk. */
  chunk: number;
  /** What the base point has there; undefined for zeros. */
  base: ChunkEntry | undefined;
  /** Its allocated or changed ranges, cut at its borders. */
  ranges: (ByteRange | ChangedRange)[];
}

/** What became of a chunk. The chunk itself is in the vault already; a patch still has to go into a pack. */
export type ChunkOutcome =
  | { kind: 'unchanged' }
  | { kind: 'hole' }
  | { kind: 'chunk'; name: string; digests: Buffer }
  | {
      kind: 'patch';
      runs: BlockRun[];
      data?: SealedPatch;
      content?: string;
      /** How many of the newest patches this one takes the place of. */
      replaces: number;
    };
