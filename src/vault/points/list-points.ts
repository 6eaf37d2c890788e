import { orderedParallel } from '../../basics/ordered-parallel';
import { BackupError, type Failure } from '../../failures/failure';
import { ObjectError } from '../../storage/object-error';
import { isStorageRefusal } from '../../storage/storage-failure';
import type { RecoveryPoint } from '../format/manifest';
import { checkVmKey } from '../format/names';
import type { Vault } from '../vault';
import { idsUnder } from './point-ids';
import { readManifest } from './read-point';
import { readTombstone, type Tombstone, undeleteUntil } from './tombstone';

/** A point whose manifest cannot be read, and why. */
export interface RefusedPoint {
  pointId: string;
  failure: Failure;
}

/** Recovery points, oldest first, and those whose manifest was refused: they never hide the others. */
export interface PointSurvey {
  points: RecoveryPoint[];
  refused: RefusedPoint[];
}

/** The listed recovery points of one VM or of all, oldest first. A point with a tombstone is not listed. */
export async function listPoints(vault: Vault, vmKey?: string): Promise<RecoveryPoint[]> {
  return (await surveyPoints(vault, vmKey)).points;
}

/** The listed recovery points, and which ones could not be read and why. */
export async function surveyPoints(vault: Vault, vmKey?: string): Promise<PointSurvey> {
  const survey: PointSurvey = { points: [], refused: [] };
  const refuse = oneObjectEach();
  const read = async (pointId: string) => ({ pointId, ...(await tryRead(vault, pointId, refuse)) });
  for await (const { pointId, point, failure } of orderedParallel(await listedIds(vault, vmKey), 8, read)) {
    if (point) survey.points.push(point);
    if (failure) survey.refused.push({ pointId, failure });
  }
  survey.points.sort(bySnapshotTime);
  return survey;
}

const bySnapshotTime = (a: RecoveryPoint, b: RecoveryPoint) =>
  Date.parse(a.snapshotTime) - Date.parse(b.snapshotTime) || (a.pointId < b.pointId ? -1 : 1);

/** A point that is deleted and can still be undeleted. */
export interface DeletedPoint {
  point: RecoveryPoint;
  tombstone: Tombstone;
}

/** The deleted points of a VM that can be undeleted, oldest first; those that cannot be read are left out. */
export async function surveyDeleted(vault: Vault, vmKey: string): Promise<DeletedPoint[]> {
  const now = await vault.store.now();
  const refuse = oneObjectEach();
  const deleted: DeletedPoint[] = [];
  const read = async (pointId: string) => {
    const tombstone = await readTombstone(vault, pointId).catch((error: unknown) => {
      if (!(error instanceof BackupError)) throw error;
      refuse(error);
      return undefined;
    });
    const isOver = !tombstone || tombstone.sealed || undeleteUntil(vault, tombstone.deletedAt) < now;
    return { tombstone, point: isOver ? undefined : (await tryRead(vault, pointId, refuse)).point };
  };
  const ids = await idsUnder(vault, `tombstones/${checkVmKey(vmKey)}.`);
  for await (const { point, tombstone } of orderedParallel(ids, 8, read)) {
    if (point && tombstone) deleted.push({ point, tombstone });
  }
  return deleted.sort((a, b) => bySnapshotTime(a.point, b.point));
}

/** The newest readable point of a VM, and those that are newer and whose manifest was refused. */
export interface NewestPoint {
  point?: RecoveryPoint;
  /** Newest first. */
  refused: RefusedPoint[];
}

/**
 * The newest readable point of a VM by its id, whose stamp is a time; undefined when there is none. Fails
 * when the storage refuses as a whole or for the moment: an older point must not be taken for the newest
 * because of that.
 */
export async function newestPoint(vault: Vault, vmKey: string): Promise<RecoveryPoint | undefined> {
  const ofOnePoint = (error: BackupError) => {
    if (isStorageRefusal(error)) throw error;
    return error.failure;
  };
  return (await findNewest(vault, vmKey, ofOnePoint)).point;
}

/**
 * The newest readable point of a VM, and what could not be read on the way to it. `refuse` says what an error
 * costs.
 */
export async function findNewest(vault: Vault, vmKey: string, refuse: Refuse): Promise<NewestPoint> {
  const refused: RefusedPoint[] = [];
  for (const pointId of (await listedIds(vault, vmKey)).reverse()) {
    const { point, failure } = await tryRead(vault, pointId, refuse);
    if (point) return { point, refused };
    if (failure) refused.push({ pointId, failure });
  }
  return { refused };
}

/**
 * What an object that cannot be read costs: the failure that is told of it, or everything, when it throws.
 */
export type Refuse = (error: BackupError) => Failure;

/**
 * For one look at many objects: one that cannot be read costs itself. A refusal of the storage counts as one
 * object's as long as no second one meets it; then it is everybody's, and the look fails with it instead of
 * trying them all.
 */
export function oneObjectEach(): Refuse {
  let refusals = 0;
  return (error) => {
    if (isStorageRefusal(error) && !(error instanceof ObjectError)) refusals += 1;
    if (refusals > 1) throw error;
    return error.failure;
  };
}

async function tryRead(
  vault: Vault,
  pointId: string,
  refuse: Refuse,
): Promise<{ point?: RecoveryPoint; failure?: Failure }> {
  try {
    return { point: await readManifest(vault, pointId) };
  } catch (error) {
    if (error instanceof BackupError) return { failure: refuse(error) };
    throw error;
  }
}

async function listedIds(vault: Vault, vmKey: string | undefined): Promise<string[]> {
  const of = vmKey === undefined ? '' : `${checkVmKey(vmKey)}.`;
  const deleted = new Set(await idsUnder(vault, `tombstones/${of}`));
  return (await idsUnder(vault, `points/${of}`)).filter((id) => !deleted.has(id));
}
