import type { DiskSlot } from '../compute/restore/swap-disks';

/** A disk that is attached to a VM now. */
export interface PresentDisk {
  slot: DiskSlot;
  uniqueId?: string;
  /** The unique id of the disk that a restored one stands for. */
  standsFor?: string;
}

/** A disk of a recovery point, by what it was and what it stood for then. */
export interface PointDisk {
  lun: number;
  uniqueId?: string;
  standsFor?: string;
}

/** The places of a VM that a restore in place changes, and those that it leaves alone. */
export interface Places {
  present: DiskSlot[];
  others: DiskSlot[];
}

/**
 * A restore in place changes the places that the point has disks for, and empties those to which the point's
 * disks have moved since: a disk is known by its unique id, and a restored one by the id of the disk that it
 * stands for. Left at another LUN it would be there twice, with the same file-system ids.
 */
export function placesToChange(disks: readonly PointDisk[], attached: readonly PresentDisk[]): Places {
  const changed = new Set<PresentDisk>();
  for (const disk of disks) {
    for (const there of attached) if (there.slot.lun === disk.lun) changed.add(there);
    for (const there of whereIs(disk, attached)) changed.add(there);
  }
  const slotsOf = (isChanged: boolean) =>
    attached.filter((there) => changed.has(there) === isChanged).map(({ slot }) => slot);
  return { present: slotsOf(true), others: slotsOf(false) };
}

/** The disk itself, wherever it is attached; failing that, what stands for it. */
function whereIs({ uniqueId, standsFor }: PointDisk, attached: readonly PresentDisk[]): PresentDisk[] {
  if (!uniqueId) return [];
  const itself = attached.filter((there) => there.uniqueId === uniqueId);
  if (itself.length > 0) return itself;
  const stand = standsFor ?? uniqueId;
  return attached.filter((there) => (there.standsFor ?? there.uniqueId) === stand);
}
