import { entries } from './entry';

/** Of jobs, whatever they do, and of the records about them. */
export const JOBS = entries({
  InternalError: {
    step: 'any',
    title: 'Something happened that this version does not know.',
    remedy: 'Look at the message and the log of the function app; report it if it returns.',
    retryable: true,
  },
  BrokenInvariant: {
    step: 'any',
    title: 'The program has found itself in a state that must not be.',
    remedy: 'Report it with the record of the job: trying again would find the same.',
    retryable: false,
  },
  BackupAlreadyRunning: {
    step: 'start',
    title: 'A job holds this VM: it is being backed up, or its disks are being replaced.',
    remedy: 'Wait for that job, or cancel it.',
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
      'Nothing: the VM is free again and its next backup runs as scheduled; what was left half-made is swept within the hour, and the disks of a restore in place are put back. What cannot be is in GET /api/leftovers.',
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
});
