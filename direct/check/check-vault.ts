import { orderedParallel } from '../../src/basics/ordered-parallel';
import type { ByteRange } from '../../src/disks/ports';
import type { Failure } from '../../src/failures/failure';
import { ObjectError } from '../../src/storage/object-error';
import { CHUNK_BYTES } from '../../src/vault/format/geometry';
import type { ManifestDisk, RecoveryPoint } from '../../src/vault/format/manifest';
import { sha256Hex } from '../../src/vault/format/names';
import type { ChunkEntry } from '../../src/vault/format/segment';
import { readPoint, surveyPoints } from '../../src/vault/points';
import { type DiskImage, diskImageOf } from '../../src/vault/restore/disk-image';
import { chunkOf, segmentRange, segmentsWithData } from '../../src/vault/restore/plan-restore';
import type { Vault } from '../../src/vault/vault';
import { addDamage, type DamagedRange } from '../export/damage';

const CHUNKS_AT_ONCE = 8;

export interface CheckOptions {
  /** All points when left out. */
  pointIds?: string[];
  onProgress?: (progress: CheckProgress) => void;
  signal?: AbortSignal;
}

export interface CheckProgress {
  donePoints: number;
  points: number;
  /** Chunks that were read back; what points share is read once. */
  checkedChunks: number;
}

/** A disk of a point of which something cannot be read. */
export interface DamagedDisk {
  pointId: string;
  diskId: string;
  damagedBytes: number;
  damage: DamagedRange[];
}

export interface CheckReport extends CheckProgress {
  /** Whether every point can be restored whole. */
  sound: boolean;
  damaged: DamagedDisk[];
  /** Points whose manifest cannot be read. */
  refused: { pointId: string; failure: Failure }[];
}

/**
 * Reads back everything that restoring the points of a vault needs, and checks every byte against its name.
 * Damage costs the range it is in, and the rest is checked. Writes nothing. Throws `RecoveryPointNotFound`
 * and
 * what the storage refuses.
 */
export async function checkVault(vault: Vault, options: CheckOptions = {}): Promise<CheckReport> {
  const { points, refused } = await pointsOf(vault, options.pointIds);
  const report: CheckReport = {
    donePoints: 0,
    points: points.length,
    checkedChunks: 0,
    sound: refused.length === 0,
    damaged: [],
    refused,
  };
  const checking: Checking = { vault, options, report, seen: new Map() };
  for (const point of points.reverse()) {
    for (const disk of point.disks) await checkDisk(checking, point, disk);
    report.donePoints += 1;
    tell(checking);
  }
  return report;
}

interface Checking {
  vault: Vault;
  options: CheckOptions;
  report: CheckReport;
  /** What chunks were found to be, by what they are made of; an error where one cannot be read. */
  seen: Map<string, Promise<ObjectError | undefined>>;
}

async function pointsOf(vault: Vault, pointIds: string[] | undefined) {
  if (!pointIds) return surveyPoints(vault);
  const points: RecoveryPoint[] = [];
  for (const pointId of pointIds) points.push(await readPoint(vault, pointId));
  return { points, refused: [] };
}

async function checkDisk(checking: Checking, { pointId }: RecoveryPoint, disk: ManifestDisk): Promise<void> {
  const damage: DamagedRange[] = [];
  const { diskId, sizeBytes } = disk;
  try {
    const image = await diskImageOf(checking.vault, pointId, disk);
    const check = async (item: Item) => ({
      item,
      error: item.error ?? (await checkItem(checking, image, item)),
    });
    for await (const { item, error } of orderedParallel(itemsOf(image), CHUNKS_AT_ONCE, check))
      if (error) addDamage(damage, item, error);
  } catch (error) {
    if (!(error instanceof ObjectError)) throw error;
    addDamage(damage, { offset: 0, length: sizeBytes }, error);
  }
  if (damage.length === 0) return;
  const damagedBytes = damage.reduce((sum, { length }) => sum + length, 0);
  checking.report.damaged.push({ pointId, diskId, damagedBytes, damage });
  checking.report.sound = false;
}

/** A chunk to check, or a segment that cannot be read. */
interface Item extends ByteRange {
  entry?: ChunkEntry;
  error?: ObjectError;
}

async function* itemsOf(image: DiskImage): AsyncGenerator<Item> {
  for (const segment of segmentsWithData(image)) {
    try {
      for (const [place, entry] of (await image.readSegment(segment)).entries()) {
        if (entry) yield { ...chunkOf(image, segment, place), entry };
      }
    } catch (error) {
      if (!(error instanceof ObjectError)) throw error;
      yield { ...segmentRange(image, segment), error };
    }
  }
}

/** Checks a chunk unless one that is made of the same was checked. */
function checkItem(checking: Checking, image: DiskImage, { entry, offset }: Item) {
  const { seen, options, report } = checking;
  const key = recipeOf(entry);
  const known = seen.get(key);
  if (known) return known;
  const found = image.checkChunk(offset / CHUNK_BYTES, options.signal).then(
    () => {
      report.checkedChunks += 1;
      tell(checking);
      return undefined;
    },
    (error: unknown) => {
      if (error instanceof ObjectError) return error;
      throw error;
    },
  );
  seen.set(key, found);
  return found;
}

/** What a chunk is made of, in few characters. */
function recipeOf(entry: ChunkEntry | undefined): string {
  const parts = [entry?.base?.name, ...(entry?.patches ?? []).map(({ data, runs }) => [data, runs])];
  return sha256Hex(Buffer.from(JSON.stringify(parts))).slice(0, 32);
}

function tell({ options, report }: Checking): void {
  const { donePoints, points, checkedChunks } = report;
  options.signal?.throwIfAborted();
  options.onProgress?.({ donePoints, points, checkedChunks });
}
