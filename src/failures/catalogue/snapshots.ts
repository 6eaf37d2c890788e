import { entries } from './entry';

/** Of taking a snapshot and of taking it away. */
export const SNAPSHOTS = entries({
  UserErrorRpCollectionLimitReached: {
    step: 'snapshot',
    title: 'The VM has as many restore points as Azure allows.',
    remedy: 'Delete old restore points of the VM, also those of other products; check for delete locks.',
    retryable: false,
  },
  ExtensionFailedSnapshotLimitReachedError: {
    step: 'snapshot',
    title: 'A disk has as many snapshots as Azure allows.',
    remedy: 'Delete old snapshots of the disk, also those of other products.',
    retryable: false,
  },
  SnapshotAlreadyRunning: {
    step: 'snapshot',
    title: 'Another restore point of the VM is being made; Azure makes one at a time.',
    remedy: 'Nothing: it is tried again. Check whether another product backs up the same VM.',
    retryable: true,
  },
  VmChangedDuringSnapshot: {
    step: 'snapshot',
    title: 'The VM was changed while its snapshot was made.',
    remedy: 'Nothing: it is tried again.',
    retryable: true,
  },
  SnapshotServiceError: {
    step: 'snapshot',
    title: 'Azure failed inside while it made the restore point.',
    remedy: 'Nothing: it is tried again. If it lasts, open a support request with the message.',
    retryable: true,
  },
  SnapshotRefused: {
    step: 'snapshot',
    title: 'Azure refuses restore points of this VM.',
    remedy: 'Read the message; unsupported disks can be excluded in the policy.',
    retryable: false,
  },
  DiskEncryptionKeyUnavailable: {
    step: 'snapshot',
    title: 'The key vault or key of the disk encryption set is missing or closed.',
    remedy: "Restore the key and the disk encryption set's access to it.",
    retryable: false,
  },
  OSProvisioningClientError: {
    step: 'snapshot',
    title: "The VM's operating system never finished its first start.",
    remedy: 'Finish or repair the provisioning of the VM.',
    retryable: false,
  },
  AllocationFailed: {
    step: 'snapshot',
    title: 'Azure has no room for the operation at the moment.',
    remedy: 'Nothing: it is tried again.',
    retryable: true,
  },
  ConsistencyNotReached: {
    step: 'snapshot',
    title: 'The snapshot is less consistent than the policy demands.',
    remedy: 'Repair the cause in the message, or allow the fall-back in the policy.',
    retryable: true,
  },
  DiskRestorePointUsedByCustomer: {
    step: 'clean up',
    title: 'The snapshot is still being read by a link.',
    remedy: 'Nothing: the link is revoked and it is tried again.',
    retryable: true,
  },
});
