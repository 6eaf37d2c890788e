import { objectError } from '../../storage/object-error';
import { MAX_DISK_BYTES, segmentCountOf } from './geometry';

/** The index of a disk: the name of each segment, or null where a whole GiB is zeros. */
export type DiskIndex = (string | null)[];

const NAME_BYTES = 32;
const HOLE = '0'.repeat(64);

export const MAX_INDEX_BYTES = segmentCountOf(MAX_DISK_BYTES) * NAME_BYTES;

/** Plain bytes of an index: 32 bytes for each segment, all zero for a hole. */
export function encodeIndex(index: DiskIndex): Buffer {
  return Buffer.from(index.map((name) => name ?? HOLE).join(''), 'hex');
}

/** The index of a disk of `sizeBytes`; another length is refused. */
export function decodeIndex(plain: Buffer, sizeBytes: number, objectName: string): DiskIndex {
  const expected = segmentCountOf(sizeBytes);
  if (plain.length !== expected * NAME_BYTES) {
    throw objectError(
      'VaultObjectDamaged',
      objectName,
      `it has ${plain.length} bytes, a disk of ${sizeBytes} needs ${expected * NAME_BYTES}`,
    );
  }
  return Array.from({ length: expected }, (_, segment) => {
    const name = plain.toString('hex', segment * NAME_BYTES, (segment + 1) * NAME_BYTES);
    return name === HOLE ? null : name;
  });
}
