import type { PointDescription } from '../../client/api-types';
import type { Vault } from '../../direct/open-vault';
import { parsePoint, pointNamed } from '../names/find-point';
import { library } from './load-library';

/** The points of a vault, as the system would list them. */
export const pointsIn = (vault: Vault, options?: { deleted?: boolean }) =>
  library().readPoints(vault, options);

/** The point that a short name means in a vault. Throws `Refused` when there is none, or several. */
export async function pointIn(vault: Vault, text: string): Promise<PointDescription> {
  const parsed = parsePoint(text);
  // One that is named in full is found also where others cannot be read.
  const id = 'id' in parsed ? parsed.id : pointNamed(await pointsIn(vault), text, 'vmbackup point list');
  return library().readOnePoint(vault, id);
}
