import { laterOf, type RefusedPoint, readKeepings, surveyPoints } from '../points';
import type { Vault } from '../vault';
import type { RetainedPoint } from './plan-retention';

/** A point of a VM, and whether people asked for it. */
export interface SurveyedPoint extends RetainedPoint {
  runId: string;
  onDemand: boolean;
}

/** What retention looks at of a VM: its readable points with what was said about keeping them. */
export async function retainedPoints(
  vault: Vault,
  vmKey: string,
): Promise<{ points: SurveyedPoint[]; refused: RefusedPoint[] }> {
  const { points, refused } = await surveyPoints(vault, vmKey);
  const keepings = await readKeepings(vault, vmKey);
  return {
    points: points.map(({ pointId, runId, snapshotTime, retainUntil }) => {
      const keeping = keepings.get(pointId);
      return {
        pointId,
        snapshotTime,
        retainUntil: laterOf(retainUntil, keeping?.retainUntil),
        hold: keeping?.hold?.reason,
        runId,
        onDemand: retainUntil !== undefined,
      };
    }),
    refused,
  };
}
