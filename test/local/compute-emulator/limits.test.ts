import fc from 'fast-check';
import { createBuckets } from '../../../local/compute-emulator/limits/token-bucket';
import { startCloud, type TestCloud } from './support/emulator';
import { createCollection, GROUP, vmOf } from './support/steps';

interface Calls {
  [operation: string]: { calls: number; throttled: number };
}

describe('limits of the service', () => {
  let cloud: TestCloud;
  let ahead: number;

  beforeEach(async () => {
    ahead = 0;
    const start = Date.now();
    cloud = await startCloud(
      { vms: [vmOf('Linux'), vmOf('Linux', { name: 'vm-2' })] },
      {},
      { clock: () => new Date(start + ahead) },
    );
    await createCollection(cloud);
  });

  afterEach(() => cloud.close());

  const get = (vm: string) => cloud.client.virtualMachines.get(GROUP, vm);

  it('are off unless switched on, and stay switched on over a restart', async () => {
    for (let call = 0; call < 40; call += 1) await get('vm-1');
    await cloud.admin('PATCH', '/settings', { requestLimits: true });
    cloud = await cloud.restart();
    expect(await cloud.admin('GET', '/settings')).toMatchObject({ requestLimits: true });
  });

  it('give each VM 36 reads at once and 12 more a minute, and tell when to come back', async () => {
    await cloud.admin('PATCH', '/settings', { requestLimits: true });
    for (let call = 0; call < 36; call += 1) await get('vm-1');
    const refused = await get('vm-1').catch((error) => error);
    expect(refused).toMatchObject({ statusCode: 429, code: 'OperationNotAllowed' });
    expect(refused.response.headers.get('retry-after')).toBe('5');
    expect((await get('vm-2')).name).toBe('vm-2');
    ahead += 5000;
    expect((await get('vm-1')).name).toBe('vm-1');
    await expect(get('vm-1')).rejects.toMatchObject({ statusCode: 429 });
    const calls = await cloud.admin<Calls>('GET', '/calls');
    expect(calls['virtualMachines.get']).toEqual({ calls: 41, throttled: 2 });
    await cloud.admin('DELETE', '/calls');
    expect(await cloud.admin('GET', '/calls')).toEqual({});
  });

  it('count the polls of an operation against its VM', async () => {
    await cloud.admin('PATCH', '/settings', { requestLimits: true, operationPolls: 100 });
    const poller = cloud.client.restorePoints.create(GROUP, 'vm-1', 'p', {});
    await poller.submitted();
    for (let poll = 0; poll < 45; poll += 1) await poller.poll();
    await expect(poller.poll()).rejects.toMatchObject({ statusCode: 429 });
  });

  it('tell on each answer what is left', async () => {
    await cloud.admin('PATCH', '/settings', { requestLimits: true });
    const path = `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/${GROUP}/providers/Microsoft.Compute/virtualMachines/vm-1`;
    const answer = await fetch(`${cloud.url}${path}?api-version=1`);
    expect(answer.headers.get('x-ms-ratelimit-remaining-resource')).toBe(
      'Microsoft.Compute/LowCostGetSubscriptionMaximum;23999,Microsoft.Compute/GetVMResource;35',
    );
  });

  it('allow three restore points of a mode in an hour, also when they are deleted at once', async () => {
    await cloud.admin('PATCH', '/settings', { restorePointRateLimit: true });
    const create = (name: string, options = {}) =>
      cloud.client.restorePoints.create(GROUP, 'vm-1', name, options);
    for (const name of ['1', '2', '3']) {
      await create(name);
      await cloud.client.restorePoints.delete(GROUP, 'vm-1', name);
      ahead += 60_000;
    }
    const refused = await create('4').catch((error) => error);
    expect(refused).toMatchObject({ statusCode: 429 });
    expect(Number(refused.response.headers.get('retry-after'))).toBe(57 * 60);
    await create('crash', { consistencyMode: 'CrashConsistent' });
    ahead += 57 * 60_000;
    await create('4');
  });

  it('allow seven incremental snapshots of a disk in five minutes', async () => {
    await cloud.admin('PATCH', '/settings', { restorePointRateLimit: true });
    const { id } = await cloud.client.disks.get(GROUP, 'vm-1-os');
    const take = (name: number) =>
      cloud.client.snapshots.createOrUpdate(GROUP, String(name), {
        location: 'westeurope',
        incremental: true,
        creationData: { createOption: 'Copy', sourceResourceId: id },
      });
    for (let number = 0; number < 7; number += 1) await take(number);
    await expect(take(7)).rejects.toMatchObject({ statusCode: 429 });
    ahead += 5 * 60_000;
    await take(7);
  });

  it('never let more through than capacity and refill, whenever requests come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 200, size: 'max' }), (gaps) => {
        let nowMs = 0;
        const buckets = createBuckets(() => new Date(nowMs));
        const budget = { name: 'b', key: 'k', perMinute: 12, capacity: 5 };
        let passed = 0;
        for (const gap of gaps) {
          nowMs += gap;
          const taken = buckets.take([budget]);
          if ('remaining' in taken) passed += 1;
          else {
            nowMs += taken.retryAfterSeconds * 1000;
            expect(buckets.take([budget])).toHaveProperty('remaining');
            passed += 1;
          }
          expect(passed).toBeLessThanOrEqual(5 + (nowMs / 60_000) * 12 + 1e-9);
        }
      }),
    );
  });
});
