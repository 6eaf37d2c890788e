import '../../../src/functions/orchestrators/restore-disk';
import '../../../src/functions/orchestrators/restore-disks';
import '../../../src/functions/orchestrators/restore-point';
import { countDamage, noDamage } from '../../../src/vault/damage/damage';
import { done, drive, failing } from '../support/orchestrator-driver';

jest.mock(
  'durable-functions',
  () => jest.requireActual('../support/orchestrator-driver').durableFunctionsStandIn,
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
const sound = { readBytes: 1024, ...noDamage() };
const scripts = (disks: { diskId: string }[]) => ({
  prepareRestore: (): object => ({ diskIds: disks.map(({ diskId }) => diskId), warnings: [] }),
  listRestoreOrders: () => ({ orders: disks }),
  createRestoreDisk: (input: Record<string, unknown>) => done({ resourceId: `/disks/${input.name}` }),
  openDiskAccess: () => done({}),
  closeDiskAccess: () => done({}),
  discardRestoreDisk: () => done({ discarded: true }),
  planDiskRestore: () => ({ parts: 1, bytes: 1024 }),
  restoreDiskPart: () => sound,
});

test('a restore brings every disk, and discards none', () => {
  const { calls, result } = drive('restorePoint', request, scripts([order('os'), order('lun-0')]));
  expect(result).toMatchObject({ ok: true });
  expect(calls).not.toContain('discardRestoreDisk');
});

const idOf = (diskId: string) =>
  `/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/disks/new-${diskId}`;

test('a disk that fails is discarded at once, and the others once all have settled: the restore has failed', () => {
  const discarded: unknown[] = [];
  const ended: Record<string, unknown>[] = [];
  const { result, log, calls } = drive('restorePoint', request, {
    ...scripts([order('os'), order('lun-0')]),
    restoreDiskPart: ({ diskId }) => (diskId === 'os' ? failing('VaultObjectDamaged') : sound),
    discardRestoreDisk: ({ resourceId }) => {
      discarded.push(resourceId);
      return done({ discarded: true });
    },
    endJob: (input) => void ended.push(input),
  });
  expect(result).toMatchObject({ ok: false, failure: { code: 'VaultObjectDamaged' } });
  expect(discarded).toEqual([idOf('os'), idOf('lun-0')]);
  expect(log.indexOf('start discardRestoreDisk')).toBeLessThan(log.indexOf('settle restoreDisk'));
  expect(log.lastIndexOf('start discardRestoreDisk')).toBeGreaterThan(log.lastIndexOf('settle restoreDisk'));
  // Azure refuses to close a disk without its last bytes: only the one that was written is closed.
  expect(calls.filter((call) => call === 'closeDiskAccess')).toHaveLength(1);
  expect(ended[0]).toMatchObject({ state: 'Failed' });
  expect(ended[0]?.shown).not.toHaveProperty('restoredDisks.0');
});

test('a disk that could not be discarded at once is tried again in the end', () => {
  const discarded: unknown[] = [];
  drive('restorePoint', request, {
    ...scripts([order('os'), order('lun-0')]),
    openDiskAccess: () => failing('DiskAccessDenied'),
    discardRestoreDisk: ({ resourceId }, call) => {
      discarded.push(resourceId);
      return call === 1 ? failing('ResourceLocked') : done({ discarded: true });
    },
  });
  expect(discarded).toEqual([idOf('os'), idOf('lun-0'), idOf('os')]);
});

test('when the orchestrations of the disks end with an exception, every disk is discarded and the job is ended', () => {
  const discarded: unknown[] = [];
  const ended: unknown[] = [];
  const { result } = drive('restorePoint', request, {
    ...scripts([order('os'), order('lun-0')]),
    // The second to ask is the orchestration of the disks.
    listRestoreOrders: (_input, call) => ({ orders: call === 1 ? [order('os'), order('lun-0')] : [null] }),
    discardRestoreDisk: ({ resourceId }) => {
      discarded.push(resourceId);
      return done({ discarded: true });
    },
    endJob: (input) => void ended.push(input),
  });
  expect(result).toMatchObject({ ok: false, failure: { code: 'JobInterrupted' } });
  expect(discarded).toEqual([idOf('os'), idOf('lun-0')]);
  expect(ended).toMatchObject([{ state: 'Failed', error: { code: 'JobInterrupted' } }]);
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

describe('to a new VM', () => {
  const ref = { subscriptionId: 's', resourceGroup: 'g', name: 'new' };
  const toVm = {
    ...request,
    to: { target: 'vm', name: 'new', network: { subnet: 'n' }, keepBackupTag: false },
  };
  const newVm = { ref, interfaces: [{ id: '/nic', make: true }] };
  const vmScripts = (disks = [order('os'), order('lun-0')]) => ({
    ...scripts(disks),
    prepareRestore: () => ({ diskIds: ['os', 'lun-0'], newVm, warnings: ['The new VM comes without luck.'] }),
    createNetworkInterface: () => done({ resourceId: '/nic' }),
    createRestoredVm: () => done({ resourceId: '/vm' }),
    discardRestoredVm: () => done({ discarded: true }),
  });

  test('the VM is made of all the disks, once they have their bytes', () => {
    const made: Record<string, unknown>[] = [];
    const { result, log } = drive('restorePoint', toVm, {
      ...vmScripts(),
      createRestoredVm: (input) => {
        made.push(input);
        return done({ resourceId: '/vm' });
      },
    });
    expect(result).toMatchObject({ ok: true, value: { restoredVm: { name: 'new', resourceId: '/vm' } } });
    expect(made[0]).toMatchObject({ jobId: JOB, pointId: request.pointId, ref, to: { name: 'new' } });
    expect(log.indexOf('start createNetworkInterface')).toBeLessThan(log.indexOf('start restoreDisk'));
    expect(log.indexOf('start createRestoredVm')).toBeGreaterThan(log.lastIndexOf('settle restoreDisk'));
  });

  test.each([
    ['the network', 'createNetworkInterface', ['RestoredVm']],
    ['every disk', 'restoreDiskPart', ['RestoreDisk', 'RestoreDisk', 'RestoredVm']],
    ['the VM', 'createRestoredVm', ['RestoredVm', 'RestoreDisk', 'RestoreDisk']],
  ] as const)(
    'when %s fails, what was made of the VM goes before the disks that it may hold',
    (_what, activity, discarded) => {
      const { result, calls } = drive('restorePoint', toVm, {
        ...vmScripts(),
        [activity]: () => failing('RestoreVmRefused'),
      });
      expect(result).toMatchObject({ ok: false, failure: { code: 'RestoreVmRefused' } });
      const undone = calls.filter((call) => call.startsWith('discard'));
      expect(undone).toEqual(discarded.map((what) => `discard${what}`));
    },
  );

  test('nothing is discarded of a restore that was refused before it made anything', () => {
    const { calls } = drive('restorePoint', toVm, {
      ...vmScripts(),
      prepareRestore: () => failing('RestoreVmConflict'),
    });
    expect(calls).toEqual(['beginJob', 'prepareRestore', 'endJob']);
  });
});

describe('in place', () => {
  const replace = { ...request, to: { target: 'replace', deallocate: true } };
  const vm = { ref: { subscriptionId: 's', resourceGroup: 'g', name: 'web' }, vmId: 'v' };
  const plan = { vm, running: true };
  const replaceScripts = () => ({
    ...scripts([order('os')]),
    planReplacement: () => plan,
    deallocateVm: () => done({}),
    swapDisks: () => done({}),
    putBackDisks: () => done({}),
    startVm: () => done({}),
  });
  const vmCalls = (calls: string[]) =>
    calls.filter((call) => /^(deallocate|swap|putBack|start|discard)/.test(call));

  test('the VM is off only while its disks are swapped', () => {
    const { result, calls, log } = drive('restorePoint', replace, replaceScripts());
    expect(result).toMatchObject({ ok: true });
    expect(vmCalls(calls)).toEqual(['deallocateVm', 'swapDisks', 'startVm']);
    expect(log.indexOf('start deallocateVm')).toBeGreaterThan(log.lastIndexOf('settle restoreDisk'));
  });

  test('a VM that was off stays off', () => {
    const { calls } = drive('restorePoint', replace, {
      ...replaceScripts(),
      planReplacement: () => ({ ...plan, running: false }),
    });
    expect(vmCalls(calls)).toEqual(['deallocateVm', 'swapDisks']);
  });

  test('when swapDisks fails or is cancelled, the old disks are put back, the VM started, and the new disks discarded', () => {
    const order: Record<string, unknown>[] = [];
    const { result, calls } = drive('restorePoint', replace, {
      ...replaceScripts(),
      swapDisks: () => failing('JobCancelled'),
      putBackDisks: (input) => {
        order.push(input);
        return done({});
      },
    });
    expect(result).toMatchObject({ ok: false, failure: { code: 'JobCancelled' } });
    expect(vmCalls(calls).slice(-3)).toEqual(['putBackDisks', 'startVm', 'discardRestoreDisk']);
    expect(order).toEqual([{ jobId: JOB }]);
  });

  test('when deallocateVm fails or is cancelled, no disk was swapped: the VM is started, and the new disks discarded', () => {
    const { result, calls } = drive('restorePoint', replace, {
      ...replaceScripts(),
      deallocateVm: () => failing('JobCancelled'),
    });
    expect(result).toMatchObject({ ok: false, failure: { code: 'JobCancelled' } });
    expect(vmCalls(calls)).toEqual(['deallocateVm', 'startVm', 'discardRestoreDisk']);
  });

  test.each(['JobCancelled', 'RestoreVmRefused'] as const)(
    'a VM whose disks could not be put back after %s is not started, and no disk is deleted: the job has failed and says so',
    (code) => {
      const ended: Record<string, unknown>[] = [];
      const { result, calls } = drive('restorePoint', replace, {
        ...replaceScripts(),
        swapDisks: () => failing(code),
        putBackDisks: () => failing('ResourceLocked', 'a lock on the VM'),
        endJob: (input) => void ended.push(input),
      });
      expect(result).toMatchObject({ ok: false, failure: { code: 'RestoreNotUndone' } });
      expect(calls.slice(-2)).toEqual(['putBackDisks', 'endJob']);
      const message = expect.stringMatching(new RegExp(`${code}.*ResourceLocked: a lock on the VM`));
      expect(ended).toMatchObject([{ state: 'Failed', error: { code: 'RestoreNotUndone', message } }]);
    },
  );

  test('what stands in the way of putting disks back may pass: it is tried for an hour', () => {
    const { result, calls, log } = drive('restorePoint', replace, {
      ...replaceScripts(),
      swapDisks: () => failing('RestoreVmRefused'),
      putBackDisks: (_input, call) => (call < 8 ? failing('ResourceLocked') : done({})),
    });
    expect(result).toMatchObject({ ok: false, failure: { code: 'RestoreVmRefused' } });
    expect(log.filter((line) => line === 'start timer')).toHaveLength(7);
    expect(vmCalls(calls).slice(-2)).toEqual(['startVm', 'discardRestoreDisk']);
  });

  test('a VM that is gone is not waited for', () => {
    const { calls, log } = drive('restorePoint', replace, {
      ...replaceScripts(),
      swapDisks: () => failing('RestoreVmGone'),
      putBackDisks: () => failing('RestoreVmGone'),
    });
    expect(log).not.toContain('start timer');
    expect(vmCalls(calls)).toEqual(['deallocateVm', 'swapDisks', 'putBackDisks']);
  });

  test('a VM that does not start again has its disks restored all the same: the job fails, and says so first', () => {
    const ended: Record<string, unknown>[] = [];
    const started: Record<string, unknown>[] = [];
    const { result, calls } = drive('restorePoint', replace, {
      ...replaceScripts(),
      startVm: (input) => {
        started.push(input);
        return failing('RestoreVmNoCapacity', 'no room');
      },
      endJob: (input) => void ended.push(input),
    });
    const message = expect.stringMatching(/^The VM web is off.*RestoreVmNoCapacity: no room.*are restored/);
    expect(result).toMatchObject({ ok: false, failure: { code: 'RestoredVmNotStarted', message } });
    expect(calls).not.toContain('putBackDisks');
    expect(calls).not.toContain('discardRestoreDisk');
    expect(started).toHaveLength(4);
    expect(started[0]).toMatchObject({ ...vm, vmKey: 'web-1', jobId: JOB });
    expect(ended).toMatchObject([{ state: 'Failed', error: { code: 'RestoredVmNotStarted', message } }]);
  });

  test('what keeps a VM from starting may pass: it is tried for twenty minutes', () => {
    const { result } = drive('restorePoint', replace, {
      ...replaceScripts(),
      startVm: (_input, call) => (call < 4 ? failing('RestoreVmNoCapacity') : done({})),
    });
    expect(result).toMatchObject({ ok: true });
  });

  test.each(['JobCancelled', 'RestoreVmRefused'] as const)(
    'a VM that does not start after %s was undone is what the job tells first, and the new disks go',
    (code) => {
      const ended: Record<string, unknown>[] = [];
      const { calls } = drive('restorePoint', replace, {
        ...replaceScripts(),
        swapDisks: () => failing(code),
        startVm: () => failing('RestoreVmNoCapacity'),
        endJob: (input) => void ended.push(input),
      });
      const message = expect.stringMatching(new RegExp(`^The VM web is off.*${code}`));
      expect(ended).toMatchObject([{ state: 'Failed', error: { code: 'VmNotStartedAgain', message } }]);
      expect(calls).toContain('discardRestoreDisk');
    },
  );

  test('a VM that somebody deletes after the swap is no failure of the restore', () => {
    const { result, calls } = drive('restorePoint', replace, {
      ...replaceScripts(),
      startVm: () => failing('RestoreVmGone'),
    });
    expect(result).toMatchObject({ ok: true });
    expect(calls.filter((call) => call === 'startVm')).toHaveLength(1);
  });
});

const skipping = (diskId: string) => ({ ...order(diskId), skipDamage: true });
const damaged = (diskId: unknown) =>
  countDamage([
    { offset: 4096, length: 512, object: `chunks/of-${diskId}`, code: 'VaultObjectMissing', lost: true },
  ]);

test('damage refuses the restore with all disks that have some, and the parts behind it are only read', () => {
  const ended: { error: { code: string; message: string }; disks: object[] }[] = [];
  const { calls } = drive('restorePoint', request, {
    ...scripts([order('os'), order('lun-0')]),
    planDiskRestore: () => ({ parts: 3, bytes: 3072 }),
    restoreDiskPart: ({ diskId }) => ({ ...sound, ...damaged(diskId) }),
    verifyDiskPart: () => ({ checkedChunks: 1, checkedBytes: 1024, skippedChunks: 0, ...noDamage() }),
    endJob: (input) => void ended.push(input as (typeof ended)[0]),
  });
  expect(calls.filter((call) => call === 'restoreDiskPart')).toHaveLength(2);
  expect(calls.filter((call) => call === 'verifyDiskPart')).toHaveLength(4);
  expect(calls).not.toContain('tagDamagedDisk');
  expect(ended[0]?.error.code).toBe('VaultObjectMissing');
  expect(ended[0]?.error.message).toMatch(/new-os.*chunks\/of-os.*new-lun-0.*chunks\/of-lun-0/s);
  const shown = { readBytes: 3072, plannedBytes: 3072, damage: { bytes: 512, ranges: 1 } };
  expect(ended[0]?.disks).toMatchObject([shown, shown]);
});

test('damage that is to be skipped is warned of, and only the disk that has some is tagged', () => {
  const ended: Record<string, unknown>[] = [];
  const tagged: unknown[] = [];
  const { result, calls } = drive('restorePoint', request, {
    ...scripts([skipping('os'), skipping('lun-0')]),
    planDiskRestore: () => ({ parts: 2, bytes: 2048 }),
    restoreDiskPart: ({ diskId, part }) =>
      diskId === 'os' && part === 0 ? { ...sound, ...damaged(diskId) } : sound,
    tagDamagedDisk: ({ diskId }) => {
      tagged.push(diskId);
      return done({});
    },
    endJob: (input) => void ended.push(input),
  });
  expect(result).toMatchObject({ ok: true });
  expect(tagged).toEqual(['os']);
  expect(calls.lastIndexOf('tagDamagedDisk')).toBeGreaterThan(calls.indexOf('closeDiskAccess'));
  expect(ended[0]?.shown).toMatchObject({ warnings: [expect.stringContaining('holds zeros in 512 bytes')] });
  expect(calls).not.toContain('discardRestoreDisk');
});

test('a disk with zeros that cannot be tagged is not left behind: nobody would see that it has them', () => {
  const discarded: unknown[] = [];
  const { result } = drive('restorePoint', request, {
    ...scripts([skipping('os')]),
    restoreDiskPart: ({ diskId }) => ({ ...sound, ...damaged(diskId) }),
    tagDamagedDisk: () => failing('ResourceLocked'),
    discardRestoreDisk: ({ resourceId }) => {
      discarded.push(resourceId);
      return done({ discarded: true });
    },
  });
  expect(result).toMatchObject({ ok: false, failure: { code: 'ResourceLocked' } });
  expect(discarded).toEqual([idOf('os')]);
});
