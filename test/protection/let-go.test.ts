import type { BackupPolicy } from '../../src/policies/policy';
import { knownVms } from '../../src/protection/fleet';
import { letGoBy } from '../../src/protection/let-go';
import { retainNextVms } from '../../src/protection/retain';
import { countingBlobStore } from '../../src/storage/counting-blob-store';
import { retainedPoints } from '../../src/vault/retention/retained-points';
import { openVault } from '../../src/vault/vault';
import { addPoint, dailyPolicy, KEPT } from './support/points';
import { installation, installationOn, protectedVm } from './support/protection';

const keeping = (daily: number): BackupPolicy => dailyPolicy(0, daily);

async function fleet() {
  const services = await installation('2026-03-20T09:00:00Z');
  for (const vm of ['a', 'b', 'c']) {
    await services.protectedVms.create(vm, protectedVm(vm, vm === 'c' ? { policy: 'other' } : {}));
    for (let day = 1; day <= 6; day++) await addPoint(services, vm, day, KEPT);
  }
  return services;
}

test('what a change lets go of at once is what the next retention takes because of it', async () => {
  const services = await fleet();
  await services.policies.create('daily', keeping(5));
  const losing = await letGoBy(services, { name: 'daily', before: keeping(5), after: keeping(2) });
  expect(losing).toEqual(
    ['a', 'b'].map((vm) => ({ vm, points: [2, 3, 4].map((day) => `${vm}.2026030${day}t020000z`) })),
  );
  await retainNextVms(services, { dryRun: false });
  await services.policies.update('daily', () => keeping(2));
  const { expired } = await retainNextVms(services, { dryRun: false });
  expect(expired).toEqual(losing.flatMap(({ points }) => points));
});

test('a policy that was not there took nothing: all that it takes is its doing', async () => {
  const services = await fleet();
  const losing = await letGoBy(services, { name: 'daily', after: keeping(5) });
  expect(losing.map(({ points }) => points.length)).toEqual([1, 1]);
});

test('a VM whose protection was stopped loses nothing', async () => {
  const services = await fleet();
  await services.protectedVms.update('a', (vm) => ({
    ...vm!,
    stopped: { at: '2026-03-07T00:00:00Z', data: 'retain' as const },
  }));
  const losing = await letGoBy(services, { name: 'daily', after: keeping(1) });
  expect(losing.map(({ vm }) => vm)).toEqual(['b']);
});

test('costs what the lists of the points of its VMs cost, and a change of the schedule alone nothing', async () => {
  const { store } = await fleet();
  const counted = countingBlobStore(store);
  const services = { ...installationOn(counted), vault: await openVault(counted) };
  const requestsOf = async (work: () => Promise<unknown>) => {
    const before = counted.requests();
    await work();
    return counted.requests() - before;
  };
  const later = { ...keeping(5), schedule: { ...keeping(5).schedule, times: ['04:00'] } } as BackupPolicy;
  const change = (after: BackupPolicy) => () =>
    letGoBy(services, { name: 'daily', before: keeping(5), after });
  expect(await requestsOf(change(later))).toBe(0);
  await knownVms(services);
  const lists = await requestsOf(async () => {
    for (const vm of ['a', 'b']) await retainedPoints(services.vault, vm);
  });
  // Beside them the time and the list of the VMs on record.
  expect(await requestsOf(change(keeping(2)))).toBe(lists + 2);
});
