import fc from 'fast-check';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';
import { listPoints } from '../../src/vault/points';
import { openDiskImage } from '../../src/vault/restore/disk-image';
import { openVault } from '../../src/vault/vault';
import { backUp, restoreDisk } from './support/backups';
import { SimulatedDisk, type SimulatedSnapshot } from './support/simulated-disk';

const PAGE = 512;
const MiB = 1024 * 1024;

/** Fills that compress, that do not, that repeat, and zeros that are written as data. */
const fill = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 3 }),
  fc.integer({ min: 1000, max: 1_000_000 }),
);

const change = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      at: fc.nat(),
      pages: fc.integer({ min: 1, max: 64 }),
      fill,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      at: fc.nat(),
      pages: fc.integer({ min: 64, max: 9000 }),
      fill,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('scatter' as const),
      at: fc.nat(),
      pages: fc.integer({ min: 10, max: 60 }),
      fill,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('clear' as const),
      at: fc.nat(),
      pages: fc.integer({ min: 1, max: 9000 }),
      fill,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('grow' as const),
      at: fc.nat(),
      pages: fc.integer({ min: 1, max: 2000 }),
      fill,
    }),
  },
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const history = fc.record({
  pages: fc.oneof(fc.constant(8), fc.integer({ min: 1, max: 24_000 })),
  backups: fc.array(
    fc.record({
      changes: fc.array(change, { maxLength: 6 }),
      mode: fc.constantFrom('full', 'checksum', 'tracked'),
    }),
    { minLength: 1, maxLength: 14 },
  ),
});

function apply(disk: SimulatedDisk, { do: what, at, pages, fill: seed }: Change): void {
  const diskPages = disk.sizeBytes / PAGE;
  const start = at % diskPages;
  const length = Math.min(pages, diskPages - start);
  if (what === 'write') disk.write(start * PAGE, pattern(length * PAGE, seed));
  if (what === 'clear') disk.clear(start * PAGE, length * PAGE);
  if (what === 'grow') disk.grow(disk.sizeBytes + pages * PAGE);
  if (what === 'scatter') {
    for (let k = 0; k < pages; k += 1)
      disk.write(((start + k * 997) % diskPages) * PAGE, pattern(PAGE, seed + k));
  }
}

function pattern(length: number, seed: number): Buffer {
  if (seed < 4) return Buffer.alloc(length, seed);
  const words = new Uint32Array(length / 4);
  let state = seed | 1;
  for (let k = 0; k < words.length; k += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[k] = state;
  }
  return Buffer.from(words.buffer);
}

test('full, checksum and changed-block backups of any disk restore to the exact bytes of their snapshots', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ pages, backups }) => {
      const vault = await openVault(memoryBlobStore());
      const disk = new SimulatedDisk(pages * PAGE);
      const taken: { pointId: string; snapshot: SimulatedSnapshot }[] = [];
      for (const { changes, mode } of backups) {
        for (const step of changes) apply(disk, step);
        const last = taken.at(-1);
        const snapshot = disk.snapshot();
        const source = snapshot.source(mode === 'tracked' ? last?.snapshot : undefined);
        const base = mode === 'full' ? undefined : last?.pointId;
        const { pointId } = await backUp(vault, [{ diskId: 'os', source, base }]);
        taken.push({ pointId, snapshot });
      }
      expect((await listPoints(vault)).map(({ pointId }) => pointId)).toEqual(
        taken.map(({ pointId }) => pointId),
      );
      for (const { pointId, snapshot } of taken) {
        expect((await restoreDisk(vault, pointId, 'os')).equals(snapshot.bytes())).toBe(true);
      }
    }),
    { numRuns: 25 },
  );
});

test('any range of a disk reads as in the snapshot', async () => {
  const vault = await openVault(memoryBlobStore());
  const disk = new SimulatedDisk(11 * MiB + PAGE);
  disk.write(MiB, pattern(2 * MiB, 77));
  disk.write(7 * MiB, pattern(3 * MiB, 78));
  const first = disk.snapshot();
  const base = (await backUp(vault, [{ diskId: 'lun-0', source: first.source() }])).pointId;
  disk.write(2 * MiB, pattern(PAGE, 79));
  disk.write(disk.sizeBytes - PAGE, pattern(PAGE, 80));
  const second = disk.snapshot();
  const point = await backUp(vault, [{ diskId: 'lun-0', source: second.source(first), base }]);
  const image = await openDiskImage(vault, point.pointId, 'lun-0');
  const whole = second.bytes();
  await fc.assert(
    fc.asyncProperty(fc.nat(disk.sizeBytes), fc.nat(disk.sizeBytes), async (a, b) => {
      const [from, to] = a < b ? [a, b] : [b, a];
      expect((await image.read({ offset: from, length: to - from })).equals(whole.subarray(from, to))).toBe(
        true,
      );
    }),
    { numRuns: 60 },
  );
});

test('a disk with data far apart is transferred in parts of segments, and only segments with data are stored', async () => {
  const vault = await openVault(memoryBlobStore());
  const GiB = 1024 * MiB;
  const disk = new SimulatedDisk(1024 * GiB);
  for (const at of [0, 1, 5, 300, 1023]) disk.write(at * GiB + 12 * MiB, pattern(64 * 1024, at + 5));
  const first = disk.snapshot();
  const base = await backUp(vault, [{ diskId: 'lun-0', source: first.source() }]);
  disk.write(300 * GiB, pattern(4096, 99));
  const second = disk.snapshot();
  for (const source of [second.source(first), second.source()]) {
    const point = await backUp(vault, [{ diskId: 'lun-0', source, base: base.pointId }]);
    const image = await openDiskImage(vault, point.pointId, 'lun-0');
    expect(image.index.filter((name) => name !== null)).toHaveLength(5);
    for (const at of [0, 5, 300, 1023]) {
      const range = { offset: at * GiB, length: 16 * MiB };
      expect((await image.read(range)).equals(second.bytes(range))).toBe(true);
    }
  }
});
