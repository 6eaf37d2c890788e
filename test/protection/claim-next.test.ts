import { claimNextBackup } from '../../src/protection/claim-next';
import { installation, protectedVm } from './support';

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

test('plans 5,000 VMs within the bound of ten seconds, and reads again only what has changed', async () => {
  const { services } = await fleetOf(5000);
  const start = performance.now();
  expect(await claimNextBackup(services, 'lane-0.1')).toBeDefined();
  const cold = performance.now() - start;
  const again = performance.now();
  expect(await claimNextBackup(services, 'lane-0.2')).toBeDefined();
  const warm = performance.now() - again;
  console.info(`5,000 VMs planned in ${cold.toFixed(0)} ms, then in ${warm.toFixed(0)} ms`);
  expect(cold).toBeLessThan(10_000);
});
