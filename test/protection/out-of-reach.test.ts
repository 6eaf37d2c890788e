import { knownVms } from '../../src/protection/fleet';
import { retainNextVms } from '../../src/protection/retain';
import { keepsSnapshot } from '../../src/protection/snapshot-lifetime';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';
import { openVault } from '../../src/vault/vault';
import { addPoint, dailyPolicy, KEPT } from './support/points';
import { installationOn, protectedVm } from './support/protection';

const AT = '2026-03-10T09:00:00Z';

async function installationWithArchive() {
  const archived = new Set<string>();
  const store = memoryBlobStore({ now: () => new Date(AT), archived: (name) => archived.has(name) });
  const services = { ...installationOn(store), vault: await openVault(store), setTime: () => undefined };
  await services.policies.create('daily', dailyPolicy(0));
  return { services, archived };
}

test('retention goes on past a point out of reach: it stays, it is named, and no other goes because of it', async () => {
  const { services, archived } = await installationWithArchive();
  for (const vm of ['a', 'b']) {
    await services.protectedVms.create(vm, protectedVm(vm));
    for (const day of [1, 2, 3, 4]) await addPoint(services, vm, day);
  }
  archived.add('points/a.20260304t020000z.json');
  archived.add('points/b.20260301t020000z.json');
  const { expired, skipped } = await retainNextVms(services, { dryRun: false });
  expect(expired).toEqual(['a.20260301t020000z', 'b.20260302t020000z']);
  expect(skipped).toEqual([
    { vm: 'a', reason: 'recovery point a.20260304t020000z stays, it cannot be read: VaultBlobArchived' },
    { vm: 'b', reason: 'recovery point b.20260301t020000z stays, it cannot be read: VaultBlobArchived' },
  ]);
});

test('the snapshot of a point out of reach stays, and keeps no sweep from the others', async () => {
  const { services, archived } = await installationWithArchive();
  await services.protectedVms.create('a', protectedVm('a'));
  const { jobId, pointId } = await addPoint(services, 'a', 1, KEPT);
  expect(await keepsSnapshot(services, jobId, AT)).toBe(false);
  archived.add(`points/${pointId}.json`);
  expect(await keepsSnapshot(services, jobId, AT)).toBe(true);
});

test('a record out of reach is left out of the fleet and told, like one that is no JSON', async () => {
  const { services, archived } = await installationWithArchive();
  for (const vm of ['a', 'b']) await services.protectedVms.create(vm, protectedVm(vm));
  const names: string[] = [];
  for await (const { name } of services.store.list('')) if (/\/a\.json$/.test(name)) names.push(name);
  for (const name of names) archived.add(name);
  // Another process, which remembers nothing.
  const other = installationOn(services.store);
  const told: string[] = [];
  const known = await knownVms(other, (error) => told.push(error.failure.code));
  expect([...known.keys()]).toEqual(['b']);
  expect(told).toEqual(['VaultBlobArchived']);
});
