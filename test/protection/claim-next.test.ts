import { claimNextBackup } from '../../src/protection/claim-next';
import type { ProtectedVm } from '../../src/protection/protected-vm';
import { countingBlobStore } from '../../src/storage/counting-blob-store';
import { installation, installationOn, protectedVm } from './support/protection';

const NOW = '2026-03-10T09:00:00Z';

async function fleetOf(size: number) {
  const services = await installation(NOW);
  const keys = Array.from({ length: size }, (_, index) => `vm-${String(index).padStart(5, '0')}`);
  for (const key of keys) await services.protectedVms.create(key, protectedVm(key));
  return { services, keys };
}

test('many lanes together take every due backup once', async () => {
  const { services, keys } = await fleetOf(30);
  const lane = async (name: string) => {
    const taken: string[] = [];
    for (let turn = 0; ; turn++) {
      const request = await claimNextBackup(services, `${name}.${turn}`);
      if (!request) return taken;
      taken.push(request.vmKey);
    }
  };
  const taken = (await Promise.all(['a', 'b', 'c', 'd', 'e'].map(lane))).flat();
  expect(taken.sort()).toEqual(keys);
});

test('lanes in many processes take every due backup once, though each looks at its own list', async () => {
  const { services, keys } = await fleetOf(60);
  const processes = Array.from({ length: 3 }, () => installationOn(services.store));
  const lane = async (name: string, process: ReturnType<typeof installationOn>) => {
    const taken: string[] = [];
    for (let turn = 0; ; turn++) {
      const request = await claimNextBackup(process, `${name}.${turn}`);
      if (!request) return taken;
      taken.push(request.vmKey);
    }
  };
  const lanes = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index) => lane(name, processes[index % 3]!));
  expect((await Promise.all(lanes)).flat().sort()).toEqual(keys);
});

test('a call whose answer was lost is answered alike by a process that had looked before it', async () => {
  const { services } = await fleetOf(5);
  const other = installationOn(services.store);
  expect(await claimNextBackup(other, 'lane-1.0')).toBeDefined();
  const first = await claimNextBackup(services, 'lane-0.1');
  expect(await claimNextBackup(other, 'lane-0.1')).toEqual(first);
  expect(await claimNextBackup(services, 'lane-0.1')).toEqual(first);
});

test.each<[string, Partial<ProtectedVm>]>([
  ['was stopped', { stopped: { at: NOW, data: 'retain' } }],
  ['follows another policy', { policy: 'hourly' }],
  ['is gone', { orphanedSince: NOW }],
  ['was protected anew', { enrolledAt: NOW }],
])('a VM that %s since the process looked is not backed up by the old word', async (_, change) => {
  const { services, keys } = await fleetOf(2);
  const other = installationOn(services.store);
  for await (const _vm of services.protectedVms.list());
  await other.protectedVms.update(keys[0]!, (vm) => vm && { ...vm, ...change });
  expect((await claimNextBackup(services, 'lane-0.1'))?.vmKey).toBe(keys[1]);
});

test('a VM that became due since the process looked is found when nothing else is left', async () => {
  const { services, keys } = await fleetOf(1);
  const other = installationOn(services.store);
  expect((await claimNextBackup(services, 'lane-0.1'))?.vmKey).toBe(keys[0]);
  await other.protectedVms.create('vm-new', protectedVm('vm-new'));
  expect((await claimNextBackup(services, 'lane-0.2'))?.vmKey).toBe('vm-new');
  expect(await claimNextBackup(services, 'lane-0.3')).toBeUndefined();
});

test('a call whose answer was lost answers with the same backup again, and takes no second one', async () => {
  const { services } = await fleetOf(3);
  const first = await claimNextBackup(services, 'lane-0.1');
  expect(await claimNextBackup(services, 'lane-0.1')).toEqual(first);
  const running = [];
  for await (const { value } of services.protectedVms.list()) if (value.running) running.push(value.key);
  expect(running).toEqual([first?.vmKey]);
});

test('a claim that was the last thing before a crash gets its job record when it is repeated', async () => {
  const { services } = await fleetOf(1);
  const first = await claimNextBackup(services, 'lane-0.1');
  await services.jobs.delete(first?.jobId ?? '');
  await claimNextBackup(services, 'lane-0.1');
  expect((await services.jobs.read(first?.jobId ?? ''))?.value.state).toBe('Queued');
});

test('a due time that another lane served and finished meanwhile is not served again', async () => {
  const { services } = await fleetOf(1);
  const stale = {
    ...services,
    protectedVms: { ...services.protectedVms, list: staleList(protectedVm('vm-00000')) },
  };
  const served = await claimNextBackup(services, 'lane-0.1');
  await services.protectedVms.update('vm-00000', (vm) => vm && { ...vm, running: undefined });
  expect(served).toBeDefined();
  expect(await claimNextBackup(stale, 'lane-1.1')).toBeUndefined();
});

/** What a listing showed a moment ago. */
function staleList(value: ReturnType<typeof protectedVm>) {
  return async function* list() {
    yield { name: value.key, value, etag: '"old"', lastModified: NOW };
  };
}

test('a claim among 5,000 VMs makes a handful of requests, also in a process that has just started', async () => {
  const { services, keys } = await fleetOf(5000);
  await claimNextBackup(services, 'lane-0.1');

  const counted = countingBlobStore(services.store);
  const started = installationOn(counted);
  const requestsOfClaim = async (turn: number) => {
    const before = counted.requests();
    expect((await claimNextBackup(started, `lane-1.${turn}`))?.vmKey).toBe(keys[turn]);
    return counted.requests() - before;
  };
  // The clock, the policies, the summary, one listing, what changed since, and the claim with its job.
  expect(await requestsOfClaim(1)).toBeLessThanOrEqual(10);
  // The clock, the policies, and the claim with its job.
  expect(await requestsOfClaim(2)).toBeLessThanOrEqual(5);
});
