/** One row of the catalogue of failures: everything about a cause that does not depend on the occasion. */
export interface CatalogueEntry {
  /** The step of the process in which the cause shows. */
  step: string;
  /** One line: what it means. */
  title: string;
  /** What to do about it, in the imperative. */
  remedy: string;
  /** True when trying again later can help without anybody doing anything. */
  retryable: boolean;
}

const catalogue = <Code extends string>(entries: Record<Code, CatalogueEntry>) => entries;

/** Every failure that the system can name. The documentation page of failures is made from this table. */
export const CATALOGUE = catalogue({
  // --- any step -------------------------------------------------------------------------------------------
  InternalError: {
    step: 'any',
    title: 'Something happened that this version does not know.',
    remedy: 'Look at the message and the log of the function app; report it if it returns.',
    retryable: true,
  },
  // --- starting a job -------------------------------------------------------------------------------------
  BackupAlreadyRunning: {
    step: 'start',
    title: 'The VM has a backup running; a second one would snapshot it twice.',
    remedy: 'Wait for the running job, or cancel it.',
    retryable: false,
  },
  VmReplaced: {
    step: 'inspect',
    title: 'A VM of the same name was made anew since the backup was asked for.',
    remedy: 'Nothing: the new VM is protected under a key of its own, the points of the old one stay.',
    retryable: false,
  },
  SnapshotIncomplete: {
    step: 'snapshot',
    title: 'The snapshot lacks a disk that the policy includes.',
    remedy: 'The next backup tries again; if it stays so, exclude the disk in the policy.',
    retryable: false,
  },
  JobCancelled: {
    step: 'any',
    title: 'Somebody cancelled the job.',
    remedy: 'Nothing: its disk access is revoked, its snapshot removed, and no recovery point is listed.',
    retryable: false,
  },
  JobInterrupted: {
    step: 'any',
    title: 'The orchestration of a job ended without ending the job: it was terminated, or never started.',
    remedy:
      'Nothing: the VM is free again and its next backup runs as scheduled; what was left behind is swept.',
    retryable: false,
  },
  JobTimedOut: {
    step: 'any',
    title: 'The job ran for longer than a day and was stopped.',
    remedy:
      'Look at the rate of its disks: reduce what runs at the same time, or move the schedule to a quieter hour.',
    retryable: false,
  },
  JobUnknown: {
    step: 'any',
    title: 'The record of a job is missing.',
    remedy: 'Start the job again; records of jobs must not be deleted while they run.',
    retryable: false,
  },
  DocumentUnreadable: {
    step: 'any',
    title: 'A settings document in the vault does not have the form that this version writes.',
    remedy: 'Correct or remove the document that the message names; recovery points are not affected.',
    retryable: false,
  },
  // --- compute: discover, inspect, extension, snapshot, disk access, clean-up --------------------------------
  ComputeEndpointRefused: {
    step: 'any',
    title: 'The address of Azure Compute is not safe to use.',
    remedy:
      'Set ComputeEndpoint to an https address; plain http is for an emulator on this machine, with ComputeAllowInsecureLoopback on.',
    retryable: false,
  },
  ComputeUnavailable: {
    step: 'any',
    title: 'Azure Compute did not answer, or answered that it cannot serve at the moment.',
    remedy:
      'Nothing: it is tried again. If it lasts, look at Azure status and at the network of the function app.',
    retryable: true,
  },
  ComputeAccessDenied: {
    step: 'any',
    title: 'The identity of the function app may not do this.',
    remedy: "Give the identity the role actions listed in the operations guide on the VM's resource group.",
    retryable: false,
  },
  TooManyRequests: {
    step: 'any',
    title: 'Azure limits the calls and asked to wait.',
    remedy:
      'Nothing: it is tried again after the time that Azure named. If it is frequent, spread the schedules.',
    retryable: true,
  },
  ComputeOperationTimedOut: {
    step: 'any',
    title: 'A long-running operation of Azure did not end in its time.',
    remedy: "Look at the VM's activity log for the operation; it is tried again with the next backup.",
    retryable: true,
  },
  ResourceLocked: {
    step: 'any',
    title: 'A lock on the resource or its resource group forbids the change.',
    remedy:
      'Remove the delete or read-only lock, or exempt the resource group that holds the restore points.',
    retryable: false,
  },
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
    remedy: 'Nothing to restore is on it: protect the image instead, and exclude the disk.',
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
  ExtensionInstallFailed: {
    step: 'extension',
    title: 'The backup extension could not be installed.',
    remedy:
      "Look at the extension's message in the portal; check that no policy (AppLocker, antivirus) blocks it.",
    retryable: true,
  },
  ExtensionInstallTimedOut: {
    step: 'extension',
    title: 'The guest did not finish installing the backup extension.',
    remedy: "Check the VM's agent and its outbound access to 168.63.129.16; restart the agent.",
    retryable: true,
  },
  RunCommandFailed: {
    step: 'windows state',
    title: 'The script that reads the Windows services did not answer.',
    remedy: "Nothing: the backup goes on without the report. Check the VM's agent if it lasts.",
    retryable: true,
  },
  UserErrorGuestAgentStatusUnavailable: {
    step: 'snapshot',
    title: 'The VM agent does not report its state.',
    remedy: 'Restart the VM agent, update it, and allow 168.63.129.16 on ports 80, 443 and 32526.',
    retryable: true,
  },
  GuestAgentSnapshotTaskStatusError: {
    step: 'snapshot',
    title: 'The agent did not tell how the snapshot went.',
    remedy: 'Restart the agent; check AppLocker, antivirus and proxy settings inside the VM.',
    retryable: true,
  },
  ExtensionSnapshotFailedNoNetwork: {
    step: 'snapshot',
    title: 'The extension has no network to report on.',
    remedy: 'Allow the VM outbound access to 168.63.129.16, or use crash-consistent backups.',
    retryable: true,
  },
  ExtensionFailedVssWriterInBadState: {
    step: 'snapshot',
    title: 'A VSS writer is in a bad state, so the applications cannot be brought to rest.',
    remedy: "Run 'vssadmin list writers' in the VM and restart the service of each failed writer.",
    retryable: true,
  },
  ExtensionOperationFailedForManagedDisks: {
    step: 'snapshot',
    title: 'The VSS service of the VM failed.',
    remedy: 'Check that the VSS service starts and that no other product takes snapshots at the same time.',
    retryable: true,
  },
  ExtensionSnapshotFailedCOM: {
    step: 'snapshot',
    title: 'COM+ failed inside the VM.',
    remedy: "Restart the service 'COM+ System Application'; if it does not start, reinstall COM+.",
    retryable: true,
  },
  ExtensionSnapshotFailedCOMMemory: {
    step: 'snapshot',
    title: 'COM+ ran out of memory inside the VM.',
    remedy: "Restart the service 'COM+ System Application', or the VM, and free memory.",
    retryable: true,
  },
  ExtensionInstallationFailedMSDTC: {
    step: 'snapshot',
    title: 'COM+ could not talk to the Distributed Transaction Coordinator.',
    remedy: 'Start the service MSDTC under the account NetworkService; reinstall it if it does not start.',
    retryable: true,
  },
  ExtensionVCRedistInstallationFailure: {
    step: 'snapshot',
    title: 'The Visual C++ 2013 Redistributable could not be installed.',
    remedy: 'Install Visual C++ 2013 Redistributable (x64) 12.0.40660 by hand.',
    retryable: true,
  },
  GuestResourcesExhausted: {
    step: 'snapshot',
    title: 'The VM is short of memory, processor time or disk space for the snapshot.',
    remedy: 'Free resources in the VM, or back it up at a quieter hour.',
    retryable: true,
  },
  UserErrorFsFreezeFailed: {
    step: 'snapshot',
    title: 'A Linux file system could not be frozen.',
    remedy: 'Check the mounts with fsck, and MountsToSkip in /etc/azure/vmbackup.conf.',
    retryable: true,
  },
  PrePostScriptFailed: {
    step: 'snapshot',
    title: 'A pre- or post-snapshot script failed, timed out or may not be run.',
    remedy: 'Check the script, its owner (root) and mode (700), and VMSnapshotScriptPluginConfig.json (600).',
    retryable: true,
  },
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
  TooManyDiskAccesses: {
    step: 'disk access',
    title: 'Azure opens at most five snapshots of a disk at once.',
    remedy: 'Revoke links of other products, or wait until their reads end.',
    retryable: true,
  },
  DiskRestorePointUsedByCustomer: {
    step: 'clean up',
    title: 'The snapshot is still being read by a link.',
    remedy: 'Nothing: the link is revoked and it is tried again.',
    retryable: true,
  },
  SnapshotGone: {
    step: 'disk access',
    title: 'The snapshot does not exist any more.',
    remedy: 'Nothing: the next backup takes a new one. Check who deletes restore points.',
    retryable: true,
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
  RestoreDiskConflict: {
    step: 'restore',
    title: 'A disk of this name exists already and was not made for this restore.',
    remedy: 'Choose another name, or delete the disk.',
    retryable: false,
  },
  DiskUploadFailed: {
    step: 'restore',
    title: 'The bytes of a disk could not be written.',
    remedy: 'Nothing: it is tried again. If it lasts, look at the message.',
    retryable: true,
  },
  RestoreQuotaExceeded: {
    step: 'restore',
    title: "The subscription's quota does not allow the disk.",
    remedy: 'Raise the quota, delete unused disks, or choose another disk type.',
    retryable: false,
  },
  // --- compute: restore to a VM ------------------------------------------------------------------------------
  RestoreVmConflict: {
    step: 'restore VM',
    title: 'A VM of this name exists already and was not made by this restore.',
    remedy: "Choose another name, or delete that VM; nobody else's VM is ever replaced.",
    retryable: false,
  },
  RestoreVmGone: {
    step: 'restore VM',
    title: 'The VM whose disks were to be replaced does not exist any more.',
    remedy: 'Restore to "vm", which makes a new one.',
    retryable: false,
  },
  RestoreVmRunning: {
    step: 'restore VM',
    title: 'The VM runs; Azure swaps disks of a deallocated VM only.',
    remedy:
      'Deallocate the VM, or let the restore do it with "deallocate": true; it is started again afterwards.',
    retryable: false,
  },
  RestoreVmBusy: {
    step: 'restore VM',
    title: 'Another operation of Azure holds the VM or one of its parts.',
    remedy: 'Nothing: it is tried again. If it lasts, look at the activity log of the VM.',
    retryable: true,
  },
  RestoreVmNoCapacity: {
    step: 'restore VM',
    title: 'Azure has no room for a VM of this size there now.',
    remedy: 'Try again later, or restore to "disks" and create a VM of another size from them.',
    retryable: false,
  },
  RestoreVmRefused: {
    step: 'restore VM',
    title: 'Azure refused to create the VM, or to change its disks.',
    remedy:
      'Look at the message; restoring to "disks" always works, and the VM can be made from them by hand.',
    retryable: false,
  },
  RestoreNotUndone: {
    step: 'restore VM',
    title:
      'A restore in place failed, and the old disks could not all be put back: the VM may have disks of two times.',
    remedy:
      'Take away what stands in the way, then restore the point in place again, or attach the replacedDisks of the job by hand. No disk was deleted, and the VM is not backed up until it is protected again: PUT /api/vms/{vm}/protection.',
    retryable: false,
  },
  RestoreDiskIncompatible: {
    step: 'restore VM',
    title: 'A disk of the recovery point does not fit the VM as it is now.',
    remedy: 'Restore to "vm" or "disks" instead.',
    retryable: false,
  },
  NetworkInterfaceNotFound: {
    step: 'restore VM',
    title: 'The network interface or subnet that the restore names does not exist.',
    remedy: 'Name one that exists, in the region and subscription of the VM.',
    retryable: false,
  },
  NetworkInterfaceInUse: {
    step: 'restore VM',
    title: 'The network interface belongs to a VM already.',
    remedy: 'Name a free one, or a subnet in which the restore makes a new one.',
    retryable: false,
  },
  // --- vault: plan, transfer, commit, read, verify, reclaim --------------------------------------------------
  VaultObjectDamaged: {
    step: 'vault',
    title: 'Bytes of the vault do not match the name they are stored under.',
    remedy:
      'Run a verification to see which points it touches; the next backup that has the block again heals it.',
    retryable: false,
  },
  VaultObjectMissing: {
    step: 'vault',
    title: 'A blob that a recovery point needs is not in the container.',
    remedy:
      'Undelete the blob if the account keeps deleted blobs; run a verification to see which points it touches.',
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
    remedy: 'Find out who wrote it; other recovery points are not affected.',
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
  GarbageUnknown: {
    step: 'reclaim',
    title: 'A recovery point cannot be read to its end, so nobody knows what it needs; nothing was deleted.',
    remedy:
      'Verify the point; heal it with a new backup, or delete it and collect again after its grace period.',
    retryable: false,
  },
  RecoveryPointNotFound: {
    step: 'read',
    title: 'There is no such recovery point.',
    remedy: 'Take an id that GET /api/vms/{vm}/recovery-points lists.',
    retryable: false,
  },
});

export type FailureCode = keyof typeof CATALOGUE;
