import fc from 'fast-check';
import { BackupError } from '../../../src/failures/failure';
import { type BlockRun, dataBlocksIn } from '../../../src/vault/format/block-map';
import { DIGEST_BYTES } from '../../../src/vault/format/digests';
import { BLOCKS_PER_CHUNK } from '../../../src/vault/format/geometry';
import { decodeIndex, encodeIndex } from '../../../src/vault/format/index-codec';
import type { ChunkEntry, Segment } from '../../../src/vault/format/segment';
import { decodeSegment, encodeSegment } from '../../../src/vault/format/segment-codec';

const hash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const digests = fc.record({
  blob: fc.record({ name: hash }),
  offset: fc.nat(100).map((k) => k * DIGEST_BYTES),
});
const runs = fc
  .uniqueArray(fc.nat(BLOCKS_PER_CHUNK - 1), { minLength: 1, maxLength: 40 })
  .map((blocks): BlockRun[] =>
    blocks.sort((a, b) => a - b).map((start) => ({ start, count: 1, zero: start % 3 === 0 })),
  );
const patch = fc.record({
  runs,
  data: fc.record({
    pack: fc.record({ name: hash, sizeBytes: fc.constant(1_000_000) }),
    offset: fc.nat(500_000),
    length: fc.nat(500_000),
    hash,
    digests,
  }),
});
const entry = fc
  .record({
    base: fc.option(fc.record({ name: hash, digests }), { nil: undefined }),
    patches: fc.array(patch, { maxLength: 8 }),
    content: fc.option(hash, { nil: undefined }),
  })
  .map(({ base, patches, content }): ChunkEntry | undefined =>
    base || patches.length > 0
      ? {
          base,
          content: patches.length > 0 ? content : undefined,
          patches: patches.map((one) => (dataBlocksIn(one.runs) > 0 ? one : { runs: one.runs })),
        }
      : undefined,
  );
const segment = fc.array(fc.option(entry, { nil: undefined }), { maxLength: 256, size: 'medium' });

const withoutTail = (entries: Segment) =>
  entries.slice(0, entries.findLastIndex((one) => one !== undefined) + 1);

test('a segment reads back as it was written, whatever its size', () => {
  fc.assert(
    fc.property(segment, (entries) => {
      expect(decodeSegment(encodeSegment(entries), 'segments/x')).toEqual(withoutTail(entries));
    }),
    { numRuns: 60 },
  );
});

test('a full segment of heavily patched chunks reads back as it was written', () => {
  const full: Segment = Array.from({ length: 256 }, (_, k) => ({
    base: { name: 'ab'.repeat(32), digests: { blob: { name: 'cd'.repeat(32) }, offset: k * 16_384 } },
    content: undefined,
    patches: Array.from({ length: 8 }, (_unused, p) => ({
      runs: Array.from({ length: 60 }, (_none, r) => ({ start: r * 17 + p, count: 1, zero: true })),
    })),
  }));
  expect(decodeSegment(encodeSegment(full), 'segments/x')).toEqual(full);
});

test('equal segments have equal bytes, wherever their parts came from', () => {
  fc.assert(
    fc.property(segment, (entries) => {
      const again = decodeSegment(encodeSegment(entries), 'segments/x');
      expect(encodeSegment(again).equals(encodeSegment(entries))).toBe(true);
      expect(encodeSegment([...entries, undefined].slice(0, 256)).equals(encodeSegment(entries))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('hostile segments are refused by name, or mean exactly what their bytes say', () => {
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(
        segment,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
        fc.integer({ min: -40, max: 40 }),
      )
      .map(([entries, edits, longer]) => {
        const bytes = encodeSegment(entries);
        for (const [at, value] of edits) if (bytes.length > 0) bytes.writeUInt8(value, at % bytes.length);
        return longer < 0
          ? bytes.subarray(0, Math.max(0, bytes.length + longer))
          : Buffer.concat([bytes, Buffer.alloc(longer, 7)]);
      }),
  );
  fc.assert(
    fc.property(hostile, (bytes) => {
      try {
        const entries = decodeSegment(bytes, 'segments/x');
        expect(entries.length).toBeLessThanOrEqual(256);
        for (const one of entries) {
          for (const { runs: found } of one?.patches ?? []) {
            let free = 0;
            for (const { start, count } of found) {
              expect(start).toBeGreaterThanOrEqual(free);
              free = start + count;
              expect(free).toBeLessThanOrEqual(BLOCKS_PER_CHUNK);
            }
          }
        }
      } catch (error) {
        expect(error).toBeInstanceOf(BackupError);
        expect((error as Error).message).toMatch(/^VaultObjectDamaged: segments\/x: /);
      }
    }),
    { numRuns: 400 },
  );
});

test('an index reads back for its own disk size and is refused for another', () => {
  const names = ['12'.repeat(32), null, 'ab'.repeat(32)];
  const GiB = 1024 ** 3;
  expect(decodeIndex(encodeIndex(names), 3 * GiB, 'indexes/x')).toEqual(names);
  expect(decodeIndex(encodeIndex(names), 2 * GiB + 512, 'indexes/x')).toEqual(names);
  for (const size of [2 * GiB, 3 * GiB + 512, 512]) {
    expect(() => decodeIndex(encodeIndex(names), size, 'indexes/x')).toThrow('VaultObjectDamaged: indexes/x');
  }
});
