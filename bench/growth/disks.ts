import { open } from 'node:fs/promises';
import path from 'node:path';
import type { ContainerClient } from '@azure/storage-blob';
import { noise } from '../../local/fleet/content';
import { type CountedAzurite, startCountedAzurite, totalOf } from '../support/counted-azurite';
import { type EmulatedAzure, startEmulatedAzure } from '../support/emulated-azure';
import { spreadOf } from '../support/statistics';
import { type MeasuredDataPath, runInProcess } from '../system/run-data-path';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const PIECE = 64 * KIB;
/** Data on every disk, evenly spread: each has as much to read at first, whatever its size. */
const DATA_BYTES = 64 * MIB;

/** Where the guest writes: all over the disk, or in the data of its first GiB. */
export type Spread = 'near' | 'all over';

/** One delta of one disk. */
export interface DeltaRow {
  diskGiB: number;
  changedMiB: number;
  spread: Spread;
  /** Median of the repeats. */
  seconds: number;
  requests: number;
  uploadedMiB: number;
  /** Blobs of the index written for this point alone: segments, digests and the index. */
  indexKiB: number;
  manifestBytes: number;
  /** Blobs of the plan and the parts. */
  runKiB: number;
  peakMiB: number;
}

export interface DisksOptions {
  work: string;
  sizesGiB: number[];
  changesMiB: number[];
  repeats: number;
  say(line: string): void;
}

/** How the time, the requests and the bytes of a delta grow with the disk and with what changed. */
export async function measureDisks(options: DisksOptions): Promise<DeltaRow[]> {
  const { work, sizesGiB, changesMiB, say } = options;
  const azurite = await startCountedAzurite(path.join(work, 'azurite'));
  let azure: EmulatedAzure | undefined;
  try {
    for (const size of sizesGiB) {
      // Images are never modified: what the guest writes is brought to the emulator as a second file.
      for (const file of [imageOf(work, size), changedOf(work, size)]) await makeDisk(file, size * GIB);
    }
    azure = await startEmulatedAzure(
      work,
      sizesGiB.map((size) => ({ name: `disk-${size}`, disks: [{ lun: -1, image: imageOf(work, size) }] })),
    );
    const rows: DeltaRow[] = [];
    for (const size of sizesGiB) {
      const disk = await firstBackup(azurite, azure, size);
      for (const spread of ['near', 'all over'] as const) {
        for (const change of changesMiB) {
          const row = await measureDelta(azurite, azure, disk, { ...options, spread, change });
          say(describe(row));
          rows.push(row);
        }
      }
    }
    return rows;
  } finally {
    await azure?.stop();
    await azurite.stop();
  }
}

/** A sparse file with pieces of data at equal distances. */
async function makeDisk(file: string, sizeBytes: number): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.truncate(sizeBytes);
    for (const offset of placesOf(sizeBytes, DATA_BYTES, 'all over')) {
      await handle.write(noise(`${sizeBytes} ${offset}`, PIECE), 0, PIECE, offset);
    }
  } finally {
    await handle.close();
  }
}

const imageOf = (folder: string, sizeGiB: number) => path.join(folder, `disk-${sizeGiB}.img`);
const changedOf = (folder: string, sizeGiB: number) => path.join(folder, `changed-${sizeGiB}.img`);

function placesOf(sizeBytes: number, bytes: number, spread: Spread): number[] {
  const pieces = bytes / PIECE;
  const distance = Math.floor((spread === 'near' ? GIB : sizeBytes) / pieces / PIECE) * PIECE;
  return Array.from({ length: pieces }, (_, piece) => piece * distance);
}

interface KnownDisk {
  sizeGiB: number;
  container: string;
  pointId: string;
  sourceId: string;
  snapshots: number;
}

async function firstBackup(
  azurite: CountedAzurite,
  azure: EmulatedAzure,
  sizeGiB: number,
): Promise<KnownDisk> {
  const container = `growth-${sizeGiB}`;
  const sourceId = await snapshotOf(azure, sizeGiB, 0);
  const { pointId = '' } = await runInProcess({
    ...around(azurite, azure),
    container,
    do: 'back up',
    vmKey: 'growth',
    sourceId,
  });
  await azure.endAccess(sourceId);
  return { sizeGiB, container, pointId, sourceId, snapshots: 0 };
}

/** A measured delta; `grown` are the bytes by which a folder of the vault grew. */
type Delta = MeasuredDataPath & { requests: number; grown(folder: string): number };

async function measureDelta(
  azurite: CountedAzurite,
  azure: EmulatedAzure,
  disk: KnownDisk,
  options: DisksOptions & { spread: Spread; change: number },
): Promise<DeltaRow> {
  const { spread, change, repeats, work } = options;
  const { sizeGiB, container } = disk;
  const blobs = azurite.client.getContainerClient(container);
  const changed = changedOf(work, sizeGiB);
  const deltas: Delta[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    disk.snapshots += 1;
    await rewrite(changed, placesOf(sizeGiB * GIB, change * MIB, spread), `${spread} ${change} ${repeat}`);
    await azure.admin.writeImage(`disk-${sizeGiB}`, -1, changed);
    const sourceId = await snapshotOf(azure, sizeGiB, disk.snapshots);
    const before = await bytesByFolder(blobs);
    await azurite.takeRequests();
    const result = await runInProcess({
      ...around(azurite, azure),
      container,
      do: 'back up',
      vmKey: 'growth',
      sourceId,
      baseSourceId: disk.sourceId,
      basePointId: disk.pointId,
    });
    const requests = totalOf(await azurite.takeRequests());
    await azure.endAccess(sourceId, disk.sourceId);
    const after = await bytesByFolder(blobs);
    const grown = (folder: string) => (after[folder] ?? 0) - (before[folder] ?? 0);
    deltas.push({ ...result, requests, grown });
    disk.pointId = result.pointId ?? disk.pointId;
    disk.sourceId = sourceId;
  }
  const median = (value: (delta: Delta) => number) => spreadOf(deltas.map(value)).median;
  return {
    diskGiB: sizeGiB,
    changedMiB: median(({ summary }) => summary?.counts.changedBytes ?? 0) / MIB,
    spread,
    seconds: median(({ seconds }) => seconds),
    requests: median(({ requests }) => requests),
    uploadedMiB: median(({ summary }) => summary?.counts.sentPlainBytes ?? 0) / MIB,
    indexKiB: median(({ grown }) => grown('segments') + grown('digests') + grown('indexes')) / KIB,
    manifestBytes: median(({ grown }) => grown('points')),
    runKiB: median(({ grown }) => grown('runs')) / KIB,
    peakMiB: Math.max(...deltas.map(({ usage }) => usage.peakBytes)) / MIB,
  };
}

async function rewrite(file: string, places: number[], seed: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    for (const offset of places) await handle.write(noise(`${seed} ${offset}`, PIECE), 0, PIECE, offset);
  } finally {
    await handle.close();
  }
}

async function snapshotOf(azure: EmulatedAzure, sizeGiB: number, number: number): Promise<string> {
  const [disk] = (await azure.snapshot(`disk-${sizeGiB}`, `growth-${sizeGiB}-${number}`)).disks;
  if (!disk) throw new Error('The snapshot has no disk.');
  return disk.sourceId;
}

const around = ({ connectionString }: CountedAzurite, { url, subscriptionId }: EmulatedAzure) => ({
  connectionString,
  emulatorUrl: url,
  subscriptionId,
});

async function bytesByFolder(blobs: ContainerClient): Promise<Record<string, number>> {
  const bytes: Record<string, number> = {};
  for await (const { name, properties } of blobs.listBlobsFlat()) {
    const folder = name.slice(0, name.indexOf('/'));
    bytes[folder] = (bytes[folder] ?? 0) + (properties.contentLength ?? 0);
  }
  return bytes;
}

const describe = ({ diskGiB, changedMiB, spread, seconds, requests, peakMiB }: DeltaRow): string =>
  `disk of ${diskGiB} GiB, ${changedMiB.toFixed(1)} MiB changed ${spread}: ${seconds.toFixed(2)} s, ${requests} requests, peak ${peakMiB.toFixed(0)} MiB`;
