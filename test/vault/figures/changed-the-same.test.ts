import fc from 'fast-check';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { openVault } from '../../../src/vault/vault';
import { backUp } from '../support/backups';
import { SimulatedDisk } from '../support/simulated-disk';

const MiB = 1024 * 1024;
const BLOCK = 4096;
/** Neither a whole number of chunks nor of blocks. */
const SIZE = 13 * MiB + 1536;

/** What a guest does; pages of 512 bytes. `fill` 0 writes zeros, which tracking calls data. */
const deed = fc.record({
  what: fc.constantFrom('write' as const, 'write' as const, 'clear' as const, 'again' as const),
  at: fc.nat(SIZE / 512 - 1),
  pages: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 12_000 })),
  fill: fc.constantFrom(0, 1, 2, 3),
});
const days = fc.array(fc.array(deed, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 5 });

/** The judge: two images side by side, block by block. */
function compare(before: Buffer, now: Buffer) {
  let changedBytes = 0;
  let zeroedBytes = 0;
  for (let at = 0; at < now.length; at += BLOCK) {
    const block = now.subarray(at, at + BLOCK);
    if (block.equals(before.subarray(at, at + BLOCK))) continue;
    changedBytes += BLOCK;
    if (block.every((byte) => byte === 0)) zeroedBytes += BLOCK;
  }
  return { changedBytes, zeroedBytes };
}

function act(
  disk: SimulatedDisk,
  { what, at, pages, fill }: typeof deed extends fc.Arbitrary<infer D> ? D : never,
) {
  const offset = at * 512;
  const length = Math.min(pages * 512, SIZE - offset);
  if (what === 'clear') disk.clear(offset, length);
  else if (what === 'write') disk.write(offset, Buffer.alloc(length, fill));
  // The same bytes once more: written, and yet not changed.
  else disk.write(offset, disk.snapshot().bytes({ offset, length }));
}

test('changed and zeroed bytes are those of the images, whichever way the changes were found', async () => {
  await fc.assert(
    fc.asyncProperty(days, async (history) => {
      const disk = new SimulatedDisk(SIZE);
      const vaults = {
        tracked: await openVault(memoryBlobStore()),
        compared: await openVault(memoryBlobStore()),
      };
      const bases: Record<string, string | undefined> = {};
      let before = disk.snapshot();
      let image: Buffer = Buffer.alloc(SIZE);
      for (const day of history) {
        for (const each of day) act(disk, each);
        const now = disk.snapshot();
        const truth = compare(image, now.bytes());
        const first = bases.tracked === undefined;
        for (const [mode, vault] of Object.entries(vaults)) {
          const source = now.source(mode === 'tracked' && !first ? before : undefined);
          const point = await backUp(vault, [{ diskId: 'os', source, base: bases[mode] }]);
          bases[mode] = point.pointId;
          const { changedBytes, zeroedBytes, logicalBytes } = point.disks[0]!.counts;
          expect([mode, { changedBytes, zeroedBytes }, logicalBytes]).toEqual([mode, truth, SIZE]);
        }
        before = now;
        image = now.bytes();
      }
    }),
    { numRuns: 12 },
  );
});

test('256 MiB that are cleared count as changed and as zeroed in every mode', async () => {
  const size = 260 * MiB;
  const disk = new SimulatedDisk(size);
  disk.write(0, Buffer.alloc(size, 7));
  const before = disk.snapshot();
  const vault = await openVault(memoryBlobStore());
  const { pointId: base } = await backUp(vault, [{ diskId: 'os', source: before.source() }]);
  disk.clear(2 * MiB, 256 * MiB);
  const now = disk.snapshot();
  for (const since of [before, undefined]) {
    const point = await backUp(vault, [{ diskId: 'os', source: now.source(since), base }]);
    expect(point.disks[0]!.counts).toMatchObject({
      changedBytes: 256 * MiB,
      zeroedBytes: 256 * MiB,
    });
  }
});
