import type { BlockRun } from './block-map';

/** A pack of patches: a blob named by the SHA-256 of its bytes. */
export interface PackRef {
  name: string;
  sizeBytes: number;
}

/** Digests of blocks, beside the index: a blob named by the SHA-256 of its plain bytes. */
export interface DigestsRef {
  blob: { name: string };
  /** Where the digests of these blocks start, in bytes of the plain blob. */
  offset: number;
}

/** The data blocks of a patch: one envelope inside a pack. */
export interface PatchData {
  pack: PackRef;
  /** Place of the envelope in the pack, in bytes. */
  offset: number;
  length: number;
  /** SHA-256 of the plain data blocks. */
  hash: string;
  digests: DigestsRef;
}

/** Blocks of a chunk that differ from what came before. */
export interface Patch {
  /** Sorted and disjoint. */
  runs: BlockRun[];
  /** Absent when the patch only clears blocks. */
  data?: PatchData;
}

/** One chunk of a disk: a base, then patches laid over it in order. */
export interface ChunkEntry {
  /** The base chunk; absent when the base is all zeros. */
  base?: { name: string; digests: DigestsRef };
  /** At most `MAX_PATCHES`. */
  patches: Patch[];
  /** SHA-256 of the chunk with its patches applied, where the writer saw all of it. Only with patches. */
  content?: string;
}

/** Up to 256 chunks of a disk in order; undefined, and everything after the end of the list, is zeros. */
export type Segment = (ChunkEntry | undefined)[];

/** The name that the whole content of a chunk has, when it is known. */
export const contentNameOf = (entry: ChunkEntry) =>
  entry.patches.length === 0 ? entry.base?.name : entry.content;
