import type { RecoveryPoint } from '../vault/format/manifest';
import type { RestoreTarget } from './restore-target';

/** A disk that a restore names and cannot bring, by the name of the field. */
export interface UnknownDisk {
  field: string;
  detail: string;
}

/** What of the disks that a restore names is not in the point, or not enough for what it makes. */
export function unknownDisks(
  { disks }: Pick<RecoveryPoint, 'disks'>,
  { target, disks: chosen = [], skus = {} }: RestoreTarget,
): UnknownDisk[] {
  const there = disks.map(({ diskId }) => diskId);
  const has = there.join(', ');
  const unknown = chosen
    .filter((id) => !there.includes(id))
    .map((id) => ({ field: 'disks', detail: `the point has no disk ${id}, only ${has}` }));
  const typed = Object.keys(skus)
    .filter((id) => !(chosen.length > 0 ? chosen : there).includes(id))
    .map((id) => ({ field: `skus.${id}`, detail: `the disk ${id} is not restored` }));
  const osLeftOut = target === 'vm' && chosen.length > 0 && !chosen.includes('os');
  const without = osLeftOut ? [{ field: 'disks', detail: 'a VM cannot be made without os' }] : [];
  return [...unknown, ...without, ...typed];
}
