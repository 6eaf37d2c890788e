import type { PointDescription, PointDisk } from '../../client/api-types';
import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';
import { onlyOne } from './only-one';

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
