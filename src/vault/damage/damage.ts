import type { ByteRange } from '../../disks/ports';
import { endOf, sumLengths } from '../../disks/ranges';
import type { Failure } from '../../failures/failure';
import type { ObjectError } from '../../storage/object-error';

/** A run of a disk for which something of the vault cannot be read, and why. */
export interface Damage extends ByteRange {
  /** The blob, with the place in it where that helps: `packs/… at 1234`. */
  object: string;
  code: Failure['code'];
  /** Whether these bytes cannot be restored. Digests serve comparisons only: without them nothing is lost. */
  lost: boolean;
}

/** What was found damaged of a disk, or of a part of it, in numbers. */
export interface DamageCounts {
  /** Bytes that cannot be restored. */
  damagedBytes: number;
  /** In so many runs; neighbours with one cause are one. */
  damagedRanges: number;
  /** Runs of which only the digests are damaged. */
  damagedDigests: number;
  /** The first of the runs that cannot be restored, in the order of the disk. */
  firstDamage: Damage[];
}

/** All runs are kept beside the point; these are for messages, which have little room. */
const FIRST_SHOWN = 3;

export const damageOf = (
  { objectName, failure }: ObjectError,
  { offset, length }: ByteRange,
  lost = true,
): Damage => ({ offset, length, object: objectName, code: failure.code, lost });

/** Adds a run in the order of the disk: neighbours with one cause are one run. */
export function addDamage(damage: Damage[], found: Damage): void {
  const last = damage.findLast(({ lost }) => lost === found.lost);
  const isNext = last?.object === found.object && last.code === found.code && endOf(last) === found.offset;
  if (last && isNext) last.length += found.length;
  else damage.push({ ...found });
}

export function countDamage(damage: readonly Damage[]): DamageCounts {
  const lost = damage.filter((one) => one.lost);
  return {
    damagedBytes: sumLengths(lost),
    damagedRanges: lost.length,
    damagedDigests: damage.length - lost.length,
    firstDamage: lost.slice(0, FIRST_SHOWN),
  };
}

export const noDamage = (): DamageCounts => countDamage([]);

/** Adds up the parts of a disk, in its order. */
export const sumDamage = (a: DamageCounts, b: DamageCounts): DamageCounts => ({
  damagedBytes: a.damagedBytes + b.damagedBytes,
  damagedRanges: a.damagedRanges + b.damagedRanges,
  damagedDigests: a.damagedDigests + b.damagedDigests,
  firstDamage: [...a.firstDamage, ...b.firstDamage].slice(0, FIRST_SHOWN),
});
