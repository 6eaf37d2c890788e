import { describeVm } from '../../src/api/describe-vm';
import type { Compute } from '../../src/compute/arm/connection';
import { vmKey } from '../../src/compute/arm/own-names';
import { backupError } from '../../src/failures/failure';
import { policiesInForce } from '../../src/policies/policies';
import { enrolFleet } from '../../src/protection/fleet';
import { allVms, discoveredVm } from '../../src/protection/known-vm';
import { planFleet } from '../../src/protection/plan-fleet';
import { installation } from './support/protection';

const SUBSCRIPTIONS = ['good', 'Revoked'];

const idOf = (subscription: string, name: string) =>
  `/subscriptions/${subscription}/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/${name}`;
const keyOf = (name: string) => vmKey(name, `id-${name}`);

/** Two subscriptions with these VMs, of which the test refuses some. */
async function twoSubscriptions(names: Record<string, string[]>) {
  const services = await installation('2026-03-10T01:00:00Z');
  const refused = new Set<string>();
  const client = (subscription: string) => ({
    virtualMachines: {
      async *listAll() {
        if (refused.has(subscription)) throw backupError('ComputeAccessDenied', 'The right was taken away.');
        for (const name of names[subscription] ?? []) {
          const id = idOf(subscription, name);
          yield { id, vmId: `id-${name}`, name, location: 'here', tags: { 'backup-policy': 'daily' } };
        }
      },
    },
  });
  const compute = { settings: { subscriptions: SUBSCRIPTIONS }, client } as unknown as Compute;
  const told: string[] = [];
  const plan = async () => {
    const fleet = await enrolFleet({ ...services, compute }, ({ message }) => told.push(message));
    return { ...fleet, ...(await planFleet(services, fleet)) };
  };
  return { ...services, compute, refused, names, told, plan };
}

test('while one subscription refuses, all VMs are planned, and only the others may turn out to be gone', async () => {
  const { plan, refused, names, told, setTime } = await twoSubscriptions({
    good: ['a', 'gone'],
    Revoked: ['b'],
  });
  await plan();
  names.good = ['a', 'new'];
  refused.add('Revoked');
  setTime('2026-03-10T09:00:00Z');
  const { vms, due } = await plan();
  expect(told).toEqual([expect.stringContaining('Revoked')]);
  expect(due.map(({ vm }) => vm.key).sort()).toEqual([keyOf('a'), keyOf('b')].sort());
  expect(vms.get(keyOf('gone'))?.orphanedSince).toBeDefined();
  expect(vms.get(keyOf('b'))?.orphanedSince).toBeUndefined();
  expect(vms.get(keyOf('new'))?.policy).toBe('daily');
});

test('the listing shows the VMs on record in a subscription that refuses as unknown, not as deleted', async () => {
  const { plan, refused, ...services } = await twoSubscriptions({ good: ['a'], Revoked: ['b'] });
  await plan();
  refused.add('Revoked');
  const { vms, unread } = await allVms(services);
  const policies = await policiesInForce(services.policies);
  const described = vms.map((vm) => describeVm(vm, policies, undefined, new Map(), '2026-03-10T09:00:00Z'));
  expect([...unread.keys()]).toEqual(['revoked']);
  expect(described.find(({ name }) => name === 'a')).toMatchObject({ orphaned: false, problem: undefined });
  expect(described.find(({ name }) => name === 'b')).toMatchObject({
    orphaned: false,
    powerState: 'unknown',
    problem: expect.stringContaining('Revoked'),
    nextRun: '2026-03-11T02:00:00Z',
  });
});

test('a VM that may be in a subscription that refuses is not said to be missing', async () => {
  const { refused, ...services } = await twoSubscriptions({ good: ['a'], Revoked: ['b'] });
  refused.add('Revoked');
  expect((await discoveredVm(services, keyOf('a')))?.ref.name).toBe('a');
  await expect(discoveredVm(services, keyOf('b'))).rejects.toThrow('ComputeAccessDenied');
});

test('with no subscription that answers, the listing fails with the reason', async () => {
  const { refused, ...services } = await twoSubscriptions({ good: ['a'], Revoked: ['b'] });
  for (const subscription of SUBSCRIPTIONS) refused.add(subscription);
  await expect(allVms(services)).rejects.toThrow('ComputeAccessDenied');
});
