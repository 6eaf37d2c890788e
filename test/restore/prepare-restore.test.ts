import { VM_TAG } from '../../src/compute/arm/own-names';
import { ownTags } from '../../src/compute/arm/ownership';
import { vmResourceId } from '../../src/compute/arm/resource-id';
import { diskSnapshotsId } from '../../src/compute/snapshots/snapshot';
import { prepareRestore } from '../../src/restore/prepare-restore';
import { readOrders } from '../../src/restore/restore-documents';
import { RestoreTarget } from '../../src/restore/restore-target';
import { noCounts } from '../../src/vault/format/counts';
import { type StubAnswer, type StubArm, startStubArm, stubVm } from '../compute/support/stub-arm';
import { installation } from '../protection/support/protection';

const BACKUP = '20260301t020000z-backup-vm-00000001-abcdef';
const RESTORE = '20260302t020000z-restore-vm-00000001-abcdef';
const POINT = 'vm-00000001.20260301t020000z';
const REQUEST = {
  jobId: RESTORE,
  vmKey: 'vm-00000001',
  pointId: POINT,
  to: RestoreTarget.parse({ target: 'disks' }),
};

/** A recovery point whose snapshot was kept, as its manifest. */
const MANIFEST = {
  formatVersion: 1,
  pointId: POINT,
  vmKey: 'vm-00000001',
  runId: BACKUP,
  snapshotTime: '2026-03-01T02:00:00.000Z',
  createdAt: '2026-03-01T02:00:00.000Z',
  consistency: { reached: 'crash', asked: 'crash' },
  vm: {
    ...stubVm,
    vmId: 'id',
    os: 'Linux',
    configuration: { virtualMachine: { location: 'westeurope', properties: {} }, disks: [] },
  },
  disks: [
    {
      diskId: 'os',
      lun: -1,
      name: 'os',
      sizeBytes: 512,
      index: 'a'.repeat(64),
      mode: 'full',
      counts: noCounts(),
    },
  ],
  snapshot: {
    restorePointId: diskSnapshotsId({ ...stubVm, resourceGroup: 'rg' }, BACKUP),
    disks: [{ diskId: 'os', sourceId: '/rp/os', familyId: 'f' }],
  },
};

let arm: StubArm;
beforeEach(async () => {
  arm = await startStubArm();
});
afterEach(() => arm.close());

/** The disk of the snapshot that the orders of a restore say to start from, while Azure answers like this. */
async function sourceOf(answer: (path: string) => StubAnswer, compute = arm.compute) {
  const services = { ...(await installation('2026-03-02T02:00:00Z')), compute, settings: {} };
  await services.store.put(`points/${POINT}.json`, Buffer.from(JSON.stringify(MANIFEST)));
  arm.answer = (_method, path) => answer(path);
  expect(await prepareRestore(services, REQUEST)).toEqual({ diskIds: ['os'], warnings: [] });
  const [order] = await readOrders(services.store, RESTORE);
  return order?.sourceId;
}

/** Azure lists the disk snapshot that the backup made. */
const listed = (path: string): StubAnswer => {
  const id = `/subscriptions/${stubVm.subscriptionId}/resourceGroups/rg/providers/Microsoft.Compute/snapshots/s`;
  const tags = { ...ownTags(arm.compute, BACKUP), [VM_TAG]: vmResourceId(stubVm) };
  const properties = { timeCreated: '2026-03-01T02:00:00Z', provisioningState: 'Succeeded' };
  return { body: { value: path.endsWith('/snapshots') ? [{ id, name: 's', tags, properties }] : [] } };
};

test('disks are made of the kept snapshot while Azure has it', async () => {
  expect(await sourceOf(listed)).toBe('/rp/os');
  expect(await sourceOf(() => ({ body: { value: [] } }))).toBeUndefined();
});

test.each([403, 429, 500])(
  'a restore does without the kept snapshot where Azure answers %d',
  async (status) => {
    const error = { code: 'Sorry', message: 'Not now.' };
    expect(await sourceOf(() => ({ status, body: { error } }))).toBeUndefined();
  },
);

test('what is no failure of Azure is not taken for a snapshot that is gone', async () => {
  const broken = {
    ...arm.compute,
    client: () => {
      throw new TypeError('a slip');
    },
  };
  await expect(sourceOf(listed, broken)).rejects.toThrow(new TypeError('a slip'));
});
