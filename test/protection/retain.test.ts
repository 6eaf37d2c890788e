import { BackupPolicy } from '../../src/policies/policy';
import { retainNextVms } from '../../src/protection/retain';
import { keepsSnapshot } from '../../src/protection/snapshot-lifetime';
import { noCounts } from '../../src/vault/format/counts';
import { deletePoint, listPoints } from '../../src/vault/points';
import { installation, protectedVm } from './support/protection';

const policy = (days: number, daily = 2) =>
  BackupPolicy.parse({
    schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' },
    retention: { daily },
    instantRestoreDays: days,
  });

type Installation = Awaited<ReturnType<typeof installation>>;

/** A recovery point as its manifest, and the job that made it. */
async function addPoint(
  { store, jobs }: Installation,
  vmKey: string,
  day: number,
  more: object = {},
): Promise<{ jobId: string; pointId: string }> {
  const stamp = `202603${String(day).padStart(2, '0')}t020000z`;
  const jobId = `${stamp}-backup-${vmKey}`;
  const pointId = `${vmKey}.${stamp}`;
  const time = `2026-03-${String(day).padStart(2, '0')}T02:00:00.000Z`;
  const manifest = {
    formatVersion: 1,
    pointId,
    vmKey,
    runId: jobId,
    snapshotTime: time,
    createdAt: time,
    consistency: { reached: 'crash', asked: 'application' },
    vm: {},
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
    ...more,
  };
  await store.put(`points/${pointId}.json`, Buffer.from(JSON.stringify(manifest)));
  await jobs.create(jobId, {
    id: jobId,
    kind: 'backup',
    vm: vmKey,
    state: 'Succeeded',
    trigger: 'schedule',
    createdAt: time,
    disks: [],
    warnings: [],
  });
  return { jobId, pointId };
}

const SNAPSHOT = { snapshot: { restorePointId: '/rp', disks: [] } };
const idsOf = async ({ vault }: Installation, vmKey: string) =>
  (await listPoints(vault, vmKey)).map(({ pointId }) => pointId);

describe('retention', () => {
  test('goes by the policy in force, turn by turn over all VMs; a dry run takes nothing', async () => {
    const services = await installation('2026-03-10T09:00:00Z');
    await services.policies.create('daily', policy(0));
    for (let index = 10; index < 70; index++) {
      await services.protectedVms.create(`vm-${index}`, protectedVm(`vm-${index}`));
    }
    for (const day of [1, 2, 3]) await addPoint(services, 'vm-69', day);
    const expired: string[] = [];
    const walk = async (dryRun: boolean) => {
      let afterVm: string | undefined;
      let turns = 0;
      do {
        const turn = await retainNextVms(services, { dryRun, afterVm });
        expired.push(...turn.expired);
        afterVm = turn.nextAfterVm;
        turns += 1;
      } while (afterVm !== undefined);
      return turns;
    };
    expect(await walk(true)).toBe(3);
    expect(expired).toEqual(['vm-69.20260301t020000z']);
    expect(await idsOf(services, 'vm-69')).toHaveLength(3);
    await walk(false);
    expect(await idsOf(services, 'vm-69')).toEqual(['vm-69.20260302t020000z', 'vm-69.20260303t020000z']);
  });

  test('a VM whose protection was stopped, or whose policy is gone, keeps everything', async () => {
    const services = await installation('2026-03-10T09:00:00Z');
    await services.policies.create('daily', policy(0));
    const stopped = { at: '2026-03-05T00:00:00Z', data: 'retain' as const };
    await services.protectedVms.create('a', protectedVm('a', { stopped, policy: undefined }));
    await services.protectedVms.create('b', protectedVm('b', { policy: 'gone' }));
    for (const day of [1, 2, 3, 4]) {
      await addPoint(services, 'a', day);
      await addPoint(services, 'b', day);
    }
    const { expired, skipped } = await retainNextVms(services, { dryRun: false });
    expect(expired).toEqual([]);
    expect(skipped).toEqual([{ vm: 'b', reason: 'there is no policy gone' }]);
  });
});

test('a VM that is backed up on demand only goes by the preset; one whose record knows of no backup keeps everything', async () => {
  const services = await installation('2026-03-10T09:00:00Z');
  await services.policies.create('daily', policy(0));
  const lastSuccess = { at: '2026-03-02T02:00:00Z', pointId: 'a.20260302t020000z' };
  await services.protectedVms.create('a', protectedVm('a', { policy: undefined, lastSuccess }));
  await services.protectedVms.create('b', protectedVm('b', { policy: undefined }));
  for (let day = 1; day <= 31; day++) {
    await addPoint(services, 'a', day);
    await addPoint(services, 'b', day);
  }
  await retainNextVms(services, { dryRun: false });
  expect((await idsOf(services, 'a')).length).toBeLessThan(31);
  expect(await idsOf(services, 'b')).toHaveLength(31);
});

describe('the snapshot of a job', () => {
  const AT = '2026-03-10T09:00:00Z';
  async function vmWith(days: number, change: Parameters<typeof protectedVm>[1] = {}) {
    const services = await installation(AT);
    await services.policies.create('daily', policy(days));
    await services.protectedVms.create('a', protectedVm('a', change));
    return services;
  }

  test('stays while the job runs', async () => {
    const services = await vmWith(0);
    const { jobId } = await addPoint(services, 'a', 9);
    await services.jobs.update(jobId, (job) => job && { ...job, state: 'Running' });
    expect(await keepsSnapshot(services, jobId, AT)).toBe(true);
  });

  test('goes when the job has ended without a point, and when nobody knows the job', async () => {
    const services = await vmWith(5);
    const { jobId, pointId } = await addPoint(services, 'a', 9, SNAPSHOT);
    await deletePoint(services.vault, pointId, 'test');
    expect(await keepsSnapshot(services, jobId, AT)).toBe(false);
    expect(await keepsSnapshot(services, '20260301t020000z-backup-x', AT)).toBe(false);
  });

  test('stays for the days of instant restore, and the newest as base of the next backup', async () => {
    const services = await vmWith(2);
    const old = await addPoint(services, 'a', 5, SNAPSHOT);
    const newest = await addPoint(services, 'a', 6, SNAPSHOT);
    expect(await keepsSnapshot(services, old.jobId, '2026-03-06T09:00:00Z')).toBe(true);
    expect(await keepsSnapshot(services, old.jobId, AT)).toBe(false);
    expect(await keepsSnapshot(services, newest.jobId, AT)).toBe(true);
  });

  test('that a later backup went on with stays as that of the newest point', async () => {
    const services = await vmWith(2);
    const { jobId: left, pointId } = await addPoint(services, 'a', 5);
    await deletePoint(services.vault, pointId, 'test');
    const taken = { restorePointId: `/collection/restorePoints/${left}_1`, disks: [] };
    expect(await keepsSnapshot(services, left, AT)).toBe(false);
    await addPoint(services, 'a', 9, { snapshot: taken });
    expect(await keepsSnapshot(services, left, AT)).toBe(true);
  });

  test('expires, the newest too, when the VM is no longer backed up', async () => {
    const services = await vmWith(2, { orphanedSince: '2026-03-07T00:00:00Z' });
    const then = { ...SNAPSHOT, policy: { name: 'daily', ...policy(7) } };
    const { jobId } = await addPoint(services, 'a', 6, then);
    expect(await keepsSnapshot(services, jobId, AT)).toBe(true);
    expect(await keepsSnapshot(services, jobId, '2026-03-14T09:00:00Z')).toBe(false);
  });
});
