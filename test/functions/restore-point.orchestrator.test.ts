import '../../src/functions/restore-disk.orchestrator';
import '../../src/functions/restore-point.orchestrator';
import { done, drive, failing } from './support/orchestrator-driver';

jest.mock(
  'durable-functions',
  () => jest.requireActual('./support/orchestrator-driver').durableFunctionsStandIn,
);

const JOB = '20260301t020000z-restore-web-1-abcdef';
const request = { jobId: JOB, vmKey: 'web-1', pointId: 'web-1.20260301t020000z', to: { target: 'disks' } };
const order = (diskId: string, sourceId?: string) => ({
  jobId: JOB,
  pointId: request.pointId,
  diskId,
  name: `new-${diskId}`,
  sizeBytes: 1024,
  subscriptionId: 's',
  resourceGroup: 'g',
  location: 'l',
  sourceId,
});
const scripts = (disks: object[]) => ({
  prepareRestore: () => ({ disks, warnings: [] }),
  createRestoreDisk: (input: Record<string, unknown>) => done({ resourceId: `/disks/${input.name}` }),
  openDiskAccess: () => done({}),
  closeDiskAccess: () => done({}),
  discardRestoreDisk: () => done({ discarded: true }),
  planDiskRestore: () => ({ parts: 1, bytes: 1024 }),
  restoreDiskPart: () => ({ writtenBytes: 1024 }),
});

test('a restore brings every disk, and discards none', () => {
  const { calls, result } = drive('restorePoint', request, scripts([order('os'), order('lun-0')]));
  expect(result).toMatchObject({ ok: true });
  expect(calls).not.toContain('discardRestoreDisk');
});

test('a disk that fails fails the restore, and every disk of it is discarded once all have settled', () => {
  const discarded: unknown[] = [];
  const ended: Record<string, unknown>[] = [];
  const { result, log } = drive('restorePoint', request, {
    ...scripts([order('os'), order('lun-0')]),
    restoreDiskPart: ({ diskId }) => (diskId === 'os' ? failing('VaultObjectDamaged') : { writtenBytes: 1 }),
    discardRestoreDisk: ({ resourceId }) => {
      discarded.push(resourceId);
      return done({ discarded: true });
    },
    endJob: (input) => void ended.push(input),
  });
  expect(result).toMatchObject({ ok: false, failure: { code: 'VaultObjectDamaged' } });
  expect(discarded).toEqual(
    ['os', 'lun-0'].map(
      (diskId) => `/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/disks/new-${diskId}`,
    ),
  );
  expect(log.indexOf('start discardRestoreDisk')).toBeGreaterThan(log.lastIndexOf('settle restoreDisk'));
  expect(ended[0]).toMatchObject({ state: 'Failed' });
  expect(ended[0]?.shown).not.toHaveProperty('restoredDisks.0');
});

test('a disk whose snapshot was kept is made from it, and no byte is read from the vault', () => {
  const { calls, result } = drive('restorePoint', request, scripts([order('os', '/kept/os')]));
  expect(result).toMatchObject({ ok: true });
  expect(calls).toContain('createRestoreDisk');
  expect(calls).not.toContain('restoreDiskPart');
  expect(calls).not.toContain('openDiskAccess');
});

test('a kept snapshot that cannot be used costs time, not the restore', () => {
  const { result, calls } = drive('restorePoint', request, {
    ...scripts([order('os', '/kept/os')]),
    createRestoreDisk: ({ sourceId }) => (sourceId ? failing('SnapshotRefused') : done({ resourceId: '/d' })),
  });
  expect(result).toMatchObject({ ok: true });
  expect(calls).toContain('restoreDiskPart');
});
