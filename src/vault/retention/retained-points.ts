import { laterOf, type RefusedPoint, readKeepings, surveyPoints } from '../points';
import type { Vault } from '../vault';
import type { RetainedPoint } from './plan-retention';

/** What retention looks at of a VM: its readable points with what was said about keeping them. */
export async function retainedPoints(
  vault: Vault,
  vmKey: string,
): Promise<{ points: RetainedPoint[]; refused: RefusedPoint[] }> {
  const { points, refused } = await surveyPoints(vault, vmKey);
  const keepings = await readKeepings(vault, vmKey);
  return {
    points: points.map(({ pointId, snapshotTime, retainUntil }) => {
      const keeping = keepings.get(pointId);
      return {
        pointId,
        snapshotTime,
        retainUntil: laterOf(retainUntil, keeping?.retainUntil),
        hold: keeping?.hold?.reason,
      };
    }),
    refused,
  };
}
