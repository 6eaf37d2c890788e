import { entries } from './entry';

/** Of the vault: plan, transfer, commit, read, verify, reclaim. */
export const VAULT = entries({
  VaultObjectDamaged: {
    step: 'vault',
    title: 'Bytes of the vault do not match the name they are stored under.',
    remedy:
      'GET /api/jobs/{job}/damage lists the ranges. The next backup of a disk that still has the content writes it again; {"damaged": "skip"} restores the rest. A verification of other points says whether they are touched.',
    retryable: false,
  },
  VaultObjectMissing: {
    step: 'vault',
    title: 'A blob that a recovery point needs is not in the container.',
    remedy:
      'Undelete the blob if the account keeps deleted blobs. GET /api/jobs/{job}/damage lists the ranges. The next backup of a disk that still has the content writes it again; {"damaged": "skip"} restores the rest.',
    retryable: false,
  },
  VaultObjectTooLarge: {
    step: 'vault',
    title: 'A blob of the vault is larger than the format allows; it was not read.',
    remedy: 'Find out who wrote it: no version of this program writes such a blob.',
    retryable: false,
  },
  VaultDocumentInvalid: {
    step: 'vault',
    title: 'A document of the vault has a field that the format does not know or that is out of bounds.',
    remedy:
      'Find out who wrote it; other recovery points are not affected. A manifest cannot be made again: bring back an earlier version of the blob if the account keeps them, or delete the point.',
    retryable: false,
  },
  VaultContentLocked: {
    step: 'vault',
    title: 'Content of the vault that a backup has to keep or to replace may not be changed.',
    remedy:
      'Release the lease or legal hold. Under a container-level immutability policy, back up to a container without one: version-level immutability or soft delete protects a vault as well.',
    retryable: false,
  },
  VaultVersionUnsupported: {
    step: 'vault',
    title: 'The vault was written by a newer version of the format.',
    remedy: 'Use a version of this program that knows the format version.',
    retryable: false,
  },
  VaultNameInvalid: {
    step: 'vault',
    title: 'A name given to the vault is outside its grammar.',
    remedy: 'Use the names that the list calls return.',
    retryable: false,
  },
  DiskRangesInvalid: {
    step: 'transfer',
    title: 'The list of allocated or changed ranges is unsorted, overlapping or outside the disk.',
    remedy: 'Read the disk in full; report it if it returns.',
    retryable: true,
  },
  TransferNotPlanned: {
    step: 'transfer',
    title: 'The transfer of this disk has no plan, or the part is not in it.',
    remedy: 'Plan the transfer first.',
    retryable: false,
  },
  TransferIncomplete: {
    step: 'transfer',
    title: 'Not every part of the disk has been transferred.',
    remedy: 'Transfer the missing parts, then complete the disk.',
    retryable: false,
  },
  RunTooOld: {
    step: 'commit',
    title: 'The backup ran longer than garbage collection waits; its chunks may be gone.',
    remedy: 'Start a new backup; what is still in the vault will not be uploaded again.',
    retryable: false,
  },
  RecoveryPointExists: {
    step: 'commit',
    title: 'Another run has already created a recovery point with this id.',
    remedy: 'Use a new id: recovery points are never replaced.',
    retryable: false,
  },
  DiskTooSmall: {
    step: 'restore',
    title: 'The disk to restore to is smaller than the disk in the recovery point.',
    remedy: 'Restore to a disk of at least the same size.',
    retryable: false,
  },
  RecoveryPointGone: {
    step: 'undelete',
    title: 'The grace period of the deleted recovery point is over.',
    remedy: 'Restore from another recovery point.',
    retryable: false,
  },
  RecoveryPointDeleted: {
    step: 'read',
    title: 'The recovery point is deleted.',
    remedy: 'POST /api/recovery-points/{point}/undelete brings it back until its grace period ends.',
    retryable: false,
  },
  RecoveryPointHeld: {
    step: 'delete',
    title: 'The recovery point is held.',
    remedy: 'Let it go with DELETE /api/recovery-points/{point}/hold; then delete it.',
    retryable: false,
  },
  RetentionNotLater: {
    step: 'retention',
    title: 'The end of a recovery point can only be moved to a later time.',
    remedy: 'Name a later time; or delete the point when it is not wanted any more.',
    retryable: false,
  },
  GarbageUnknown: {
    step: 'reclaim',
    title: 'Recovery points kept vanishing while their content was marked; no content was deleted.',
    remedy:
      'Nothing: the next maintenance tries again. If it lasts, look for another app that works on this vault.',
    retryable: true,
  },
  RecoveryPointNotFound: {
    step: 'read',
    title: 'There is no such recovery point.',
    remedy: 'Take an id that GET /api/vms/{vm}/recovery-points lists.',
    retryable: false,
  },
});
