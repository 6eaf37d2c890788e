import { openDiskAccess } from '../../src/compute/disks/disk-access';
import { openDiskSource } from '../../src/compute/disks/disk-source';
import { openDiskTarget } from '../../src/compute/disks/disk-target';
import { sweep } from '../../src/compute/leftovers/find-leftovers';
import { completeRestored } from '../../src/compute/restore/complete-restored';
import { discardRestoreDisk } from '../../src/compute/restore/discard-disk';
import { createRestoreDisk } from '../../src/compute/restore/restore-disk';
import { listOwnSnapshots } from '../../src/compute/snapshots/own-snapshots';
import { removeSnapshot } from '../../src/compute/snapshots/remove-snapshot';
import type { Snapshot } from '../../src/compute/snapshots/snapshot';
import { takeSnapshot } from '../../src/compute/snapshots/take-snapshot';
import { type Azure, complete, failureOf, MIB, startAzure } from './support/azure';

const disk = (lun: number) => ({ lun, sizeBytes: MIB });
let azure: Azure;
let jobs = 0;

beforeEach(async () => {
  azure = await startAzure([
    { name: 'vm', os: 'Linux', disks: [disk(-1), disk(0)] },
    { name: 'off', os: 'Linux', powerState: 'deallocated', disks: [disk(-1), disk(0)] },
  ]);
});
afterEach(() => azure.close());

const inputOf = (name: string, jobId: string) =>
  ({
    ref: azure.ref(name),
    jobId,
    os: 'Linux',
    running: name === 'vm',
    consistency: 'file-system',
    fallbackAllowed: true,
    diskCount: 2,
  }) as const;
const take = async (name: string, jobId = `job-${++jobs}`): Promise<Snapshot> =>
  (await complete(takeSnapshot, azure.compute, inputOf(name, jobId))).result;
const remove = async (restorePointId: string) =>
  (await complete(removeSnapshot, azure.compute, { restorePointId })).result;
const later = () => new Date(Date.now() + 60_000).toISOString();
const allDead = { isLive: () => false, judgeRestore: () => 'dead' as const };

describe('removing a snapshot', () => {
  it('revokes what is still open on it first, since Azure refuses to pull it away from a reader', async () => {
    const taken = await take('vm');
    for (const { sourceId } of taken.disks)
      await complete(openDiskAccess, azure.compute, { sourceId, access: 'Read' });
    expect((await azure.state()).grants).toHaveLength(2);
    expect(await remove(taken.restorePointId)).toEqual({ removed: true });
    expect(await azure.state()).toMatchObject({ restorePoints: [], grants: [] });
  });

  it('gives up with a typed failure when it stays in use', async () => {
    const taken = await take('vm');
    const effect = {
      kind: 'refuse',
      status: 409,
      code: 'DiskRestorePointUsedByCustomer',
      message: 'A SAS is active.',
    };
    await azure.fault({ operation: 'restorePoints.delete', count: null, effect });
    expect(await failureOf(remove(taken.restorePointId))).toMatchObject({
      step: 'clean up',
      code: 'DiskRestorePointUsedByCustomer',
    });
  });

  it('tells of a lock, which nobody but its owner can help', async () => {
    const taken = await take('vm');
    await azure.fault({
      operation: 'restorePoints.delete',
      effect: { kind: 'refuse', status: 409, code: 'ScopeLocked', message: 'Locked.' },
    });
    expect(await failureOf(remove(taken.restorePointId))).toMatchObject({
      code: 'ResourceLocked',
      retryable: false,
    });
  });
});

describe('the last rung: one incremental snapshot per disk', () => {
  const refusePoints = () =>
    azure.fault({
      operation: 'restorePoints.create',
      count: null,
      effect: {
        kind: 'refuse',
        status: 409,
        code: 'VMRestorePointClientError',
        message: 'Not supported here.',
      },
    });

  it('serves a VM that is off where restore points are refused, and says so', async () => {
    await refusePoints();
    const taken = await take('off', 'job-x');
    expect(taken.consistency).toMatchObject({
      reached: 'file-system',
      reason: /^SnapshotRefused: .*Not supported here/,
    });
    expect(taken.disks.map(({ diskId }) => diskId)).toEqual(['os', 'lun-0']);
    expect((await azure.state()).snapshots).toHaveLength(2);
    const source = await openDiskSource(azure.compute, { sourceId: taken.disks[0]!.sourceId });
    expect(source.sizeBytes).toBe(MIB);
    expect(await take('off', 'job-x')).toEqual(taken);
    expect(await listOwnSnapshots(azure.compute, azure.ref('off'))).toEqual([
      { restorePointId: taken.restorePointId, jobId: 'job-x', time: taken.time, complete: true },
    ]);
    expect(await remove(taken.restorePointId)).toEqual({ removed: true });
    expect(await azure.state()).toMatchObject({ snapshots: [], grants: [] });
  });

  it('never serves a running VM of several disks: they would be of several instants', async () => {
    await refusePoints();
    expect(await failureOf(take('vm'))).toMatchObject({ code: 'SnapshotRefused' });
    expect((await azure.state()).snapshots).toEqual([]);
  });
});

describe('what interrupted runs leave behind', () => {
  it('is listed per VM with its job, oldest first, and nothing of anybody else', async () => {
    const first = await take('vm', 'job-a');
    const second = await take('vm', 'job-b');
    await take('off', 'job-c');
    const other = { ...azure.compute, settings: { ...azure.compute.settings, installation: 'other' } };
    await complete(takeSnapshot, other, inputOf('vm', 'job-d'));
    const listed = await listOwnSnapshots(azure.compute, azure.ref('vm'));
    expect(listed).toEqual([
      { restorePointId: first.restorePointId, jobId: 'job-a', time: first.time, complete: true },
      { restorePointId: second.restorePointId, jobId: 'job-b', time: second.time, complete: true },
    ]);
  });

  it('is found for one VM without a listing of the collections of all', async () => {
    const taken = await take('vm', 'job-a');
    await take('off', 'job-b');
    const { subscriptionId, resourceGroup } = azure.ref('vm');
    const { virtualMachines, restorePointCollections } = azure.compute.client(subscriptionId);
    const listings = jest.spyOn(restorePointCollections, 'list');
    const vmId = (await virtualMachines.get(resourceGroup, 'vm')).vmId ?? '';
    expect(await listOwnSnapshots(azure.compute, azure.ref('vm'), vmId)).toEqual([
      { restorePointId: taken.restorePointId, jobId: 'job-a', time: taken.time, complete: true },
    ]);
    expect(await listOwnSnapshots(azure.compute, azure.ref('vm'), 'of a VM made anew')).toEqual([]);
    expect(listings).not.toHaveBeenCalled();
  });

  it('is swept when its job is dead and it is old enough; live jobs, young and foreign things stay', async () => {
    const dead = await take('vm', 'job-dead');
    await take('vm', 'job-live');
    const other = { ...azure.compute, settings: { ...azure.compute.settings, installation: 'other' } };
    await complete(takeSnapshot, other, inputOf('vm', 'job-dead'));
    const options = { ...allDead, isLive: (jobId: string) => jobId === 'job-live' };
    const early = { ...options, olderThan: '2000-01-01T00:00:00.000Z' };
    expect((await sweep(azure.compute, early)).snapshots).toEqual([]);
    expect((await sweep(azure.compute, { ...options, olderThan: later() })).snapshots).toEqual([
      { restorePointId: dead.restorePointId, jobId: 'job-dead' },
    ]);
  });

  it('is swept also while it is half made', async () => {
    await azure.settings({ operationSeconds: 1000 });
    await takeSnapshot(azure.compute, inputOf('vm', 'job-dead'));
    const { snapshots } = await sweep(azure.compute, { ...allDead, olderThan: later() });
    expect(snapshots.map(({ jobId }) => jobId)).toEqual(['job-dead']);
  });

  it('disks of restores that died are found while they are open', async () => {
    const { subscriptionId, resourceGroup } = azure.ref('vm');
    const order = {
      jobId: 'restore-dead',
      subscriptionId,
      resourceGroup,
      name: 'r1',
      location: 'westeurope',
      sizeBytes: MIB,
    };
    const { resourceId } = (await complete(createRestoreDisk, azure.compute, order)).result;
    await complete(openDiskAccess, azure.compute, { sourceId: resourceId, access: 'Write' });
    const { halfMade } = await sweep(azure.compute, { ...allDead, olderThan: later() });
    expect(halfMade).toEqual([{ resourceId, jobId: 'restore-dead' }]);
  });
});

describe('a restore that did not come to its end', () => {
  const halfWritten = async (jobId: string) => {
    const { subscriptionId, resourceGroup } = azure.ref('vm');
    const order = {
      jobId,
      subscriptionId,
      resourceGroup,
      name: 'half',
      location: 'westeurope',
      sizeBytes: MIB,
    };
    const { resourceId } = (await complete(createRestoreDisk, azure.compute, order)).result;
    const target = await openDiskTarget(azure.compute, { diskResourceId: resourceId, sizeBytes: MIB });
    await target.write(0, Buffer.alloc(4096, 1));
    return resourceId;
  };
  const discard = async (resourceId: string, jobId: string) =>
    (await complete(discardRestoreDisk, azure.compute, { resourceId, jobId })).result;

  it('leaves neither its disk nor access to it', async () => {
    const resourceId = await halfWritten('restore-1');
    expect(await discard(resourceId, 'restore-1')).toEqual({ discarded: true });
    expect(await discard(resourceId, 'restore-1')).toEqual({ discarded: false });
    const { disks, grants } = await azure.state();
    expect(disks.filter(({ name }) => name === 'half')).toEqual([]);
    expect(grants).toEqual([]);
  });

  it('never takes the disk of anybody else with it', async () => {
    const resourceId = await halfWritten('restore-1');
    expect(await failureOf(discard(resourceId, 'restore-2'))).toMatchObject({ code: 'RestoreDiskConflict' });
    const attached = (await azure.state()).disks.find(({ name }) => name !== 'half')!.id;
    expect(await failureOf(discard(attached, 'restore-1'))).toMatchObject({ code: 'RestoreDiskConflict' });
  });

  it('a restored disk that its owner exports is no leftover', async () => {
    const taken = await take('vm');
    const { subscriptionId, resourceGroup } = azure.ref('vm');
    const order = {
      jobId: 'restore-3',
      subscriptionId,
      resourceGroup,
      name: 'done',
      location: 'westeurope',
      sizeBytes: MIB,
    };
    const restored = await complete(createRestoreDisk, azure.compute, {
      ...order,
      sourceId: taken.disks[0]!.sourceId,
    });
    const { resourceId } = restored.result;
    await complete(completeRestored, azure.compute, { resourceIds: [resourceId] });
    await complete(openDiskAccess, azure.compute, { sourceId: resourceId, access: 'Read' });
    expect((await sweep(azure.compute, { ...allDead, olderThan: later() })).halfMade).toEqual([]);
  });
});

describe('the disk of a restore', () => {
  const order = (more: object = {}) => {
    const { subscriptionId, resourceGroup } = azure.ref('vm');
    return {
      jobId: 'restore-1',
      subscriptionId,
      resourceGroup,
      name: 'restored',
      location: 'westeurope',
      sizeBytes: MIB,
      ...more,
    };
  };
  const create = async (more: object = {}) =>
    (await complete(createRestoreDisk, azure.compute, order(more))).result;

  it('is made once, however often it is asked for', async () => {
    const first = await create();
    expect(await create()).toEqual(first);
    expect((await azure.state()).disks.filter(({ name }) => name === 'restored')).toHaveLength(1);
  });

  it('is made of a kept snapshot, for instant restore', async () => {
    const taken = await take('vm');
    const sourceId = taken.disks[1]!.sourceId;
    const { resourceId } = await create({ sourceId });
    expect(await create({ sourceId })).toEqual({ resourceId, warnings: [] });
    expect((await azure.state()).disks.find(({ name }) => name === 'restored')).toMatchObject({
      diskState: 'Unattached',
      sizeBytes: MIB,
    });
  });

  it.each([
    ['another job', { jobId: 'restore-2' }],
    ['another size', { sizeBytes: 2 * MIB }],
  ])('of %s is not overwritten', async (_, more) => {
    await create();
    expect(await failureOf(create(more))).toMatchObject({ step: 'restore', code: 'RestoreDiskConflict' });
  });

  it.each([
    [
      'RestoreQuotaExceeded',
      {
        kind: 'refuse',
        status: 409,
        code: 'OperationNotAllowed',
        message: 'Operation could not be completed as it results in exceeding approved quota.',
      },
    ],
    ['DiskUploadFailed', { kind: 'fail-operation', code: 'DiskCreationFailed', message: 'It failed.' }],
    ['ComputeAccessDenied', { kind: 'refuse', status: 403, code: 'AuthorizationFailed', message: 'No.' }],
  ])('that Azure refuses fails with %s', async (code, effect) => {
    await azure.fault({ operation: 'disks.createOrUpdate', count: null, effect });
    expect(await failureOf(create())).toMatchObject({ step: 'restore', code });
  });
});
