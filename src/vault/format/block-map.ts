import { BLOCK_BYTES, BLOCKS_PER_CHUNK, CHUNK_BYTES } from './geometry';

/** What a patch does with a block of its chunk. */
export const BLOCK = { keep: 0, data: 1, zero: 2 } as const;

/** One state of `BLOCK` for each block of a chunk. */
export type BlockMap = Uint8Array;

/** Blocks `start` … `start + count - 1` of a chunk: new data, or zeros. */
export interface BlockRun {
  start: number;
  count: number;
  zero: boolean;
}

export const emptyBlockMap = (): BlockMap => new Uint8Array(BLOCKS_PER_CHUNK);

/** The runs of a map in order; neighbouring blocks of the same state are one run. */
export function runsOf(map: BlockMap): BlockRun[] {
  const runs: BlockRun[] = [];
  let start = 0;
  while (start < map.length) {
    const state = map[start];
    let end = start + 1;
    while (end < map.length && map[end] === state) end += 1;
    if (state !== BLOCK.keep) runs.push({ start, count: end - start, zero: state === BLOCK.zero });
    start = end;
  }
  return runs;
}

/** Lays runs over a map: later runs win. */
export function applyRuns(map: BlockMap, runs: readonly BlockRun[]): void {
  for (const { start, count, zero } of runs) map.fill(zero ? BLOCK.zero : BLOCK.data, start, start + count);
}

export function countBlocks(map: BlockMap, state: number): number {
  let count = 0;
  for (const block of map) if (block === state) count += 1;
  return count;
}

/** How many blocks of data the runs bring along. */
export const dataBlocksIn = (runs: readonly BlockRun[]) =>
  runs.reduce((blocks, run) => blocks + (run.zero ? 0 : run.count), 0);

/** The blocks that the runs call data, one after another. */
export function gatherBlocks(content: Buffer, runs: readonly BlockRun[]): Buffer {
  const pieces = runs
    .filter((run) => !run.zero)
    .map((run) => content.subarray(run.start * BLOCK_BYTES, (run.start + run.count) * BLOCK_BYTES));
  return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
}

/** Puts gathered blocks back into a chunk and clears its zero runs. */
export function scatterBlocks(content: Buffer, runs: readonly BlockRun[], gathered: Buffer): void {
  let from = 0;
  for (const { start, count, zero } of runs) {
    const to = start * BLOCK_BYTES;
    const length = count * BLOCK_BYTES;
    if (zero) content.fill(0, to, to + length);
    else from += gathered.copy(content, to, from, from + length);
  }
}

const ZEROS = Buffer.alloc(CHUNK_BYTES);

/** True when every byte is zero. `bytes` is at most one chunk long. */
export const isZero = (bytes: Buffer) => bytes.equals(ZEROS.subarray(0, bytes.length));

export const isZeroBlock = (content: Buffer, block: number) =>
  isZero(content.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES));
