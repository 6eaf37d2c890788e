import { objectError } from '../../storage/object-error';
import type { BlockRun } from './block-map';
import { dataBlocksIn } from './block-map';
import { byteReader, byteWriter } from './byte-io';
import { DIGEST_BYTES } from './digests';
import { BLOCKS_PER_CHUNK, CHUNKS_PER_SEGMENT, MAX_PATCHES } from './geometry';
import type { ChunkEntry, DigestsRef, PackRef, Patch, Segment } from './segment';

/** Worst case: 256 chunks with 8 patches of 512 runs each, and some room. */
export const MAX_SEGMENT_BYTES = 8 * 1024 * 1024;
/** Every chunk of a segment written new, 16 bytes for each block. */
export const MAX_DIGESTS_BYTES = CHUNKS_PER_SEGMENT * BLOCKS_PER_CHUNK * DIGEST_BYTES;
/** Writers close packs earlier, at 8 or 16 MiB; the last patch may pass that. */
export const MAX_PACK_BYTES = 24 * 1024 * 1024;

const FLAG = { base: 1, content: 2 } as const;
const PATCHES_SHIFT = 4;
const ZERO_RUN = 0x8000;

/** The plain bytes of a segment. Equal segments give equal bytes: tables are in the order of first use. */
export function encodeSegment(segment: Segment): Buffer {
  const entries = withoutTrailingHoles(segment);
  const packs = tableOf<PackRef>();
  const digests = tableOf<{ name: string }>();
  const body = byteWriter();
  for (const entry of entries) encodeEntry(entry);

  const head = byteWriter();
  head.u16(entries.length);
  head.u16(packs.items.length);
  for (const pack of packs.items) {
    head.hash(pack.name);
    head.u32(pack.sizeBytes);
  }
  head.u16(digests.items.length);
  for (const blob of digests.items) head.hash(blob.name);
  return Buffer.concat([head.result(), body.result()]);

  function encodeEntry(entry: ChunkEntry | undefined): void {
    if (!entry) {
      body.u8(0);
      return;
    }
    const { base, content, patches } = entry;
    body.u8((base ? FLAG.base : 0) | (content ? FLAG.content : 0) | (patches.length << PATCHES_SHIFT));
    if (base) {
      body.hash(base.name);
      encodeDigestsRef(base.digests);
    }
    if (content) body.hash(content);
    for (const patch of patches) encodePatch(patch);
  }

  function encodePatch({ runs, data }: Patch): void {
    body.u16(runs.length);
    for (const { start, count, zero } of runs) {
      body.u16(start);
      body.u16(count | (zero ? ZERO_RUN : 0));
    }
    if (!data) return;
    body.u16(packs.indexOf(data.pack));
    body.u32(data.offset);
    body.u32(data.length);
    body.hash(data.hash);
    encodeDigestsRef(data.digests);
  }

  function encodeDigestsRef({ blob, offset }: DigestsRef): void {
    body.u16(digests.indexOf(blob));
    body.u32(offset);
  }
}

/**
 * The segment that these plain bytes describe; anything the format does not allow is refused with the place
 * of it.
 */
export function decodeSegment(plain: Buffer, objectName: string): Segment {
  const fail = (detail: string): never => {
    throw objectError('VaultObjectDamaged', objectName, detail);
  };
  const read = byteReader(plain, fail);
  const entryCount = read.u16();
  if (entryCount > CHUNKS_PER_SEGMENT)
    fail(`it has ${entryCount} entries, at most ${CHUNKS_PER_SEGMENT} fit`);
  const packs = Array.from({ length: read.u16() }, (): PackRef => {
    const pack = { name: read.hash(), sizeBytes: read.u32() };
    if (pack.sizeBytes > MAX_PACK_BYTES) fail(`a pack of ${pack.sizeBytes} bytes is too large`);
    return pack;
  });
  const digests = Array.from({ length: read.u16() }, () => ({ name: read.hash() }));
  const segment: Segment = [];
  for (let chunk = 0; chunk < entryCount; chunk += 1) segment.push(decodeEntry(chunk));
  if (entryCount > 0 && !segment[entryCount - 1]) fail('its last entry is a hole');
  read.end();
  return segment;

  function decodeEntry(chunk: number): ChunkEntry | undefined {
    const flags = read.u8();
    if (flags === 0) return undefined;
    const patchCount = flags >> PATCHES_SHIFT;
    if ((flags & 0x0c) !== 0 || patchCount > MAX_PATCHES) fail(`entry ${chunk} has unknown flags ${flags}`);
    const hasContent = (flags & FLAG.content) !== 0;
    if (patchCount === 0 && hasContent) fail(`entry ${chunk} names its content twice`);
    const hasBase = (flags & FLAG.base) !== 0;
    if (!hasBase && patchCount === 0) fail(`entry ${chunk} has neither base nor patch`);
    return {
      base: hasBase ? { name: read.hash(), digests: decodeDigestsRef(chunk, BLOCKS_PER_CHUNK) } : undefined,
      content: hasContent ? read.hash() : undefined,
      patches: Array.from({ length: patchCount }, () => decodePatch(chunk)),
    };
  }

  function decodePatch(chunk: number): Patch {
    const runs = decodeRuns(chunk);
    const dataBlocks = dataBlocksIn(runs);
    if (dataBlocks === 0) return { runs };
    const pack = packs[read.u16()] ?? fail(`entry ${chunk} points to a pack that is not in the table`);
    const offset = read.u32();
    const length = read.u32();
    if (offset + length > pack.sizeBytes) fail(`a patch of entry ${chunk} lies outside its pack`);
    return {
      runs,
      data: { pack, offset, length, hash: read.hash(), digests: decodeDigestsRef(chunk, dataBlocks) },
    };
  }

  function decodeRuns(chunk: number): BlockRun[] {
    const runCount = read.u16();
    if (runCount === 0 || runCount > BLOCKS_PER_CHUNK) fail(`a patch of entry ${chunk} has ${runCount} runs`);
    let free = 0;
    return Array.from({ length: runCount }, () => {
      const start = read.u16();
      const countAndFlag = read.u16();
      const count = countAndFlag & ~ZERO_RUN;
      if (count === 0 || start < free || start + count > BLOCKS_PER_CHUNK) {
        fail(`a run of entry ${chunk} is empty, out of order, overlapping or outside the chunk`);
      }
      free = start + count;
      return { start, count, zero: (countAndFlag & ZERO_RUN) !== 0 };
    });
  }

  function decodeDigestsRef(chunk: number, blocks: number): DigestsRef {
    const blob = digests[read.u16()] ?? fail(`entry ${chunk} points to digests that are not in the table`);
    const offset = read.u32();
    if (offset + blocks * DIGEST_BYTES > MAX_DIGESTS_BYTES)
      fail(`the digests of entry ${chunk} lie outside their blob`);
    return { blob, offset };
  }
}

function withoutTrailingHoles(segment: Segment): Segment {
  let length = segment.length;
  while (length > 0 && !segment[length - 1]) length -= 1;
  return segment.slice(0, length);
}

/** A table of named things: the same name has the same place. */
function tableOf<T extends { name: string }>() {
  const items: T[] = [];
  const places = new Map<string, number>();
  return {
    items,
    indexOf(item: T): number {
      const known = places.get(item.name);
      if (known !== undefined) return known;
      places.set(item.name, items.length);
      return items.push(item) - 1;
    },
  };
}
