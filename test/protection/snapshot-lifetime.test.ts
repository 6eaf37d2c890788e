import { hasExpired, keepsSnapshot } from '../../src/protection/snapshot-lifetime';
import { deletePoint } from '../../src/vault/points';
import { addPoint, dailyPolicy, KEPT } from './support/points';
import { installation, protectedVm } from './support/protection';

test('a snapshot expires when its days are over, to the second, and one that Azure tells no time of does not', () => {
  expect(hasExpired('2026-03-01T02:00:00Z', 2, '2026-03-03T01:59:59Z')).toBe(false);
  expect(hasExpired('2026-03-01T02:00:00Z', 2, '2026-03-03T02:00:00Z')).toBe(true);
  expect(hasExpired('', 2, '2026-03-03T02:00:00Z')).toBe(false);
});

describe('the snapshot of a job', () => {
  const AT = '2026-03-10T09:00:00Z';
  async function vmWith(days: number, change: Parameters<typeof protectedVm>[1] = {}) {
    const services = await installation(AT);
    await services.policies.create('daily', dailyPolicy(days));
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
    const { jobId, pointId } = await addPoint(services, 'a', 9, KEPT);
    await deletePoint(services.vault, pointId, 'test');
    expect(await keepsSnapshot(services, jobId, AT)).toBe(false);
    expect(await keepsSnapshot(services, '20260301t020000z-backup-x', AT)).toBe(false);
  });

  test('stays for the days of instant restore, and the newest as base of the next backup', async () => {
    const services = await vmWith(2);
    const old = await addPoint(services, 'a', 5, KEPT);
    const newest = await addPoint(services, 'a', 6, KEPT);
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
    const then = { ...KEPT, policy: { name: 'daily', ...dailyPolicy(7) } };
    const { jobId } = await addPoint(services, 'a', 6, then);
    expect(await keepsSnapshot(services, jobId, AT)).toBe(true);
    expect(await keepsSnapshot(services, jobId, '2026-03-14T09:00:00Z')).toBe(false);
  });
});
