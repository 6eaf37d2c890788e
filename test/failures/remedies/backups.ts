import { type Followed, LINUX, type Passing, WINDOWS, withDisk } from '../support/follow';
import type { World } from '../support/remedy-world';

const CLIENT = 'VMRestorePointClientError';
const POINT = 'restorePoints.create';
const refuse = (status: number, code: string, message = 'Azure says no.') => ({
  kind: 'refuse',
  status,
  code,
  message,
});
const fails = (code: string, message: string) => ({ kind: 'fail-operation', code, message });
/** Nothing less than what is asked for will do. */
const STRICT = { consistency: { ask: 'application', allowFallback: false } };
const STRICT_ON_LINUX = { consistency: { ask: 'file-system', allowFallback: false } };
const WITHOUT_LUN_0 = { disks: { exceptLuns: [0] } };

const excluded = (code: Followed['code'], shape: Followed['shape'], policy: object = {}): Followed => ({
  code,
  shape,
  policy,
  provoke: () => undefined,
  follow: (_world, vm) => vm.setPolicy({ ...policy, ...WITHOUT_LUN_0 }),
});

/** Something in the guest that is broken, and that somebody repairs as the remedy says. */
const inGuest = (
  code: Followed['code'],
  shape: Followed['shape'],
  broken: object,
  repaired: object,
): Followed => ({
  code,
  shape,
  policy: shape?.os === 'Windows' ? STRICT : STRICT_ON_LINUX,
  provoke: (world, { name }) => world.guest(name, broken),
  follow: (world, { name }) => world.guest(name, repaired),
});

/**
 * Something that the emulator knows by Azure's words only: it is there until somebody has done what the
 * remedy says, in the guest or in the subscription.
 */
const until = (
  code: Followed['code'],
  operation: string,
  effect: object,
  more: Partial<Followed> = {},
): Followed => ({
  code,
  shape: WINDOWS,
  policy: STRICT,
  provoke: (world) => world.fault(operation, effect),
  follow: (world) => world.clearFaults(),
  ...more,
});

const patchDisk = (world: World, name: string, properties: object) =>
  world.shaped.arm('PATCH', world.shaped.diskId(`${name}-0`), { properties });

const ULTRA_VM = {
  properties: {
    hardwareProfile: { vmSize: 'Standard_D8s_v5' },
    additionalCapabilities: { ultraSSDEnabled: true },
  },
};

export const BACKUPS: Followed[] = [
  // Of the disks of the VM.
  excluded('DiskIsShared', withDisk({ sku: { name: 'Premium_LRS' }, properties: { maxShares: 2 } })),
  excluded(
    'DiskHas4KSectors',
    withDisk(
      { sku: { name: 'UltraSSD_LRS' }, properties: { creationData: { logicalSectorSize: 4096 } } },
      ULTRA_VM,
    ),
  ),
  excluded(
    'DiskIsEncryptedInGuest',
    withDisk({
      sku: { name: 'Premium_LRS' },
      properties: { encryptionSettingsCollection: { enabled: true, encryptionSettings: [] } },
    }),
  ),
  excluded(
    'SnapshotRefused',
    { ...LINUX, data: [{ lun: 0, writeAcceleratorEnabled: true, disk: { sku: { name: 'Premium_LRS' } } }] },
    { consistency: { ask: 'crash' } },
  ),
  {
    code: 'DiskAccessDenied',
    provoke: (world, { name }) => patchDisk(world, name, { networkAccessPolicy: 'DenyAll' }),
    follow: (world, { name }) => patchDisk(world, name, { networkAccessPolicy: 'AllowAll' }),
  },
  {
    code: 'DiskNeedsEntraLogin',
    provoke: (world, { name }) => patchDisk(world, name, { dataAccessAuthMode: 'AzureActiveDirectory' }),
    follow: (world, { name }) => patchDisk(world, name, { dataAccessAuthMode: 'None' }),
  },
  until('DiskNotAllocated', POINT, refuse(409, 'OperationNotAllowed', 'Disk data_1 is not allocated.')),
  until(
    'DiskEncryptionKeyUnavailable',
    POINT,
    fails('DiskRestorePointClientError', 'The key vault of the disk encryption set is not found.'),
  ),

  // Of the VM as a whole.
  {
    code: 'UserErrorVmNotInDesirableState',
    async provoke(world, { name }) {
      await world.fault('virtualMachines.deallocate', { kind: 'late', seconds: 48 * 3600 }, 1);
      await world.arm.setPower(name, 'deallocate');
    },
    follow: (world) => world.arm.endOperations(),
  },
  until('OSProvisioningClientError', POINT, fails('OSProvisioningClientError', 'It did not finish.')),
  until('ComputeAccessDenied', 'restorePointCollections.createOrUpdate', refuse(403, 'AuthorizationFailed')),

  {
    code: 'VmNotFound',
    async provoke(world, vm) {
      await vm.point();
      // It is there when the backup is asked for.
      for (const operation of ['get', 'instanceView']) {
        await world.fault(`virtualMachines.${operation}`, refuse(404, 'ResourceNotFound'));
      }
    },
    async follow(world, vm) {
      await world.clearFaults();
      await world.arm.deleteVm(vm.name);
      await world.call('DELETE', `vms/${vm.key}/protection`);
    },
    // Its recovery points stay.
    instead: async (world, vm) => world.restore(await vm.point(), { target: 'disks' }),
  },

  // Of the guest.
  {
    ...inGuest('UserErrorGuestAgentStatusUnavailable', WINDOWS, {}, { agent: 'ready' }),
    async provoke(world, vm) {
      // Without an agent the extension, which comes first, would not be installed.
      await vm.point();
      await world.guest(vm.name, { agent: 'not-ready' });
    },
  },
  inGuest('ExtensionSnapshotFailedNoNetwork', WINDOWS, { network: 'blocked' }, { network: 'ok' }),
  inGuest('ExtensionFailedVssWriterInBadState', WINDOWS, { vss: 'failed' }, { vss: 'ok' }),
  inGuest('ExtensionSnapshotFailedCOM', WINDOWS, { comPlus: 'failed' }, { comPlus: 'ok' }),
  inGuest('ExtensionSnapshotFailedCOMMemory', WINDOWS, { comPlus: 'out-of-memory' }, { comPlus: 'ok' }),
  inGuest('ExtensionInstallationFailedMSDTC', WINDOWS, { msdtc: 'failed' }, { msdtc: 'ok' }),
  inGuest(
    'ExtensionVCRedistInstallationFailure',
    WINDOWS,
    { vcRedistInstall: 'failed' },
    { vcRedistInstall: 'ok' },
  ),
  inGuest('GuestResourcesExhausted', WINDOWS, { resources: 'exhausted' }, { resources: 'ok' }),
  inGuest('UserErrorFsFreezeFailed', LINUX, { fsFreeze: 'timeout' }, { fsFreeze: 'ok' }),
  inGuest(
    'PrePostScriptFailed',
    LINUX,
    { scripts: { pre: { mode: '755' }, configuration: { continueBackupOnFailure: false } } },
    { scripts: { pre: { mode: '700' }, configuration: { continueBackupOnFailure: false } } },
  ),
  until(
    'GuestAgentSnapshotTaskStatusError',
    POINT,
    fails(CLIENT, 'Could not communicate with the VM agent for snapshot task status.'),
  ),
  until(
    'ExtensionOperationFailedForManagedDisks',
    POINT,
    fails(CLIENT, 'The VSS service of the virtual machine is not working properly.'),
  ),
  until(
    'ExtensionInstallFailed',
    'virtualMachineExtensions.createOrUpdate',
    fails('VMExtensionProvisioningError', 'The handler ended with exit code 1.'),
  ),
  until(
    'ExtensionInstallTimedOut',
    'virtualMachineExtensions.createOrUpdate',
    fails('VMExtensionProvisioningTimeout', 'It took too long.'),
  ),
  {
    code: 'ConsistencyNotReached',
    policy: STRICT,
    provoke: () => undefined,
    follow: (_world, vm) => vm.setPolicy({ consistency: { ask: 'application', allowFallback: true } }),
  },

  // Of snapshots.
  {
    code: 'UserErrorRpCollectionLimitReached',
    policy: { instantRestoreDays: 7 },
    async provoke(world, vm) {
      await vm.point();
      await world.settings({ restorePointsPerVm: 1 });
    },
    async follow(world) {
      const { restorePoints } = (await world.shaped.state()) as { restorePoints: { id: string }[] };
      for (const { id } of restorePoints) await world.shaped.arm('DELETE', id);
    },
  },
  until(
    'ExtensionFailedSnapshotLimitReachedError',
    POINT,
    fails(CLIENT, 'Restore Point creation failed as the snapshot limit is reached for some of the disks.'),
  ),
  until('SnapshotGone', 'diskRestorePoint.grantAccess', refuse(404, 'NotFound', 'It was not found.')),
];

/** What passes by itself. */
export const PASSING_BACKUPS: Passing[] = [
  { code: 'ComputeUnavailable', operation: 'virtualMachines.get', effect: refuse(503, 'ServiceUnavailable') },
  { code: 'TooManyRequests', operation: POINT, effect: refuse(429, 'TooManyRequests') },
  {
    code: 'SnapshotAlreadyRunning',
    operation: POINT,
    count: 3,
    effect: refuse(409, CLIENT, "It failed due to a concurrent 'Create RestorePoint' operation on the VM."),
  },
  {
    code: 'VmChangedDuringSnapshot',
    operation: POINT,
    effect: refuse(409, 'OperationNotAllowed', 'Changes were made to the VM while it was in progress.'),
  },
  { code: 'SnapshotServiceError', operation: POINT, effect: fails('VMRestorePointInternalError', 'x') },
  { code: 'AllocationFailed', operation: POINT, effect: fails('AllocationFailed', 'No room.') },
  {
    code: 'TooManyDiskAccesses',
    operation: 'diskRestorePoint.grantAccess',
    effect: refuse(409, 'Conflict', 'No more than 5 SAS can be active for snapshots of the same family.'),
  },
  {
    code: 'DiskReadFailed',
    operation: 'blob.download',
    effect: { kind: 'cut', afterBytes: 100 },
    first: (world, { name }) => world.write(name),
  },
  {
    code: 'DiskRestorePointUsedByCustomer',
    operation: 'restorePoints.delete',
    effect: refuse(409, 'DiskRestorePointUsedByCustomer', 'It is being read.'),
  },
  {
    code: 'RunCommandFailed',
    operation: 'virtualMachines.runCommand',
    effect: refuse(409, 'Conflict', 'Run Command is busy.'),
  },
];
