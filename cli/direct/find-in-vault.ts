import type { PointDescription, PointDisk } from '../../client/api-types';
import type { Vault } from '../../direct/open-vault';
import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';
import { parsePoint, pointNamed } from '../names/find-point';
import { onlyOne } from '../names/only-one';
import { library } from './load-library';

/** The points of a vault, as the system would list them. */
export const pointsIn = (vault: Vault, options?: { deleted?: boolean }) =>
  library().readPoints(vault, options);

/** The point that a short name means in a vault. Throws `Refused` when there is none, or several. */
export async function pointIn(vault: Vault, text: string): Promise<PointDescription> {
  const parsed = parsePoint(text);
  // One that is named in full is found also where others cannot be read.
  const id = 'id' in parsed ? parsed.id : pointNamed(await pointsIn(vault), text, 'vmbackup point list');
  return (await library().readOnePoint(vault, id)).point;
}

/** A disk of a point, by its id, its name or its LUN; its only one when nobody says which. */
export function diskOf({ id, disks }: PointDescription, text: string | undefined): PointDisk {
  const wanted = text?.toLowerCase();
  const found =
    wanted === undefined
      ? disks
      : disks.filter(({ diskId, name, lun }) => [diskId, name.toLowerCase(), `${lun}`].includes(wanted));
  if (wanted === undefined && found.length > 1) {
    const listed = found.map(({ diskId, name }) => `  ${diskId}  (${name})`).join('\n');
    throw new Refused(EXIT.usage, `${id} has several disks:\n${listed}`, 'Say which with --disk.');
  }
  return onlyOne(
    'disk',
    text ?? '',
    found,
    ({ diskId, name }) => `${diskId}  (${name})`,
    `vmbackup point show ${id}`,
  );
}
