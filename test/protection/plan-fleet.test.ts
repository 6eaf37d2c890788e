import type { Compute } from '../../src/compute/arm/connection';
import { enrolFleet } from '../../src/protection/fleet';
import { planFleet } from '../../src/protection/plan-fleet';
import { countingBlobStore } from '../../src/storage/counting-blob-store';
import { installation, installationOn, protectedVm } from './support/protection';

const NOW = '2026-03-10T09:00:00Z';
const SIZE = 5000;

/** Azure with this many VMs that carry the tag, in the pages of the SDK's listing. */
function azureOf(size: number): Compute {
  const virtualMachines = {
    async *listAll() {
      for (let index = 0; index < size; index++) {
        const id = `/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm-${index}`;
        yield {
          id,
          vmId: `id-${index}`,
          name: `vm-${index}`,
          location: 'here',
          tags: { 'backup-policy': 'daily' },
        };
      }
    },
  };
  return { settings: { subscriptions: ['s'] }, client: () => ({ virtualMachines }) } as unknown as Compute;
}

async function fleetOf(size: number) {
  const { store, setTime } = await installation(NOW);
  const compute = azureOf(size);
  /** A process that starts now. */
  const startProcess = () => {
    const counted = countingBlobStore(store);
    const services = { ...installationOn(counted), compute };
    const plan = async () => {
      const before = counted.requests();
      const fleet = await enrolFleet(services);
      return { ...fleet, ...(await planFleet(services, fleet)), requests: counted.requests() - before };
    };
    return { services, plan };
  };
  return { startProcess, setTime };
}

test('a fleet that is new takes one write for each VM', async () => {
  const { startProcess } = await fleetOf(SIZE);
  const { vms, due, requests } = await startProcess().plan();
  expect({ vms: vms.size, due: due.length }).toEqual({ vms: SIZE, due: 0 });
  expect(requests).toBeLessThan(SIZE + 10);
});

test('a process that starts plans 5,000 VMs with a handful of requests', async () => {
  const { startProcess, setTime } = await fleetOf(SIZE);
  const first = startProcess();
  await first.plan();
  await first.plan();
  setTime('2026-03-11T09:00:00Z');
  const { due, requests } = await startProcess().plan();
  expect(due).toHaveLength(SIZE);
  expect(requests).toBeLessThan(10);
});

test('a record that appeared since the look is kept', async () => {
  const { startProcess } = await fleetOf(1);
  const { services, plan } = startProcess();
  const [[key = '', known] = []] = (await plan()).vms;
  await services.protectedVms.delete(key);
  const byHand = protectedVm(key, { ref: known?.ref, policy: 'gold', protectedBy: 'api' });
  const list = services.protectedVms.list;
  services.protectedVms.list = async function* (options) {
    yield* list(options);
    await services.protectedVms.create(key, byHand);
  };
  await plan();
  expect((await services.protectedVms.read(key))?.value).toEqual(byHand);
});
