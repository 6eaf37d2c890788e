import { z } from 'zod';

const bytes = (description: string) =>
  z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).meta({ description });

/**
 * The figures of a disk, and of disks together: in a job, in a recovery point, in its manifest, everywhere
 * under these names and with these meanings.
 */
export const DISK_BYTES = {
  logicalBytes: bytes('Size of the disk.'),
  changedBytes: bytes(
    'Blocks of 4 KiB whose content differs from the previous recovery point, those that were cleared ' +
      'included; from a disk of zeros where there is none. The same however the changes were found. Of what ' +
      'the previous point has damaged, whatever had to be looked at counts as changed.',
  ),
  zeroedBytes: bytes('The part of changedBytes that was cleared: it was not zeros before and is now.'),
  readBytes: bytes(
    'Read: by a backup from the snapshot; by a restore or a verification from the vault, as long as it is ' +
      'on the disk.',
  ),
  sentBytes: bytes(
    'Sent to the vault as content, compressed, as it went over the wire; what somebody else had stored ' +
      'first, after it was sent, is in it. Without what a try that was killed had sent.',
  ),
  storedBytes: bytes(
    'New in the vault, compressed: the sizes of the blobs that are there because of this backup. What was ' +
      'there already, or was stored by another backup first, counts there and not here.',
  ),
} as const;

export const DiskBytes = z.strictObject(DISK_BYTES);
export type DiskBytes = z.output<typeof DiskBytes>;

/** What a step moved: everything but the size of the disk. */
export type MovedBytes = Omit<DiskBytes, 'logicalBytes'>;

const MOVED = ['changedBytes', 'zeroedBytes', 'readBytes', 'sentBytes', 'storedBytes'] as const;

export const nothingMoved = (): MovedBytes => ({
  changedBytes: 0,
  zeroedBytes: 0,
  readBytes: 0,
  sentBytes: 0,
  storedBytes: 0,
});

/** Only these figures of something that has more. */
export function movedOf(from: MovedBytes): MovedBytes {
  const { changedBytes, zeroedBytes, readBytes, sentBytes, storedBytes } = from;
  return { changedBytes, zeroedBytes, readBytes, sentBytes, storedBytes };
}

/** Adds `more` to `moved` in place. */
export function addMoved(moved: MovedBytes, more: MovedBytes): void {
  for (const name of MOVED) moved[name] += more[name];
}

/** The figures of disks together. */
export function sumOfDisks(disks: readonly DiskBytes[]): DiskBytes {
  const sum: DiskBytes = { logicalBytes: 0, ...nothingMoved() };
  for (const disk of disks) {
    sum.logicalBytes += disk.logicalBytes;
    addMoved(sum, disk);
  }
  return sum;
}
