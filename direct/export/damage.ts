import type { ByteRange } from '../../src/disks/ports';
import type { Failure } from '../../src/failures/failure';
import type { ObjectError } from '../../src/storage/object-error';

/** A run of a disk that cannot be read, and why. */
export interface DamagedRange extends ByteRange {
  /** The object of the vault that is lost. */
  object: string;
  code: Failure['code'];
}

/** Adds a range; neighbours with one cause are one. */
export function addDamage(damage: DamagedRange[], { offset, length }: ByteRange, error: ObjectError): void {
  const last = damage.at(-1);
  const { objectName: object } = error;
  const { code } = error.failure;
  if (last?.object === object && last.code === code && last.offset + last.length === offset)
    last.length += length;
  else damage.push({ offset, length, object, code });
}

/** The first ranges, in words: `4194304+4194304 (chunks/…)`. */
export function damageInWords(damage: readonly DamagedRange[]): string {
  const first = damage.slice(0, 5).map(({ offset, length, object }) => `${offset}+${length} (${object})`);
  const more = damage.length > 5 ? `, and ${damage.length - 5} more` : '';
  return `${first.join(', ')}${more}`;
}
