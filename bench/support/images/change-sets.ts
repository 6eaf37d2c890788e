import { noise } from '../../../local/fleet/content';
import type { ByteRange } from '../../../src/disks/ports';

const KIB = 1024;
const BLOCK = 4 * KIB;
const SECTOR = 512;

/** What changed on a disk between two backups. */
export interface ChangeSet {
  version: 'v2c' | 'v2s' | 'v2t';
  what: string;
  /**
   * The ranges that the guest writes, given those that hold data. Sorted, disjoint, whole blocks of 4 KiB.
   */
  place(sizeBytes: number, allocated: ByteRange[]): ByteRange[];
}

/**
 * The change sets of every disk: the same share of its size, once clustered as files are, once scattered as
 * databases do.
 */
export const CHANGE_SETS: ChangeSet[] = [
  { version: 'v2c', what: '1 % clustered in files', place: clustered },
  { version: 'v2s', what: '1 % scattered 4 KiB', place: (size, ranges) => scattered(size / 100, ranges) },
  { version: 'v2t', what: '0.1 % scattered 4 KiB', place: (size, ranges) => scattered(size / 1000, ranges) },
];

/**
 * Half of it in replaced files all over, a quarter in runs inside one database, a quarter in one new file in
 * free space.
 */
function clustered(sizeBytes: number, allocated: ByteRange[]): ByteRange[] {
  const budget = sizeBytes / 100;
  const blocks = new Set<number>();
  const random = numbers('clustered');
  const all = blocksOf(allocated);
  const run = (index: number, count: number) => {
    for (const block of all.slice(index, index + count)) blocks.add(block);
  };
  const fill = (share: number, runBytes: number, from: number, to: number) => {
    const target = blocks.size + (budget * share) / BLOCK;
    const length = Math.max(1, Math.min(runBytes, budget * share) / BLOCK);
    while (blocks.size < target) run(from + (random() % Math.max(1, to - from)), length);
  };
  fill(0.5, 512 * KIB, 0, all.length);
  const database = Math.floor(all.length / 3);
  fill(0.25, 64 * KIB, database, database + Math.ceil((budget * 4) / BLOCK));
  const start = freeBlock(sizeBytes, allocated, budget / 4);
  for (let block = start; block < start + budget / 4 / BLOCK; block += 1) blocks.add(block);
  return rangesOf(blocks);
}

function scattered(budget: number, allocated: ByteRange[]): ByteRange[] {
  const all = blocksOf(allocated);
  const random = numbers('scattered');
  const picked = new Set<number>();
  const wanted = Math.min(Math.floor(budget / BLOCK), all.length);
  while (picked.size < wanted) picked.add(all[random() % all.length] ?? 0);
  return rangesOf(picked);
}

/**
 * The new content of a range, different in every sector: every other block random, the rest rearranged and
 * stamped, so that it compresses about as before.
 */
export function rewritten(range: ByteRange, before: Buffer): Buffer {
  const after = Buffer.from(before);
  for (let at = 0; at < after.length; at += BLOCK) {
    const position = range.offset + at;
    const fresh = noise(`write ${position}`, BLOCK);
    if ((position / BLOCK) % 2 === 0) fresh.copy(after, at);
    else rearrange(after.subarray(at, at + BLOCK), fresh);
  }
  return after;
}

function rearrange(block: Buffer, fresh: Buffer): void {
  block.copyWithin(0, 2 * KIB, 3 * KIB);
  for (let sector = 0; sector < BLOCK; sector += SECTOR) fresh.copy(block, sector, sector, sector + 8);
}

function blocksOf(ranges: ByteRange[]): number[] {
  const blocks: number[] = [];
  for (const { offset, length } of ranges) {
    for (let at = offset; at < offset + length; at += BLOCK) blocks.push(at / BLOCK);
  }
  return blocks;
}

function rangesOf(blocks: Set<number>): ByteRange[] {
  const ranges: ByteRange[] = [];
  for (const block of [...blocks].sort((left, right) => left - right)) {
    const last = ranges.at(-1);
    if (last && last.offset + last.length === block * BLOCK) last.length += BLOCK;
    else ranges.push({ offset: block * BLOCK, length: BLOCK });
  }
  return ranges;
}

/** The first block of a hole that takes `bytes`; the end of the disk where there is none. */
function freeBlock(sizeBytes: number, allocated: ByteRange[], bytes: number): number {
  let end = 0;
  for (const { offset, length } of allocated) {
    if (offset - end >= bytes) break;
    end = offset + length;
  }
  return Math.min(Math.ceil(end / BLOCK), Math.floor((sizeBytes - bytes) / BLOCK));
}

/** An endless sequence of numbers of 32 bits, the same for the same seed. */
function numbers(seed: string): () => number {
  let batch = 0;
  let bytes: Buffer = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at >= bytes.length) {
      bytes = noise(`${seed} ${batch}`, 64 * KIB);
      batch += 1;
      at = 0;
    }
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
}
