import { entries } from './entry';

/** Of the bytes of disks, on their way out of a snapshot or into a new disk. */
export const DISKS = entries({
  TooManyDiskAccesses: {
    step: 'disk access',
    title: 'Azure opens at most five snapshots of a disk at once.',
    remedy: 'Revoke links of other products, or wait until their reads end.',
    retryable: true,
  },
  SnapshotGone: {
    step: 'disk access',
    title: 'The snapshot does not exist any more.',
    remedy: 'Nothing: the next backup takes a new one. Check who deletes restore points.',
    retryable: true,
  },
  DiskBytesGone: {
    step: 'transfer',
    title: 'The bytes of a disk do not exist any more.',
    remedy: 'Do what the message says, then start it again.',
    retryable: false,
  },
  DiskReadFailed: {
    step: 'transfer',
    title: 'The bytes of a disk could not be read.',
    remedy: 'Nothing: it is tried again. If it lasts, look at the message.',
    retryable: true,
  },
  PageListRefused: {
    step: 'transfer',
    title: "The list of a disk's pages contradicts itself, so it cannot be trusted.",
    remedy: 'Nothing: it is asked for again. If it lasts, report it with the message.',
    retryable: true,
  },
  ChangedBlocksUnavailable: {
    step: 'transfer',
    title: 'Azure cannot tell what changed since the base snapshot.',
    remedy: 'Nothing: the disk is read in full.',
    retryable: false,
  },
  DiskUploadFailed: {
    step: 'restore',
    title: 'The bytes of a disk could not be written.',
    remedy: 'Nothing: it is tried again. If it lasts, look at the message.',
    retryable: true,
  },
});
