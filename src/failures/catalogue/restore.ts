import { entries } from './entry';

/** Of restoring disks and VMs. */
export const RESTORE = entries({
  RestoreDiskConflict: {
    step: 'restore',
    title: 'A disk of this name exists already and was not made for this restore.',
    remedy:
      'Start the restore again: the disks of every restore have names of their own. Or delete the disk, if nobody needs it.',
    retryable: false,
  },
  RestoreQuotaExceeded: {
    step: 'restore',
    title: "The subscription's quota does not allow the disk.",
    remedy:
      'Ask for a higher quota, delete unused disks, or name other types of disks in the restore: "skus": {"os": "StandardSSD_LRS"}.',
    retryable: false,
  },
  RestoreCoreQuotaExceeded: {
    step: 'restore VM',
    title: "The subscription's quota of cores does not allow the VM.",
    remedy:
      'Ask for more cores of the family that the message names, or name a smaller size or one of another family in the restore: "size".',
    retryable: false,
  },
  RestoreDiskTypeNotAvailable: {
    step: 'restore',
    title: 'Azure does not offer disks of this type in this region or zone.',
    remedy:
      'Name another type for the disk in the restore, as "skus": {"os": "Premium_LRS"}, or another "zone".',
    retryable: false,
  },
  RestoreResourceNotFound: {
    step: 'restore',
    title: 'A resource that the disk, the VM or its network refers to does not exist.',
    remedy:
      'Make it again under the name in the message, or name another one in the restore: "network", "encryptionSet". Where it protected the original, "allowLessProtected": true restores without it.',
    retryable: false,
  },
  RestoreLessProtected: {
    step: 'restore',
    title: 'Something that protected the original cannot be restored.',
    remedy:
      'Make it again under the name in the message, or name another encryption set: "encryptionSet". To restore without it: "allowLessProtected": true.',
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
    remedy: 'Try again later, or name another "size" or "zone" in the restore.',
    retryable: false,
  },
  RestoreSizeNotAvailable: {
    step: 'restore VM',
    title: 'Azure does not offer this size there, or it does not fit the disks.',
    remedy: 'Name another "size" or "zone" in the restore.',
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
