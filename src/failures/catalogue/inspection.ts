import { entries } from './entry';

/** Of VMs and disks that cannot be backed up, known before anything is snapshotted. */
export const INSPECTION = entries({
  VmNotFound: {
    step: 'inspect',
    title: 'The VM does not exist any more.',
    remedy: 'Stop protecting it; its recovery points stay.',
    retryable: false,
  },
  UserErrorVmNotInDesirableState: {
    step: 'inspect',
    title: 'The VM is between two states, or in one that cannot be backed up.',
    remedy: 'Wait until it is running, stopped or deallocated; then back it up again.',
    retryable: true,
  },
  UserErrorVmProvisioningStateFailed: {
    step: 'inspect',
    title: "The VM's last change failed, and Azure refuses snapshots of it.",
    remedy: 'Repair the VM: update or redeploy it until its provisioning state is Succeeded.',
    retryable: false,
  },
  DiskIsShared: {
    step: 'inspect',
    title: 'The disk is shared by several VMs; restore points exclude shared disks.',
    remedy: 'Exclude the disk in the policy, or back it up from inside the cluster.',
    retryable: false,
  },
  DiskIsEphemeral: {
    step: 'inspect',
    title: 'The OS disk is ephemeral: it lives on the host, without a managed disk behind it.',
    remedy:
      'Nothing to restore is on it. To back up the data disks of the VM, let its policy skip what cannot be backed up: "unsupportedDisks": "skip". Without data disks, stop protecting the VM.',
    retryable: false,
  },
  DiskIsUnmanaged: {
    step: 'inspect',
    title: 'The disk is a page blob in a storage account, not a managed disk.',
    remedy: 'Convert it to a managed disk.',
    retryable: false,
  },
  DiskHas4KSectors: {
    step: 'inspect',
    title: 'The disk has sectors of 4096 bytes; its snapshots are no VHD page blobs.',
    remedy: 'Exclude the disk, or move its data to one with 512-byte sectors.',
    retryable: false,
  },
  DiskIsEncryptedInGuest: {
    step: 'inspect',
    title: 'Azure Disk Encryption encrypts the disk inside the guest; its keys live elsewhere.',
    remedy: 'Move to encryption at host, or exclude the disk.',
    retryable: false,
  },
  DiskAccessDenied: {
    step: 'disk access',
    title: "The disk's network settings forbid to read it by a link.",
    remedy:
      'Set its network access to AllowAll, or AllowPrivate with a disk access resource that the app reaches.',
    retryable: false,
  },
  DiskNeedsEntraLogin: {
    step: 'inspect',
    title: "The disk's data may be read with an identity only, not by a link.",
    remedy: 'Set dataAccessAuthMode of the disk to None, or exclude it.',
    retryable: false,
  },
  DiskNotAllocated: {
    step: 'snapshot',
    title: 'A disk has no storage yet, because its VM was never started with it.',
    remedy: 'Start the VM once, or exclude the disk.',
    retryable: false,
  },
});
