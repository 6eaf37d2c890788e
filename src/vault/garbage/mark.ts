import { orderedParallel } from '../../basics/ordered-parallel';
import { BackupError, type Failure } from '../../failures/failure';
import { objectError } from '../../storage/object-error';
import { isStorageRefusal } from '../../storage/storage-failure';
import type { Manifest } from '../format/manifest';
import { blobNames } from '../format/names';
import type { Segment } from '../format/segment';
import { notingDamage } from '../objects/damage-notes';
import { readIndex, readSegment } from '../objects/read-index';
import { readManifest } from '../points/read-point';
import { readTombstone } from '../points/tombstone';
import type { Vault } from '../vault';
import { CONTENT_FOLDERS, type ContentFolder } from './content-folders';
import { type NameSet, nameSet } from './name-set';

/**
 * Segments are remembered by their whole names, so that points which share them read them once; beyond this
 * many they are read again. A set that mixes up names would skip one and lose what it marks.
 */
const SEGMENTS_REMEMBERED = 200_000;
/** A fleet has many points of few segments each, so both are read ahead over the borders between points. */
const READS_AT_ONCE = 16;

/** Something of a point that could not be read, and with it what else the point needs. */
export interface UnreadablePoint {
  pointId: string;
  failure: Failure;
  /** In these folders anything may be what the point needs. */
  mayNeed: readonly ContentFolder[];
}

/** The names that were marked, and what could not be read on the way; or why they are of no use. */
export type Marking = { marks: NameSet; unreadable: UnreadablePoint[] } | { tooMany: true } | { stale: true };

/**
 * The names of everything that these points are made of, as far as they start with `prefix`. `tooMany`: there
 * are more than `limit`. `seen`: segments that need not be read, because whoever asked has marked them; those
 * that are read now are added. `stale`: another collector has taken one of the points away since it was
 * listed; a newer point may have inherited from it, so the points have to be listed again. What cannot be
 * read of a point hides some of what it needs: where that may lie is told with it. Damage that is met is
 * noted down.
 */
export async function markPoints(
  vault: Vault,
  pointIds: readonly string[],
  prefix: string,
  limit: number,
  seen = new Set<string>(),
): Promise<Marking> {
  const marks = nameSet();
  const mark = (name: string) => {
    if (name.startsWith(prefix)) marks.add(name);
  };
  const unreadable: UnreadablePoint[] = [];
  const wanted = unseenSegments(vault, pointIds, mark, seen);
  for await (const read of orderedParallel(wanted, READS_AT_ONCE, (item) => tryReadSegment(vault, item))) {
    if ('error' in read) {
      const { pointId, error, mayNeed } = read;
      if (!(error instanceof BackupError) || isStorageRefusal(error)) throw error;
      if (await isPurged(vault, pointId)) return { stale: true };
      unreadable.push({ pointId, failure: error.failure, mayNeed });
      continue;
    }
    markSegment(read.segment, mark);
    if (marks.size > limit) return { tooMany: true };
  }
  return { marks, unreadable };
}

/** A point of which something could not be read. */
interface Unreadable {
  pointId: string;
  error: unknown;
  mayNeed: readonly ContentFolder[];
}

/** What a segment names. */
const OF_SEGMENTS = ['chunks/', 'packs/', 'digests/'] as const;
const OF_INDEXES = ['segments/', ...OF_SEGMENTS] as const;

/** Marks what the points name themselves, and goes through the segments that no point before named. */
async function* unseenSegments(
  vault: Vault,
  pointIds: readonly string[],
  mark: (name: string) => void,
  seen: Set<string>,
): AsyncGenerator<{ pointId: string; name: string } | Unreadable> {
  for await (const point of orderedParallel(pointIds, READS_AT_ONCE, (id) => tryReadIndexes(vault, id))) {
    if ('error' in point) {
      yield point;
      continue;
    }
    const { pointId } = point;
    for (const name of [...point.indexes, ...point.segments]) mark(name);
    yield* point.unreadable;
    for (const name of new Set(point.segments)) {
      if (seen.has(name)) continue;
      if (seen.size < SEGMENTS_REMEMBERED) seen.add(name);
      yield { pointId, name };
    }
  }
}

async function tryReadSegment(
  { store }: Vault,
  item: { pointId: string; name: string } | Unreadable,
): Promise<{ segment: Segment } | Unreadable> {
  if ('error' in item) return item;
  try {
    return { segment: await notingDamage(store, () => readSegment(store, item.name)) };
  } catch (error) {
    return { pointId: item.pointId, error, mayNeed: OF_SEGMENTS };
  }
}

interface PointNames {
  pointId: string;
  indexes: string[];
  segments: string[];
  /** Its indexes that could not be read. */
  unreadable: Unreadable[];
}

/** What the disks of a point name; an error is kept for the point's turn. */
async function tryReadIndexes(vault: Vault, pointId: string): Promise<PointNames | Unreadable> {
  try {
    const manifest = await readManifest(vault, pointId);
    if (!manifest)
      throw objectError('VaultObjectMissing', blobNames.point(pointId), 'it is gone since it was listed');
    return await readIndexes(vault, manifest);
  } catch (error) {
    return { pointId, error, mayNeed: CONTENT_FOLDERS };
  }
}

/** One index that cannot be read costs none of the other disks. */
async function readIndexes({ store }: Vault, { pointId, disks }: Manifest): Promise<PointNames> {
  const names: PointNames = { pointId, indexes: [], segments: [], unreadable: [] };
  for (const { index, sizeBytes } of disks) {
    names.indexes.push(index);
    try {
      const segments = await notingDamage(store, () => readIndex(store, index, sizeBytes));
      for (const name of segments) if (name !== null) names.segments.push(name);
    } catch (error) {
      names.unreadable.push({ pointId, error, mayNeed: OF_INDEXES });
    }
  }
  return names;
}

/** In this order: a tombstone goes only after its manifest, so a point without both is gone. */
async function isPurged(vault: Vault, pointId: string): Promise<boolean> {
  return (
    (await readTombstone(vault, pointId))?.sealed === true ||
    !(await vault.store.head(blobNames.point(pointId)))
  );
}

function markSegment(segment: Segment, mark: (name: string) => void): void {
  for (const entry of segment) {
    if (!entry) continue;
    if (entry.base) {
      mark(entry.base.name);
      mark(entry.base.digests.blob.name);
    }
    for (const { data } of entry.patches) {
      if (!data) continue;
      mark(data.pack.name);
      mark(data.digests.blob.name);
    }
  }
}
