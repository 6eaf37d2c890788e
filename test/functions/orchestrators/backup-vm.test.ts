import type { BackupRequest } from '../../../src/jobs/backup-request';
import { BackupPolicy } from '../../../src/policies/policy';
import '../../../src/functions/orchestrators/backup-vm';
import '../../../src/functions/orchestrators/transfer-disk';
import { done, drive, failing } from '../support/orchestrator-driver';

jest.mock(
  'durable-functions',
  () => jest.requireActual('../support/orchestrator-driver').durableFunctionsStandIn,
);

const request = (change: Partial<BackupRequest> = {}, policy: object = {}): BackupRequest => ({
  jobId: '20260301t020000z-backup-web-1-00000001',
  vmKey: 'web-1-00000001',
  vmId: 'id',
  ref: { subscriptionId: 's', resourceGroup: 'g', name: 'web-1' },
  os: 'Windows',
  policyName: 'daily',
  trigger: 'schedule',
  policy: BackupPolicy.parse({
    schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' },
    ...policy,
  }),
  ...change,
});

const disk = (diskId: string) => ({ diskId, name: diskId, sizeBytes: 1024 });
const source = (diskId: string) => ({
  diskId,
  lun: 0,
  sourceId: `/rp/${diskId}`,
  uniqueId: diskId,
  familyId: 'f',
});
const DISKS = ['os', 'lun-0', 'lun-1'];
const transfer = (diskId: string, base: object = {}) => ({
  jobId: 'job',
  diskId,
  source: source(diskId),
  base,
});
const tracked = (diskId: string) => transfer(diskId, { pointId: 'p0', baseSourceId: `/base/${diskId}` });

/** A backup in which everything goes well. */
const scripts = () => ({
  prepareBackup: () => ({
    running: true,
    firstOnRunningVm: true,
    vssMode: 'full',
    disks: DISKS.map(disk),
    excluded: [] as object[],
  }),
  ensureExtension: () => done({ name: 'VMSnapshot', installed: 'installed' }),
  readWindowsState: (_input: unknown, call: number) =>
    done({ vcRedist2013x64: call === 1 ? null : '12.0.40660', vssStartMode: 'Auto', iaasVmProvider: 'Auto' }),
  takeSnapshot: () =>
    done({
      restorePointId: '/rp',
      consistency: { asked: 'application', reached: 'application' },
      diskIds: DISKS,
    }),
  listTransfers: () => ({ transfers: DISKS.map((diskId) => transfer(diskId)) }),
  listJobSnapshots: () => ({ restorePointIds: [] as string[] }),
  removeSnapshot: () => done({ removed: true }),
  listExpiredSnapshots: () => ({ restorePointIds: [] as string[] }),
  openDiskAccess: () => done({ opened: true }),
  closeDiskAccess: () => done({ closed: true }),
  planDiskTransfer: () => ({ mode: 'full', parts: 2, sizeBytes: 1024, plannedBytes: 1024 }),
  transferDiskPart: (): object => moved(512),
  completeDiskTransfer: (): object => ({ index: 'abc', counts: moved(1024) }),
  commitRecoveryPoint: () => ({ pointId: 'web-1-00000001.20260301t020000z' }),
});

const moved = (bytes: number) => ({
  changedBytes: bytes,
  zeroedBytes: 0,
  readBytes: bytes,
  sentBytes: bytes,
  storedBytes: bytes,
});

const failOn = (diskId: string) => (input: Record<string, unknown>) =>
  input.diskId === diskId ? failing('VmReplaced') : moved(1);

test('goes through the steps of a backup in their order', () => {
  const { calls, result } = drive('backupVm', request(), scripts());
  const firsts = calls.filter((name, index) => calls.indexOf(name) === index);
  expect(firsts).toEqual([
    'beginJob',
    'prepareBackup',
    'readWindowsState',
    'ensureExtension',
    'takeSnapshot',
    'recordGuest',
    'listTransfers',
    'openDiskAccess',
    'planDiskTransfer',
    'transferDiskPart',
    'completeDiskTransfer',
    'closeDiskAccess',
    'removeSnapshot',
    'noteTransfers',
    'commitRecoveryPoint',
    'listExpiredSnapshots',
    'endJob',
  ]);
  expect(result).toEqual({ ok: true, value: { pointId: 'web-1-00000001.20260301t020000z' } });
});

test('keeps the snapshot until every disk has settled', () => {
  const { log } = drive('backupVm', request(), { ...scripts(), transferDiskPart: failOn('os') });
  const lastTransfer = log.lastIndexOf('settle transferDisk');
  expect(log.filter((line) => line === 'settle transferDisk')).toHaveLength(3);
  expect(log.indexOf('start removeSnapshot')).toBeGreaterThan(lastTransfer);
});

test('a disk that fails fails the backup, with its cause, and lists no point; the other disks finish', () => {
  const { calls, result, log } = drive('backupVm', request(), {
    ...scripts(),
    transferDiskPart: failOn('lun-0'),
  });
  expect(result).toMatchObject({ ok: false, failure: { code: 'VmReplaced' } });
  expect(calls).not.toContain('commitRecoveryPoint');
  expect(calls).toContain('removeSnapshot');
  expect(log.filter((line) => line === 'start completeDiskTransfer')).toHaveLength(2);
});

test.each(['planDiskTransfer', 'transferDiskPart', 'completeDiskTransfer', 'openDiskAccess'] as const)(
  'closes the access of every disk also when %s fails',
  (step) => {
    const closed: unknown[] = [];
    drive('backupVm', request(), {
      ...scripts(),
      [step]: () => failing('VmReplaced'),
      closeDiskAccess: (input) => {
        closed.push(input.sourceId);
        return done({});
      },
    });
    expect(closed).toEqual(DISKS.map((diskId) => `/rp/${diskId}`));
  },
);

test('removes its snapshot when what it kept for its disks cannot be read or written', () => {
  for (const step of ['listTransfers', 'noteTransfers'] as const) {
    const { calls, result } = drive('backupVm', request(), {
      ...scripts(),
      [step]: () => failing('JobUnknown'),
    });
    expect(result).toMatchObject({ ok: false, failure: { code: 'JobUnknown' } });
    expect(calls).toContain('removeSnapshot');
    expect(calls).not.toContain('commitRecoveryPoint');
  }
});

test('ends the job in every outcome', () => {
  const steps = [
    'prepareBackup',
    'takeSnapshot',
    'listTransfers',
    'transferDiskPart',
    'noteTransfers',
    'commitRecoveryPoint',
  ] as const;
  for (const step of steps) {
    const ends: unknown[] = [];
    drive('backupVm', request(), {
      ...scripts(),
      [step]: () => failing('VmReplaced'),
      endJob: (input) => {
        ends.push(input);
      },
    });
    expect(ends).toEqual([
      expect.objectContaining({ state: 'Failed', error: expect.objectContaining({ code: 'VmReplaced' }) }),
    ]);
  }
});

test('a VM that is not running gets no extension and no look into its guest', () => {
  const { calls } = drive('backupVm', request(), {
    ...scripts(),
    prepareBackup: () => ({
      running: false,
      firstOnRunningVm: false,
      vssMode: 'full',
      disks: DISKS.map(disk),
      excluded: [],
    }),
  });
  expect(calls).not.toContain('ensureExtension');
  expect(calls).not.toContain('readWindowsState');
});

test('records what the first backup changed on Windows', () => {
  const records: unknown[] = [];
  drive('backupVm', request(), {
    ...scripts(),
    recordGuest: (input) => {
      records.push(input);
    },
  });
  expect(records).toEqual([
    expect.objectContaining({
      windowsChanges: [{ what: 'vcRedist2013x64', before: null, after: '12.0.40660' }],
    }),
  ]);
});

test('asks for copy-only VSS backups when the policy wants them, once, and for full ones when it wants them back', () => {
  const modesAsked = (vss: string, known: string) => {
    const asked: unknown[] = [];
    drive('backupVm', request({}, { consistency: { vss } }), {
      ...scripts(),
      prepareBackup: () => ({ ...scripts().prepareBackup(), vssMode: known }),
      setVssMode: (input) => {
        asked.push(input.mode);
        return done({ mode: input.mode });
      },
    });
    return asked;
  };
  expect(modesAsked('full', 'full')).toEqual([]);
  expect(modesAsked('copy-only', 'full')).toEqual(['copy-only']);
  expect(modesAsked('copy-only', 'copy-only')).toEqual([]);
  expect(modesAsked('full', 'copy-only')).toEqual(['full']);
});

test('Linux guests are not asked for Windows changes', () => {
  expect(drive('backupVm', request({ os: 'Linux' }), scripts()).calls).not.toContain('readWindowsState');
});

test('a snapshot that will not go costs a warning, not the recovery point', () => {
  const ends: { shown?: { warnings?: string[] } }[] = [];
  const { result } = drive('backupVm', request(), {
    ...scripts(),
    removeSnapshot: () => failing('VmReplaced', 'in use'),
    endJob: (input) => {
      ends.push(input);
    },
  });
  expect(result).toMatchObject({ ok: true });
  expect(ends[0]?.shown?.warnings).toEqual(['VmReplaced: in use']);
});

describe('with a policy that keeps snapshots for instant restore', () => {
  const instant = request({}, { instantRestoreDays: 2 });

  test('the snapshot stays, and older ones go', () => {
    const removed: unknown[] = [];
    drive('backupVm', instant, {
      ...scripts(),
      listExpiredSnapshots: () => ({ restorePointIds: ['/old'] }),
      removeSnapshot: (input) => {
        removed.push(input.restorePointId);
        return done({ removed: true });
      },
    });
    expect(removed).toEqual(['/old']);
  });

  test('the kept snapshot is the base of changed-block tracking, opened and closed with the disk', () => {
    const opened: unknown[] = [];
    const closed: unknown[] = [];
    const planned: unknown[] = [];
    drive('backupVm', instant, {
      ...scripts(),
      listTransfers: () => ({ transfers: DISKS.map(tracked) }),
      openDiskAccess: (input) => {
        opened.push(input.sourceId);
        return done({});
      },
      closeDiskAccess: (input) => {
        closed.push(input.sourceId);
        return done({});
      },
      planDiskTransfer: (input) => {
        planned.push(input.base);
        return { mode: 'changed-blocks', parts: 0, sizeBytes: 1, plannedBytes: 0 };
      },
    });
    expect(opened).toEqual(DISKS.flatMap((diskId) => [`/rp/${diskId}`, `/base/${diskId}`]));
    expect(closed).toEqual(opened);
    expect(planned).toEqual(DISKS.map((diskId) => ({ pointId: 'p0', baseSourceId: `/base/${diskId}` })));
  });

  test('a kept snapshot that cannot be opened costs changed-block tracking, not the backup', () => {
    const { result, statuses } = drive('backupVm', instant, {
      ...scripts(),
      listTransfers: () => ({ transfers: DISKS.map(tracked) }),
      openDiskAccess: (input) =>
        String(input.sourceId).startsWith('/base') ? failing('VmReplaced') : done({}),
    });
    expect(result).toMatchObject({ ok: true });
    expect(statuses).toContainEqual(
      expect.objectContaining({
        diskId: 'os',
        state: 'done',
        reason: expect.stringContaining('could not be used'),
      }),
    );
  });

  test('a backup that failed removes its snapshot all the same', () => {
    const { calls } = drive('backupVm', instant, { ...scripts(), transferDiskPart: failOn('os') });
    expect(calls).toContain('removeSnapshot');
  });
});

test('what can be retried is retried after a pause, what cannot is not', () => {
  const flaky = drive('backupVm', request(), {
    ...scripts(),
    prepareBackup: (_input, call) => (call < 3 ? failing('InternalError') : scripts().prepareBackup()),
  });
  expect(flaky.result).toMatchObject({ ok: true });
  expect(flaky.calls.filter((name) => name === 'prepareBackup')).toHaveLength(3);
  expect(flaky.log.slice(0, 8)).toContain('start timer');
  const hopeless = drive('backupVm', request(), { ...scripts(), prepareBackup: () => failing('VmReplaced') });
  expect(hopeless.calls.filter((name) => name === 'prepareBackup')).toHaveLength(1);
});

test('an activity whose worker dies is retried, and given up after five tries', () => {
  const { calls, result } = drive('backupVm', request(), {
    ...scripts(),
    commitRecoveryPoint: () => new Error('worker exited'),
  });
  expect(calls.filter((name) => name === 'commitRecoveryPoint')).toHaveLength(5);
  expect(result).toMatchObject({ ok: false, failure: { code: 'InternalError', message: 'worker exited' } });
});

test('a snapshot that takes its time is asked for again with its token', () => {
  const tokens: unknown[] = [];
  drive('backupVm', request(), {
    ...scripts(),
    takeSnapshot: (input, call) => {
      tokens.push(input.token);
      return call < 4 ? { done: false, token: `t${call}`, retryAfterSeconds: 5 } : scripts().takeSnapshot();
    },
  });
  expect(tokens).toEqual([undefined, 't1', 't2', 't3']);
});

test('a disk of many parts keeps its histories short and its counts whole', () => {
  const ends: { disks: { diskId: string; readBytes: number }[] }[] = [];
  const parts: Record<string, number> = {};
  const { calls } = drive('backupVm', request(), {
    ...scripts(),
    planDiskTransfer: () => ({ mode: 'full', parts: 250, sizeBytes: 1, plannedBytes: 1 }),
    transferDiskPart: ({ diskId }) => {
      parts[String(diskId)] = (parts[String(diskId)] ?? 0) + 1;
      return moved(1);
    },
    completeDiskTransfer: ({ diskId }) => ({ index: 'abc', counts: moved(parts[String(diskId)] ?? 0) }),
    endJob: (input) => {
      ends.push(input as never);
    },
  });
  expect(calls.filter((name) => name === 'planDiskTransfer')).toHaveLength(3);
  expect(ends[0]?.disks.map(({ readBytes }) => readBytes)).toEqual([250, 250, 250]);
});

test('a kept snapshot goes when the recovery point it was kept for is not committed', () => {
  const removed: unknown[] = [];
  drive('backupVm', request({}, { instantRestoreDays: 2 }), {
    ...scripts(),
    commitRecoveryPoint: () => failing('JobCancelled'),
    removeSnapshot: (input) => {
      removed.push(input.restorePointId);
      return done({ removed: true });
    },
  });
  expect(removed).toEqual(['/rp']);
});

test('a snapshot that lacks a disk fails the backup, and goes', () => {
  const { calls, result } = drive('backupVm', request(), {
    ...scripts(),
    takeSnapshot: () => {
      const { result: whole, ...rest } = scripts().takeSnapshot() as { result: { diskIds: string[] } };
      return { ...rest, result: { ...whole, diskIds: whole.diskIds.slice(1) } };
    },
  });
  expect(result).toMatchObject({ ok: false, failure: { code: 'SnapshotIncomplete' } });
  expect(calls).toContain('removeSnapshot');
  expect(calls).not.toContain('openDiskAccess');
});

describe('a cancelled backup', () => {
  test.each([
    'prepareBackup',
    'takeSnapshot',
    'openDiskAccess',
    'transferDiskPart',
    'commitRecoveryPoint',
  ] as const)('that notices at %s ends as cancelled, leaves nothing behind and lists nothing', (step) => {
    const ends: { state?: string }[] = [];
    const { calls, result } = drive('backupVm', request(), {
      ...scripts(),
      [step]: () => failing('JobCancelled'),
      endJob: (input) => {
        ends.push(input);
      },
    });
    expect(result).toMatchObject({ ok: false, failure: { code: 'JobCancelled' } });
    expect(ends).toEqual([expect.objectContaining({ state: 'Cancelled' })]);
    const snapshotTaken = calls.includes('openDiskAccess');
    expect(calls.includes('removeSnapshot')).toBe(snapshotTaken);
    if (snapshotTaken) expect(calls.filter((name) => name === 'closeDiskAccess')).toHaveLength(3);
  });

  test('removes a snapshot that was still on its way', () => {
    const removed: unknown[] = [];
    drive('backupVm', request(), {
      ...scripts(),
      takeSnapshot: () => failing('JobCancelled'),
      listJobSnapshots: () => ({ restorePointIds: ['/half-made'] }),
      removeSnapshot: (input) => {
        removed.push(input.restorePointId);
        return done({ removed: true });
      },
    });
    expect(removed).toEqual(['/half-made']);
  });
});

describe('a snapshot whose disks Azure copies for hours', () => {
  const JOB_ENDS = '2026-03-02T02:00:00.000Z';
  const run = (change: object, ofRequest: object = {}) => {
    const ended: Record<string, unknown>[] = [];
    const driven = drive('backupVm', request(ofRequest), {
      ...scripts(),
      endJob: (input) => void ended.push(input),
      ...change,
    });
    return { ...driven, ended: ended[0] };
  };
  const copying = (until: string) => (_input: unknown, _call: number, at: string) => {
    if (at > JOB_ENDS) return failing('JobTimedOut');
    if (at < until) return { done: false, token: 'token', retryAfterSeconds: 60 };
    return done({ restorePointId: '/rp', consistency: {}, diskIds: DISKS, slowCopyOf: request().jobId });
  };

  test('is waited for within the day of the job, in a history of less than 1,000 events', () => {
    const { result, mostStepsOfOneHistory } = run({ takeSnapshot: copying('2026-03-01T23:00:00.000Z') });
    expect(result).toMatchObject({ ok: true });
    // Each step that waits leaves four events at most.
    expect(mostStepsOfOneHistory * 4).toBeLessThan(1000);
  });

  test('stays when the job ends at its limit, for the next one', () => {
    const { result, calls, ended } = run({
      takeSnapshot: copying('2026-03-03T02:00:00.000Z'),
      listJobSnapshots: () => ({ restorePointIds: ['/rp'] }),
    });
    expect(result).toMatchObject({ ok: false, failure: { code: 'JobTimedOut' } });
    expect(calls).not.toContain('removeSnapshot');
    expect(ended).toMatchObject({ state: 'Failed', snapshotForNext: request().jobId });
    expect(ended?.shown).toMatchObject({ warnings: [expect.stringContaining('the next backup')] });
  });

  test('is gone on with by the next job, and stays under its name when that runs out of time, too', () => {
    const orders: Record<string, unknown>[] = [];
    const takeOver = { prepareBackup: () => ({ ...scripts().prepareBackup(), takeOver: 'job-before' }) };
    const again = run({
      ...takeOver,
      takeSnapshot: (input: Record<string, unknown>) => {
        orders.push(input);
        return failing('JobTimedOut');
      },
    });
    expect(orders[0]).toMatchObject({ takeOver: 'job-before' });
    expect(again.ended).toMatchObject({ snapshotForNext: 'job-before' });
    expect(run(takeOver).ended).toMatchObject({ state: 'Succeeded', snapshotForNext: null });
  });

  test.each([
    ['stays when the transfer runs out of time', 'job-1', 'job-1'],
    ['that was there at once goes then as ever', undefined, null],
  ])('%s', (_what, slowCopyOf, snapshotForNext) => {
    const { calls, ended } = run({
      takeSnapshot: () => done({ restorePointId: '/rp', consistency: {}, diskIds: DISKS, slowCopyOf }),
      transferDiskPart: () => failing('JobTimedOut'),
    });
    expect(calls.includes('removeSnapshot')).toBe(slowCopyOf === undefined);
    expect(ended).toMatchObject({ state: 'Failed', snapshotForNext });
  });

  test('goes when the job fails for another reason, also the one that was to be gone on with', () => {
    const asked: unknown[] = [];
    const { calls, ended } = run({
      prepareBackup: () => ({ ...scripts().prepareBackup(), takeOver: 'job-before' }),
      takeSnapshot: () => failing('JobCancelled'),
      listJobSnapshots: ({ jobId }: Record<string, unknown>) => {
        asked.push(jobId);
        return { restorePointIds: [`/rp/${jobId}`] };
      },
    });
    expect(asked).toEqual([request().jobId, 'job-before']);
    expect(calls.filter((call) => call === 'removeSnapshot')).toHaveLength(2);
    expect(ended).toMatchObject({ snapshotForNext: null });
  });

  test('of a job that ended before it looked for it is left as it is', () => {
    const { ended } = run({ prepareBackup: () => failing('UserErrorVmNotInDesirableState') });
    expect(ended?.snapshotForNext).toBeUndefined();
  });
});
