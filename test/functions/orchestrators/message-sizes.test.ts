import { listTransfers, type TransferredDisk } from '../../../src/backup/run-documents';
import { diskResourceId } from '../../../src/compute/arm/resource-id';
import { backupError } from '../../../src/failures/failure';
import { type RestoreDiskOrder, restoreOrders } from '../../../src/restore/restore-orders';
import '../../../src/functions/orchestrators/backup-vm';
import '../../../src/functions/orchestrators/restore-disk';
import '../../../src/functions/orchestrators/restore-disks';
import '../../../src/functions/orchestrators/restore-point';
import '../../../src/functions/orchestrators/transfer-disk';
import { BackupPolicy } from '../../../src/policies/policy';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { noCounts } from '../../../src/vault/format/counts';
import type { RecoveryPoint } from '../../../src/vault/format/manifest';
import { done, drive, failing } from '../support/orchestrator-driver';

jest.mock(
  'durable-functions',
  () => jest.requireActual('../support/orchestrator-driver').durableFunctionsStandIn,
);

/**
 * A VM with as many disks as Azure allows, and names as long as Azure allows: no message of its jobs is so
 * large that the Durable Functions extension would keep it in a blob of its own, and no custom status so
 * large that it would refuse it.
 */
const MESSAGE_LIMIT = 45 * 1024;
const STATUS_LIMIT = 16 * 1024;
const long = (text: string, length: number) => text.padEnd(length, 'x');

const GROUP = `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/${long('group', 90)}`;
const UUID = '00000000-0000-0000-0000-000000000001';
const VM_KEY = long('web', 40);
const JOB = `20260301t020000z-backup-${VM_KEY}-abcdef`;
const POINT = `${GROUP}/providers/Microsoft.Compute/restorePointCollections/${long('dvb', 45)}/restorePoints/${long(JOB, 80)}`;
const MAX_BYTES = 35_183_298_347_008;

const DISKS = Array.from({ length: 65 }, (_, index) => ({
  diskId: index === 0 ? 'os' : `lun-${index - 1}`,
  lun: index - 1,
  name: long(`disk-${index}`, 80),
}));
const sourceId = (point: string, name: string) => `${point}/diskRestorePoints/${name}_${UUID}`;

const request = {
  jobId: JOB,
  vmKey: VM_KEY,
  vmId: UUID,
  ref: { subscriptionId: UUID, resourceGroup: long('group', 90), name: long('vm', 64) },
  os: 'Windows',
  policyName: long('policy', 63),
  trigger: 'on-demand',
  retainUntil: '2026-03-01T02:00:00Z',
  policy: BackupPolicy.parse({
    schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' },
    instantRestoreDays: 7,
    disks: { exceptLuns: Array.from({ length: 64 }, (_, lun) => lun) },
  }),
};
const counts = Object.fromEntries(Object.keys(noCounts()).map((key) => [key, MAX_BYTES]));
const summary = (diskId: string) => ({
  diskId,
  sizeBytes: MAX_BYTES,
  index: 'f'.repeat(64),
  mode: 'changed-blocks',
  modeReason: long('because', 300),
  basePointId: `${VM_KEY}.20260301t020000z-abcdef`,
  allocatedBytes: MAX_BYTES,
  counts,
});

/** The documents of the run as the activities would have kept them. */
async function keptByTheRun() {
  const store = memoryBlobStore();
  const snapshot = {
    restorePointId: POINT,
    time: '2026-03-01T02:00:05.000Z',
    consistency: { asked: 'application', reached: 'application' },
    disks: DISKS.map(({ diskId, lun, name }) => ({
      diskId,
      lun,
      sourceId: sourceId(POINT, name),
      uniqueId: UUID,
      familyId: UUID,
    })),
  };
  const previous = DISKS.map(({ diskId, name }) => ({
    diskId,
    pointId: `${VM_KEY}.20260301t020000z-abcdef`,
    uniqueId: UUID,
    sizeBytes: MAX_BYTES,
    snapshot: { sourceId: sourceId(POINT, name), familyId: UUID },
  }));
  await store.put(`captures/${JOB}/snapshot.json`, Buffer.from(JSON.stringify(snapshot)));
  await store.put(`captures/${JOB}/vm.json`, Buffer.from(JSON.stringify({ configuration: {}, previous })));
  const pages = new Map<number, object>();
  for (let from = 0; from < DISKS.length; from += 16) {
    pages.set(from, { transfers: await listTransfers(store, JOB, { from, count: 16 }) });
  }
  return pages;
}

const scripts = (pages: Map<number, object>, noted: TransferredDisk[]) => ({
  prepareBackup: () => ({
    running: true,
    firstOnRunningVm: true,
    vssMode: 'full',
    disks: DISKS.map(({ diskId, name }) => ({ diskId, name, sizeBytes: MAX_BYTES })),
    excluded: [] as object[],
  }),
  ensureExtension: () => done({ name: 'VMSnapshot', installed: 'installed' }),
  readWindowsState: () => done({ vcRedist2013x64: null, vssStartMode: 'Auto', iaasVmProvider: 'Auto' }),
  takeSnapshot: () =>
    done({
      restorePointId: POINT,
      consistency: { asked: 'application', reached: 'application' },
      diskIds: DISKS.map(({ diskId }) => diskId),
    }),
  listTransfers: ({ from }: Record<string, unknown>) => pages.get(from as number),
  removeSnapshot: () => done({ removed: true }),
  listExpiredSnapshots: () => ({ restorePointIds: [] }),
  openDiskAccess: () => done({}),
  closeDiskAccess: () => done({}),
  planDiskTransfer: () => ({
    mode: 'changed-blocks',
    modeReason: long('because', 300),
    parts: 1,
    sizeBytes: MAX_BYTES,
    plannedBytes: MAX_BYTES,
  }),
  transferDiskPart: (): object => ({
    readBytes: MAX_BYTES,
    changedBytes: MAX_BYTES,
    zeroedBytes: MAX_BYTES,
    sentBytes: MAX_BYTES,
    storedBytes: MAX_BYTES,
  }),
  completeDiskTransfer: ({ diskId }: Record<string, unknown>) => summary(String(diskId)),
  noteTransfers: ({ disks }: Record<string, unknown>) => {
    noted.push(...(disks as TransferredDisk[]));
    return {};
  },
  commitRecoveryPoint: () => ({ pointId: `${VM_KEY}.20260301t020000z-abcdef` }),
});

function expectSmall(messageBytes: Record<string, number>) {
  for (const [what, bytes] of Object.entries(messageBytes)) {
    expect({ what, bytes, fits: bytes < (what === 'custom status' ? STATUS_LIMIT : MESSAGE_LIMIT) }).toEqual({
      what,
      bytes,
      fits: true,
    });
  }
}

test('a backup of 65 disks', async () => {
  const noted: TransferredDisk[] = [];
  const { result, messageBytes } = drive('backupVm', request, scripts(await keptByTheRun(), noted));
  expect(result).toMatchObject({ ok: true });
  expect(noted.map(({ diskId }) => diskId)).toEqual(DISKS.map(({ diskId }) => diskId));
  expectSmall(messageBytes);
});

test('a backup of 65 disks of which every one fails at length', async () => {
  const { failure } = backupError('DiskReadFailed', long('because', 1000));
  const { result, messageBytes } = drive('backupVm', request, {
    ...scripts(await keptByTheRun(), []),
    transferDiskPart: () => ({ ok: false, failure }),
  });
  expect(result).toMatchObject({ ok: false, failure: { code: 'DiskReadFailed' } });
  expectSmall(messageBytes);
});

test('a backup that leaves 64 disks out', async () => {
  const excluded = DISKS.slice(1).map(({ lun, name }) => ({
    lun,
    name,
    resourceId: `${GROUP}/providers/Microsoft.Compute/disks/${name}`,
    reason: long('DiskIsShared: ', 90),
  }));
  const all = scripts(await keptByTheRun(), []);
  const { messageBytes } = drive('backupVm', request, {
    ...all,
    prepareBackup: () => ({ ...all.prepareBackup(), disks: [DISKS[0]], excluded }),
  });
  expectSmall(messageBytes);
});

/** The new disks of a restore of that VM, each made from a kept snapshot and with keys of the customer. */
function ordersOfRestore(jobId: string): RestoreDiskOrder[] {
  const encryption = {
    type: 'EncryptionAtRestWithPlatformAndCustomerKeys',
    diskEncryptionSetId: `${GROUP}/providers/Microsoft.Compute/diskEncryptionSets/${long('set', 80)}`,
  };
  const point = {
    pointId: `${VM_KEY}.20260301t020000z-abcdef`,
    vm: {
      name: long('vm', 64),
      vmId: UUID,
      subscriptionId: UUID,
      resourceGroup: long('group', 90),
      os: 'Windows',
      configuration: {
        virtualMachine: { location: 'southafricanorth' },
        disks: DISKS.map(({ name }) => ({
          name,
          sku: { name: 'StandardSSD_LRS' },
          zones: ['1'],
          properties: { hyperVGeneration: 'V2', encryption },
        })),
      },
    },
    disks: DISKS.map((disk) => ({ ...disk, sizeBytes: MAX_BYTES })),
  };
  const kept = DISKS.map(({ diskId, name }) => ({ diskId, sourceId: sourceId(POINT, name), familyId: UUID }));
  const snapshot = { restorePointId: POINT, disks: kept };
  const { orders } = restoreOrders(point as unknown as RecoveryPoint, jobId, { snapshot });
  // What the disks are to be stays beside the history.
  return orders.map(({ model: _model, optional: _optional, ...order }) => order);
}

test.each(['vm', 'replace', 'failing'])('a restore of 65 disks: %s', (what) => {
  const jobId = JOB.replace('backup', 'restore');
  const orders = ordersOfRestore(jobId);
  const ref = { subscriptionId: UUID, resourceGroup: long('group', 90), name: long('vm', 64) };
  const toVm = { target: 'vm', name: ref.name, network: { subnet: `${GROUP}/subnet` }, keepBackupTag: true };
  const to = what === 'vm' ? toVm : { target: 'replace', deallocate: true };
  const eightInterfaces = Array.from({ length: 8 }, (_, index) => ({
    id: `${GROUP}/nic-${index}`,
    make: true,
  }));
  const { failure } = backupError('DiskUploadFailed', long('because', 1000));
  const { result, messageBytes } = drive(
    'restorePoint',
    { jobId, vmKey: VM_KEY, pointId: `${VM_KEY}.20260301t020000z-abcdef`, to },
    {
      prepareRestore: () => ({
        diskIds: orders.map(({ diskId }) => diskId),
        newVm: what === 'vm' ? { ref, interfaces: eightInterfaces } : undefined,
        warnings: [],
      }),
      listRestoreOrders: ({ from }) => ({ orders: orders.slice(Number(from), Number(from) + 16) }),
      createRestoreDisk: (order) =>
        what === 'failing'
          ? { ok: false, failure }
          : done({ resourceId: diskResourceId(order as unknown as RestoreDiskOrder) }),
      discardRestoreDisk: () => failing('ResourceLocked', long('because', 1000)),
      createNetworkInterface: () => done({ resourceId: `${GROUP}/nic`, warnings: [long('without', 250)] }),
      createRestoredVm: () => done({ resourceId: `${GROUP}/vm` }),
      planReplacement: () => ({ vm: { ref, vmId: UUID }, running: true }),
      deallocateVm: () => done({}),
      swapDisks: () => done({}),
      startVm: () => done({}),
    },
  );
  expect(result).toMatchObject({ ok: what !== 'failing' });
  expectSmall(messageBytes);
});
