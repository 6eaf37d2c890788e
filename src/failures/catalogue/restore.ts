import { entries } from './entry';

/** Of restoring disks and VMs. */
export const RESTORE = entries({
  RestoreDiskConflict: {
    step: 'restore',
    title: 'A disk of this name exists already and was not made for this restore.',
    remedy: 'Choose another name, or delete the disk.',
    retryable: false,
  },
  RestoreQuotaExceeded: {
    step: 'restore',
    title: "The subscription's quota does not allow the disk.",
    remedy: 'Raise the quota, delete unused disks, or choose another disk type.',
    retryable: false,
  },
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
  RestoreInPlaceUnfinished: {
    step: 'inspect',
    title:
      'A restore in place was given up while it changed the disks of this VM: they may be of two times, or some are missing.',
    remedy:
      'Nothing for an hour: the sweep puts the old disks back, and backups go on as scheduled. If it lasts, GET /api/leftovers says why: attach the disks by hand that the error of that restore names, all of one time; or, to back the VM up as it is, stop its protection and protect it again.',
    retryable: false,
  },
  RestoredVmNotStarted: {
    step: 'restore VM',
    title: 'The disks of the VM are restored, but the VM, which ran before, does not start again.',
    remedy:
      'Nothing: starting it is tried again every hour for a week. Start it by hand if you can; if it lasts, read what Azure says in the message.',
    retryable: true,
  },
  VmNotStartedAgain: {
    step: 'restore VM',
    title: 'A restore in place was undone, but the VM, which ran before, does not start again.',
    remedy:
      'Nothing for the VM: starting it is tried again every hour for a week. Start it by hand if you can; then restore again.',
    retryable: true,
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
});
