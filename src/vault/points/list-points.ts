import { orderedParallel } from '../../basics/ordered-parallel';
import { BackupError, type Failure } from '../../failures/failure';
import type { RecoveryPoint } from '../format/manifest';
import { checkVmKey, isPointId } from '../format/names';
import type { Vault } from '../vault';
import { readManifest } from './read-point';

/** Recovery points, oldest first, and those whose manifest was refused: they never hide the others. */
export interface PointSurvey {
  points: RecoveryPoint[];
  refused: { pointId: string; failure: Failure }[];
}

/** The listed recovery points of one VM or of all, oldest first. A point with a tombstone is not listed. */
export async function listPoints(vault: Vault, vmKey?: string): Promise<RecoveryPoint[]> {
  return (await surveyPoints(vault, vmKey)).points;
}

/** The listed recovery points, and which ones could not be read and why. */
export async function surveyPoints(vault: Vault, vmKey?: string): Promise<PointSurvey> {
  const survey: PointSurvey = { points: [], refused: [] };
  const read = async (pointId: string) => ({ pointId, ...(await tryRead(vault, pointId)) });
  for await (const { pointId, point, failure } of orderedParallel(await listedIds(vault, vmKey), 8, read)) {
    if (point) survey.points.push(point);
    if (failure) survey.refused.push({ pointId, failure });
  }
  survey.points.sort(
    (a, b) => Date.parse(a.snapshotTime) - Date.parse(b.snapshotTime) || (a.pointId < b.pointId ? -1 : 1),
  );
  return survey;
}

/** The newest readable point of a VM by its id, whose stamp is a time; undefined when there is none. */
export async function newestPoint(vault: Vault, vmKey: string): Promise<RecoveryPoint | undefined> {
  for (const pointId of (await listedIds(vault, vmKey)).reverse()) {
    const { point } = await tryRead(vault, pointId);
    if (point) return point;
  }
  return undefined;
}

async function tryRead(vault: Vault, pointId: string): Promise<{ point?: RecoveryPoint; failure?: Failure }> {
  try {
    return { point: await readManifest(vault, pointId) };
  } catch (error) {
    if (error instanceof BackupError) return { failure: error.failure };
    throw error;
  }
}

async function listedIds(vault: Vault, vmKey: string | undefined): Promise<string[]> {
  const of = vmKey === undefined ? '' : `${checkVmKey(vmKey)}.`;
  const deleted = new Set(await idsUnder(vault, `tombstones/${of}`));
  return (await idsUnder(vault, `points/${of}`)).filter((id) => !deleted.has(id));
}

/** The point ids under a prefix, in the order of their names; names outside the grammar are not points. */
export async function idsUnder({ store }: Vault, prefix: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { name } of store.list(prefix)) {
    const id = name.slice(name.indexOf('/') + 1, -'.json'.length);
    if (name.endsWith('.json') && isPointId(id)) ids.push(id);
  }
  return ids;
}
