import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { buildImages } from '../../bench/support/images/build-images';
import { CHANGE_SETS, rewritten } from '../../bench/support/images/change-sets';
import { nonZeroRanges } from '../../bench/support/images/image-file';

const MIB = 2 ** 20;
const BLOCK = 4096;
const SECTOR = 512;

/** Where a disk of 64 to 128 MiB may have data: a run, a hole, a run. */
const disks = fc
  .record({
    size: fc.integer({ min: 64, max: 128 }),
    first: fc.integer({ min: 20, max: 30 }),
    hole: fc.integer({ min: 0, max: 8 }),
  })
  .map(({ size, first, hole }) => ({
    sizeBytes: size * MIB,
    allocated: [
      { offset: 0, length: first * MIB },
      { offset: (first + hole) * MIB, length: 20 * MIB },
    ],
  }));

describe('change sets', () => {
  it.each(CHANGE_SETS)(
    '$version writes whole blocks inside the disk, each once, and about the share it says',
    ({ version, place }) => {
      const share = version === 'v2t' ? 0.001 : 0.01;
      fc.assert(
        fc.property(disks, ({ sizeBytes, allocated }) => {
          const ranges = place(sizeBytes, allocated);
          let end = -1;
          for (const { offset, length } of ranges) {
            expect([offset % BLOCK, length % BLOCK]).toEqual([0, 0]);
            expect(offset).toBeGreaterThan(end);
            end = offset + length;
          }
          expect(end).toBeLessThanOrEqual(sizeBytes);
          const bytes = ranges.reduce((sum, { length }) => sum + length, 0);
          expect(bytes).toBeGreaterThan(sizeBytes * share * 0.9 - BLOCK);
          expect(bytes).toBeLessThan(sizeBytes * share * 1.6 + BLOCK);
        }),
        { numRuns: 20 },
      );
    },
  );

  it('are the same every time', () => {
    const allocated = [{ offset: 0, length: 40 * MIB }];
    for (const { place } of CHANGE_SETS)
      expect(place(64 * MIB, allocated)).toEqual(place(64 * MIB, allocated));
  });

  it('change every sector of what they write, as a guest that writes whole blocks', () => {
    const before = Buffer.alloc(4 * BLOCK, 'the same text again and again ');
    const after = rewritten({ offset: 8 * BLOCK, length: before.length }, before);
    for (let at = 0; at < before.length; at += SECTOR) {
      expect(after.subarray(at, at + SECTOR).equals(before.subarray(at, at + SECTOR))).toBe(false);
    }
  });
});

describe('images', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bench-images-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('differ from the first version in the ranges that their list names, and nowhere else', async () => {
    const images = await buildImages(folder, { scale: 'tiny', disks: ['data'] });
    expect(images.map(({ name }) => name)).toEqual(['data-v1', 'data-v2c', 'data-v2s', 'data-v2t']);
    const first = await readFile(path.join(folder, 'data-v1.img'));
    for (const { version } of CHANGE_SETS) {
      const changed = await readFile(path.join(folder, `data-${version}.img`));
      const { ranges } = JSON.parse(await readFile(path.join(folder, `data-${version}.diff.json`), 'utf8'));
      for (const [offset, length] of ranges as [number, number][]) {
        for (let at = offset; at < offset + length; at += BLOCK) {
          expect(first.compare(changed, at, at + BLOCK, at, at + BLOCK)).not.toBe(0);
        }
        first.copy(changed, offset, offset, offset + length);
      }
      expect(changed.equals(first)).toBe(true);
    }
  });

  it('are kept when they are there already', async () => {
    const lines: string[] = [];
    await buildImages(folder, { scale: 'tiny', disks: ['data'], say: (line) => lines.push(line) });
    expect(lines).toEqual([]);
  });

  it('hold data in about three fifths of the disk', async () => {
    const { sizeBytes, ranges } = await nonZeroRanges(path.join(folder, 'data-v1.img'));
    const share = ranges.reduce((sum, { length }) => sum + length, 0) / sizeBytes;
    expect(share).toBeGreaterThan(0.5);
    expect(share).toBeLessThan(0.7);
  });
});
