import type { FailureCode } from '../../../src/failures/catalogue';

/** A test that meets the cause and goes the way of its remedy: its file below `test/`, and its name. */
type Place = readonly [file: string, test: string];

const ANSWERS = 'functions/http/azure-answers.test.ts';
const SHAPES = 'functions/http/vm-shapes.test.ts';
const CHOICE: Place = [
  ANSWERS,
  'the cause is its own, what was made is gone, and the choice that the remedy names helps',
];

/** Causes that need other parts than a fleet in the emulator, or that a test of their own goes through. */
export const ELSEWHERE: Partial<Record<FailureCode, Place>> = {
  // Azure.
  ComputeEndpointRefused: ['transport/endpoint.test.ts', 'https, whatever the setting'],
  PolicyDenied: [ANSWERS, 'is satisfied by the setting, in everything that can have tags'],
  ResourceGroupNotFound: [ANSWERS, 'and a group for snapshots that does not exist is told by its name'],
  ResourceLocked: [ANSWERS, 'keeps no snapshot where those live in a group of their own'],
  ComputeOperationTimedOut: [
    'compute/snapshots/take-snapshot.test.ts',
    'ends the step at its limit with a typed failure, and the next one takes a snapshot again',
  ],

  // VMs and disks.
  UserErrorVmProvisioningStateFailed: ['compute/vms/inspect.test.ts', 'provisioning state %s'],
  DiskIsEphemeral: [
    ANSWERS,
    'says which setting helps, and with it has its data disks backed up and restored',
  ],
  DiskIsUnmanaged: [
    'compute/vms/inspect.test.ts',
    'a disk that is a page blob is told, and is as any other once it was converted',
  ],
  PageListRefused: [
    'compute/disks/disk-source.test.ts',
    'is refused when the list is %s, and so is a list of allocated pages',
  ],
  ChangedBlocksUnavailable: [
    'vault/transfer/tracking-ends.test.ts',
    'when tracking ends after planning, the part is compared instead: the point has every byte and says why',
  ],
  DiskRangesInvalid: [
    'vault/transfer/upload-follows-change.test.ts',
    'ranges that contradict themselves are refused before anything is read, and good ones are taken',
  ],

  // Jobs.
  VmReplaced: [
    'functions/http/who-is-who.test.ts',
    'a VM made anew under an old name is another: nothing of the old one is replaced in it or counted for it',
  ],
  JobCancelled: [
    'functions/http/on-demand.test.ts',
    'one that waits is cancelled at once, and leaves its VM free',
  ],
  JobInterrupted: [
    'functions/http/nothing-left.test.ts',
    'to "%s" during %s, after %d of them, leaves nothing without an owner',
  ],
  JobUnknown: [
    'functions/http/nothing-left.test.ts',
    'to "%s" during %s, after %d of them, leaves nothing without an owner',
  ],
  JobTimedOut: [
    'activities/backup/take-over.test.ts',
    'the next backup goes on with the copy that was under way, and begins none',
  ],
  DocumentUnreadable: [
    'functions/http/api.test.ts',
    'whose document cannot be read is in force no more, and can be deleted',
  ],

  // Restores.
  RestoreCoreQuotaExceeded: CHOICE,
  RestoreVmNoCapacity: CHOICE,
  RestoreSizeNotAvailable: CHOICE,
  RestoreResourceNotFound: [
    SHAPES,
    'stops the restore where it protected the network, until another one is named',
  ],
  RestoreLessProtected: [
    SHAPES,
    'may be missing where that was asked for, and the job says so; or another one takes its place',
  ],
  RestoreDiskConflict: ['restore/restore-orders.test.ts', 'every restore has names of its own for its disks'],
  RestoreNotUndone: [
    'activities/maintenance/settle-restores.test.ts',
    'of a restore that left its disks to people only what they did settles it, and no disk goes',
  ],
  RestoreInPlaceUnfinished: [
    'functions/http/nothing-left.test.ts',
    'until a half-made swap is settled the VM says so, no backup of it counts, and the job names disks and what to do',
  ],

  // The vault.
  VaultObjectDamaged: [
    'vault/transfer/healing.test.ts',
    'what a verification could not see behind a damaged segment is healed with it',
  ],
  VaultObjectMissing: [
    'functions/http/damage.test.ts',
    'what a restore met is healed by the next backup, and its point is whole',
  ],
  VaultObjectTooLarge: [
    'vault/hostile-vault.test.ts',
    'that is not JSON, or too large to read, is refused as well',
  ],
  VaultDocumentInvalid: [
    'functions/http/damage.test.ts',
    'a manifest that is damaged is what its verification fails of, by name',
  ],
  VaultContentLocked: [
    'vault/objects/locked-content.test.ts',
    'old content that cannot be kept from garbage collection ends the run with a cause, until it is released',
  ],
  VaultNameInvalid: ['vault/hostile-vault.test.ts', 'ids outside their grammar never become names of blobs'],
  RunTooOld: [
    'vault/transfer/resume.test.ts',
    'a run older than garbage collection waits may not commit, and a new one may',
  ],
  TransferNotPlanned: [
    'vault/transfer/resume.test.ts',
    'a run older than garbage collection waits may not commit, and a new one may',
  ],
  TransferIncomplete: [
    'vault/transfer/resume.test.ts',
    'a process killed at any request loses no point, lists nothing half done, and can go on',
  ],
  RecoveryPointExists: [
    'vault/transfer/resume.test.ts',
    'an activity that runs twice, even at the same time, counts once and gives the same point',
  ],
  RecoveryPointGone: [
    'vault/points/undelete.test.ts',
    'undeleting a point that is collected at that moment fails: what is gone is never said to be back',
  ],
  VaultChanged: [
    'vault/vault-guard.test.ts',
    'is written to no more, can still be read, and is itself again when it is put back',
  ],
  VaultReadIncomplete: [
    'vault/objects/once-more.test.ts',
    'a body that did not come whole is asked for once more',
  ],
  VaultUnreachable: ['storage/refusals.test.ts', 'a service that is not there is unreachable, with words'],
  VaultFolderRefused: ['storage/folder-blob-store.test.ts', 'a folder that nobody may write to says so'],

  // Working on a container or a copy.
  VaultAddressInvalid: [
    'storage/container-address.test.ts',
    'a container is opened by its signature, as an Azurite, and by a connection string',
  ],
  VaultNotFound: [
    'direct/open-vault.test.ts',
    'a vault opens from its container and from a copy made by a plain download, with nothing else running',
  ],
  CopyTargetIsAnotherVault: ['direct/copy-vault.test.ts', 'another vault is never mixed with this one'],
  ExportExists: [
    'direct/export-disk.test.ts',
    'what is there is never overwritten, and what cannot be written says why',
  ],
  ExportFileFailed: [
    'direct/export-disk.test.ts',
    'goes on after a break, and begins anew where nothing was begun',
  ],
  ExportIncomplete: [
    'direct/export-disk.test.ts',
    'leaves no file but the unfinished one, names the ranges, and what is healed is all that resume fetches',
  ],
  UploadAddressInvalid: [
    'cli/direct/upload.test.ts',
    'a disk is uploaded to a managed disk, which is one when its access ends',
  ],
  UploadSizeMismatch: [
    'cli/direct/upload.test.ts',
    'a disk of another size is refused, with the command that makes the right one',
  ],
  UploadRefused: ['cli/direct/upload.test.ts', 'a link that is over is refused at once, and never shown'],
  ServeAddressInUse: ['nbd/address.test.ts', 'a socket that a killed server left behind is taken over'],
  ServeAddressRefused: ['nbd/address.test.ts', 'the loopback is the only network that is served'],
  OverlayInUse: ['nbd/overlay/overlay.test.ts', 'has one server, in this process or another'],
  OverlayNotOfDisk: [
    'nbd/overlay/overlay.test.ts',
    'of another disk, and a file that is none, are refused and stay as they are',
  ],
  OverlayFailed: ['nbd/overlay/overlay.test.ts', 'that cannot be made says why'],

  // Requests.
  LengthRequired: [
    'functions/http/bodies.test.ts',
    'no body and no length is right where the body is optional',
  ],
  BodyTooLarge: [
    'functions/http/bodies.test.ts',
    'a body beyond the bound is refused with 413 and starts nothing',
  ],
  JobIsOver: ['functions/http/api.test.ts', 'a second backup of a VM is refused with the job that holds it'],
  ChangedMeanwhile: [
    'functions/http/api.test.ts',
    'are made, read, changed by their version only, and deleted',
  ],
  PolicyIsPreset: [
    'functions/http/api.test.ts',
    'the presets are there without anybody having written them, and come back when their change is deleted',
  ],
  PolicyLetsGoOfPoints: [
    'functions/http/policies.test.ts',
    'is refused without their number, and with another one; what stands in the answer is then taken',
  ],
  IdempotencyKeyReused: [
    'functions/http/api.test.ts',
    'a request with an Idempotency-Key starts one job, however often it comes',
  ],
};

/** Causes whose remedy nobody can follow in a test, and why. */
export const NOBODY_CAN: Partial<Record<FailureCode, string>> = {
  InternalError: 'nothing is known of it: the remedy is to read the message',
  BrokenInvariant: 'a state that no correct program reaches: the remedy is to report it',
  DiskBytesGone:
    'of the emulator alone: the image that lay below its disks is lost, and a new state folder is needed',
  SnapshotIncomplete: 'the restore points of the emulator hold every disk that is not excluded',
  DiskTooSmall: 'the app makes each disk itself, in the size of the one in the point',
  VaultVersionUnsupported: 'there is no newer version of the format yet',
  GarbageUnknown: 'only another collector that always wins brings it about: nothing is to be done',
  VaultSignInFailed: 'a managed identity is to be had in Azure only',
  VaultReadOnly: 'it guards the programs themselves: none of their commands writes to such a vault',
  NotReady: 'it stands for a cause that callers without a key are not told; the log has it',
};
