import type { BlobStore } from '../../../src/storage/blob-store';
import { deletePoint } from '../../../src/vault/points';
import { openVault } from '../../../src/vault/vault';
import { backUp } from './backups';
import { SimulatedDisk, type SimulatedSnapshot } from './simulated-disk';

const MiB = 1024 * 1024;

/** Words that compress, different for every seed. */
const words = (length: number, seed: number) =>
  Buffer.alloc(length, `block of seed ${seed}, line `.repeat(seed + 1));

export interface GoldenDisk {
  pointId: string;
  diskId: string;
  snapshot: SimulatedSnapshot;
}

/**
 * A small vault with everything that the format knows: whole chunks, patches on bases and on zeros, zero
 * runs, an entry with as many patches as fit and merged ones, raw and compressed envelopes, holes, an odd
 * size, a shared chunk and a deleted point.
 */
export async function writeGoldenHistory(store: BlobStore): Promise<GoldenDisk[]> {
  const vault = await openVault(store);
  const golden: GoldenDisk[] = [];
  const os = new SimulatedDisk(13 * MiB + 1536);
  const data = new SimulatedDisk(4096);
  os.write(0, words(5 * MiB, 1));
  os.write(os.sizeBytes - 512, words(512, 2));
  data.write(0, Buffer.from(Array.from({ length: 4096 }, (_, k) => (k * k * 31 + (k >> 3) * 7) % 251)));
  let before: { os: SimulatedSnapshot; data: SimulatedSnapshot; pointId: string } | undefined;

  for (let round = 0; round < 12; round += 1) {
    const now = { os: os.snapshot(), data: data.snapshot() };
    const tracked = round % 2 === 1;
    const base = before?.pointId;
    const { pointId } = await backUp(
      vault,
      [
        { diskId: 'os', source: now.os.source(tracked ? before?.os : undefined), base },
        { diskId: 'lun-0', source: now.data.source(tracked ? before?.data : undefined), base },
      ],
      `golden.20300101t0000${String(round).padStart(2, '0')}z`,
    );
    before = { ...now, pointId };
    golden.push(
      { pointId, diskId: 'os', snapshot: now.os },
      { pointId, diskId: 'lun-0', snapshot: now.data },
    );
    os.write(MiB + round * 40_960, words(8192, 10 + round));
    os.write(3 * MiB, words(round * 4096 + 512, 30 + round));
    os.clear(2 * MiB + round * 4096, 6144);
    if (round === 3) os.write(9 * MiB, words(4096, 50));
    if (round === 5) data.clear(0, 4096);
    if (round === 8) os.clear(8 * MiB, 4 * MiB);
  }
  await deletePoint(vault, golden[2]!.pointId, 'an example');
  return golden.filter(({ pointId }) => pointId !== golden[2]!.pointId);
}
